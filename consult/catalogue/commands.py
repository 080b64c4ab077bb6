"""`flask catalogue load`: the catalogue from its sheet."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.catalogue import lexicon, operations, sheet
from consult.catalogue.sheet import CatalogueRefused, Fault, FaultKind, Row
from consult.db import db, now, transaction
from consult.period import day_of

CATEGORIES = Path(__file__).parent / "categories.csv"
SHOWN = 20

group = AppGroup("catalogue", help="The catalogue of threat categories.")

_WORDS = {
    FaultKind.NOT_UTF8: _l("the file is not in UTF-8; save it as “CSV UTF-8”"),
    FaultKind.TOO_LARGE: _l("the file is too large for a catalogue"),
    FaultKind.NO_ROWS: _l("the file has no rows"),
    FaultKind.NO_COLUMN: _l("the column is missing from the header"),
    FaultKind.TOO_MANY_CELLS: _l("the row has more cells than the header"),
    FaultKind.EMPTY: _l("the cell is empty"),
    FaultKind.NOT_A_CODE: _l("this is no code: use small letters without accents, digits and “_”"),
    FaultKind.NOT_A_NAME: _l("this is no name: it is too long, has control characters or begins like a formula"),
    FaultKind.NOT_A_CHOICE: _l("this is none of the values allowed here"),
    FaultKind.NOT_A_NUMBER: _l("this is no whole number within the limits"),
    FaultKind.NOT_A_DAY: _l("this is no date of the form 2026-01-31"),
    FaultKind.ORDER: _l("this must come after the value before it"),
    FaultKind.TWICE: _l("the code stands in more than one row"),
    FaultKind.OTHER_GROUP: _l("another row gives this group other names or another letter"),
    FaultKind.EARLIER_NAME: _l("the new name begins before the name it follows"),
}


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=CATEGORIES)
@click.option("--dry-run", is_flag=True, help="Check only; write nothing.")
@click.option("--quiet", is_flag=True, help="No summary in words.")
def load(file: Path, dry_run: bool, quiet: bool) -> None:
    """Load the catalogue from FILE, by default the one that comes with the product."""
    try:
        rows = _rows(file)
        outcome = _load(rows, dry_run=dry_run)
    except CatalogueRefused as refused:
        _complain(file, refused)
        raise SystemExit(1) from refused
    _warn_of_words(rows)
    if not quiet:
        click.echo(_("Categories: %(new)s new, %(changed)s changed.", new=outcome.new, changed=outcome.changed))
    click.echo(json.dumps(asdict(outcome)))


def _rows(file: Path) -> list[Row]:
    with file.open("rb") as opened:
        return sheet.read(opened.read(sheet.MAX_BYTES + 1))


def _load(rows: Sequence[Row], *, dry_run: bool) -> operations.Loaded:
    with transaction():
        outcome = operations.load(rows, day_of(now()))
        if dry_run:
            db.session.rollback()
    return outcome


def _warn_of_words(rows: Sequence[Row]) -> None:
    """Name the categories that nobody will be offered for what they write, since no word speaks of them."""
    silent = lexicon.without_words(row.code for row in rows)
    if silent:
        named = {"file": lexicon.LEXICON.name, "codes": ", ".join(silent)}
        click.echo(
            _(
                "No words speak of these categories, so nobody is offered them. Add some to %(file)s: %(codes)s",
                **named,
            ),
            err=True,
        )


def _complain(file: Path, refused: CatalogueRefused) -> None:
    click.echo(_("%(file)s was not loaded:", file=file.name), err=True)
    for fault in refused.faults[:SHOWN]:
        click.echo(f"  {_where(fault)}{_WORDS[fault.kind]}", err=True)
    if len(refused.faults) > SHOWN:
        click.echo(_("  … and %(count)s more.", count=len(refused.faults) - SHOWN), err=True)
    rows = len({fault.row for fault in refused.faults if fault.row > 1})
    click.echo(json.dumps(asdict(operations.Loaded(refused.read, 0, 0, 0, rows))))


def _where(fault: Fault) -> str:
    """Name the row, the column and the value."""
    parts = [
        _("row %(row)s", row=fault.row) if fault.row else "",
        _("column %(column)s", column=fault.column) if fault.column else "",
        f"“{fault.value}”" if fault.value else "",
    ]
    where = ", ".join(part for part in parts if part)
    return f"{where}: " if where else ""
