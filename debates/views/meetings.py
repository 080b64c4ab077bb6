"""Pages of meetings: the list, a record, a new one, a correction."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.clock import today
from consult.disclosure import Audience
from consult.districts import queries as districts
from consult.geo import PlaceRefused
from consult.web.roles import Role, only
from debates import queries
from debates.evaluation import evaluation_of
from debates.forms.meetings import CorrectedMeetingForm, NewMeetingForm
from debates.models import Meeting, MeetingKind
from debates.operations import convening
from debates.operations.convening import MeetingChanged
from debates.views import bp
from debates.views.access import CONFLICT, READERS, WRITERS, open_minutes, page_number, seen_meeting
from debates.views.approving import next_step
from debates.wording import choices


@bp.get("/debates")
@only(*READERS)
def index() -> ResponseReturnValue:
    """List the meetings of the reader's scope."""
    year = request.args.get("year", type=int)
    kind = request.args.get("kind", type=MeetingKind)
    found = queries.meetings(current_user.scope, _possible(year), kind, page_number())
    return render_template(
        "debates/index.html",
        found=found,
        meetings=queries.counted(found.items),
        planned=queries.planned(current_user.scope),
        today=today(),
        years=[(year, year) for year in queries.years(current_user.scope)],
        kinds=choices(MeetingKind),
        year=year,
        kind=kind,
        may_write=current_user.role in WRITERS,
    )


def _possible(year: int | None) -> int | None:
    return year if year and 1 <= year <= 9999 else None


@bp.route("/debates/new", methods=["GET", "POST"])
@only(*WRITERS)
def new() -> ResponseReturnValue:
    """Write a new meeting down."""
    form = NewMeetingForm()
    form.offer(current_user)
    if form.validate_on_submit():
        try:
            meeting = convening.record_meeting(current_user, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        else:
            flash(_("The meeting is saved. Now write down what was said."), "success")
            return redirect(url_for("debates.statements", meeting_id=meeting.id))
    return render_template("debates/new.html", form=form), form.status


@bp.get("/debates/<int:meeting_id>")
@only(*READERS)
def show(meeting_id: int) -> ResponseReturnValue:
    """Show a meeting's record, what was said there and what was asked for."""
    meeting = seen_meeting(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    statements = queries.statements_of(meeting)
    return render_template(
        "debates/show.html",
        meeting=meeting,
        districts=_areas(meeting),
        statements=statements,
        fed=queries.fed(statements),
        files=queries.files_of(meeting),
        proposals=queries.proposals_of(meeting),
        unlisted=queries.unasked(meeting),
        taken_over=queries.taken_over(meeting),
        evaluations=_seen(queries.evaluations_of(meeting)),
        evaluation=evaluation_of(meeting, Audience.STAFF),
        may_edit=can(current_user, Action.EDIT, meeting),
        may_ask=current_user.role is Role.COORDINATOR,
        after=next_step(meeting),
        may_plan=current_user.role in WRITERS and meeting.kind is MeetingKind.OPENING_DEBATE,
        today=today(),
    )


def _seen(meetings: Sequence[Meeting]) -> list[Meeting]:
    return [meeting for meeting in meetings if can(current_user, Action.SEE, meeting)]


@bp.route("/debates/<int:meeting_id>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit(meeting_id: int) -> ResponseReturnValue:
    """Correct a meeting's record."""
    meeting = open_minutes(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.edit_plan", meeting_id=meeting.id))
    form, newer = CorrectedMeetingForm(obj=meeting), False
    form.offer(current_user, meeting)
    if form.validate_on_submit():
        try:
            convening.correct_meeting(current_user, meeting, **form.values)
        except PlaceRefused as refused:
            form.place.refuse(refused)
        except MeetingChanged:
            form.begin_again(meeting)
            newer = True
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("debates.show", meeting_id=meeting.id))
    page = render_template(
        "debates/edit.html", form=form, meeting=meeting, newer=newer, districts=_areas(meeting) if newer else []
    )
    return page, CONFLICT if newer else form.status


def _areas(meeting: Meeting) -> list[str]:
    return list(districts.names(meeting.district_codes).values())
