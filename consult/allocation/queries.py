"""Reading what a question about posts is asked of: corroborated threats of an area, and candidate places by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, case, cast, func, select

from consult.accounts.models import Unit
from consult.allocation.coverage import Candidate, Demand
from consult.allocation.models import AllocationSheet
from consult.allocation.sheet import Due, due
from consult.catalogue.models import Category
from consult.db import db
from consult.districts import inhabitants
from consult.districts import queries as districts
from consult.geo import PlaceRefused, shape_to_degrees
from consult.hot_spots.material import is_known
from consult.hot_spots.queries import known_from
from consult.observations.models import Observation, Plane
from consult.period import Period, day_of, midnight
from consult.places import queries as places
from consult.police_records import queries as police_records
from consult.police_records.rating import COUNTS_APART, MeasureRecord, RecordRow
from consult.threats.models import Threat
from consult.threats.queries import in_area
from consult.threats.workflow import Status
from debates import queries as debates

SQUARE_M = 500.0
"""Threats of one category in a square of this side are taken together at their middle."""

CORROBORATED_BY = 2
"""So many independent people speak of a corroborated threat, unless the police confirmed it."""

NOT_COUNTED = (Status.NOT_CONFIRMED, Status.JOKE, Status.ELIMINATED)
CONFIRMED = (Status.CONFIRMED, Status.HANDED_OVER)

FIRST_CANDIDATES = 6

YEAR_DAYS = 365

DISTRICT_DIGITS, COMMUNE_DIGITS = 4, 6
SOURCE_LETTERS = 200


@dataclass(frozen=True)
class Heard:
    """What posts are asked for: demands, how many threats they are, and what was left out.

    `uncorroborated` are threats of one voice that nobody confirmed; `placeless` those of a whole area.
    """

    demands: tuple[Demand, ...]
    threats: int
    uncorroborated: int
    placeless: int


def heard(area: str, since: date) -> Heard:
    """Gather the corroborated threats of a district or commune of which somebody spoke since a day."""
    standing = (*_standing(area, since),)
    counted = select(
        func.count(Threat.id).label("threats"),
        func.sum(case((Threat.is_whole_area, 1), else_=0)).label("placeless"),
        func.sum(case((Threat.is_whole_area.is_(False) & ~_is_corroborated(), 1), else_=0)).label("uncorroborated"),
    ).where(*standing)
    totals = db.session.execute(counted).one()
    demands = tuple(
        Demand(row.x, row.y, row.voices, row.category_code) for row in db.session.execute(_demands(standing)).all()
    )
    left_out = (totals.placeless or 0) + (totals.uncorroborated or 0)
    return Heard(demands, totals.threats - left_out, totals.uncorroborated or 0, totals.placeless or 0)


def _demands(standing: Sequence[ColumnElement[bool]]) -> Select[Any]:
    column, row = (cast(func.floor(metres / SQUARE_M), Integer) for metres in (Threat.x, Threat.y))
    chosen = select(
        func.avg(Threat.x).label("x"),
        func.avg(Threat.y).label("y"),
        func.sum(Threat.independent).label("voices"),
        Threat.category_code,
    ).where(*standing, Threat.is_whole_area.is_(False), _is_corroborated())
    return chosen.group_by(column, row, Threat.category_code).order_by(column, row, Threat.category_code)


def _standing(area: str, since: date) -> Sequence[ColumnElement[bool]]:
    column = Threat.district_code if len(area) == 4 else Threat.commune_code
    return (
        Threat.observations > 0,
        Threat.status.not_in(NOT_COUNTED),
        Threat.last_at >= midnight(since),
        in_area(column, area),
    )


def _is_corroborated() -> ColumnElement[bool]:
    return (Threat.independent >= CORROBORATED_BY) | Threat.status.in_(CONFIRMED)


def candidates(lines: Sequence[str], area: str) -> tuple[list[Candidate], list[str]]:
    """Find the candidate places that lines name, a place of the gazetteer or a position; and those that are none."""
    found: list[Candidate] = []
    unknown: list[str] = []
    for line in lines:
        try:
            known = places.search(line, area[:4], limit=1)
        except PlaceRefused:
            known = []
        if known:
            found.append(Candidate(line, *known[0].place.x_y))
        else:
            unknown.append(line)
    return found, unknown


def first_candidates(area: str) -> list[str]:
    """Offer the most populous towns and villages of an area."""
    outline = districts.outline(area)
    west, south, east, north = shape_to_degrees(outline).bounds
    inside = [
        row.name
        for row in places.towns_within((west, south, east, north), 40)
        if (row.district_code == area if len(area) == 4 else row.commune_code[:6] == area[:6])
    ]
    return list(dict.fromkeys(inside))[:FIRST_CANDIDATES]


def category_names(language: str) -> dict[str, str]:
    """Name the categories by their codes."""
    return {one.code: one.name(language) for one in db.session.scalars(select(Category))}


# Sheets


def sheets(scope: str) -> Sequence[AllocationSheet]:
    """List the sheets of the units of a scope, the newest first."""
    chosen = select(AllocationSheet).join(AllocationSheet.unit).where(Unit.path.startswith(scope, autoescape=True))
    return db.session.scalars(chosen.order_by(AllocationSheet.id.desc())).unique().all()


def sheet(sheet_id: int) -> AllocationSheet:
    """Give a sheet, or raise NoResultFound."""
    chosen = select(AllocationSheet).where(AllocationSheet.id == sheet_id)
    return db.session.execute(chosen).unique().scalar_one()


@dataclass(frozen=True)
class Awaited:
    """A sheet with the values that are awaited of it."""

    sheet: AllocationSheet
    due: Due


def awaited(scope: str, today: date) -> list[Awaited]:
    """List the values of measures that are awaited in a scope, the longest waiting first."""
    found = [Awaited(one, what) for one in sheets(scope) for what in due(one.content, today)]
    return sorted(found, key=lambda entry: (entry.due.due_on, entry.sheet.id))


@dataclass(frozen=True)
class PlaneHeard:
    """What one plane says of an area: observations and different voices of the last year, and of the year before."""

    plane: Plane
    observations: int
    voices: int
    voices_before: int


@dataclass(frozen=True)
class Perceived:
    """What people say of an area: by planes, all different voices, meetings and requests of the last two years.

    `is_compared` tells whether voices were gathered already when the year before began.
    """

    planes: tuple[PlaneHeard, ...]
    voices: int
    voices_before: int
    meetings: int
    proposals: int
    is_compared: bool


def perceived(area: str, until: date) -> Perceived:
    """Gather what people said of a district or commune in the year up to a day, and in the year before.

    Meetings and requests are those of the whole district, of this calendar year and the last.
    """
    since, before = until - timedelta(days=YEAR_DAYS), until - timedelta(days=2 * YEAR_DAYS)
    now_by, before_by = _voices_by_plane(area, since, until), _voices_by_plane(area, before, since)
    years = [Period.parse(str(until.year - back)) for back in (0, 1)]
    return Perceived(
        tuple(PlaneHeard(plane, *now_by.get(plane, (0, 0)), before_by.get(plane, (0, 0))[1]) for plane in Plane),
        _voices(area, since, until),
        _voices(area, before, since),
        sum(len(debates.in_period(area[:4], year)) for year in years),
        len({one.id for year in years for one in debates.proposals_in(area[:4], year)}),
        is_known(before, known_from(area)),
    )


def _said(chosen: Select[*tuple[Any, ...]], area: str, since: date, until: date) -> Select[*tuple[Any, ...]]:
    column = Observation.district_code if len(area) == 4 else Observation.commune_code
    return chosen.where(
        Observation.withdrawn_at.is_(None),
        in_area(column, area),
        Observation.observed_from >= midnight(since),
        Observation.observed_from < midnight(until),
    )


_VOICES = func.count(func.coalesce(Observation.voice_key, cast(Observation.id, String)).distinct())


def _voices_by_plane(area: str, since: date, until: date) -> dict[Plane, tuple[int, int]]:
    chosen = _said(select(Observation.plane, func.count(Observation.id), _VOICES), area, since, until)
    return {plane: (count, voices) for plane, count, voices in db.session.execute(chosen.group_by(Observation.plane))}


def _voices(area: str, since: date, until: date) -> int:
    return db.session.scalar(_said(select(_VOICES), area, since, until)) or 0


def area_km2(area: str) -> float:
    """Tell how large a district or commune is."""
    return (districts.district(area) if len(area) == 4 else districts.commune(area)).area_km2


def recorded(area: str) -> list[MeasureRecord]:
    """List what the police record of the whole district that an area lies in and of which whole years are known."""
    return [one for one in police_records.records_of(area[:DISTRICT_DIGITS]) if _last_known(one) is not None]


def indicator_of(record: MeasureRecord, area: str) -> dict[str, Any]:
    """Give the values of an indicator that police records know: three years, source and its day.

    A year that was counted otherwise than the one after it is left out, and so are those before it.
    """
    last = _last_known(record)
    assert last is not None
    before = _comparable_before(record, last)
    earlier = _comparable_before(record, before) if before else None
    files = police_records.files_of(area[:DISTRICT_DIGITS])
    return {
        "last_year": int(last.period),
        "last": last.own.count,
        "one_before": before.own.count if before else None,
        "two_before": earlier.own.count if earlier else None,
        "source": "; ".join(dict.fromkeys(file.source for file in files))[:SOURCE_LETTERS],
        "dated_on": max((file.updated_on or day_of(file.imported_at) for file in files), default=None),
    }


def _last_known(record: MeasureRecord) -> RecordRow | None:
    known = [row for row in record.years if row.own.count is not None]
    return known[-1] if known else None


def _comparable_before(record: MeasureRecord, row: RecordRow) -> RecordRow | None:
    return None if COUNTS_APART & set(row.breaks) else record.before(row)


def people_of(area: str) -> dict[str, Any]:
    """Give the last known number of people of an area with its source and day; nothing where it is not known."""
    known = inhabitants.latest(area[:COMMUNE_DIGITS])
    if known is None:
        return {}
    return {
        "population": known.people,
        "population_source": known.source[:SOURCE_LETTERS],
        "population_on": date(known.year, 12, 31),
    }
