"""Reading what a summary is made of: a constant number of queries for a district, however much was said there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, func, select

from consult.accounts import queries as accounts
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.db import db
from consult.districts import queries as districts
from consult.districts import teryt
from consult.districts.atlas import Region
from consult.geo import to_metres
from consult.observations.models import Observation
from consult.period import Period
from consult.places.models import PlaceName
from consult.releases import queries as releases
from consult.summaries import gathering
from consult.summaries.figures import Edition, Summary, summarise
from consult.summaries.material import Answer, Asked, Case, District, Held, Kind, Material, Named, Voice
from consult.threats import queries as threats
from consult.threats.deadlines import Step
from consult.threats.models import Link, StatusChange, Threat
from debates import queries as debates
from debates.models import Proposal

VOICES: tuple[Any, ...] = (
    Link.threat_id,
    Observation.id,
    Observation.plane,
    Observation.observed_from,
    Observation.observed_to,
    Observation.voice_key,
    Observation.voices,
    Observation.neighbour_code,
    Observation.admitted_at,
)
CASES: tuple[Any, ...] = (
    Threat.id,
    Threat.category_code,
    Threat.status,
    Threat.status_at,
    Threat.first_at,
    Threat.last_at,
    Threat.lon,
    Threat.lat,
    Threat.x,
    Threat.y,
    Threat.accuracy_m,
    Threat.is_whole_area,
    Threat.commune_code,
    Threat.created_at,
)


class DistrictUnknown(Exception):
    """No district of the boundaries in force has this code; the text is the code."""


class NoBoundaries(DistrictUnknown):
    """There are no boundaries of districts at all yet."""


@dataclass(frozen=True)
class Ground:
    """What the map of a district is drawn on, in EPSG:2180: its communes or itself, what lies around, named places."""

    areas: tuple[tuple[str, BaseGeometry], ...]
    neighbours: tuple[tuple[str, BaseGeometry], ...]
    towns: tuple[Named, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the district."""
        west, south, east, north = shapely.total_bounds([shape for _name, shape in self.areas])
        return float(west), float(south), float(east), float(north)


def district_codes() -> list[str]:
    """List the codes of all districts, or raise NoBoundaries."""
    found = [region.code for region in districts.districts()]
    if not found:
        raise NoBoundaries
    return found


def district(code: str) -> Region:
    """Find a district, or raise DistrictUnknown."""
    found = {region.code: region for region in districts.districts()}
    if not found:
        raise NoBoundaries(code)
    if code not in found:
        raise DistrictUnknown(code)
    return found[code]


def districts_within(scope: str) -> dict[str, str]:
    """Name the whole districts that the units of a scope serve, by their codes."""
    codes = [code for code in threats.areas_within(scope, today()) if len(code) == 4]
    known = {region.code: region.label for region in districts.districts()}
    return {code: known[code] for code in codes if code in known}


def current(
    code: str,
    period: Period,
    edition: Edition = Edition.PUBLIC,
    language: str = "pl",
    on: date | None = None,
) -> Summary:
    """Count a district's summary from the data as they are now, beside what was released of its months."""
    return counted(code, period, edition, language, on)[0]


def counted(
    code: str,
    period: Period,
    edition: Edition = Edition.PUBLIC,
    language: str = "pl",
    on: date | None = None,
) -> tuple[Summary, tuple[Named, ...]]:
    """Count a district's summary as `current` does, and give the named places of the district with it."""
    day = on or today()
    aside = gathering.beside(code, period, language, day, is_public=edition is Edition.PUBLIC)
    found = replace(material(code, period, language, day), beside=aside)
    return summarise(found, edition), found.places


def material(code: str, period: Period, language: str = "pl", on: date | None = None) -> Material:
    """Read everything that a summary of one district and period is made of."""
    area = district(code)
    meetings = debates.in_period(code, period)
    done = {step: _first_done(code, step) for step in Step}
    return Material(
        district=_district(area),
        period=period,
        language=language,
        today=on or today(),
        kinds=tuple(_kinds(language)),
        voices=tuple(_voice(row) for row in _voices(code, period)),
        cases=tuple(_case(row, done) for row in _cases(code, period)),
        answers={change.threat_id: _answer(change) for change in _last_changes(code)},
        places=tuple(_places(code)),
        meetings=tuple(_held(entry) for entry in meetings),
        earlier_meetings=tuple(_held(entry) for entry in debates.in_period(code, period.previous)),
        proposals=tuple(_proposals(code, period)),
        not_joined=_not_joined(code, period),
        is_demonstration=accounts.has_demonstration(),
        published=releases.told(code, [month.code for month in period.in_months]),
    )


def ground(code: str) -> Ground:
    """Read the areas around a district for its map."""
    area = district(code)
    communes = [(region.label, region.shape) for region in districts.communes_of(code)] or [("", area.shape)]
    west, south, east, north = (float(edge) for edge in shapely.bounds(area.shape))
    reach = max(east - west, north - south)
    around = districts.districts_within((west - reach, south - reach, east + reach, north + reach))
    return Ground(
        areas=tuple(communes),
        neighbours=tuple((region.label, region.shape) for region in around if region.code != code),
        towns=tuple(sorted(_places(code), key=lambda place: (-place.weight, place.name))),
    )


def _district(area: Region) -> District:
    source, is_approximate = districts.attribution()
    return District(
        code=area.code,
        name=area.name,
        label=area.label,
        voivodeship=teryt.VOIVODESHIPS[teryt.voivodeship_of(area.code)],
        is_approximate=is_approximate,
        boundaries=source,
        communes={region.code[:6]: region.label for region in districts.communes_of(area.code)},
        neighbours={region.code: region.label for region in districts.neighbours_of(area.code)},
    )


def names_of_categories(written_in: str, language: str) -> dict[str, str]:
    """Give the name of each category in a language by the one it has in the language of an edition."""
    return {category.name(written_in): category.name(language) for category in catalogue.everything()}


def _kinds(language: str) -> Iterable[Kind]:
    for category in catalogue.everything():
        yield Kind(category.code, category.name(language), category.group.letter, category.precision.value)


def _voices(code: str, period: Period) -> Sequence[Row[Any]]:
    """Select the voices of threats that lie in the district, of the period and of the one before."""
    since, until = period.previous.moments[0], period.moments[1]
    chosen = (
        select(*VOICES)
        .join(Observation, Observation.id == Link.observation_id)
        .join(Threat, Threat.id == Link.threat_id)
        .where(
            Link.ended_at.is_(None),
            Threat.district_code == code,
            Observation.withdrawn_at.is_(None),
            Observation.observed_from < until,
            Observation.observed_to >= since,
        )
        .order_by(Observation.id)
    )
    return db.session.execute(chosen).all()


def _voice(row: Row[Any]) -> Voice:
    return Voice(
        threat_id=row.threat_id,
        plane=row.plane.value,
        since=row.observed_from,
        until=row.observed_to,
        who=row.voice_key or f"observation {row.id}",
        people=row.voices,
        neighbour=row.neighbour_code,
        admitted_at=row.admitted_at,
    )


def _cases(code: str, period: Period) -> Sequence[Row[Any]]:
    since, until = period.previous.moments[0], period.moments[1]
    chosen = select(*CASES).where(Threat.district_code == code, Threat.observations > 0)
    return db.session.execute(chosen.where(Threat.first_at < until, Threat.last_at >= since).order_by(Threat.id)).all()


def _first_done(code: str, step: Step) -> dict[int, datetime]:
    """Tell when a step was first done for each threat of the district."""
    chosen = (
        select(StatusChange.threat_id, func.min(StatusChange.changed_at))
        .join(Threat, Threat.id == StatusChange.threat_id)
        .where(Threat.district_code == code, threats.reached(step))
        .group_by(StatusChange.threat_id)
    )
    return {row[0]: row[1] for row in db.session.execute(chosen)}


def _case(row: Row[Any], done: Mapping[Step, Mapping[int, datetime]]) -> Case:
    return Case(
        threat_id=row.id,
        category=row.category_code,
        status=row.status,
        status_at=row.status_at,
        first_at=row.first_at,
        last_at=row.last_at,
        lon=row.lon,
        lat=row.lat,
        x=row.x,
        y=row.y,
        accuracy_m=row.accuracy_m,
        is_whole_area=row.is_whole_area,
        commune=row.commune_code or "",
        arrived_at=row.created_at,
        done_at={step: moments[row.id] for step, moments in done.items() if row.id in moments},
    )


def _last_changes(code: str) -> Sequence[StatusChange]:
    """List the last change of state of each threat of the district."""
    own = select(Threat.id).where(Threat.district_code == code)
    last = select(func.max(StatusChange.id)).where(StatusChange.threat_id.in_(own)).group_by(StatusChange.threat_id)
    return db.session.scalars(select(StatusChange).where(StatusChange.id.in_(last))).all()


def _answer(change: StatusChange) -> Answer:
    return Answer(change.changed_at, change.reason, change.checks)


def _places(code: str) -> Iterable[Named]:
    """List the named places of the district that have a position of their own."""
    columns = (PlaceName.name, PlaceName.lon, PlaceName.lat, PlaceName.population)
    chosen = select(*columns).where(PlaceName.district_code == code, PlaceName.lon.is_not(None))
    for row in db.session.execute(chosen.order_by(PlaceName.name, PlaceName.id)):
        yield Named(row.name, *to_metres(row.lon, row.lat), row.population or 0)


def _held(entry: debates.Counted) -> Held:
    meeting = entry.meeting
    return Held(
        meeting_id=meeting.id,
        kind=meeting.kind.value,
        title=meeting.title,
        venue=meeting.venue,
        held_on=meeting.held_on,
        is_year_only=meeting.is_year_only,
        residents=meeting.residents,
        statements=entry.statements,
        without_place=entry.without_place,
        proposals=entry.proposals,
        answered=entry.answered,
        districts=len(meeting.districts),
        created_at=meeting.created_at,
    )


def _proposals(code: str, period: Period) -> Iterable[Asked]:
    return (_asked(entry) for entry in debates.proposals_in(code, period))


def _asked(proposal: Proposal) -> Asked:
    return Asked(
        proposal_id=proposal.id,
        held_on=proposal.meeting.held_on,
        text=proposal.text,
        addressee=proposal.addressee.value,
        addressee_name=proposal.addressee_name,
        due_on=proposal.due_on,
        status=proposal.status.value,
        is_unfinished=proposal.is_unfinished,
        answer=proposal.answer,
        answered_on=proposal.answered_on,
        category=proposal.statement.category_code if proposal.statement else None,
        is_withheld=not proposal.words_are_public,
        created_at=proposal.created_at,
    )


def _not_joined(code: str, period: Period) -> int:
    """Count the voices of the period that no joining has seen yet: imports before `flask threats join`."""
    since, until = period.moments
    joined = select(Link.id).where(Link.observation_id == Observation.id, Link.ended_at.is_(None)).exists()
    chosen = select(func.count(Observation.id)).where(
        Observation.district_code == code,
        Observation.withdrawn_at.is_(None),
        Observation.observed_from < until,
        Observation.observed_to >= since,
        ~joined,
    )
    return db.session.scalar(chosen) or 0
