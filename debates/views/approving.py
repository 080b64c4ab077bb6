"""Pages on the way of minutes to approval: correction, approval, opening again, what everybody is not shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.personal_data import marks
from consult.web.roles import Role, only
from debates import freezing, queries
from debates.edition_words import worded
from debates.forms.approving import ApprovalForm, OpenAgainForm, StageForm, WithholdForm
from debates.models import Meeting, Statement
from debates.operations import approving, convening
from debates.operations.approving import ChangedSinceSeen
from debates.stages import Hindrance, MeetingStage, MinutesApproved, RequestsUnlisted, StageRefused
from debates.views import bp
from debates.views.access import READERS, WRITERS, edited_meeting, edited_statement, seen_meeting
from debates.wording import MINUTES, in_words, summary


@bp.errorhandler(MinutesApproved)
def minutes_approved(_error: MinutesApproved) -> ResponseReturnValue:
    """Say that approved minutes cannot be edited, and what to do next."""
    advice = _(
        "Nobody can edit approved minutes. The head of the unit can open them again for correction, with a reason; "
        "answers to requests and promises can still be written."
    )
    return render_template("errors/error.html", code=409, title=_("These minutes are approved"), advice=advice), 409


@dataclass(frozen=True)
class Obstacle:
    """What has to be done first, in words, with the pages where it is done."""

    words: str
    links: list[tuple[str, str]]


def obstacles(meeting: Meeting) -> list[Obstacle]:
    """List what hinders minutes from going on, each with where it is mended."""
    return [Obstacle(in_words(one), list(_MENDED[one](meeting))) for one in queries.hindrances(meeting)]


def _uncategorised(meeting: Meeting) -> list[tuple[str, str]]:
    return [
        (
            f"{one.position}. {summary(one)}",
            url_for("debates.edit_statement", meeting_id=meeting.id, statement_id=one.id),
        )
        for one in queries.without_category(meeting)
    ]


def _silent(meeting: Meeting) -> list[tuple[str, str]]:
    return [
        (one.text[:80], url_for("debates.taken_over", meeting_id=meeting.id, _anchor=f"request-{one.id}"))
        for one in queries.unanswered(meeting)
    ]


def _unanswered(meeting: Meeting) -> list[tuple[str, str]]:
    return [(str(_("Suggestions of those invited")), url_for("debates.corrections", meeting_id=meeting.id))]


_MENDED: dict[Hindrance, Callable[[Meeting], list[tuple[str, str]]]] = {
    Hindrance.NO_CATEGORY: _uncategorised,
    Hindrance.NO_STATUS: _silent,
    Hindrance.UNANSWERED: _unanswered,
}


def may_approve(meeting: Meeting) -> bool:
    """Tell whether the reader is the head who approves these minutes."""
    return current_user.role is Role.HEAD and can(current_user, Action.EDIT, meeting)


def next_step(meeting: Meeting) -> dict[str, Any]:
    """Gather what the page of a meeting says of its minutes: how far they are, and what comes next."""
    may_edit = can(current_user, Action.EDIT, meeting)
    editions = queries.editions_of(meeting)
    return {
        "stage": MINUTES[meeting.stage],
        "is_drafting": meeting.stage is MeetingStage.DRAFTING,
        "is_correcting": meeting.stage is MeetingStage.CORRECTING,
        "is_approved": meeting.is_approved,
        "obstacles": obstacles(meeting) if may_edit and meeting.is_writable else [],
        "may_edit": may_edit,
        "may_approve": may_approve(meeting),
        "editions": editions,
        "waiting": queries.waiting_suggestions(meeting) if meeting.is_writable else 0,
    }


@bp.route("/debates/<int:meeting_id>/send-for-correction", methods=["GET", "POST"])
@only(*WRITERS)
def send_for_correction(meeting_id: int) -> ResponseReturnValue:
    """End the writing of minutes, so that those who were invited may correct them."""
    meeting = edited_meeting(meeting_id)
    form = StageForm()
    if form.validate_on_submit():
        try:
            convening.change_stage(current_user, meeting, MeetingStage.CORRECTING, **form.values)
        except StageRefused:
            return _refused("debates/send_for_correction.html", form, meeting)
        except RequestsUnlisted:
            form.ask_about_requests()
        else:
            flash(_("The minutes are being corrected. Now invite those who were there to read them."), "success")
            return redirect(url_for("debates.corrections", meeting_id=meeting.id))
    return render_template("debates/send_for_correction.html", **_stage_page(form, meeting)), form.status


@bp.route("/debates/<int:meeting_id>/approve", methods=["GET", "POST"])
@only(Role.HEAD)
def approve(meeting_id: int) -> ResponseReturnValue:
    """Approve minutes: nobody edits them any more, and everybody reads the public edition."""
    meeting = edited_meeting(meeting_id)
    form = ApprovalForm(data={"seen": approving.shown_to_head(meeting)})
    if form.validate_on_submit():
        try:
            edition = approving.approve(current_user, meeting, **form.values)
        except StageRefused:
            return _refused("debates/approve.html", form, meeting)
        except ChangedSinceSeen:
            form.seen.data = approving.shown_to_head(meeting)
            form.form_errors.append(_("The minutes were changed since you saw them. Look at them once more."))
            return render_template("debates/approve.html", **_stage_page(form, meeting)), 409
        except RequestsUnlisted:
            form.ask_about_requests()
        else:
            flash(_("The minutes are approved as version %(number)s.", number=edition.number), "success")
            return redirect(url_for("debates.show", meeting_id=meeting.id))
    return render_template("debates/approve.html", **_stage_page(form, meeting)), form.status


def _stage_page(form: StageForm, meeting: Meeting) -> dict[str, Any]:
    public = freezing.public(meeting)
    return {
        "form": form,
        "meeting": meeting,
        "obstacles": obstacles(meeting),
        "unlisted": queries.unasked(meeting),
        "edition": worded(public),
        "suspicious": sum(bool(marks(one["text"] + "\n" + one["answer"])) for one in public["statements"]),
        "is_next": meeting.is_writable,
    }


def _refused(template: str, form: StageForm, meeting: Meeting) -> ResponseReturnValue:
    """Show once more what hinders, or that somebody else moved the minutes on by now."""
    if not meeting.is_writable or not obstacles(meeting):
        form.form_errors.append(
            _(
                "Somebody else has changed the stage of these minutes by now: “%(stage)s”.",
                stage=MINUTES[meeting.stage],
            )
        )
    return render_template(template, **_stage_page(form, meeting)), 409


@bp.route("/debates/<int:meeting_id>/open-again", methods=["GET", "POST"])
@only(Role.HEAD)
def open_again(meeting_id: int) -> ResponseReturnValue:
    """Open approved minutes for correction, with a reason."""
    meeting = edited_meeting(meeting_id)
    form = OpenAgainForm()
    if form.validate_on_submit():
        try:
            approving.open_again(current_user, meeting, **form.values)
        except StageRefused:
            form.form_errors.append(_("These minutes are not approved, so they need not be opened."))
        else:
            flash(
                _("The minutes are open for correction. The published version stays until you approve them."), "success"
            )
            return redirect(url_for("debates.show", meeting_id=meeting.id))
    return render_template("debates/open_again.html", form=form, meeting=meeting), form.status


@bp.get("/debates/<int:meeting_id>/minutes/preview")
@only(*READERS)
def preview(meeting_id: int) -> ResponseReturnValue:
    """Show exactly what everybody will read, and what will be kept from everybody."""
    meeting = seen_meeting(meeting_id)
    shown = {one.id for one in queries.publicly_said(meeting)}
    said = [one for one in queries.statements_of(meeting) if one.withdrawn_at is None]
    return render_template(
        "debates/preview.html",
        meeting=meeting,
        edition=worded(freezing.public(meeting)),
        shown=[one for one in said if one.id in shown],
        kept=[(one, _why_kept(one)) for one in said if one.id not in shown],
        may_edit=can(current_user, Action.EDIT, meeting),
    )


def _why_kept(statement: Statement) -> str:
    if statement.meeting.has_lone_resident:
        return str(_("One resident came, and the words would lead back to that person."))
    if statement.withheld_because:
        return str(_("Withheld: %(reason)s", reason=statement.withheld_because))
    if statement.lacks_a_category:
        return str(_("It has no category yet, and the category decides whether its place may be shown."))
    return str(_("It speaks of a threat whose places are not shown to the public."))


@bp.route("/debates/<int:meeting_id>/statements/<int:statement_id>/withhold", methods=["GET", "POST"])
@only(*WRITERS)
def withhold_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Keep a statement from everybody, with a reason for colleagues."""
    statement = edited_statement(meeting_id, statement_id)
    form = WithholdForm()
    if form.validate_on_submit():
        approving.withhold_statement(current_user, statement, **form.values)
        flash(_("Statement %(number)s is withheld from the public.", number=statement.position), "success")
        return redirect(url_for("debates.preview", meeting_id=meeting_id))
    return render_template("debates/withhold_statement.html", form=form, statement=statement), form.status


@bp.post("/debates/<int:meeting_id>/statements/<int:statement_id>/release")
@only(*WRITERS)
def release_statement(meeting_id: int, statement_id: int) -> ResponseReturnValue:
    """Let everybody read a statement again that was withheld."""
    statement = edited_statement(meeting_id, statement_id)
    if not statement.withheld_because:
        abort(409)
    approving.release_statement(current_user, statement)
    flash(_("Statement %(number)s is no longer withheld.", number=statement.position), "success")
    return redirect(url_for("debates.preview", meeting_id=meeting_id))
