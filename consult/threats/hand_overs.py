"""Reading what was handed over to offices, what they answered, and which of them serve a place."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from consult.db import db
from consult.partners import queries as partners
from consult.partners.models import Partner
from consult.threats.models import HandOver, PartnerAnswer, Threat
from consult.threats.routing import codes_around


def hand_over(hand_over_id: int) -> HandOver:
    """Give what was handed over, or raise NoResultFound."""
    return db.session.execute(select(HandOver).where(HandOver.id == hand_over_id)).scalar_one()


def by_key(key: str) -> HandOver | None:
    """Find what was handed over by the key of the form it came with."""
    return db.session.scalar(select(HandOver).where(HandOver.key == key))


def answer(answer_id: int) -> PartnerAnswer | None:
    """Find an office's answer."""
    return db.session.get(PartnerAnswer, answer_id)


def answer_by_key(key: str) -> PartnerAnswer | None:
    """Find an answer by the key of the form it came with."""
    return db.session.scalar(select(PartnerAnswer).where(PartnerAnswer.key == key))


def of_threat(threat: Threat) -> Sequence[HandOver]:
    """List to whom a threat was handed over, oldest first, with what they answered."""
    return db.session.scalars(select(HandOver).where(HandOver.threat_id == threat.id).order_by(HandOver.id)).all()


def count_of(threat: Threat) -> int:
    """Count how often a threat was handed over."""
    return db.session.scalar(select(func.count(HandOver.id)).where(HandOver.threat_id == threat.id)) or 0


def addressees(threat: Threat, day: date) -> list[Partner]:
    """List the partners that serve the place of a threat on a day, those for its kind first."""
    codes = codes_around(threat.district_code, threat.commune_code)
    return partners.serving(codes, threat.category.group_code, day)
