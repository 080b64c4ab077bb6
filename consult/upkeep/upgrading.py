"""A backup before every migration: whoever changes the tables can go back to what was there a moment before.

Each engine does a migration in one transaction, so that one which is killed in the middle leaves the tables as they
were. The backup is for a migration that ends well and was wrong.
"""

from pathlib import Path
from uuid import uuid4

import click
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, func, select

from consult.clock import now
from consult.upkeep import database, operations

NAMES = "before-migration-*.zip"
TURN = 0x6D696772
"""PostgreSQL's advisory lock while the tables are changed, by whichever host starts first."""


def wait_for_other_hosts(connection: Connection) -> None:
    """Let one host at a time change the tables, until this transaction ends: the next finds them changed already.

    Hosts that start together would otherwise take the same step twice, and all but one of them would fail. On SQLite
    there is one host, and a transaction that writes waits for the one before.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(TURN)))


def save_first(context: MigrationContext) -> Path | None:
    """Make a backup when this run of Alembic is about to change tables that stand, and say where it is.

    Its transaction has begun: on SQLite nobody writes any more between the backup and the first step. None when there
    is nothing to change or to lose, or BACKUPS_KEPT says 0. Whatever keeps the backup from being made, such as a full
    disk, stops the migration.
    """
    kept: int = current_app.config["BACKUPS_KEPT"]
    present = context.get_current_heads()
    if not kept or not present or database.is_put_back() or not _will_move(context, present):
        return None
    folder = operations.own_folder()
    path = folder / f"before-migration-{present[0]}-{now():%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}.zip"
    operations.create(path, with_key=True)
    click.echo(f"Before the migration the present state was saved in {path}", err=True)
    _forget_older(folder, kept)
    return path


def _will_move(context: MigrationContext, present: tuple[str, ...]) -> bool:
    """Tell whether this run has steps to take; one that looks or compares is going nowhere."""
    return "destination_rev" in context.opts and bool(list(context.opts["fn"](present, context)))


def _forget_older(folder: Path, kept: int) -> None:
    found = sorted(folder.glob(NAMES), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[kept:]:
        path.unlink(missing_ok=True)
