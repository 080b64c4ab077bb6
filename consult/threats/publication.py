"""What of the threats the public sees: one by one, as counts, or not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from consult.catalogue.models import Category, Precision
from consult.db import db
from consult.disclosure import HIDDEN_BELOW, published, published_cells
from consult.period import day_of, midnight
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
    category, status = _no_way_in(Threat.category_code), _no_way_in(Threat.status)
    shown: list[ColumnElement[bool]] = [status.in_([state.value for state in OPEN])]
    shown += [
        and_(status == state.value, Threat.status_at >= at - timedelta(days=days)) for state, days in SHOWN_DAYS.items()
    ]
    return and_(category.in_(exact), or_(*shown))


def _no_way_in(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """Give the text of a column so that no index of it is used: SQLite would gladly take the states for the way in."""
    return type_coerce(column, String) + ""


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
    """Counts of threats whose places are not shown: a row for each category that may be counted, and one total."""

    rows: tuple[tuple[Category, int | None], ...]
    never: int | None
    until: datetime


def unplaced(district: str | None, at: datetime) -> Unplaced:
    """Count what is not shown one by one, up to the last full month, as `disclosure` lets it be published.

    Only for one district: counts of a whole and of its parts would give the hidden ones back by subtraction. And only
    in whole fives, rounded down, so that two months' pages do not either.
    """
    if district is None or len(district) != len("1003"):
        return Unplaced((), None, at)
    until = midnight(day_of(at).replace(day=1))
    counts = _counts(district, until)
    generalised = {category.code: count for category, count in counts if category.precision is Precision.GENERALISED}
    shown = published_cells(generalised)
    rows = tuple((category, _in_fives(shown[category.code])) for category, _count in counts if category.code in shown)
    never = sum(count for category, count in counts if category.precision is Precision.NEVER)
    return Unplaced(rows, _in_fives(published(never)), until)


def _in_fives(count: int | None) -> int | None:
    return None if count is None else count - count % HIDDEN_BELOW


def _counts(district: str | None, until: datetime) -> list[tuple[Category, int]]:
    chosen = queries.narrowed(
        select(Threat.category_code, func.count(Threat.id)),
        queries.Filters(district=district, precisions=(Precision.GENERALISED, Precision.NEVER)),
    )
    chosen = chosen.where(Threat.created_at < until, Threat.status != Status.JOKE).group_by(Threat.category_code)
    counts = {row[0]: row[1] for row in db.session.execute(chosen)}
    categories = db.session.scalars(select(Category).where(Category.code.in_(counts)).order_by(Category.code)).unique()
    return [(category, counts[category.code]) for category in categories]
