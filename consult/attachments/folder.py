"""The folder of attachments on disk: `photos/` and `quarantine/` for what belongs to somebody, `held/` for what waits.

Nothing in it has a name that a person gave, and the web server serves nothing from it. A file is whole on disk before
anything speaks of it.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from consult.attachments.sifting import Kind, Sifted

PLACES = {Kind.PHOTO: "photos", Kind.PDF: "quarantine"}
HELD = "held"
LAID = "laid"
"""The name of a file that is no attachment, so that no list of attachments has it."""

SPARE_BYTES = 256 * 1024 * 1024
"""So much of the disk stays free for the database, which needs it more."""


@dataclass(frozen=True)
class Held:
    """A file that waits for its form to be sent."""

    kind: Kind
    digest: str
    size_bytes: int
    path: Path


@dataclass(frozen=True)
class Folder:
    """The folder under the installation's instance folder."""

    root: Path

    def path(self, kind: Kind, name: str) -> Path:
        """Tell where a file of this name is."""
        return self.root / PLACES[kind] / name[:2] / name

    def keep(self, kind: Kind, name: str, content: bytes) -> None:
        """Write a file under its name. Raises OSError when the disk refuses."""
        _write(self.path(kind, name), content)

    def remove(self, kind: Kind, name: str) -> None:
        """Take a file off the disk, if it is there."""
        self.path(kind, name).unlink(missing_ok=True)

    def names(self, kind: Kind, older_than_s: float) -> Iterator[str]:
        """List the files of a kind that were written before a moment (seconds since 1970)."""
        for path in (self.root / PLACES[kind]).glob("??/*"):
            with suppress(FileNotFoundError):  # another worker took it away meanwhile
                if path.stat().st_mtime < older_than_s:
                    yield path.name

    def hold(self, owner: str, sifted: Sifted) -> None:
        """Let a file wait for its owner; the same file twice waits once. Raises OSError when the disk refuses."""
        path = self._shelf(owner) / f"{sifted.digest}.{sifted.kind.value}"
        if not path.exists():
            _write(path, sifted.content)

    def held(self, owner: str) -> list[Held]:
        """List what waits for an owner, in the order in which it came."""
        found = [(path.stat(), path) for path in self._shelf(owner).glob("*.*") if path.suffix[1:] in set(Kind)]
        ordered = sorted(found, key=lambda pair: (pair[0].st_mtime_ns, pair[1].name))
        return [Held(Kind(path.suffix[1:]), path.stem, facts.st_size, path) for facts, path in ordered]

    def lay_aside(self, owner: str, content: bytes) -> None:
        """Keep a file that will be read and not kept, such as a table, under its owner; another one takes its place.

        Raises OSError when the disk refuses.
        """
        _write(self._shelf(owner) / LAID, content)

    def laid_aside(self, owner: str) -> bytes | None:
        """Give what was laid aside for an owner, if it is still there."""
        with suppress(FileNotFoundError):
            return (self._shelf(owner) / LAID).read_bytes()
        return None

    def let_go(self, owner: str) -> None:
        """Forget what waits for an owner."""
        shutil.rmtree(self._shelf(owner), ignore_errors=True)

    def forget_held(self, older_than_s: float) -> int:
        """Forget what has waited since before a moment (seconds since 1970), and count it."""
        shelves = [path for path in (self.root / HELD).glob("*") if path.stat().st_mtime < older_than_s]
        for path in shelves:
            shutil.rmtree(path, ignore_errors=True)
        return len(shelves)

    def has_room(self) -> bool:
        """Tell whether the disk takes more files without being in the database's way."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free > SPARE_BYTES

    def _shelf(self, owner: str) -> Path:
        return self.root / HELD / hashlib.sha256(owner.encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only, and wait until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _wait_for_name(path.parent)


def _wait_for_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
