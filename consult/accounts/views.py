"""Signing in and out, passwords, the own account; and the accounts of a unit: opening, ending, handing over."""

from flask import Blueprint, Response, abort, current_app, flash, make_response, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts import letters, operations, queries
from consult.accounts.forms import (
    AccountForm,
    ChangePasswordForm,
    ForgottenPasswordForm,
    NewPasswordForm,
    SignInForm,
    SuccessorForm,
    printable,
)
from consult.accounts.models import Account, LinkPurpose
from consult.accounts.rights import Action, can, may_appoint
from consult.accounts.sign_in import begin_session, end_session
from consult.accounts.titles import DUTIES, ROLES
from consult.mail.operations import after_answer
from consult.web.languages import is_own_address, language
from consult.web.limits import field_key, limited
from consult.web.roles import STAFF, Role, only, public

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


def _was_refused(answer: Response) -> bool:
    return answer.status_code == 422


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limited("5/minute", field_key("email", with_network=True))
@limited("30/hour", counts=_was_refused)
def sign_in() -> ResponseReturnValue:
    """Let a person of the police in."""
    if current_user.is_authenticated:
        return redirect(_front_page())
    form = SignInForm(next=asked.args.get("next", ""))
    if form.validate_on_submit():
        account = operations.authenticate(form.values["email"], form.values["password"])
        if account is not None:
            _greet(account)
            return redirect(_way_on(form.values["next"]))
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


def _way_on(address: str) -> str:
    return address if is_own_address(address) else _front_page()


def _front_page() -> str:
    return url_for("desk.due_today" if "desk.due_today" in current_app.view_functions else "desk.home")


@bp.post("/sign-out")
@only(*STAFF)
def sign_out() -> ResponseReturnValue:
    """End every session of the account."""
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
    form.about = _about(link.account)
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


def _about(account: Account) -> tuple[str, ...]:
    return (account.email, account.unit.name, account.unit.code)


def _not_kept(page: str, status: int) -> Response:
    """Let nothing between here and the reader keep a page whose address is a secret."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def own_key() -> str:
    """Count by the account: a whole unit may sit behind one network."""
    return f"account {current_user.get_id()}"


@bp.route("/own", methods=["GET", "POST"])
@only(*STAFF)
@limited("10/hour", own_key)
def own() -> ResponseReturnValue:
    """Show the own account and change its password."""
    account = queries.account(current_user.id)
    form = ChangePasswordForm()
    form.about = _about(account)
    if form.validate_on_submit():
        if operations.authenticate(account.email, form.values["present"]):
            account = queries.account(current_user.id)
            operations.change_password(account, form.values["password"])
            begin_session(account)
            after_answer(letters.send_password_changed, account.id, language())
            flash(_("Your password has changed. Every other session is signed out."), "success")
            return redirect(url_for("accounts.own"))
        form.refuse()
    return render_template("accounts/own.html", form=form, own=account, roles=ROLES), form.status


@bp.get("")
@only(Role.HEAD, Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """List the accounts of the scope."""
    words, state = printable(asked.args.get("q"))[:100], asked.args.get("state", "active")
    page = queries.accounts_within(current_user.scope, words, state, asked.args.get("page", 1, type=int))
    return render_template("accounts/index.html", page=page, words=words, state=state, roles=ROLES)


@bp.route("/new", methods=["GET", "POST"])
@only(Role.HEAD, Role.ADMINISTRATOR)
def new() -> ResponseReturnValue:
    """Open an account and send the link for its first password."""
    form = AccountForm()
    form.offer([(unit.id, unit.name) for unit in queries.units_within(current_user.scope)], may_appoint(current_user))
    if form.validate_on_submit():
        try:
            account = _open(form)
        except operations.AddressTaken:
            form.refuse_taken()
        else:
            return redirect(url_for("accounts.show", account_id=account.id))
    return render_template("accounts/new.html", form=form, duties=DUTIES), form.status


def _open(form: AccountForm) -> Account:
    facts = form.values | {"unit": queries.unit(form.values["unit"])}
    account = operations.create(**facts, actor_id=current_user.id)
    _send_first_link(account)
    return account


def _send_first_link(account: Account) -> None:
    token = operations.issue_link(account, LinkPurpose.FIRST_PASSWORD, current_user.id)
    after_answer(letters.send_first_password, account.id, token, language())
    flash(_("A letter with a link that sets the password goes to %(email)s.", email=account.email), "success")


@bp.get("/<int:account_id>")
@only(Role.HEAD, Role.ADMINISTRATOR)
def show(account_id: int) -> ResponseReturnValue:
    """Show an account of the scope."""
    account = _in_scope(account_id)
    may_end = account.role in may_appoint(current_user) and account.id != current_user.id
    return render_template("accounts/show.html", shown=account, roles=ROLES, may_end=may_end)


def _in_scope(account_id: int) -> Account:
    account = queries.account(account_id)
    if not can(current_user, Action.ADMINISTER, account):
        abort(404)
    return account


def _to_manage(account_id: int) -> Account:
    """Give an account that the person may manage: in the scope, of a role one may give, and not the own."""
    account = _in_scope(account_id)
    if account.role not in may_appoint(current_user) or account.id == current_user.id:
        abort(403)
    return account


@bp.post("/<int:account_id>/link")
@only(Role.HEAD, Role.ADMINISTRATOR)
def link(account_id: int) -> ResponseReturnValue:
    """Send the link for the first password again; the earlier one stops working."""
    account = _to_manage(account_id)
    if not account.is_active or account.password_hash:
        abort(404)
    _send_first_link(account)
    return redirect(url_for("accounts.show", account_id=account_id))


@bp.route("/<int:account_id>/end", methods=["GET", "POST"])
@only(Role.HEAD, Role.ADMINISTRATOR)
def end(account_id: int) -> ResponseReturnValue:
    """End an account at once and hand over its open work; or name the successor later."""
    account = _to_manage(account_id)
    if not account.is_active and account.successor_id:
        return redirect(url_for("accounts.show", account_id=account_id))
    form = SuccessorForm()
    form.offer(_colleagues(account), _("Nobody yet: choose later"))
    if form.validate_on_submit():
        chosen = form.values["successor"]
        successor = queries.account(chosen) if chosen else None
        operations.leave(account, successor, current_user.id)
        flash(_("The account is closed."), "success")
        return redirect(url_for("accounts.show", account_id=account_id))
    return render_template("accounts/end.html", form=form, ended=account), form.status


def _colleagues(account: Account) -> list[tuple[int, str]]:
    return [(one.id, f"{one.email} ({one.function})") for one in queries.colleagues(account)]
