"""Weights and accuracies learnt from the voices themselves, without anybody's judgement.

What tells two voices of one threat from two of different threats is how often each level of agreement occurs among
the ones (m) and among the others (u). Nobody has to mark pairs for that. Voices at the same places whose times lie 90
to 135 days apart cannot speak of one event, so their agreements are those of unrelated voices, in the real streets and
with the real habits of speech: that gives u, and their number tells how many of the near pairs are unrelated too (the
prior). What the near pairs show beyond it is m, found by expectation maximisation with u and the prior held fast.

The same control tells how exact the places are: the distances of near pairs, less those of as many unrelated ones, are
the distances of voices about one thing, and their median gives the error of each kind of source.

Method: Fellegi and Sunter (1969), A Theory for Record Linkage, with m by EM as in Winkler (1988); u and the prior from
pairs moved in time instead of random ones, since random pairs are seldom near and EM alone locks on the wrong classes
where most near pairs are true.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consult.geo import VAGUE_M
from consult.threats.linking import (
    DAY_CUTS,
    DEFAULT_WEIGHTS,
    FINEST_M,
    JOIN_DAYS,
    LEVEL_COUNTS,
    NOW,
    UNKNOWN,
    Evidence,
    Floats,
    Integers,
    Lag,
    Levels,
    Pairs,
    Voices,
    Weights,
    candidates,
    levels,
    metres_between,
    score,
)

CONTROL = Lag(90.0, 135.0)
"""Days between voices that cannot speak of one event: as wide a window as that of joining, one season away."""

ENOUGH = 500
"""So many near and so many unrelated pairs are needed; with fewer, chance would speak."""

FEW = 100
"""A kind of evidence known for fewer pairs keeps its weight, a kind of place its claimed accuracy."""

MOST = 200_000
"""Of more voices, whole squares of the map are drawn: the weights settle long before, and squares keep neighbours."""

SQUARE_M = 20_000.0
ROUNDS = 60
STEADY = 1e-7
BARS = 10
LEAST_M = 1.0
SURE_BITS = 10.0
"""No single agreement speaks louder than odds of a thousand to one."""

_RAYLEIGH_MEDIAN = float(np.sqrt(2 * np.log(2)))


LEAST_SHARE, WORST_ERROR = 0.1, 0.08
"""Where fewer near pairs than that share are true, or the scores stray further from what the control finds, on average,
the voices do not tell: things that go on for months fill the control with true pairs, and m cannot be seen."""


class DoesNotHold(Exception):
    """What was learnt does not agree with the control; `share` and `error` say how far it is off."""

    def __init__(self, share: float, error: float) -> None:
        super().__init__(f"{share:.2f} of the near pairs are true, scores are off by {error:.3f} on average")
        self.share, self.error = share, error


class TooFewPairs(Exception):
    """The voices give too few pairs to learn from; `near` and `unrelated` say how many, of the ENOUGH of each."""

    def __init__(self, near: int, unrelated: int) -> None:
        super().__init__(f"{near} near and {unrelated} unrelated pairs, {ENOUGH} of each are needed")
        self.near, self.unrelated = near, unrelated


@dataclass(frozen=True)
class Bar:
    """One bar of the calibration curve: near pairs of like score, the mean score said and the share found true."""

    said: float
    found: float
    pairs: int


@dataclass(frozen=True)
class Fit:
    """What was learnt: weights, the accuracy in metres of each kind of place, and how well the scores hold.

    `share` is the share of near pairs that speak of one threat, `voices`, `pairs` and `controls` what it was learnt
    from. `kept` names the kinds of evidence that keep their weights for want of pairs.
    """

    weights: Weights
    accuracies: dict[int, float]
    share: float
    voices: int
    pairs: int
    controls: int
    calibration: tuple[Bar, ...]
    kept: tuple[Evidence, ...] = ()


@dataclass(frozen=True, eq=False)
class _Compared:
    """Near and unrelated pairs of the same voices, and for one unrelated pair how many near pairs are unrelated."""

    near: Pairs
    far: Pairs
    worth: float
    time: Floats

    @property
    def share(self) -> float:
        return float(np.clip(1 - self.worth * len(self.far) / max(len(self.near), 1), 0.02, 0.98))


def fit(voices: Voices, kinds: Integers, start: Weights = DEFAULT_WEIGHTS) -> Fit:
    """Learn from voices whose places are of `kinds` (a number each), or raise TooFewPairs or DoesNotHold.

    What cannot be learnt keeps the weight of `start`. The result hangs on the voices and their keys alone.
    """
    chosen = _chosen(voices)
    voices, kinds = voices.take(chosen), kinds[chosen]
    first = _compare(voices)
    accuracies = _accuracies(voices, kinds, first)
    voices = replace(voices, accuracy_m=accurate(voices.accuracy_m, kinds, accuracies))
    pairs = _compare(voices)
    near, far = levels(voices, pairs.near), levels(voices, pairs.far)
    weights, kept = _weights(near, far, pairs, start)
    curve = _calibration(near, far, pairs, weights)
    if pairs.share < LEAST_SHARE or calibration_error(curve) > WORST_ERROR:
        raise DoesNotHold(pairs.share, calibration_error(curve))
    return Fit(
        weights=weights,
        accuracies=accuracies,
        share=pairs.share,
        voices=len(voices),
        pairs=len(pairs.near),
        controls=len(pairs.far),
        calibration=curve,
        kept=kept,
    )


def accurate(claimed_m: Floats, kinds: Integers, accuracies: dict[int, float]) -> Floats:
    """Return the accuracy of each place: the learnt one of its kind, else the claimed one. In metres."""
    found = claimed_m.copy()
    for kind, metres in accuracies.items():
        found[kinds == kind] = metres
    return found


def _chosen(voices: Voices) -> Integers:
    """Choose voices that lie somewhere and tell the day: all, or those of so many squares as hold MOST."""
    days = voices.end_day - voices.start_day
    rows = np.flatnonzero(voices.has_spot & (days <= JOIN_DAYS))
    if len(rows) <= MOST:
        return rows
    square = np.floor(voices.x[rows] / SQUARE_M) * 1_000 + np.floor(voices.y[rows] / SQUARE_M)
    known, of, count = np.unique(square.astype(np.int64), return_inverse=True, return_counts=True)
    order = np.argsort((known * 2_654_435_761) % (1 << 32), kind="stable")  # as if drawn, and the same every time
    drawn = order[np.cumsum(count[order]) <= MOST]
    return rows[np.isin(of, drawn)]


def _compare(voices: Voices) -> _Compared:
    near, far = candidates(voices), candidates(voices, CONTROL)
    middle = np.sort((voices.start_day + voices.end_day) / 2)
    unrelated = _pairs_of(middle, CONTROL)
    if min(len(near), len(far), unrelated) < ENOUGH:
        raise TooFewPairs(len(near), len(far))
    window = (voices.end_day - voices.start_day)[np.concatenate((far.i, far.j))].mean()
    # Two windows touch over a longer time than two moments do: by half of both at either end.
    worth = _pairs_of(middle, NOW) / unrelated * (1 + window / JOIN_DAYS)
    return _Compared(near, far, worth, _chances_of_time(middle, window))


def _pairs_of(days: Floats, lag: Lag) -> int:
    """Count the pairs of sorted days, wherever they lie, whose gap is in `lag`."""
    until = np.searchsorted(days, days + lag.most, side="right")
    since = np.searchsorted(days, days + lag.least) if lag.least > 0 else np.arange(1, len(days) + 1)
    return int((until - since).sum())


def _chances_of_time(days: Floats, window: float) -> Floats:
    """Return how often unrelated near pairs fall on each level of time: by the days on which anybody spoke at all."""
    ends = [*DAY_CUTS, JOIN_DAYS]
    until = np.array([_pairs_of(days, Lag(0.0, end)) for end in ends], dtype=np.float64)
    counts = np.diff(until, prepend=0.0)
    counts[0] *= 1 + window / ends[0]  # windows that overlap have no gap
    return np.asarray((counts + 0.5) / (counts + 0.5).sum())


def _accuracies(voices: Voices, kinds: Integers, pairs: _Compared) -> dict[int, float]:
    """Learn the error of each kind of place (one axis, in metres) from the distances between voices of one threat.

    The offset of two such voices is normal on either axis with the sum of both variances, so its length follows
    Rayleigh's law, whose median tells the sum; a median is not moved by the few that are grossly misplaced. The sums
    of all couples of kinds are then taken apart by least squares.
    """
    from scipy.optimize import nnls  # only fitting needs it

    known = np.unique(kinds)
    near_m, far_m = (metres_between(voices, part.i, part.j) for part in (pairs.near, pairs.far))
    near, far = (_couples(kinds, known, part) for part in (pairs.near, pairs.far))
    rows, sums, weights = [], [], []
    for couple in np.unique(near):
        own, other = near_m[near == couple], far_m[far == couple]
        true = len(own) - pairs.worth * len(other)
        if true >= FEW:
            row = np.zeros(len(known))
            row[couple // len(known)] += 1
            row[couple % len(known)] += 1
            rows.append(row)
            sums.append(_variance(own, other, pairs.worth))
            weights.append(np.sqrt(true) / sums[-1])  # the error of a variance grows with it
    if not rows:
        return {}
    by = np.array(weights)
    matrix = np.array(rows)
    squares, _rest = nnls(matrix * by[:, np.newaxis], np.array(sums) * by)
    learnt = matrix.sum(axis=0) > 0
    metres = np.clip(np.sqrt(squares), FINEST_M, VAGUE_M)
    return {int(kind): round(float(metre), 1) for kind, metre, told in zip(known, metres, learnt, strict=True) if told}


def _couples(kinds: Integers, known: Integers, pairs: Pairs) -> Integers:
    one, two = np.searchsorted(known, kinds[pairs.i]), np.searchsorted(known, kinds[pairs.j])
    return np.asarray(np.minimum(one, two) * len(known) + np.maximum(one, two))


def _variance(near_m: Floats, far_m: Floats, worth: float) -> float:
    """Return the variance on one axis of the offsets between true pairs, from near and from unrelated distances."""
    limit = float(near_m.max())
    steps = np.arange(0.0, limit + 1, 1.0)
    near = np.searchsorted(np.sort(near_m), steps, side="right")
    far = np.searchsorted(np.sort(far_m), steps, side="right") * worth
    true = np.maximum.accumulate(np.maximum(near - far, 0.0))
    median = float(np.interp(true[-1] / 2, true, steps))
    if median < LEAST_M:  # places taken from one list of names lie on one spot
        return LEAST_M**2
    sigma = median / _RAYLEIGH_MEDIAN
    for _ in range(20):  # beyond the limit nothing was looked for: the median is that of the part within
        within = 1 - np.exp(-((limit / sigma) ** 2) / 2)
        sigma = median / float(np.sqrt(-2 * np.log(1 - within / 2)))
    return sigma**2


@dataclass(frozen=True, eq=False)
class _Counted:
    """Different combinations of levels, one row each, and how many pairs show them."""

    level: NDArray[np.int8]
    count: Floats

    @classmethod
    def of(cls, compared: Levels) -> "_Counted":
        _, first, count = np.unique(compared.vector, return_index=True, return_counts=True)
        columns = [compared.of(kind)[first] for kind in Evidence]
        return cls(np.column_stack(columns), count.astype(np.float64))

    def shares(self, k: int, chances: Floats | None = None) -> tuple[Floats, float]:
        """Return the share of each level of the k-th kind among the pairs where it is known, and their number."""
        size = LEVEL_COUNTS[list(Evidence)[k]]
        level = self.level[:, k]
        known = level != UNKNOWN
        weights = self.count if chances is None else self.count * chances
        counts = np.bincount(level[known], weights=weights[known], minlength=size)
        return (counts + 0.5) / (counts + 0.5).sum(), float(counts.sum())


def _weights(near: Levels, far: Levels, pairs: _Compared, start: Weights) -> tuple[Weights, tuple[Evidence, ...]]:
    """Find m by expectation maximisation, u and the prior held fast; return the weights and which kinds kept theirs."""
    of_near, of_far = _Counted.of(near), _Counted.of(far)
    chances: dict[Evidence, Floats] = {}
    bits: dict[Evidence, Floats] = {}
    for k, kind in enumerate(Evidence):
        u, unrelated = of_far.shares(k)
        seen, known = of_near.shares(k)
        if kind is Evidence.TIME:
            u, unrelated = pairs.time, float(len(far))
        if min(known, unrelated) < FEW:
            bits[kind] = np.array(start.of(kind))
            continue
        chances[kind] = u
        m = np.maximum((seen - (1 - pairs.share) * u) / pairs.share, 1e-3)
        bits[kind] = _bits(m / m.sum(), u)
    prior = float(np.log2(pairs.share / (1 - pairs.share)))
    for _ in range(ROUNDS):
        likely = _likely(of_near, bits, prior)
        fresh = {kind: _bits(of_near.shares(list(Evidence).index(kind), likely)[0], u) for kind, u in chances.items()}
        moved = max((float(np.abs(fresh[kind] - bits[kind]).max()) for kind in fresh), default=0.0)
        bits.update(fresh)
        if moved < STEADY:
            break
    rounded = {kind.value: tuple(round(float(bit), 3) for bit in bits[kind]) for kind in Evidence}
    kept = tuple(kind for kind in Evidence if kind not in chances)
    return Weights(prior=round(prior, 3), **rounded), kept


def _bits(m: Floats, u: Floats) -> Floats:
    return np.clip(np.log2(m / u), -SURE_BITS, SURE_BITS)


def _likely(counted: _Counted, bits: dict[Evidence, Floats], prior: float) -> Floats:
    """Return for each combination of levels the probability that such a pair speaks of one threat."""
    total = np.full(len(counted.count), prior)
    for k, kind in enumerate(Evidence):
        total += np.append(bits[kind], 0.0)[counted.level[:, k]]  # UNKNOWN is -1: the last, which weighs nothing
    return np.asarray(1 / (1 + np.exp2(-total)))


def _calibration(near: Levels, far: Levels, pairs: _Compared, weights: Weights) -> tuple[Bar, ...]:
    """Compare what the scores say with what the control finds: near pairs of a score, less the unrelated among them.

    An unrelated pair has no time between its voices that means anything, so it stands for one on each level of time,
    by the chances of time.
    """
    said = score(near, weights)
    unrelated = [
        (score(replace(far, time=np.full(len(far), level, dtype=np.int8)), weights), chance * pairs.worth)
        for level, chance in enumerate(pairs.time.tolist())
    ]
    return tuple(bars(said, unrelated))


def bars(said: Floats, unrelated: Sequence[tuple[Floats, float]]) -> list[Bar]:
    """Count pairs into ten bars by score; `unrelated` are scores with what each counts. Empty bars are left out."""
    count = np.bincount(bar_of(said), minlength=BARS)
    total = np.bincount(bar_of(said), weights=said, minlength=BARS)
    false = sum(
        (np.bincount(bar_of(scores), minlength=BARS) * worth for scores, worth in unrelated),
        start=np.zeros(BARS),
    )
    return [
        Bar(float(total[k] / count[k]), float(np.clip(1 - false[k] / count[k], 0.0, 1.0)), int(count[k]))
        for k in range(BARS)
        if count[k]
    ]


def calibration_error(curve: Sequence[Bar]) -> float:
    """Return the mean distance between what was said and what came true, weighted by pairs; 0 without pairs."""
    pairs = sum(bar.pairs for bar in curve)
    return sum(bar.pairs * abs(bar.said - bar.found) for bar in curve) / pairs if pairs else 0.0


def bar_of(said: NDArray[Any]) -> Integers:
    """Return the bar of each score: ten of equal width from 0 to 1."""
    return np.minimum((said * BARS).astype(np.int64), BARS - 1)
