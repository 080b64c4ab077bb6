"""Polish working days: Monday to Friday without the holidays of the act of 18 January 1951 on days off work.

The days are those of the `holidays` library, in one place: the moving feasts, 6 January since 2011 (the act of
24 September 2010), and Christmas Eve since 2025 (the act of 6 December 2024).
"""

from datetime import date, timedelta
from functools import cache


@cache
def holidays(year: int) -> frozenset[date]:
    """List the days off work of a year, Sundays among them only when they are holidays of their own."""
    # A tenth of a second to import, which only a page with a deadline on it has to pay.
    from holidays.countries.poland import Poland

    return frozenset(Poland(years=year))  # type: ignore[no-untyped-call]


def is_working(day: date) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def after_working_days(day: date, count: int) -> date:
    """Give the last day of a deadline of `count` working days that began on `day`, which itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day
