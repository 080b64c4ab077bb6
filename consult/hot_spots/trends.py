"""Months by categories beside the same months a year before: what is more, or less, than chance explains.

Seasons differ, so a month is compared with the same month a year before and never with the one just before it. Every
comparison of the page is asked at once; Holm's step-down keeps the chance of even one false mark below one in twenty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from consult.hot_spots.material import a_year_before
from consult.hot_spots.multiplicity import LEVEL, holm
from consult.hot_spots.rates import Change, change, count_interval

ALL = ""
"""Where all categories together stand among counts by category."""

FEWEST_TO_COMPARE = 5
"""With fewer voices in both months together nothing is asked."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Voices by category and month (0 is the first), of this year and of the one before."""

    now: Mapping[tuple[str, int], int]
    before: Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a category: its count with its interval, and how it stands to the same month a year before."""

    first: date
    count: int
    lowest: float
    highest: float
    change: Change
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A category over the months, and the whole of them against the year before."""

    category: str
    months: tuple[Month, ...]
    change: Change
    is_marked: bool

    @property
    def marked(self) -> tuple[Month, ...]:
        """The months that differ by more than chance explains."""
        return tuple(month for month in self.months if month.is_marked)


@dataclass(frozen=True, slots=True)
class Trends:
    """All categories together, then each of which somebody spoke, the most spoken of first.

    `until` is the first day that is not counted any more: the last month may not be over. `compared_from` is the first
    month that has a year before: earlier nobody gathered voices. None when no month has.
    """

    together: Line
    lines: tuple[Line, ...]
    until: date
    compared_from: date | None

    @property
    def marked(self) -> tuple[Line, ...]:
        """The lines of which a month, or the whole, differs by more than chance explains."""
        return tuple(line for line in (self.together, *self.lines) if line.is_marked or line.marked)


def trends(counts: Counts, months: Sequence[date], until: date, known_from: date | None) -> Trends:
    """Compare every month, and the whole, of every category with a year before, all asked at once.

    Months, and the whole, whose year before begins ahead of `known_from` are not compared.
    """
    known = [known_from is not None and a_year_before(first) >= known_from.replace(day=1) for first in months]
    categories = sorted({category for category, _month in (*counts.now, *counts.before)} | {ALL})
    changes = {category: _changes(counts, category, len(months)) for category in categories}
    asked = np.array(
        [
            _chance(one) if is_known else 1.0
            for category in categories
            for one, is_known in zip(changes[category], [*known, all(known)], strict=True)
        ]
    )
    marked = iter((holm(asked) <= LEVEL).tolist())
    lines = {
        category: _line(category, months, changes[category], [next(marked) for _ in changes[category]])
        for category in categories
    }
    others = [line for category, line in lines.items() if category != ALL]
    most = sorted(others, key=lambda line: (-line.change.now, -line.change.before, line.category))
    compared_from = next((first for first, is_known in zip(months, known, strict=True) if is_known), None)
    return Trends(lines[ALL], tuple(most), until, compared_from)


def _changes(counts: Counts, category: str, months: int) -> list[Change]:
    """Give the changes of the months, and last that of the whole: people are different ones in each month."""
    now, before = (
        [column.get((category, month), 0) for month in range(months)] for column in (counts.now, counts.before)
    )
    return [change(*pair) for pair in zip([*now, sum(now)], [*before, sum(before)], strict=True)]


def _chance(one: Change) -> float:
    return one.p if one.now + one.before >= FEWEST_TO_COMPARE else 1.0


def _line(category: str, months: Sequence[date], changes: Sequence[Change], marked: Sequence[bool]) -> Line:
    told = tuple(
        Month(first, one.now, *count_interval(one.now), change=one, is_marked=is_marked)
        for first, one, is_marked in zip(months, changes, marked, strict=False)
    )
    return Line(category, told, changes[-1], marked[-1])
