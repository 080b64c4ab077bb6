"""Pages of proposals: what was asked of whom, the answers, the promises; for staff and, in public, for everybody."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action, can
from consult.clock import today
from consult.districts import queries as districts
from consult.web.roles import only, public
from debates import queries
from debates.forms.proposals import AnswerForm, NewCommitmentForm, NewProposalForm, OutcomeForm, ProposalForm
from debates.models import Meeting, Statement
from debates.operations import asking
from debates.views import bp
from debates.views.access import (
    READERS,
    WRITERS,
    edited_meeting,
    edited_proposal,
    page_number,
    seen_proposal,
)


@bp.get("/proposals")
@public
def proposals() -> ResponseReturnValue:
    """Show everybody what was asked for and what was done."""
    offered = districts.names(queries.districts_with_proposals())
    district = request.args.get("district", "")
    found = queries.published(district if district in offered else None, page_number())
    return render_template(
        "debates/proposals.html",
        found=found,
        district=district if district in offered else "",
        districts=list(offered.items()),
    )


@bp.get("/debates/proposals")
@only(*READERS)
def open_proposals() -> ResponseReturnValue:
    """List the proposals of the reader's scope that still lack a result."""
    found = queries.open_proposals(current_user.scope)
    return render_template("debates/open_proposals.html", proposals=found, today=today())


@bp.route("/debates/<int:meeting_id>/proposals/new", methods=["GET", "POST"])
@only(*WRITERS)
def new_proposal(meeting_id: int) -> ResponseReturnValue:
    """Write down what was asked for, from a statement or freely."""
    meeting = edited_meeting(meeting_id)
    statement = _statement(meeting)
    form = NewProposalForm(data={"text": statement.text} if statement else None)
    if form.validate_on_submit():
        proposal = asking.record_proposal(current_user, meeting, statement=statement, **form.values)
        flash(_("The request is saved."), "success")
        return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    return render_template("debates/new_proposal.html", form=form, meeting=meeting, statement=statement), form.status


def _statement(meeting: Meeting) -> Statement | None:
    """Give the statement that the address names, if it is one of this meeting."""
    wanted = request.args.get("statement")
    if not wanted:
        return None
    standing = (entry for entry in queries.statements_of(meeting) if entry.withdrawn_at is None)
    return next((entry for entry in standing if str(entry.id) == wanted), None) or abort(404)


@bp.get("/debates/proposals/<int:proposal_id>")
@only(*READERS)
def proposal(proposal_id: int) -> ResponseReturnValue:
    """Show a proposal with its answer and promises."""
    found = seen_proposal(proposal_id)
    may_edit = can(current_user, Action.EDIT, found)
    return render_template("debates/proposal.html", proposal=found, may_edit=may_edit, today=today())


@bp.route("/debates/proposals/<int:proposal_id>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit_proposal(proposal_id: int) -> ResponseReturnValue:
    """Correct what was asked, of whom and by when."""
    proposal = edited_proposal(proposal_id)
    form = ProposalForm(obj=proposal)
    if form.validate_on_submit():
        asking.correct_proposal(current_user, proposal, **form.values)
        flash(_("The changes are saved."), "success")
        return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    return render_template("debates/edit_proposal.html", form=form, proposal=proposal), form.status


@bp.route("/debates/proposals/<int:proposal_id>/answer", methods=["GET", "POST"])
@only(*WRITERS)
def answer_proposal(proposal_id: int) -> ResponseReturnValue:
    """Write down what became of a proposal."""
    proposal = edited_proposal(proposal_id)
    form = AnswerForm(obj=proposal, after=proposal.status)
    if form.validate_on_submit():
        asking.answer_proposal(current_user, proposal, **form.values)
        flash(_("The answer is saved and can be read by everybody."), "success")
        return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    return render_template("debates/answer_proposal.html", form=form, proposal=proposal), form.status


@bp.route("/debates/proposals/<int:proposal_id>/commitments/new", methods=["GET", "POST"])
@only(*WRITERS)
def new_commitment(proposal_id: int) -> ResponseReturnValue:
    """Write down who promised what by when."""
    proposal = edited_proposal(proposal_id)
    form = NewCommitmentForm()
    if form.validate_on_submit():
        asking.record_commitment(current_user, proposal, **form.values)
        flash(_("The promise is saved."), "success")
        return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    return render_template("debates/new_commitment.html", form=form, proposal=proposal), form.status


@bp.route("/debates/commitments/<int:commitment_id>", methods=["GET", "POST"])
@only(*WRITERS)
def close_commitment(commitment_id: int) -> ResponseReturnValue:
    """Write down what came of a promise."""
    commitment = queries.commitment(commitment_id)
    if not can(current_user, Action.EDIT, commitment):
        abort(404)
    form = OutcomeForm(obj=commitment)
    if form.validate_on_submit():
        asking.close_commitment(current_user, commitment, **form.values)
        flash(_("The changes are saved."), "success")
        return redirect(url_for("debates.proposal", proposal_id=commitment.proposal_id))
    return render_template("debates/close_commitment.html", form=form, commitment=commitment), form.status
