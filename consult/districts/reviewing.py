"""Boundary sets for administrators: which count and since when, which wait for their day, and what those would move."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from consult.audit import queries as trail
from consult.districts import moving, queries, reform
from consult.districts.models import BoundarySet, Level
from consult.districts.moving import Comparison
from consult.districts.queries import Standing
from consult.districts.wording import CHANGES, KINDS, LEVELS, STANDINGS
from consult.web.roles import Role, only

bp = Blueprint("boundaries", __name__, url_prefix="/districts/sets")


@bp.get("")
@only(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """List the sets of every level, the newest first: what counts today, what waits."""
    found = queries.sets()
    levels = {level: [one for one in reversed(found) if one.level is level] for level in Level}
    return render_template(
        "boundaries/index.html",
        levels={level: sets for level, sets in levels.items() if sets},
        standings=queries.standings(found),
        standing_words=STANDINGS,
        level_words=LEVELS,
        sizes=queries.sizes(),
    )


@bp.get("/<int:set_id>")
@only(Role.ADMINISTRATOR)
def show(set_id: int) -> ResponseReturnValue:
    """Show a set: since when it counts and what it moved then, or what it would move on its day."""
    found = queries.boundary_set(set_id)
    standing = queries.standing(found)
    is_read = found.level in moving.PLACED_BY
    compared = _compared(found) if is_read and standing is Standing.WAITING else None
    return render_template(
        "boundaries/show.html",
        found=found,
        size=queries.sizes()[set_id],
        standing=standing,
        standing_words=STANDINGS,
        level_words=LEVELS,
        is_read=is_read,
        compared=compared,
        kinds=KINDS,
        change_words=CHANGES,
        names=_names(compared) if compared else {},
        heirs=_heirs(compared) if compared else {},
        history=trail.of_object("boundary_set", set_id, act="apply_boundaries"),
    )


def _compared(found: BoundarySet) -> Comparison:
    return moving.compare(found, queries.set_before(found), current_app.extensions["unit_areas"]())


def _heirs(compared: Comparison) -> dict[str, str]:
    """Tell which district takes over what people tied to one that is gone."""
    return reform.heirs(compared.reform) if compared.level is Level.DISTRICT else {}


def _names(compared: Comparison) -> dict[str, str]:
    """Name the areas that something comes from or goes to, those of today as they are called today."""
    ways = {code for pair in compared.ways for code in pair}
    codes = (
        ways | {change.code for change in compared.reform.changes} | {code for _unit, code in compared.homeless_units}
    )
    heirs = {code for pair in _heirs(compared).items() for code in pair}
    return queries.names(codes | heirs, compared.valid_from) | queries.names(codes | heirs)
