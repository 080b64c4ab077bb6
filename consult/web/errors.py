"""Error pages: what happened and what to do next, in the reader's language."""

from flask import Flask, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, NoResultFound, OperationalError, TimeoutError  # noqa: A004
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from consult.db import db, is_there_already
from consult.web import logs, typed
from consult.web.security import ForeignPage

PAGES = {
    400: (
        _l("This request cannot be read"),
        _l("Go back to the previous page, check what you entered and send it again."),
    ),
    403: (
        _l("You cannot open this page"),
        _l("Sign in with an account that has access, or ask the head of your unit."),
    ),
    404: (_l("There is no such page"), _l("Check the address or start from the home page.")),
    405: (_l("This address is used in another way"), _l("Go back to the previous page and use the button there.")),
    409: (
        _l("This was already sent with different content"),
        _l("What you sent first has been saved. To send something else, open a new form."),
    ),
    413: (_l("This is too large"), _l("Shorten the text or choose a smaller file, then send it again.")),
    422: (_l("This cannot be saved yet"), _l("Go back to the previous page and correct what you entered.")),
    429: (_l("Too many attempts"), _l("Wait a few minutes and try again.")),
    500: (
        _l("Something went wrong on our side"),
        _l("Nothing was saved. Try again in a moment; if it happens again, write to the coordinator."),
    ),
    503: (_l("The service is busy"), _l("Nothing was saved. Wait a minute and send it again.")),
}
CONFLICT, BUSY = 409, 503
RETRY_AFTER_S = "60"
SENT_AGAIN = (CONFLICT, 429, 500, BUSY)
"""After these the same words may well be taken; after others they have to be changed on their own page."""
AT_ONCE = (
    _l("Somebody else saved this at the same moment"),
    _l("Nothing of yours was saved. Look at what is there now, and send yours again if it is still needed."),
)
CSRF = (_l("The form has expired"), _l("Go back, refresh the page and send the form again. Copy a long text first."))
FOREIGN = (
    _l("This form stood on another site"),
    _l("Nothing was saved. Open the page here, fill it in and send it."),
)


class Conflict(Exception):
    """The same key came again with other content."""


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, _without_token)
    app.register_error_handler(ForeignPage, lambda _error: _page(403, FOREIGN))
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(NoResultFound, lambda _error: _page(404, PAGES[404]))
    app.register_error_handler(Conflict, lambda _error: _page(409, PAGES[409]))
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(TimeoutError, _busy)
    app.register_error_handler(OSError, _no_disk)
    app.register_error_handler(IntegrityError, _same_at_once)
    app.register_error_handler(500, _broken)


def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Answer a request for a host that is not ours with plain text: no address can be written for it."""
    return "400 Bad Request: this host name is not served here.", 400, {"Content-Type": "text/plain"}


def _without_token(_error: CSRFError) -> ResponseReturnValue:
    """Lose nothing of what staff typed when the session has changed meanwhile: it is shown once more, with a new token.

    Only when it stood on a page of ours, and only a press of the button sends it: no other site gets anything done so.
    """
    if typed.is_for_staff() and typed.is_from_own_page():
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        kept = None if typed.is_anothers() else typed.Typed.read(typed.of_request())
        if kept is not None:
            return typed.send_again(kept), 400
    return _page(400, CSRF, is_sent_again=True)


def _page(
    code: int, words: tuple[object, object], incident: str = "", *, is_sent_again: bool = False
) -> ResponseReturnValue:
    """Tell what happened; where sending it again can help, what was typed stands on the page with a button."""
    kept = typed.Typed.here() if is_sent_again or code in SENT_AGAIN else None
    if kept is not None and code == CONFLICT:
        kept = kept.under_another_key()
    title, advice = words
    page = render_template("errors/error.html", code=code, title=title, advice=advice, incident=incident, kept=kept)
    return page, code


def _refused(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    answer = current_app.make_response(_page(code, PAGES.get(code, PAGES[400 if code < 500 else 500])))
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow"}:
            answer.headers[name] = value
    if code == BUSY:
        answer.headers.setdefault("Retry-After", RETRY_AFTER_S)
    return answer


def _busy(error: OperationalError | TimeoutError) -> ResponseReturnValue:
    current_app.logger.error("database unavailable: %s", type(getattr(error, "orig", error)).__name__)
    return _come_back()


def _no_disk(error: OSError) -> ResponseReturnValue:
    """Answer when a disk is full, read-only or gone; its error names a path and holds no words of anybody."""
    current_app.logger.error("a file cannot be read or written: %s", error)
    return _come_back()


def _come_back() -> ResponseReturnValue:
    _do_without_database()
    answer = current_app.make_response(_page(BUSY, PAGES[BUSY]))
    answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


def _same_at_once(error: IntegrityError) -> ResponseReturnValue:
    """Answer whoever was second by a moment with what may stand only once; any other breach is a defect of ours."""
    if not is_there_already(error):
        raise error
    _do_without_database()
    return _page(CONFLICT, AT_ONCE)


def _broken(error: InternalServerError) -> ResponseReturnValue:
    """Tell of a defect, or of a database that went away in the very moment of committing."""
    reason = error.original_exception
    if isinstance(reason, OperationalError | TimeoutError):
        return _busy(reason)
    if isinstance(reason, IntegrityError) and is_there_already(reason):
        return _same_at_once(reason)
    _do_without_database()
    return _page(500, PAGES[500], logs.request_number())


def _do_without_database() -> None:
    """Let the page that tells of the trouble ask the database nothing: neither the header nor who is signed in."""
    db.session.rollback()
    g.without_database = True
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask-Login's own place
