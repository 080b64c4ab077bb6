"""How far the changes of status can be read: up to the number after which an earlier one can no more come."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from consult.db import db
from consult.threats.models import StatusChange

SETTLED_AFTER = timedelta(minutes=1)
"""On PostgreSQL a smaller number may be committed after a larger one; no transaction lasts as long as this."""


def settled_until(at: datetime) -> int:
    """Give the largest serial number up to which no change can come any more."""
    # asked for the least number alone, a database goes through all numbers from the first one on
    chosen = select(func.min(StatusChange.id), func.count()).where(StatusChange.changed_at > at - SETTLED_AFTER)
    young, _many = db.session.execute(chosen).one()
    return young - 1 if young is not None else db.session.scalar(select(func.max(StatusChange.id))) or 0
