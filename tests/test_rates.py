"""Rates of counts: intervals against another program, mid-year people, and places among others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from consult.rates import FEWEST_PEOPLE, byar, garwood, mid_year, poisson_interval, ranks, rate


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 10, 42, 99, 100])
def test_the_exact_interval_is_that_of_the_chi_squared_distribution(count):
    """Garwood (1936): half the quantiles of chi squared with twice the count, and twice one more, degrees."""
    lower = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert garwood(count) == pytest.approx((lower, chi2.ppf(0.975, 2 * count + 2) / 2), abs=1e-9)


def test_the_table_of_a_textbook():
    """Ulm (1990) prints 0.025 to 5.572 for one event and 4.795 to 18.390 for ten."""
    assert garwood(1) == pytest.approx((0.0253, 5.5716), abs=5e-4)
    assert garwood(10) == pytest.approx((4.7954, 18.3904), abs=5e-4)


@pytest.mark.parametrize("count", [101, 500, 12_345, 422_441])
def test_above_a_hundred_the_approximation_is_as_good_as_exact(count):
    exact = chi2.ppf(0.025, 2 * count) / 2, chi2.ppf(0.975, 2 * count + 2) / 2
    assert poisson_interval(count) == byar(count) == pytest.approx(exact, rel=1e-3)


def test_nothing_is_counted_below_zero():
    with pytest.raises(ValueError, match="below zero"):
        poisson_interval(-1)


@given(st.integers(0, 3_000))
@settings(max_examples=40)
def test_an_interval_holds_its_count_and_grows_with_it(count):
    low, high = poisson_interval(count)
    assert 0 <= low <= count < high
    assert low <= poisson_interval(count + 1)[0]
    assert high < poisson_interval(count + 1)[1]


def test_a_rate_needs_both_numbers():
    found = rate(424, 48_600.0)
    assert found.value == pytest.approx(8.7243, abs=1e-4)
    assert found.low < found.value < found.high
    assert rate(424, 48_600.0, 10_000).value == pytest.approx(10 * found.value)
    assert rate(0, 1_000.0).value == 0
    assert rate(0, 1_000.0).high > 0
    assert (rate(None, 1_000.0), rate(3, None), rate(3, 0)) == (None, None, None)


def test_s124_a_handful_of_people_has_no_rate():
    assert rate(3, 40) is None
    assert rate(0, 999.5) is None
    assert rate(3, FEWEST_PEOPLE).value == pytest.approx(3)


def test_the_people_of_a_year_are_the_mean_of_its_two_ends():
    assert mid_year(48_602, 48_498) == 48_550
    assert mid_year(None, 48_498) is mid_year(48_602, None) is None


def test_places_follow_rates_and_say_what_chance_leaves_open():
    found = ranks([1_000, 100, 10, 9], [10_000.0] * 4)
    assert [one.place for one in found] == [1, 2, 3, 4]
    assert (found[0].first, found[0].last) == (1, 1)
    assert (found[2].first, found[2].last) == (3, 4)
    assert found == ranks([1_000, 100, 10, 9], [10_000.0] * 4)
    assert ranks([], []) == []


def test_equal_rates_share_a_place_and_people_matter():
    found = ranks([10, 20, 5], [1_000.0, 2_000.0, 100.0])
    assert [one.place for one in found] == [2, 2, 1]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
@settings(max_examples=25)
def test_a_place_lies_within_its_places(counts):
    for one in ranks(counts, [1_000.0] * len(counts), draws=200):
        assert 1 <= one.first <= one.place <= one.last <= len(counts)
