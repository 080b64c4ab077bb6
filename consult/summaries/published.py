"""What was published: the public editions on the shelf, read back as the figures they hold.

Pages show these and never count anew: figures that follow the data from day to day give single people away to whoever
compares two days. What an edition says of protected categories comes from the releases (`consult.releases`).
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from consult.summaries import shelf
from consult.summaries.figures import Edition, Summary
from consult.summaries.records import summary_of
from consult.summaries.shelf import Book

MOST_READ = 2_000
"""Editions that a process keeps in mind: those of the whole country for a few periods, some 30 kB each."""

SUMMED = ("observations", "threats", "confirmed")
"""The key figures that are added up over districts."""

_log = logging.getLogger(__name__)


class EditionUnreadable(Exception):
    """The figures of an edition on the shelf cannot be read; the text is the period's folder and the file's name."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A public edition: its documents, newest first, and its figures; without figures when they cannot be read.

    Two with the same digest are the same: it is that of the figures, district and period among them.
    """

    books: tuple[Book, ...] = field(compare=False)
    summary: Summary | None = field(compare=False)
    digest: str

    @property
    def book(self) -> Book:
        """The document whose figures these are."""
        return self.books[0]

    @property
    def written_at(self) -> datetime:
        """When it was written."""
        return self.book.written_at

    @property
    def data(self) -> Path:
        """Its data file."""
        return _data(self.book)


def periods(folder: Path, code: str = "") -> list[str]:
    """List the periods of which something is published, of one district or of any, the latest first."""
    return list(dict.fromkeys(book.slot.period for book in _public(folder, code)))


def newest(folder: Path, code: str, period: str) -> Publication | None:
    """Give what was published last for a district and period, in whatever language, or None."""
    found = [book for book in _public(folder, code) if book.slot.period == period]
    return _publication(found) if found else None


def of_period(folder: Path, period: str) -> dict[str, Publication]:
    """Give what was published last for a period, by the districts' codes."""
    found: dict[str, list[Book]] = {}
    for book in shelf.books_of(folder, period):
        found.setdefault(book.slot.code, []).append(book)
    return {code: _publication(books) for code, books in found.items()}


def totals(found: Iterable[Publication]) -> dict[str, int]:
    """Add up what may be added: a threat lies in one district, while a meeting or a person may count in two.

    Only threats that are public one by one are in these figures, so no sum gives a hidden cell away.
    """
    known = [one.summary for one in found if one.summary is not None]
    return {key: sum(summary.key_figures[key].value for summary in known) for key in SUMMED}


def _public(folder: Path, code: str) -> Iterator[Book]:
    return (book for book in shelf.books(folder, code) if book.slot.edition is Edition.PUBLIC)


def _publication(books: list[Book]) -> Publication:
    ordered = tuple(sorted(books, key=lambda book: (book.written_at, book.slot.language), reverse=True))
    return Publication(ordered, *figures(_data(ordered[0])))


def _data(book: Book) -> Path:
    return book.path.with_suffix(".json")


def figures(path: Path) -> tuple[Summary | None, str]:
    """Give the figures of an edition and their digest; none, and a line in the log, when they cannot be read."""
    try:
        edition = _edition(path)
    except EditionUnreadable as problem:
        _log.error("the figures of %s cannot be read: %s", problem, problem.__cause__)
        return None, ""
    return edition.summary, edition.digest


def _edition(path: Path) -> "_Edition":
    """Read a data file. Raises EditionUnreadable."""
    try:
        with path.open("rb") as opened:
            facts = os.fstat(opened.fileno())
            return _read(_Opened(path, facts.st_mtime_ns, facts.st_ino, facts.st_size, opened))
    except (OSError, ValueError, KeyError) as problem:
        raise EditionUnreadable(f"{path.parent.name}/{path.name}") from problem


@dataclass(frozen=True, slots=True)
class _Opened:
    """A data file as it was opened: whatever takes its place under the same name is another one."""

    path: Path
    written_ns: int
    inode: int
    size: int
    file: BinaryIO = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Edition:
    """What a data file holds."""

    summary: Summary
    digest: str


@lru_cache(maxsize=MOST_READ)
def _read(opened: _Opened) -> _Edition:
    """Read the figures of an edition once; what failed is tried anew."""
    record: dict[str, Any] = json.loads(opened.file.read())
    return _Edition(summary_of(record), str(record["digest"]))
