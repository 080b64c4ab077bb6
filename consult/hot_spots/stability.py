"""What may be called a hot spot: not what one neighbour, one part of the period, or one source alone makes.

A place is hot when it and its neighbours together have more than chance puts side by side (Gi*, dealt out anew, with
the share of false ones held), when it has rather many itself, and when it stays so whichever single member of the
neighbourhood is left out, the place itself too, and whichever single part of the period or source. What only one place
shows is told apart: it may be real, and it may be one case that was counted many times. Its neighbours are not hot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from consult.geo import Floats
from consult.hot_spots.autocorrelation import DRAWS, Background, dealt_out, gi_star
from consult.hot_spots.multiplicity import LEVEL, benjamini_hochberg, threshold
from consult.hot_spots.neighbourhoods import Neighbourhoods
from consult.hot_spots.rates import chances_alone, smoothed

FEWEST_PLACES = 10
"""Below so many places there is no background from which one could stand out."""

FEWEST_CASES = 20
"""Below so many cases in all, chance decides where they lie."""

FEWEST_HERE = 5
"""With fewer cases of its own nothing is called a hot spot, however empty the rest is."""

FEWEST_LEFT = 3
"""So many of its own cases a place has still when a part or source is left out, or all hangs on that."""

SHARE_OF_AROUND = 0.5
"""A hot place has at least half of the average of its neighbourhood: a quiet one beside a loud one is not hot."""


class Standing(StrEnum):
    """What is said of a place."""

    HOT = "hot"
    ALONE = "alone"
    UNSURE = "unsure"
    BESIDE = "beside"
    ORDINARY = "ordinary"


@dataclass(frozen=True, eq=False)
class Measured:
    """Cases of each place, and to how much they are compared: people, area, all voices; by default all alike."""

    counts: Floats
    exposure: Floats | None = None

    @property
    def against(self) -> Floats:
        return np.ones(len(self.counts)) if self.exposure is None else self.exposure

    @cached_property
    def values(self) -> Floats:
        """Counts where places are alike, else rates of which the small ones are smoothed."""
        return self.counts if self.exposure is None else smoothed(self.counts, self.exposure)


class Reason(NamedTuple):
    """Without what a finding does not hold: another place (by its position), the place itself, or a part or source."""

    place: int | None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of a place: Gi* as z, its chance, the same after all places were asked, and what it hangs on."""

    standing: Standing
    z: float
    p: float
    adjusted: float
    adjusted_alone: float
    hangs_on: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The findings of all places in their order; none when there is too little to say anything."""

    findings: tuple[Finding, ...]
    is_enough: bool

    def places(self, *standings: Standing) -> list[int]:
        """List the places of some standings, the surest first."""
        chosen = [k for k, one in enumerate(self.findings) if one.standing in standings]
        return sorted(chosen, key=lambda k: (self.findings[k].adjusted, -self.findings[k].z, k))


@dataclass(frozen=True)
class Question:
    """Places with what was counted there, who is whose neighbour, and the same counts with a part or source left out.

    `left_out` names what is left out.
    """

    whole: Measured
    near: Neighbourhoods
    left_out: Mapping[str, Measured] = field(default_factory=dict)
    level: float = LEVEL
    draws: int = DRAWS


def judged(question: Question) -> Judgement:
    """Say of each place whether it is hot, alone stands out, hangs on one thing, or does not stand out."""
    whole, count = question.whole, len(question.whole.counts)
    if count < FEWEST_PLACES or whole.counts.sum() < FEWEST_CASES:
        return Judgement((), is_enough=False)
    looked = _Looked.at(question)
    held = [(Reason(None, name), looked.again(part)) for name, part in question.left_out.items()]
    return Judgement(tuple(looked.finding(place, held) for place in range(count)), is_enough=True)


class _Held(NamedTuple):
    """Which places are still hot, and still stand out alone, without a part."""

    hot: NDArray[np.bool_]
    alone: NDArray[np.bool_]


@dataclass(frozen=True)
class _Looked:
    """What one look at all places found, and up to which chance something is called something.

    Places that stand out, alone or with their neighbours, are no background for the others: they would hide all but
    themselves. Everything is looked at twice therefore, the second time without what stood out the first time.
    """

    question: Question
    picks: NDArray[np.int64]
    p_alone: Floats

    @classmethod
    def at(cls, question: Question) -> "_Looked":
        """Look for the places that stand out alone, and deal out."""
        near, whole = question.near, question.whole
        picks = dealt_out(near.count, int(near.sizes.max(initial=0)) + 1, question.draws)
        return cls(question, picks, chances_alone(whole.counts, whole.against))

    @cached_property
    def alone(self) -> NDArray[np.bool_]:
        limit = threshold(self.p_alone, self.question.level)
        return (self.p_alone <= limit) & (self.question.whole.counts >= FEWEST_HERE)

    @cached_property
    def apart(self) -> list[int]:
        """Places that are no background: what stands out alone, and what is loud where a first look finds much."""
        background = Background(self.question.whole.values, self.picks, np.flatnonzero(self.alone).tolist())
        p = self._chances(background)
        return np.flatnonzero(self.alone | (self.is_loud & (p <= threshold(p, self.question.level)))).tolist()

    @cached_property
    def background(self) -> Background:
        return self._background(self.question.whole)

    @cached_property
    def z(self) -> Floats:
        return gi_star(self.question.whole.values, self.question.near)

    @cached_property
    def p(self) -> Floats:
        """How seldom chance puts as much side by side as each place has there; what is below average is not asked."""
        return self._chances(self.background)

    @cached_property
    def limit(self) -> float:
        return threshold(self.p, self.question.level)

    @cached_property
    def together(self) -> NDArray[np.bool_]:
        """Which places have more than chance explains together with their neighbours."""
        return np.asarray(self.p <= self.limit)

    @cached_property
    def is_loud(self) -> NDArray[np.bool_]:
        """Which places have themselves more than most, and enough of what their neighbourhood has."""
        whole, near = self.question.whole, self.question.near
        around = (whole.values + near.added(whole.values)) / (near.sizes + 1)
        is_many = (whole.values > whole.values.mean()) & (whole.values >= SHARE_OF_AROUND * around)
        return np.asarray(is_many & (whole.counts >= FEWEST_HERE))

    @cached_property
    def figures(self) -> Floats:
        """What is told of each place: z, chance, and the chances after all were asked, with neighbours and alone."""
        return np.column_stack([self.z, self.p, benjamini_hochberg(self.p), benjamini_hochberg(self.p_alone)])

    def again(self, part: Measured) -> _Held:
        """Look again without a part, by the same limits: fewer cases must not make it easier."""
        background, asked = self._background(part), np.flatnonzero(self.together)
        hot = np.zeros(len(part.counts), dtype=bool)
        hot[asked] = [self._chance(place, part, background) <= self.limit for place in asked.tolist()]
        hot &= part.counts >= FEWEST_LEFT
        return _Held(hot, chances_alone(part.counts, part.against) <= threshold(self.p_alone, self.question.level))

    def finding(self, place: int, held: Sequence[tuple[Reason, _Held]]) -> Finding:
        """Say what is to be said of one place."""
        needed, parts = (self._needed(place), _lost(place, held)) if self.together[place] else ([], [])
        if self.alone[place] and (needed or parts or not self.together[place]):
            return self._said(place, Standing.ALONE, [reason for reason, kept in held if not kept.alone[place]])
        if not self.together[place]:
            return self._said(place, Standing.ORDINARY)
        if any(reason.place is not None for reason in needed):
            return self._said(place, Standing.BESIDE, [*needed, *parts])
        if not self.is_loud[place]:
            return self._said(place, Standing.ORDINARY)
        return self._said(place, Standing.UNSURE if needed or parts else Standing.HOT, [*needed, *parts])

    def _background(self, measured: Measured) -> Background:
        return Background(measured.values, self.picks, self.apart)

    def _chances(self, background: Background) -> Floats:
        found, asked = np.ones(len(self.z)), np.flatnonzero(self.z > 0)
        found[asked] = [self._chance(place, self.question.whole, background) for place in asked.tolist()]
        return found

    def _members(self, place: int) -> list[int]:
        return [place, *self.question.near.of_place(place).tolist()]

    def _chance(self, place: int, measured: Measured, background: Background) -> float:
        members = self._members(place)
        return background.chance(float(measured.values[members].sum()), len(members), members)

    def _needed(self, place: int) -> list[Reason]:
        """Name the members of a neighbourhood without which it is not hot."""
        members, values = self._members(place), self.question.whole.values
        total = float(values[members].sum())
        return [
            Reason(None if one == place else one)
            for one in members
            if self.background.chance(total - float(values[one]), len(members) - 1, members) > self.limit
        ]

    def _said(self, place: int, standing: Standing, hangs_on: Sequence[Reason] = ()) -> Finding:
        z, p, adjusted, adjusted_alone = self.figures[place].tolist()
        return Finding(standing, z, p, adjusted, adjusted_alone, tuple(hangs_on))


def _lost(place: int, held: Sequence[tuple[Reason, _Held]]) -> list[Reason]:
    return [reason for reason, kept in held if not kept.hot[place]]
