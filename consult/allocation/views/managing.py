"""The pages of sheets for a proposed change: listing, proposing, writing section by section, versions, the document."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.accounts.denying import demand
from consult.accounts.rights import Action, can
from consult.allocation import document, operations, queries, wording
from consult.allocation.forms import ProposeForm, form_of
from consult.allocation.models import AllocationSheet, AllocationVersion
from consult.allocation.operations import SheetChanged
from consult.allocation.sheet import Kind, Rows, Section, SheetRefused
from consult.allocation.views import bp
from consult.allocation.views.covering import own_areas
from consult.clock import today
from consult.districts import queries as districts
from consult.documents.rendering import DocumentRefused
from consult.period import day_of
from consult.police_records.rating import MeasureRecord
from consult.threats.views.access import READERS
from consult.web.limits import prints
from consult.web.roles import Role, only

WRITERS = (Role.OFFICER, Role.HEAD)
DECIDERS = (Role.HEAD,)

SECTIONS = "any({})".format(", ".join(Section))
ROWS = "any({})".format(", ".join(Rows))


@bp.get("/allocation")
@only(*READERS)
def index() -> ResponseReturnValue:
    """List the sheets of the own units."""
    found = queries.sheets(current_user.scope)
    return render_template(
        "allocation/index.html",
        sheets=found,
        names=districts.clear_names({one.area_code for one in found}),
        kinds=wording.KINDS,
        verdicts=wording.VERDICTS,
        may_propose=current_user.role in WRITERS and bool(own_areas()),
    )


@bp.route("/allocation/new", methods=["GET", "POST"])
@only(*WRITERS)
def new() -> ResponseReturnValue:
    """Begin a sheet for the own unit."""
    form = ProposeForm()
    form.offer(own_areas())
    if form.validate_on_submit():
        values = form.values | {"kind": Kind(form.kind.data)}
        sheet = operations.propose(current_user.id, accounts.account(current_user.id).unit, **values)
        return redirect(url_for("allocation.show", sheet_id=sheet.id))
    return render_template("allocation/new.html", form=form), form.status


@bp.get("/allocation/<int:sheet_id>")
@only(*READERS)
def show(sheet_id: int) -> ResponseReturnValue:
    """Show a sheet as it stands."""
    sheet = seen(sheet_id)
    return page_of(sheet, sheet.latest, may_write=may_write(sheet), may_decide=may_decide(sheet))


@bp.get("/allocation/<int:sheet_id>/versions/<int:number>")
@only(*READERS)
def version(sheet_id: int, number: int) -> ResponseReturnValue:
    """Show an earlier version of a sheet; nothing can be written there."""
    sheet = seen(sheet_id)
    return page_of(sheet, chosen_version(sheet, number), may_write=False, may_decide=False)


@bp.get("/allocation/<int:sheet_id>/versions/<int:number>.pdf")
@only(*READERS)
@prints()
def pdf(sheet_id: int, number: int) -> ResponseReturnValue:
    """Give a version of a sheet as a document."""
    sheet = seen(sheet_id)
    try:
        content = document.printed(sheet, chosen_version(sheet, number))
    except DocumentRefused as refused:
        current_app.logger.warning("allocation sheet %s: %s", sheet.id, refused)
        abort(503)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="allocation-{sheet.id}-{number}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route(f"/allocation/<int:sheet_id>/<{SECTIONS}:section>/edit", methods=["GET", "POST"])
@only(*WRITERS)
def edit(sheet_id: int, section: str) -> ResponseReturnValue:
    """Write a section of a sheet; only heads write the decision."""
    sheet, part = written(sheet_id), Section(section)
    if part is Section.DECISION and not may_decide(sheet):
        abort(403)
    records = queries.recorded(sheet.area_code) if part is Section.INDICATOR else []
    known = {} if request.method == "POST" else offered(sheet, part, records)
    form = form_of(part, sheet.content, known)
    if request.method == "GET":
        form.version.data = str(sheet.latest.number)
    if form.validate_on_submit() and saved(sheet, part, form):
        return redirect(url_for("allocation.show", sheet_id=sheet.id))
    title = wording.SECTIONS[section]
    return render_template(
        "allocation/edit.html", form=form, sheet=sheet, title=title, records=wording.records(records), known=known
    ), form.status


def offered(sheet: AllocationSheet, part: Section, records: Sequence[MeasureRecord]) -> dict[str, Any]:
    """Give what official figures already know of a section: the writer reads it over before saving."""
    if part is Section.BASICS and sheet.content.population is None:
        return queries.people_of(sheet.area_code)
    chosen = [one for one in records if one.code == request.args.get("measure")]
    if not chosen:
        return {}
    return queries.indicator_of(chosen[0], sheet.area_code) | wording.indicator(chosen[0], sheet.area_code)


@bp.post(f"/allocation/<int:sheet_id>/<{ROWS}:rows>/<int:number>/take-out")
@only(*WRITERS)
def take_out(sheet_id: int, rows: str, number: int) -> ResponseReturnValue:
    """Take a row out of a list of a sheet."""
    sheet = written(sheet_id)
    try:
        operations.take_out(current_user.id, sheet, request.form.get("version", 0, int), Rows(rows), number)
    except SheetChanged:
        flash(changed(), "error")
    except SheetRefused as refused:
        flash(wording.FAULTS[refused.fault], "error")
    return redirect(url_for("allocation.show", sheet_id=sheet.id))


def saved(sheet: AllocationSheet, section: Section, form: Any) -> bool:
    """Write what a form says, or say at the form why not."""
    try:
        operations.write(current_user.id, sheet, form.read_version, section, form.values)
    except SheetChanged:
        form.form_errors.append(changed())
        return False
    except SheetRefused as refused:
        form.form_errors.append(wording.FAULTS[refused.fault])
        return False
    return True


def changed() -> str:
    """Say that somebody else wrote meanwhile."""
    return str(_("Somebody wrote on this sheet since you opened it. Open it again; nothing of theirs is lost."))


def page_of(sheet: AllocationSheet, found: AllocationVersion, *, may_write: bool, may_decide: bool) -> str:
    """Show a version of a sheet."""
    content = found.read
    until = today() if found is sheet.latest else day_of(found.saved_at)
    return render_template(
        "allocation/show.html",
        sheet=sheet,
        version=found,
        may_write=may_write,
        may_decide=may_decide,
        area=districts.clear_names([sheet.area_code]).get(sheet.area_code, sheet.area_code),
        area_km2=queries.area_km2(sheet.area_code),
        day_said=until,
        sections=wording.SECTIONS,
        **wording.everything(content, queries.perceived(sheet.area_code, until)),
    )


def seen(sheet_id: int) -> AllocationSheet:
    """Give a sheet of the own scope; any other is not there."""
    sheet = queries.sheet(sheet_id)
    demand(Action.SEE, sheet)
    return sheet


def written(sheet_id: int) -> AllocationSheet:
    """Give a sheet on which the reader may write."""
    sheet = seen(sheet_id)
    if not may_write(sheet):
        abort(403)
    return sheet


def chosen_version(sheet: AllocationSheet, number: int) -> AllocationVersion:
    """Give a version of a sheet, or 404."""
    if not 1 <= number <= len(sheet.versions):
        abort(404)
    return sheet.versions[number - 1]


def may_write(sheet: AllocationSheet) -> bool:
    """Tell whether the reader may write on a sheet."""
    return current_user.role in WRITERS and can(current_user, Action.EDIT, sheet)


def may_decide(sheet: AllocationSheet) -> bool:
    """Tell whether the reader may enter the decision."""
    return current_user.role in DECIDERS and can(current_user, Action.DECIDE, sheet)
