"""Flask-Login's part: who the current account is, how long a sign-in lasts, and where a stranger is sent."""

import time

from flask import Flask, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, login_user

from consult.accounts import queries
from consult.accounts.models import Account

SHIFT_S = 12 * 3600
"""However busy a session is, it ends after one shift."""
ENDS_AT = "ends_at"

login_manager = LoginManager()
login_manager.session_protection = None


def init_app(app: Flask) -> None:
    """Find the account of each request by its session key."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    login_manager.unauthorized_handler(_send_to_sign_in)


def begin_session(account: Account) -> None:
    """Let the account in, in a session that holds nothing from before."""
    session.clear()
    session[ENDS_AT] = int(time.time()) + SHIFT_S
    login_user(account)


def end_session() -> None:
    """Forget everything about whoever was signed in."""
    session.clear()


def _load(session_key: str) -> Account | None:
    if session.get(ENDS_AT, 0) < time.time():
        return None
    return queries.by_session_key(session_key)


def _send_to_sign_in() -> ResponseReturnValue:
    flash(_l("Sign in to open this page."))
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=here))
