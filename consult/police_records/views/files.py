"""Pages of files with official figures: what came in, and a new one looked at before it is taken."""

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from consult.clock import today
from consult.districts import inhabitants
from consult.districts import queries as districts
from consult.districts.figures import Change
from consult.districts.models import FigureRevision
from consult.districts.official import FigureKind
from consult.police_records import importing, queries, wording
from consult.police_records.faults import FileRefused
from consult.police_records.forms import MOST_BYTES, ConfirmationForm, FiguresFileForm
from consult.police_records.importing import Changed, Gone
from consult.police_records.operations import Plan
from consult.police_records.reading import COLUMNS
from consult.police_records.views import bp
from consult.police_records.views.showing import area_name, table_file
from consult.web.roles import STAFF, Role, only
from consult.web.transactions import only_reads
from consult.web.uploads import takes_files

READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
IMPORTERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
SHOWN_FAULTS = 100
SHOWN_REVISIONS = 50
EXAMPLES: Mapping[FigureKind, tuple[str, ...]] = {
    FigureKind.OFFENCES: ("1003", "2025", "kradzież roweru", "0", ""),
    FigureKind.POPULATION: ("1003", "2025", "women", "15-19", "0"),
    FigureKind.AREA: ("1003", "2025", "0"),
}
"""A row of each kind of table, with numbers that nobody takes for true ones."""


@bp.get("/police-records")
@only(*STAFF)
def index() -> ResponseReturnValue:
    """List the files of official figures that came in, and what later ones said otherwise."""
    return render_template(
        "police_records/index.html",
        files=inhabitants.figure_files(),
        kinds=wording.KINDS,
        revisions=[_revision(one) for one in inhabitants.revisions(SHOWN_REVISIONS)],
        can_import=current_user.role in IMPORTERS,
        can_compare=current_user.role in READERS,
    )


def _revision(one: FigureRevision) -> dict[str, Any]:
    return {
        "area": area_name(one.area_code),
        "period": one.period,
        "what": wording.what_of(one),
        "before": wording.figure(one.before, one.before_flag),
        "after": wording.figure(one.after, one.after_flag),
        "file": one.file,
    }


@bp.route("/police-records/import", methods=["GET", "POST"])
@only(*IMPORTERS)
@takes_files(MOST_BYTES + 64 * 1024)
def import_figures() -> ResponseReturnValue:
    """Take a file with official figures and lead to what it would change."""
    only_reads()
    form = FiguresFileForm()
    if form.validate_on_submit():
        try:
            importing.hold(current_user, **form.values)
        except OSError as error:
            current_app.logger.error("a file cannot be kept: %s", type(error).__name__)  # noqa: TRY400
            form.form_errors.append(_("The file could not be kept: the disk is full. Tell the administrator."))
        else:
            return redirect(url_for("police_records.check_import", key=form.values["key"]))
    return render_template("police_records/import_figures.html", form=form, kinds=wording.KINDS), form.status


@bp.route("/police-records/import/<string:key>", methods=["GET", "POST"])
@only(*IMPORTERS)
def check_import(key: str) -> ResponseReturnValue:
    """Show what a file would change, and take exactly that when its reader says yes."""
    only_reads()
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
        return redirect(url_for("police_records.import_figures"))


def _shown(key: str, plan: Plan, form: ConfirmationForm, status: int) -> ResponseReturnValue:
    form.digest.data, form.digest.raw_data = plan.digest, None
    page = render_template(
        "police_records/check_import.html",
        key=key,
        form=form,
        plan=plan,
        kind=wording.KINDS[plan.kind],
        changes=[_change(plan, one) for one in plan.tally.changes],
        unknown=_outside(plan),
        faults=[],
    )
    return page, status


def _change(plan: Plan, one: Change) -> dict[str, str]:
    return {
        "area": area_name(one.key[0]),
        "period": one.key[1],
        "what": wording.key_in_words(plan.kind, one.key[2:]),
        "before": wording.figure(one.before, one.before_flag),
        "after": wording.figure(one.after, one.after_flag),
    }


def _outside(plan: Plan) -> int:
    """Count the districts of a file that the boundaries in force do not have: their figures are kept all the same."""
    known = {region.code for region in districts.districts()}
    return len({code for code in plan.areas if len(code) == queries.DISTRICT_DIGITS} - known)


def _refused(key: str, refused: FileRefused) -> ResponseReturnValue:
    page = render_template(
        "police_records/check_import.html",
        key=key,
        faults=_fault_rows(refused, SHOWN_FAULTS),
        count=len(refused.faults),
    )
    return page, 422


def _fault_rows(refused: FileRefused, most: int) -> list[list[Any]]:
    return [
        [fault.row or "", wording.column_name(fault.column), fault.value, wording.fault_in_words(fault)]
        for fault in refused.faults[:most]
    ]


def _entered(plan: Plan) -> ResponseReturnValue:
    """Say what was written."""
    if plan.writes:
        said = ngettext("%(num)d figure was written.", "%(num)d figures were written.", plan.writes)
    else:
        said = _("Everything in this file is here already. Nothing was written twice.")
    flash(said, "success")
    return redirect(url_for("police_records.index"))


@bp.get("/police-records/import/<string:key>/faults.csv")
@only(*IMPORTERS)
def import_faults(key: str) -> ResponseReturnValue:
    """Give all that is wrong with a file as a table."""
    try:
        importing.planned(current_user, key)
    except FileRefused as refused:
        headings = (_("Row"), _("Column"), _("What stands there"), _("What to do"))
        return table_file(headings, _fault_rows(refused, len(refused.faults)), f"police-records-faults-{today()}.csv")
    except Gone:
        abort(404)
    return abort(404)


@bp.get("/police-records/import/<any(offences, population, area):kind>.csv")
@only(*IMPORTERS)
def template_csv(kind: str) -> ResponseReturnValue:
    """Give an empty table of a kind with one row that shows how it is filled in."""
    chosen = FigureKind(kind)
    return table_file(COLUMNS[chosen], [EXAMPLES[chosen]], f"{kind}-template.csv")
