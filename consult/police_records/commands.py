"""`flask police-records import`: recorded offences, population and land from files of official figures."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from consult.db import transaction
from consult.districts.official import Figure, FigureKind
from consult.police_records import operations
from consult.police_records.faults import Fault, FaultKind, FileRefused
from consult.police_records.operations import Origin, Plan
from consult.police_records.reading import MOST_BYTES
from consult.police_records.wording import fault_line

SHOWN = 50

group = AppGroup("police-records", help="Recorded offences and what they are related to; aggregates, never persons.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--kind", type=click.Choice([one.value for one in FigureKind]), required=True)
@click.option(
    "--source", default="", help="Where the figures come from; a sheet of the Local Data Bank says it itself."
)
@click.option(
    "--updated-on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the figures, if the file does not say it."
)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks.")
def import_file(file: Path, kind: str, source: str, updated_on: datetime | None, dry_run: bool, quiet: bool) -> None:
    """Import official figures from FILE, all or nothing; the same file again changes nothing.

    A sheet of the Local Data Bank of the statistical office (.xlsx with a sheet TABLICA), or CSV with one figure a row:
    code, period, measure, count and if wanted place (offences); code, period, sex, age, count (population, on 31
    December); code, period, km2 (area). A figure that is here and that the file says otherwise is counted as changed
    and keeps a trace of what it was. See docs/formats.md.
    """
    origin = Origin(file.name, source, updated_on.date() if updated_on else None)
    try:
        plan = _taken(file, FigureKind(kind), origin, dry_run=dry_run, quiet=quiet)
    except FileRefused as refused:
        _complain(refused)
        sys.exit(1)
    if not quiet:
        _remark(plan)
    _tell(plan.read, plan.tally.new, plan.tally.unchanged, plan.tally.changed, 0)


def _taken(file: Path, kind: FigureKind, origin: Origin, *, dry_run: bool, quiet: bool) -> Plan:
    """Read a file and write it within one transaction."""
    if file.stat().st_size > MOST_BYTES:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)])
    content = file.read_bytes()
    if dry_run:
        return operations.plan(content, kind, origin)
    read = operations.begun(content, kind)
    with transaction(), _progress(quiet=quiet) as bar:
        return operations.enter(read, _passing(read.figures(), bar), origin)


def _passing(figures: Iterator[Figure], bar: "click._termui_impl.ProgressBar[int]") -> Iterator[Figure]:
    """Let figures go by and move the bar, not for each of a hundred thousand."""
    for number, figure in enumerate(figures, 1):
        yield figure
        if number % 1_000 == 0:
            bar.update(1_000)


def _progress(*, quiet: bool) -> "click._termui_impl.ProgressBar[int]":
    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(iter(int, 1), label=_("Writing"), hidden=hidden, show_pos=True, file=sys.stderr)


def _complain(refused: FileRefused) -> None:
    """Tell the first faults, one a line, and that nothing was written."""
    for fault in refused.faults[:SHOWN]:
        click.echo(fault_line(fault), err=True)
    if len(refused.faults) > SHOWN:
        click.echo(_("… and more. Correct these first."), err=True)
    click.echo(_("Nothing was imported."), err=True)
    _tell(refused.read, 0, 0, 0, len(refused.faults) if refused.read else 0)


def _remark(plan: Plan) -> None:
    """Say what a reader should know: published figures that change, and that newer ones were here."""
    if plan.tally.changed:
        click.echo(_("%(num)s figures that are here say something else now.", num=plan.tally.changed), err=True)
    if plan.is_older:
        click.echo(_("The file is older than figures that are here already. Was that meant?"), err=True)


def _tell(read: int, new: int, unchanged: int, changed: int, refused: int) -> None:
    counts = {"read": read, "new": new, "unchanged": unchanged, "refused": refused, "changed": changed}
    click.echo(json.dumps(counts))
