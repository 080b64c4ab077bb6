"""`flask debates …`: past minutes from files."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from consult.accounts import queries as accounts
from consult.clock import today
from consult.db import db, transaction
from debates import transcription
from debates.faults import Fault, FaultKind, FileRefused
from debates.past_minutes import Minutes, read_file
from debates.tables import MAX_BYTES
from debates.wording import fault_in_words, remarks_in_words

FORMATS = ("json", "csv", "xlsx")
_SUFFIXES = {".csv": "csv", ".xlsx": "xlsx"}
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

    A record (JSON) or row (CSV, XLSX) is one request or anything else that was said: powiat_teryt, debate_place,
    request, and if known police_unit, source, date, kind, category, follow_up, places and more. Records of one unit,
    town and year make one meeting, unless they name it. See docs/formats.md.
    """
    try:
        minutes = _read(file, file_format)
        _check_unit(unit_code, len(minutes.records))
        new = _enter(minutes, unit_code, dry_run=dry_run, quiet=quiet)
    except FileRefused as refused:
        _complain(refused)
        sys.exit(1)
    if not quiet:
        _remark(minutes)
    _tell(len(minutes.records), new, len(minutes.records) - new, 0)


def _read(file: Path, file_format: str | None) -> Minutes:
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    return read_file(content, file_format or _SUFFIXES.get(file.suffix.lower(), "json"), today())


def _check_unit(code: str | None, read: int) -> None:
    if code is not None and accounts.unit_by_code(code) is None:
        raise FileRefused([Fault(FaultKind.NO_UNIT, field="--unit", value=code)], read)


def _enter(minutes: Minutes, unit_code: str | None, *, dry_run: bool, quiet: bool) -> int:
    """Enter all records and count the new ones; a dry run takes everything back."""
    with transaction():
        plan = transcription.planned(minutes, unit_code)
        with click.progressbar(
            length=plan.read, label=_("Writing"), hidden=_hidden(quiet=quiet), file=sys.stderr
        ) as bar:
            new = transcription.enter(plan, passing=bar.update)
        if dry_run:
            db.session.rollback()
    return new


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


def _remark(minutes: Minutes) -> None:
    """Say how the file was read, and what stays off the map for want of a date."""
    for remark in remarks_in_words(minutes):
        click.echo(remark, err=True)


def _tell(read: int, new: int, unchanged: int, refused: int) -> None:
    click.echo(json.dumps({"read": read, "new": new, "unchanged": unchanged, "refused": refused}))
