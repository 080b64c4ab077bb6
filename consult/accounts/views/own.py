"""The own account: its password, and where it is signed in."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import letters, operations, queries, sessions
from consult.accounts.forms import ChangePasswordForm
from consult.accounts.sign_in import current_session, current_token, end_session, renew_session
from consult.accounts.titles import ROLES
from consult.accounts.views import bp
from consult.accounts.views.signing_in import about
from consult.mail.operations import after_answer
from consult.web.languages import language
from consult.web.limits import limited
from consult.web.roles import STAFF, only


def own_key() -> str:
    """Count by the account: a whole unit may sit behind one network."""
    return f"account {current_user.id}"


@bp.route("/own", methods=["GET", "POST"])
@only(*STAFF)
@limited("10/hour", own_key)
def own() -> ResponseReturnValue:
    """Show the own account and change its password."""
    account = queries.account(current_user.id)
    form = ChangePasswordForm()
    form.about = about(account)
    if form.validate_on_submit():
        if operations.authenticate(account.email, form.values["present"]):
            account = queries.account(current_user.id)
            operations.change_password(account, form.values["password"])
            renew_session(account)
            sessions.end_all(account, but=current_token())
            after_answer(letters.send_password_changed, account.id, language())
            flash(_("Your password has changed. Every other session is signed out."), "success")
            return redirect(url_for("accounts.own"))
        form.refuse()
    return render_template("accounts/own.html", form=form, own=account, roles=ROLES), form.status


@bp.get("/own/sessions")
@only(*STAFF)
def own_sessions() -> ResponseReturnValue:
    """Show where the account is signed in."""
    here = current_session()
    return render_template(
        "accounts/own_sessions.html", sessions=sessions.of_account(current_user), here=here.handle if here else ""
    )


@bp.post("/own/sessions/<string:handle>/end")
@only(*STAFF)
def end_own_session(handle: str) -> ResponseReturnValue:
    """End one session of the own account; this one too."""
    here = current_session()
    if not sessions.end_one(current_user, handle):
        abort(404)
    if here is not None and here.handle == handle:
        operations.sign_out(current_user)
        end_session()
        flash(_("You are signed out."), "success")
        return redirect(url_for("accounts.sign_in"))
    flash(_("That session is signed out."), "success")
    return redirect(url_for("accounts.own_sessions"))


@bp.post("/own/sessions/end-others")
@only(*STAFF)
def end_other_own_sessions() -> ResponseReturnValue:
    """End all sessions of the own account but this one."""
    operations.end_other_sessions(current_user, current_token())
    flash(_("Every other session is signed out."), "success")
    return redirect(url_for("accounts.own_sessions"))
