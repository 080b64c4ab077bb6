"""Languages: Polish by default, English and Ukrainian beside it; the switch keeps the page."""

import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from flask import Blueprint, Flask, Response, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, format_date, format_datetime, format_decimal, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from consult.web.roles import public

LANGUAGES = {"pl": "Polski", "en": "English", "uk": "Українська"}
COOKIE = "language"
SWITCH = "in_language"
"""What the buttons of the languages are called within a form that is being filled in."""
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST_PATH = 500
YEAR_S = 365 * 24 * 3600
FILE_SIZES = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))

bp = Blueprint("web", __name__)


def init_app(app: Flask) -> None:
    """Choose the language of every request, and give templates their dates and numbers."""
    Babel(app, locale_selector=chosen)
    app.register_blueprint(bp)
    app.before_request(_read_switch)
    app.after_request(_keep_switch)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(day=day, moment=moment, number=number, filesizeformat=file_size, polish=polish)
    app.context_processor(lambda: {"language": language(), "languages": LANGUAGES, "language_links": _links()})


def language() -> str:
    """Tell the language of this request: pl, en or uk."""
    locale = get_locale()
    return str(locale.language) if locale else "pl"


def polish(words: str | None) -> str | None:
    """Mark words that the police or an office wrote on a page of another language, so that they are read out as Polish.

    WCAG 2.2, success criterion 3.1.2 (language of parts). Not for attributes, nor for what residents wrote.
    """
    return Markup('<span lang="pl">{}</span>').format(words) if words and language() != "pl" else words


def chosen() -> str:
    """Tell the language that the reader chose for the site, without asking what a page is written in now."""
    if g and g.get(SWITCH):
        return str(g.get(SWITCH))
    code = request.cookies.get(COOKIE, "pl") if request else "pl"
    return code if code in LANGUAGES else "pl"


def is_switching() -> bool:
    """Tell whether a form was sent only to see its page in another language, with all that is typed in it."""
    return bool(g.get(SWITCH))


def _read_switch() -> None:
    """Notice the button of a language that was pressed within a form. What cannot be read the page itself refuses."""
    if request.method == "POST" and request.mimetype in FORM_TYPES:
        with suppress(HTTPException):
            code = request.form.get(SWITCH)
            if code in LANGUAGES:
                setattr(g, SWITCH, code)


def _keep_switch(response: Response) -> Response:
    if g.get(SWITCH):
        _remember(response, g.get(SWITCH))
    return response


def _remember(response: Response, code: str) -> None:
    response.set_cookie(COOKIE, code, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)


def _links() -> list[dict[str, str | bool]]:
    """List the languages with the address that switches to each and comes back to this page."""
    here = request.full_path.rstrip("?") if request and request.method == "GET" else "/"
    return [
        {
            "code": code,
            "name": name,
            "current": code == language(),
            "url": url_for("web.language_choice", code=code, next=here),
        }
        for code, name in LANGUAGES.items()
    ]


def is_own_address(address: str) -> bool:
    """Tell whether an address leads to a page of this application; browsers read //x and backslashes as hosts.

    What is written with a sign for a control, a slash or a backslash in its path is none of ours either.
    """
    path, _, _question = address.partition("?")
    is_plain = len(path) <= LONGEST_PATH and not re.search(r"%([01]|2f|5c|7f)", path, re.IGNORECASE)
    return is_plain and re.fullmatch(r"/(?![/\\])[\w./~%?&=,:+\-]*", address, re.ASCII) is not None


@bp.get("/language/<string:code>")
@public
def language_choice(code: str) -> ResponseReturnValue:
    """Remember a language for a year and go back to the page."""
    if code not in LANGUAGES:
        abort(404)
    back = request.args.get("next", "/")
    response = redirect(back if is_own_address(back) else "/")
    assert isinstance(response, Response)
    _remember(response, code)
    return response


def day(value: date | datetime | None, form: str = "long") -> str:
    """Write a day in words of the reader's language: "21 listopada 2026"."""
    return _("no date") if value is None else str(format_date(value, form))


def moment(value: datetime | None) -> str:
    """Write a moment of Europe/Warsaw: "21 listopada 2026, 14:02"."""
    if value is None:
        return _("no date")
    return f"{format_date(value, 'long')}, {format_datetime(value, 'HH:mm')}"


def number(value: float | Decimal | None) -> str:
    """Write a number with the reader's separators and a minus as long as a plus; nothing known is a dash."""
    return "–" if value is None else format_decimal(value).replace("-", "−")


def file_size(octets: int) -> str:
    """Write how large a file is with the reader's separators: "315,7 kB"."""
    unit, step = next(((unit, step) for unit, step in FILE_SIZES if octets >= step), FILE_SIZES[-1])
    return f"{format_decimal(octets / step, '#,##0.0')} {unit}"
