"""Rates and changes of small counts: equal to esda 2.9.0 and SciPy, and honest where there is nothing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from consult.hot_spots.multiplicity import benjamini_hochberg, holm, threshold
from consult.hot_spots.rates import chances_alone, change, count_interval, evened, held, smoothed

CASES = np.array([30.0, 25, 25, 15, 33, 21, 30, 20])
PEOPLE = np.array([100.0, 100, 110, 90, 100, 90, 110, 90])
"""The example in esda's own documentation of `assuncao_rate`."""


def test_rates_are_evened_as_esda_does_it():
    assert evened(CASES, PEOPLE)[:4] == pytest.approx([1.03843594, -0.04099089, -0.56250375, -1.73061861])


def test_where_chance_explains_the_differences_all_have_one_rate():
    assert smoothed(CASES, PEOPLE) == pytest.approx([CASES.sum() / PEOPLE.sum()] * 8)


def test_a_small_place_is_drawn_to_the_rate_of_all_more_than_a_large_one():
    counts, people = np.array([6.0, 600, 100, 40]), np.array([10.0, 1000, 1000, 1000])
    rates = smoothed(counts, people)
    assert counts[0] / 10 == counts[1] / 1000 == 0.6
    assert rates[0] < rates[1] < 0.6


def test_a_winsorised_value_is_one_that_a_place_has():
    values = np.append(np.arange(1.0, 40), 1000)
    assert held(values).max() == 38
    assert held(values).min() == 2


def test_a_place_is_compared_with_the_others_alone():
    counts, exposure = np.append(np.full(20, 3.0), 30), np.ones(21)
    p = chances_alone(counts, exposure)
    assert p[-1] == pytest.approx(stats.poisson.sf(29, 3))
    assert p[0] > 0.05
    assert chances_alone(np.zeros(5), np.ones(5)).tolist() == [1] * 5


def test_places_that_differ_excuse_a_high_one():
    alike, apart = np.full(20, 10.0), np.array([2.0, 18] * 10)
    lone = [chances_alone(np.append(others, 25), np.ones(21))[-1] for others in (alike, apart)]
    assert lone[0] < 0.001 < 0.01 < lone[1]


def test_a_change_has_its_exact_interval():
    found = change(30, 20)
    assert found.ratio == 1.5
    low, high = stats.binomtest(30, 50).proportion_ci()
    assert (found.lowest, found.highest) == pytest.approx((low / (1 - low), high / (1 - high)))
    assert found.p == pytest.approx(stats.binomtest(30, 50).pvalue)


def test_nothing_before_and_nothing_at_all():
    new = change(7, 0)
    assert (new.ratio, new.highest) == (None, math.inf)
    assert new.lowest > 1
    assert new.p < 0.05
    assert (change(0, 0).ratio, change(0, 0).p) == (None, 1)
    gone = change(0, 7)
    assert (gone.ratio, gone.lowest) == (0, 0)
    assert gone.highest < 1


def test_the_interval_of_a_count_is_garwoods():
    assert count_interval(10) == pytest.approx((4.795389, 18.390356), abs=1e-6)
    assert count_interval(0) == pytest.approx((0, 3.688879), abs=1e-6)


@settings(max_examples=25)
@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=40))
def test_the_share_of_false_ones_is_held_as_scipy_holds_it(chances):
    p = np.array(chances)
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))
    stepped = holm(p)
    assert (stepped >= benjamini_hochberg(p) - 1e-12).all(), "Holm is the stricter one"
    assert (stepped <= np.minimum(p * len(p), 1) + 1e-12).all(), "and never stricter than Bonferroni"


def test_holm_step_by_step():
    assert holm(np.array([0.04, 0.01, 0.03])).tolist() == pytest.approx([0.06, 0.03, 0.06])


def test_the_limit_is_the_greatest_chance_that_passes():
    assert threshold(np.array([0.001, 0.008, 0.039, 0.041, 0.6])) == pytest.approx(0.008)
    assert threshold(np.array([0.2, 0.9])) == 0
