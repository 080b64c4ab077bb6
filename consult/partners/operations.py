"""Writing the register of partners. Nothing here commits."""

import zlib
from collections.abc import Collection
from datetime import date

from consult.audit import operations as audit
from consult.db import db, take_turn
from consult.partners import queries
from consult.partners.models import Partner, PartnerArea, PartnerGroup, PartnerKind
from consult.web.errors import Conflict

REGISTER = zlib.crc32(b"register of partners")
"""The turn of whoever writes in the register: a name is looked for in all of it."""


class NameTaken(Exception):
    """A partner of this name is offered in one of the areas already."""


class EndsTooEarly(Exception):
    """A partner would end before it began."""


def enter(
    actor_id: int,
    key: str,
    kind: PartnerKind,
    name: str,
    email: str,
    address: str,
    area_codes: Collection[str],
    group_codes: Collection[str],
    valid_from: date,
) -> Partner:
    """Enter a partner; the same key again is the same partner. Raises NameTaken, and Conflict for another one."""
    take_turn(REGISTER)
    known = queries.by_key(key)
    if known is not None:
        if (known.kind, known.name, known.email) != (PartnerKind(kind), name, email):
            raise Conflict
        return known
    partner = Partner(key=key)
    _write(partner, kind, name, email, address, area_codes, group_codes, valid_from)
    audit.note(actor_id, "enter_partner", "partner", partner.id)
    return partner


def correct(
    partner: Partner,
    actor_id: int,
    kind: PartnerKind,
    name: str,
    email: str,
    address: str,
    area_codes: Collection[str],
    group_codes: Collection[str],
    valid_from: date,
) -> None:
    """Correct a partner; letters that went to it stay as they were sent. Raises NameTaken and EndsTooEarly."""
    _take(partner)
    if partner.valid_to is not None and partner.valid_to < valid_from:
        raise EndsTooEarly
    _write(partner, kind, name, email, address, area_codes, group_codes, valid_from)
    audit.note(actor_id, "correct_partner", "partner", partner.id)


def end(partner: Partner, actor_id: int, valid_to: date) -> None:
    """Offer a partner no longer from a day on. Raises EndsTooEarly."""
    _take(partner)
    if valid_to < partner.valid_from:
        raise EndsTooEarly
    if partner.valid_to != valid_to:
        partner.valid_to = valid_to
        audit.note(actor_id, "end_partner", "partner", partner.id)


def _take(partner: Partner) -> None:
    """Let nobody else write in the register until this transaction ends, and see what whoever came first did."""
    take_turn(REGISTER)
    db.session.refresh(partner)


def _write(
    partner: Partner,
    kind: PartnerKind,
    name: str,
    email: str,
    address: str,
    area_codes: Collection[str],
    group_codes: Collection[str],
    valid_from: date,
) -> None:
    with db.session.no_autoflush:  # a half-written entry is nobody's namesake
        if any(one is not partner for one in queries.namesakes(name, area_codes, valid_from)):
            raise NameTaken
    partner.kind, partner.name, partner.email, partner.address = PartnerKind(kind), name, email, address
    partner.valid_from = valid_from
    areas = {area.area_code: area for area in partner.areas}
    groups = {group.group_code: group for group in partner.groups}
    # Rows that stay are kept, so that none is deleted and written anew under the same key.
    partner.areas = [areas.get(code) or PartnerArea(area_code=code) for code in sorted(set(area_codes))]
    partner.groups = [groups.get(code) or PartnerGroup(group_code=code) for code in sorted(set(group_codes))]
    db.session.add(partner)
    db.session.flush()  # the trail needs its number
