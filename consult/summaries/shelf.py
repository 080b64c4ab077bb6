"""Where written summaries lie: `<period>/<code>-<name>[.en].pdf` beside a .json, internal ones under `internal/`.

Names come only from checked codes and periods, so that no address leads to another file.
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

    def find(self, shelf: Path, kind: str = "pdf") -> Path | None:
        """Find its file, or None when it was never written or the code or period is none."""
        if not CODE.fullmatch(self.code) or not _is_period(self.period):
            return None
        found = [path for path in self.folder(shelf).glob(f"{self.code}-*.{kind}") if _language(path) == self.language]
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


def put(folder: Path, stem: str, pdf: bytes, data: bytes) -> tuple[Path, Path]:
    """Put both files there, each whole or not at all, and the figures first: no document is ever there without them."""
    folder.mkdir(parents=True, exist_ok=True)
    pages, figures = folder / f"{stem}.pdf", folder / f"{stem}.json"
    with _draft(folder, data) as new_figures, _draft(folder, pdf) as new_pages:
        new_figures.replace(figures)
        new_pages.replace(pages)
    return pages, figures


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
