"""Minutes on paper: the report of a meeting ("sprawozdanie") as PDF/UA and as a document that office programs edit.

Both say the same and are in Polish, whatever language their reader has chosen. A draft says that it is one.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.documents.rendering import Document, Renderer
from consult.period import day_of
from consult.web.languages import day
from debates import office
from debates.edition_words import worded
from debates.editions import Record
from debates.models import MinutesEdition

STYLE = Path(__file__).with_name("minutes.css")


def printed(record: Record, edition: MinutesEdition | None) -> bytes:
    """Print minutes as PDF/UA; the same record of the same edition gives the same bytes. Raises DocumentRefused."""
    with Renderer() as renderer:
        return renderer.print(document_of(record, edition))


def document_of(record: Record, edition: MinutesEdition | None) -> Document:
    """Word minutes, ready to be printed; without an edition they are a draft."""
    with force_locale("pl"):
        facts = _facts(record, edition)
        # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
        html = current_app.jinja_env.get_template("debates/printed_minutes.html").render(facts)
    moment = edition.approved_at if edition else None
    return Document(html, {"minutes.css": STYLE.read_bytes()}, lang="pl", title=facts["title"], moment=moment)


def office_document(record: Record, edition: MinutesEdition | None) -> bytes:
    """Write minutes as DOCX."""
    with force_locale("pl"):
        stream = BytesIO()
        office.write(stream, _facts(record, edition), edition.approved_at if edition else None)
    return stream.getvalue()


def _facts(record: Record, edition: MinutesEdition | None) -> dict[str, Any]:
    """Gather what either document says."""
    told = worded(record)
    return {
        **told,
        "title": _("Report of a meeting: %(title)s", title=record["title"]),
        "heading": _("Report of a meeting"),
        "subject": _subject(told["kind"], record["title"]),
        "is_public": is_public(record),
        "approval": _approval(edition),
        "state": _state(record, edition),
        "maker": record["maker"],
        "approver": edition.approved_by if edition else "",
    }


def _subject(kind: str, title: str) -> str:
    """Say what kind of meeting it was, unless its title does."""
    return title if title.casefold().startswith(kind.casefold()) else f"{kind}: {title}"


def _approval(edition: MinutesEdition | None) -> str:
    if edition is None:
        return str(_("not approved"))
    approved_on = day(day_of(edition.approved_at))
    return str(_("version %(number)s, approved on %(day)s", number=edition.number, day=approved_on))


def _state(record: Record, edition: MinutesEdition | None) -> str:
    """Say in a few words which document this is, for its margins."""
    if edition is None:
        return str(_("Draft, not approved"))
    kind = _("public edition") if is_public(record) else _("for official use")
    version = _("Version %(number)s", number=edition.number)
    return f"{version}, {kind}"


def is_public(record: Record) -> bool:
    """Tell whether a record is what everybody reads."""
    return "unsaid" in record
