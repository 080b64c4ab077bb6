"""`flask debates …`: past minutes from files."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.accounts import queries as accounts
from consult.clock import today
from consult.db import db, transaction
from consult.geo import PlaceRefused
from debates import transcription
from debates.past_minutes import MAX_BYTES, Fault, FaultKind, FileRefused, Request, read_file
from debates.transcription import Entry
from debates.wording import fault_in_words

FORMATS = ("json", "csv")
SHOWN = 50

group = AppGroup("debates", help="Debates and meetings.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--format", "file_format", type=click.Choice(FORMATS), help="By default told by the file's name.")
@click.option("--unit", "unit_code", help="Put all meetings under the unit with this code.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--quiet", is_flag=True, help="No progress and no remarks.")
def import_file(file: Path, file_format: str | None, unit_code: str | None, dry_run: bool, quiet: bool) -> None:
    """Import requests of past debates from FILE, all or nothing; the same file again changes nothing.

    A record (JSON) or row (CSV) is one request: powiat_teryt, debate_place, request, and if known police_unit, source,
    date, category, follow_up, places. Requests of one unit, town and year make one meeting. See docs/formats.md.
    """
    try:
        requests = _read(file, file_format)
        _check_unit(unit_code, len(requests))
        new = _enter(requests, unit_code, dry_run=dry_run, quiet=quiet)
    except FileRefused as refused:
        _complain(refused)
        sys.exit(1)
    if not quiet:
        _remark(requests)
    _tell(len(requests), new, len(requests) - new, 0)


def _read(file: Path, file_format: str | None) -> list[Request]:
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    return read_file(content, file_format or ("csv" if file.suffix.lower() == ".csv" else "json"), today())


def _check_unit(code: str | None, read: int) -> None:
    if code is not None and accounts.unit_by_code(code) is None:
        raise FileRefused([Fault(FaultKind.NO_UNIT, field="--unit", value=code)], read)


def _enter(requests: Sequence[Request], unit_code: str | None, *, dry_run: bool, quiet: bool) -> int:
    """Enter all records and count the new ones; a dry run takes everything back."""
    with transaction():
        entries, faults = transcription.checked(requests, unit_code)
        if faults:
            raise FileRefused(faults, len(requests))
        with click.progressbar(entries, label=_("Writing"), hidden=_hidden(quiet=quiet), file=sys.stderr) as bar:
            new = sum(_entered(entry, len(requests)) for entry in bar)
        if dry_run:
            db.session.rollback()
    return new


def _entered(entry: Entry, read: int) -> bool:
    try:
        return transcription.enter(entry)
    except PlaceRefused as refused:
        fault = Fault(FaultKind.NOT_A_PLACE, entry.request.record, "place", place=refused.fault)
        raise FileRefused([fault], read) from refused


def _hidden(*, quiet: bool) -> bool:
    return quiet or not sys.stderr.isatty()


def _complain(refused: FileRefused) -> None:
    """Tell the first faults, one a line with all records that have it, and that nothing was written."""
    alike: dict[Fault, list[int]] = {}
    for fault in refused.faults:
        alike.setdefault(replace(fault, record=0), []).append(fault.record)
    for fault, numbers in list(alike.items())[:SHOWN]:
        click.echo(fault_in_words(fault, numbers), err=True)
    if len(alike) > SHOWN:
        click.echo(_("… and more. Correct these first."), err=True)
    click.echo(_("Nothing was imported."), err=True)
    records = {fault.record for fault in refused.faults if fault.record}
    _tell(refused.read, 0, 0, len(records) or refused.read)


def _remark(requests: Sequence[Request]) -> None:
    """Say what stays off the map for want of a date."""
    undated = sum(request.held_on is None for request in requests)
    if undated:
        said = ngettext(
            "%(num)d request has no date: it stays in the minutes until the meeting's date is entered.",
            "%(num)d requests have no date: they stay in the minutes until the meetings' dates are entered.",
            undated,
        )
        click.echo(said, err=True)


def _tell(read: int, new: int, unchanged: int, refused: int) -> None:
    click.echo(json.dumps({"read": read, "new": new, "unchanged": unchanged, "refused": refused}))
