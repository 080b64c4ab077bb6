"""Pages and papers for whoever prepares a debate: the briefing, the poster."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.audit import operations as audit
from consult.disclosure import Audience
from consult.documents.rendering import DocumentRefused
from consult.web.limits import prints
from consult.web.roles import only
from debates import papers
from debates.evaluation import Evaluation, evaluation_of
from debates.material import briefing_of
from debates.models import Meeting
from debates.views import bp
from debates.views.access import READERS, seen_meeting


@bp.get("/debates/<int:meeting_id>/briefing")
@only(*READERS)
def briefing(meeting_id: int) -> ResponseReturnValue:
    """Show what those who lead a debate should know: the map, what was asked for before and what was promised."""
    meeting = seen_meeting(meeting_id)
    return render_template(
        "debates/briefing.html",
        meeting=meeting,
        briefing=briefing_of(meeting),
        evaluation=_said_of_previous(meeting),
        **papers.LIMITS,
    )


def _said_of_previous(meeting: Meeting) -> Evaluation | None:
    """Give what people said of the debate before, where the reader may see that debate."""
    before = meeting.previous
    if before is None or not can(current_user, Action.SEE, before):
        return None
    return evaluation_of(before, Audience.STAFF)


@bp.get("/debates/<int:meeting_id>/briefing.pdf")
@only(*READERS)
@prints()
def briefing_pdf(meeting_id: int) -> ResponseReturnValue:
    """Give the same on paper; the trail tells who took it along."""
    meeting = seen_meeting(meeting_id)
    paper = _pdf(f"debata-{meeting.id}-przygotowanie.pdf", papers.print_briefing, meeting, briefing_of(meeting))
    audit.note_reading(current_user.id, "download", "briefing", meeting.id, meeting.unit_path)
    return paper


@bp.get("/debates/<int:meeting_id>/poster.pdf")
@only(*READERS)
@prints()
def poster(meeting_id: int) -> ResponseReturnValue:
    """Give a poster for a notice board; only a meeting that everybody may still come to has one."""
    meeting = seen_meeting(meeting_id)
    if not meeting.is_planned or meeting.plan is None or meeting.plan.is_called_off or not meeting.plan.is_open:
        abort(404)
    return _pdf(f"debata-{meeting.id}-plakat.pdf", papers.print_poster, meeting, meeting.plan)


def _pdf(name: str, work: Callable[..., bytes], *args: Any) -> Response:
    """Print a paper and send it to be saved, or say that the press is busy."""
    try:
        content = work(*args)
    except DocumentRefused as refused:
        current_app.logger.warning("%s: %s", request.path, refused)
        abort(503)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
