"""Reading police records: what was recorded in an area, beside its voivodeship and country, and beside what people say.

For a summary: `for_summary(code, period)` gives all that one district's document says of the first plane.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, distinct, func, select

from consult.db import db
from consult.districts import inhabitants, teryt
from consult.districts import queries as districts
from consult.districts.models import FigureFile, LandArea
from consult.districts.official import COUNTRY, parts_of, wholes_of
from consult.observations.models import Observation, Plane
from consult.period import Period, day_of
from consult.police_records.beside import Comparison, Place, compare
from consult.police_records.measures import Offence, Unit, per_1000
from consult.police_records.models import RecordedFigure, RecordedMeasure
from consult.police_records.rating import (
    YEAR_MONTHS,
    DistrictRecords,
    Facts,
    MeasureRecord,
    RecordRow,
    change,
    marked,
    stands_out,
)
from consult.threats.models import Link, Threat
from consult.threats.queries import in_area
from consult.threats.workflow import Status

DISTRICT_DIGITS = 4
COMMUNE_DIGITS = 6

Figures = dict[tuple[str, str, str], tuple[float | None, str]]
"""Numbers and signs by area, measure and period."""


def measures() -> Sequence[RecordedMeasure]:
    """List what is counted, in the order in which it came."""
    chosen = select(RecordedMeasure).where(RecordedMeasure.unit == Unit.COUNT)
    found = db.session.scalars(chosen.order_by(RecordedMeasure.code)).all()
    order = {offence.value: place for place, offence in enumerate(Offence)}
    return sorted(found, key=lambda one: (order.get(one.code, len(order)), one.code))


def files_of(code: str) -> Sequence[FigureFile]:
    """List the files that the figures of a whole district stand in now, the newest first."""
    own = select(RecordedFigure.file_id).where(RecordedFigure.area_code == code, RecordedFigure.place == "")
    chosen = select(FigureFile).where(FigureFile.id.in_(own))
    return db.session.scalars(chosen.order_by(FigureFile.id.desc())).all()


def periods() -> list[str]:
    """List the periods of which offences are known, the latest first."""
    found = db.session.scalars(select(RecordedFigure.period).distinct())
    return sorted(found, key=Period.parse, reverse=True)


def years() -> list[int]:
    """List the whole years of which offences are known, the latest first."""
    return [int(period) for period in periods() if len(period) == len("2024")]


# One district


def records_of(code: str) -> list[MeasureRecord]:
    """Give all that is recorded of a whole district, measure by measure, beside its voivodeship and the country."""
    figures = _figures(_beside(code))
    own_years = {int(period[:4]) for area, _measure, period in figures if area == code}
    people = inhabitants.mid_years(_beside(code), own_years) if own_years else {}
    land = _land(code)
    found = []
    for measure in _all_measures(figures):
        rows = [
            _row(code, measure.code, period, figures, people) for period in _periods_of(code, measure.code, figures)
        ]
        if rows:
            found.append(marked(measure.code, measure.name, rows, land))
    return found


def _beside(code: str) -> tuple[str, ...]:
    return (code, *wholes_of(code))


def _all_measures(figures: Figures) -> list[RecordedMeasure]:
    """List the measures of counts that an area has, and the total, of which official tables have only the rate."""
    have = {measure for _area, measure, _period in figures}
    found = [measure for measure in measures() if measure.code in have]
    is_total_known = any(measure.code == Offence.TOTAL for measure in found)
    if not is_total_known and per_1000(Offence.TOTAL) in have:
        found.insert(
            0, RecordedMeasure(code=Offence.TOTAL.value, name="", unit=Unit.COUNT, of_code=Offence.TOTAL.value)
        )
    return found


def _periods_of(code: str, measure: str, figures: Figures) -> list[str]:
    names = {measure, per_1000(measure)}
    return sorted({period for area, name, period in figures if area == code and name in names})


def _figures(codes: Collection[str]) -> Figures:
    """Read the figures of whole areas; what no file says of a voivodeship or the country is added up of districts."""
    chosen = select(
        RecordedFigure.area_code,
        RecordedFigure.measure_code,
        RecordedFigure.period,
        RecordedFigure.value,
        RecordedFigure.flag,
    ).where(RecordedFigure.area_code.in_(codes), RecordedFigure.place == "")
    found: Figures = {(row[0], row[1], row[2]): (row[3], row[4]) for row in db.session.execute(chosen)}
    asked = {(measure, period) for _code, measure, period in found}
    for code in codes:
        lacking = [pair for pair in asked if (code, *pair) not in found]
        if lacking and parts_of(code):
            found |= _sums(code, {pair[0] for pair in lacking}) | {key: found[key] for key in found if key[0] == code}
    return found


def _sums(code: str, names: Collection[str]) -> Figures:
    """Add up counts of the districts of a whole, where not one of them is missing."""
    chosen = (
        select(
            RecordedFigure.measure_code,
            RecordedFigure.period,
            func.sum(RecordedFigure.value),
            func.count(RecordedFigure.value),
        )
        .join(RecordedMeasure, RecordedMeasure.code == RecordedFigure.measure_code)
        .where(
            RecordedMeasure.unit == Unit.COUNT,
            RecordedFigure.place == "",
            RecordedFigure.measure_code.in_(names),
            func.length(RecordedFigure.area_code) == DISTRICT_DIGITS,
        )
    )
    chosen = chosen if code == COUNTRY else chosen.where(in_area(RecordedFigure.area_code, code))
    chosen = chosen.group_by(RecordedFigure.measure_code, RecordedFigure.period)
    return {
        (code, measure, period): (total, "")
        for measure, period, total, parts in db.session.execute(chosen)
        if parts == parts_of(code)
    }


def _row(code: str, measure: str, period: str, figures: Figures, people: Mapping[tuple[str, int], float]) -> RecordRow:
    own, voivodeship, country = (_facts(area, measure, period, figures, people) for area in _beside(code))
    return RecordRow(period, own, voivodeship, country)


def _facts(area: str, measure: str, period: str, figures: Figures, people: Mapping[tuple[str, int], float]) -> Facts:
    value, flag = figures.get((area, measure, period), (None, ""))
    published, _flag = figures.get((area, per_1000(measure), period), (None, ""))
    is_year = Period.parse(period).months == YEAR_MONTHS
    count = None if value is None else round(value)
    return Facts(count, flag, people.get((area, int(period[:4]))) if is_year else None, published)


def _land(code: str) -> dict[int, float]:
    chosen = select(LandArea.period, LandArea.value).where(LandArea.area_code == code, LandArea.value.is_not(None))
    return {int(period): value for period, value in db.session.execute(chosen) if value is not None}


def for_summary(code: str, period: Period) -> DistrictRecords | None:
    """Give what a summary of a district and period says of police records; None where nothing is recorded of it.

    Figures of exactly this period are taken where there are any; else those of the last whole year that had ended
    with it, and `is_period_asked` is False then: a document has to say so. Everything is published already by the
    statistical office or a table of the police for whole districts, so both editions of a summary may show it.
    """
    records, files = records_of(code), files_of(code)
    known = {row.period for record in records for row in record.rows}
    shown = period.code if period.code in known else _last_year(known, period)
    if not shown or not files:
        return None
    changes = {record.code: change(record, row) for record in records if (row := record.of(shown)) is not None}
    return DistrictRecords(
        code,
        shown,
        shown == period.code,
        tuple(records),
        changes,
        "; ".join(dict.fromkeys(file.source for file in files)),
        max((file.updated_on for file in files if file.updated_on), default=None),
        day_of(files[0].imported_at),
    )


def _last_year(known: Collection[str], period: Period) -> str:
    """Find the last whole year that ended with a period or before it."""
    whole = [Period.parse(one) for one in known]
    return max((one.code for one in whole if one.months == YEAR_MONTHS and one.end <= period.end), default="")


def parts_within(code: str, most: int) -> Sequence[RecordedFigure]:
    """List what tables of the police tell of communes and places of a district, the newest first: for staff alone."""
    chosen = select(RecordedFigure).join(RecordedFigure.measure)
    chosen = chosen.where(in_area(RecordedFigure.area_code, code), RecordedMeasure.unit == Unit.COUNT)
    chosen = chosen.where((func.length(RecordedFigure.area_code) > DISTRICT_DIGITS) | (RecordedFigure.place != ""))
    order = (RecordedFigure.period.desc(), RecordedFigure.area_code, RecordedFigure.place, RecordedFigure.measure_code)
    return db.session.scalars(chosen.order_by(*order).limit(most)).all()


# Perceived beside recorded


def latest_voice_year(within: str) -> int | None:
    """Tell the last year in which anybody spoke of anything in an area."""
    chosen = select(func.max(Observation.observed_from)).where(in_area(Observation.district_code, within))
    moment = db.session.scalar(chosen.where(Observation.withdrawn_at.is_(None)))
    return day_of(moment).year if moment else None


def measures_within(code: str, digits: int, year: int) -> set[str]:
    """Name the counts that are known of areas of one level inside another, in a year."""
    chosen = select(RecordedFigure.measure_code).distinct().join(RecordedFigure.measure)
    chosen = chosen.where(*_of_level(code, digits), RecordedFigure.period == str(year), RecordedFigure.place == "")
    return set(db.session.scalars(chosen.where(RecordedMeasure.unit == Unit.COUNT)))


def _of_level(code: str, digits: int) -> tuple[Any, ...]:
    return in_area(RecordedFigure.area_code, code), func.length(RecordedFigure.area_code) == digits


def comparisons(within: str, chosen: Mapping[str, str], year: int, recorded_year: int) -> dict[str, Comparison]:
    """Compare the districts of a voivodeship, or the communes of a district, in categories, each with its measure.

    `year` is that of the voices. Official tables come a year later, so the records may be of an earlier one; both are
    related to the people of the year of the records.
    """
    digits = DISTRICT_DIGITS if len(within) < DISTRICT_DIGITS else COMMUNE_DIGITS
    names = _names(within, digits)
    voices, everything = _voices(within, digits, year, chosen.keys())
    people = inhabitants.mid_years(names, [recorded_year])
    found = {}
    for category, measure in chosen.items():
        counts, others = _counts(within, digits, measure, recorded_year)
        places = [
            Place(
                code,
                name,
                voices.get((code, category), 0),
                everything.get(code, 0),
                counts.get(code),
                people.get((code, recorded_year)),
                code in counts and stands_out(counts[code], others[code]),
            )
            for code, name in names.items()
        ]
        found[category] = compare(places)
    return found


def _names(within: str, digits: int) -> dict[str, str]:
    """Name the areas that are compared, by their codes."""
    if digits == COMMUNE_DIGITS:
        return {region.code[:COMMUNE_DIGITS]: region.label for region in districts.communes_of(within)}
    regions = districts.districts()
    return {region.code: region.label for region in regions if teryt.voivodeship_of(region.code) == within}


def _counts(within: str, digits: int, measure: str, year: int) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Give the counts of a year by area, and those of the other years."""
    chosen = select(RecordedFigure.area_code, RecordedFigure.period, RecordedFigure.value).where(
        *_of_level(within, digits),
        RecordedFigure.measure_code == measure,
        RecordedFigure.place == "",
        RecordedFigure.value.is_not(None),
        func.length(RecordedFigure.period) == len("2024"),
    )
    counts: dict[str, int] = {}
    others: dict[str, list[int]] = defaultdict(list)
    for code, period, value in db.session.execute(chosen):
        known = round(value or 0)
        if period == str(year):
            counts[code] = known
        else:
            others[code].append(known)
    return counts, others


def _voices(
    within: str, digits: int, year: int, categories: Collection[str]
) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Count independent voices of a year by area: of these categories, and of all, jokes and mistakes left out."""
    area = Observation.district_code if digits == DISTRICT_DIGITS else func.substr(Observation.commune_code, 1, 6)
    counted = func.count(distinct(Observation.voice_key)) + func.count(Observation.id).filter(
        Observation.voice_key.is_(None)
    )
    chosen = _standing(within, year).where(area.is_not(None))
    of_all = chosen.with_only_columns(area, counted).group_by(area)
    of_each = chosen.with_only_columns(area, Threat.category_code, counted)
    of_each = of_each.where(Threat.category_code.in_(categories)).group_by(area, Threat.category_code)
    return (
        {(code, category): count for code, category, count in db.session.execute(of_each)},
        {row[0]: row[1] for row in db.session.execute(of_all)},
    )


def _standing(within: str, year: int) -> Select[Any]:
    """Select the voices of a year in an area that stand, joined with their threats."""
    begins, ends = Period.parse(str(year)).moments
    chosen = select(Observation.id).join(Link, Link.observation_id == Observation.id)
    return chosen.join(Threat, Threat.id == Link.threat_id).where(
        Link.ended_at.is_(None),
        Threat.status != Status.JOKE,
        Observation.withdrawn_at.is_(None),
        Observation.plane != Plane.POLICE_RECORDS,
        in_area(Observation.district_code, within),
        Observation.observed_from >= begins,
        Observation.observed_from < ends,
    )
