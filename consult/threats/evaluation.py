"""How well a joining finds threats that are known: precision, recall, calibration, and the best that a plain rule does.

Pairs: of the pairs put together, the share that belong together (precision), of those that belong together the share
put together (recall), and their harmonic mean (F1). B-cubed (Bagga and Baldwin, 1998) asks the same from each voice's
side, so that large threats do not outweigh small ones. Calibration: near pairs go into ten bars of equal width by
score; the error is the mean distance between the score said and the share that came true, weighted by pairs (the
expected calibration error of Naeini and others, 2015).
"""

import resource
import time
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consult.threats import fitting
from consult.threats.clustering import cluster
from consult.threats.fitting import BARS, Bar, DoesNotHold, TooFewPairs, bar_of
from consult.threats.fitting import calibration_error as calibration_error  # noqa: PLC0414  # one figure of a curve
from consult.threats.linking import (
    DEFAULT_WEIGHTS,
    Floats,
    Integers,
    Mask,
    Voices,
    Weights,
    candidates,
    levels,
    score,
)

PLAIN_M, PLAIN_DAYS = 100.0, 30.0
"""The plain rule of the floor: same category, so near, so soon after each other; and whatever hangs together."""

METRES = (25.0, 50.0, 75.0, 100.0, 125.0, 150.0, 200.0, 250.0, 300.0)
DAYS = (5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 45.0, 60.0)
TOWN_M = 25_000.0
"""Squares by which the land is halved: threats are tens of metres wide, so none lies much in two."""


@dataclass(frozen=True)
class Quality:
    """How a partition agrees with the truth."""

    precision: float
    recall: float
    b3_f1: float
    clusters: int
    truth_clusters: int
    largest: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of pairs."""
        return _harmonic(self.precision, self.recall)


@dataclass(frozen=True)
class PlainRule:
    """The best rule "same category within so many metres and days", tuned with the truth of one half of the land."""

    metres: float
    days: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """What a joining of voices with known threats gave, and what it cost.

    Seconds are those of the processor, in one process: `cpu_s` of pairs, scores and clusters, `floor_cpu_s` of the
    plain rule on the same voices, `fit_cpu_s` of learning the weights, the control included. `accuracies` gives metres
    by number of source; empty, with weights that come with the product, where nothing could be learnt.
    """

    quality: Quality
    curve: list[Bar]
    plain: PlainRule
    weights: Weights
    accuracies: dict[int, float]
    is_fitted: bool
    cpu_s: float
    floor_cpu_s: float
    fit_cpu_s: float
    peak_rss_mb: float


def evaluate(voices: Voices, source: Integers, truth: Integers) -> Evaluation:
    """Learn from voices without looking at the truth, join them, and compare what came out with the truth."""
    _as_if_imported()
    marks = [time.process_time()]
    try:
        found = fitting.fit(voices, source)
        weights, accuracies, is_fitted = found.weights, found.accuracies, True
    except (TooFewPairs, DoesNotHold):
        weights, accuracies, is_fitted = DEFAULT_WEIGHTS, {}, False
    voices = replace(voices, accuracy_m=fitting.accurate(voices.accuracy_m, source, accuracies))
    marks.append(time.process_time())
    floor(voices)
    marks.append(time.process_time())
    pairs = candidates(voices)
    scores = score(levels(voices, pairs), weights)
    clusters = cluster(voices, pairs, scores)
    marks.append(time.process_time())
    fit_s, floor_s, own_s = np.diff(marks).tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Evaluation(
        quality=quality(clusters.label, truth),
        curve=calibration(scores, truth[pairs.i] == truth[pairs.j]),
        plain=best_plain_rule(voices, truth),
        weights=weights,
        accuracies=accuracies,
        is_fitted=is_fitted,
        cpu_s=own_s,
        floor_cpu_s=floor_s,
        fit_cpu_s=fit_s,
        peak_rss_mb=peak,
    )


def _as_if_imported() -> None:
    """Load what is loaded when first needed, so that no measured step pays for it."""
    import scipy.optimize
    import scipy.sparse.csgraph
    import scipy.spatial  # noqa: F401


def quality(label: Integers, truth: Integers) -> Quality:
    """Compare the cluster of each voice with the threat it truly speaks of."""
    label, truth = (np.unique(values, return_inverse=True)[1] for values in (label, truth))
    if not len(label):
        return Quality(1.0, 1.0, 1.0, 0, 0, 0)
    _, both, common = np.unique(truth * (label.max() + 1) + label, return_inverse=True, return_counts=True)
    found, true = np.bincount(label), np.bincount(truth)
    together, claimed, actual = (_pairs(sizes) for sizes in (common, found, true))
    per_voice = common[both] / found[label], common[both] / true[truth]
    return Quality(
        precision=together / claimed if claimed else 1.0,
        recall=together / actual if actual else 1.0,
        b3_f1=_harmonic(float(per_voice[0].mean()), float(per_voice[1].mean())),
        clusters=len(found),
        truth_clusters=len(true),
        largest=int(found.max()),
    )


def _pairs(sizes: NDArray[Any]) -> float:
    wide = sizes.astype(np.float64)
    return float((wide * (wide - 1) / 2).sum())


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def calibration(scores: Floats, same: Mask) -> list[Bar]:
    """Count near pairs into ten bars by score: what was said, what came true. Empty bars are left out."""
    bar = bar_of(scores)
    count = np.bincount(bar, minlength=BARS)
    said, came = (np.bincount(bar, weights=values, minlength=BARS) for values in (scores, same))
    return [Bar(float(said[k] / count[k]), float(came[k] / count[k]), int(count[k])) for k in range(BARS) if count[k]]


def floor(voices: Voices) -> Integers:
    """Do the least that any joining has to: pairs of one tree, same category, PLAIN_M, PLAIN_DAYS, components."""
    first, second = _pairs_within(voices, PLAIN_M)
    alike = _alike(voices, first, second, PLAIN_DAYS)
    return _components(len(voices), first[alike], second[alike])


def best_plain_rule(voices: Voices, truth: Integers) -> PlainRule:
    """Tune the plain rule on every second square of the land, and return it with its F1 on all voices.

    That favours the plain rule twice: it sees half of the truth, and is judged on that half as well.
    """
    half = np.flatnonzero((np.floor(voices.x / TOWN_M) + np.floor(voices.y / TOWN_M)) % 2 == 0)
    part, known = voices.take(half), truth[half]
    near = _comparable(part, max(METRES), max(DAYS))
    tried = {(metres, days): _ruled(part, near, metres, days) for metres, days in product(METRES, DAYS)}
    metres, days = max(tried, key=lambda chosen: quality(tried[chosen], known).f1)
    every = _comparable(voices, metres, days)
    return PlainRule(metres, days, quality(_ruled(voices, every, metres, days), truth).f1)


@dataclass(frozen=True, eq=False)
class _Comparable:
    first: Integers
    second: Integers
    metres: Floats
    days: Floats


def _comparable(voices: Voices, metres: float, days: float) -> _Comparable:
    first, second = _pairs_within(voices, metres)
    kept = _alike(voices, first, second, days)
    first, second = first[kept], second[kept]
    away = np.hypot(voices.x[first] - voices.x[second], voices.y[first] - voices.y[second])
    return _Comparable(first, second, away, np.abs(voices.start_day[first] - voices.start_day[second]))


def _pairs_within(voices: Voices, metres: float) -> tuple[Integers, Integers]:
    from scipy.spatial import cKDTree  # a second to import

    tree = cKDTree(np.column_stack((voices.x, voices.y)), balanced_tree=False, compact_nodes=False)
    pairs = tree.query_pairs(metres, output_type="ndarray")
    return pairs[:, 0], pairs[:, 1]


def _alike(voices: Voices, first: Integers, second: Integers, days: float) -> Mask:
    same = voices.category[first] == voices.category[second]
    return np.asarray(same & (np.abs(voices.start_day[first] - voices.start_day[second]) <= days))


def _ruled(voices: Voices, near: _Comparable, metres: float, days: float) -> Integers:
    chosen = (near.metres <= metres) & (near.days <= days)
    return _components(len(voices), near.first[chosen], near.second[chosen])


def _components(count: int, first: Integers, second: Integers) -> Integers:
    from scipy.sparse import coo_array  # half a second to import
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
