"""How true the joining is, told by people: which pairs they are asked about, and what their answers say of all.

Nobody can judge every pair. Pairs of voices are sorted into strata: those that stand in one threat and those that do
not, each by how likely the rule holds them to be the same. From each stratum some are drawn, more from where there are
many and from where the answer is open (Neyman, 1934), and are shown without saying what the machine did. The answers
of a stratum stand for all of its pairs:

- precision: of the pairs that stand in one threat, the share that people call the same;
- recall: of all pairs that people would call the same, the share that stands in one threat. Pairs that the rule never
  compares (farther apart than it looks, of two groups of categories) are in neither, unless they stand in one threat.

Errors are those of a stratified sample without putting back; recall is a ratio, linearised (Cochran, 1977, chapters 5
and 6). Each stratum's variance is that of (same + 1/2) / (judged + 1), so that three answers of one kind do not pass
for certainty. Intervals are Wilson's for the number of pairs that a simple sample would need for the same error.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from consult.estimates.intervals import wilson

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CUTS = (0.2, 0.4, 0.6, 0.8)
"""Where the scores of strata part."""

NEVER_COMPARED = -1
"""The bar of pairs that stand in one threat although the rule does not compare them."""

LEAST = 3
"""So many pairs are drawn from each stratum at least, where it has them."""

ENOUGH = 2
"""Answers that a stratum needs before its share stands for it."""

UNKNOWN_SPREAD = 0.5
LEAST_SPREAD = 0.2
"""Standard deviations of an answer that are expected where nothing is known, and at least."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs of one kind: whether they stand in one threat, the bar of their scores, and how many there are."""

    is_together: bool
    bar: int
    pairs: int

    @property
    def expected(self) -> float | None:
        """The middle of its scores; None where nothing was compared."""
        if self.bar == NEVER_COMPARED:
            return None
        edges = (0.0, *CUTS, 1.0)
        return (edges[self.bar] + edges[self.bar + 1]) / 2

    @property
    def spread(self) -> float:
        """How far answers are expected to differ: the standard deviation of a yes."""
        share = self.expected
        return UNKNOWN_SPREAD if share is None else max((share * (1 - share)) ** 0.5, LEAST_SPREAD)


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said of the pairs of a stratum that were drawn."""

    stratum: Stratum
    same: int
    different: int
    unclear: int = 0

    @property
    def judged(self) -> int:
        """Pairs with a clear answer."""
        return self.same + self.different

    @property
    def is_told(self) -> bool:
        """Whether the answers suffice to stand for the stratum: two, or all that there are."""
        return self.judged >= min(ENOUGH, self.stratum.pairs)

    @property
    def share(self) -> float:
        """The share that people call the same."""
        return self.same / self.judged if self.judged else 0.0

    @property
    def variance(self) -> float:
        """The variance of the share, nothing where every pair was judged."""
        if self.judged >= self.stratum.pairs:
            return 0.0
        careful = (self.same + 0.5) / (self.judged + 1)
        return (1 - self.judged / self.stratum.pairs) * careful * (1 - careful) / max(self.judged - 1, 1)


@dataclass(frozen=True, slots=True)
class Measured:
    """A share with its interval, 95 times in 100, and how many judged pairs it stands on."""

    share: float
    low: float
    high: float
    judged: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the answers say of all pairs; None where some stratum has too few answers yet."""

    precision: Measured | None
    recall: Measured | None
    unclear: int


def sorted_out(together: Mask, scores: Floats) -> tuple[list[Stratum], Integers]:
    """Sort pairs into strata by whether they stand together and by score (NaN: never compared).

    Return the strata that have pairs, and the number of the stratum of each pair.
    """
    bar = np.where(np.isnan(scores), NEVER_COMPARED, np.searchsorted(CUTS, np.nan_to_num(scores), side="right"))
    kinds = np.column_stack((~together, bar))
    known, of, counts = np.unique(kinds, axis=0, return_inverse=True, return_counts=True)
    strata = [
        Stratum(not apart, int(bar), int(count))
        for (apart, bar), count in zip(known.tolist(), counts.tolist(), strict=True)
    ]
    return strata, of.reshape(-1).astype(np.int64)


def shared_out(strata: Sequence[Stratum], wanted: int) -> list[int]:
    """Say how many pairs to draw from each stratum, about half from those together, never more than there are."""
    taken = [min(stratum.pairs, LEAST) for stratum in strata]
    for is_together in (True, False):
        side = [k for k, stratum in enumerate(strata) if stratum.is_together is is_together]
        other = sum(stratum.pairs for stratum in strata if stratum.is_together is not is_together)
        _fill(strata, taken, side, max(wanted - wanted // 2, wanted - other))
    return taken


def _fill(strata: Sequence[Stratum], taken: list[int], side: Sequence[int], wanted: int) -> None:
    """Give further pairs one by one to the stratum where an answer more tells most, until so many are taken."""
    while sum(taken[k] for k in side) < wanted:
        free = [k for k in side if taken[k] < strata[k].pairs]
        if not free:
            return
        best = max(free, key=lambda k: (strata[k].pairs * strata[k].spread) ** 2 / (taken[k] * (taken[k] + 1)))
        taken[best] += 1


def drawn(of: Integers, counts: Sequence[int], seed: int) -> list[Integers]:
    """Draw so many pairs of each stratum, each as likely as any other; return their rows, stratum by stratum."""
    random = np.random.default_rng(seed)
    return [
        np.sort(random.choice(np.flatnonzero(of == number), count, replace=False))
        for number, count in enumerate(counts)
    ]


def inside(labels: Integers) -> tuple[Integers, Integers]:
    """List every pair of rows that have one label; labels below 0 are nobody's."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    _, starts, sizes = np.unique(labels[order], return_index=True, return_counts=True)
    first, second = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        first.append(members[:, one].ravel())
        second.append(members[:, other].ravel())
    return np.concatenate(first), np.concatenate(second)


def verdicts(answers: Sequence[Answers]) -> Verdicts:
    """Say how true the joining is, by the answers of all strata."""
    together = [one for one in answers if one.stratum.is_together]
    unclear = sum(one.unclear for one in answers)
    return Verdicts(_precision(together), _recall(answers), unclear)


def _precision(together: Sequence[Answers]) -> Measured | None:
    pairs = sum(one.stratum.pairs for one in together)
    if not pairs or not all(one.is_told for one in together):
        return None
    return _measured(_true(together) / pairs, _variance(together) / pairs**2, together)


def _recall(answers: Sequence[Answers]) -> Measured | None:
    together = [one for one in answers if one.stratum.is_together]
    apart = [one for one in answers if not one.stratum.is_together]
    found, missed = _true(together), _true(apart)
    if not all(one.is_told for one in answers) or found + missed == 0:
        return None
    share = found / (found + missed)
    variance = ((1 - share) ** 2 * _variance(together) + share**2 * _variance(apart)) / (found + missed) ** 2
    return _measured(share, variance, answers)


def _true(answers: Sequence[Answers]) -> float:
    return sum(one.stratum.pairs * one.share for one in answers)


def _variance(answers: Sequence[Answers]) -> float:
    return sum(one.stratum.pairs**2 * one.variance for one in answers)


def _measured(share: float, variance: float, answers: Sequence[Answers]) -> Measured:
    judged = sum(one.judged for one in answers)
    if variance == 0:  # every pair was judged
        return Measured(share, share, share, judged)
    careful = (share * judged + 0.5) / (judged + 1)
    alike = careful * (1 - careful) / variance
    return Measured(share, *wilson(share * alike, alike), judged)


def told(weights: Floats, same: Mask, together: Mask) -> tuple[float | None, float | None]:
    """Give precision and recall of judged pairs for another partition, each pair weighing as many as it stands for.

    None where nothing stands together, or where nothing was called the same.
    """
    right = float(weights[same & together].sum())
    joined, alike = float(weights[together].sum()), float(weights[same].sum())
    return right / joined if joined else None, right / alike if alike else None
