"""What the police do about a threat: checks on the spot, and the change of its status with the public answer."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.clock import now, today
from consult.estimates.waits import waiting
from consult.threats import hand_overs, queries, response
from consult.threats.awaiting import LEADS_TO
from consult.threats.deadlines import Step
from consult.threats.forms import AssignForm, CheckForm, NoteForm, StatusForm
from consult.threats.models import ReasonTemplate, Threat
from consult.threats.response import CheckRefused
from consult.threats.turns import KeyOfAnother
from consult.threats.views import bp, handing_over
from consult.threats.views.access import DECIDERS, READERS, decided, own_areas, page_asked
from consult.threats.views.showing import area_names, missing_words, words
from consult.threats.wording import FAULTS, STATUS_LABELS, answer_in_words
from consult.threats.workflow import ALLOWED, ChangeRefused, Status
from consult.web.roles import Role, only

LOOKED_BACK_DAYS = 365
MOST_ROWS = 2**31 - 1
MARK_DAYS = (2, 7, 14, 30)
"""Within how many days the share that is done is told."""


@bp.route("/threats/<int:threat_id>/checks/new", methods=["GET", "POST"])
@only(*DECIDERS)
def new_check(threat_id: int) -> ResponseReturnValue:
    """Enter a check on the spot."""
    threat = decided(threat_id)
    form = CheckForm()
    if form.validate_on_submit():
        try:
            response.record_check(threat, actor_id=current_user.id, **form.values)
        except CheckRefused as refused:
            form.refuse(refused.fault)
        except KeyOfAnother:
            form.refuse_key()
        else:
            flash(_("The check is recorded."), "success")
            return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template(
        "threats/new_check.html", threat=threat, form=form, missing=missing_words(threat), **words()
    ), form.status


@bp.post("/threats/<int:threat_id>/checks/<int:check_id>/withdraw")
@only(*DECIDERS)
def withdraw_check(threat_id: int, check_id: int) -> ResponseReturnValue:
    """Take back a check that was entered by mistake."""
    threat = decided(threat_id)
    check = queries.check(check_id)
    if check.threat_id != threat.id:
        abort(404)
    response.withdraw_check(check, current_user.id)
    flash(_("The check is taken back. It does not count any more."), "success")
    return redirect(url_for("threats.show", threat_id=threat_id))


@bp.route("/threats/<int:threat_id>/status", methods=["GET", "POST"])
@only(*DECIDERS)
def status(threat_id: int) -> ResponseReturnValue:
    """Change the status of a threat, with the answer that residents read."""
    threat = decided(threat_id)
    form = StatusForm()
    form.offer(threat.status)
    templates = queries.reason_templates_for(threat, today())
    chosen = next((one for one in templates if one.id == request.args.get("template", type=int)), None)
    if not form.is_submitted():
        _begin(form, threat, chosen)
    if form.is_submitted() and response.is_done(threat, form.after.data, form.reason.data or "", current_user.id):
        return redirect(url_for("threats.show", threat_id=threat_id))  # the same press twice
    if form.validate_on_submit():
        if form.values["after"] == Status.HANDED_OVER and hand_overs.addressees(threat, today()):
            return handing_over.first_page(threat, form.values["reason"])
        try:
            response.change_status(threat, actor_id=current_user.id, **form.values)
        except ChangeRefused as refused:
            form.refuse(" ".join([str(FAULTS[refused.fault]), *_missing(refused, threat)]))
        else:
            flash(_("The status has been changed."), "success")
            return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template(
        "threats/status.html",
        threat=threat,
        form=form,
        missing=missing_words(threat),
        templates=[(one.id, f"{STATUS_LABELS[one.status]}: {one.title}") for one in templates],
        chosen=chosen,
        may_hand_over=Status.HANDED_OVER in ALLOWED[threat.status],
        **words(),
    ), form.status


def _begin(form: StatusForm, threat: Threat, template: ReasonTemplate | None) -> None:
    """Begin with a template, or with the answer of an office that the address names, as far as it leads on."""
    answer = hand_overs.answer(min(max(request.args.get("answer", 0, type=int), 0), MOST_ROWS))
    if template is not None:
        form.begin(template.status, template.text)
    elif answer is not None and answer.hand_over.threat_id == threat.id and answer.outcome in LEADS_TO:
        after = LEADS_TO[answer.outcome]
        if after in ALLOWED[threat.status]:
            form.begin(after, f"{answer_in_words(answer)} {answer.public_words}")


@bp.route("/threats/<int:threat_id>/assign", methods=["GET", "POST"])
@only(*DECIDERS)
def assign(threat_id: int) -> ResponseReturnValue:
    """Say who of the unit works on a threat."""
    threat = decided(threat_id)
    form = AssignForm()
    assignment = queries.assignment_of(threat)
    form.offer(queries.assignable(threat, today()), assignment.account_id if assignment else None)
    if form.validate_on_submit():
        response.assign(threat, actor_id=current_user.id, **form.values)
        flash(_("It is noted who works on it."), "success")
        return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template("threats/assign.html", threat=threat, form=form), form.status


@bp.route("/threats/<int:threat_id>/notes/new", methods=["GET", "POST"])
@only(*DECIDERS)
def new_note(threat_id: int) -> ResponseReturnValue:
    """Write a note for colleagues."""
    threat = decided(threat_id)
    form = NoteForm()
    if form.validate_on_submit():
        try:
            response.write_note(threat, actor_id=current_user.id, **form.values)
        except KeyOfAnother:
            form.refuse_key()
        else:
            flash(_("The note is saved."), "success")
            return redirect(url_for("threats.show", threat_id=threat_id))
    return render_template("threats/new_note.html", threat=threat, form=form), form.status


@bp.get("/threats/unserved")
@only(Role.COORDINATOR)
def unserved() -> ResponseReturnValue:
    """List the open threats for which no unit answers, so that somebody sees to it."""
    page = page_asked()
    total = queries.count_unserved(today())
    waiting = queries.unserved(today(), page)
    return render_template(
        "threats/unserved.html",
        threats=waiting,
        total=total,
        page=page,
        pages=-(-total // queries.PAGE_SIZE),
        area_names=area_names(waiting),
        **words(),
    )


@bp.get("/threats/waiting-times")
@only(*READERS)
def waiting_times() -> ResponseReturnValue:
    """Show how long threats of the own areas wait, those that wait still counted too."""
    since = now() - timedelta(days=LOOKED_BACK_DAYS)
    waited = {step: waiting(queries.waits(own_areas(), step, since, now())) for step in Step}
    return render_template("threats/waiting_times.html", waited=waited, since=since, marks=MARK_DAYS)


def _missing(refused: ChangeRefused, threat: Threat) -> list[str]:
    return missing_words(threat) if refused.fault == "no_checks" else []
