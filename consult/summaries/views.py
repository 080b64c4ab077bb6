"""Pages of summaries: staff write and list them, everyone reads the public ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.audit import operations as audit
from consult.clock import now, today
from consult.documents.rendering import DocumentRefused
from consult.jobs.asking import TooManyOpen
from consult.summaries import letters, operations, queries, shelf, versions, wording, writing_all
from consult.summaries.figures import Edition
from consult.summaries.forms import ALL, WriteForm
from consult.summaries.operations import Unchanged, VersionLost
from consult.summaries.shelf import Book, Slot
from consult.summaries.wording import TITLES, period_label
from consult.summaries.writing_all import WRITERS
from consult.web.languages import LANGUAGES
from consult.web.limits import prints
from consult.web.roles import Role, only, public

bp = Blueprint("summaries", __name__)
PAGE_SIZE = 50
FRESH_S = 300


@bp.route("/summaries", methods=["GET", "POST"])
@only(*WRITERS)
@prints("POST")
def index() -> ResponseReturnValue:
    """List the summaries of the own districts, and write one."""
    own = own_districts()
    # Given nothing, the form takes what was posted; given None, it would take nothing.
    form = WriteForm(request.args) if request.method == "GET" and request.args.get("code") else WriteForm()
    form.offer(own, today())
    if form.validate_on_submit() and (address := _write_all(form, own) if form.code.data == ALL else _write(form)):
        return redirect(address)
    books = [book for book in shelf.books(_shelf()) if book.slot.code in own]
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "summaries/index.html",
        form=form,
        districts=own,
        entries=[entry_of(book, own) for book in books[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
        total=len(books),
        page=page,
        pages=-(-len(books) // PAGE_SIZE),
        written=_just_written(own),
        waiting=len(versions.drafts(own)),
        keeps_readers=current_user.role is Role.HEAD,
        failed=len(letters.failed(own, now())) if current_user.role is Role.HEAD else 0,
    ), form.status


@bp.get("/summaries/<string:period>/<string:code>.pdf")
@public
def pdf(period: str, code: str) -> ResponseReturnValue:
    """Give the public edition as it was released, a replaced version by its number, or the archival copy."""
    return sent(Slot(code, period, Edition.PUBLIC, _language()), "pdf")


@bp.get("/summaries/<string:period>/<string:code>.json")
@public
def data(period: str, code: str) -> ResponseReturnValue:
    """Give the figures of the public edition."""
    return sent(Slot(code, period, Edition.PUBLIC, _language()), "json")


@bp.get("/summaries/internal/<string:period>/<string:code>.pdf")
@only(*WRITERS)
def internal(period: str, code: str) -> ResponseReturnValue:
    """Give the internal edition to staff whose scope holds the district."""
    if code not in own_districts():
        abort(404)
    answer = sent(Slot(code, period, Edition.INTERNAL, _language()), "pdf")
    audit.note_reading(
        current_user.id, "download", "internal_summary", code, current_user.scope, district=code, period=period
    )
    return answer


def sent(slot: Slot, kind: str) -> Response:
    """Send a file from the shelf, or 404 when there is none."""
    path = found(slot, kind)
    if path is None:
        abort(503 if _is_lost(slot) else 404)
    answer = send_file(path, download_name=path.name, conditional=True, max_age=FRESH_S)
    if slot.edition is Edition.INTERNAL:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_lost(slot: Slot) -> bool:
    """Tell whether a file that everybody should read is not on the shelf, as when its disk is gone."""
    is_asked = slot.edition is Edition.PUBLIC and not {"version", "form"} & request.args.keys()
    return is_asked and versions.last_released(slot) is not None


def found(slot: Slot, kind: str) -> Path | None:
    """Find the file that the address asks for: the version that stands, a replaced one, or an archival copy."""
    archival = kind == "pdf" and request.args.get("form") == "archival"
    number = request.args.get("version", None, int)
    if number is not None and slot.edition is Edition.PUBLIC:
        last = versions.last_released(slot)
        if last is None or number != last.number:
            return slot.find(_shelf(), kind, number=number, archival=archival)
    return slot.find(_shelf(), kind, archival=archival)


def own_districts() -> dict[str, str]:
    """Name the whole districts that the units of the reader's scope serve."""
    return queries.districts_within(current_user.scope)


def published(code: str) -> list[dict[str, Any]]:
    """List the public summaries of a district with address, label and size, for its page."""
    found = [book for book in shelf.books(_shelf(), code) if book.slot.edition is Edition.PUBLIC]
    return [entry_of(book, {}) for book in found]


def entry_of(book: Book, names: dict[str, str]) -> dict[str, Any]:
    """Tell a page what it needs of a written summary."""
    slot = book.slot
    words = [names.get(slot.code, ""), period_label(slot.period), "" if slot.language == "pl" else LANGUAGES["en"]]
    return {
        "url": address(slot),
        "label": ", ".join(word for word in words if word),
        "edition": TITLES[slot.edition],
        "page": page_address(slot),
        "size": book.size,
        "written_at": book.written_at,
    }


def address(slot: Slot, form: str | None = None) -> str:
    """Give the address of a written summary, or that of its archival copy."""
    endpoint = "summaries.internal" if slot.edition is Edition.INTERNAL else "summaries.pdf"
    return url_for(endpoint, period=slot.period, code=slot.code, lang=lang_of(slot.language), form=form)


def page_address(slot: Slot) -> str:
    """Give the address of the page with the same figures."""
    endpoint = "editions.internal" if slot.edition is Edition.INTERNAL else "statistics.district"
    return url_for(endpoint, period=slot.period, code=slot.code)


def lang_of(language: str) -> str | None:
    """Say how an address names a language: the first one goes without saying."""
    return None if language == shelf.DEFAULT_LANGUAGE else language


def _write(form: WriteForm) -> str:
    """Write one summary and give the address of the page that leads to it; nothing when it was not written."""
    try:
        written = operations.write(**form.values, actor_id=current_user.id)
    except DocumentRefused as refused:
        current_app.logger.warning("summary of %s: %s", form.code.data, refused)
        form.form_errors.append(_("The summary could not be printed. Try again; if it fails again, tell the operator."))
        return ""
    except VersionLost as problem:
        current_app.logger.warning("summary of %s: %s cannot be read", form.code.data, problem)
        form.form_errors.append(wording.lost(str(problem)))
        return ""
    if isinstance(written, Unchanged):
        flash(_("Nothing has changed since it was written: it stands as it is."), "success")
    elif written.is_draft:
        flash(
            _("The draft is written. Everybody reads it once somebody has looked at it and the head releases it."),
            "success",
        )
    else:
        flash(_("The summary is written."), "success")
    draft = versions.waiting(Slot(form.code.data, form.period.data.code, form.edition.data, form.language.data))
    if draft is not None and form.edition.data is Edition.PUBLIC:
        return url_for("editions.draft", version_id=draft.id)
    chosen = {"code": form.code.data, "period": form.period.data.code, "edition": form.edition.data.value}
    return url_for("summaries.index", language=form.language.data, **chosen)


def _write_all(form: WriteForm, own: Mapping[str, str]) -> str:
    """Leave the writing to the background, and give the address of the page that tells how far it is."""
    chosen = form.values
    try:
        task = writing_all.ask(current_user, own, chosen["period"], chosen["edition"], chosen["language"])
    except TooManyOpen:
        form.form_errors.append(_("Too much of yours waits in the background. Wait until some of it is done."))
        return ""
    return url_for("tasks.show", task_id=task.id)


def _just_written(own: Iterable[str]) -> str | None:
    """Give the address of the summary that the page's address names, if it is there."""
    code, period = request.args.get("code", ""), request.args.get("period", "")
    try:
        edition = Edition(request.args.get("edition", ""))
    except ValueError:
        return None
    slot = Slot(code, period, edition, request.args.get("language", "pl"))
    if code not in own:
        return None
    draft = versions.waiting(slot) if edition is Edition.PUBLIC else None
    if draft is not None:
        return url_for("editions.draft", version_id=draft.id)
    return address(slot) if slot.find(_shelf()) else None


def _language() -> str:
    return "en" if request.args.get("lang") == "en" else "pl"


def _shelf() -> Path:
    folder: Path = current_app.config["REPORTS_OUT"]
    return folder
