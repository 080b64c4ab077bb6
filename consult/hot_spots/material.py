"""From counted voices to what is said of each place: the answer that the page shows and a summary prints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.geo import Floats
from consult.hot_spots import neighbourhoods
from consult.hot_spots.multiplicity import LEVEL, benjamini_hochberg
from consult.hot_spots.neighbourhoods import Neighbourhoods
from consult.hot_spots.rates import Change, change
from consult.hot_spots.stability import Finding, Judgement, Measured, Question, Reason, Standing, judged
from consult.period import Period

TOUCHING_M = 1.0
"""Drawn borders that lie so near to each other are one."""

FEWEST_TO_COMPARE = 5
"""With fewer voices in both years together no place is compared with the year before."""

NEXT_TO_NOTHING = 1e-9

LATEST_FIRST_DAYS = 31
"""The first voice of an area may come so long after its voices began to be gathered."""


class Cut(StrEnum):
    """Into which places an area is cut."""

    DISTRICTS = "districts"
    COMMUNES = "communes"
    KILOMETRE = "kilometre"
    CLOSE = "close"


SIDES_M = {Cut.KILOMETRE: 1_000, Cut.CLOSE: 400}
MOST_SQUARES = 4_000


class Against(StrEnum):
    """To what the voices of a place are compared: squares are alike; else all voices there, or its area."""

    ALIKE = "alike"
    ALL_VOICES = "all_voices"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: an area ("" is the country), its places, a group of categories or all, and a period.

    A period that is not over is looked at, and compared with the year before, up to the day `until`.
    """

    area: str
    cut: Cut
    period: Period
    until: date
    group: str = ""

    @property
    def end(self) -> date:
        """The first day that is not looked at any more."""
        return min(self.period.end, self.until)

    @property
    def year_before(self) -> tuple[date, date]:
        """The same days a year before."""
        return a_year_before(self.period.first), a_year_before(self.end)

    @property
    def parts(self) -> tuple[Period, ...]:
        """The parts of the period that are left out in turn: quarters, of less than half a year months."""
        months = 3 if self.period.months >= 6 else 1
        found = [Period(self.period.first, months)]
        while found[-1].end < self.period.end:
            found.append(Period(found[-1].end, months))
        return tuple(part for part in found if part.first < self.end)


def is_known(first: date, known_from: date | None) -> bool:
    """Tell whether voices were gathered already on a day, give or take a month until somebody spoke."""
    return known_from is not None and known_from <= first + timedelta(days=LATEST_FIRST_DAYS)


def a_year_before(day: date) -> date:
    """Give the same day a year before; of 29 February the day after."""
    return date(day.year - 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@dataclass(frozen=True, eq=False)
class Ground:
    """The places that are compared: what each is called, its shape, and who is whose neighbour."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    squares: NDArray[np.int64] | None = None

    @cached_property
    def near(self) -> Neighbourhoods:
        """Squares that share a side or corner, areas that share a border."""
        if self.squares is not None:
            return neighbourhoods.in_grid(self.squares[:, 0], self.squares[:, 1])
        return neighbourhoods.touching(list(self.shapes), TOUCHING_M)

    @cached_property
    def position(self) -> Mapping[str, int]:
        return {code: k for k, code in enumerate(self.codes)}

    def of(self, chosen: NDArray[np.int64]) -> "Ground":
        """Keep only some of the places."""
        squares = None if self.squares is None else self.squares[chosen]
        codes, names = (tuple(words[k] for k in chosen.tolist()) for words in (self.codes, self.names))
        return Ground(codes, names, self.shapes[chosen], squares)


def square_code(column: int, row: int) -> str:
    """Name a square of the grid by its column and row."""
    return f"{column}:{row}"


def squares_of(outline: BaseGeometry, side_m: int) -> Ground:
    """Cut an area into the squares of the national grid whose middles lie in it."""
    west, south, east, north = (int(edge // side_m) for edge in outline.bounds)
    columns, rows = (grid.ravel() for grid in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
    shapely.prepare(outline)
    inside = shapely.intersects_xy(outline, (columns + 0.5) * side_m, (rows + 0.5) * side_m)
    columns, rows = columns[inside], rows[inside]
    codes = tuple(square_code(*pair) for pair in zip(columns.tolist(), rows.tolist(), strict=True))
    shapes = shapely.box(columns * side_m, rows * side_m, (columns + 1) * side_m, (rows + 1) * side_m)
    return Ground(codes, ("",) * len(codes), np.atleast_1d(shapes), np.column_stack([columns, rows]))


class Tally(NamedTuple):
    """Different people who spoke of a place in a part of the period, through one plane."""

    code: str
    part: int
    plane: str
    voices: int


@dataclass(frozen=True, eq=False)
class Counted:
    """All that was counted: the voices looked at, those of a year before, and of all categories where that is needed.

    `unplaced` is how many voices of the area belong to none of its places; `known_from` is the day of the first voice
    of the area ever.
    """

    voices: Sequence[Tally]
    before: Sequence[Tally]
    everything: Sequence[Tally] | None = None
    unplaced: int = 0
    known_from: date | None = None


class HangsOn(StrEnum):
    """Of what kind is that without which a finding does not hold."""

    ITSELF = "itself"
    PLACE = "place"
    PART = "part"
    PLANE = "plane"


class Need(NamedTuple):
    """Without what a finding does not hold: a place by its name, a part of the period or a plane by its code."""

    kind: HangsOn
    name: str


@dataclass(frozen=True, slots=True)
class Spot:
    """What is said of one place.

    `adjusted` is the chance of its standing after all places were asked; `is_changed` tells whether the change against
    the year before is more than chance explains, after all places were asked. `x`, `y` stand for it (EPSG:2180).
    """

    code: str
    name: str
    standing: Standing
    voices: int
    compared_to: float
    z: float
    adjusted: float
    change: Change
    is_changed: bool
    needs: tuple[Need, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class HotSpots:
    """The answer: which places stand out, which changed, and how much was looked at.

    `spots` holds what is hot, stands out alone, or is not certain; `beside` names places that look hot only beside one
    of these. Without enough places or voices (`is_enough`) nothing is said of places, only of changes; and nothing of
    changes (`is_compared`) when the first voice of all, on `known_from`, came after the year before had begun.
    """

    asked: Asked
    against: Against
    places: int
    silent: int
    voices: int
    change: Change
    planes: tuple[str, ...]
    is_enough: bool
    spots: tuple[Spot, ...]
    beside: tuple[str, ...]
    changed: tuple[Spot, ...]
    unplaced: int
    is_compared: bool
    known_from: date | None


TOLD = (Standing.HOT, Standing.ALONE, Standing.UNSURE)


def answer(asked: Asked, whole: Ground, counted: Counted, area_km2: Floats | None = None) -> HotSpots:
    """Say what stands out. Places of areas are compared with all voices there, or with their area in km²."""
    exposure = _exposure(whole, counted, area_km2)
    heard = np.flatnonzero(exposure > 0) if exposure is not None else np.arange(len(whole.codes))
    ground = whole.of(heard)
    looked = _Looked(asked, ground, counted, None if counted.everything is not None else _at(exposure, heard))
    judgement = judged(looked.question)
    spots = [looked.spot(judgement, k) for k in judgement.places(*TOLD)]
    changed = [looked.spot(judgement, k) for k in np.flatnonzero(looked.is_changed).tolist()]
    return HotSpots(
        asked=asked,
        against=_against(counted, area_km2),
        places=len(whole.codes),
        silent=int((_by_place(counted.voices, whole) == 0).sum()),
        voices=int(looked.now.sum()),
        change=change(int(looked.now.sum()), int(looked.before.sum())),
        planes=looked.planes,
        is_enough=judgement.is_enough,
        spots=tuple(sorted(spots, key=lambda one: (TOLD.index(one.standing), one.adjusted, -one.z, one.code))),
        beside=tuple(ground.names[k] or ground.codes[k] for k in judgement.places(Standing.BESIDE)),
        changed=tuple(sorted(changed, key=lambda one: (one.change.p, one.code))),
        unplaced=counted.unplaced,
        is_compared=looked.is_compared,
        known_from=counted.known_from,
    )


def _against(counted: Counted, area_km2: Floats | None) -> Against:
    if counted.everything is not None:
        return Against.ALL_VOICES
    return Against.ALIKE if area_km2 is None else Against.AREA


def _exposure(ground: Ground, counted: Counted, area_km2: Floats | None) -> Floats | None:
    return area_km2 if counted.everything is None else _by_place(counted.everything, ground)


def _at(values: Floats | None, chosen: NDArray[np.int64]) -> Floats | None:
    return None if values is None else values[chosen]


def _by_place(tallies: Sequence[Tally], ground: Ground) -> Floats:
    """Add up the voices of each place."""
    found = np.zeros(len(ground.codes))
    for tally in tallies:
        if tally.code in ground.position:
            found[ground.position[tally.code]] += tally.voices
    return found


def _without(tallies: Sequence[Tally], ground: Ground, part: int | None, plane: str) -> Floats:
    """Add up the voices of each place but those of one part or plane."""
    return _by_place([tally for tally in tallies if tally.part != part and tally.plane != plane], ground)


@dataclass(frozen=True, eq=False)
class _Looked:
    """The places with their counts, as the question asks about them."""

    asked: Asked
    ground: Ground
    counted: Counted
    area_km2: Floats | None

    @cached_property
    def now(self) -> Floats:
        return _by_place(self.counted.voices, self.ground)

    @cached_property
    def before(self) -> Floats:
        return _by_place(self.counted.before, self.ground)

    @cached_property
    def is_compared(self) -> bool:
        return is_known(self.asked.year_before[0], self.counted.known_from)

    @cached_property
    def planes(self) -> tuple[str, ...]:
        return tuple(sorted({tally.plane for tally in self.counted.voices}))

    @cached_property
    def question(self) -> Question:
        return Question(self._measured(), self.ground.near, dict(self._left_out()))

    @cached_property
    def compared_to(self) -> Floats:
        return self._measured().against

    def _measured(self, part: int | None = None, plane: str = "") -> Measured:
        """Measure the places without a part or a plane."""
        counts = _without(self.counted.voices, self.ground, part, plane)
        if self.counted.everything is None:
            return Measured(counts, self.area_km2)
        everything = _without(self.counted.everything, self.ground, part, plane)
        return Measured(counts, np.maximum(everything, NEXT_TO_NOTHING))

    def _left_out(self) -> Iterator[tuple[str, Measured]]:
        """Leave out each part and each plane of which something was heard; the only one is never left out."""
        parts = sorted({tally.part for tally in self.counted.voices})
        for part in parts if len(parts) > 1 else ():
            yield self.asked.parts[part].code, self._measured(part=part)
        for plane in self.planes if len(self.planes) > 1 else ():
            yield plane, self._measured(plane=plane)

    @cached_property
    def _changes(self) -> list[Change]:
        return [change(int(now), int(before)) for now, before in zip(self.now, self.before, strict=True)]

    @cached_property
    def is_changed(self) -> NDArray[np.bool_]:
        """Which places changed by more than chance explains, after all were asked."""
        many = (self.now + self.before >= FEWEST_TO_COMPARE) & self.is_compared
        p = np.where(many, [one.p for one in self._changes], 1.0)
        return benjamini_hochberg(p) <= LEVEL

    def spot(self, judgement: Judgement, place: int) -> Spot:
        finding = judgement.findings[place] if judgement.is_enough else _NOTHING_SAID
        middle = shapely.centroid(self.ground.shapes[place])
        alone = finding.standing is Standing.ALONE
        return Spot(
            code=self.ground.codes[place],
            name=self.ground.names[place],
            standing=finding.standing,
            voices=int(self.now[place]),
            compared_to=float(self.compared_to[place]),
            z=finding.z,
            adjusted=finding.adjusted_alone if alone else finding.adjusted,
            change=self._changes[place],
            is_changed=bool(self.is_changed[place]),
            needs=tuple(self._need(reason) for reason in finding.hangs_on),
            x=float(middle.x),
            y=float(middle.y),
        )

    def _need(self, reason: Reason) -> Need:
        if reason.place is not None:
            return Need(HangsOn.PLACE, self.ground.names[reason.place] or self.ground.codes[reason.place])
        if not reason.part:
            return Need(HangsOn.ITSELF, "")
        return Need(HangsOn.PLANE if reason.part in self.planes else HangsOn.PART, reason.part)


_NOTHING_SAID = Finding(Standing.ORDINARY, 0.0, 1.0, 1.0, 1.0)
