"""Units for those who administer them: for what each answers, where and since when, and what a change would do."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import operations, queries
from consult.accounts.forms import printable
from consult.accounts.models import Unit, UnitArea
from consult.accounts.operations import AlreadyServed, AreaEnded
from consult.accounts.rights import is_within, may_change_unit
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.desk.unit_forms import ChangeForm, DutiesForm, EndAreaForm, NewAreaForm
from consult.districts import queries as districts
from consult.threats import queries as threats
from consult.threats import reassigning
from consult.threats.reassigning import Effect, Proposal
from consult.web.languages import language
from consult.web.roles import Role, only

bp = Blueprint("units", __name__, url_prefix="/units")
KEEPERS = (Role.HEAD, Role.ADMINISTRATOR)


@bp.get("")
@only(*KEEPERS)
def index() -> ResponseReturnValue:
    """List the units of the scope with their duties and areas."""
    words = printable(request.args.get("q"))[:100]
    page = queries.units_page(current_user.scope, words, request.args.get("page", 1, type=int))
    codes = {code for unit in page.units for code in unit.area_codes(today())}
    return render_template(
        "units/index.html",
        page=page,
        words=words,
        day=today(),
        names=districts.clear_names(codes),
        groups=_group_names(),
    )


@bp.get("/<int:unit_id>")
@only(*KEEPERS)
def show(unit_id: int) -> ResponseReturnValue:
    """Show a unit: for what it answers, and its areas of today, of before and to come."""
    unit = _in_scope(unit_id)
    areas = sorted(unit.areas, key=lambda area: (area.valid_to is not None, area.area_code, area.valid_from))
    return render_template(
        "units/show.html",
        unit=unit,
        areas=areas,
        names=districts.clear_names(area.area_code for area in areas),
        groups=_group_names(),
        may_change=may_change_unit(current_user, unit.path),
        day=today(),
    )


@bp.route("/<int:unit_id>/duties", methods=["GET", "POST"])
@only(*KEEPERS)
def edit_duties(unit_id: int) -> ResponseReturnValue:
    """Choose for which groups of categories a unit answers, after seeing what that changes."""
    unit = _to_change(unit_id)
    form, found = DutiesForm(groups=[duty.group_code for duty in unit.duties]), None
    form.offer(_group_names().items())
    if form.validate_on_submit():
        groups = form.values["groups"]
        found = reassigning.effect(Proposal(unit, today(), duties=frozenset(groups)))
        if form.confirms(found):
            operations.set_duties(unit, groups, current_user.id)
            return _saved(unit)
    return _page("units/edit_duties.html", unit, form, found)


@bp.route("/<int:unit_id>/areas/new", methods=["GET", "POST"])
@only(*KEEPERS)
def new_area(unit_id: int) -> ResponseReturnValue:
    """Let a unit serve a district or commune from a day on, after seeing what that changes."""
    unit = _to_change(unit_id)
    offered = _districts_offered()
    district = _district_asked(unit, offered)
    form, found = NewAreaForm(), None
    form.offer(_areas_offered(district))
    if form.validate_on_submit():
        code, first = form.values["area_code"], form.values["valid_from"]
        # What it serves already changes nothing: there is no effect to show, and saving says why.
        found = None if unit.serves_from(code, first) else reassigning.effect(Proposal(unit, first, gained=code))
        try:
            if found is None or form.confirms(found):
                operations.add_area(unit, code, first, current_user.id)
                return _saved(unit)
        except AlreadyServed:
            form.refuse_served()
    return _page("units/new_area.html", unit, form, found, offered=list(offered.items()), district=district)


@bp.route("/areas/<int:area_id>/end", methods=["GET", "POST"])
@only(*KEEPERS)
def end_area(area_id: int) -> ResponseReturnValue:
    """Let a unit serve an area no longer from a day on, after seeing what that changes."""
    area = queries.unit_area(area_id)
    unit = _to_change(area.unit_id)
    if area.valid_to is not None:
        abort(404)
    form, found = EndAreaForm(), None
    form.first = area.valid_from
    if form.validate_on_submit():
        day = form.values["valid_to"]
        found = reassigning.effect(Proposal(unit, day, lost=area.area_code))
        try:
            if form.confirms(found):
                operations.end_area(area, day, current_user.id)
                return _saved(unit)
        except AreaEnded:
            form.refuse_ended()
    return _page("units/end_area.html", unit, form, found, area=area, area_name=_name_of(area))


def _saved(unit: Unit) -> ResponseReturnValue:
    flash(_("The unit is saved."), "success")
    return redirect(url_for("units.show", unit_id=unit.id), 303)


def _page(template: str, unit: Unit, form: ChangeForm, found: Effect | None, **more: Any) -> ResponseReturnValue:
    names = reassigning.unit_names(found) if found else {}
    places = districts.clear_names(gap.area_code for gap in found.gaps) if found else {}
    page = render_template(
        template, unit=unit, form=form, effect=found, unit_names=names, places=places, groups=_group_names(), **more
    )
    return page, form.status


def _group_names() -> dict[str, str]:
    return {group.code: group.name(language()) for group in catalogue.groups()}


def _name_of(area: UnitArea) -> str:
    return districts.clear_names([area.area_code]).get(area.area_code, area.area_code)


def _districts_offered() -> dict[str, str]:
    """Name the districts in which the person may let units serve: a head's own, since more would show a head more."""
    every = {region.code: region.label for region in districts.districts()}
    if current_user.role is Role.ADMINISTRATOR:
        return every
    own = threats.areas_within(current_user.scope, today())
    return {code: name for code, name in every.items() if any(_overlap(code, area) for area in own)}


def _district_asked(unit: Unit, offered: dict[str, str]) -> str:
    """Choose the district whose areas are offered: the one asked for, else that of the unit, else the first."""
    wanted = [request.args.get("district", ""), *(code[:4] for code in unit.area_codes(today()))]
    return next((code for code in wanted if code in offered), next(iter(offered), ""))


def _areas_offered(district: str) -> dict[str, str]:
    """Name a district and its communes, as far as the person may let units serve them."""
    if not district:
        return {}
    communes = {region.code[:6]: region.label for region in districts.communes_of(district)}
    every = {district: _("The whole district: %(name)s", name=districts.names([district])[district]), **communes}
    if current_user.role is Role.ADMINISTRATOR:
        return every
    own = threats.areas_within(current_user.scope, today())
    return {code: name for code, name in every.items() if code.startswith(own)}


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _in_scope(unit_id: int) -> Unit:
    unit = queries.unit(unit_id)
    if not is_within(unit.path, current_user.scope):
        abort(404)
    return unit


def _to_change(unit_id: int) -> Unit:
    unit = _in_scope(unit_id)
    if not may_change_unit(current_user, unit.path):
        abort(403)
    return unit
