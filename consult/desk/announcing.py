"""The coordinator's warnings above public pages: writing one, correcting it, taking it down."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from consult.clock import today
from consult.desk import banners, operations
from consult.desk.forms import BannerForm
from consult.desk.models import Banner
from consult.districts import queries as districts
from consult.threats import queries as threats
from consult.web.roles import Role, only

bp = Blueprint("banners", __name__)


@bp.get("/banners")
@only(Role.COORDINATOR)
def index() -> ResponseReturnValue:
    """List the warnings of the own area: what stands, what will, what is over."""
    own = None if warns_everybody() else [code for code, _label in own_districts()]
    found = banners.listed(own)
    return render_template(
        "banners/index.html",
        banners=found,
        names=districts.names({one.area_code for one in found if one.area_code}),
        today=today(),
    )


@bp.route("/banners/new", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def new() -> ResponseReturnValue:
    """Write a warning."""
    return written(None, BannerForm())


@bp.route("/banners/<int:banner_id>/edit", methods=["GET", "POST"])
@only(Role.COORDINATOR)
def edit(banner_id: int) -> ResponseReturnValue:
    """Correct a warning that stands or will."""
    banner = own_banner(banner_id)
    if banner.ended_at is not None:
        abort(404)
    return written(banner, BannerForm(obj=banner))


@bp.post("/banners/<int:banner_id>/take-down")
@only(Role.COORDINATOR)
def take_down(banner_id: int) -> ResponseReturnValue:
    """Take a warning down."""
    operations.take_down(current_user.id, current_user.scope, own_banner(banner_id))
    flash(_("The warning has been taken down."), "success")
    return redirect(url_for("banners.index"))


def written(banner: Banner | None, form: BannerForm) -> ResponseReturnValue:
    """Take what the form says, or show it."""
    form.offer(own_districts(), everywhere=warns_everybody())
    if form.validate_on_submit():
        operations.announce(current_user.id, current_user.scope, banner, **form.values)
        flash(_("The warning is saved. It stands on the public pages within half a minute."), "success")
        return redirect(url_for("banners.index"))
    return render_template("banners/edit.html", form=form, banner=banner), form.status


def warns_everybody() -> bool:
    """Tell whether the coordinator's unit is at the top, above all others."""
    return bool(current_user.scope.count("/") == 1)


def own_districts() -> list[tuple[str, str]]:
    """List the districts that the coordinator may warn, by name."""
    areas = threats.areas_within(current_user.scope, today())
    known = districts.districts()
    return [
        (area.code, area.label)
        for area in known
        if warns_everybody() or any(area.code.startswith(code) for code in areas)
    ]


def own_banner(banner_id: int) -> Banner:
    """Give a warning of the own area; any other is not there."""
    banner = banners.banner(banner_id)
    if not warns_everybody() and banner.area_code not in dict(own_districts()):
        abort(404)
    return banner
