"""Pages with all requests of a debate at once: whom they are asked of, and what became of those taken over."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.web.roles import only
from debates import queries
from debates.forms.requests import asking_form, reporting_form
from debates.operations import asking
from debates.operations.asking import ProposalsChanged
from debates.views import bp
from debates.views.access import CONFLICT, WRITERS, edited_meeting, open_minutes
from debates.views.proposals import names_in

LEAVING_WRITING = ("debates.send_for_correction", "debates.approve")
"""Pages on which somebody adds requests to the list by the way, and goes on."""


@bp.route("/debates/<int:meeting_id>/requests", methods=["GET", "POST"])
@only(*WRITERS)
def requests(meeting_id: int) -> ResponseReturnValue:
    """Say of whom each request of a meeting is asked and by when, all of them at once."""
    meeting, status = open_minutes(meeting_id), None
    form = asking_form(meeting, queries.proposals_of(meeting))
    if form.validate_on_submit():
        try:
            asking.address_proposals(current_user, list(form.said()))
        except ProposalsChanged as changed:
            form.begin_again(changed.proposals)
            status = CONFLICT
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("debates.requests", meeting_id=meeting.id))
    page = render_template(
        "debates/requests.html", form=form, meeting=meeting, rows=form.rows, unlisted=queries.unasked(meeting)
    )
    return page, status or form.status


@bp.post("/debates/<int:meeting_id>/requests/from-statements")
@only(*WRITERS)
def propose_statements(meeting_id: int) -> ResponseReturnValue:
    """Make requests of everything in the minutes that asks for something and is no request yet."""
    meeting = open_minutes(meeting_id)
    made = asking.propose_statements(current_user, meeting)
    flash(ngettext("%(num)d request was made.", "%(num)d requests were made.", made), "success")
    back = request.form.get("back")
    return redirect(url_for(back if back in LEAVING_WRITING else "debates.requests", meeting_id=meeting.id))


@bp.route("/debates/<int:meeting_id>/taken-over", methods=["GET", "POST"])
@only(*WRITERS)
def taken_over(meeting_id: int) -> ResponseReturnValue:
    """Write down what became of the requests that a debate takes over from the one before."""
    meeting, status = edited_meeting(meeting_id), None
    proposals = queries.taken_over(meeting)
    form = reporting_form(proposals, None if meeting.is_planned else meeting.held_on)
    if form.validate_on_submit():
        try:
            asking.report_back(
                current_user,
                meeting,
                key=form.values["key"],
                reported_on=form.values["reported_on"],
                said=list(form.said()),
            )
        except ProposalsChanged as changed:
            form.begin_again(changed.proposals)
            status = CONFLICT
        else:
            flash(_("The answers are saved and can be read by everybody."), "success")
            return redirect(url_for("debates.show", meeting_id=meeting.id))
    page = render_template(
        "debates/taken_over.html", form=form, meeting=meeting, rows=form.rows, names=names_in(proposals)
    )
    return page, status or form.status
