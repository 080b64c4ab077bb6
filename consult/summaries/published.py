"""What was published: the public editions on the shelf, read back as the figures they hold.

Pages show these and never count anew: figures that follow the data from day to day give single people away to whoever
compares two days. What was told of a month's protected categories is found here too, so that no later edition differs.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from consult.summaries import shelf
from consult.summaries.figures import TOGETHER, Edition, Summary
from consult.summaries.records import summary_of
from consult.summaries.shelf import Book

MOST_READ = 2_000
"""Editions that a process keeps in mind: those of the whole country for a few periods, some 30 kB each."""

SUMMED = ("observations", "threats", "confirmed")
"""The key figures that are added up over districts."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """A public edition: its documents, newest first, and its figures; without figures when they cannot be read."""

    books: tuple[Book, ...]
    summary: Summary | None
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


def told_months(folder: Path, code: str) -> dict[str, dict[str, int | None]]:
    """Give what was first published of each month's protected categories, as `Material.published` holds it."""
    told: dict[str, dict[str, int | None]] = {}
    for book in sorted(_public(folder, code), key=lambda book: (book.written_at, book.path.name)):
        summary = _publication([book]).summary
        for month, counts in _months(summary) if summary else ():
            told.setdefault(month, counts)
    return told


def _months(summary: Summary) -> Iterator[tuple[str, dict[str, int | None]]]:
    protected = summary.protected
    if protected is None:
        return
    for place, month in enumerate(protected.months):
        if month not in protected.unfinished:
            yield month, {**{row.code: row.months[place] for row in protected.rows}, TOGETHER: protected.never[place]}


def _public(folder: Path, code: str) -> Iterator[Book]:
    return (book for book in shelf.books(folder, code) if book.slot.edition is Edition.PUBLIC)


def _publication(books: list[Book]) -> Publication:
    ordered = tuple(sorted(books, key=lambda book: (book.written_at, book.slot.language), reverse=True))
    return Publication(ordered, *figures(_data(ordered[0]), ordered[0].written_at))


def _data(book: Book) -> Path:
    return book.path.with_suffix(".json")


@lru_cache(maxsize=MOST_READ)
def figures(path: Path, _written_at: datetime) -> tuple[Summary | None, str]:
    """Read the figures of an edition once: another one under the same name was written at another moment."""
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        return summary_of(record), str(record["digest"])
    except (OSError, ValueError, KeyError) as problem:
        _log.error("the figures of %s/%s cannot be read: %s", path.parent.name, path.name, problem)
        return None, ""
