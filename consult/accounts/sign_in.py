"""Flask-Login's part: who the current account is, how a session begins and ends, and where a stranger is sent."""

from flask import Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager

from consult.accounts import queries, second_step, sessions
from consult.accounts.forms import SignInForm
from consult.accounts.models import Account
from consult.accounts.sessions import Session, Stage
from consult.web import typed

TOKEN = "_user_id"  # noqa: S105  # the place where Flask-Login looks for whose session it is
"""The id of a session in the signed cookie; residents' cookies have none, and no row stands behind them."""
WAITING = "waiting"
"""Where the id stands while the second step is waited for: it opens the pages of that step and nothing else."""

BOTH = 2
"""Steps of a whole sign-in: the password, and a code."""

login_manager = LoginManager()
login_manager.session_protection = None


def init_app(app: Flask) -> None:
    """Find the account of each request by its session."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_send_to_sign_in)


def begin_session(account: Account) -> None:
    """Let the account in, in a session with a new id that holds nothing from before."""
    _forget()
    _enter(account, sessions.begin(account, _device()))


def wait_for_second_step(account: Account) -> None:
    """Remember for a short while that the password was right."""
    _forget()
    session[WAITING] = sessions.begin(account, _device(), Stage.WAITING)


def waiting_account() -> Account | None:
    """Give the account whose password was right and whose second step is waited for."""
    found = sessions.find(_id_at(WAITING), Stage.WAITING)
    return None if found is None else queries.of_session(found.account_id, found.epoch)


def finish_session(account: Account) -> bool:
    """Let the account in after its second step; False when the waiting was over."""
    return _go_on(account, _id_at(WAITING), BOTH, Stage.WAITING)


def renew_session(account: Account, steps: int | None = None) -> bool:
    """Give the session a new id after a change of rights; False when somebody has ended it meanwhile."""
    here = current_session()
    return _go_on(account, current_token(), steps or (here.steps if here else 1))


def _go_on(account: Account, before: str, steps: int, stage: Stage = Stage.WHOLE) -> bool:
    _forget()
    token = sessions.renew(before, account, steps, stage)
    if token is not None:
        _enter(account, token)
    return token is not None


def _enter(account: Account, token: str) -> None:
    session[TOKEN] = token
    session[typed.TOKEN] = typed.token_for(account.id)
    g._login_user = account  # noqa: SLF001  # Flask-Login's own place


def end_session() -> None:
    """End the session and forget everything about whoever was signed in."""
    sessions.end(current_token())
    _forget()


def _forget() -> None:
    """Leave nothing of the session before, the token of its forms included."""
    session.clear()
    g.pop("csrf_token", None)  # the one of the request's own form; a page that follows gets another


def current_session() -> Session | None:
    """Give the session of this request, if somebody is signed in."""
    return sessions.find(current_token()) if TOKEN in session else None


def current_token() -> str:
    """Give the id of the session that the browser says it has; nothing where no id of ours stands."""
    return _id_at(TOKEN)


def _id_at(place: str) -> str:
    token = session.get(place)
    return token if isinstance(token, str) and token.isascii() else ""


def _device() -> str:
    return sessions.device_of(request.user_agent.string)


def _load(_token: object) -> Account | None:
    found = sessions.find(current_token(), is_here=not _is_asked_by_page())
    if found is None or (found.steps < BOTH and second_step.is_required()):
        return None
    return queries.of_session(found.account_id, found.epoch)


def _is_asked_by_page() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "is_asked_by_page")


def _send_to_sign_in() -> ResponseReturnValue:
    """Ask to sign in first: then the reader comes back to the page, or sends on what was typed."""
    flash(
        _l("Your session has ended. Sign in again to go on.") if TOKEN in session else _l("Sign in to open this page.")
    )
    kept = typed.of_request()
    if kept:
        return render_template("accounts/sign_in.html", form=SignInForm(formdata=None, typed=kept)), 401
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=here))
