"""Deadlines in Polish working days, and how they stand."""

from datetime import date, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from consult.calendar import after_working_days
from consult.threats.deadlines import Step, Urgency, arrived_since, deadline

days = st.dates(date(2016, 1, 1), date(2099, 12, 1))


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 25)),  # Monday to Wednesday
        (date(2026, 11, 26), date(2026, 11, 30)),  # over a weekend
        (date(2026, 11, 28), date(2026, 12, 1)),  # arrived on a Saturday
        (date(2026, 12, 23), date(2026, 12, 29)),  # over Christmas Eve and both days of Christmas
        (date(2026, 4, 30), date(2026, 5, 5)),  # over 1 and 3 May
        (date(2026, 6, 3), date(2026, 6, 8)),  # over Corpus Christi
    ],
)
def test_two_working_days_to_take_up(arrived, due):
    assert deadline(Step.TAKE_UP, arrived, 2).due_on == due


def test_the_alarm_comes_after_three_times_the_term():
    said = deadline(Step.VERIFY, date(2026, 11, 2), 5)
    assert said.due_on == date(2026, 11, 9)
    assert said.alarm_after == date(2026, 11, 24)  # over 11 November
    assert [said.urgency(day) for day in (date(2026, 11, 6), date(2026, 11, 9), date(2026, 11, 10))] == [
        Urgency.LATER,
        Urgency.TODAY,
        Urgency.OVERDUE,
    ]
    assert said.urgency(date(2026, 11, 24)) is Urgency.OVERDUE
    assert said.urgency(date(2026, 11, 25)) is Urgency.ALARM


@given(days, st.integers(1, 20))
def test_what_arrived_earlier_is_late_and_what_arrived_later_is_not(today, term):
    first = arrived_since(today, term)
    assert after_working_days(first, term) >= today
    assert after_working_days(first - timedelta(days=1), term) < today


@given(days, st.integers(1, 10))
def test_working_days_agree_with_counting_them_one_by_one(arrived, term):
    days_off = country_holidays("PL")
    day, left = arrived, term
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in days_off
    assert deadline(Step.TAKE_UP, arrived, term).due_on == day
