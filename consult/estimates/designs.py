"""How a sample was drawn, and how far a total would vary from draw to draw: strata, clusters, finite populations.

The variance is that of totals of first-stage units within strata ("with replacement", or without it where the
population of each stratum is known): Cochran, Sampling Techniques (1977), chapters 5 and 9. Whatever is not a total is
linearised first (Taylor; Binder, 1983): see `consult.estimates.measures`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


class DesignUnclear(ValueError):
    """The description of a draw contradicts itself, such as a stratum with more people drawn than it has."""


def codes_of(words: Sequence[object]) -> Codes:
    """Number words from 0, in the order of their first appearance."""
    known: dict[object, int] = {}
    return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Design:
    """How people were drawn: the stratum and the first-stage unit of each, numbered from 0.

    `populations` says for each stratum how many first-stage units it has in all; None: so many that it does not matter.
    """

    strata: Codes
    clusters: Codes
    populations: Floats | None = None

    def __post_init__(self) -> None:
        self._unsampled(np.bincount(self.units[0]))  # refuses numbers that contradict one another

    @classmethod
    def simple(cls, people: int, population: float | None = None) -> Self:
        """Describe a plain draw of so many people."""
        everybody = np.zeros(people, dtype=np.int64)
        sizes = None if population is None else np.array([float(population)])
        return cls(everybody, np.arange(people, dtype=np.int64), sizes)

    @cached_property
    def units(self) -> tuple[Codes, Codes]:
        """The stratum of each first-stage unit, and the unit of each person; a name in two strata is two units."""
        pairs = np.stack([self.strata, self.clusters], axis=1)
        found, own = np.unique(pairs, axis=0, return_inverse=True)
        return found[:, 0], own.reshape(-1)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: first-stage units without one for each stratum."""
        return self.degrees_of(np.ones(len(self.strata), dtype=bool))

    def degrees_of(self, some: NDArray[np.bool_]) -> int:
        """Give the degrees of freedom of some of the people."""
        units, strata = (np.count_nonzero(np.bincount(codes[some])) for codes in (self.units[1], self.strata))
        return int(units) - int(strata)

    def covariance(self, scores: Floats) -> Floats:
        """Give how totals of scores vary together; `scores` has a row for each person and a column for each total.

        A stratum of which only one unit was drawn says nothing of its spread: that unit is compared with the mean of
        all (as R does with survey.lonely.psu = "adjust").
        """
        columns = scores.reshape(len(scores), -1)
        stratum_of, unit_of = self.units
        totals = np.stack([np.bincount(unit_of, column, len(stratum_of)) for column in columns.T], axis=1)
        counts = np.bincount(stratum_of)
        means = (
            np.stack([np.bincount(stratum_of, column) for column in totals.T], axis=1) / np.maximum(counts, 1)[:, None]
        )
        means[counts == 1] = totals.mean(axis=0)
        apart = totals - means[stratum_of]
        scale = self._unsampled(counts) * np.where(counts > 1, counts / np.maximum(counts - 1, 1), 1.0)
        weighted = apart * scale[stratum_of][:, None]
        return np.asarray(weighted.T @ apart)

    @property
    def is_complete(self) -> bool:
        """Whether everybody there is was reached: then no figure varies."""
        return not self._unsampled(np.bincount(self.units[0])).any()

    def _unsampled(self, drawn: Codes) -> Floats:
        """Give the part of each stratum that was not drawn: 0 in a census, 1 where the population has no end."""
        if self.populations is None:
            return np.ones(len(drawn))
        sizes = self.populations[: len(drawn)]
        if len(sizes) < len(drawn) or np.any(sizes < drawn):
            raise DesignUnclear("a stratum has fewer people than were drawn from it")
        return np.asarray(1 - drawn / np.maximum(sizes, 1))
