"""The present: the moment in UTC and the day in Warsaw, for pages, which know no database."""

from datetime import UTC, date, datetime

from consult.period import day_of


def now() -> datetime:
    """Tell the present moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Tell which day it is in Warsaw."""
    return day_of(now())
