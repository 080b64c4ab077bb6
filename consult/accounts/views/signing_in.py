"""Signing in and out, and passwords by a link."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import letters, operations, queries, second_step
from consult.accounts.forms import ForgottenPasswordForm, NewPasswordForm, SignInForm
from consult.accounts.models import Account
from consult.accounts.sign_in import begin_session, end_session, wait_for_second_step
from consult.accounts.views import asking, bp
from consult.accounts.views.going_on import go_on, let_in
from consult.mail.operations import after_answer
from consult.web import typed
from consult.web.languages import language
from consult.web.limits import field_key, limited
from consult.web.roles import STAFF, only, public


def _was_refused(answer: Response) -> bool:
    return answer.status_code == 422


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limited("5/minute", field_key("email", with_network=True))
@limited("30/hour", counts=_was_refused)
def sign_in() -> ResponseReturnValue:
    """Let a person of the police in."""
    if current_user.is_authenticated:
        return go_on(asked.form.get("next"), asked.form.get(typed.CARRIED))
    form = SignInForm(next=asked.args.get("next", ""))
    if form.validate_on_submit():
        account = operations.authenticate(form.values["email"], form.values["password"])
        if account is not None:
            return _after_password(account, form)
        form.refuse()
    return render_template("accounts/sign_in.html", form=form), form.status


def _after_password(account: Account, form: SignInForm) -> ResponseReturnValue:
    """Let somebody in, or ask for the second step, or for setting one up where nobody gets in without."""
    if not second_step.has_one(account) and not second_step.is_required():
        begin_session(account)
        return let_in(account, form.next.data, form.typed.data)
    wait_for_second_step(account)
    return asking.ask(account, form.next.data, form.typed.data)


@bp.post("/sign-out")
@only(*STAFF)
def sign_out() -> ResponseReturnValue:
    """End this session; what this browser keeps opens nothing any more, copied or not."""
    operations.sign_out(current_user)
    end_session()
    flash(_("You are signed out."), "success")
    answer = redirect(url_for("accounts.sign_in"))
    answer.headers["Clear-Site-Data"] = '"storage"'  # what the minutes kept on the device for work without a connection
    return answer


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
@limited("5/hour")
@limited("5/hour", field_key("email", with_network=False))
def forgotten_password() -> ResponseReturnValue:
    """Send a link for a new password; the answer is the same whoever asks for whomever."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        after_answer(letters.send_forgotten_password, form.values["email"], language())
        return redirect(url_for("accounts.forgotten_password_sent"))
    return render_template("accounts/forgotten_password.html", form=form), form.status


@bp.get("/forgotten-password/sent")
@public
def forgotten_password_sent() -> ResponseReturnValue:
    """Say what to expect, whoever asked for whomever."""
    return render_template("accounts/forgotten_password_sent.html")


@bp.route("/set-password/<string:token>", methods=["GET", "POST"])
@public
@limited("20/hour")
def set_password(token: str) -> ResponseReturnValue:
    """Set a password by a one-time link; looking at the page, as mail scanners do, spends nothing."""
    link = queries.link(token)
    if link is None or not operations.is_open(link):
        return link_spent()
    form = NewPasswordForm()
    form.about = about(link.account)
    if form.validate_on_submit():
        try:
            account = operations.set_password(token, form.values["password"])
        except operations.LinkSpent:
            return link_spent()
        after_answer(letters.send_password_changed, account.id, language())
        end_session()
        flash(_("Your password is set. Sign in with it."), "success")
        return redirect(url_for("accounts.sign_in"))
    return _not_kept(render_template("accounts/set_password.html", form=form, email=link.account.email), form.status)


def link_spent() -> ResponseReturnValue:
    """Say the same of a used, an old and a wrong link."""
    return _not_kept(render_template("accounts/link_spent.html"), 410)


def about(account: Account) -> tuple[str, ...]:
    """Give words of an account's owner that a guesser of passwords tries first."""
    return (account.email, account.unit.name, account.unit.code)


def _not_kept(page: str, status: int) -> Response:
    """Let nothing between here and the reader keep a page whose address is a secret."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
