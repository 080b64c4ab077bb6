"""Rates of counted events: so many per 1,000 or 10,000 people, with the interval that chance alone leaves open.

A count is uncertain even when nobody miscounted: with the same danger another year would have brought a few more or
fewer. For counts up to a hundred the interval is the exact one of Garwood (1936), found by halving; above, Byar's
approximation differs from it by less than a thousandth. The interval says nothing of how people report, nor of how the
police count.

The people of a year are the mean of those of 31 December before and 31 December of it. Where areas are put in the
order of their rates, each gets the places that it could take as well: each true rate is drawn many times from what its
count leaves open (a gamma distribution, Jeffreys' prior), and always with the same seed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt

import numpy as np

EXACT_UP_TO = 100
TAIL = 0.025
Z = 1.959964
"""An interval leaves so much out at either end; so many standard errors do the same where counts are nearly normal."""

FEWEST_PEOPLE = 1_000
"""Among fewer people a rate is a handful of events in other words: it leads to whoever lives there and says nothing."""

DRAWS = 2_000
SEED = 20_160_701
"""Any number would do; a fixed one makes two runs say the same."""


def poisson_interval(count: int) -> tuple[float, float]:
    """Give the interval of the events to be expected where so many were counted, 95 times in 100 the right one."""
    if count < 0:
        raise ValueError("nothing is counted below zero")
    return garwood(count) if count <= EXACT_UP_TO else byar(count)


@lru_cache(maxsize=EXACT_UP_TO + 1)
def garwood(count: int) -> tuple[float, float]:
    """Give the exact interval: the expectations at which so many, or so few, are just too rare to be believed."""
    ceiling = count + 6 * sqrt(count + 1) + 10
    lower = _halved(lambda mean: 1 - _at_most(count - 1, mean) < TAIL, count) if count else 0.0
    return lower, _halved(lambda mean: _at_most(count, mean) > TAIL, ceiling)


def byar(count: int) -> tuple[float, float]:
    """Give the interval by a cube root that makes counts nearly normal; for counts of ten and more."""
    more = count + 1
    lower = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3 if count else 0.0
    return lower, more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3


def _at_most(count: int, mean: float) -> float:
    """Give the chance of at most so many events where `mean` are to be expected."""
    term = total = exp(-mean)
    for number in range(1, count + 1):
        term *= mean / number
        total += term
    return total if count >= 0 else 0.0


def _halved(is_below: Callable[[float], bool], ceiling: float) -> float:
    """Find the mean up to which something holds."""
    low, high = 0.0, float(ceiling)
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def mid_year(before: float | None, after: float | None) -> float | None:
    """Give the people of a year from those of the two days on which it begins and ends; None where one is not known."""
    return None if before is None or after is None else (before + after) / 2


@dataclass(frozen=True, slots=True)
class Rate:
    """Events among people: so many for each `per` of them, and from where to where it may truly be."""

    count: int
    people: float
    per: int
    value: float
    low: float
    high: float


def rate(count: int | None, people: float | None, per: int = 1_000) -> Rate | None:
    """Relate a count to people; None where either is not known, or there are fewer than FEWEST_PEOPLE."""
    if count is None or people is None or people < FEWEST_PEOPLE:
        return None
    low, high = poisson_interval(count)
    scale = per / people
    return Rate(count, people, per, count * scale, low * scale, high * scale)


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of an area among others, 1 being the highest rate, and the places that it could have as well."""

    place: int
    first: int
    last: int


def ranks(counts: Sequence[int], people: Sequence[float], draws: int = DRAWS, seed: int = SEED) -> list[Rank]:
    """Put areas in the order of their rates. Equal rates share the first of their places."""
    if not counts:
        return []
    known, among = np.asarray(counts, dtype=float), np.asarray(people, dtype=float)
    rates = known / among
    places = [1 + int((rates > own).sum()) for own in rates]
    drawn = np.random.default_rng(seed).gamma(known + 0.5, size=(draws, len(known))) / among
    orders = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    first, last = np.quantile(orders, [TAIL, 1 - TAIL], axis=0, method="closest_observation")
    return [
        Rank(place, min(place, int(low)), max(place, int(high)))
        for place, low, high in zip(places, first, last, strict=True)
    ]
