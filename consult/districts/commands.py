"""`flask districts import` and `flask districts locate`: boundaries in, and where a position lies."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.db import db, transaction
from consult.districts import boundary_file, moving, operations, queries
from consult.districts.boundary_file import BoundariesRefused, Fault, FaultKind, Outline
from consult.districts.jobs import apply_boundaries
from consult.districts.models import BoundarySet, Level
from consult.districts.moving import Comparison, Tally
from consult.districts.operations import Recorded, SetRefused
from consult.districts.queries import Standing
from consult.districts.reform import AreaChange
from consult.districts.wording import CHANGES, KINDS
from consult.geo import Place, PlaceFault, PlaceRefused
from consult.web.place_field import FAULTS

SHOWN = 20

group = AppGroup("districts", help="Boundaries of voivodeships, districts, communes, beats and units.")

_WORDS = {
    FaultKind.FORMAT: _l("only GeoJSON, GeoPackage (.gpkg) and Shapefile (.shp) are read"),
    FaultKind.TOO_LARGE: _l("the file is too large"),
    FaultKind.UNREADABLE: _l("the file cannot be read"),
    FaultKind.NO_LAYER: _l("the file has no such layer of areas"),
    FaultKind.SEVERAL_LAYERS: _l("the file has several layers; choose one with --layer"),
    FaultKind.NO_AREAS: _l("the layer has no areas"),
    FaultKind.NO_CODE_COLUMN: _l("no area has a TERYT code; one of these columns must hold it"),
    FaultKind.UNKNOWN_CRS: _l("only coordinates in EPSG:4326 and EPSG:2180 are read"),
    FaultKind.SWAPPED: _l("the axes are swapped: longitude (east) must come first, then latitude (north)"),
    FaultKind.OUTSIDE: _l("the coordinates lie outside Poland"),
    FaultKind.ELSEWHERE: _l("the area lies far from the voivodeship of its code"),
    FaultKind.NO_CODE: _l("there is no TERYT code"),
    FaultKind.NOT_A_CODE: _l("this is no TERYT code of this level"),
    FaultKind.NOT_A_NAME: _l("the name is too long or has control characters"),
    FaultKind.TWICE: _l("the code stands in more than one row"),
    FaultKind.NO_SHAPE: _l("there is no area"),
    FaultKind.NOT_AN_AREA: _l("this is not an area"),
    FaultKind.NOT_FINITE: _l("a coordinate is not a finite number"),
    FaultKind.WHOLE_AND_PARTS: _l("the layer holds a whole together with its parts; leave only one of them"),
    FaultKind.OVERLAP: _l("two areas lie on each other"),
}


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.Choice([level.value for level in Level]), required=True)
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, as 2026-01-01.")
@click.option("--source", default="", help="Where the boundaries come from; shown beside every map.")
@click.option("--approximate", is_flag=True, help="The boundaries are simplified or derived, and labelled so.")
@click.option("--accuracy", type=click.FloatRange(0, 20_000), help="How far from the true borders, in metres.")
@click.option("--layer", help="The layer to read, when the file has several.")
@click.option("--allow-uncovered", is_flag=True, help="Take it although places would lie in no area any more.")
@click.option("--dry-run", is_flag=True, help="Check, and say what would move; write nothing.")
@click.option("--quiet", is_flag=True, help="Only the summary.")
def import_(
    file: Path,
    level: str,
    valid_from: datetime,
    source: str,
    approximate: bool,
    accuracy: float | None,
    layer: str | None,
    allow_uncovered: bool,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Import the boundaries of one level from FILE, in force from a day on."""
    usual = operations.APPROXIMATE_M if approximate else 0.0
    if not quiet and sys.stdout.isatty():
        click.echo(_("Reading and checking %(file)s …", file=file.name))
    try:
        outlines = boundary_file.read(file, level, layer)
        before = queries.in_force(Level(level), valid_from.date())
        with transaction():
            outcome = operations.record_set(
                outlines,
                level=Level(level),
                valid_from=valid_from.date(),
                source=source or file.name,
                is_approximate=approximate,
                accuracy_m=usual if accuracy is None else accuracy,
            )
            compared = _compared(outcome, before)
            _check_cover(compared, allow_uncovered=allow_uncovered)
            if dry_run:
                db.session.rollback()
        if not dry_run:
            apply_boundaries()
    except BoundariesRefused as refused:
        _complain(file, refused)
        raise SystemExit(1) from refused
    except SetRefused as refused:
        click.echo(
            _("Exact boundaries of this day are in force already; approximate ones do not replace them."), err=True
        )
        raise SystemExit(1) from refused
    if not quiet:
        _report(outlines, outcome, valid_from.date())
        if dry_run and compared is not None:
            echo_comparison(compared)
    _summarise(outcome)


@group.command()
@click.argument("lon", type=float)
@click.argument("lat", type=float)
def locate(lon: float, lat: float) -> None:
    """Tell the voivodeship, district and commune of a position in degrees."""
    try:
        found = queries.containing(Place.point(lon, lat))
    except PlaceRefused as refused:
        finite = refused.fault is not PlaceFault.NOT_FINITE
        click.echo(FAULTS[refused.fault] if finite else _("Longitude and latitude must be numbers."), err=True)
        raise SystemExit(1) from refused
    answer = {
        "voivodeship": found.voivodeship,
        "district": found.district,
        "commune": found.commune,
        "border_m": round(found.border_m),
        "set": found.digest,
    }
    click.echo(json.dumps(answer))


@group.command()
def compare() -> None:
    """Say what the sets that wait for their day would move; writes nothing."""
    waiting = [found for found in queries.sets() if queries.standing(found) is Standing.WAITING]
    for found in waiting:
        if found.level in moving.PLACED_BY:
            units = current_app.extensions["unit_areas"]()
            echo_comparison(moving.compare(found, queries.set_before(found), units))
    if not waiting:
        click.echo(_("No boundaries wait for their day."))


def _compared(outcome: Recorded, before: BoundarySet | None) -> Comparison | None:
    """Compare a set that is written down, not yet committed, with the one before it."""
    found = queries.by_digest(outcome.digest)
    if not outcome.new or found.level not in moving.PLACED_BY:
        return None
    return moving.compare(found, before, current_app.extensions["unit_areas"]())


def _check_cover(compared: Comparison | None, *, allow_uncovered: bool) -> None:
    if compared is None or not compared.outside or allow_uncovered:
        return
    db.session.rollback()
    click.echo(
        _("In these boundaries %(count)s places that we keep lie in no district:", count=compared.outside), err=True
    )
    for tally in compared.tallies:
        if tally.outside:
            click.echo(f"  {KINDS[tally.kind]}: {tally.outside}", err=True)
    click.echo(_("Nothing was imported. With --allow-uncovered these places keep the district they have."), err=True)
    raise SystemExit(1)


def echo_comparison(compared: Comparison) -> None:
    """Print what a set changes: the land, then what lies on it, then the units."""
    click.echo(
        _(
            "Boundaries %(digest)s, in force from %(day)s:",
            digest=compared.digest[:16],
            day=compared.valid_from.isoformat(),
        )
    )
    for change in compared.reform.changes:
        click.echo(f"  {change.code} {_change_in_words(change)}")
    if compared.reform.lost_km2:
        click.echo("  " + _("Land in no area any more: %(km2)s km²", km2=f"{compared.reform.lost_km2:.2f}"))
    for tally in compared.tallies:
        click.echo("  " + _tally_in_words(tally))
        for (before, after), count in sorted(tally.pairs.items()):
            click.echo(f"    {before} → {after}: {count}")
    for unit, code in compared.homeless_units:
        click.echo("  " + _("The area %(code)s of the unit %(unit)s is gone.", code=code, unit=unit))


def _change_in_words(change: AreaChange) -> str:
    name = change.before if change.before == change.after else " → ".join(filter(None, (change.before, change.after)))
    sizes = f"{change.before_km2:.2f} → {change.after_km2:.2f} km²"
    return f"{name}: {CHANGES[change.kind]}, {sizes} ({change.share:.1%})"


def _tally_in_words(tally: Tally) -> str:
    return _(
        "%(kind)s: %(total)s, to another district %(moved)s, only to another commune %(communes)s, "
        "near a border %(near)s, in no district %(outside)s",
        kind=KINDS[tally.kind],
        total=tally.total,
        moved=tally.moved,
        communes=tally.communes,
        near=tally.near_border,
        outside=tally.outside,
    )


def _report(outlines: list[Outline], outcome: Recorded, day: date) -> None:
    """Say in words what was mended, and what the new set no longer has."""
    for outline in outlines:
        if outline.mended:
            click.echo(_("Repaired the rings of %(code)s %(name)s.", code=outline.code, name=outline.name))
    if outcome.missing:
        codes = ", ".join(outcome.missing[:SHOWN]) + (" …" if len(outcome.missing) > SHOWN else "")
        click.echo(
            _(
                "From %(day)s on, %(count)s areas of the set before have no boundaries: %(codes)s",
                day=day.isoformat(),
                count=len(outcome.missing),
                codes=codes,
            )
        )
    if outcome.unchanged:
        click.echo(_("These boundaries are here already; nothing changed."))


def _summarise(outcome: Recorded) -> None:
    counts = ("read", "new", "unchanged", "refused")
    click.echo(json.dumps({name: getattr(outcome, name) for name in counts}))


def _complain(file: Path, refused: BoundariesRefused) -> None:
    click.echo(_("%(file)s was not imported:", file=file.name), err=True)
    for fault in refused.faults[:SHOWN]:
        click.echo(f"  {_in_words(fault)}", err=True)
    if len(refused.faults) > SHOWN:
        click.echo(_("  … and %(count)s more.", count=len(refused.faults) - SHOWN), err=True)
    rows = len({fault.row for fault in refused.faults if fault.row})
    _summarise(Recorded(refused.read, 0, 0, rows))


def _in_words(fault: Fault) -> str:
    where = _("row %(row)s", row=fault.row) + ": " if fault.row else ""
    return f"{where}{_WORDS[fault.kind]}" + (f" ({fault.detail})" if fault.detail else "")
