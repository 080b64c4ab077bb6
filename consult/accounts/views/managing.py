"""The accounts of a unit: opening, ending, handing over."""

from flask import abort, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import letters, operations, queries, second_step, sessions
from consult.accounts.denying import demand
from consult.accounts.forms import AccountForm, SuccessorForm, printable
from consult.accounts.models import Account, LinkPurpose
from consult.accounts.rights import Action, may_appoint
from consult.accounts.titles import DUTIES, ROLES
from consult.accounts.views import bp
from consult.mail.operations import after_answer
from consult.web.languages import language
from consult.web.roles import Role, only


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
    return render_template(
        "accounts/show.html",
        shown=account,
        roles=ROLES,
        may_end=may_end,
        sessions=sessions.of_account(account),
        has_second_step=second_step.has_one(account),
    )


def _in_scope(account_id: int) -> Account:
    account = queries.account(account_id)
    demand(Action.ADMINISTER, account)
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


@bp.post("/<int:account_id>/sessions/end")
@only(Role.HEAD, Role.ADMINISTRATOR)
def end_sessions(account_id: int) -> ResponseReturnValue:
    """Sign an account out everywhere."""
    operations.end_sessions(_to_manage(account_id), current_user.id)
    flash(_("The account is signed out everywhere."), "success")
    return redirect(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/forget-second-step")
@only(Role.HEAD, Role.ADMINISTRATOR)
def forget_second_step(account_id: int) -> ResponseReturnValue:
    """Let an account in by its password alone, because telephone and recovery codes are lost; its owner hears of it."""
    account = _to_manage(account_id)
    if not operations.forget_second_step(account, current_user.id):
        abort(404)
    after_answer(letters.send_second_step_changed, account.id, letters.News.FORGOTTEN, language())
    flash(_("The account signs in by its password alone. Its owner is told by a letter."), "success")
    return redirect(url_for("accounts.show", account_id=account_id))


@bp.post("/<int:account_id>/reopen")
@only(Role.HEAD, Role.ADMINISTRATOR)
def reopen(account_id: int) -> ResponseReturnValue:
    """Open a closed account again and send the link for a new password."""
    account = _to_manage(account_id)
    if account.is_active:
        abort(404)
    operations.reopen(account, current_user.id)
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
