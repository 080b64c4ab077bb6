"""Reading the register of partners: of some areas, and those that serve a place."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from consult.db import db
from consult.partners.models import Partner, PartnerArea
from consult.partners.reach import Reach
from consult.words import folded


def partner(partner_id: int) -> Partner:
    """Give a partner, or raise NoResultFound."""
    return db.session.execute(select(Partner).where(Partner.id == partner_id)).scalar_one()


def by_key(key: str) -> Partner | None:
    """Find a partner by the key of the form it came with."""
    return db.session.scalar(select(Partner).where(Partner.key == key))


def within(reach: Reach) -> Sequence[Partner]:
    """List the partners that serve something within a reach, those of today and of the past, by name."""
    chosen = select(Partner)
    if not reach.everywhere:
        chosen = chosen.where(_serves(PartnerArea.area_code.in_(_around(reach.areas)), *map(_inside, reach.areas)))
    return sorted(db.session.scalars(chosen).unique(), key=lambda one: (folded(one.name), one.id))


def serving(codes: Collection[str], group_code: str, day: date) -> list[Partner]:
    """List the partners that serve a place on a day, those for the group of categories first, then by name.

    `codes` are those of the voivodeship, the district and the commune around the place.
    """
    chosen = select(Partner).where(_serves(PartnerArea.area_code.in_(codes)))
    chosen = chosen.where(Partner.valid_from <= day, or_(Partner.valid_to.is_(None), Partner.valid_to > day))
    found = db.session.scalars(chosen).unique()
    return sorted(found, key=lambda one: (*_fitting(one, group_code), folded(one.name), one.id))


def namesakes(name: str, codes: Iterable[str], day: date) -> list[Partner]:
    """List the partners of this name that are offered on a day in one of the areas."""
    reach = Reach(tuple(codes))
    return [one for one in within(reach) if one.is_valid_on(day) and folded(one.name) == folded(name)]


def _fitting(partner: Partner, group_code: str) -> tuple[bool, bool]:
    """Order partners: those named for the group, then those for everything, then those for other groups."""
    return not partner.is_for(group_code), not partner.groups


def _around(codes: Iterable[str]) -> list[str]:
    """List the codes of the areas around some areas, themselves among them."""
    return sorted({code[:digits] for code in codes for digits in (2, 4, 6) if digits <= len(code)})


def _inside(code: str) -> ColumnElement[bool]:
    return PartnerArea.area_code.startswith(code, autoescape=True)


def _serves(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    found = select(PartnerArea.partner_id).where(PartnerArea.partner_id == Partner.id, or_(*conditions))
    return found.exists()
