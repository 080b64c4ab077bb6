"""Waiting times with open cases counted, by hand and against what is known of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.estimates.waits import Wait, waiting


def test_the_published_example_of_kaplan_and_meier():
    """Their eight observations: deaths at 0.8, 3.1, 5.4 and 9.2, losses at 1.0, 2.7, 7.0 and 12.1 (JASA 1958)."""
    done, open_ = (0.8, 3.1, 5.4, 9.2), (1.0, 2.7, 7.0, 12.1)
    found = waiting([*(Wait(days, True) for days in done), *(Wait(days, False) for days in open_)])
    shares = [share for _days, share in found.steps]
    assert shares == pytest.approx([7 / 8, 7 / 8 * 4 / 5, 7 / 8 * 3 / 5, 7 / 8 * 3 / 5 / 2])
    assert (found.count, found.open) == (8, 4)
    assert found.median_days == 9.2


def test_nothing_done_is_not_known_yet_and_nothing_at_all_is_no_error():
    assert waiting([Wait(100.0, False)]).median_days is None
    assert waiting([Wait(100.0, False)]).done_within(200) == 0
    assert waiting([]).median_days is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_without_open_cases_it_is_the_plain_share(days):
    found = waiting([Wait(float(one), True) for one in days])
    for mark in (0, 3, 10, 30):
        assert found.done_within(mark) == pytest.approx(sum(one <= mark for one in days) / len(days))


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_a_backlog_never_makes_it_look_better(days):
    done = [Wait(float(one), True) for one in days]
    backlog = [Wait(31.0, False)] * len(days)
    assert waiting([*done, *backlog]).done_within(30) <= waiting(done).done_within(30)
