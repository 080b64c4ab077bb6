"""A backup as one file: a ZIP archive that any tool opens, with a manifest, sealed by a digest of all its bytes.

The last 64 characters of the file (the archive's comment) are the SHA-256 of everything before them, so that no changed
or missing byte goes unnoticed, wherever it is. The manifest names every member with its own digest. Both tell of
damage, not of malice: whoever may write the file may seal it anew.
"""

import fcntl
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

FORMAT = 1
MANIFEST = "manifest.json"
SEAL_BYTES = 64
CHUNK_BYTES = 1024 * 1024
LEVEL = 4
"""Of nine: a database shrinks to a third in half the time of the usual six."""

FOLDERS = ("attachments", "reports")


class ArchiveExists(Exception):
    """There is a file of this name already."""


class ArchiveBusy(Exception):
    """Another process is writing the same file."""


class ArchiveDamaged(Exception):
    """The file is not what was written; the message says where it differs."""


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds and of which moment.

    `head` is the last migration of the database, `counts` are the rows of each table, `marks` are places that other
    parts keep in mind (the end of the trail), and `key_mark` tells two secret keys apart without telling either.
    """

    version: str
    head: str
    engine: str
    made_at: str
    counts: dict[str, int]
    marks: dict[str, Any]
    key_mark: str
    has_key: bool
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(self.counts.values())

    @property
    def files(self) -> int:
        """How many files lie beside the database."""
        return sum(1 for member in self.members if "/" in member.name)

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read what `written` wrote. Raises ArchiveDamaged."""
        try:
            facts = json.loads(text)
            members = [Member(**member) for member in facts.pop("members")]
            made = cls(**facts, members=members)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveDamaged("the manifest cannot be read") from error
        if made.format != FORMAT:
            raise ArchiveDamaged(f"the archive has the form {made.format}, known here is {FORMAT}")
        return made


class Writer:
    """An archive being written."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    def add(self, name: str, source: IO[bytes], *, is_packed: bool) -> None:
        """Take in a file; one that `is_packed` already (a photo, a PDF) is not packed again."""
        digest, size_bytes = hashlib.sha256(), 0
        with self._archive.open(_entry(name, is_packed=is_packed), "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                size_bytes += len(chunk)
                target.write(chunk)
        self.members.append(Member(name, size_bytes, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which names all that was added."""
        text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
        self._archive.writestr(_entry(MANIFEST, is_packed=False), text)


def _entry(name: str, *, is_packed: bool) -> ZipInfo:
    entry = ZipInfo(name)
    entry.external_attr = 0o600 << 16
    entry.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
    entry._compresslevel = None if is_packed else LEVEL  # type: ignore[attr-defined]  # noqa: SLF001  # public from 3.13 on
    return entry


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Write an archive whole or not at all: into FILE.part, to the disk, and only then under its name.

    Raises ArchiveExists, ArchiveBusy, and OSError when the disk refuses.
    """
    if path.exists():
        raise ArchiveExists(str(path))
    part = path.with_name(f"{path.name}.part")
    with _part(part) as file:
        try:
            with ZipFile(file, "w", allowZip64=True) as archive:
                archive.comment = b"0" * SEAL_BYTES
                yield Writer(archive)
            _seal(file)
            _publish(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


@contextmanager
def _part(part: Path) -> Iterator[IO[bytes]]:
    """Open FILE.part, also one that a killed process left, unless somebody is writing it."""
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveBusy(str(part)) from error
        file.truncate(0)
        yield file


def _seal(file: IO[bytes]) -> None:
    file.flush()
    sealed = _digest(file)
    file.seek(-SEAL_BYTES, os.SEEK_END)
    file.write(sealed.encode())
    file.flush()
    os.fsync(file.fileno())


def _digest(file: IO[bytes]) -> str:
    """Digest a file but for its seal."""
    left = file.seek(0, os.SEEK_END) - SEAL_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _publish(part: Path, path: Path) -> None:
    """Give the whole file its name without replacing another that came meanwhile."""
    try:
        os.link(part, path)
    except FileExistsError as error:
        raise ArchiveExists(str(path)) from error
    except OSError:  # a file system without second names
        part.rename(path)
    part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Reader:
    """An archive whose seal holds."""

    def __init__(self, archive: ZipFile, manifest: Manifest, seal: str) -> None:
        self._archive = archive
        self.manifest = manifest
        self.seal = seal

    def copy(self, member: Member, target: IO[bytes]) -> None:
        """Copy a file out. Raises ArchiveDamaged when it is not the one that the manifest names."""
        digest, size_bytes = hashlib.sha256(), 0
        try:
            with self._archive.open(member.name) as source:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    size_bytes += len(chunk)
                    target.write(chunk)
        except (BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
            raise ArchiveDamaged(f"{member.name} cannot be read") from error
        if (size_bytes, digest.hexdigest()) != (member.size_bytes, member.sha256):
            raise ArchiveDamaged(f"{member.name} is not what was written")

    def member(self, name: str) -> Member:
        """Find a file by its name. Raises ArchiveDamaged."""
        for member in self.manifest.members:
            if member.name == name:
                return member
        raise ArchiveDamaged(f"{name} is missing")

    def below(self, folder: str) -> list[Member]:
        """List the files of a folder."""
        return [member for member in self.manifest.members if member.name.startswith(f"{folder}/")]


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open an archive. Raises ArchiveDamaged when its seal is broken or its manifest names other files than it has."""
    with path.open("rb") as file:
        seal = _seal_of(file)
        try:
            with ZipFile(file) as archive:
                names = archive.namelist()
                manifest = Manifest.read(archive.read(MANIFEST)) if MANIFEST in names else None
                _check_names(names, manifest)
                assert manifest is not None
                yield Reader(archive, manifest, seal)
        except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ArchiveDamaged("it cannot be read as a backup") from error


def _seal_of(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    if size <= SEAL_BYTES:
        raise ArchiveDamaged("it is too short to be a backup")
    sealed = _digest(file)
    file.seek(-SEAL_BYTES, os.SEEK_END)
    if file.read() != sealed.encode():
        raise ArchiveDamaged("its seal is broken: bytes have changed or are missing, or it is no backup")
    return sealed


def _check_names(names: list[str], manifest: Manifest | None) -> None:
    """Let nothing through that the manifest does not name, and no name that leads out of its folder."""
    if manifest is None:
        raise ArchiveDamaged("it has no manifest")
    named = [member.name for member in manifest.members]
    if sorted([*named, MANIFEST]) != sorted(names):
        raise ArchiveDamaged("it holds other files than its manifest names")
    for name in named:
        if not _is_safe(name):
            raise ArchiveDamaged(f"{name!r} is no name of a file of a backup")


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    parts = path.parts
    is_plain = bool(parts) and ".." not in parts and not path.is_absolute() and "\\" not in name and "\0" not in name
    return is_plain and (len(parts) == 1 or parts[0] in FOLDERS)


def unpack(reader: Reader, folder: str, target: Path) -> int:
    """Copy all files of a folder of the archive into one on the disk, and count them."""
    members = reader.below(folder)
    for member in members:
        path = target / PurePosixPath(member.name).relative_to(folder)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        extract(reader, member, path)
    return len(members)


def extract(reader: Reader, member: Member, path: Path) -> None:
    """Copy one file out, to the disk, readable by its owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        try:
            reader.copy(member, file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
