"""Recorded offences of an area by periods: counts, rates with intervals, what may not be compared, what stands out.

Rates are for 1,000 people living there in the middle of the year. A count that is far from those of the other years of
the same area is marked, since one case of very many acts, each counted, looks like a change of the whole area.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import median

from consult.period import Period
from consult.rates import Rate, rate

PER = 1_000
OUT_OF_RATIO = 3.0
OUT_OF_ERRORS = 6.0
FEWEST_OTHERS = 3
YEAR_MONTHS = 12


class Break(StrEnum):
    """From which year on figures are counted otherwise than before."""

    PROSECUTORS = "prosecutors"
    MINORS = "minors"
    CENSUS = "census"
    BORDERS = "borders"


BREAKS = {2013: Break.PROSECUTORS, 2014: Break.MINORS, 2020: Break.CENSUS}
"""Of offences and their rates. The first one divides all figures of the tables from those before."""

LAND_MOVED, LAND_MOVED_KM2 = 0.01, 3.0
"""An area whose land changed by this part, and by more than rounding does, is not the one that it was."""

COUNTS_APART = frozenset({Break.PROSECUTORS, Break.MINORS, Break.BORDERS})
"""Across these not even counts may be compared; across the census only rates may not."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a measure in one area and period: count or sign, people of the year, the published rate."""

    count: int | None = None
    flag: str = ""
    people: float | None = None
    published: float | None = None

    @property
    def rate(self) -> Rate | None:
        """How many for 1,000 people; None where either number is missing."""
        return rate(self.count, self.people, PER)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A measure in one period: the area beside its voivodeship and the country.

    `breaks` say in what way the year before was counted otherwise; `stands_out` that the count is far from the
    other years of this area.
    """

    period: str
    own: Facts
    voivodeship: Facts
    country: Facts
    breaks: tuple[Break, ...] = ()
    stands_out: bool = False

    @property
    def is_year(self) -> bool:
        """Whether the period is a whole year, for which there are rates."""
        return Period.parse(self.period).months == YEAR_MONTHS


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """All that is recorded of one measure in an area: its code, its name in its file, its periods in their order."""

    code: str
    name: str
    rows: tuple[RecordRow, ...]

    def of(self, period: str) -> RecordRow | None:
        """Find the row of a period."""
        return next((row for row in self.rows if row.period == period), None)

    def before(self, row: RecordRow) -> RecordRow | None:
        """Find the row of the period just before."""
        return self.of(Period.parse(row.period).previous.code)

    @property
    def years(self) -> tuple[RecordRow, ...]:
        """The rows of whole years."""
        return tuple(row for row in self.rows if row.is_year)


@dataclass(frozen=True, slots=True)
class DistrictRecords:
    """What a summary says of the police records of a district: one row a measure, for one period.

    `period` is the one that the figures are of. It is the one asked for only when the police count it; official tables
    come a year later, and then it is the last whole year before (`is_period_asked`). `changes` says of each measure
    by how much its count differs from the period before where both were counted alike, else None. `source` names all
    files that its figures stand in.
    """

    code: str
    period: str
    is_period_asked: bool
    measures: tuple[MeasureRecord, ...]
    changes: Mapping[str, int | None]
    source: str
    updated_on: date | None
    imported_on: date

    @property
    def rows(self) -> list[tuple[MeasureRecord, RecordRow]]:
        """Each measure with its row of the period."""
        found = ((one, one.of(self.period)) for one in self.measures)
        return [(one, row) for one, row in found if row is not None]


def marked(code: str, name: str, rows: Iterable[RecordRow], land: Mapping[int, float]) -> MeasureRecord:
    """Put rows in order and mark breaks and what stands out; `land` is the size of the area by years."""
    ordered = sorted(rows, key=lambda row: (Period.parse(row.period).months != YEAR_MONTHS, Period.parse(row.period)))
    counts = {row.period: row.own.count for row in ordered if row.is_year and row.own.count is not None}
    return MeasureRecord(code, name, tuple(_marked(row, counts, land) for row in ordered))


def _marked(row: RecordRow, counts: Mapping[str, int], land: Mapping[int, float]) -> RecordRow:
    others = [count for period, count in counts.items() if period != row.period]
    is_out = row.is_year and row.own.count is not None and stands_out(row.own.count, others)
    return replace(row, breaks=breaks_of(int(row.period[:4]), land) if row.is_year else (), stands_out=is_out)


def breaks_of(year: int, land: Mapping[int, float]) -> tuple[Break, ...]:
    """Tell what divides a year from the one before in an area."""
    known = [BREAKS[year]] if year in BREAKS else []
    before, after = land.get(year - 1), land.get(year)
    if before and after and abs(after - before) >= max(LAND_MOVED * before, LAND_MOVED_KM2):
        known.append(Break.BORDERS)
    return tuple(known)


def stands_out(count: int, others: Sequence[int]) -> bool:
    """Tell whether a count is far from the others: three times their median or a third of it, and not by chance."""
    if len(others) < FEWEST_OTHERS:
        return False
    middle = max(float(median(others)), 1.0)
    is_far = count > OUT_OF_RATIO * middle or OUT_OF_RATIO * count < middle
    return is_far and abs(count - middle) > OUT_OF_ERRORS * sqrt(middle)


def change(record: MeasureRecord, row: RecordRow) -> int | None:
    """Give by how much a count changed since the period before; None across a break, or where one is missing."""
    before = record.before(row)
    if COUNTS_APART.intersection(row.breaks) or before is None:
        return None
    return None if row.own.count is None or before.own.count is None else row.own.count - before.own.count
