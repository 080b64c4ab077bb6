"""Intervals of shares, against published values and where a share is nothing or everything."""

import pytest

from consult.estimates.intervals import around, korn_graubard, logit, student, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_equals_published_values(successes, trials, low, high):
    """Newcombe (1998), table I, and R's prop.test without correction."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("hits", "people", "low", "high"),
    [(0, 20, 0.0, 0.168433), (20, 20, 0.831567, 1.0), (5, 10, 0.187086, 0.812914)],
)
def test_with_a_plain_sample_korn_and_graubard_is_the_exact_interval(hits, people, low, high):
    """Clopper and Pearson: 1 - 0.025^(1/20) where nobody is in it; R's binom.test for five of ten."""
    found = korn_graubard(hits / people, people, people, people - 1)
    assert found == pytest.approx((low, high), abs=1e-6)


def test_few_degrees_of_freedom_make_it_wider():
    plain, clustered = korn_graubard(0.4, 100, 100, 99), korn_graubard(0.4, 100, 100, 5)
    assert clustered[0] < plain[0] < 0.4 < plain[1] < clustered[1]


def test_the_logit_interval_stays_inside_and_is_nothing_at_the_ends():
    low, high = logit(0.01, 0.01)
    assert 0 < low < 0.01 < high < 1
    assert logit(0.0, 0.0) == (0.0, 0.0)


def test_student_with_endless_degrees_is_the_normal():
    assert student(float("inf")) == pytest.approx(1.959964, abs=1e-6)
    assert student(2) == pytest.approx(4.302653, abs=1e-6)
    assert around(10, 2) == pytest.approx((6.080072, 13.919928), abs=1e-6)
