"""Papers of a meeting to come: a poster, a briefing. They are in Polish, whatever their reader has chosen."""

from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.documents import marks, qr
from consult.documents.rendering import Document, Renderer
from consult.threats.wording import STATUS_LABELS, STATUS_MARKS
from consult.web.addresses import public_url
from debates.agenda import points
from debates.briefing import MOST_ASKED, MOST_CHANGED, MOST_PROMISED, MOST_THREATS, Briefing
from debates.models import Meeting, MeetingPlan

HERE = Path(__file__).parent
LIMITS = {
    "most_threats": MOST_THREATS,
    "most_changed": MOST_CHANGED,
    "most_asked": MOST_ASKED,
    "most_promised": MOST_PROMISED,
    "status_labels": STATUS_LABELS,
    "status_marks": STATUS_MARKS,
}
"""What the page and the paper of a briefing share: how much they show, and the words and marks of states."""


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


def print_briefing(meeting: Meeting, briefing: Briefing) -> bytes:
    """Print a briefing, or raise DocumentRefused."""
    with force_locale("pl"):
        title = _("Briefing: %(title)s", title=meeting.title)
        facts = {"meeting": meeting, "briefing": briefing, **LIMITS}
        document = document_of("briefing", title, dict(marks.icons()), facts)
    with Renderer() as renderer:
        return renderer.print(document)


def document_of(name: str, title: str, assets: dict[str, bytes], facts: dict[str, Any]) -> Document:
    """Write templates/debates/NAME.html with its style, in the language of the moment."""
    # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
    html = current_app.jinja_env.get_template(TEMPLATES[name]).render(title=title, **facts)
    style = {f"{name}.css": (HERE / f"{name}.css").read_bytes()}
    return Document(html, {**style, **assets}, "pl", title)


TEMPLATES = {"poster": "debates/poster.html", "briefing": "debates/briefing_paper.html"}
