"""What waits for staff today, put together from the parts below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, literal, or_, select

from consult.calendar import after_working_days
from consult.db import db
from consult.period import day_of
from consult.threats.models import Threat
from consult.threats.workflow import Status

LIMIT = 200


@dataclass(frozen=True)
class Due:
    """A threat whose next step has a deadline."""

    threat: Threat
    due_on: date
    is_overdue: bool


def due_threats(areas: Sequence[str], today: date) -> list[Due]:
    """List the threats of these areas to take up or to verify, the nearest deadline first.

    Deadlines are working days after the day of the last change: those of the category (two to take up, five in all).
    """
    chosen = (
        select(Threat)
        .where(_within(areas), Threat.observations > 0, Threat.status.in_((Status.NEW, Status.IN_VERIFICATION)))
        .order_by(Threat.status_at, Threat.id)
        .limit(LIMIT)
    )
    found = [_due(threat, today) for threat in db.session.scalars(chosen).unique()]
    return sorted(found, key=lambda entry: (entry.due_on, entry.threat.id))


def answers() -> None:
    """Ask the database the least there is to ask; raises OperationalError when it does not answer."""
    db.session.execute(select(literal(1)))


def _within(areas: Sequence[str]) -> ColumnElement[bool]:
    chosen = [Threat.district_code.startswith(code, autoescape=True) for code in areas if len(code) <= 4]
    chosen += [Threat.commune_code.startswith(code, autoescape=True) for code in areas if len(code) > 4]
    return or_(*chosen) if chosen else Threat.id.is_(None)


def _due(threat: Threat, today: date) -> Due:
    category = threat.category
    days = category.take_up_days if threat.status is Status.NEW else category.verify_days
    due_on = after_working_days(day_of(threat.created_at if threat.status is Status.NEW else threat.status_at), days)
    return Due(threat, due_on, due_on < today)
