"""Reading official figures of areas: how many people live there, by sex and age, and how large the land is.

A voivodeship and the country have the figures of a file that names them. Where no file does, the sums of their
districts stand for them, but only when every district is there: half a sum would be a wrong number.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select

from consult.db import db
from consult.districts.models import FigureFile, FigureRevision, LandArea, Population
from consult.districts.official import ALL_AGES, COUNTRY, FigureKind, Sex, parts_of
from consult.rates import mid_year

DISTRICT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class People:
    """People of one sex and group of ages ("15-19", "70+", "all") on 31 December."""

    sex: Sex
    age: str
    count: int


@dataclass(frozen=True, slots=True)
class LatestPeople:
    """The last known number of people of an area: on 31 December of which year, and by which source."""

    year: int
    people: int
    source: str


def latest(code: str) -> LatestPeople | None:
    """Give the last known number of people of an area, as a file says it; None where none does."""
    of_area = (Population.area_code == code, Population.age == ALL_AGES)
    period, file_id = db.session.execute(
        select(Population.period, Population.file_id)
        .where(*of_area, Population.value.is_not(None))
        .order_by(Population.period.desc(), Population.file_id.desc())
        .limit(1)
    ).one_or_none() or (None, 0)
    if period is None:
        return None
    people = totals([code], [int(period)]).get((code, int(period)))
    return LatestPeople(int(period), people, db.session.get_one(FigureFile, file_id).source) if people else None


def totals(codes: Collection[str], years: Collection[int]) -> dict[tuple[str, int], int]:
    """Give all people of areas on 31 December of these years; what is not known is left out."""
    periods = [str(year) for year in sorted(years)]
    own = _totals().where(Population.area_code.in_(sorted(codes)), Population.period.in_(periods))
    found = {
        (row.area_code, int(row.period)): round(row.people) for row in db.session.execute(own) if row.people is not None
    }
    wholes = [code for code in codes if parts_of(code) and any((code, year) not in found for year in years)]
    for code in wholes:
        found = _sums(code, periods) | found
    return found


def _totals() -> Select[Any]:
    """Select the people of each area and year: the total that a file says, else men and women together."""
    is_whole = Population.sex == Sex.ALL
    whole = func.max(case((is_whole, Population.value)))
    halves = func.count(case((~is_whole, Population.value)))
    together = case((halves == 2, func.sum(case((~is_whole, Population.value)))))
    chosen = select(Population.area_code, Population.period, func.coalesce(whole, together).label("people"))
    chosen = chosen.where(Population.age == ALL_AGES)
    return chosen.group_by(Population.area_code, Population.period)


def _sums(code: str, periods: Sequence[str]) -> dict[tuple[str, int], int]:
    """Add up the districts of a whole, for the years of which none is missing."""
    parts = _totals().where(func.length(Population.area_code) == DISTRICT_DIGITS, Population.period.in_(periods))
    parts = parts if code == COUNTRY else parts.where(_lies_in(Population.area_code, code))
    known = parts.subquery()
    chosen = select(known.c.period, func.count(known.c.people), func.sum(known.c.people)).group_by(known.c.period)
    return {
        (code, int(period)): round(people)
        for period, count, people in db.session.execute(chosen)
        if count == parts_of(code)
    }


def _lies_in(column: Any, code: str) -> ColumnElement[bool]:
    return or_(column == code, column.startswith(code, autoescape=True))


def mid_years(codes: Collection[str], years: Collection[int]) -> dict[tuple[str, int], float]:
    """Give the people of years: the mean of 31 December before and of it; a year with only one of both is left out."""
    asked = {year - back for year in years for back in (0, 1)}
    known = totals(codes, asked)
    means = {
        (code, year): mid_year(known.get((code, year - 1)), known.get((code, year))) for code in codes for year in years
    }
    return {key: people for key, people in means.items() if people is not None}


def groups(code: str, year: int) -> list[People]:
    """List the people of an area on 31 December by sex and age, totals among them: margins to weight samples by.

    A group whose number is not known, or below zero, is left out, and so is everybody when the area is not there.
    """
    chosen = select(Population.sex, Population.age, Population.value).where(
        Population.area_code == code, Population.period == str(year), Population.value >= literal(0)
    )
    found = db.session.execute(chosen.order_by(Population.id))
    return [People(sex, age, round(value)) for sex, age, value in found if value is not None]


def latest_year() -> int | None:
    """Tell the last year of which any people are known."""
    found = db.session.scalar(select(func.max(Population.period)))
    return int(found) if found else None


def land_km2(code: str, year: int) -> float | None:
    """Tell how large an area was in a year; its land of another year is no substitute."""
    chosen = select(LandArea.value).where(LandArea.area_code == code, LandArea.period == str(year))
    return db.session.scalar(chosen)


def figure_files(kind: FigureKind | None = None) -> Sequence[FigureFile]:
    """List the files of official figures that came in, the newest first."""
    chosen = select(FigureFile).order_by(FigureFile.id.desc())
    return db.session.scalars(chosen if kind is None else chosen.where(FigureFile.kind == kind)).all()


def revisions(most: int, area_code: str = "") -> Sequence[FigureRevision]:
    """List the figures that a later file says otherwise, the newest first."""
    chosen = select(FigureRevision).order_by(FigureRevision.id.desc()).limit(most)
    return db.session.scalars(chosen.where(FigureRevision.area_code == area_code) if area_code else chosen).all()
