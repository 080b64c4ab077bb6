"""Means, totals, shares, ratios and scores of a sample, each with its linearised standard error.

A mean is a ratio of two totals; it varies as the total of w(y - m) / sum(w) does (Taylor; Binder, 1983). Weights that
were fitted to known figures of the population, by raking or in strata, take out what those figures explain: the scores
are replaced by their residuals of a regression on the margins, weighted by the weights before fitting (Deville, Särndal
and Sautory, 1993). With the weights after fitting the error would come out wrong in its third digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from consult.estimates import intervals
from consult.estimates.designs import Codes, Design, Floats
from consult.estimates.intervals import Interval

Some = NDArray[np.bool_]
"""Who of all belongs to a group: a figure of some keeps the design of all."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its standard error, the degrees of freedom of the design, and the people and weight behind it.

    `effective` is Kish's number: how many people without weights would be worth as much.
    """

    value: float
    error: float
    degrees: float
    people: int
    effective: float

    @property
    def interval(self) -> Interval:
        """The plain interval, for means, totals and scores."""
        return intervals.around(self.value, self.error, self.degrees)

    @property
    def design_effective(self) -> float:
        """How many people of a plain draw would tell a share as surely; Kish's number where none or all are in it."""
        if not 0 < self.value < 1 or self.error <= 0:
            return self.effective
        return self.value * (1 - self.value) / self.error**2

    @property
    def korn_graubard(self) -> Interval:
        """A share's interval after Korn and Graubard; a share that does not vary has none but itself."""
        if self.error <= 0 and 0 < self.value < 1:
            return self.value, self.value
        return intervals.korn_graubard(self.value, self.people, self.design_effective, self.degrees)

    @property
    def logit(self) -> Interval:
        """A share's interval on the logarithm of its odds."""
        return intervals.logit(self.value, self.error, self.degrees)


@dataclass(frozen=True, eq=False)
class Sample:
    """People with their weights: as drawn (`base`), and as fitted to the `margins`, each a cell number for everybody.

    Margins with one code alone are post-stratification; without margins both weights are the same.
    """

    design: Design
    base: Floats
    weights: Floats
    margins: tuple[Codes, ...] = ()

    @classmethod
    def drawn(cls, design: Design, weights: Floats) -> "Sample":
        """Take people with the weights that the draw gives them."""
        return cls(design, weights, weights)

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.weights)

    def everybody(self) -> Some:
        """Give the group of all."""
        return np.ones(self.people, dtype=bool)

    def total(self, values: Floats) -> Estimate:
        """Estimate the sum of values over the whole population."""
        value = np.array([float(self.weights @ values)])
        return self._estimates(value, values[:, None], self.everybody())[0]

    def mean(self, values: Floats, some: Some | None = None) -> Estimate:
        """Estimate the mean of values; a share is the mean of zeroes and ones, a score that of -100, 0 and 100."""
        group = self.everybody() if some is None else some
        return self.ratios(np.where(group, values, 0.0)[:, None], group.astype(float), group)[0]

    def ratios(self, parts: Floats, wholes: Floats, some: Some | None = None) -> list[Estimate]:
        """Estimate several totals, a column each, divided by one: answers to a question by those who were asked it."""
        group = wholes > 0 if some is None else some
        whole = float(self.weights @ wholes)
        values = self.weights @ parts / whole
        return self._estimates(values, (parts - np.outer(wholes, values)) / whole, group)

    def shares(self, cells: Codes, count: int) -> tuple[Floats, Floats]:
        """Give the share of each of `count` cells, and how the shares vary together. A cell of -1 belongs to nobody."""
        inside = cells >= 0
        whole = float(self.weights[inside].sum())
        members = (cells[:, None] == np.arange(count)).astype(float)
        values = self.weights @ members / whole
        scores = np.where(inside[:, None], members - values, 0.0) / whole
        return values, self.design.covariance(self._weighted(scores))

    def _estimates(self, values: Floats, scores: Floats, group: Some) -> list[Estimate]:
        variances = np.diag(self.design.covariance(self._weighted(scores)))
        people, effective, degrees = int(group.sum()), kish(self.weights[group]), self.design.degrees_of(group)
        return [
            Estimate(float(value), sqrt(max(float(variance), 0.0)), degrees, people, effective)
            for value, variance in zip(values, variances, strict=True)
        ]

    def _weighted(self, scores: Floats) -> Floats:
        """Weigh scores, without what the margins explain of them."""
        if not self.margins:
            return self.weights[:, None] * scores
        columns, slopes = self._regression
        return self.weights[:, None] * (scores - columns @ (slopes @ scores))

    @cached_property
    def _regression(self) -> tuple[Floats, Floats]:
        """Give the columns of the margins and what makes slopes of scores: a pseudo-inverse, since margins overlap."""
        columns = indicators(self.margins)
        weighed = columns * self.base[:, None]
        return columns, np.linalg.pinv(columns.T @ weighed, hermitian=True) @ weighed.T


def indicators(margins: Sequence[Codes]) -> Floats:
    """Give a column for each cell of each margin: 1 for whoever is in it."""
    return np.concatenate(
        [(codes[:, None] == np.unique(codes)).astype(float) for codes in margins],
        axis=1,
    )


def kish(weights: Floats) -> float:
    """Give how many people without weights are worth as much as these with theirs (Kish, 1965)."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares else 0.0
