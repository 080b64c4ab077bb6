"""Counting different voices by places and parts of a period, and by months: staff alone reads what comes of it.

A person counts once in a place and part of the period, however often they spoke there; a voice without a sign of whose
it is counts as one.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Integer, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute

from consult.catalogue.models import Category
from consult.db import db
from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.districts.lying import Lying, lying_at
from consult.hot_spots.material import (
    MOST_SQUARES,
    SIDES_M,
    Asked,
    Counted,
    Cut,
    Ground,
    HotSpots,
    Spot,
    Tally,
    a_year_before,
    answer,
    square_code,
    squares_of,
)
from consult.hot_spots.trends import ALL, Counts, Trends, trends
from consult.observations.models import Observation
from consult.period import Period, day_of, midnight

_VOICE = func.coalesce(Observation.voice_key, cast(Observation.id, String))
"""Whose voice it is; one without a key is its own."""


class TooManySquares(ValueError):
    """The area has more squares of this size than can be looked at."""


def hot_spots(asked: Asked) -> HotSpots:
    """Say what stands out in an area and period.

    Raises NoResultFound for an unknown area or one without such places, TooManySquares for one that is too large.
    """
    ground, regions = _ground(asked)
    counted = _counted(asked)
    area_km2 = None if asked.cut in SIDES_M else np.array([region.area_km2 for region in regions])
    return answer(asked, ground, counted, area_km2)


def _ground(asked: Asked) -> tuple[Ground, Sequence[Region]]:
    if asked.cut in SIDES_M:
        outline, side_m = districts.outline(asked.area), SIDES_M[asked.cut]
        if outline.area > MOST_SQUARES * side_m**2:
            raise TooManySquares(asked.area)
        return squares_of(outline, side_m), []
    regions = [region for region in _regions(asked.cut) if region.code.startswith(asked.area)]
    if not regions:
        raise NoResultFound(asked.area)
    shapes = np.array([region.shape for region in regions], dtype=object)
    return Ground(tuple(_code(one.code, asked.cut) for one in regions), _names(regions), shapes), regions


def _regions(cut: Cut) -> list[Region]:
    return districts.districts() if cut is Cut.DISTRICTS else districts.communes()


def _names(regions: Sequence[Region]) -> tuple[str, ...]:
    known = districts.clear_names([region.code for region in regions])
    return tuple(known.get(region.code, region.label) for region in regions)


def _code(code: str, cut: Cut) -> str:
    return code if cut is Cut.DISTRICTS else code[:6]


# Counting


def _counted(asked: Asked) -> Counted:
    now, before = (asked.period.first, asked.end), asked.year_before
    in_parts = [max(part.first, asked.period.first) for part in asked.parts]
    is_compared = asked.group and asked.cut not in SIDES_M
    voices = _tallies(asked, now, in_parts)
    return Counted(
        voices=voices,
        before=_tallies(asked, before, [before[0]]),
        everything=_tallies(asked, now, in_parts, of_all=True) if is_compared else None,
        unplaced=_unplaced(asked, now, in_parts) if asked.cut is not Cut.DISTRICTS else 0,
        known_from=known_from(asked.area),
    )


def known_from(area: str) -> date | None:
    """Tell the day of the first voice of an area: before it, nobody gathered any, and nothing can be compared."""
    first = db.session.scalar(
        select(func.min(Observation.observed_from)).where(Observation.withdrawn_at.is_(None), *_within(area))
    )
    return day_of(first) if first else None


def _tallies(asked: Asked, days: tuple[date, date], parts: Sequence[date], *, of_all: bool = False) -> list[Tally]:
    """Count the voices of each place; `parts` are the first days of the parts."""
    columns = _place_columns(asked.cut)
    chosen = _by(asked, days, parts, columns).where(*_has_place(asked.cut))
    chosen = chosen if of_all else chosen.where(*_of_group(asked.group))
    return [
        Tally(_place_code(row[: len(columns)]), row.part, row.plane.value, row.voices)
        for row in db.session.execute(chosen)
    ]


def _by(
    asked: Asked, days: tuple[date, date], parts: Sequence[date], columns: Sequence[ColumnElement[Any]]
) -> Select[*tuple[Any, ...]]:
    part = _part(parts).label("part")
    chosen = select(*columns, part, Observation.plane, func.count(_VOICE.distinct()).label("voices"))
    chosen = chosen.where(Observation.withdrawn_at.is_(None), *_within(asked.area), *_between(days))
    return chosen.group_by(*columns, part, Observation.plane)


def _part(parts: Sequence[date]) -> ColumnElement[int]:
    """Number the part in which something was observed: the last one that had begun."""
    begun = [(Observation.observed_from >= midnight(first), k) for k, first in enumerate(parts)]
    return cast(case(*reversed(begun), else_=0), Integer)


def _between(days: tuple[date, date]) -> tuple[ColumnElement[bool], ...]:
    since, until = days
    return Observation.observed_from >= midnight(since), Observation.observed_from < midnight(until)


def _within(area: str) -> Iterator[ColumnElement[bool]]:
    """Keep an area of two, four or six digits; an empty one is the country."""
    if area:
        column: InstrumentedAttribute[Any] = Observation.district_code if len(area) <= 4 else Observation.commune_code
        yield and_(column >= area, column < str(int(area) + 1).zfill(len(area)))


def _of_group(group: str) -> Iterator[ColumnElement[bool]]:
    if group:
        yield Observation.category_code.in_(select(Category.code).where(Category.group_code == group))


def _place_columns(cut: Cut) -> list[ColumnElement[Any]]:
    if cut in SIDES_M:
        side_m = float(SIDES_M[cut])
        return [cast(func.floor(metres / side_m), Integer) for metres in (Observation.x, Observation.y)]
    if cut is Cut.DISTRICTS:
        return [Observation.district_code + ""]
    return [func.substr(Observation.commune_code, 1, 6)]


def _place_code(columns: Sequence[Any]) -> str:
    return square_code(*columns) if len(columns) == 2 else str(columns[0])


def _has_place(cut: Cut) -> Iterator[ColumnElement[bool]]:
    if cut in SIDES_M:
        yield Observation.cell.is_not(None)
        yield Observation.accuracy_m <= SIDES_M[cut]
    elif cut is Cut.COMMUNES:
        yield Observation.commune_code.is_not(None)


def _unplaced(asked: Asked, days: tuple[date, date], parts: Sequence[date]) -> int:
    """Count the voices of the area that belong to none of its places: too vague, or of a whole area."""
    vague = [~condition for condition in _has_place(asked.cut)]
    chosen = _by(asked, days, parts, []).where(or_(*vague), *_of_group(asked.group))
    return sum(row.voices for row in db.session.execute(chosen))


def lying_of(spots: Sequence[Spot]) -> dict[str, Lying]:
    """Tell where squares lie."""
    return {spot.code: lying_at(spot.x, spot.y) for spot in spots}


# Months


def monthly(area: str, until: date, months: int = 12, group: str = "") -> Trends:
    """Tell the different voices of an area by category and month, beside the same months a year before.

    The last month is that of the day before `until`; if it is not over, the same days of a year before are taken.
    """
    firsts = _months_to(until - timedelta(days=1), months)
    return trends(
        Counts(_by_month(area, firsts, until, group), _by_month(area, *_earlier(firsts, until), group)),
        firsts,
        until,
        known_from(area),
    )


def _months_to(day: date, months: int) -> list[date]:
    found = [Period(day.replace(day=1), 1)]
    while len(found) < months:
        found.append(found[-1].previous)
    return [month.first for month in reversed(found)]


def _earlier(firsts: Sequence[date], until: date) -> tuple[list[date], date]:
    return [a_year_before(first) for first in firsts], a_year_before(until)


def _by_month(area: str, firsts: Sequence[date], until: date, group: str) -> dict[tuple[str, int], int]:
    """Count the voices of each month, of each category and of all together."""
    month = _part(firsts).label("month")
    voices = func.count(_VOICE.distinct()).label("voices")
    standing = (Observation.withdrawn_at.is_(None), *_within(area), *_between((firsts[0], until)), *_of_group(group))
    apart = select(Observation.category_code, month, voices).where(*standing)
    together = select(month, voices).where(*standing).group_by(month)
    found = {(row.category_code, row.month): row.voices for row in db.session.execute(
        apart.group_by(Observation.category_code, month)
    )}  # fmt: skip
    return found | {(ALL, row.month): row.voices for row in db.session.execute(together)}
