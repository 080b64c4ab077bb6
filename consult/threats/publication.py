"""What of the threats the public sees: one by one, as counts, or not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from consult.catalogue.models import Category, Precision
from consult.db import db
from consult.period import Period
from consult.releases import queries as releases
from consult.threats import queries
from consult.threats.models import Threat
from consult.threats.workflow import OPEN, Status

SHOWN_DAYS = {Status.ELIMINATED: 30, Status.NOT_CONFIRMED: 7}
"""How long the public map shows what is closed, in days (the rule of the national map's public layer)."""


def is_public(threat: Threat, at: datetime, category: Category | None = None) -> bool:
    """Tell whether anyone may see a threat one by one at a moment, as it is or as it would be in another category."""
    if (category or threat.category).precision is not Precision.EXACT or not threat.observations:
        return False
    days = SHOWN_DAYS.get(threat.status)
    return threat.status in OPEN or (days is not None and threat.status_at >= at - timedelta(days=days))


def public_condition(at: datetime) -> ColumnElement[bool]:
    """Write `is_public` as a condition of a query.

    It holds for half of all threats, so it never leads to the few that are asked for: the area does, or the number.
    Categories are named one by one, since PostgreSQL would look through the threats once for each of a subquery's.
    """
    exact = db.session.scalars(select(Category.code).where(Category.precision == Precision.EXACT)).all()
    category, status = queries.no_way_in(Threat.category_code), queries.no_way_in(Threat.status)
    shown: list[ColumnElement[bool]] = [status.in_([state.value for state in OPEN])]
    shown += [
        and_(status == state.value, Threat.status_at >= at - timedelta(days=days)) for state, days in SHOWN_DAYS.items()
    ]
    return and_(category.in_(exact), or_(*shown))


def visible_condition(at: datetime, areas: tuple[str, ...]) -> ColumnElement[bool]:
    """Write what a person of the police sees: what anyone does, and everything in the areas of the own units."""
    own = [Threat.district_code.startswith(code, autoescape=True) for code in areas if len(code) <= 4]
    own += [Threat.commune_code.startswith(code, autoescape=True) for code in areas if len(code) > 4]
    return or_(public_condition(at), *own)


def public_threat(threat_id: int, at: datetime) -> Threat | None:
    """Find a threat that anyone may see, or the one that its voices went to since."""
    threat = queries.threat(threat_id)
    while threat.successor_id is not None:
        threat = queries.threat(threat.successor_id)
    return threat if is_public(threat, at) else None


@dataclass(frozen=True)
class Unplaced:
    """What was released last of the threats whose places are not shown, in one district.

    Counts of the month by category, None where one is hidden; `never` counts the categories that are only counted
    together, None where that is hidden or nothing is released. The release tells more, and how it can be checked.
    """

    rows: tuple[tuple[Category, int | None], ...] = ()
    never: int | None = None
    month: Period | None = None
    release_id: int | None = None


def unplaced(district: str | None) -> Unplaced:
    """Give what the latest month's release says of a district; nothing for a wider area, where the release tells it."""
    found = releases.latest_month() if district is not None and len(district) == len("1003") else None
    counts = releases.told(district, [found.subject]).get(found.subject) if found and district else None
    if found is None or counts is None:
        return Unplaced()
    categories = db.session.scalars(select(Category).where(Category.code.in_(counts)).order_by(Category.code)).unique()
    rows = tuple((category, counts[category.code]) for category in categories)
    return Unplaced(rows, counts[releases.TOGETHER], Period.parse(found.subject), found.id)
