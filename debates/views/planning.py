"""Pages of a planned meeting for the police: the plan, its correction, calling it off, the step to the minutes."""

from typing import Any, NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.clock import today
from consult.districts import queries as districts
from consult.geo import PlaceRefused
from consult.web.roles import only
from debates import agenda, queries
from debates.forms.plans import BeginForm, CallOffForm, CorrectedPlanForm, HoldAfterAllForm, NewPlanForm
from debates.models import Meeting, MeetingKind
from debates.operations import planning
from debates.operations.convening import MeetingChanged
from debates.operations.planning import NotPlanned, NotYet
from debates.views import bp
from debates.views.access import CONFLICT, READERS, WRITERS, edited_meeting, seen_meeting
from debates.wording import in_own_words


@bp.route("/debates/plan", methods=["GET", "POST"])
@only(*WRITERS)
def plan() -> ResponseReturnValue:
    """Plan a meeting, by itself or as the one that evaluates an earlier one."""
    form = NewPlanForm(data=_following())
    form.offer(current_user)
    if form.validate_on_submit():
        try:
            meeting = planning.plan_meeting(current_user, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        else:
            flash(_("The meeting is planned."), "success")
            return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    return render_template("debates/plan.html", form=form), form.status


def _following() -> dict[str, Any]:
    """Take over what an evaluating debate has in common with the one it follows, if the address names one."""
    earlier = request.args.get("after", type=int)
    if earlier is None:
        return {}
    meeting = seen_meeting(earlier)
    shared = ("level", "title", "series", "venue", "place", "organisers")
    taken = {name: getattr(meeting, name) for name in shared}
    return taken | {"kind": MeetingKind.EVALUATING_DEBATE, "previous_id": meeting.id}


@bp.get("/debates/<int:meeting_id>/plan")
@only(*READERS)
def show_plan(meeting_id: int) -> ResponseReturnValue:
    """Show the plan of a meeting, and what can be done with it."""
    meeting = seen_meeting(meeting_id)
    if not meeting.is_planned or meeting.plan is None:
        return redirect(url_for("debates.show", meeting_id=meeting.id))
    return render_template(
        "debates/show_plan.html",
        meeting=meeting,
        **_told(meeting),
        may_edit=can(current_user, Action.EDIT, meeting) and not meeting.plan.is_called_off,
        may_revive=can(current_user, Action.EDIT, meeting) and meeting.plan.is_called_off,
        has_come=meeting.held_on is not None and meeting.held_on <= today(),
        taken_over=queries.taken_over(meeting),
        unanswered=queries.unanswered(meeting),
        today=today(),
    )


@bp.route("/debates/<int:meeting_id>/plan/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit_plan(meeting_id: int) -> ResponseReturnValue:
    """Correct the plan of a meeting; who comes second, or too late, sees what happened and keeps the own words."""
    meeting = edited_meeting(meeting_id)
    if meeting.plan is None or request.method != "POST":
        planned_meeting(meeting_id)
    form = CorrectedPlanForm(obj=meeting, **{name: getattr(meeting.plan, name) for name in planning.PLANNED})
    form.offer(current_user, meeting)
    status, newer = None, {}
    if form.validate_on_submit():
        try:
            planning.correct_plan(current_user, meeting, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        except NotPlanned:
            form.form_errors.append(_too_late(meeting))
            status = CONFLICT
        except MeetingChanged:
            form.begin_again(meeting)
            status, newer = CONFLICT, _told(meeting)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    return render_template("debates/edit_plan.html", form=form, meeting=meeting, newer=newer), status or form.status


def _told(meeting: Meeting) -> dict[str, Any]:
    """Gather what a page says of a plan."""
    assert meeting.plan is not None
    return {
        "plan": meeting.plan,
        "agenda": in_own_words(agenda.points(meeting.plan.agenda)),
        "districts": list(districts.names(meeting.district_codes).values()),
    }


def _too_late(meeting: Meeting) -> str:
    """Say to whoever corrects a plan that somebody else called the meeting off, or began its minutes."""
    if meeting.is_planned:
        return str(_("Somebody else has called this meeting off meanwhile. Let it be held after all, then save again."))
    return str(_("Somebody else has begun the minutes meanwhile. Correct the record of the meeting instead."))


@bp.route("/debates/<int:meeting_id>/call-off", methods=["GET", "POST"])
@only(*WRITERS)
def call_off(meeting_id: int) -> ResponseReturnValue:
    """Call a planned meeting off, with a reason that everybody can read."""
    meeting = planned_meeting(meeting_id)
    form = CallOffForm()
    if form.validate_on_submit():
        try:
            planning.call_off(current_user, meeting, **form.values)
        except NotPlanned:
            _show(meeting)
        flash(_("The meeting is called off."), "success")
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    return render_template("debates/call_off.html", form=form, meeting=meeting), form.status


@bp.route("/debates/<int:meeting_id>/hold-after-all", methods=["GET", "POST"])
@only(*WRITERS)
def hold_after_all(meeting_id: int) -> ResponseReturnValue:
    """Take the calling off of a meeting back."""
    meeting = edited_meeting(meeting_id)
    if not meeting.is_planned or meeting.plan is None or not meeting.plan.is_called_off:
        _show(meeting)
    form = HoldAfterAllForm()
    if form.validate_on_submit():
        try:
            planning.hold_after_all(current_user, meeting)
        except NotPlanned:
            _show(meeting)
        flash(_("The meeting will be held after all."), "success")
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    return render_template("debates/hold_after_all.html", form=form, meeting=meeting, plan=meeting.plan), form.status


@bp.route("/debates/<int:meeting_id>/begin", methods=["GET", "POST"])
@only(*WRITERS)
def begin(meeting_id: int) -> ResponseReturnValue:
    """Say that the meeting took place, and go on to its minutes."""
    meeting = planned_meeting(meeting_id)
    form = BeginForm()
    form.begin(meeting)
    if form.validate_on_submit():
        try:
            planning.begin_minutes(current_user, meeting, **form.values)
        except NotPlanned:
            _show(meeting)
        except NotYet:
            form.form_errors.append(
                _("The day of this meeting has not come yet. If it was moved, correct the plan first.")
            )
        else:
            flash(_("The meeting took place. Now write down what was said."), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting.id))
    return render_template("debates/begin.html", form=form, meeting=meeting), form.status


def planned_meeting(meeting_id: int) -> Meeting:
    """Give a planned meeting that the reader may change; what became of another is shown instead."""
    meeting = edited_meeting(meeting_id)
    if not meeting.is_planned or meeting.plan is None or meeting.plan.is_called_off:
        _show(meeting)
    return meeting


def _show(meeting: Meeting) -> NoReturn:
    """Lead a second click, or somebody who comes too late, to the meeting as it is now."""
    abort(redirect(url_for("debates.show_plan", meeting_id=meeting.id)))
