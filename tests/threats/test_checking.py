"""When a threat may be called not confirmed: the rule, by hand and over everything that can be said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.period import WARSAW
from consult.threats.checking import Finding, Look, Pattern, counted, missing, time_bit, weekday_bits

EVENING, NIGHT, FRIDAY, SATURDAY = 4, 8, 16, 32
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=WARSAW)


def look(days=0, hour=12, finding=Finding.NOT_SEEN):
    return Look(MONDAY_NOON.replace(hour=hour) + timedelta(days=days), finding)


def test_three_checks_on_two_days_are_enough_when_nobody_named_a_time():
    said = missing([look(), look(), look(1)], [Pattern()], 3)
    assert said.nothing
    assert not said.is_told


def test_three_checks_on_one_day_are_not():
    said = missing([look(hour=9), look(hour=12), look(hour=15)], [], 3)
    assert (said.checks, said.another_day) == (1, True)


@pytest.mark.parametrize("finding", [Finding.SEEN, Finding.NOT_CHECKED])
def test_only_checks_that_found_nothing_count(finding):
    said = missing([look(), look(1), look(2, finding=finding)], [], 3)
    assert said.checks == 1
    assert not said.nothing


def test_what_a_check_saw_is_never_unconfirmed():
    said = missing([look(), look(1), look(2), look(3, finding=Finding.SEEN)], [], 3)
    assert said.was_seen
    assert not said.nothing


def test_one_check_falls_on_the_time_that_people_named():
    told = [Pattern(EVENING, 0)]
    by_day = [look(), look(1), look(2)]
    said = missing(by_day, told, 3)
    assert (said.checks, said.at_time) == (1, (Pattern(EVENING, 0),))
    assert missing([*by_day, look(3, hour=20)], told, 3).nothing


def test_one_further_check_may_be_on_another_day_and_at_the_named_time_at_once():
    said = missing([look(hour=9), look(hour=10), look(hour=11)], [Pattern(EVENING, 0)], 3)
    assert said.checks == 1


def test_the_weekday_counts_with_the_time_of_one_person_not_of_two():
    told = [Pattern(EVENING, FRIDAY), Pattern(0, SATURDAY)]
    friday_noon, saturday_noon, friday_evening = look(4), look(5), look(4, hour=19)
    base = [look(), look(1)]
    assert not missing([*base, friday_noon], told, 3).nothing
    assert missing([*base, saturday_noon], told, 3).nothing
    assert missing([*base, friday_evening], told, 3).nothing


def test_a_further_voice_that_names_another_time_never_undoes_what_was_checked():
    looks = [look(), look(1), look(2, hour=20)]
    assert missing(looks, [Pattern(EVENING, 0)], 3).nothing
    assert missing(looks, [Pattern(EVENING, 0), Pattern(NIGHT, FRIDAY)], 3).nothing


def test_one_in_the_morning_is_the_night_of_both_days():
    """People who say "Friday night" mean the hours after midnight too."""
    late = datetime(2026, 11, 28, 1, 0, tzinfo=WARSAW)  # a Saturday
    assert time_bit(late) == NIGHT
    assert weekday_bits(late) == FRIDAY + SATURDAY
    assert Pattern(NIGHT, FRIDAY).fits(late)
    assert Pattern(NIGHT, SATURDAY).fits(late)
    assert not Pattern(NIGHT, FRIDAY).fits(late + timedelta(days=1))


def test_parts_of_the_day_are_those_of_warsaw_in_summer_and_winter():
    assert time_bit(datetime(2026, 7, 1, 16, 0, tzinfo=UTC)) == EVENING  # 18:00 in Warsaw
    assert time_bit(datetime(2026, 12, 1, 16, 59, tzinfo=UTC)) == 2  # 17:59


def test_a_check_that_could_not_be_made_is_no_check():
    assert counted([look(), look(finding=Finding.SEEN), look(finding=Finding.NOT_CHECKED)]) == 2


looks = st.builds(look, st.integers(0, 9), st.integers(0, 23), st.sampled_from(Finding))
patterns = st.builds(Pattern, st.integers(0, 15), st.integers(0, 127))


@given(st.lists(looks, max_size=8), st.lists(patterns, max_size=4), st.integers(2, 6))
def test_nothing_is_missing_exactly_when_the_rule_holds(known, told, needed):
    said = missing(known, told, needed)
    empty = [one for one in known if one.finding is Finding.NOT_SEEN]
    named = [pattern for pattern in told if pattern.is_told]
    holds = (
        len(empty) >= needed
        and len({one.at.date() for one in empty}) >= 2
        and (not named or any(pattern.fits(one.at) for pattern in named for one in empty))
        and not any(one.finding is Finding.SEEN for one in known)
    )
    assert said.nothing is holds


@given(st.lists(looks, max_size=6), st.lists(patterns, max_size=3))
def test_doing_what_is_missing_is_enough(known, told):
    """As many further checks as are named, on new days and one at a named time, leave nothing missing."""
    said = missing(known, told, 3)
    hours = [MONDAY_NOON + timedelta(days=20, hours=step) for step in range(24 * 8)]
    fitting = [hour for hour in hours if not said.at_time or any(pattern.fits(hour) for pattern in said.at_time)]
    further = [Look(fitting[-1 - 30 * k if not said.at_time else -1], Finding.NOT_SEEN) for k in range(said.checks)]
    if said.another_day and said.checks > 1:
        further[0] = Look(MONDAY_NOON + timedelta(days=40), Finding.NOT_SEEN)
    assert missing([*known, *further], told, 3).nothing is not said.was_seen
