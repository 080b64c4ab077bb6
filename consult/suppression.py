"""Which cells of linked tables are hidden: the small ones, and as few others as keep the small ones hidden.

Tables are linked when cells of one add up to cells of another: categories to all of them, districts to voivodeships
and those to the country. First every sum is looked at by itself: a single hidden cell in it would be found by
subtraction, and so would two ones that add up to two. Then the attacker (`consult.attack`) goes through all tables
together; for the cells that it finds, a linear program chooses the cells of least weight through which the hidden
numbers can be pushed up or down, and they are hidden too (Kelly, Golden and Assad 1992): many at once first, the last
ones one by one. That is repeated until the attacker finds nothing. What cannot be made safe is refused by name.

Equal tables give equal choices: nothing is drawn by lot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consult.attack import (
    LARGEST,
    Counts,
    Protection,
    Range,
    Sum,
    floors,
    found_out,
    knowledge_of,
    not_shown_safe,
)

MOST_REPAIRS = 60
"""Rounds of attack and repair before a release is refused."""

TOTAL_WEIGHS = 4
"""A total is worth so many cells of its size: it is what people look for first."""

FEW = 12
"""So many open cells are repaired one by one; more of them together first."""

OPEN_IS_WORTH = 60.0
"""What a step of an open cell is worth against the weights of the cells that have to be hidden for it."""

MOVED = 1e-7
ALREADY_HIDDEN = 1e-3


class Unprotectable(Exception):
    """Some cells cannot be kept hidden; the text names them, with the range that would be found out."""


@dataclass(frozen=True)
class Tables:
    """Cells of tables that belong together, what each is called, and which add up to which."""

    names: Sequence[str]
    values: Counts
    sums: Sequence[Sum]


def hidden_cells(tables: Tables, protection: Protection, more: Iterable[int] = ()) -> frozenset[int]:
    """Choose the cells to hide: all from one to `protection.below` - 1, those asked for, and what protects them.

    Raises Unprotectable.
    """
    small = (tables.values > 0) & (tables.values < protection.below)
    hidden = {int(cell) for cell in np.flatnonzero(small)} | set(more)
    choice = _Choice(tables, protection, hidden)
    for _round in range(MOST_REPAIRS):
        choice.look_at_each_sum()
        if choice.repair_together():
            continue
        found = choice.found_out()
        if not found:
            return frozenset(choice.hidden)
        if not choice.repair(found):
            break
    else:
        found = choice.found_out()
    raise Unprotectable("; ".join(f"{tables.names[cell]}: {one.low}–{one.high}" for cell, one in found.items()))


class _Choice:
    """The cells chosen so far."""

    def __init__(self, tables: Tables, protection: Protection, hidden: set[int]) -> None:
        self.tables, self.protection, self.hidden = tables, protection, hidden
        self.values = tables.values
        self.totals = {one.total for one in tables.sums}
        self.within: dict[int, list[int]] = {}
        for row, one in enumerate(tables.sums):
            for cell in (one.total, *one.parts):
                self.within.setdefault(cell, []).append(row)
        self.matrix = knowledge_of(self.values, (), tables.sums).matrix
        self.floors = floors(knowledge_of(self.values, np.flatnonzero(self.values > 0), tables.sums))
        self.movable = np.flatnonzero(self.values > 0)
        self.place = {int(cell): place for place, cell in enumerate(self.movable)}
        self.columns = self.matrix[:, self.movable]

    # Each sum by itself

    def look_at_each_sum(self) -> None:
        """Hide the next cell of each sum that gives one away by itself, until none does."""
        waiting = list(range(len(self.tables.sums)))
        while waiting:
            row = waiting.pop()
            chosen = self._given_away_in(self.tables.sums[row])
            if chosen is not None:
                self.hidden.add(chosen)
                waiting += self.within[chosen]

    def _given_away_in(self, one: Sum) -> int | None:
        """Name the cell that has to be hidden beside the hidden ones of a sum, or None where they are enough."""
        inside = [part for part in one.parts if part in self.hidden]
        if one.total in self.hidden:
            enough = bool(inside)
        else:
            room = sum(int(self.values[part] - self.floors[part]) for part in inside)
            enough = not inside or (len(inside) > 1 and room >= self.protection.width)
        if enough:
            return None
        others = [part for part in one.parts if part not in self.hidden and self.values[part] > 0]
        if others:
            return min(others, key=self._cost)
        return one.total if one.total not in self.hidden else None

    def _cost(self, cell: int) -> tuple[int, int, int]:
        """Order cells: those first whose other sums have a hidden cell already, then the smallest."""
        opened = sum(1 for row in self.within[cell] if not self._has_hidden(self.tables.sums[row]))
        return opened, int(self.values[cell]), cell

    def _has_hidden(self, one: Sum) -> bool:
        return one.total in self.hidden or not self.hidden.isdisjoint(one.parts)

    # All tables together

    def found_out(self) -> dict[int, Range]:
        """Let the attacker loose on what would be published."""
        known = knowledge_of(self.values, self.hidden, self.tables.sums)
        return found_out(known, self.hidden, self.protection, self.values)

    def repair_together(self) -> bool:
        """Hide what opens as many cells as may be at once; tell whether anything was hidden.

        One linear program weighs what it costs to move shown cells against how far open cells get. A few are left to
        the exact search.
        """
        before = len(self.hidden)
        known = knowledge_of(self.values, self.hidden, self.tables.sums)
        found = not_shown_safe(known, self.hidden, self.protection, self.values)
        if len(found) <= FEW:
            return False
        steps = [(cell, step) for cell, one in found.items() for step in self._steps(cell, one)]
        for sign in (1, -1):
            self.hidden |= self._pushed_together([(cell, abs(step)) for cell, step in steps if step * sign > 0], sign)
        return len(self.hidden) > before

    def _pushed_together(self, steps: Sequence[tuple[int, int]], sign: int) -> frozenset[int]:
        """Choose the cells that move when many are pushed at once, each as far as it is worth it."""
        if not steps:
            return frozenset()
        from scipy import sparse  # half a second to import
        from scipy.optimize import Bounds, LinearConstraint, milp

        many, extra = len(self.movable), len(steps)
        weights = self._weights()
        places = [self.place[cell] for cell, _step in steps]
        follows = sparse.csr_matrix((np.ones(extra), (np.arange(extra), places)), shape=(extra, many))
        within = sparse.hstack([sign * follows, -sign * follows, -sparse.identity(extra)]).tocsr()
        exact = sparse.hstack([self.columns, -self.columns, sparse.csr_matrix((self.columns.shape[0], extra))]).tocsr()
        highest = np.concatenate(
            [
                np.full(many, float(LARGEST)),
                (self.values[self.movable] - 1).astype(float),
                np.array([step for _cell, step in steps], dtype=float),
            ]
        )
        done = milp(
            np.concatenate([weights, weights, np.full(extra, -OPEN_IS_WORTH)]),
            bounds=Bounds(np.zeros(2 * many + extra), highest),
            constraints=[LinearConstraint(exact, 0, 0), LinearConstraint(within, 0, np.inf)],
        )
        return frozenset() if done.x is None else self._moved(done.x)

    def _moved(self, found: NDArray[np.float64]) -> frozenset[int]:
        many = len(self.movable)
        moved = np.flatnonzero((found[:many] > MOVED) | (found[many : 2 * many] > MOVED))
        return frozenset(int(one) for one in self.movable[moved])

    def repair(self, found: dict[int, Range]) -> bool:
        """Hide what makes each found cell open in both directions; tell whether anything was hidden."""
        before = len(self.hidden)
        for cell, one in found.items():
            for step in self._steps(cell, one):
                self.hidden |= self._pushed(cell, step)
        return len(self.hidden) > before

    def _steps(self, cell: int, found: Range) -> Iterable[int]:
        """Tell how far a cell has to be pushed up and down."""
        value, rule = int(self.values[cell]), self.protection
        if value >= rule.below:
            yield rule.width
            return
        floor = int(self.floors[cell])
        highest = max(rule.below - 1, floor + rule.width)
        if found.low > floor:
            yield floor - value
        if found.high < highest:
            yield highest - value

    def _pushed(self, cell: int, step: int) -> frozenset[int]:
        """Choose the cells of least weight that move when one is pushed so far and all sums still hold."""
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint, milp

        many = len(self.movable)
        weights = self._weights()
        downwards = (self.values[self.movable] - 1).astype(float)
        # a cell's way up and its way down are two variables, so that its weight counts for both
        lowest, highest = np.zeros(2 * many), np.concatenate([np.full(many, float(LARGEST)), downwards])
        place = self.place[cell]
        for way, wanted in ((place, max(step, 0)), (many + place, max(-step, 0))):
            lowest[way], highest[way] = wanted, wanted
        done = milp(
            np.concatenate([weights, weights]),
            bounds=Bounds(lowest, highest),
            constraints=LinearConstraint(sparse.hstack([self.columns, -self.columns]).tocsr(), 0, 0),
        )
        return frozenset() if done.x is None else self._moved(done.x)

    def _weights(self) -> NDArray[np.float64]:
        return np.array([self._weight(int(one)) for one in self.movable])

    def _weight(self, cell: int) -> float:
        if cell in self.hidden:
            return ALREADY_HIDDEN
        return float(np.log2(1 + self.values[cell])) * (TOTAL_WEIGHS if cell in self.totals else 1)
