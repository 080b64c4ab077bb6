"""How far two people who typed in the same sheets agree, neither having seen what the other one typed.

The marks of the two are paired first: those in the same field under the same category, then the rest so that the fields
of a pair lie as near to each other as they can all together. Of each pair the field, the category and the time are
compared; a mark that only one of the two has differs in all three. Words are not compared: spelling is not the paper's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from consult.estimates.intervals import wilson

WANTED = 0.95
"""Below this share of agreeing fields the whole form is better typed in a second time."""

OTHER_CATEGORY, OTHER_TIME = 2.0, 0.25
"""How many fields apart marks seem whose category or time differs: a slip by one field is likelier than two slips."""


@dataclass(frozen=True)
class Mark:
    """One line of a sheet as somebody typed it: its place in the sheet, its field with column and row."""

    position: int
    cell: str
    column: int
    row: int
    category: str | None = None
    weekdays: int = 0
    times_of_day: int = 0
    words: str = ""

    @property
    def when(self) -> tuple[int, int]:
        """Days of the week and parts of the day."""
        return self.weekdays, self.times_of_day


@dataclass(frozen=True)
class Pair:
    """Two marks that are one on the paper; None where only one of the two people has it."""

    first: Mark | None
    second: Mark | None

    @property
    def is_whole(self) -> bool:
        """Whether both people have it."""
        return self.first is not None and self.second is not None

    @property
    def same_cell(self) -> bool:
        """Whether both give the same field."""
        return self.first is not None and self.second is not None and self.first.cell == self.second.cell

    @property
    def same_category(self) -> bool:
        """Whether both give the same category, or both none."""
        return self.first is not None and self.second is not None and self.first.category == self.second.category

    @property
    def same_when(self) -> bool:
        """Whether both give the same days and parts of the day."""
        return self.first is not None and self.second is not None and self.first.when == self.second.when

    @property
    def agrees(self) -> bool:
        """Whether nothing that is compared differs."""
        return self.same_cell and self.same_category and self.same_when


@dataclass(frozen=True)
class Share:
    """So many of so many agree."""

    agreeing: int
    compared: int

    @property
    def share(self) -> float | None:
        """The share that agrees; None where nothing was compared."""
        return self.agreeing / self.compared if self.compared else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval around the share (Wilson); None where nothing was compared."""
        return wilson(self.agreeing, self.compared) if self.compared else None


@dataclass(frozen=True)
class Agreement:
    """What comparing sheets gave: sheets, and fields of the sheets by what they ask."""

    sheets: Share
    cells: Share
    categories: Share
    times: Share
    counts: Share
    kappa: float | None

    @property
    def fields(self) -> Share:
        """All fields together: of each mark its field, category and time, of each sheet its number of marks."""
        parts = (self.cells, self.categories, self.times, self.counts)
        return Share(sum(part.agreeing for part in parts), sum(part.compared for part in parts))

    @property
    def is_too_low(self) -> bool:
        """Whether so little agrees that the whole form is better typed in a second time."""
        share = self.fields.share
        return share is not None and share < WANTED


def pair(first: Sequence[Mark], second: Sequence[Mark]) -> list[Pair]:
    """Pair what two people typed, in the order of the first one; what only the second one has comes last."""
    left, right = list(first), list(second)
    pairs = []
    for likeness in (_is_same, _is_same_but_for_time):
        for mark in list(left):
            other = next((one for one in right if likeness(mark, one)), None)
            if other is not None:
                pairs.append(Pair(mark, other))
                left.remove(mark)
                right.remove(other)
    pairs += _nearest(left, right)
    return sorted(pairs, key=_order)


def compare(sheets: Iterable[Sequence[Pair]]) -> Agreement:
    """Count what agrees in sheets that were typed in twice, each given as its pairs."""
    known = list(sheets)
    pairs = [one for sheet in known for one in sheet]
    whole = [(one.first.category, one.second.category) for one in pairs if one.first and one.second]
    return Agreement(
        sheets=Share(sum(all(one.agrees for one in sheet) for sheet in known), len(known)),
        cells=Share(sum(one.same_cell for one in pairs), len(pairs)),
        categories=Share(sum(one.same_category for one in pairs), len(pairs)),
        times=Share(sum(one.same_when for one in pairs), len(pairs)),
        counts=Share(sum(all(one.is_whole for one in sheet) for sheet in known), len(known)),
        kappa=kappa(whole),
    )


def kappa(judged: Sequence[tuple[str | None, str | None]]) -> float | None:
    """Measure agreement beyond chance (Cohen, 1960); None where chance alone would agree, or nothing was judged."""
    if not judged:
        return None
    n = len(judged)
    ours, theirs = Counter(one for one, _other in judged), Counter(other for _one, other in judged)
    by_chance = sum(ours[code] * theirs[code] for code in ours)
    if by_chance == n * n:
        return None
    agreeing = sum(one == other for one, other in judged)
    return (agreeing * n - by_chance) / (n * n - by_chance)


def _is_same(one: Mark, other: Mark) -> bool:
    return _is_same_but_for_time(one, other) and one.when == other.when


def _is_same_but_for_time(one: Mark, other: Mark) -> bool:
    return one.cell == other.cell and one.category == other.category


def _nearest(left: Sequence[Mark], right: Sequence[Mark]) -> list[Pair]:
    """Pair marks so that all pairs together lie as near as they can; the surplus of one side stays alone."""
    if not left or not right:
        return [*(Pair(mark, None) for mark in left), *(Pair(None, mark) for mark in right)]
    from scipy.optimize import linear_sum_assignment  # a third of a second to import

    rows, columns = linear_sum_assignment(np.array([[_distance(one, other) for other in right] for one in left]))
    found = [Pair(left[i], right[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]
    alone = [Pair(mark, None) for i, mark in enumerate(left) if i not in set(rows.tolist())]
    return [*found, *alone, *(Pair(None, mark) for j, mark in enumerate(right) if j not in set(columns.tolist()))]


def _distance(one: Mark, other: Mark) -> float:
    """Measure in fields of the grid how far apart two marks are."""
    differing = OTHER_CATEGORY * (one.category != other.category) + OTHER_TIME * (one.when != other.when)
    return hypot(one.column - other.column, one.row - other.row) + differing


def _order(one: Pair) -> tuple[bool, int]:
    mark = one.first or one.second
    assert mark is not None
    return one.first is None, mark.position
