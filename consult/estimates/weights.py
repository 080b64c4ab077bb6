"""Weights fitted to known figures of the population: raking, trimming, small cells merged, and what they cost.

Raking (Deming and Stephan, 1940) multiplies weights margin by margin until each margin has the size that it has in the
population. It is exact or refused: an empty cell cannot be filled, and margins that contradict one another never meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from consult.estimates.designs import Codes, Floats
from consult.estimates.measures import kish

CLOSE_ENOUGH = 1e-8
"""Raking has met its margins when no cell differs from its target by more than this part of it."""

MOST_ROUNDS = 100
SMALLEST_CELL = 20
"""A cell of fewer respondents is merged with its neighbour before raking."""

LOWEST, HIGHEST = 0.3, 3.0
"""No weight is left beyond these multiples of the mean before the last raking."""


class CellEmpty(ValueError):
    """A cell of the population has no respondent, so that no weight can fill it."""

    def __init__(self, margin: int, cell: int) -> None:
        super().__init__(f"margin {margin}, cell {cell}")
        self.margin, self.cell = margin, cell


class NoConvergence(ValueError):
    """After the last round some margin still missed its figures by the part `off`."""

    def __init__(self, off: float) -> None:
        super().__init__(f"off by {off:.2g}")
        self.off = off


@dataclass(frozen=True, eq=False)
class Margin:
    """A way of dividing people: the cell of each respondent, and the size that each cell shall have."""

    cells: Codes
    targets: Floats


@dataclass(frozen=True, eq=False)
class Raked:
    """Fitted weights, and after how many rounds they fitted."""

    weights: Floats
    rounds: int
    trimmed: int = 0


def rake(base: Floats, margins: Sequence[Margin], *, close: float = CLOSE_ENOUGH, rounds: int = MOST_ROUNDS) -> Raked:
    """Fit weights to all margins, or raise CellEmpty or NoConvergence."""
    for place, margin in enumerate(margins):
        _check_filled(place, margin, base)
    weights = base.copy()
    for turn in range(1, rounds + 1):
        for margin in margins:
            sizes = np.bincount(margin.cells, weights, len(margin.targets))
            weights *= (margin.targets / np.where(sizes > 0, sizes, 1.0))[margin.cells]
        if max((_off(weights, margin) for margin in margins), default=0.0) <= close:
            return Raked(weights, turn)
    raise NoConvergence(max(_off(weights, margin) for margin in margins))


def _check_filled(place: int, margin: Margin, base: Floats) -> None:
    sizes = np.bincount(margin.cells, base, len(margin.targets))
    for cell in np.flatnonzero((sizes <= 0) & (margin.targets > 0)):
        raise CellEmpty(place, int(cell))


def _off(weights: Floats, margin: Margin) -> float:
    sizes = np.bincount(margin.cells, weights, len(margin.targets))
    return float(np.max(np.abs(sizes - margin.targets) / np.where(margin.targets > 0, margin.targets, 1.0)))


def rake_trimmed(base: Floats, margins: Sequence[Margin], lowest: float = LOWEST, highest: float = HIGHEST) -> Raked:
    """Rake, cut what lies beyond the multiples of the mean, and rake what was cut again.

    The second raking may carry some weights a little beyond the bounds: the margins are met, the bounds nearly.
    """
    first = rake(base, margins)
    factors = first.weights / base
    mean = float(first.weights.sum() / base.sum())
    kept = np.clip(factors, lowest * mean, highest * mean)
    trimmed = int((kept != factors).sum())
    if not trimmed:
        return first
    again = rake(base * kept, margins)
    return Raked(again.weights, first.rounds + again.rounds, trimmed)


def poststratified(base: Floats, cells: Codes, targets: Floats) -> Floats:
    """Fit weights to one margin: everybody in a cell by the same factor."""
    return rake(base, [Margin(cells, targets)], close=1e-12).weights


def merged(counts: Sequence[int], smallest: int = SMALLEST_CELL) -> list[int]:
    """Give the group of each cell after cells with few respondents have joined a neighbour in the order given.

    The smallest goes first, to the smaller of its neighbours, until all have enough or one group is left. Ages are
    neighbours in their order; for cells without an order the order of the list decides.
    """
    groups = [[place] for place in range(len(counts))]

    def size(place: int) -> int:
        return sum(counts[cell] for cell in groups[place])

    while len(groups) > 1:
        place = min(range(len(groups)), key=size)
        if size(place) >= smallest:
            break
        beside = [other for other in (place - 1, place + 1) if 0 <= other < len(groups)]
        into = min(beside, key=size)
        first, second = min(place, into), max(place, into)
        groups[first : second + 1] = [groups[first] + groups[second]]
    return [next(number for number, group in enumerate(groups) if cell in group) for cell in range(len(counts))]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What weights cost: the ends of their range beside a mean of 1, and what is left of the sample's worth."""

    people: int
    lowest: float
    highest: float
    effective: float

    @property
    def design_effect(self) -> float:
        """How many times fewer people the sample is worth (Kish: 1 + the squared variation of weights)."""
        return self.people / self.effective if self.effective else 0.0


def diagnosis(weights: Floats) -> Diagnosis:
    """Tell what weights cost."""
    mean = float(weights.mean())
    return Diagnosis(len(weights), float(weights.min()) / mean, float(weights.max()) / mean, kish(weights))
