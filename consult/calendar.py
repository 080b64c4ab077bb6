"""Polish working days: Monday to Friday without the holidays of the act of 18 January 1951 on days off work.

Christmas Eve is a day off since 2025 (the act of 6 December 2024 amending it).
"""

from datetime import date, timedelta
from functools import cache

_FIXED = ((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
_AFTER_EASTER = (0, 1, 49, 60)  # Easter, its Monday, Pentecost, Corpus Christi


@cache
def holidays(year: int) -> frozenset[date]:
    """List the days off work of a year, Sundays among them only when they are holidays of their own."""
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {easter(year) + timedelta(days=after) for after in _AFTER_EASTER}
    if year >= 2025:
        days.add(date(year, 12, 24))
    return frozenset(days)


def easter(year: int) -> date:
    """Compute Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    length = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * length) // 451
    month, day = divmod(h + length - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_working(day: date) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def after_working_days(day: date, count: int) -> date:
    """Give the last day of a deadline of `count` working days that began on `day`, which itself does not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working(day)
    return day
