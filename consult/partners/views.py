"""Pages of the register of partners: staff see those of their areas, heads and coordinators keep them."""

from collections.abc import Collection

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.accounts import queries as accounts
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.districts.teryt import VOIVODESHIPS
from consult.partners import operations, queries
from consult.partners.forms import EndForm, PartnerForm
from consult.partners.models import Partner
from consult.partners.operations import EndsTooEarly, NameTaken
from consult.partners.reach import Reach
from consult.partners.wording import KIND_LABELS
from consult.web.languages import language
from consult.web.roles import Role, only

bp = Blueprint("partners", __name__)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
KEEPERS = (Role.HEAD, Role.COORDINATOR)
FEW = 3
"""Of so few own areas a new partner is taken to serve all, until somebody says otherwise."""


@bp.get("/partners")
@only(*READERS)
def index() -> ResponseReturnValue:
    """List the partners of the own areas, those of the past apart."""
    reach = own_reach()
    found, groups = queries.within(reach), catalogue.groups()
    names = names_of({code for one in found for code in one.area_codes})
    return render_template(
        "partners/index.html",
        partners=[one for one in found if one.valid_to is None or one.valid_to > today()],
        past=[one for one in found if one.valid_to is not None and one.valid_to <= today()],
        kept={one.id for one in found if keeps(reach, one)},
        may_enter=current_user.role in KEEPERS,
        kind_labels=KIND_LABELS,
        areas={one.id: [names[code] for code in one.area_codes] for one in found},
        groups={one.id: [group.name(language()) for group in groups if group.code in one.group_codes] for one in found},
        today=today(),
    )


@bp.route("/partners/new", methods=["GET", "POST"])
@only(*KEEPERS)
def new() -> ResponseReturnValue:
    """Enter a partner."""
    own = own_reach().areas
    return written(None, PartnerForm(area_codes=lines(own) if len(own) <= FEW else ""))


@bp.route("/partners/<int:partner_id>", methods=["GET", "POST"])
@only(*KEEPERS)
def edit(partner_id: int) -> ResponseReturnValue:
    """Correct a partner of the own areas."""
    partner = kept(partner_id)
    kept_as = {name: getattr(partner, name) for name in ("key", "kind", "name", "email", "address", "valid_from")}
    form = PartnerForm(**kept_as, area_codes=lines(partner.area_codes), group_codes=list(partner.group_codes))
    return written(partner, form)


@bp.route("/partners/<int:partner_id>/end", methods=["GET", "POST"])
@only(*KEEPERS)
def end(partner_id: int) -> ResponseReturnValue:
    """Offer a partner no longer from a day on."""
    partner = kept(partner_id)
    form = EndForm(valid_to=partner.valid_to or today())
    if form.validate_on_submit():
        try:
            operations.end(partner, current_user.id, **form.values)
        except EndsTooEarly:
            form.refuse()
        else:
            flash(_("The end is saved."), "success")
            return redirect(url_for("partners.index"))
    return render_template("partners/end.html", form=form, partner=partner), form.status


def written(partner: Partner | None, form: PartnerForm) -> ResponseReturnValue:
    """Take what the form says, or show it."""
    areas, other_names = areas_offered(own_reach())
    form.offer(areas, other_names, [(group.code, group.name(language())) for group in catalogue.groups()])
    if form.validate_on_submit() and _write(partner, form):
        flash(_("The partner is saved."), "success")
        return redirect(url_for("partners.index"))
    template = "partners/edit.html" if partner else "partners/new.html"
    return render_template(template, form=form, partner=partner), form.status


def _write(partner: Partner | None, form: PartnerForm) -> bool:
    try:
        if partner is None:
            operations.enter(current_user.id, **form.values)
        else:
            operations.correct(partner, current_user.id, **form.corrections)
    except NameTaken:
        form.refuse_name()
    except EndsTooEarly:
        form.refuse_beginning()
    return not form.errors


def own_reach() -> Reach:
    """Tell for which areas the reader keeps the register; a coordinator above all units keeps it for the country."""
    is_above_all = current_user.role is Role.COORDINATOR and current_user.scope.count("/") == 1
    return Reach(accounts.areas_within(current_user.scope, today()), is_above_all)


def keeps(reach: Reach, partner: Partner) -> bool:
    """Tell whether the reader may change an entry: all its areas are the reader's own."""
    return current_user.role in KEEPERS and reach.covers(partner.area_codes)


def kept(partner_id: int) -> Partner:
    """Give a partner that the reader keeps; any other is not there."""
    partner = queries.partner(partner_id)
    if not keeps(own_reach(), partner):
        abort(404)
    return partner


def areas_offered(reach: Reach) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Name the areas for which the reader may enter a partner so that none is taken for another.

    Return these names by code, and the shorter ones that people write, each with its code.
    """
    regions = [*districts.districts(), *districts.communes()]
    codes = [*VOIVODESHIPS, *(region.code[:6] for region in regions)]
    own = names_of([code for code in codes if reach.covers([code])])
    return own, [(name, one.code[:6]) for one in regions if one.code[:6] in own for name in (one.label, one.name)]


def names_of(codes: Collection[str]) -> dict[str, str]:
    """Name areas by their codes; one that is no longer there keeps its code for a name."""
    known = districts.clear_names(codes) | {code: voivodeship(code) for code in VOIVODESHIPS}
    return {code: known.get(code, code) for code in codes}


def lines(codes: Collection[str]) -> str:
    """Write the names of areas one a line, as the form takes them."""
    return "\n".join(names_of(codes).values())


def voivodeship(code: str) -> str:
    """Name a voivodeship in full."""
    return _("%(name)s voivodeship", name=VOIVODESHIPS[code])
