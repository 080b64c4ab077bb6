"""The way on after signing in: to the page that was asked for, or to what was typed when the session had ended."""

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.accounts import operations
from consult.accounts.models import Account
from consult.web import typed
from consult.web.languages import is_own_address


def let_in(account: Account, way_on: str | None, kept: str | None) -> ResponseReturnValue:
    """Greet who has signed in, and lead on: to the page that was asked for, or to what was typed."""
    greet(account)
    return go_on(way_on, kept)


def greet(account: Account) -> None:
    """Note the sign-in and tell its owner what was tried meanwhile."""
    refused = operations.sign_in(account)
    if refused:
        flash(
            ngettext(
                "Since your last sign-in somebody tried a wrong password %(num)d time.",
                "Since your last sign-in somebody tried wrong passwords %(num)d times.",
                refused,
            )
        )


def go_on(way_on: str | None, kept: str | None) -> ResponseReturnValue:
    """Lead to the page that was asked for, or show its writer alone what was typed when the session had ended."""
    try:
        found = typed.Typed.read(kept or "")
    except typed.Anothers:
        found = None
        flash(_("A colleague was typing something here when the session ended. You are not shown it."))
    return redirect(_way_on(way_on or "")) if found is None else typed.send_again(found)


def _way_on(address: str) -> str:
    return address if is_own_address(address) else _front_page()


def _front_page() -> str:
    return url_for("desk.due_today" if "desk.due_today" in current_app.view_functions else "desk.home")
