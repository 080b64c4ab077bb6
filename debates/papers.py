"""Papers of a meeting to come: a poster for a notice board. They are in Polish, whatever their reader has chosen."""

from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.documents import qr
from consult.documents.rendering import Document, Renderer
from consult.web.addresses import public_url
from debates.agenda import points
from debates.models import Meeting, MeetingPlan

HERE = Path(__file__).parent


def print_poster(meeting: Meeting, plan: MeetingPlan) -> bytes:
    """Print a poster that leads to the announcement, or raise DocumentRefused."""
    url = public_url("debates.announcement", meeting_id=meeting.id)
    with force_locale("pl"):
        title = _("Poster: %(title)s", title=meeting.title)
        drawn = qr.code(url, _("QR code that leads to the announcement"), size_mm=42)
        facts = {
            "meeting": meeting,
            "plan": plan,
            "agenda": points(plan.agenda),
            "address": url.partition("://")[2],
        }
        document = document_of("poster", title, {"qr.svg": drawn.encode()}, facts)
    with Renderer() as renderer:
        return renderer.print(document)


def document_of(name: str, title: str, assets: dict[str, bytes], facts: dict[str, Any]) -> Document:
    """Write templates/debates/NAME.html with its style, in the language of the moment."""
    # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
    html = current_app.jinja_env.get_template(TEMPLATES[name]).render(title=title, **facts)
    style = {f"{name}.css": (HERE / f"{name}.css").read_bytes()}
    return Document(html, {**style, **assets}, "pl", title)


TEMPLATES = {"poster": "debates/poster.html", "briefing": "debates/briefing_paper.html"}
