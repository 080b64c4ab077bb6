"""Backups: one file of everything that this installation cannot make anew, and the check of such a file.

What is in it: the database of one moment, the files of reports and minutes, and the written summaries. What is not:
rate limits, tiles of the background map, letters that were not sent, files that wait for their form; and the secret key
unless it is asked for, since whoever has it can sign sessions.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from consult.attachments.folder import HELD
from consult.clock import now
from consult.config import VERSION
from consult.db import db, read_only
from consult.upkeep import archive, database
from consult.upkeep.archive import ArchiveDamaged, Manifest, Reader, Writer

KEY = "secret_key"
LAST_BACKUP = "last_backup.json"
PACKED = {".pdf", ".png", ".jpg", ".webp", ".zip"}
KEPT_AWAY = {"README.md", HELD}
"""Of the repository, and what waits for a form to be sent."""


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    seal: str


@dataclass(frozen=True)
class Verdict:
    """What the check of a backup found: nothing wrong, or what differs."""

    manifest: Manifest | None
    faults: list[str]

    @property
    def is_intact(self) -> bool:
        """Whether it can be restored."""
        return not self.faults


def folders() -> dict[str, Path]:
    """Tell which folders a backup holds, by their names in it."""
    return {"attachments": current_app.config["INSTANCE"] / "attachments", "reports": current_app.config["REPORTS_OUT"]}


def own_folder() -> Path:
    """Give the folder of the backups that the product makes by itself."""
    folder: Path = current_app.config["INSTANCE"] / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def key_mark(key: str) -> str:
    """Tell two secret keys apart by 32 bits, too few to find one."""
    return hashlib.sha256(f"mark of a secret key {key}".encode()).hexdigest()[:8]


def create(path: Path, *, with_key: bool = False) -> Made:
    """Write a backup of this moment, whole or not at all; work goes on meanwhile.

    The database comes first and the files after it: a file that came since is one that no row speaks of and goes by
    itself, while one that is gone since was erased, and no backup should bring it back. Raises what `archive.written`
    raises, and ProgramMissing or ProgramFailed where PostgreSQL's programs do not serve.
    """
    key: str = current_app.config["SECRET_KEY"]
    with archive.written(path) as writer:
        made_at, marks = now().isoformat(timespec="seconds"), _marks()  # what they name is in the copy
        with database.copied(path.parent) as copy:
            writer.add(copy.name, copy.source, is_packed=copy.is_packed)
        for name, folder in folders().items():
            _add_files(writer, name, folder)
        if with_key:
            _add_key(writer, key)
        manifest = Manifest(
            VERSION, copy.head, copy.engine, made_at, copy.counts, marks, key_mark(key), with_key, writer.members
        )
        writer.finish(manifest)
    with archive.opened(path) as reader:
        return Made(path, reader.manifest, reader.seal)


def _marks() -> dict[str, Any]:
    """Ask each part that keeps a place in mind, such as the end of the trail, where it stands.

    In a context of its own, which only reads: before a migration somebody has the one right to write already.
    """
    return copy_context().run(_read_marks)


def _read_marks() -> dict[str, Any]:
    db.session.remove()
    read_only(True)  # noqa: FBT003
    marks = {name: mark() for name, mark in current_app.extensions["marks"].items()}
    db.session.remove()
    return marks


def _add_files(writer: Writer, name: str, folder: Path) -> None:
    for path in _kept(folder):
        with suppress(FileNotFoundError), path.open("rb") as file:  # erased meanwhile
            writer.add(f"{name}/{path.relative_to(folder).as_posix()}", file, is_packed=_is_packed(name, path))


def _kept(folder: Path) -> Iterator[Path]:
    """List the whole files of a folder; what is being written has a name with a dot before or `.part` behind."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_whole = not path.name.endswith(".part") and not any(part.startswith(".") for part in parts)
        if is_whole and parts[0] not in KEPT_AWAY and path.is_file() and not path.is_symlink():
            yield path


def _is_packed(name: str, path: Path) -> bool:
    return name == "attachments" or path.suffix in PACKED


def _add_key(writer: Writer, key: str) -> None:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(key.encode())
        file.seek(0)
        writer.add(KEY, file, is_packed=True)


def note_made(made: Made) -> None:
    """Keep in mind when the last backup was made, for whoever looks whether there is one."""
    path = current_app.config["INSTANCE"] / LAST_BACKUP
    part = path.with_name(f"{LAST_BACKUP}.part")
    part.write_text(json.dumps({"made_at": made.manifest.made_at, "file": str(made.path.resolve())}), encoding="utf-8")
    part.replace(path)


def verify(path: Path) -> Verdict:
    """Check a backup: its seal, every file in it, and the database, which is opened and counted.

    Raises OSError when the file cannot be read, and ProgramMissing when PostgreSQL's programs are not here.
    """
    try:
        with archive.opened(path) as reader:
            return Verdict(reader.manifest, faults(reader))
    except ArchiveDamaged as damaged:
        return Verdict(None, [str(damaged)])


def faults(reader: Reader) -> list[str]:
    """List what is wrong in an opened archive."""
    manifest = reader.manifest
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        try:
            kind = manifest.engine
            copy = Path(folder) / database.MEMBERS[kind]
            archive.extract(reader, reader.member(copy.name), copy)
            for member in manifest.members:
                if member.name != copy.name:
                    with tempfile.TemporaryFile(dir=folder) as nowhere:
                        reader.copy(member, nowhere)
        except (ArchiveDamaged, KeyError) as damaged:
            return [str(damaged)]
        return database.faults(kind, copy, manifest.head, manifest.counts)
