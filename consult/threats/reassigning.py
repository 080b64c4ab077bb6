"""What another duty or area of a unit would change: who answers for the open threats, and which places nobody serves.

Routing is a function of the units that serve a place, so both are told before anything is saved: the units of a day
are taken as they are, and as they would be.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from consult.accounts.models import Unit
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.db import db
from consult.districts import queries as districts
from consult.threats import queries
from consult.threats.models import Threat
from consult.threats.routing import Routes, Serving, codes_around
from consult.threats.workflow import OPEN

DISTRICT = 4
"""Digits of a district's code: fewer are a voivodeship's, more a commune's."""

Spot = tuple[str, str | None]
"""A district, and a commune of it; without one, what concerns the whole district."""


@dataclass(frozen=True)
class Proposal:
    """Another state of a unit from a day on: other duties, an area more, an area less."""

    unit: Unit
    day: date
    duties: frozenset[str] | None = None
    gained: str | None = None
    lost: str | None = None

    @property
    def asked(self) -> str:
        """What is proposed, as one text."""
        duties = None if self.duties is None else sorted(self.duties)
        return repr((self.unit.id, self.day.isoformat(), duties, self.gained, self.lost))

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas in which something may change: all of the unit's when its duties do."""
        if self.duties is not None:
            return self.unit.area_codes(self.day)
        return tuple(code for code in (self.gained, self.lost) if code is not None)

    def applied(self, serving: Iterable[Serving]) -> list[Serving]:
        """Write down the units of the day as they would be."""
        own = frozenset(duty.group_code for duty in self.unit.duties)
        after = [one for one in serving if (one.unit_id, one.area_code) != (self.unit.id, self.lost)]
        if self.gained is not None:
            after.append(Serving(self.unit.id, self.unit.path, self.gained, own))
        if self.duties is None:
            return after
        return [
            Serving(one.unit_id, one.path, one.area_code, self.duties) if one.unit_id == self.unit.id else one
            for one in after
        ]


@dataclass(frozen=True)
class Gap:
    """A place that somebody serves now and nobody would: for some groups of categories, or for all of them."""

    area_code: str
    is_whole_district: bool
    groups: tuple[str, ...]
    is_everything: bool


@dataclass(frozen=True)
class Effect:
    """What a proposal does: open threats by the ids of their units now and then (None: nobody), and the gaps."""

    asked: str
    moved: Counter[tuple[int | None, int | None]]
    gaps: tuple[Gap, ...]

    @property
    def mark(self) -> str:
        """A digest of what a person is shown: whoever confirms it confirms this."""
        return hashlib.sha256(repr((self.asked, sorted(self.moved.items(), key=str), self.gaps)).encode()).hexdigest()


def effect(proposal: Proposal) -> Effect:
    """Tell what a proposal would change on its day."""
    spots = _spots(proposal.areas, proposal.day)
    counted = _open_threats(proposal.areas)
    places = {*spots, *((district, commune) for district, commune, _group, _count in counted)}
    around = {code for district, commune in places for code in codes_around(district, commune)}
    serving = queries.serving_in(around, proposal.day)
    before, after = Routes.of(serving), Routes.of(proposal.applied(serving))
    moved: Counter[tuple[int | None, int | None]] = Counter()
    for district, commune, group, count in counted:
        pair = _unit(before, district, commune, group), _unit(after, district, commune, group)
        if pair[0] != pair[1]:
            moved[pair] += count
    return Effect(proposal.asked, moved, tuple(_gaps(spots, before, after)))


def _unit(routes: Routes, district: str, commune: str | None, group: str) -> int | None:
    chosen = routes.answering(district, commune, group)
    return chosen.unit_id if chosen else None


def _spots(areas: Sequence[str], day: date) -> list[Spot]:
    """List the communes of some areas, and districts as wholes; a commune that no map knows stands by its code."""
    whole = {region.code for region in districts.districts(day) if region.code.startswith(tuple(areas))}
    spots: list[Spot] = []
    for area in sorted({*whole, *(code for code in areas if len(code) >= DISTRICT)}):
        known = [region.code for region in districts.communes_of(area[:DISTRICT], day) if region.code.startswith(area)]
        spots += [(area[:DISTRICT], code) for code in known or ([area] if len(area) > DISTRICT else [])]
        spots += [(area, None)] if len(area) == DISTRICT else []
    return sorted(set(spots), key=str)


def _open_threats(areas: Sequence[str]) -> list[tuple[str, str | None, str, int]]:
    chosen = select(Threat.district_code, Threat.commune_code, Category.group_code, func.count(Threat.id))
    chosen = chosen.join(Category, Category.code == Threat.category_code)
    chosen = chosen.where(Threat.observations > 0, Threat.status.in_(OPEN), queries.lies_within(areas))
    grouped = chosen.group_by(Threat.district_code, Threat.commune_code, Category.group_code)
    return [(district, commune, group, count) for district, commune, group, count in db.session.execute(grouped)]


def _gaps(spots: Sequence[Spot], before: Routes, after: Routes) -> Iterable[Gap]:
    """Name what nobody would serve, a district once when all of it is left alike."""
    groups = tuple(group.code for group in catalogue.groups())
    lost = {
        (district, commune): tuple(
            group
            for group in groups
            if before.answering(district, commune, group) and not after.answering(district, commune, group)
        )
        for district, commune in spots
    }
    for district in sorted({district for district, _commune in spots}):
        own = {commune: left for (of, commune), left in lost.items() if of == district}
        if None in own and len(set(own.values())) == 1:
            own = {None: own[None]}
        for commune, left in own.items():
            if left:
                yield Gap(commune or district, commune is None and len(own) > 1, left, left == groups)


def unit_names(found: Effect) -> dict[int, str]:
    """Name the units of which an effect speaks."""
    numbers = {number for pair in found.moved for number in pair if number is not None}
    return {row.id: row.name for row in db.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(numbers)))}
