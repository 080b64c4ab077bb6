"""Bringing an installation back to the moment of a backup: all is made ready beside the old state, and then exchanged.

Each engine exchanges its tables in one transaction, each folder its entries by renaming. A note in the instance folder
says that a restore is under way; when one was killed between these steps, the same command again completes it. Until
then neither the server nor the worker starts.

A backup holds what people took back or had erased after it was made. The database that is replaced knows of that by
keys alone (`Erasure`); they are carried over in that note, and all of it is erased again before the restore ends.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import inspect

from consult.accounts import sessions
from consult.audit import operations as audit
from consult.audit import queries as trail
from consult.audit.models import Erasure
from consult.clock import now
from consult.config import ROOT, VERSION
from consult.db import db, read_only, transaction
from consult.upkeep import archive, database, operations
from consult.upkeep.archive import ArchiveDamaged, Manifest, Reader
from consult.upkeep.operations import KEPT_AWAY, KEY, folders

NOTE = "restoring.json"
BORN_WITH = {"alembic_version", "reason_template"}
"""Tables that have rows in an installation that nobody has used yet."""
OTHER_KEY = (
    "SECRET_KEY here is another one than that of the backup: links in letters sent before open nothing, and a form "
    "that is sent again gets another receipt. Where the old key was kept, set it as SECRET_KEY."
)
BROKEN_OFF = (
    "A restore of a backup was broken off, and what people had erased since may be here again. Complete it with the "
    "same command: flask backup restore FILE --replace"
)
EARLIER = timedelta(hours=1)
"""What was erased shortly before a backup was made may still have been on its way."""

Erased = list[tuple[str, str]]
"""What was erased since a backup was made: kinds, and keys of that kind."""

STAGE, OLD = ".restoring", ".replaced"


class NotRestorable(Exception):
    """This backup cannot be restored here; the message is a sentence that says why and what to do."""


class TargetFull(Exception):
    """There is something here already, which only `replace` may take away."""


@dataclass(frozen=True)
class Restored:
    """What a restore did: where the state before it was saved, and what there is to know."""

    manifest: Manifest
    saved: Path | None
    files: int
    remarks: list[str]


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Bring back what a backup holds. Raises NotRestorable, TargetFull, ArchiveDamaged, DatabaseInUse and OSError.

    Nothing is changed before the backup has been checked whole and everything lies ready.
    """
    with archive.opened(path) as reader:
        _check_fit(reader.manifest)
        if found := operations.faults(reader):
            raise ArchiveDamaged("; ".join(found))
        is_full = is_filled()
        if is_full and not replace:
            raise TargetFull
        database.check_unused()
        saved = _save() if is_full and not is_under_way() else None
        files, told = _exchange(reader, _erased_since(reader.manifest))
        remarks = [*_key(reader), *told]
    return Restored(reader.manifest, saved, files, remarks)


def is_under_way() -> bool:
    """Tell whether a restore was begun and did not end."""
    return (_instance() / NOTE).is_file()


def why_closed() -> str:
    """Tell in a sentence why nothing may be served or sent, empty when nothing keeps it from that."""
    return BROKEN_OFF if is_under_way() else ""


def _instance() -> Path:
    folder: Path = current_app.config["INSTANCE"]
    return folder


def _check_fit(manifest: Manifest) -> None:
    if manifest.engine != database.engine():
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        held, here = names.get(manifest.engine, manifest.engine), names[database.engine()]
        raise NotRestorable(
            f"This backup holds a database of {held}, and DATABASE_URL names one of {here}: "
            f"set DATABASE_URL to a database of {held} and restore it there."
        )
    if _numbers(manifest.version) > _numbers(VERSION) or not _is_known(manifest.head):
        raise NotRestorable(
            f"This backup was made by version {manifest.version} (migration {manifest.head}), which is newer than this "
            f"one ({VERSION}): install that version first."
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


def _is_known(head: str) -> bool:
    try:
        return ScriptDirectory(str(ROOT / "migrations")).get_revision(head) is not None
    except CommandError:
        return False


def is_filled() -> bool:
    """Tell whether anything would be lost: a row in a table, or a file."""
    rows = sum(number for name, number in database.counts().items() if name not in BORN_WITH)
    return bool(rows) or any(next(_entries(folder), None) for folder in folders().values())


def _entries(folder: Path) -> Iterator[Path]:
    """List what a restore exchanges in a folder."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if not path.name.startswith(".") and path.name not in KEPT_AWAY:
                yield path


def _save() -> Path:
    """Keep the present state as a backup of its own, with the key: it never leaves this folder by itself."""
    folder = operations.own_folder()
    path = folder / f"before-restore-{now():%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}.zip"
    return operations.create(path, with_key=True).path


def _erased_since(manifest: Manifest) -> Erased:
    """Ask the database that is about to be replaced, and the note of a restore that was broken off."""
    noted: Erased = []
    if is_under_way():
        noted = [(kind, key) for kind, key in _note().get("erased", [])]
    if not database.has_tables() or not inspect(db.engine).has_table(Erasure.__tablename__):
        return noted
    db.session.remove()
    known = trail.erasures_since(datetime.fromisoformat(manifest.made_at) - EARLIER)
    db.session.remove()
    return sorted({*noted, *known})


def _note() -> dict[str, Any]:
    """Read the note; one that was broken off itself says nothing, and nothing was exchanged then."""
    try:
        found: dict[str, Any] = json.loads((_instance() / NOTE).read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found


def _exchange(reader: Reader, erased: Erased) -> tuple[int, list[str]]:
    copy = _instance() / f"{STAGE}-database"
    files = 0
    try:
        for name, folder in folders().items():
            files += _stage(reader, name, folder)
        name = database.MEMBERS[reader.manifest.engine]
        archive.extract(reader, reader.member(name), copy)
        with _noted(reader.manifest, erased):
            database.put_in_place(copy, lambda: _check_counts(reader.manifest))
            for folder in folders().values():
                _swap(folder)
            _write_down(reader)
            told = [*_erased_again(erased), *_replays(reader.manifest)]
    finally:
        for leftover in (copy, *(copy.with_name(copy.name + end) for end in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)
        for folder in folders().values():
            shutil.rmtree(folder / STAGE, ignore_errors=True)
    return files, told


def _stage(reader: Reader, name: str, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / STAGE, ignore_errors=True)
    (folder / STAGE).mkdir(mode=0o700)
    return archive.unpack(reader, name, folder / STAGE)


def _swap(folder: Path) -> None:
    """Exchange the entries of a folder within its own volume; the folder itself may be a mounted one."""
    old = folder / OLD
    old.mkdir(mode=0o700, exist_ok=True)
    for path in _entries(folder):
        path.rename(old / f"{uuid4().hex}-{path.name}")
    for path in sorted((folder / STAGE).iterdir()):
        path.rename(folder / path.name)
    shutil.rmtree(old)


@contextmanager
def _noted(manifest: Manifest, erased: Erased) -> Iterator[None]:
    """Say in the instance folder that a restore is under way, and what to erase again, until it has ended well."""
    path = _instance() / NOTE
    part = path.with_suffix(".part")
    said = {"made_at": manifest.made_at, "begun_at": now().isoformat(), "erased": erased}
    with part.open("w", encoding="utf-8") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())  # the tables that know it are about to go
    part.replace(path)
    yield
    path.unlink()


def _check_counts(manifest: Manifest) -> None:
    """Compare what stands in the tables now with the manifest; on SQLite before anything was changed."""
    found = database.counts()
    if found != manifest.counts:
        raise ArchiveDamaged("the restored tables have other numbers of rows than the backup says")


def _write_down(reader: Reader) -> None:
    """Tell of the restore in the trail that was restored."""
    db.session.remove()
    read_only(False)  # noqa: FBT003
    sessions.end_everybodys()
    with transaction():
        audit.note(audit.MACHINE, "restore_backup", "backup", reader.seal[:60], made_at=reader.manifest.made_at)


def _key(reader: Reader) -> list[str]:
    """Put the secret key back where the installation keeps its own, or say what another key means."""
    path, current = _instance() / KEY, str(current_app.config["SECRET_KEY"])
    if operations.key_mark(current) == reader.manifest.key_mark:
        return []
    is_ours = path.is_file() and path.read_text(encoding="ascii").strip() == current
    if reader.manifest.has_key and is_ours:
        part = path.with_name(f"{KEY}.part")
        archive.extract(reader, reader.member(KEY), part)
        part.rename(path)
        return ["The secret key of the backup is in place; it counts from the next start on."]
    return [OTHER_KEY]


def _erased_again(erased: Erased) -> list[str]:
    """Erase again what people had erased since the backup was made, all of it or nothing.

    All of it is noted anew, also what this backup does not hold: another one, restored later, may hold it.
    """
    erasers: Mapping[str, Callable[[str], None]] = current_app.extensions["erasers"]
    db.session.remove()
    read_only(False)  # noqa: FBT003
    with transaction():
        for kind, key in erased:
            erasers[kind](key)
            audit.note_erasure(kind, key)
        if erased:
            audit.note(audit.MACHINE, "erase_again", "backup", len(erased))
    return [f"{len(erased)} things that people took back or had erased since then were erased again."] if erased else []


def _replays(manifest: Manifest) -> list[str]:
    """Let each part repeat what happened since the backup and may not be undone by it, such as erasures."""
    replays: tuple[Callable[[Manifest], str], ...] = current_app.extensions["replays"]
    return [told for replay in replays if (told := replay(manifest))]
