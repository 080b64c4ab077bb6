"""`flask places import`: names of places from SIMC or GeoNames. It stands here because names need their communes."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.db import db, transaction
from consult.districts.surroundings import around
from consult.places import gazetteer, operations
from consult.places.gazetteer import Fault, FaultKind, GazetteerRefused
from consult.places.operations import Imported

SHOWN = 20

group = AppGroup("places", help="The gazetteer: names of places.")

_WORDS = {
    FaultKind.TOO_LARGE: _l("the file is too large"),
    FaultKind.NOT_UTF8: _l("the file is not in UTF-8"),
    FaultKind.UNREADABLE: _l("the file cannot be read"),
    FaultKind.NO_ROWS: _l("the file has no rows"),
    FaultKind.NO_COLUMN: _l("the column is missing from the header"),
    FaultKind.NOT_A_CODE: _l("this is no TERYT code of a commune"),
    FaultKind.NOT_A_NAME: _l("the name is missing, too long or has control characters"),
    FaultKind.NOT_A_SORT: _l("this is no sort of place that the register knows"),
    FaultKind.NOT_A_KEY: _l("this is no identifier"),
    FaultKind.NOT_A_POSITION: _l("this is no position in Poland"),
    FaultKind.NOT_A_NUMBER: _l("this is no whole number"),
    FaultKind.TWICE: _l("the identifier stands in more than one row"),
}


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["simc", "geonames"]), required=True)
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--quiet", is_flag=True, help="Only the summary.")
def import_(file: Path, kind: str, *, dry_run: bool, quiet: bool) -> None:
    """Import names of places from FILE (CSV, also gzipped)."""
    if not quiet and sys.stdout.isatty():
        click.echo(_("Reading and checking %(file)s …", file=file.name))
    try:
        outcome = _import(file, kind, dry_run=dry_run, quiet=quiet)
    except GazetteerRefused as refused:
        _complain(file, refused)
        raise SystemExit(1) from refused
    if outcome.without_area and not quiet:
        words = _(
            "%(count)s places lie outside the boundaries that are known and will not be found; import boundaries"
            " first, then this file again.",
            count=outcome.without_area,
        )
        click.echo(words)
    click.echo(json.dumps(asdict(outcome)))


def _import(file: Path, kind: str, *, dry_run: bool, quiet: bool) -> Imported:
    with file.open("rb") as opened:
        entries = gazetteer.read(opened.read(gazetteer.MAX_BYTES + 1), kind)
    bar = click.progressbar(
        entries, label=_("Comparing"), hidden=quiet or not sys.stderr.isatty(), show_pos=True, file=sys.stderr
    )
    with transaction(), bar as shown:
        outcome = operations.import_names(shown, around(entries))
        if dry_run:
            db.session.rollback()
    return outcome


def _complain(file: Path, refused: GazetteerRefused) -> None:
    click.echo(_("%(file)s was not imported:", file=file.name), err=True)
    for fault in refused.faults[:SHOWN]:
        click.echo(f"  {_where(fault)}{_WORDS[fault.kind]}", err=True)
    if len(refused.faults) > SHOWN:
        click.echo(_("  … and %(count)s more.", count=len(refused.faults) - SHOWN), err=True)
    rows = len({fault.row for fault in refused.faults if fault.row > 1})
    click.echo(json.dumps(asdict(Imported(refused.read, 0, 0, 0, rows))))


def _where(fault: Fault) -> str:
    parts = [
        _("row %(row)s", row=fault.row) if fault.row else "",
        _("column %(column)s", column=fault.column) if fault.column else "",
        f"“{fault.value}”" if fault.value else "",
    ]
    where = ", ".join(part for part in parts if part)
    return f"{where}: " if where else ""
