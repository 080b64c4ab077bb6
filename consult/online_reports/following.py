"""Pages for whoever sent a report, after that: answering the police, letters by e-mail, and "is it gone?"."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.clock import now
from consult.mail.operations import after_answer
from consult.online_reports import asking, outcomes, queries
from consult.online_reports import letters as subscriptions
from consult.online_reports.asking import AlreadyAnswered
from consult.online_reports.follow_forms import TOO_MANY_LETTERS, WAIT, AnswerForm, LettersForm, OutcomeForm
from consult.online_reports.letters import LinkSpent
from consult.online_reports.outcomes import AlreadySaid, NotAsked
from consult.online_reports.views import was_guessed
from consult.online_reports.wording import STATES
from consult.web import traffic
from consult.web.forms import Form, needs_no_token
from consult.web.languages import language
from consult.web.limits import limited
from consult.web.roles import public

bp = Blueprint("following", __name__)

MOST_MESSAGES = 30
"""Answers that one network may send in an hour."""

MOST_LETTERS = 10
"""Confirmation letters that one network may ask for in an hour."""

MOST_TO_ONE = 3
"""Confirmation letters that one address gets in a day, whoever types it."""

DAY_S = 24 * 3600
NOT_WAITING = _l("The police are not waiting for an answer now. What you answered before is below.")
ANSWERED = _l("Your answer has been sent to the police.")
LETTER_SENT = _l("If the address is right, a letter is on its way. Open its link within 48 hours.")
NOT_TAKEN = _l("Your answer cannot be taken any more. What you said before is below.")
ALL = ("GET", "HEAD", "POST")


def was_spent(answer: Response) -> bool:
    """Tell whether a link was tried that confirms nothing: only guessing is limited."""
    return answer.status_code == 410


@bp.after_request
def for_nobody_else(answer: Response) -> Response:
    """Keep pages that a secret link opens out of caches and search engines."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.route("/online-reports/<string:receipt>/answer", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
def answer(receipt: str) -> ResponseReturnValue:
    """Answer what the police ask, once."""
    report = queries.by_receipt(receipt)
    question = asking.waiting_question(report)
    form = AnswerForm()
    if question is None and form.is_submitted() and asking.has_answered(report, form.text.data or ""):
        return back(receipt, ANSWERED, "success")  # the same press twice
    if question is None:
        return back(receipt, NOT_WAITING)
    if form.validate_on_submit() and not form.waits("answer", MOST_MESSAGES, WAIT):
        try:
            asking.answer(question, **form.values)
        except AlreadyAnswered:
            return back(receipt, NOT_WAITING)
        return back(receipt, ANSWERED, "success")
    return render_template(
        "following/answer.html", form=form, receipt=receipt, report=report, question=question
    ), form.status


@bp.route("/online-reports/<string:receipt>/outcome", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
def outcome(receipt: str) -> ResponseReturnValue:
    """Say once after a closing whether the threat is gone."""
    report = queries.by_receipt(receipt)
    form = OutcomeForm()
    if form.validate_on_submit() and not form.waits("answer", MOST_MESSAGES, WAIT):
        try:
            outcomes.say(report, **form.values)
        except (AlreadySaid, NotAsked):
            return back(receipt, NOT_TAKEN)
        return back(receipt, _("Thank you. Your answer has been sent to the police."), "success")
    closing = outcomes.asked_about(report, now())
    if closing is None:
        return back(receipt, NOT_TAKEN)
    return render_template(
        "following/outcome.html",
        form=form,
        receipt=receipt,
        report=report,
        closing=closing,
        state=STATES[closing.after],
    ), form.status


@bp.route("/online-reports/<string:receipt>/letters", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
def letters(receipt: str) -> ResponseReturnValue:
    """Ask for letters about a report by e-mail, or see that they go out."""
    report = queries.by_receipt(receipt)
    form = LettersForm()
    if form.validate_on_submit() and not is_too_often(form):
        letter = form.values | {"language": language()}
        token = subscriptions.subscribe(report, **letter)
        if token is not None:
            after_answer(subscriptions.send_confirmation, token=token, number=report.number, **letter)
        return back(receipt, LETTER_SENT, "success")
    may_subscribe = subscriptions.may_subscribe(report)
    gets_letters = subscriptions.gets_letters(report)
    return render_template(
        "following/letters.html",
        form=form,
        receipt=receipt,
        report=report,
        gets_letters=gets_letters,
        may_subscribe=may_subscribe,
    ), form.status


@bp.post("/online-reports/<string:receipt>/letters/end")
@public
@limited("60/hour", counts=was_guessed)
def end_letters(receipt: str) -> ResponseReturnValue:
    """Send no more letters and forget the address."""
    subscriptions.end(queries.by_receipt(receipt))
    return back(receipt, _("We send no more letters about this report. Your address has been deleted."), "success")


@bp.route("/online-reports/letters/<string:token>", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_spent)
def confirm_letters(token: str) -> ResponseReturnValue:
    """Confirm an address by a press of a button: programs that look into letters open every link."""
    form = Form()
    if form.validate_on_submit():
        try:
            subscriptions.confirm(token)
        except LinkSpent:
            return render_template("following/link_spent.html"), 410
        return redirect(url_for("following.letters_confirmed"), 303)
    if not subscriptions.confirms_some(token):
        return render_template("following/link_spent.html"), 410
    return render_template("following/confirm_letters.html", form=form, token=token), form.status


@bp.route("/online-reports/letters/<string:key>/stop", methods=["GET", "POST"])
@public
@limited("60/hour", methods=ALL, counts=was_guessed)
@needs_no_token
def stop_letters(key: str) -> ResponseReturnValue:
    """Stop the letters by the button of a mail program, which sends one POST without cookies (RFC 8058).

    It goes on to no other page, and a second time says the same. Looking only asks: programs open every link.
    """
    report = queries.by_stop_key(key)
    if request.method == "POST":
        subscriptions.end(report)
    return render_template("following/stop_letters.html", key=key, is_done=request.method == "POST")


@bp.get("/online-reports/letters-confirmed")
@public
def letters_confirmed() -> ResponseReturnValue:
    """Say that letters will come."""
    return render_template("following/letters_confirmed.html")


def is_too_often(form: LettersForm) -> bool:
    """Count a letter that is about to be asked for, by the network and by the address."""
    if form.waits("letters", MOST_LETTERS, TOO_MANY_LETTERS) or not current_app.config["RATELIMIT_ENABLED"]:
        return form.pause is not None
    if traffic.hit(traffic.key_of("letters to", form.values["address"].lower()), DAY_S) > MOST_TO_ONE:
        form.pause = TOO_MANY_LETTERS
    return form.pause is not None


def back(receipt: str, said: str, category: str = "message") -> ResponseReturnValue:
    """Go back to the page of the receipt with a message."""
    flash(said, category)
    return redirect(url_for("online_reports.receipt", receipt=receipt), 303)
