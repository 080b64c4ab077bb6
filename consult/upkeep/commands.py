"""`flask backup …`: one file of all that cannot be made anew, its check, the way back; `flask doctor`: what is well."""

import errno
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError

from consult.upkeep import checkup, operations, restoring
from consult.upkeep.archive import ArchiveBusy, ArchiveDamaged, ArchiveExists
from consult.upkeep.checkup import State
from consult.upkeep.database import DatabaseInUse
from consult.upkeep.postgresql_copy import ProgramFailed, ProgramMissing
from consult.upkeep.restoring import NotRestorable, TargetFull

group = AppGroup("backup", help="Backups of the database, the files and the written summaries.")

_existing = click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
_SENTENCES: dict[type[Exception], Callable[[Exception, Path], str]] = {
    ArchiveExists: lambda _error, file: f"{file} exists already and is left as it is: choose another name.",
    ArchiveBusy: lambda _error, file: f"Another process is writing {file} just now.",
    ArchiveDamaged: lambda error, file: f"{file} is damaged: {error}. Nothing was changed; take another backup.",
    ProgramMissing: lambda error, _file: str(error),
    ProgramFailed: lambda error, _file: f"PostgreSQL refused. {error}",
    NotRestorable: lambda error, _file: str(error),
    TargetFull: lambda _error, _file: (
        "There are data here already. Stop the server and the worker, and type the command with --replace: the present "
        "state is saved in a backup of its own first."
    ),
    DatabaseInUse: lambda error, _file: (
        f"{error} other connections are open to the database: stop the server and the worker first."
    ),
    OperationalError: lambda error, _file: f"The database does not answer ({type(error).__name__}).",
}


@contextmanager
def _explaining(file: Path) -> Iterator[None]:
    """Say in a sentence why something cannot be done, and end with 1."""
    try:
        yield
    except tuple(_SENTENCES) as refused:
        _refuse(next(say for kind, say in _SENTENCES.items() if isinstance(refused, kind))(refused, file))
    except OSError as refused:
        is_full = refused.errno in {errno.ENOSPC, errno.EDQUOT}
        why = "There is no space left on the device" if is_full else str(refused.strerror or refused)
        _refuse(f"{refused.filename or file}: {why}. Nothing was left behind.")


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


@group.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the secret key in, too: whoever has the file can sign sessions.")
def create(file: Path, with_key: bool) -> None:
    """Write a backup of this moment into FILE, whole or not at all, while people go on working.

    It holds the database, the files of reports and minutes, and the written summaries. Rate limits stay out, and so
    does the secret key without --with-key: keep that apart, so that a lost backup alone lets nobody in.
    """
    with _explaining(file):
        if not file.parent.is_dir():
            _refuse(f"{file.parent} is no folder: create it first.")
        made = operations.create(file, with_key=with_key)
    operations.note_made(made)
    manifest = made.manifest
    facts = {"rows": manifest.rows, "files": manifest.files, "engine": manifest.engine, "head": manifest.head}
    _tell(file=str(file), bytes=file.stat().st_size, **facts, with_key=manifest.has_key, sha256=made.seal)


@group.command("verify")
@_existing
def verify(file: Path) -> None:
    """Check FILE: its digests, and that its database opens and holds its rows; 1 when anything differs."""
    with _explaining(file):
        verdict = operations.verify(file)
    manifest = verdict.manifest
    facts = (
        {"version": manifest.version, "head": manifest.head, "engine": manifest.engine, "made_at": manifest.made_at}
        | {"rows": manifest.rows, "files": manifest.files, "with_key": manifest.has_key, "marks": manifest.marks}
        if manifest
        else {}
    )
    _tell(file=str(file), intact=verdict.is_intact, **facts, faults=verdict.faults)
    sys.exit(0 if verdict.is_intact else 1)


@group.command("restore")
@_existing
@click.option("--replace", is_flag=True, help="Take away what is here; it is saved in a backup of its own first.")
def restore(file: Path, replace: bool) -> None:
    """Bring this installation back to what FILE holds, and its tables to this version.

    Stop the server and the worker first. What is checked before anything changes: every digest, the database, and that
    this version knows it. A backup of SQLite is restored to SQLite and one of PostgreSQL to PostgreSQL.
    """
    with _explaining(file):
        done = restoring.restore(file, replace=replace)
    for remark in done.remarks:
        click.echo(remark, err=True)
    if done.saved:
        click.echo(f"What was here before is saved in {done.saved}", err=True)
    saved = str(done.saved) if done.saved else None
    _tell(restored=str(file), made_at=done.manifest.made_at, rows=done.manifest.rows, files=done.files, saved=saved)


def _tell(**facts: object) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False))


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON instead of the table.")
@click.option("--mail", "mail_to", default="", metavar="ADDRESS", help="Send a letter there.")
@with_appcontext
def doctor(as_json: bool, mail_to: str) -> None:
    """Look over the installation and say what is well, what will become trouble and what is broken; 1 when broken."""
    with force_locale("en"):
        found = checkup.findings(mail_to)
    is_broken = any(finding.state is State.BROKEN for finding in found)
    if as_json:
        listed = [
            {"name": one.name, "state": one.state.value, "told": one.told, "command": one.command} for one in found
        ]
        _tell(well=not is_broken, findings=listed)
    else:
        for one in found:
            mended_by = f": {one.command}" if one.command else ""
            click.echo(f"{one.state.value:8} {one.name:20} {one.told}{mended_by}")
    sys.exit(1 if is_broken else 0)
