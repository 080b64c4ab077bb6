"""Pages of the police about reports: what was sent with its files, questions to the reporter, replies and reviews."""

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.denying import deny
from consult.accounts.rights import Action, can
from consult.attachments import queries as attachments
from consult.attachments.models import Attachment
from consult.attachments.serving import answer_with
from consult.attachments.wording import title
from consult.audit import operations as audit
from consult.clock import now, today
from consult.online_reports import asking, looking, outcomes, queries
from consult.online_reports.asking import CannotAsk
from consult.online_reports.follow_forms import QuestionForm, ReviewForm
from consult.online_reports.models import OnlineReport
from consult.online_reports.outcomes import AlreadyReviewed
from consult.online_reports.views import answers
from consult.online_reports.wording import SAYS
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.web.roles import Role, only

bp = Blueprint("handling", __name__)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
ASKERS = (Role.OFFICER, Role.HEAD)
MAX_PAGE = 100_000
COUNTED = timedelta(days=365)
RECENT = timedelta(days=14)


@bp.get("/online-reports/voices/<int:observation_id>")
@only(*READERS)
def report(observation_id: int) -> ResponseReturnValue:
    """Show the report behind a voice on the map."""
    found = queries.of_observation(observation_id)
    threat = within(found, Action.SEE)
    files = shown_files(found)
    return render_template(
        "handling/report.html",
        report=found,
        threat=threat,
        answers=answers(found, is_withheld=is_withheld(found)),
        files=[(file, title(file.kind, file.position)) for file in files],
        withheld_files=len(looking.files_of(found)) - len(files),
        observation_id=observation_id,
        questions=asking.questions_of(found),
        may_ask=asking.may_ask(found) and current_user.role in ASKERS,
        said=outcomes.last_said(found),
        says_words=SAYS,
    )


def is_withheld(found: OnlineReport) -> bool:
    """Tell whether the words of a report are for screeners only."""
    voice = queries.observation_of(found)
    return voice is not None and voice.is_withheld


def shown_files(found: OnlineReport) -> list[Attachment]:
    """List the files of a report that are not for screeners only."""
    return looking.for_colleagues(found, words_are_withheld=is_withheld(found))


@bp.route("/online-reports/voices/<int:observation_id>/ask", methods=["GET", "POST"])
@only(*ASKERS)
def ask(observation_id: int) -> ResponseReturnValue:
    """Ask whoever sent a report; the question and its answer stand on the page of the receipt."""
    found = queries.of_observation(observation_id)
    within(found, Action.DECIDE)
    form = QuestionForm()
    if form.validate_on_submit():
        try:
            asking.ask(found, actor_id=current_user.id, **form.values)
        except CannotAsk:
            flash(_("This report takes no question now: another one waits, or nobody can follow the report."), "error")
        else:
            flash(_("The question stands on the page of the receipt."), "success")
        return redirect(url_for("handling.report", observation_id=observation_id), 303)
    words = "" if is_withheld(found) else found.description
    return render_template(
        "handling/ask.html", form=form, report=found, words=words, observation_id=observation_id
    ), form.status


@bp.get("/online-reports/replies")
@only(*READERS)
def replies() -> ResponseReturnValue:
    """List what residents replied in the own area: threats still there, to be looked at again, and recent answers."""
    areas = own_areas()
    page = min(max(request.args.get("page", 1, int), 1), MAX_PAGE)
    tally = outcomes.tally(areas, now() - COUNTED)
    return render_template(
        "handling/replies.html",
        waiting=outcomes.reviews(areas, page),
        tally=tally,
        page=page,
        pages=max(1, -(-tally.waiting // outcomes.PAGE_SIZE)),
        answered=asking.answered_since(areas, now() - RECENT),
        reviewing=current_user.role is Role.HEAD,
    )


@bp.route("/online-reports/replies/<int:outcome_id>/review", methods=["GET", "POST"])
@only(Role.HEAD)
def review(outcome_id: int) -> ResponseReturnValue:
    """Write what was found when a closed case was looked at again. Its status changes on the page of the threat."""
    said = outcomes.outcome(outcome_id)
    threat = within(said.report, Action.DECIDE)
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            outcomes.review(said, actor_id=current_user.id, **form.values)
        except AlreadyReviewed:
            flash(_("Somebody has reviewed this in the meantime."), "error")
        else:
            flash(_("Saved. The reporter reads it on the page of the receipt."), "success")
        return redirect(url_for("handling.replies"), 303)
    return render_template("handling/review.html", form=form, said=said, threat=threat, says_words=SAYS), form.status


@bp.get("/online-reports/files/<string:name>")
@only(*READERS)
def file(name: str) -> Response:
    """Give a file of a report: a photo to look at, a document only to be saved."""
    attachment = attachments.by_name(name)
    found = queries.by_natural_key(attachment.source_key) if attachment.source == queries.SOURCE else None
    if found is None:
        abort(404)
    within(found, Action.SEE)
    if attachment not in shown_files(found):
        abort(404)
    answer = answer_with(attachment, found.number.lower())
    audit.note_reading(
        current_user.id, "look_at_file", "online_report", found.id, current_user.scope, file=attachment.position
    )
    return answer


def within(found: OnlineReport, action: Action) -> Threat:
    """Give the threat of a report about which the reader may do something; any other report is not there."""
    threat = queries.threat_of(found)
    if threat is None:
        abort(404)
    scopes = threats.scopes_of(threat, today())
    if not any(can(current_user, action, scope) for scope in scopes):
        deny(action, found, scopes[0].unit_path if scopes else "")
    return threat


def own_areas() -> tuple[str, ...]:
    """List the areas whose replies the reader sees."""
    return threats.areas_within(current_user.scope, today())
