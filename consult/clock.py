"""The present: the moment in UTC and the day in Warsaw, for pages, which know no database.

Whoever retells what happened (the demonstration) sets the clock for the while; everything else asks what time it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from consult.period import day_of

_retold: ContextVar[datetime | None] = ContextVar("retold", default=None)


def now() -> datetime:
    """Tell the present moment, in UTC."""
    return _retold.get() or datetime.now(UTC)


def today() -> date:
    """Tell which day it is in Warsaw."""
    return day_of(now())


@contextmanager
def retelling(moment: datetime) -> Iterator[None]:
    """Let a past moment be the present for what the block writes; no page ever does."""
    assert moment.tzinfo is not None
    before = _retold.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _retold.reset(before)
