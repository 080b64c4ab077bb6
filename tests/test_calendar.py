"""Days off work in Poland, against the acts themselves and an Easter computed by ourselves."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from consult.calendar import after_working_days, holidays, is_working

YEARS = range(2019, 2036)


def easter(year):
    """Compute Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    h = (19 * a + b - d - (8 * b + 13) // 25 + 15) % 30
    i, k = c // 4, c % 4
    length = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + length - 7 * ((a + 11 * h + 22 * length) // 451) + 114, 31)
    return date(year, month, day + 1)


@pytest.mark.parametrize("year", YEARS)
def test_the_days_off_of_a_year_are_those_of_the_act(year):
    fixed = {(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)}
    expected = {date(year, *day) for day in fixed} | ({date(year, 12, 24)} if year >= 2025 else set())
    expected |= {easter(year) + timedelta(days=after) for after in (0, 1, 49, 60)}
    assert holidays(year) == expected


def test_christmas_eve_is_a_working_day_until_2024():
    assert is_working(date(2024, 12, 24))
    assert not is_working(date(2025, 12, 24))


def test_a_term_goes_over_the_days_between_christmas_and_the_epiphany():
    # 24 to 26 December, 27 and 28 December (a weekend), 1 January, 3 and 4 January, 6 January
    assert after_working_days(date(2025, 12, 23), 5) == date(2026, 1, 5)
    assert after_working_days(date(2025, 12, 23), 6) == date(2026, 1, 7)


def test_the_library_is_read_only_when_a_deadline_is_computed():
    asked = "import sys, consult.calendar; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
