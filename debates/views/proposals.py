"""Pages of one proposal: what was asked of whom, the answers with their history, the promises."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.denying import demand
from consult.accounts.rights import Action, can
from consult.clock import today
from consult.web.roles import only
from debates import queries
from debates.forms.proposals import (
    AnswerForm,
    CorrectedProposalForm,
    NewCommitmentForm,
    NewProposalForm,
    OutcomeForm,
)
from debates.models import Commitment, Meeting, Proposal, Statement
from debates.operations import asking
from debates.operations.asking import CommitmentChanged, ProposalsChanged
from debates.outcomes import WITHOUT_RESULT, Outcome, parts
from debates.views import bp
from debates.views.access import (
    CONFLICT,
    READERS,
    WRITERS,
    edited_proposal,
    open_minutes,
    seen_proposal,
)


@bp.get("/debates/proposals")
@only(*READERS)
def open_proposals() -> ResponseReturnValue:
    """List the proposals of the reader's scope that still lack a result."""
    chosen = request.args.get("outcome", type=Outcome)
    chosen = chosen if chosen in WITHOUT_RESULT else None
    tallies = queries.open_outcomes(current_user.scope, today())
    return render_template(
        "debates/open_proposals.html",
        proposals=queries.open_proposals(current_user.scope, today(), chosen),
        tallies=tallies,
        total=sum(tally.number for tally in tallies),
        parts=parts(tallies),
        chosen=chosen,
        today=today(),
    )


@bp.route("/debates/<int:meeting_id>/proposals/new", methods=["GET", "POST"])
@only(*WRITERS)
def new_proposal(meeting_id: int) -> ResponseReturnValue:
    """Write down what was asked for, from a statement or freely."""
    meeting = open_minutes(meeting_id)
    if meeting.is_planned:
        return redirect(url_for("debates.show_plan", meeting_id=meeting.id))
    statement = _statement(meeting)
    form = NewProposalForm(data={"text": statement.text} if statement else None)
    form.offer(meeting)
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
    """Show a proposal with its answers and promises."""
    found = seen_proposal(proposal_id)
    return render_template(
        "debates/proposal.html",
        proposal=found,
        threat=queries.fed([found.statement]).get(found.statement_id or 0),
        names=names_in([found]),
        may_edit=can(current_user, Action.EDIT, found),
        today=today(),
    )


def names_in(found: Sequence[Proposal]) -> dict[int, str]:
    """Name the people who wrote the histories of some proposals, and of what was promised for them."""
    answered = [change.actor_id for one in found for change in one.changes]
    promised = [change.actor_id for one in found for promise in one.commitments for change in promise.changes]
    return accounts.names(answered + promised)


@bp.route("/debates/proposals/<int:proposal_id>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit_proposal(proposal_id: int) -> ResponseReturnValue:
    """Correct what was asked, of whom and by when."""
    proposal, status, newer = edited_proposal(proposal_id), None, False
    open_minutes(proposal.meeting_id)
    form = CorrectedProposalForm(data=_asked(proposal))
    form.offer(proposal.meeting, proposal)
    if form.validate_on_submit():
        try:
            asking.correct_proposal(current_user, proposal, **form.values)
        except ProposalsChanged:
            form.begin_again(proposal.version)
            status, newer = CONFLICT, True
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    page = render_template("debates/edit_proposal.html", form=form, proposal=proposal, newer=newer)
    return page, status or form.status


def _asked(proposal: Proposal) -> dict[str, Any]:
    names = ("version", "text", "addressee_name", "due_on")
    return {name: getattr(proposal, name) for name in names} | {"addressee": proposal.addressee_code}


@bp.route("/debates/proposals/<int:proposal_id>/answer", methods=["GET", "POST"])
@only(*WRITERS)
def answer_proposal(proposal_id: int) -> ResponseReturnValue:
    """Write down what became of a proposal; who was slower sees what was written meanwhile, and the own words."""
    proposal, status, newer = edited_proposal(proposal_id), None, False
    form = AnswerForm(data=_last_said(proposal))
    if form.validate_on_submit():
        try:
            asking.answer_proposal(current_user, proposal, **form.values)
        except ProposalsChanged:
            form.begin_again(proposal.version)
            status, newer = CONFLICT, True
        else:
            flash(_("The answer is saved and can be read by everybody."), "success")
            return redirect(url_for("debates.proposal", proposal_id=proposal.id))
    page = render_template(
        "debates/answer_proposal.html", form=form, proposal=proposal, newer=newer, names=names_in([proposal])
    )
    return page, status or form.status


def _last_said(proposal: Proposal) -> dict[str, Any]:
    """Begin with the state and the words that stand, and with who answered, else with whoever is asked."""
    newest = proposal.newest
    return {
        "version": proposal.version,
        "after": proposal.status,
        "answer": proposal.answer,
        "answered_by": newest.answered_by if newest else proposal.addressee_name,
        "passed_to": newest.passed_to if newest else "",
        "legal_basis": newest.legal_basis if newest else "",
    }


@bp.post("/debates/proposal-changes/<int:change_id>/evidence")
@only(*WRITERS)
def publish_evidence(change_id: int) -> ResponseReturnValue:
    """Let everybody see what shows that a request was done."""
    change = queries.proposal_change(change_id)
    demand(Action.EDIT, change)
    asking.publish_evidence(current_user, change)
    flash(_("Everybody can see the evidence now."), "success")
    return redirect(url_for("debates.proposal", proposal_id=change.proposal_id))


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
    demand(Action.EDIT, commitment)
    form, newer = OutcomeForm(data=_came(commitment)), False
    if form.validate_on_submit():
        try:
            asking.close_commitment(current_user, commitment, **form.values)
        except CommitmentChanged:
            form.begin_again(commitment.version)
            newer = True
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for("debates.proposal", proposal_id=commitment.proposal_id))
    page = render_template(
        "debates/close_commitment.html",
        form=form,
        commitment=commitment,
        newer=newer,
        names=accounts.names(change.actor_id for change in commitment.changes),
    )
    return page, CONFLICT if newer else form.status


def _came(commitment: Commitment) -> dict[str, Any]:
    return {name: getattr(commitment, name) for name in ("version", "kept_on", "outcome")}
