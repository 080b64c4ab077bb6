"""What staff asked to be done in the background: how far it is, breaking it off, and doing what is missing.

The page of a task that runs loads itself anew, unless its reader asks it not to.
"""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.rights import is_within
from consult.jobs import asking, queries
from consult.jobs.models import PartState, Task, TaskState
from consult.jobs.tasks import Kind
from consult.web.roles import Role, asked_by_page, only

bp = Blueprint("tasks", __name__)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
REFRESH_S = 5
STATES = {
    TaskState.QUEUED: _l("Waiting"),
    TaskState.RUNNING: _l("Under way"),
    TaskState.DONE: _l("Done"),
    TaskState.FAILED: _l("Not all of it could be done"),
    TaskState.CANCELLED: _l("Broken off"),
}
LOOKS = {
    TaskState.QUEUED: "not_confirmed",
    TaskState.RUNNING: "in_verification",
    TaskState.DONE: "new",
    TaskState.FAILED: "confirmed",
    TaskState.CANCELLED: "joke",
}
"""The marks of the states: those of threats with the same colour and shape."""


@bp.after_request
def for_nobody_else(answer: Response) -> Response:
    """Let no browser keep how a task stood."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/tasks")
@only(*READERS)
def index() -> ResponseReturnValue:
    """List the own tasks; a head sees those of the unit, too."""
    scope = current_user.scope if current_user.role is Role.HEAD else None
    found = queries.seen_by(current_user.id, scope, request.args.get("page", 1, int))
    return render_template(
        "tasks/index.html",
        found=found,
        kinds=_kinds(),
        names=accounts.names(task.asked_by_id for task in found.tasks),
        **_words(),
    )


@bp.get("/tasks/<int:task_id>")
@asked_by_page
@only(*READERS)
def show(task_id: int) -> ResponseReturnValue:
    """Show how far a task is and what became of its parts."""
    task = _own(task_id)
    kind, is_still = _kinds()[task.kind], "still" in request.args
    answer = make_response(
        render_template(
            "tasks/show.html",
            task=task,
            kind=kind,
            result=kind.leads_to(task.details),
            names=accounts.names([task.asked_by_id]),
            refreshes=task.is_open and not is_still,
            parts=sorted(task.parts, key=lambda part: (part.state is not PartState.REFUSED, part.id)),
            **_words(),
        )
    )
    if task.is_open and not is_still:
        answer.headers["Refresh"] = str(REFRESH_S)
    return answer


@bp.post("/tasks/<int:task_id>/cancel")
@only(*READERS)
def cancel(task_id: int) -> ResponseReturnValue:
    """Break a task off."""
    if not asking.cancel(current_user.id, _own(task_id)):
        flash(_("It had ended already."), "error")
    return redirect(url_for("tasks.show", task_id=task_id))


@bp.post("/tasks/<int:task_id>/go-on")
@only(*READERS)
def go_on(task_id: int) -> ResponseReturnValue:
    """Do what is missing of a task that failed or was broken off."""
    if not asking.go_on(current_user.id, _own(task_id)):
        flash(_("It is under way, or nothing of it is missing."), "error")
    return redirect(url_for("tasks.show", task_id=task_id))


def _own(task_id: int) -> Task:
    """Give a task that the reader asked for, or of a head's unit; any other is not there."""
    task = queries.task(task_id)
    is_of_head = current_user.role is Role.HEAD and is_within(task.unit_path, current_user.scope)
    if task.asked_by_id != current_user.id and not is_of_head:
        abort(404)
    return task


def _kinds() -> dict[str, Kind]:
    found: dict[str, Kind] = current_app.extensions["kinds"]
    return found


def _words() -> dict[str, object]:
    return {"states": STATES, "looks": LOOKS, "TaskState": TaskState, "PartState": PartState}
