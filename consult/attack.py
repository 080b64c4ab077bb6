"""What can be worked out of published figures: the attacker that every release has to withstand.

It knows what everybody knows: each figure that is printed, how far rounding may have moved it, that nobody is counted
below zero, and which figures add up to which. For each hidden cell it looks for the smallest and the greatest number
that all of that allows. A table is safe by example: for a cell that may be one to four, the attacker itself has to
write down a whole table of whole numbers that fits everything published and has one there, and another one with four.

The examples come from a linear program (HiGHS). Where figures add up along one tree and across one row its corners are
whole numbers, so it finds the exact bounds; where they are not whole (tables of three ways), the same question is asked
in whole numbers alone. What cannot be decided counts as found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 10_000_000
"""No cell of a release is greater: more than ever was counted in a month or asked in a survey of a unit."""

MOST_ROUNDS = 12
"""So often all open cells are tried together before each is tried alone."""

MOST_LEVELS = 10
"""So many totals of totals of totals there may be."""

MOST_NODES = 2_000
"""So far the search in whole numbers goes; what it did not decide then counts as found."""

WHOLE = 1e-6

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sum:
    """Cells that add up to another one."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Protection:
    """How open a hidden cell has to stay: it may be at least `width` + 1 different numbers.

    A cell from one to `below` - 1 may be any of these: also one, unless it is a total of more parts that are printed as
    not nought, and also `below` - 1.
    """

    below: int
    width: int


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and the greatest number that a hidden cell may be."""

    low: int
    high: int


class Contradiction(Exception):
    """No table of whole numbers fits what was published: a file was changed, or figures of two days were mixed."""


@dataclass(frozen=True)
class Knowledge:
    """What everybody knows: the bounds of each cell, and which cells add up to which. Equal bounds are a figure."""

    least: Counts
    greatest: Counts
    sums: Sequence[Sum]

    @cached_property
    def matrix(self) -> Any:
        """The sums as rows: parts count once, the total counts back."""
        from scipy import sparse  # half a second to import

        rows, columns, signs = [], [], []
        for row, one in enumerate(self.sums):
            rows += [row] * (len(one.parts) + 1)
            columns += [*one.parts, one.total]
            signs += [*([1.0] * len(one.parts)), -1.0]
        shape = (len(self.sums), len(self.least))
        return sparse.csr_matrix((signs, (rows, columns)), shape=shape)

    def fits(self, table: Counts) -> bool:
        """Tell whether a table agrees with everything that was published."""
        inside = bool(np.all(table >= self.least) and np.all(table <= self.greatest))
        return inside and not np.any(self.matrix @ table)


def knowledge_of(values: Counts, hidden: Iterable[int], sums: Sequence[Sum], least: int = 1) -> Knowledge:
    """Tell what everybody knows of a table with hidden cells: those are at least one, since nought is printed."""
    low, high = values.copy(), values.copy()
    chosen = sorted(hidden)
    low[chosen], high[chosen] = least, LARGEST
    return Knowledge(low, high, sums)


def found_out(
    known: Knowledge, hidden: Iterable[int], protection: Protection, table: Counts | None = None
) -> dict[int, Range]:
    """List the hidden cells that are not open enough, each with its range.

    `table` holds the true numbers. Whoever lacks them still sees which cells are not open over enough numbers. Raises
    Contradiction.
    """
    attack = _Attack(known, sorted(hidden), protection, table)
    attack.try_together()
    return attack.try_alone()


def not_shown_safe(known: Knowledge, hidden: Iterable[int], protection: Protection, table: Counts) -> dict[int, Range]:
    """List the hidden cells for which the search for many at once found no example, each with what was seen of it.

    Some of them may be safe all the same: this is for whoever goes on hiding, not for whoever has to be sure.
    """
    attack = _Attack(known, sorted(hidden), protection, table)
    attack.try_together()
    return attack.left()


def ranges(known: Knowledge, cells: Iterable[int]) -> dict[int, Range]:
    """Give the exact range of each cell. Raises Contradiction."""
    return _Attack(known, sorted(cells), Protection(LARGEST, LARGEST + 1), None).try_alone()


def floors(known: Knowledge) -> Counts:
    """Tell what each cell is at least as the sum of its parts alone."""
    low = known.least.copy()
    for _level in range(MOST_LEVELS):
        before = low.copy()
        for one in known.sums:
            low[one.total] = max(low[one.total], low[list(one.parts)].sum())
        if np.array_equal(before, low):
            break
    return low


class _Attack:
    """One attack on one table: `seen_low` and `seen_high` are numbers of which an example was written down."""

    def __init__(self, known: Knowledge, hidden: Sequence[int], protection: Protection, table: Counts | None) -> None:
        self.known, self.width = known, protection.width
        self.hidden = np.array(hidden, dtype=np.int64)
        self.outer_low, self.outer_high = _tightened(known)
        self.free = np.flatnonzero(self.outer_low < self.outer_high)
        columns = known.matrix[:, self.free]
        rows = np.flatnonzero(np.diff(columns.indptr))
        self.matrix = columns[rows]
        fixed = np.where(self.outer_low == self.outer_high, self.outer_low, 0).astype(float)
        self.right = -(known.matrix @ fixed)[rows]
        self.place = np.full(len(known.least), -1)
        self.place[self.free] = np.arange(len(self.free))
        self.part = self._parts()
        first = self._first() if table is None else table
        if not known.fits(first):
            raise Contradiction
        self.seen_low, self.seen_high = first.copy(), first.copy()
        small = np.zeros(len(first), dtype=bool) if table is None else table < protection.below
        self.wanted_low = np.where(small, floors(known), LARGEST)
        self.wanted_high = np.where(small, protection.below - 1, 0)

    def _parts(self) -> Counts:
        """Number the free cells by what they are connected with: cells of two parts say nothing of each other."""
        from scipy.sparse.csgraph import connected_components

        links = self.matrix.T @ self.matrix
        _count, part = connected_components(links, directed=False)
        return part

    def _first(self) -> Counts:
        """Write down a first example."""
        found = self._solved(np.zeros(len(self.free)), np.arange(len(self.free)))
        if found is None:
            raise Contradiction
        return self._whole(found)

    def _whole(self, found: NDArray[np.float64]) -> Counts:
        table = self.outer_low.copy()
        table[self.free] = np.rint(found).astype(np.int64)
        return table

    def _learn(self, found: NDArray[np.float64]) -> bool:
        """Take a solution as an example if it is a table of whole numbers; tell whether it is."""
        if np.any(np.abs(found - np.rint(found)) > WHOLE):
            return False
        table = self._whole(found)
        if not self.known.fits(table):
            return False
        np.minimum(self.seen_low, table, out=self.seen_low)
        np.maximum(self.seen_high, table, out=self.seen_high)
        return True

    def _open_cells(self) -> Counts:
        """List the hidden cells whose safety no examples have shown yet."""
        return self.hidden[~self._are_safe(self.hidden, self.seen_low, self.seen_high)]

    def _are_safe(self, cells: Counts, low: Counts, high: Counts) -> NDArray[np.bool_]:
        low, high = low[cells], high[cells]
        whole = (low <= self.wanted_low[cells]) & (high >= self.wanted_high[cells])
        return whole & (high - low >= self.width)

    def try_together(self) -> None:
        """Look for examples for many cells at once, as long as that finds new ones."""
        before = -1
        for _round in range(MOST_ROUNDS):
            left = self._open_cells()
            left = left[self.place[left] >= 0]
            if not len(left) or len(left) == before:
                return
            before = len(left)
            self._stretch(left, self.wanted_low[left], -1)
            highest = np.maximum(self.wanted_high[left], self.seen_low[left] + self.width)
            self._stretch(left, highest, 1)

    def _stretch(self, cells: Counts, goal: Counts, sign: int) -> None:
        """Find one table in which as many of these cells as may be reach their target together, or come near it.

        Each gets a variable beside it that follows it up to the target: what lies beyond gains nothing.
        """
        short = self.seen_high[cells] < goal if sign > 0 else self.seen_low[cells] > goal
        cells, goal = cells[short], goal[short]
        if not len(cells):
            return
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint, milp

        many, extra = len(self.free), len(cells)
        follows = sparse.csr_matrix((np.ones(extra), (np.arange(extra), self.place[cells])), shape=(extra, many))
        within = sparse.hstack([sign * follows, -sign * sparse.identity(extra)]).tocsr()
        exact = sparse.hstack([self.matrix, sparse.csr_matrix((self.matrix.shape[0], extra))]).tocsr()
        low, high = self._bounds()
        beside = (np.full(extra, -np.inf), goal) if sign > 0 else (goal, np.full(extra, np.inf))
        done = milp(
            np.concatenate([np.zeros(many), np.full(extra, -float(sign))]),
            bounds=Bounds(np.concatenate([low, beside[0]]), np.concatenate([high, beside[1]])),
            constraints=[LinearConstraint(exact, self.right, self.right), LinearConstraint(within, 0, np.inf)],
        )
        if done.x is not None:
            self._learn(done.x[:many])

    def _bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.outer_low[self.free].astype(float), self.outer_high[self.free].astype(float)

    def left(self) -> dict[int, Range]:
        """Give what was seen of the cells that are open still."""
        return {int(one): Range(int(self.seen_low[one]), int(self.seen_high[one])) for one in self._open_cells()}

    def try_alone(self) -> dict[int, Range]:
        """Ask for the bounds of each cell that is left; give those that are not open enough."""
        found = {}
        for cell in self._open_cells():
            one = np.array([cell])
            if not self._are_safe(one, self.seen_low, self.seen_high)[0]:  # unless an example for another showed it
                low, high = self._bounds_of(int(cell))
                self.seen_low[cell], self.seen_high[cell] = low, high
                if not self._are_safe(one, self.seen_low, self.seen_high)[0]:
                    found[int(cell)] = Range(low, high)
        return found

    def _bounds_of(self, cell: int) -> tuple[int, int]:
        place = self.place[cell]
        if place < 0:
            return int(self.outer_low[cell]), int(self.outer_high[cell])
        return self._extreme(place, 1), self._extreme(place, -1)

    def _extreme(self, place: int, sign: int) -> int:
        """Give the smallest (1) or the greatest (-1) number that a cell may be."""
        part = np.flatnonzero(self.part == self.part[place])
        aim = np.zeros(len(part))
        aim[np.searchsorted(part, place)] = sign
        found = self._solved(aim, part)
        cell = self.free[place]
        if found is None:  # not decided: the attacker may have found what was seen and no more
            return int(self.seen_low[cell] if sign > 0 else self.seen_high[cell])
        return round(float(found[np.searchsorted(part, place)]))

    def _solved(self, aim: NDArray[np.float64], part: Counts) -> NDArray[np.float64] | None:
        """Minimise over the tables that fit, in whole numbers where the corners are not whole by themselves."""
        if not len(part):
            return np.zeros(0)
        from scipy.optimize import Bounds, LinearConstraint, milp

        columns = self.matrix[:, part]
        rows = np.flatnonzero(np.diff(columns.indptr))
        exact = LinearConstraint(columns[rows], self.right[rows], self.right[rows])
        low, high = self._bounds()
        bounds = Bounds(low[part], high[part])
        done = milp(aim, bounds=bounds, constraints=exact)
        if done.x is None:
            return None
        if np.any(np.abs(done.x - np.rint(done.x)) > WHOLE):
            done = milp(
                aim,
                integrality=np.ones(len(part)),
                bounds=bounds,
                constraints=exact,
                options={"node_limit": MOST_NODES},
            )
            if done.x is None or done.status != 0:
                return None
        return np.rint(done.x)


def _tightened(known: Knowledge) -> tuple[Counts, Counts]:
    """Narrow the bounds of cells by going through the sums, as anybody would with a pencil, until nothing changes."""
    low, high = known.least.copy(), known.greatest.copy()
    entries = known.matrix.tocoo()
    if not len(entries.data):
        return low, high
    row, column, adds = entries.row, entries.col, entries.data > 0
    for _round in range(MOST_ROUNDS):
        least = np.where(adds, low[column], -high[column])
        most = np.where(adds, high[column], -low[column])
        others_least = _per_row(least, row, known)[row] - least
        others_most = _per_row(most, row, known)[row] - most
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, column, np.where(adds, -others_most, others_least))
        np.minimum.at(new_high, column, np.where(adds, -others_least, others_most))
        if np.any(new_low > new_high):
            raise Contradiction
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            break
        low, high = new_low, new_high
    return low, high


def _per_row(values: Counts, row: Counts, known: Knowledge) -> Counts:
    return np.bincount(row, weights=values, minlength=len(known.sums)).astype(np.int64)
