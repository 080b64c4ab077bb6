"""`flask online-reports …`: reports from other systems' files."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from consult.catalogue import queries as catalogue
from consult.clock import now
from consult.db import db, read_only, transaction
from consult.online_reports import files, foreign, operations, rows
from consult.online_reports.files import FileRefused, Format, Ignored
from consult.online_reports.operations import Plan
from consult.online_reports.rows import Draft, Setting
from consult.online_reports.rules import Fault
from consult.online_reports.wording import file_sentence, line, shown

SHOWN = 50
"""So many faults are told; whoever has more corrects these first."""

group = AppGroup("online-reports", help="Residents' online reports.")


@dataclass
class Sifted:
    """The rows of a file: drafts of those that may be taken, and what is wrong with the others."""

    drafts: list[Draft] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many rows the file has."""
        return len(self.drafts) + len(self.refused)

    def refuse(self, row: int, faults: list[Fault]) -> None:
        """Note what is wrong with a row, as long as anyone would read it."""
        self.refused.add(row)
        if len(self.faults) < SHOWN:
            self.faults += [(row, fault) for fault in faults]


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--format", "file_format", type=click.Choice([one.value for one in Format]), help="By default seen.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks.")
def import_file(file: Path, file_format: str | None, dry_run: bool, quiet: bool) -> None:
    """Import reports from a FILE, all or nothing; the same file again changes nothing.

    GeoJSON (RFC 7946, WGS 84): a FeatureCollection of Points, LineStrings or Polygons. Properties: category (code or
    Polish name), description (at most 500 characters), observed_at or created_at (ISO 8601), and if wanted id, status,
    time_of_day (morning, afternoon, evening, night or an hour), weekdays (mon, tue, …), accuracy_m. CSV (UTF-8, with
    semicolons or commas): the same names as columns, and lon, lat.

    With --format kmzb a layer of the KMZB as ArcGIS gives it (JSON, EPSG:2180, times in milliseconds), with open311
    service requests in JSON or XML, with fixmystreet the table that a council's dashboard exports.

    Reports with an id are known again by it; others by their content. The status of the other system is kept with the
    report as it was at the import and decides nothing here: the threats that the reports join or begin have the
    status that our own officers give them.
    """
    try:
        found = _read(file, Format(file_format) if file_format else files.format_of(file), quiet=quiet)
    except FileRefused as refused:
        click.echo(f"{file.name}: {file_sentence(refused)}", err=True)
        raise SystemExit(1) from refused
    with transaction():
        planned = operations.plan(found.drafts)
        faults = _all_faults(found, planned)
        if not faults and not dry_run:
            _add(planned, quiet=quiet)
    if faults:
        _complain(faults)
    refused_rows = len(found.refused | {row for row, _fault in planned.refused})
    counts = {"new": 0 if faults else len(planned.new), "unchanged": planned.unchanged, "refused": refused_rows}
    click.echo(json.dumps({"read": found.read, **counts}))
    sys.exit(1 if faults else 0)


def _read(file: Path, file_format: Format, *, quiet: bool) -> Sifted:
    """Check every row of the file against the rules."""
    found, ignored = Sifted(), Ignored()
    with _reading(), _progress(_("Reading"), None, quiet=quiet) as bar:
        setting = Setting(cache(catalogue.by_name), now())
        for row in foreign.read(file, file_format, ignored):
            checked = rows.check(row, setting)
            if isinstance(checked, Draft):
                found.drafts.append(checked)
            else:
                found.refuse(row.number, checked)
            bar.update(1)
    if ignored.names and not quiet:
        names = ", ".join(sorted(shown(name) for name in ignored.names))
        click.echo(_("Not read, because no column is called so: %(names)s", names=names), err=True)
    return found


@contextmanager
def _reading() -> Iterator[None]:
    """Read from the database without keeping anyone from writing: a large file takes its time."""
    read_only(True)
    try:
        yield
    finally:
        db.session.rollback()
        read_only(False)


def _progress(label: str, length: int | None, *, quiet: bool) -> "click._termui_impl.ProgressBar[int]":
    hidden = quiet or not sys.stderr.isatty()
    return click.progressbar(
        range(length) if length is not None else iter(int, 1),
        label=label,
        hidden=hidden,
        show_pos=True,
        file=sys.stderr,
    )


def _all_faults(found: Sifted, planned: Plan) -> list[tuple[int, Fault]]:
    """List what is wrong in the order of the rows."""
    return sorted([*found.faults, *planned.refused], key=lambda entry: entry[0])


def _add(planned: Plan, *, quiet: bool) -> None:
    with _progress(_("Writing"), len(planned.new), quiet=quiet) as bar:
        joined = operations.add(planned, bar.update)
    if not joined and not quiet:
        click.echo(
            _("Joined within the districts. To join across their borders run: flask threats join --all"), err=True
        )


def _complain(faults: list[tuple[int, Fault]]) -> None:
    """Tell the first faults, one a line, and how many more there are."""
    for row, fault in faults[:SHOWN]:
        click.echo(line(row, fault), err=True)
    if len(faults) > SHOWN:
        click.echo(_("… and more. Correct these first."), err=True)
    click.echo(_("Nothing was imported."), err=True)
