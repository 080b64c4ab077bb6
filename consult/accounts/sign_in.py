"""Flask-Login's part: who the current account is, and where a stranger is sent."""

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager

from consult.accounts import queries
from consult.accounts.models import Account

login_manager = LoginManager()
login_manager.login_view = "accounts.sign_in"
login_manager.login_message = _l("Sign in to open this page.")
login_manager.session_protection = None


def init_app(app: Flask) -> None:
    """Find the account of each request by its session key."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)


def _load(session_key: str) -> Account | None:
    return queries.by_session_key(session_key)
