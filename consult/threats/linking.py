"""When do two voices speak of the same thing? The rule of joining, as one score with its reasons.

Two observations are compared on six kinds of evidence: how far apart they lie, measured in their own accuracies; how
many days apart; whether the category is the same; how many stems of words they share; whether they name one street;
whether their weekdays and times of day meet. Each comparison falls on a *level*, each level carries a weight in bits
(the binary logarithm of a Bayes factor, after Fellegi and Sunter), and prior plus weights are the odds that both mean
one threat. What is not known weighs nothing. So the score is a probability and every part of it can be shown.

Everything works on columns, a hundred thousand voices at a time, and depends on no order of rows: pairs come in the
order of the voices' keys. What groups pairs into threats stands in ``consult.threats.clustering``.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement, product
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from consult.geo import VAGUE_M

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Levels8 = NDArray[np.int8]
Mask = NDArray[np.bool_]

JOIN_DAYS = 45.0
"""Further apart in time the machine joins nothing; the same place a season later is a recurrence, for a person."""

FINEST_M = 10.0
"""No pin is more exact than this, whatever was claimed: a resident and a satellite both miss by some metres."""

FEW = 64
"""Of so many voices every two are looked at; more are searched by trees."""

UNKNOWN = -1

DISTANCE_CUTS = (0.75, 1.5, 2.5, 4.0)
"""In units of both accuracies together, sqrt(a² + b²)."""

DAY_CUTS = (2.0, 7.0, 15.0, 30.0)
TEXT_CUTS = (0.6, 0.35, 0.15)
"""Shares of common stems (Jaccard), from most to least."""


class Evidence(StrEnum):
    """What a pair of voices is compared on."""

    DISTANCE = "distance"
    TIME = "time"
    CATEGORY = "category"
    TEXT = "text"
    STREET = "street"
    PATTERN = "pattern"


LEVEL_COUNTS = {
    Evidence.DISTANCE: len(DISTANCE_CUTS) + 1,
    Evidence.TIME: len(DAY_CUTS) + 1,
    Evidence.CATEGORY: 2,
    Evidence.TEXT: len(TEXT_CUTS) + 1,
    Evidence.STREET: 2,
    Evidence.PATTERN: 2,
}
"""Levels of each kind, 0 speaking most for one threat; UNKNOWN stands beside them."""


@dataclass(frozen=True, eq=False)
class Voices:
    """Observations as columns, one row each, as far as joining needs them.

    `key` is unique and orders the voices for good, so it must come from the voice (its natural key) and not from its
    arrival. `x` and `y` are EPSG:2180 metres, `accuracy_m` the usual error of the place, `reach_m` the radius of the
    category; a reach of 0, a place vaguer than VAGUE_M or a missing number means: never joined by distance. The
    time window runs from `start_day` to `end_day` in days since any fixed moment. `weekdays` and `times_of_day` are
    bit masks with 0 for unknown, `words` is ``consult.words.mask``, `street` ``consult.words.street_code``.
    `geometry` holds lines and areas in metres and None for points.
    """

    key: NDArray[Any]
    x: Floats
    y: Floats
    accuracy_m: Floats
    reach_m: Floats
    category: Integers
    group: Integers
    start_day: Floats
    end_day: Floats
    weekdays: Integers
    times_of_day: Integers
    words: NDArray[np.uint64]
    street: Integers
    geometry: NDArray[np.object_] | None = None

    @classmethod
    def of(
        cls,
        *,
        key: ArrayLike,
        x: ArrayLike,
        y: ArrayLike,
        accuracy_m: ArrayLike,
        reach_m: ArrayLike,
        category: ArrayLike,
        group: ArrayLike,
        start_day: ArrayLike,
        end_day: ArrayLike,
        weekdays: ArrayLike = 0,
        times_of_day: ArrayLike = 0,
        words: ArrayLike = 0,
        street: ArrayLike = UNKNOWN,
        geometry: Sequence[Any] | None = None,
    ) -> Self:
        """Make columns of lists or arrays; a single number stands for all rows."""
        keys = np.asarray(key)
        count = len(keys)
        return cls(
            key=keys,
            x=_column(x, count, np.float64),
            y=_column(y, count, np.float64),
            accuracy_m=_column(accuracy_m, count, np.float64),
            reach_m=_column(reach_m, count, np.float64),
            category=_column(category, count, np.int64),
            group=_column(group, count, np.int64),
            start_day=_column(start_day, count, np.float64),
            end_day=_column(end_day, count, np.float64),
            weekdays=_column(weekdays, count, np.int64),
            times_of_day=_column(times_of_day, count, np.int64),
            words=_column(words, count, np.int64).view(np.uint64),
            street=_column(street, count, np.int64),
            geometry=_shapes(geometry, count),
        )

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: ArrayLike) -> Self:
        """Return the voices of `rows` in that order."""
        chosen = np.asarray(rows)
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        taken: dict[str, Any] = {name: None if column is None else column[chosen] for name, column in columns.items()}
        return type(self)(**taken)

    @cached_property
    def in_order(self) -> Integers:
        """Rows in the order of their keys; two voices with one key are refused."""
        unsorted = bool(np.any(self.key[1:] <= self.key[:-1]))
        order = np.argsort(self.key, kind="stable") if unsorted else np.arange(len(self))
        if unsorted and np.any(self.key[order[1:]] == self.key[order[:-1]]):
            raise KeysRepeat("two voices share a key")
        return order.astype(np.int64)

    @cached_property
    def rank(self) -> Integers:
        """The place of each row in the order of keys."""
        ranks = np.empty(len(self), dtype=np.int64)
        ranks[self.in_order] = np.arange(len(self))
        return ranks

    @cached_property
    def has_spot(self) -> Mask:
        """Whether a voice may be joined by distance at all."""
        known = np.isfinite(self.x) & np.isfinite(self.y) & np.isfinite(self.start_day) & np.isfinite(self.end_day)
        return known & (self.reach_m > 0) & np.isfinite(self.reach_m) & (self.accuracy_m <= VAGUE_M)

    @cached_property
    def drawn(self) -> Mask:
        """Whether a voice is a line or an area, so that distance has to be measured between outlines."""
        if self.geometry is None:
            return np.zeros(len(self), dtype=np.bool_)
        return np.asarray(shapely.get_dimensions(self.geometry) > 0)

    @cached_property
    def extent_m(self) -> Floats:
        """How far the outline reaches from (x, y); 0 for points."""
        extent = np.zeros(len(self))
        if self.geometry is not None and np.any(self.drawn):
            west, south, east, north = shapely.bounds(self.geometry[self.drawn]).T
            x, y = self.x[self.drawn], self.y[self.drawn]
            extent[self.drawn] = np.hypot(np.maximum(x - west, east - x), np.maximum(y - south, north - y))
        return extent


class KeysRepeat(ValueError):
    """Two voices share a key, so their order, and with it the result, would hang on chance."""


def _column(values: ArrayLike, count: int, kind: type) -> NDArray[Any]:
    if isinstance(values, np.ndarray) and values.dtype == kind and values.shape == (count,):
        return np.ascontiguousarray(values)
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=kind), (count,)))


def _shapes(geometry: Sequence[Any] | None, count: int) -> NDArray[np.object_] | None:
    if geometry is None:
        return None
    shapes = np.empty(count, dtype=np.object_)
    shapes[:] = list(geometry)
    return shapes


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of rows, the voice with the smaller key first, sorted by both keys."""

    i: Integers
    j: Integers

    def __len__(self) -> int:
        return len(self.i)


@dataclass(frozen=True)
class Lag:
    """How many days may lie between the time windows of a pair, both ends included."""

    least: float
    most: float

    @property
    def shift(self) -> float:
        """By how much the later voice is moved back before both are looked for at one time."""
        return (self.least + self.most) / 2 if self.least > 0 else 0.0

    @property
    def reach(self) -> float:
        """How far apart, after that move, the ends of the windows may still lie."""
        return self.most - self.shift


NOW = Lag(0.0, JOIN_DAYS)


def candidates(voices: Voices, lag: Lag = NOW) -> Pairs:
    """Return every pair that may be one threat, judged by place, time and group of categories alone.

    Two voices of one group are a pair when the gap between their time windows lies in `lag` (at most JOIN_DAYS) and
    they lie within the larger of both reaches plus both accuracies, lines and areas measured from their outlines.
    """
    order = voices.in_order[voices.has_spot[voices.in_order]]
    found = [rows[part] for rows in _by_group(voices, order) for part in _near(voices, rows, lag)]
    first, second = np.concatenate(found, axis=1) if found else np.empty((2, 0), dtype=np.int64)
    return _sorted_pairs(voices, first, second)


def near_these(voices: Voices, rows: ArrayLike) -> Pairs:
    """Return the pairs of a few voices with all the others, by the same rule as `candidates`; not those among them."""
    own = np.zeros(len(voices), dtype=np.bool_)
    own[np.asarray(rows)] = True
    first, second = np.flatnonzero(own & voices.has_spot), np.flatnonzero(~own & voices.has_spot)
    one, other = np.repeat(first, len(second)), np.tile(second, len(first))
    alike = voices.group[one] == voices.group[other]
    one, other = one[alike], other[alike]
    kept = _within(voices, one, other, NOW)
    return _sorted_pairs(voices, one[kept], other[kept])


def _sorted_pairs(voices: Voices, first: Integers, second: Integers) -> Pairs:
    ranks = voices.rank[first], voices.rank[second]
    joint = np.minimum(*ranks) * len(voices) + np.maximum(*ranks)
    joint.sort()
    low, high = np.divmod(joint, max(len(voices), 1))
    return Pairs(voices.in_order[low], voices.in_order[high])


def _by_group(voices: Voices, rows: Integers) -> list[Integers]:
    groups = voices.group[rows]
    sorting = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[sorting])) + 1
    return [part for part in np.split(rows[sorting], cuts) if len(part) > 1]


def _near(voices: Voices, rows: Integers, lag: Lag) -> list[NDArray[np.int64]]:
    """Find the near pairs of one group as positions in `rows`.

    Of a few voices every two are looked at, which is sooner done than planting trees for them.
    """
    if len(rows) > FEW or lag.shift:
        return _searched(voices, rows, lag)
    one, other = np.triu_indices(len(rows), 1)
    kept = _within(voices, rows[one], rows[other], lag)
    return [np.stack((one[kept], other[kept]))]


def _searched(voices: Voices, rows: Integers, lag: Lag) -> list[NDArray[np.int64]]:
    """Find the near pairs of one group by trees.

    Voices of like span (reach, accuracy, extent; length of the window) share a tree, so that one wide area does not
    make every look-up wide; the trees then search each other.
    """
    span_m = voices.reach_m[rows] + voices.accuracy_m[rows] + voices.extent_m[rows]
    days = np.abs(voices.end_day[rows] - voices.start_day[rows]) / 2
    classes = _size_class(span_m, 160.0) * 64 + _size_class(days, 5.0)
    members = [np.flatnonzero(classes == value) for value in np.unique(classes)]
    found = []
    # Who comes first matters once one of both is moved in time.
    couples = product(members, repeat=2) if lag.shift else combinations_with_replacement(members, 2)
    for these, those in couples:
        radius_m = _widest(voices, rows, these, those)
        radius_days = lag.reach + days[these].max() + days[those].max()
        pairs = _search(voices, rows, these, those, radius_m, radius_days, lag.shift)
        kept = _within(voices, rows[pairs[0]], rows[pairs[1]], lag)
        found.append(pairs[:, kept])
    return found


def _size_class(values: Floats, unit: float) -> Integers:
    """Number sizes by factors of four above `unit`."""
    return np.ceil(np.log2(np.maximum(values / unit, 1.0)) / 2).astype(np.int64)


def _widest(voices: Voices, rows: Integers, these: Integers, those: Integers) -> float:
    reach = max(voices.reach_m[rows[these]].max(), voices.reach_m[rows[those]].max())
    own = voices.accuracy_m[rows] + voices.extent_m[rows]
    return float(reach + own[these].max() + own[those].max())


def _search(
    voices: Voices,
    rows: Integers,
    these: Integers,
    those: Integers,
    radius_m: float,
    radius_days: float,
    shift_days: float,
) -> NDArray[np.int64]:
    """Search by place and time at once, in a box of radius 1 with a hair to spare for rounding.

    With a shift, `those` are moved back by so many days: what is found then are voices of these, and later ones.
    """
    middle = (voices.start_day[rows] + voices.end_day[rows]) / 2
    boxes = np.column_stack((voices.x[rows] / radius_m, voices.y[rows] / radius_m, middle / radius_days))
    from scipy.spatial import cKDTree  # a second to import, and only the joining of many needs it

    tree = cKDTree(boxes[these], balanced_tree=False, compact_nodes=False)
    if these is those and not shift_days:
        pairs = tree.query_pairs(1 + 1e-9, p=np.inf, output_type="ndarray").T
        return np.asarray(these[pairs])
    back = np.array([0.0, 0.0, shift_days / radius_days])
    other = cKDTree(boxes[those] - back, balanced_tree=False, compact_nodes=False)
    hits = tree.sparse_distance_matrix(other, 1 + 1e-9, p=np.inf, output_type="ndarray")
    return np.stack((these[hits["i"]], those[hits["j"]]))


def _within(voices: Voices, first: Integers, second: Integers, lag: Lag) -> Mask:
    """Check pairs exactly: near enough in time and in place."""
    days = days_between(voices, first, second)
    near_in_time = (days >= lag.least) & (days <= lag.most)
    if lag.shift:
        near_in_time &= voices.start_day[first] < voices.start_day[second]  # found from the earlier one alone
    limit = np.maximum(voices.reach_m[first], voices.reach_m[second])
    limit += voices.accuracy_m[first] + voices.accuracy_m[second]
    kept = near_in_time
    kept[kept] = metres_between(voices, first[kept], second[kept]) <= limit[kept]
    return kept


def metres_between(voices: Voices, first: Integers, second: Integers) -> Floats:
    """Return the distance of each pair, from outline to outline where a voice is a line or an area."""
    metres = np.hypot(voices.x[first] - voices.x[second], voices.y[first] - voices.y[second])
    drawn = voices.drawn[first] | voices.drawn[second]
    if voices.geometry is not None and np.any(drawn):
        one, two = first[drawn], second[drawn]
        swapped = voices.rank[one] > voices.rank[two]  # the last digit may hang on the order of outlines
        one, two = np.where(swapped, two, one), np.where(swapped, one, two)
        metres[drawn] = shapely.distance(_outline(voices, one), _outline(voices, two))
    return metres


def _outline(voices: Voices, rows: Integers) -> NDArray[np.object_]:
    assert voices.geometry is not None
    outlines = np.asarray(shapely.points(voices.x[rows], voices.y[rows]))
    drawn = voices.drawn[rows]
    outlines[drawn] = voices.geometry[rows[drawn]]
    return outlines


def days_between(voices: Voices, first: Integers, second: Integers) -> Floats:
    """Return the gap between the time windows of each pair, 0 when they overlap."""
    gap = np.maximum(
        voices.start_day[first] - voices.end_day[second],
        voices.start_day[second] - voices.end_day[first],
    )
    return np.asarray(np.maximum(gap, 0.0))


@dataclass(frozen=True, eq=False)
class Levels:
    """What the comparison of each pair gave: a level for each kind of evidence, and the figures behind it."""

    distance: Levels8
    time: Levels8
    category: Levels8
    text: Levels8
    street: Levels8
    pattern: Levels8
    distance_m: NDArray[np.float32]
    days_apart: NDArray[np.float32]
    words_shared: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.distance)

    def of(self, kind: Evidence) -> Levels8:
        """Return the levels of one kind of evidence."""
        return np.asarray(getattr(self, kind.value))

    @cached_property
    def vector(self) -> NDArray[np.int16]:
        """Number the combination of all levels, so that equal comparisons are scored, or counted, once."""
        numbers = np.zeros(len(self), dtype=np.int16)
        for kind, count in LEVEL_COUNTS.items():
            numbers *= count + 1
            numbers += self.of(kind) + np.int16(1)
        return numbers


VECTOR_COUNT = int(np.prod([count + 1 for count in LEVEL_COUNTS.values()]))
_CHUNK = 1 << 17


def levels(voices: Voices, pairs: Pairs) -> Levels:
    """Compare each pair on every kind of evidence."""
    starts = range(0, max(len(pairs), 1), _CHUNK)
    parts = [_compared(voices, pairs.i[at : at + _CHUNK], pairs.j[at : at + _CHUNK]) for at in starts]
    return Levels(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _compared(voices: Voices, i: Integers, j: Integers) -> tuple[NDArray[Any], ...]:
    metres = metres_between(voices, i, j)
    days = days_between(voices, i, j)
    shared, text = _text_levels(voices.words[i], voices.words[j])
    return (
        _cut(metres / _joint_accuracy(voices, i, j), DISTANCE_CUTS),
        np.where(_tells_the_day(voices, i) & _tells_the_day(voices, j), _cut(days, DAY_CUTS), np.int8(UNKNOWN)),
        (voices.category[i] != voices.category[j]).astype(np.int8),
        text,
        _street_levels(voices.street[i], voices.street[j]),
        _pattern_levels(voices, i, j),
        metres.astype(np.float32),
        days.astype(np.float32),
        shared.astype(np.float32),
    )


def _cut(values: Floats, cuts: Sequence[float]) -> Levels8:
    level = np.zeros(len(values), dtype=np.int8)
    for cut in cuts:
        level += values > cut
    return level


def _joint_accuracy(voices: Voices, i: Integers, j: Integers) -> Floats:
    return np.hypot(np.maximum(voices.accuracy_m[i], FINEST_M), np.maximum(voices.accuracy_m[j], FINEST_M))


def _tells_the_day(voices: Voices, rows: Integers) -> Mask:
    """Tell whether the window is short enough to say when: "the whole year" overlaps with everything."""
    return np.asarray(voices.end_day[rows] - voices.start_day[rows] <= JOIN_DAYS)


def _text_levels(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> tuple[Floats, Levels8]:
    common = np.bitwise_count(first & second).astype(np.float64)
    either = np.bitwise_count(first | second)
    shared = common / np.maximum(either, 1)
    level = _cut(-shared, [-cut for cut in TEXT_CUTS])
    level[(first == 0) | (second == 0)] = UNKNOWN
    return shared, level


def _street_levels(first: Integers, second: Integers) -> Levels8:
    level: Levels8 = (first != second).astype(np.int8)
    level[(first == UNKNOWN) | (second == UNKNOWN)] = UNKNOWN
    return level


def _pattern_levels(voices: Voices, i: Integers, j: Integers) -> Levels8:
    """Compare weekdays and times of day: 0 when all that both know meets, 1 when something does not."""
    level = np.full(len(i), UNKNOWN, dtype=np.int8)
    for column in (voices.weekdays, voices.times_of_day):
        first, second = column[i], column[j]
        known = (first != 0) & (second != 0)
        apart = known & (first & second == 0)
        found = np.where(apart, 1, np.where(known, 0, UNKNOWN)).astype(np.int8)
        np.maximum(level, found, out=level)
    return level


@dataclass(frozen=True)
class Weights:
    """Weight of every level in bits, and of the prior; what is not known weighs nothing.

    A weight of 3 makes the odds of "one threat" eight times higher, one of -3 eight times lower.
    """

    prior: float
    distance: tuple[float, ...]
    time: tuple[float, ...]
    category: tuple[float, ...]
    text: tuple[float, ...]
    street: tuple[float, ...]
    pattern: tuple[float, ...]

    def __post_init__(self) -> None:
        for kind, count in LEVEL_COUNTS.items():
            if len(self.of(kind)) != count:
                raise ValueError(f"{kind.value}: {count} weights expected, {len(self.of(kind))} given")
        if not np.isfinite([self.prior, *(weight for kind in Evidence for weight in self.of(kind))]).all():
            raise ValueError("a weight is not finite")

    def of(self, kind: Evidence) -> tuple[float, ...]:
        """Return the weights of one kind of evidence, by level."""
        return tuple(getattr(self, kind.value))

    @property
    def record(self) -> dict[str, Any]:
        """The weights as plain JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what `record` wrote."""
        return cls(record["prior"], *(tuple(record[kind.value]) for kind in Evidence))

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that name these weights beside each link they made."""
        return hashlib.sha256(json.dumps(self.record, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Thresholds:
    """From `link` on the machine links, from `suggest` on it asks a person, below it is silent.

    With the default weights the planted records of sparse towns gave, with `link` at .5, a pair precision of .989,
    recall of .915 and F1 of .951 (at .3: .981, .927, .953; at .7: .994, .890, .939), and with `suggest` at .2 one
    question for every 120 voices, 63 in 100 of which were rightly asked.
    """

    link: float = 0.5
    suggest: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.suggest <= self.link <= 1:
            raise ValueError(f"0 < suggest <= link <= 1 does not hold for {self.suggest}, {self.link}")


# Measured on some 98,000 planted records of artificial sparse towns (380 districts, three years, three sources with
# position errors of about 35, 130 and 20 m, half of them with text), whose true threats are known: a weight is
# log2(m / u), the share of its level among the pairs of one threat (m) and of two threats (u), of the 190,000 pairs
# within 300 m plus both accuracies and 45 days. `pattern` is judgement, kept modest: the planted records tell nothing
# about weekdays and times of day. The prior hangs on how densely unrelated threats lie, which no default can know:
# the odds were 11 to 1 in the sparse towns (3.47 bits, with which scores of .09, .32, .60, .82 and .94 came true in
# .07, .37, .62, .83 and .94 of the pairs) and about even in dense ones. Two bits stand between: too modest in a
# village, too sure in a city, and in doubt rather a second threat than two made one. Weights fitted to the place's
# own voices should replace these.
DEFAULT_WEIGHTS = Weights(
    prior=2.0,
    distance=(2.71, 2.13, 0.83, -2.34, -6.07),
    time=(3.21, 1.54, -0.11, -2.17, -4.60),
    category=(1.24, -2.13),
    text=(3.01, 1.84, 0.89, -1.48),
    street=(5.36, -5.03),
    pattern=(0.50, -1.00),
)

DEFAULT_THRESHOLDS = Thresholds()


def score(compared: Levels, weights: Weights = DEFAULT_WEIGHTS) -> Floats:
    """Return the probability that each pair speaks of one threat."""
    return _probabilities(weights)[compared.vector]


@lru_cache(maxsize=4)
def _probabilities(weights: Weights) -> Floats:
    """Return the probability of every combination of levels there is; whoever joins voice by voice asks ever again."""
    bits = np.array([weights.prior])
    for kind in LEVEL_COUNTS:
        bits = (bits[:, np.newaxis] + np.array([0.0, *weights.of(kind)])).ravel()
    found = np.asarray(1 / (1 + np.exp2(-bits)))
    found.setflags(write=False)
    return found


@dataclass(frozen=True)
class Reason:
    """One part of a score: what was compared, with which result, and how much it weighs.

    `value` is in metres for distance, in days for time and a share of common stems for text.
    """

    kind: Evidence
    level: int
    value: float | None
    weight: float

    @property
    def speaks_for(self) -> bool:
        """Whether this makes one threat more likely."""
        return self.weight > 0

    @property
    def record(self) -> dict[str, Any]:
        """The reason as plain JSON, for the link it explains."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Read what `record` wrote."""
        return cls(Evidence(record["kind"]), record["level"], record["value"], record["weight"])


def reasons(compared: Levels, k: int, weights: Weights = DEFAULT_WEIGHTS) -> tuple[Reason, ...]:
    """Return what speaks for and against the `k`-th pair, the weightiest first.

    The weights and the prior add up to the binary logarithm of the odds. What is not known gives no reason.
    """
    figures = {
        Evidence.DISTANCE: compared.distance_m,
        Evidence.TIME: compared.days_apart,
        Evidence.TEXT: compared.words_shared,
    }
    found = []
    for kind in Evidence:
        level = int(compared.of(kind)[k])
        if level != UNKNOWN:
            value = round(float(figures[kind][k]), 3) if kind in figures else None
            found.append(Reason(kind, level, value, weights.of(kind)[level]))
    return tuple(sorted(found, key=lambda reason: -abs(reason.weight)))
