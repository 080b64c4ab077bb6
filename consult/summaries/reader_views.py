"""Pages of the readers of summaries: the head keeps the list of a district, and an office stops its letters itself."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.clock import now
from consult.summaries import letters, readers
from consult.summaries.letter_words import STATES, about
from consult.summaries.models import SummaryReader
from consult.summaries.reader_forms import ReaderForm
from consult.summaries.readers import AlreadyListed, StoppedBefore
from consult.summaries.views import own_districts
from consult.web.forms import Form, needs_no_token
from consult.web.limits import limited
from consult.web.roles import Role, only, public

bp = Blueprint("readers", __name__)


def was_guessed(answer: Response) -> bool:
    """Tell whether a link was tried that stops nothing: only guessing is limited."""
    return answer.status_code == 404


@bp.after_request
def for_nobody_else(answer: Response) -> Response:
    """Keep addresses and secret links out of caches and search engines."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/summaries/readers")
@only(Role.HEAD)
def index() -> ResponseReturnValue:
    """List the own districts with how many readers each has, and the letters that did not go out."""
    own = own_districts()
    return render_template(
        "readers/index.html",
        districts=own,
        counts=readers.counts(own),
        failed=[(letter, own[letter.reader.district_code]) for letter in letters.failed(own, now())],
        states=STATES,
        about=about,
    )


@bp.route("/summaries/readers/<string:code>", methods=["GET", "POST"])
@only(Role.HEAD)
def district(code: str) -> ResponseReturnValue:
    """List the readers of a district, and enter one."""
    own = own_districts()
    if code not in own:
        abort(404)
    form = ReaderForm()
    if form.validate_on_submit() and _enter(code, form):
        flash(_("The reader is on the list and gets a letter at the next release."), "success")
        return redirect(url_for("readers.district", code=code))
    found = readers.of_district(code)
    return render_template(
        "readers/district.html",
        form=form,
        code=code,
        label=own[code],
        readers=[one for one in found if one.stands],
        past=[one for one in found if not one.stands],
        letters=letters.last_letters(code),
        failed=[(letter, "") for letter in letters.failed([code], now())],
        states=STATES,
        about=about,
    ), form.status


@bp.route("/summaries/readers/<int:reader_id>/withdraw", methods=["GET", "POST"])
@only(Role.HEAD)
def withdraw(reader_id: int) -> ResponseReturnValue:
    """Take a reader off the list."""
    reader, form = _own(reader_id), Form()
    if form.validate_on_submit():
        readers.withdraw(current_user, reader)
        flash(_("The reader gets no more letters. The address has been deleted."), "success")
        return redirect(url_for("readers.district", code=reader.district_code))
    if not reader.stands:
        return redirect(url_for("readers.district", code=reader.district_code))
    return render_template("readers/withdraw.html", form=form, reader=reader), form.status


@bp.route("/summaries/readers/stop/<string:token>", methods=["GET", "POST"])
@public
@limited("60/hour", methods=("GET", "HEAD", "POST"), counts=was_guessed)
@needs_no_token
def stop(token: str) -> ResponseReturnValue:
    """Stop the letters by the link in one of them, or by the button of a mail program (RFC 8058).

    Looking only asks: programs open every link. A second press says the same.
    """
    reader = readers.stopped_by(token)
    if request.method == "POST":
        readers.stop(reader)
    label = letters.name_of(reader.district_code)
    return render_template("readers/stop.html", token=token, label=label, is_done=not reader.stands)


def _enter(code: str, form: ReaderForm) -> bool:
    try:
        readers.enter(current_user, code, **form.values)
    except AlreadyListed:
        form.refuse_twice()
    except StoppedBefore:
        form.refuse_stopped()
    return not form.errors


def _own(reader_id: int) -> SummaryReader:
    """Give a reader of the own districts; any other is not there."""
    reader = readers.reader(reader_id)
    if reader.district_code not in own_districts():
        abort(404)
    return reader
