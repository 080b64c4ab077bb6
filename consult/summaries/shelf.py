"""Where written summaries lie: `<period>/<code>-<name>[.en].pdf` beside a .json, internal ones under `internal/`.

What stands in a period's folder everybody reads. A public edition that nobody has released yet waits under `drafts/`,
ordered alike; a version that was replaced stays under `<period>/earlier/` with its number. An archival copy has
`.archive` in its name. Names come only from checked codes and periods, so that no address leads to another file.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from consult.period import Period, PeriodRefused
from consult.summaries.figures import Edition
from consult.words import folded

CODE = re.compile(r"\d{4}", re.ASCII)
NAME = re.compile(r"(\d{4})-([a-z0-9-]+)(\.en)?", re.ASCII)
INTERNAL = "internal"
DRAFTS = "drafts"
EARLIER = "earlier"
ARCHIVE = ".archive"
DEFAULT_LANGUAGE = "pl"


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one summary on the shelf."""

    code: str
    period: str
    edition: Edition
    language: str

    def folder(self, shelf: Path) -> Path:
        """The folder of its period and edition."""
        return shelf / INTERNAL / self.period if self.edition is Edition.INTERNAL else shelf / self.period

    @property
    def ending(self) -> str:
        """What its file name has before the extension beside code and name."""
        return "" if self.language == DEFAULT_LANGUAGE else f".{self.language}"

    def stem(self, name: str) -> str:
        """Its file name without extension."""
        return f"{self.code}-{plain_name(name)}{self.ending}"

    def find(self, shelf: Path, kind: str = "pdf", *, number: int | None = None, archival: bool = False) -> Path | None:
        """Find its file, by number that of a replaced version; None when it is not there or code or period are none."""
        if not CODE.fullmatch(self.code) or not _is_period(self.period):
            return None
        folder = self.folder(shelf) if number is None else self.folder(shelf) / EARLIER
        more = self.ending + ("" if number is None else f".{number}") + (ARCHIVE if archival else "")
        wanted = re.compile(rf"{self.code}-[a-z0-9-]+{re.escape(more)}\.{kind}", re.ASCII)
        found = [path for path in folder.glob(f"{self.code}-*.{kind}") if wanted.fullmatch(path.name)]
        return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


@dataclass(frozen=True, slots=True)
class Book:
    """A written summary: where it belongs and its file."""

    slot: Slot
    path: Path
    size: int
    written_at: datetime


def plain_name(name: str) -> str:
    """Write a district's name as a file name has it: "powiat łaski" becomes "laski"."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^(powiat )+", "", folded(name))).strip("-") or "powiat"


def put(folder: Path, stem: str, pdf: bytes, data: bytes, archival: bytes | None = None) -> tuple[Path, Path]:
    """Put the files there, each whole or not at all, and the figures first: no document is ever there without them.

    An archival copy that belongs to other figures goes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages, figures, archive = (folder / f"{stem}{ending}" for ending in (".pdf", ".json", f"{ARCHIVE}.pdf"))
    with _draft(folder, data) as new_figures, _draft(folder, pdf) as new_pages:
        archive.unlink(missing_ok=True)
        new_figures.replace(figures)
        new_pages.replace(pages)
    if archival is not None:
        add_archival(folder, stem, archival)
    return pages, figures


def add_archival(folder: Path, stem: str, archival: bytes) -> Path:
    """Put an archival copy beside the document that it copies."""
    archive = folder / f"{stem}{ARCHIVE}.pdf"
    with _draft(folder, archival) as new_archive:
        new_archive.replace(archive)
    return archive


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a summary in a folder, those of them that are there."""

    folder: Path
    stem: str

    @property
    def pdf(self) -> Path:
        """The document."""
        return self.folder / f"{self.stem}.pdf"

    @property
    def data(self) -> Path:
        """The figures."""
        return self.folder / f"{self.stem}.json"

    @property
    def archival(self) -> Path:
        """The archival copy of the document."""
        return self.folder / f"{self.stem}{ARCHIVE}.pdf"

    @property
    def are_whole(self) -> bool:
        """Whether document and figures are there."""
        return self.pdf.is_file() and self.data.is_file()

    def copy(self, folder: Path, stem: str) -> None:
        """Put copies of them elsewhere, unless they are there already."""
        if self.are_whole and not Files(folder, stem).are_whole:
            archival = self.archival.read_bytes() if self.archival.is_file() else None
            put(folder, stem, self.pdf.read_bytes(), self.data.read_bytes(), archival)

    def remove(self) -> None:
        """Take them away, the document first: no document is ever there without its figures."""
        for path in (self.archival, self.pdf, self.data):
            path.unlink(missing_ok=True)


def drafts(shelf: Path) -> Path:
    """The shelf of what nobody has released yet."""
    return shelf / DRAFTS


@contextmanager
def _draft(folder: Path, content: bytes) -> Iterator[Path]:
    """Write a file that waits to take the place of another; it is gone afterwards, whatever happens."""
    handle, name = tempfile.mkstemp(prefix=".draft-", dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.chmod(0o644)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def books(shelf: Path, code: str = "") -> Iterator[Book]:
    """List what stands on the shelf, of one district or of all, the latest period first, then by code."""
    for edition, root in ((Edition.PUBLIC, shelf), (Edition.INTERNAL, shelf / INTERNAL)):
        folders = [folder for folder in root.glob("*") if folder.is_dir() and _is_period(folder.name)]
        for folder in sorted(folders, key=lambda folder: _order(folder.name), reverse=True):
            yield from _books_in(folder, edition, code)


def books_of(shelf: Path, period: str) -> Iterator[Book]:
    """List the public editions of a period by code; there are none of what is no period."""
    if _is_period(period):
        yield from _books_in(shelf / period, Edition.PUBLIC)


def _books_in(folder: Path, edition: Edition, code: str = "") -> Iterator[Book]:
    for path in sorted(folder.glob(f"{code}-*.pdf" if code else "*.pdf")):
        if match := NAME.fullmatch(path.stem):
            yield _book(Slot(match[1], folder.name, edition, _language(path)), path)


def _book(slot: Slot, path: Path) -> Book:
    facts = path.stat()
    return Book(slot, path, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC))


def _language(path: Path) -> str:
    return path.stem.rpartition(".")[2] if "." in path.stem else DEFAULT_LANGUAGE


def _is_period(text: str) -> bool:
    try:
        return Period.parse(text).code == text
    except PeriodRefused:
        return False


def _order(code: str) -> tuple[str, int]:
    period = Period.parse(code)
    return period.last.isoformat(), period.months
