"""Papers for whoever prepares a debate: the poster."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from consult.documents.rendering import DocumentRefused
from consult.web.roles import only
from debates import papers
from debates.views import bp
from debates.views.access import READERS, seen_meeting


@bp.get("/debates/<int:meeting_id>/poster.pdf")
@only(*READERS)
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
