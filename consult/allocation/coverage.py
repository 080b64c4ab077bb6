"""Which of some candidate places serve most of what people speak of: covering within reach, and least way in all.

Maximal covering (Church and ReVelle, 1974) chooses the places within whose reach most voices lie; the p-median (Hakimi,
1964) those from which the way to all voices is shortest in all. Both are solved exactly. Distances are straight lines:
there is no network of roads here. What is chosen is shown beside what other questions would choose, never as a score.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from consult.geo import Floats

FEWEST_VOICES = 10
"""Below so many independent voices nothing is recommended, whoever asks."""

REACH_CHANGE = 0.2
"""Reach is tried so much shorter and longer."""


class Candidate(NamedTuple):
    """A place where a post could be (EPSG:2180)."""

    name: str
    x: float
    y: float


class Demand(NamedTuple):
    """Something that people speak of: where it is, how many independent voices say so, and its category."""

    x: float
    y: float
    voices: int
    category: str


@dataclass(frozen=True, slots=True)
class Question:
    """How many posts among the candidates, for what, and how far they reach in metres."""

    candidates: tuple[Candidate, ...]
    demands: tuple[Demand, ...]
    posts: int
    reach_m: float

    @property
    def voices(self) -> int:
        """The independent voices behind it all."""
        return sum(demand.voices for demand in self.demands)

    @property
    def is_enough(self) -> bool:
        """Whether so many spoke that something may be recommended."""
        return self.voices >= FEWEST_VOICES


@dataclass(frozen=True, slots=True)
class Chosen:
    """Candidates by their positions, the voices within their reach, and the mean way of a voice to the nearest."""

    places: tuple[int, ...]
    covered: int
    mean_m: float


class Variation(StrEnum):
    """What is asked differently."""

    AS_ASKED = "as_asked"
    NEARER = "nearer"
    FARTHER = "farther"
    FEWER = "fewer"
    MORE = "more"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class Tried:
    """What a question asked differently would choose; `category` is the one that was left out."""

    variation: Variation
    category: str
    question: Question
    covering: Chosen
    median: Chosen


@dataclass(frozen=True, slots=True)
class Answer:
    """The question as asked and asked differently, how often each candidate is chosen, and what each reaches alone."""

    tried: tuple[Tried, ...]
    covering_of: tuple[int, ...]
    median_of: tuple[int, ...]
    alone: tuple[Chosen, ...]


class TooFewVoices(ValueError):
    """So few people spoke that nothing may be recommended."""


def answer(question: Question) -> Answer:
    """Choose places, and show what other questions would choose; refused below ten independent voices."""
    if not question.is_enough:
        raise TooFewVoices(question.voices)
    tried = tuple(_tried(*one) for one in _variations(question))
    alone = tuple(_chosen(question, (place,)) for place in range(len(question.candidates)))
    return Answer(
        tried,
        _counted(question, [one.covering for one in tried]),
        _counted(question, [one.median for one in tried]),
        alone,
    )


def _counted(question: Question, chosen: Sequence[Chosen]) -> tuple[int, ...]:
    times = Counter(place for one in chosen for place in one.places)
    return tuple(times[place] for place in range(len(question.candidates)))


def _variations(question: Question) -> Iterator[tuple[Variation, str, Question]]:
    """Ask as asked, with other reaches, one post fewer or more, and without each category; never about too few."""
    yield Variation.AS_ASKED, "", question
    yield Variation.NEARER, "", replace(question, reach_m=question.reach_m * (1 - REACH_CHANGE))
    yield Variation.FARTHER, "", replace(question, reach_m=question.reach_m * (1 + REACH_CHANGE))
    if question.posts > 1:
        yield Variation.FEWER, "", replace(question, posts=question.posts - 1)
    if question.posts < len(question.candidates):
        yield Variation.MORE, "", replace(question, posts=question.posts + 1)
    for category in sorted({demand.category for demand in question.demands}):
        left = replace(question, demands=tuple(one for one in question.demands if one.category != category))
        if left.is_enough:
            yield Variation.WITHOUT, category, left


def _tried(variation: Variation, category: str, question: Question) -> Tried:
    return Tried(variation, category, question, maximal_covering(question), p_median(question))


def distances(question: Question) -> Floats:
    """Measure from every demand (rows) to every candidate (columns), in a straight line."""
    spots = np.array([(one.x, one.y) for one in question.demands]).reshape(-1, 1, 2)
    places = np.array([(one.x, one.y) for one in question.candidates]).reshape(1, -1, 2)
    found: Floats = np.hypot(*np.moveaxis(spots - places, -1, 0))
    return found


def _voices(question: Question) -> Floats:
    return np.array([one.voices for one in question.demands], dtype=float)


def maximal_covering(question: Question) -> Chosen:
    """Choose the places within whose reach most voices lie."""
    reached = distances(question) <= question.reach_m
    demands, places = reached.shape
    # Unknowns: whether each place is chosen, then whether each demand is reached by a chosen one.
    worth = np.concatenate([np.zeros(places), -_voices(question)])
    solved = _solved(
        worth,
        places,
        [
            (np.concatenate([np.ones(places), np.zeros(demands)])[None, :], question.posts, question.posts),
            (_sparse(np.hstack([reached.astype(float), -np.eye(demands)])), 0, np.inf),
        ],
    )
    return _chosen(question, _picked(solved, places))


def p_median(question: Question) -> Chosen:
    """Choose the places from which the way to all voices is shortest in all."""
    ways = distances(question) * _voices(question)[:, None]
    demands, places = ways.shape
    # Unknowns: whether each place is chosen, then from which place each demand is served.
    served = np.arange(demands * places)
    ones = np.ones(demands * places)
    of_demand = _coo(ones, served // places, places + served, (demands, places + len(served)))
    by_chosen = _coo(
        np.concatenate([ones, -ones]),
        np.concatenate([served, served]),
        np.concatenate([served % places, places + served]),
        (len(served), places + len(served)),
    )
    solved = _solved(
        np.concatenate([np.zeros(places), ways.ravel()]),
        places,
        [
            (np.concatenate([np.ones(places), np.zeros(len(served))])[None, :], question.posts, question.posts),
            (of_demand, 1, 1),
            (by_chosen, 0, np.inf),
        ],
    )
    return _chosen(question, _picked(solved, places))


def _solved(cost: Floats, whole: int, rules: Sequence[tuple[Any, float, float]]) -> Floats:
    """Minimise a cost under rules (matrix, least, most); the first `whole` unknowns are nought or one, all within."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # half a second to import

    integrality = np.zeros(len(cost))
    integrality[:whole] = 1
    found = milp(
        cost,
        integrality=integrality,
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(*rule) for rule in rules],
        options={"mip_rel_gap": 0.0},
    )
    assert found.success, found.message
    return np.asarray(found.x)


def _sparse(matrix: Floats) -> Any:
    from scipy.sparse import csr_array

    return csr_array(matrix)


def _coo(values: Floats, rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    from scipy.sparse import coo_array

    return coo_array((values, (rows, columns)), shape=shape).tocsr()


def _picked(solved: Floats, places: int) -> tuple[int, ...]:
    return tuple(np.flatnonzero(solved[:places] > 0.5).tolist())


def _chosen(question: Question, places: tuple[int, ...]) -> Chosen:
    """Count the voices within reach of some places, and the mean way of a voice to the nearest of them."""
    nearest, voices = distances(question)[:, list(places)].min(axis=1), _voices(question)
    covered = int(voices[nearest <= question.reach_m].sum())
    return Chosen(places, covered, float((nearest * voices).sum() / voices.sum()))
