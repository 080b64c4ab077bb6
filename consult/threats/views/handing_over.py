"""Handing a threat over to an office: to whom, the letter as PDF, and what the office answers."""

from flask import Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts.rights import Action
from consult.clock import today
from consult.documents.rendering import DocumentRefused
from consult.threats import hand_overs, handing_over, letter, queries, response
from consult.threats.awaiting import LEADS_TO, AnswerRefused
from consult.threats.forms import HandOverForm, PartnerAnswerForm
from consult.threats.handing_over import ExpectedInPast, NotServing
from consult.threats.models import HandOver, Threat
from consult.threats.turns import KeyOfAnother
from consult.threats.views import bp
from consult.threats.views.access import DECIDERS, READERS, decided, may
from consult.threats.views.showing import words
from consult.threats.wording import FAULTS
from consult.threats.workflow import ALLOWED, ChangeRefused, Status
from consult.web.limits import prints
from consult.web.roles import only


@bp.route("/threats/<int:threat_id>/hand-over", methods=["GET", "POST"])
@only(*DECIDERS)
def hand_over(threat_id: int) -> ResponseReturnValue:
    """Hand a threat over to a partner, or to another office named in words."""
    threat = decided(threat_id)
    form = HandOverForm()
    known = hand_overs.by_key(form.sent_key) if form.sent_key else None
    if known is not None and (known.threat_id, known.actor_id) == (threat_id, current_user.id):
        return redirect(url_for("threats.show", threat_id=threat_id, _anchor="handed-over"))
    if not form.is_submitted() and Status.HANDED_OVER not in ALLOWED[threat.status]:
        return redirect(url_for("threats.status", threat_id=threat_id))
    form.offer(hand_overs.addressees(threat, today()), threat.category.group_code)
    if not form.is_submitted():
        form.begin(_usual_request(), handing_over.expected_on())
    if form.validate_on_submit() and _handed(threat, form):
        return redirect(url_for("threats.show", threat_id=threat_id, _anchor="handed-over"))
    return _page(threat, form)


def first_page(threat: Threat, reason: str) -> ResponseReturnValue:
    """Ask to whom it is handed over, once the new status and the words for residents are chosen."""
    form = HandOverForm(formdata=None, reason=reason)
    form.offer(hand_overs.addressees(threat, today()), threat.category.group_code)
    form.begin(_usual_request(), handing_over.expected_on())
    return _page(threat, form)


def _page(threat: Threat, form: HandOverForm) -> ResponseReturnValue:
    return render_template(
        "threats/hand_over.html",
        threat=threat,
        form=form,
        has_partners=bool(hand_overs.addressees(threat, today())),
        **words(),
    ), form.status


def _usual_request() -> str:
    """Write what is asked of an office most often, in Polish as the letter is."""
    with force_locale("pl"):
        return _("Please remove the threat, or its cause, and tell us what was done or will be done, and when.")


def _handed(threat: Threat, form: HandOverForm) -> bool:
    """Do what the form says, or say at its fields why not."""
    try:
        if form.is_unnamed:
            response.change_status(threat, Status.HANDED_OVER, form.reason.data or "", current_user.id)
            flash(_("The status has been changed."), "success")
        else:
            handing_over.hand_over(threat, actor_id=current_user.id, **form.values)
            flash(_("The threat is handed over. Its letter can be saved and sent now."), "success")
    except ChangeRefused as refused:
        form.refuse(FAULTS[refused.fault])
    except NotServing:
        form.refuse(_("This office is not offered here any more. Choose another one."))
    except KeyOfAnother:
        form.refuse_key()
    except ExpectedInPast:
        form.expected_on.errors = [_("Choose a day from today to a year ahead.")]
    return not form.errors


@bp.get("/threats/<int:threat_id>/hand-overs/<int:hand_over_id>/letter.pdf")
@only(*READERS)
@prints()
def letter_pdf(threat_id: int, hand_over_id: int) -> ResponseReturnValue:
    """Give the letter by which a threat was handed over, the same each time."""
    handed = _own(threat_id, hand_over_id, Action.SEE)
    try:
        content = letter.printed(handed)
    except DocumentRefused as refused:
        current_app.logger.warning("letter %s: %s", handed.id, refused)
        abort(503)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{threat_id}-{handed.id}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/threats/<int:threat_id>/hand-overs/<int:hand_over_id>/answers/new", methods=["GET", "POST"])
@only(*DECIDERS)
def new_partner_answer(threat_id: int, hand_over_id: int) -> ResponseReturnValue:
    """Write down what an office answered."""
    handed = _own(threat_id, hand_over_id, Action.DECIDE)
    form = PartnerAnswerForm()
    if form.validate_on_submit():
        try:
            answer = handing_over.record_answer(handed, actor_id=current_user.id, **form.values)
        except AnswerRefused as refused:
            form.refuse(refused.fault)
        except KeyOfAnother:
            form.refuse_key()
        else:
            flash(_("The answer is saved. Residents can read it."), "success")
            leads_on = handed.threat.status is Status.HANDED_OVER and answer.outcome in LEADS_TO
            return redirect(
                url_for("threats.status", threat_id=threat_id, answer=answer.id)
                if leads_on
                else url_for("threats.show", threat_id=threat_id, _anchor="handed-over")
            )
    return render_template(
        "threats/new_partner_answer.html", handed=handed, threat=handed.threat, form=form
    ), form.status


def _own(threat_id: int, hand_over_id: int, action: Action) -> HandOver:
    """Give what was handed over of a threat in the own areas; any other is not there."""
    threat = queries.threat(threat_id)
    handed = hand_overs.hand_over(hand_over_id)
    if handed.threat_id != threat.id or not may(action, threat):
        abort(404)
    return handed
