"""Signing in and out, and passwords by a link."""

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts import letters, operations, queries
from consult.accounts.forms import ForgottenPasswordForm, NewPasswordForm, SignInForm
from consult.accounts.models import Account
from consult.accounts.sign_in import begin_session, end_session
from consult.accounts.views import bp
from consult.mail.operations import after_answer
from consult.web import typed
from consult.web.languages import is_own_address, language
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
        return _go_on("", asked.form.get(typed.CARRIED, ""))
    form = SignInForm(next=asked.args.get("next", ""))
    if form.validate_on_submit():
        account = operations.authenticate(form.values["email"], form.values["password"])
        if account is not None:
            _greet(account)
            return _go_on(form.values["next"], form.values["typed"])
        form.refuse()
    return render_template("accounts/sign_in.html", form=form), form.status


def _greet(account: Account) -> None:
    begin_session(account)
    refused = operations.sign_in(account)
    if refused:
        flash(
            ngettext(
                "Since your last sign-in somebody tried a wrong password %(num)d time.",
                "Since your last sign-in somebody tried wrong passwords %(num)d times.",
                refused,
            )
        )


def _go_on(address: str, kept: str) -> ResponseReturnValue:
    """Lead to the page that was asked for, or show what was typed when the session had ended."""
    found = typed.Typed.read(kept)
    return redirect(_way_on(address)) if found is None else typed.send_again(found)


def _way_on(address: str) -> str:
    return address if is_own_address(address) else _front_page()


def _front_page() -> str:
    return url_for("desk.due_today" if "desk.due_today" in current_app.view_functions else "desk.home")


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
