"""Which voices are one threat: clusters whose members all belong together, not chains of neighbours.

Two clusters may become one when the *mean* score of all pairs between them reaches the threshold; a pair that was
no candidate counts as 0. So a row of voices each eighty metres from the next does not become one threat a kilometre
long, and a threat cannot grow beyond what its members say of each other. This is average linkage, done exactly, in
rounds: in each, every two clusters that are each other's best partner merge at once. Average linkage allows that,
since a merged cluster is never nearer to a third one than the nearer of its parts was.

Decisions of people bind: what they put together stays together, what they keep apart never meets, and the voices of
a settled threat remain one block to which the machine may add but from which it takes nothing.

The result depends on the voices and their keys alone. Scores are counted in whole millionths, so that sums do not
hang on the order of adding; ties go to the pair of clusters whose first members come first by key.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from consult.threats.linking import (
    DEFAULT_THRESHOLDS,
    DEFAULT_WEIGHTS,
    Floats,
    Integers,
    Mask,
    Pairs,
    Reason,
    Thresholds,
    Voices,
    Weights,
    candidates,
    levels,
    near_these,
    reasons,
    score,
)

NONE = -1
MILLION = 1_000_000
FAINT = 0.02
"""Scores under this are taken as 0: they change no cluster and make most of the pairs."""


class DecisionsContradict(ValueError):
    """What people kept apart, they also put together; `pairs` names the rows."""

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        super().__init__(f"{len(pairs)} decisions contradict, first {pairs[0]}")
        self.pairs = tuple(pairs)


@dataclass(frozen=True)
class Decisions:
    """What people decided about rows of voices, binding for every joining.

    `together` and `apart` are pairs of rows. `fixed` gives a label of 0 or more to each voice that a person, a
    status, a release or retention has settled in a threat, and -1 to the free ones; None means all are free.
    """

    together: Collection[tuple[int, int]] = ()
    apart: Collection[tuple[int, int]] = ()
    fixed: ArrayLike | None = None

    def settled(self, count: int) -> Integers:
        """Return the label of each of `count` voices, -1 for the free ones."""
        return np.full(count, NONE) if self.fixed is None else np.asarray(self.fixed, dtype=np.int64)


NO_DECISIONS = Decisions()


@dataclass(frozen=True, eq=False)
class Clusters:
    """The partition, and how sure it is.

    `label` is the row of the cluster's first member by key, `mean` a voice's mean score with the other members (NaN
    for a voice alone). `other` is the cluster that suits the voice best beside its own and from which nobody keeps
    it apart (-1 for none), `other_mean` its mean score with that one. A settled threat may be older than JOIN_DAYS;
    as the other cluster it is measured by those of its voices that the voice could be compared with at all.
    `settled` marks voices of a settled threat.
    """

    label: Integers
    mean: Floats
    other: Integers
    other_mean: Floats
    settled: Mask

    @property
    def size(self) -> Integers:
        """The size of each voice's cluster."""
        return np.bincount(self.label, minlength=len(self.label))[self.label]


@dataclass(frozen=True, eq=False)
class Suggestions:
    """Voices that may belong to another cluster: a person decides."""

    voice: Integers
    label: Integers
    mean: Floats

    def __len__(self) -> int:
        return len(self.voice)


@dataclass(frozen=True, eq=False)
class _Edges:
    """Sums of scores between clusters `a` < `b`, each pair of clusters once, sorted."""

    a: Integers
    b: Integers
    total: Integers

    def kept(self, mask: Mask) -> "_Edges":
        return _Edges(self.a[mask], self.b[mask], self.total[mask])


def join(
    voices: Voices,
    decisions: Decisions = NO_DECISIONS,
    weights: Weights = DEFAULT_WEIGHTS,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Clusters:
    """Join voices into threats from nothing: candidates, levels, scores, clusters."""
    pairs = candidates(voices)
    return cluster(voices, pairs, score(levels(voices, pairs), weights), decisions, thresholds)


def cluster(
    voices: Voices,
    pairs: Pairs,
    scores: Floats,
    decisions: Decisions = NO_DECISIONS,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Clusters:
    """Group voices by the scores of their pairs; raise DecisionsContradict when that cannot be done.

    The partition is the same for any order of rows, and the same for a part of the voices taken alone as long as no
    pair at or above the threshold, and no decision, leads out of that part.
    """
    count = len(voices)
    if clash := contradictions(count, decisions):
        raise DecisionsContradict(clash)
    known = scores >= FAINT
    edges = _Edges(
        voices.rank[pairs.i[known]],
        voices.rank[pairs.j[known]],
        np.rint(scores[known] * MILLION).astype(np.int64),
    )
    settled = decisions.settled(count) != NONE
    apart = _ranked(voices, decisions.apart)
    home = _blocks(voices, decisions)
    home = _merged(edges, home, settled[voices.in_order], apart, thresholds.link)
    return _described(voices, edges, home, settled, apart)


def contradictions(count: int, decisions: Decisions) -> list[tuple[int, int]]:
    """Return the pairs of rows that people bound together, by however many steps, although they must stay apart.

    These are the pairs kept apart inside one block, and the decisions that would bind two settled threats together.
    """
    together = _rows(decisions.together)
    settled = decisions.settled(count)
    block = _united(count, np.concatenate((together, _settled_pairs(settled))))
    apart = _rows(decisions.apart)
    clash = apart[block[apart[:, 0]] == block[apart[:, 1]]]
    fixed = np.flatnonzero(settled != NONE)
    highest = np.full(count, NONE)
    np.maximum.at(highest, block[fixed], settled[fixed])
    torn = np.isin(block[together[:, 0]], block[fixed[settled[fixed] != highest[block[fixed]]]])
    return [(int(one), int(two)) for one, two in np.concatenate((clash, together[torn]))]


def said_last(count: int, decisions: Decisions, newest_first: Iterable[tuple[int, int]]) -> Decisions:
    """Return the decisions that can hold together: each that contradicts neither what is settled nor a newer one.

    `newest_first` are the pairs of `decisions.together` and `decisions.apart`, the newest before the older ones.
    """
    bound, blocks = set(decisions.together), _Blocks(count, decisions.settled(count))
    together, apart = [], []
    for pair in newest_first:
        if pair in bound and blocks.bind(*pair):
            together.append(pair)
        elif pair not in bound and blocks.part(*pair):
            apart.append(pair)
    return replace(decisions, together=together, apart=apart)


class _Blocks:
    """Blocks of rows that belong together, the settled ones to begin with, and which of them never meet."""

    def __init__(self, count: int, settled: Integers) -> None:
        self.name = _united(count, _settled_pairs(settled))
        fixed = np.flatnonzero(settled != NONE)
        self.threat = dict(zip(self.name[fixed].tolist(), settled[fixed].tolist(), strict=True))
        self.into: dict[int, int] = {}
        self.foes: defaultdict[int, set[int]] = defaultdict(set)

    def of(self, row: int) -> int:
        """Name the block of a row."""
        name = int(self.name[row])
        while name in self.into:
            name = self.into[name]
        return name

    def part(self, first: int, second: int) -> bool:
        """Keep the blocks of two rows apart; say whether that can be."""
        one, two = self.of(first), self.of(second)
        if one == two:
            return False
        self.foes[one].add(two)
        self.foes[two].add(one)
        return True

    def bind(self, first: int, second: int) -> bool:
        """Make the blocks of two rows one; say whether that can be."""
        one, two = self.of(first), self.of(second)
        if one == two:
            return True
        if two in self.foes[one] or (one in self.threat and two in self.threat):
            return False
        self.into[two] = one
        if two in self.threat:
            self.threat[one] = self.threat[two]
        for foe in self.foes.pop(two, ()):
            self.foes[foe] = self.foes[foe] - {two} | {one}
            self.foes[one].add(foe)
        return True


def _rows(pairs: Collection[tuple[int, int]]) -> Integers:
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _ranked(voices: Voices, pairs: Collection[tuple[int, int]]) -> Integers:
    return np.asarray(voices.rank[_rows(pairs)])


def _settled_pairs(settled: Integers) -> Integers:
    """Bind every voice of a settled threat to the next one of it."""
    rows = np.flatnonzero(settled != NONE)
    rows = rows[np.argsort(settled[rows], kind="stable")]
    same = settled[rows[1:]] == settled[rows[:-1]]
    return np.column_stack((rows[:-1][same], rows[1:][same]))


def _united(count: int, pairs: Integers) -> Integers:
    """Name the parts that pairs of rows connect by their first rows.

    Round by round every part takes the smallest name across its pairs, as fast for a million as a graph library and
    without its preparations, which a single new voice would wait for.
    """
    name = np.arange(count)
    one, two = pairs[:, 0], pairs[:, 1]
    while len(one):
        here, there = name[one], name[two]
        np.minimum.at(name, np.maximum(here, there), np.minimum(here, there))
        while np.any(name[name] != name):
            name = name[name]
        apart = name[one] != name[two]
        one, two = one[apart], two[apart]
    return name


def _blocks(voices: Voices, decisions: Decisions) -> Integers:
    """Return for each voice, in the order of keys, the first member of the block that people made."""
    count = len(voices)
    pairs = np.concatenate((_rows(decisions.together), _settled_pairs(decisions.settled(count))))
    return _united(count, voices.rank[pairs])


def _merged(edges: _Edges, home: Integers, settled: Mask, apart: Integers, link: float) -> Integers:
    """Merge best partners round by round until no two clusters are alike enough; return each voice's cluster."""
    count = len(home)
    size = np.bincount(home, minlength=count)
    fixed = np.zeros(count, dtype=np.bool_)
    fixed[home[settled]] = True
    edges = _regrouped(_within_components(edges, home, link), home)
    while len(edges.a):
        barred = (fixed[edges.a] & fixed[edges.b]) | _kept_apart(edges, home[apart], count)
        mean = np.where(barred, -1.0, edges.total / (size[edges.a] * size[edges.b] * float(MILLION)))
        alive = _alive(edges, mean, link, count)
        edges, mean = edges.kept(alive), mean[alive]
        chosen = _mutually_best(edges, mean, link, count)
        into, gone = edges.a[chosen], edges.b[chosen]
        size[into] += size[gone]
        fixed[into] |= fixed[gone]
        step = np.arange(count)
        step[gone] = into
        home = step[home]
        edges = _regrouped(edges, step)
    return home


def _within_components(edges: _Edges, home: Integers, link: float) -> _Edges:
    """Leave out edges between parts that no pair at the threshold connects: no mean across them can reach it."""
    strong = edges.total >= link * MILLION
    bonds = np.column_stack((home[edges.a[strong]], home[edges.b[strong]]))
    component = _united(len(home), bonds)
    return edges.kept(component[home[edges.a]] == component[home[edges.b]])


def _regrouped(edges: _Edges, home: Integers) -> _Edges:
    """Add up the edges between the same two clusters and drop those inside one."""
    a, b = home[edges.a], home[edges.b]
    across = a != b
    a, b, total = a[across], b[across], edges.total[across]
    joint = np.minimum(a, b) * len(home) + np.maximum(a, b)
    order = np.argsort(joint, kind="stable")
    joint, total = joint[order], total[order]
    starts = np.flatnonzero(np.diff(joint, prepend=-1))
    sums = np.add.reduceat(total, starts) if len(starts) else total
    low, high = np.divmod(joint[starts], max(len(home), 1))
    return _Edges(low, high, sums)


def _kept_apart(edges: _Edges, apart: Integers, count: int) -> Mask:
    """Tell which edges join clusters that hold two voices kept apart."""
    if not len(apart):
        return np.zeros(len(edges.a), dtype=np.bool_)
    return np.isin(edges.a * count + edges.b, apart.min(axis=1) * count + apart.max(axis=1))


def _alive(edges: _Edges, mean: Floats, link: float, count: int) -> Mask:
    """Tell which edges may still matter: both ends have a partner at the threshold (who has none never gets one)."""
    has_partner = np.zeros(count, dtype=np.bool_)
    strong = mean >= link
    has_partner[edges.a[strong]] = True
    has_partner[edges.b[strong]] = True
    return np.asarray(has_partner[edges.a] & has_partner[edges.b])


def _mutually_best(edges: _Edges, mean: Floats, link: float, count: int) -> Integers:
    """Return the edges that are the best one of both their ends, the first edge winning a tie."""
    best = np.full(count, -1.0)
    np.maximum.at(best, edges.a, mean)
    np.maximum.at(best, edges.b, mean)
    numbers = np.arange(len(mean))
    pick = np.full(count, len(mean))
    for end in (edges.a, edges.b):
        top = (mean == best[end]) & (mean >= link)
        np.minimum.at(pick, end[top], numbers[top])
    return np.flatnonzero((pick[edges.a] == numbers) & (pick[edges.b] == numbers))


def _described(voices: Voices, edges: _Edges, home: Integers, settled: Mask, apart: Integers) -> Clusters:
    """Turn clusters in the order of keys back into rows and say how sure each voice is."""
    count = len(voices)
    size = np.bincount(home, minlength=count)
    inside = home[edges.a] == home[edges.b]
    own = sum(
        (np.bincount(end[inside], weights=edges.total[inside], minlength=count) for end in (edges.a, edges.b)),
        start=np.zeros(count),
    )
    peers = size[home] - 1
    mean = np.divide(own, peers * float(MILLION), out=np.full(count, np.nan), where=peers > 0)
    fixed = np.zeros(count, dtype=np.bool_)
    fixed[home[settled[voices.in_order]]] = True
    other, other_mean = _best_other(edges.kept(~inside), home, np.where(fixed, 0, size), home[apart])
    rows = voices.rank
    label = voices.in_order[home][rows] if count else home
    named = np.where(other == NONE, NONE, voices.in_order[other]) if count else other
    return Clusters(label, mean[rows], named[rows], other_mean[rows], settled)


def _best_other(edges: _Edges, home: Integers, size: Integers, apart: Integers) -> tuple[Integers, Floats]:
    """Find for each voice the cluster beside its own with the highest mean score.

    Where `size` is 0 the mean is that of the pairs there are.
    """
    count = len(home)
    voice, total = np.concatenate((edges.a, edges.b)), np.concatenate((edges.total, edges.total))
    target = home[np.concatenate((edges.b, edges.a))]
    ends = _Edges(np.minimum(home[voice], target), np.maximum(home[voice], target), total)
    allowed = ~_kept_apart(ends, apart, count)
    pairs, pair = np.unique(voice[allowed] * count + target[allowed], return_inverse=True)
    voice, target = np.divmod(pairs, max(count, 1))
    compared = np.bincount(pair, minlength=len(pairs))
    mean = np.bincount(pair, weights=total[allowed], minlength=len(pairs)) / MILLION
    mean /= np.where(size[target] > 0, size[target], compared)
    order = np.lexsort((target, -mean, voice))
    first = order[np.flatnonzero(np.diff(voice[order], prepend=NONE))]
    other, other_mean = np.full(count, NONE), np.zeros(count)
    other[voice[first]], other_mean[voice[first]] = target[first], mean[first]
    return other, other_mean


def suggestions(voices: Voices, clusters: Clusters, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Suggestions:
    """Return the voices that may belong to another cluster, for a person to decide.

    The smaller cluster is suggested to the larger one (of two equal ones the later by key to the earlier), a free
    voice to a settled threat, a settled voice nowhere. A voice surer of its own cluster than LINK stays unasked
    unless the other one suits it better.
    """
    size, target = clusters.size, clusters.other
    inviting = np.zeros(len(voices), dtype=np.bool_)
    inviting[clusters.label[clusters.settled]] = True
    later = voices.rank[clusters.label] > voices.rank[target]
    smaller = (size < size[target]) | ((size == size[target]) & later)
    asked = (target != NONE) & ~clusters.settled & (clusters.other_mean >= thresholds.suggest)
    unsure = ~(clusters.mean >= np.maximum(thresholds.link, clusters.other_mean))
    rows = np.flatnonzero(asked & unsure & (inviting[target] | smaller))
    return Suggestions(rows, target[rows], clusters.other_mean[rows])


class Outcome(StrEnum):
    """What becomes of one new voice."""

    LINK = "link"
    SUGGEST = "suggest"
    NEW = "new"


@dataclass(frozen=True)
class Placement:
    """Where one new voice belongs, and why.

    `label` names the threat to link or suggest, `probability` the mean score with its voices, `nearest` the row that
    speaks most for it and `reasons` the parts of that pair's score. A new threat has none of them.
    """

    outcome: Outcome
    label: int | None = None
    probability: float = 0.0
    nearest: int | None = None
    reasons: tuple[Reason, ...] = ()


def place_voice(
    voices: Voices,
    new: int,
    labels: ArrayLike,
    sizes: Mapping[int, int],
    apart: Collection[int] = (),
    weights: Weights = DEFAULT_WEIGHTS,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    pairs: Pairs | None = None,
) -> Placement:
    """Decide about one new voice among its neighbours, by the same mean that joins clusters.

    `labels` gives the threat of every row (that of row `new` is not looked at; -1 means none), `sizes` the number
    of all voices of each threat, near or far: those that are no candidates count as 0. When the mean stays low only
    because most of a threat lies too far back to compare, a person is asked. `apart` names threats this voice must
    not join; `pairs` are those of the voice with all the others, where they are known.
    """
    pairs = near_these(voices, new) if pairs is None else pairs
    compared = levels(voices, pairs)
    scores = np.rint(score(compared, weights) * MILLION).astype(np.int64)
    scores[scores < FAINT * MILLION] = 0
    rows = np.where(pairs.i == new, pairs.j, pairs.i)
    threats = np.asarray(labels, dtype=np.int64)[rows]
    open_ones = (threats != NONE) & ~np.isin(threats, list(apart)) & (scores > 0)
    best = _best_threat(threats[open_ones], scores[open_ones], sizes, thresholds)
    if best is None:
        return Placement(Outcome.NEW)
    outcome, label, probability = best
    k = int(np.argmax(np.where(threats == label, scores, NONE)))
    return Placement(outcome, label, probability, int(rows[k]), reasons(compared, k, weights))


def _best_threat(
    threats: Integers, scores: Integers, sizes: Mapping[int, int], thresholds: Thresholds
) -> tuple[Outcome, int, float] | None:
    """Choose the threat with the highest mean, the one met first by key in a tie; None when all are unlikely."""
    names, first, pair = np.unique(threats, return_index=True, return_inverse=True)
    if not len(names):
        return None
    total = np.bincount(pair, weights=scores) / MILLION
    means = total / [max(sizes[int(name)], 1) for name in names]
    partial = total / np.bincount(pair)
    best = int(np.lexsort((first, -means))[0])
    if means[best] >= thresholds.suggest:
        outcome = Outcome.LINK if means[best] >= thresholds.link else Outcome.SUGGEST
        return outcome, int(names[best]), float(means[best])
    best = int(np.lexsort((first, -partial))[0])
    if partial[best] < thresholds.link:
        return None
    return Outcome.SUGGEST, int(names[best]), float(partial[best])
