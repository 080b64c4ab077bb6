"""`flask online-reports …`: reports from other systems' files."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
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
from consult.online_reports.rows import Draft, Seen, Setting
from consult.online_reports.rules import Fault
from consult.online_reports.wording import file_sentence, line, shown

SHOWN = 50
"""So many faults are told; whoever has more corrects these first."""

group = AppGroup("online-reports", help="Residents' online reports.")


@dataclass
class Tally:
    """What a file holds, counted while its rows go by: none of them is kept."""

    read: int = 0
    new: int = 0
    unchanged: int = 0
    refused: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    districts: set[str] = field(default_factory=set)

    def count(self, planned: Plan, faults: list[tuple[int, Fault]], read: int) -> None:
        """Count a part of the file; faults are noted as long as anyone would read them."""
        wrong = sorted([*faults, *planned.refused], key=lambda entry: entry[0])
        self.read += read
        self.new += len(planned.new)
        self.unchanged += planned.unchanged
        self.refused += len({row for row, _fault in wrong})
        self.districts |= planned.districts
        if len(self.faults) <= SHOWN:
            self.faults += wrong

    @property
    def summary(self) -> dict[str, int]:
        """The figures of the last line; of a file with faults nothing is taken."""
        new = 0 if self.faults else self.new
        return {"read": self.read, "new": new, "unchanged": self.unchanged, "refused": self.refused}


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--format", "known_format", type=click.Choice([one.value for one in Format]), help="By default seen.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks.")
def import_file(file: Path, known_format: str | None, dry_run: bool, quiet: bool) -> None:
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
    file_format = Format(known_format) if known_format else files.format_of(file)
    try:
        with _reading():
            tally = _gone_through(file, file_format, _("Reading"), None, quiet=quiet)
        if not tally.faults and not dry_run:
            tally = _written(file, file_format, tally.read, quiet=quiet)
    except FileRefused as refused:
        click.echo(f"{file.name}: {file_sentence(refused)}", err=True)
        raise SystemExit(1) from refused
    if tally.faults:
        _complain(tally.faults)
    click.echo(json.dumps(tally.summary))
    sys.exit(1 if tally.faults else 0)


def _gone_through(
    file: Path, file_format: Format, label: str, length: int | None, *, quiet: bool, writes: bool = False
) -> Tally:
    """Check every row of the file against the rules, part by part, and write the parts as far as nothing is wrong."""
    tally, seen, ignored = Tally(), Seen(), Ignored()
    setting = Setting(cache(catalogue.by_name), now())
    read = foreign.read(file, file_format, ignored)
    with _progress(label, length, quiet=quiet) as bar:
        while part := list(islice(read, operations.BATCH)):
            checked = [(row.number, rows.check(row, setting)) for row in part]
            drafts = [draft for _row, draft in checked if isinstance(draft, Draft)]
            planned = operations.plan(drafts, seen)
            faults = [(row, fault) for row, found in checked if not isinstance(found, Draft) for fault in found]
            tally.count(planned, faults, len(part))
            if writes and not tally.faults:
                operations.add(planned)
            bar.update(len(part))
    if ignored.names and not quiet and not writes:
        names = ", ".join(sorted(shown(name) for name in ignored.names))
        click.echo(_("Not read, because no column is called so: %(names)s", names=names), err=True)
    return tally


def _written(file: Path, file_format: Format, length: int, *, quiet: bool) -> Tally:
    """Read a file again that was found right, and write it within one transaction.

    So no row of it is kept in memory, and nobody waits while it is checked. What changed meanwhile is found now.
    """
    with transaction():
        tally = _gone_through(file, file_format, _("Writing"), length, quiet=quiet, writes=True)
        if tally.faults:
            db.session.rollback()
        elif not operations.join(tally.districts) and not quiet:
            click.echo(
                _("Joined within the districts. To join across their borders run: flask threats join --all"), err=True
            )
    return tally


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


def _complain(faults: list[tuple[int, Fault]]) -> None:
    """Tell the first faults, one a line, and how many more there are."""
    for row, fault in faults[:SHOWN]:
        click.echo(line(row, fault), err=True)
    if len(faults) > SHOWN:
        click.echo(_("… and more. Correct these first."), err=True)
    click.echo(_("Nothing was imported."), err=True)
