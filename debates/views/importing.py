"""Pages of past minutes from a file: choose it, look at what it would enter, say yes; and the files themselves."""

from collections.abc import Callable, Sequence

from flask import Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.accounts import taking
from consult.clock import today
from consult.threats import editions
from consult.web.languages import language
from consult.web.roles import only
from consult.web.transactions import only_reads
from consult.web.uploads import takes_files
from debates import importing, transcript
from debates.faults import Fault, FileRefused
from debates.forms.importing import MOST_BYTES, ConfirmationForm, MinutesFileForm
from debates.importing import Changed, Gone
from debates.transcription import Plan
from debates.views import bp
from debates.views.access import READERS, WRITERS, seen_meeting

DISTRICT_DIGITS = 4
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
"""The kinds of files that past minutes come in."""


@bp.route("/debates/import", methods=["GET", "POST"])
@only(*WRITERS)
@takes_files(MOST_BYTES + 64 * 1024)
def import_minutes() -> ResponseReturnValue:
    """Take a file with past minutes and lead to what it would enter."""
    only_reads()
    form = MinutesFileForm()
    form.offer(current_user)
    if form.validate_on_submit():
        try:
            importing.hold(current_user, **form.values)
        except OSError as error:
            current_app.logger.error("a file cannot be kept: %s", type(error).__name__)  # noqa: TRY400
            form.form_errors.append(_("The file could not be kept: the disk is full. Tell the administrator."))
        else:
            return _led_on(form.values["key"])
    return render_template("debates/import_minutes.html", form=form), form.status


def _led_on(key: str) -> ResponseReturnValue:
    """Lead to what the file would enter, or show at once what is wrong with it."""
    try:
        importing.planned(current_user, key)
    except FileRefused as refused:
        return _refused(key, refused)
    return redirect(url_for("debates.check_import", key=key))


@bp.route("/debates/import/<string:key>", methods=["GET", "POST"])
@only(*WRITERS)
def check_import(key: str) -> ResponseReturnValue:
    """Show what a file would enter, and enter exactly that when its reader says yes."""
    form = ConfirmationForm()
    try:
        if form.validate_on_submit():
            return _entered(importing.enter(current_user, key, form.digest.data or ""))
        return _shown(key, importing.planned(current_user, key), form, form.status)
    except FileRefused as refused:
        return _refused(key, refused)
    except Changed:
        form.form_errors.append(_("Something has changed here meanwhile. Look at it once more, then confirm."))
        return _shown(key, importing.planned(current_user, key), form, 409)
    except Gone:
        flash(_("The file is no longer kept here. Choose it again."), "error")
        return redirect(url_for("debates.import_minutes"))


def _shown(key: str, plan: Plan, form: ConfirmationForm, status: int) -> ResponseReturnValue:
    form.digest.data, form.digest.raw_data = plan.digest, None
    meetings = importing.shown(plan)
    page = render_template(
        "debates/check_import.html",
        key=key,
        form=form,
        plan=plan,
        meetings=meetings,
        rows_left_out=plan.read - sum(len(one.rows) for one in meetings),
        remarks=importing.remarks(plan),
        faults=[],
    )
    return page, status


def _refused(key: str, refused: FileRefused) -> ResponseReturnValue:
    page = render_template(
        "debates/check_import.html",
        key=key,
        faults=importing.faults_table(refused.faults[: importing.SHOWN_FAULTS]),
        count=len(refused.faults),
        read=refused.read,
    )
    return page, 422


def _entered(plan: Plan) -> ResponseReturnValue:
    """Say what was entered, and lead there."""
    if not plan.new:
        flash(_("Everything in this file is already written down. Nothing was entered twice."), "success")
    else:
        said = ngettext("%(num)d row of the file is entered.", "%(num)d rows of the file are entered.", plan.new)
        flash(said, "success")
    found = importing.meetings_of(plan)
    if len(found) == 1:
        return redirect(url_for("debates.show", meeting_id=found[0].id))
    return redirect(url_for("debates.index"))


@bp.get("/debates/import/<string:key>/faults.csv")
@only(*WRITERS)
def import_faults(key: str) -> ResponseReturnValue:
    """Give all that is wrong with a file as a table."""
    faults = _faults(key)
    if not faults:
        abort(404)
    headings = (_("Row"), _("Column"), _("What stands there"), _("What to do"))
    with editions.written_table(headings, importing.faults_table(faults)) as file:
        return _file(file.read(), CSV, f"debates-import-{today()}.csv")


def _faults(key: str) -> Sequence[Fault]:
    try:
        importing.planned(current_user, key)
    except FileRefused as refused:
        return refused.faults
    except Gone:
        abort(404)
    return ()


@bp.get("/debates/import/template.csv")
@only(*WRITERS)
def template_csv() -> ResponseReturnValue:
    """Give an empty table with one example row."""
    return _file(transcript.written_csv(_example(), polish=_polish()), CSV, f"{_name()}.csv")


@bp.get("/debates/import/template.xlsx")
@only(*WRITERS)
def template_xlsx() -> ResponseReturnValue:
    """Give an empty workbook with one example row and the words that may stand in its columns."""
    return _file(transcript.written_xlsx(_example(), polish=_polish()), XLSX, f"{_name()}.xlsx")


@bp.get("/debates/import/template.json")
@only(*WRITERS)
def template_json() -> ResponseReturnValue:
    """Give a list with one example record."""
    return _file(transcript.written_json(_example()), JSON, f"{_name()}.json")


def _example() -> list[transcript.Row]:
    codes = sorted({code[:4] for code in current_user.unit.area_codes(today()) if len(code) >= DISTRICT_DIGITS})
    return transcript.example(polish=_polish(), codes=codes[:1] or ["1003"], unit=current_user.unit.name)


def _polish() -> bool:
    return language() == "pl"


def _name() -> str:
    return "sprawozdanie-wzor" if _polish() else "minutes-template"


@bp.get("/debates/<int:meeting_id>/transcript.csv")
@only(*READERS)
def transcript_csv(meeting_id: int) -> ResponseReturnValue:
    """Give the minutes of a meeting as a table that can be read in again."""
    return _taken_along(meeting_id, "csv", lambda rows: transcript.written_csv(rows, polish=_polish()))


@bp.get("/debates/<int:meeting_id>/transcript.xlsx")
@only(*READERS)
def transcript_xlsx(meeting_id: int) -> ResponseReturnValue:
    """Give the minutes of a meeting as a workbook that can be read in again."""
    return _taken_along(meeting_id, "xlsx", lambda rows: transcript.written_xlsx(rows, polish=_polish()))


@bp.get("/debates/<int:meeting_id>/transcript.json")
@only(*READERS)
def transcript_json(meeting_id: int) -> ResponseReturnValue:
    """Give the minutes of a meeting as records that can be read in again."""
    return _taken_along(meeting_id, "json", transcript.written_json)


def _taken_along(
    meeting_id: int, ending: str, write: Callable[[Sequence[transcript.Row]], bytes]
) -> ResponseReturnValue:
    """Write the minutes into a file, and note who takes it along."""
    meeting = seen_meeting(meeting_id)
    if meeting.is_planned:
        abort(404)
    rows, name = transcript.rows_of(meeting), f"sprawozdanie-{meeting.id}.{ending}"
    content = write(rows)
    taking.note_taking(content, "meeting", meeting.id, meeting.unit_path, rows=len(rows), file=name)
    return _file(content, {"csv": CSV, "xlsx": XLSX, "json": JSON}[ending], name)


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
