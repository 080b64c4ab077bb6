"""Agreement of two coders: published tables, figures computed by hand, and what holds for every table."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.coders import Table, agreement, pooled_kappa

NUMBERS = st.integers(0, 60)
TABLES = st.builds(Table, NUMBERS, NUMBERS, NUMBERS, NUMBERS).filter(lambda table: table.texts)


def test_the_table_of_bonetts_manual():
    """statpsych 1.7, ci.kappa(.05, 31, 12, 4, 58): Cohen's kappa, its standard error and interval to seven digits."""
    table = Table(both=58, first=4, second=12, neither=31)
    assert table.kappa == pytest.approx(0.6756757, abs=5e-8)
    assert table.error == pytest.approx(0.07344761, abs=5e-9)
    assert table.interval == pytest.approx((0.5317210, 0.8196303), abs=5e-7)


def test_the_two_tables_of_feinstein_and_cicchetti():
    """1990: the same agreement of 85 %, and kappa 0.70 or 0.32 by prevalence alone."""
    even, odd = Table(40, 9, 6, 45), Table(80, 10, 5, 5)
    assert (even.observed, odd.observed) == (0.85, 0.85)
    assert (round(even.kappa, 2), round(odd.kappa, 2)) == (0.70, 0.32)
    assert (even.prevalence, odd.prevalence) == (pytest.approx(0.05), pytest.approx(0.75))
    assert not even.is_odd
    assert Table(0, 4, 3, 93).is_odd
    assert not Table(0, 0, 0, 93).is_odd, "a theme that nobody gave has no kappa to be warned of"


def test_by_hand():
    """20 both, 5 and 10 one alone, 15 neither: observed 0.7; by chance 0.5·0.6 + 0.5·0.4 = 0.5; kappa 0.2 / 0.5."""
    table = Table(20, 5, 10, 15)
    assert (table.observed, table.expected, table.kappa) == (0.7, 0.5, pytest.approx(0.4))
    assert table.adjusted == pytest.approx(0.4)


def test_nothing_is_told_where_nothing_can_be_known():
    assert Table(0, 0, 0, 50).kappa is None
    assert Table(50, 0, 0, 0).error is None
    alike = Table(20, 0, 0, 30)
    assert (alike.kappa, alike.interval) == (1.0, None)
    assert (Table(0, 1, 0, 11).kappa, Table(0, 1, 0, 11).interval) == (0.0, None), "one of them never gave it"
    assert agreement([], ["1"]) is None


@settings(max_examples=60)
@given(TABLES)
def test_a_kappa_lies_between_its_ends_and_no_coder_comes_first(table):
    turned = Table(table.both, table.second, table.first, table.neither)
    swapped = Table(table.neither, table.first, table.second, table.both)
    if table.kappa is None:
        assert turned.kappa is None
        return
    assert -1 <= table.kappa <= 1
    for other in (turned, swapped):
        assert other.kappa == pytest.approx(table.kappa)
        assert other.error == pytest.approx(table.error)
    if table.interval:
        assert table.interval[0] <= table.kappa <= table.interval[1]


@settings(max_examples=40)
@given(TABLES.filter(lambda table: table.kappa is not None))
def test_the_standard_error_is_that_of_the_delta_method(table):
    """Another way to the same figure: the slope of kappa in each cell, by small steps."""

    def kappa(cells):
        whole = sum(cells)
        both, first, second, neither = (cell / whole for cell in cells)
        chance = (both + first) * (both + second) + (second + neither) * (first + neither)
        return (both + neither - chance) / (1 - chance)

    shares = [count / table.texts for count in (table.both, table.first, table.second, table.neither)]
    step = 1e-6
    slopes = []
    for k in range(4):
        more, less = list(shares), list(shares)
        more[k], less[k] = shares[k] + step, shares[k] - step
        slopes.append((kappa(more) - kappa(less)) / (2 * step))
    mean = sum(share * slope for share, slope in zip(shares, slopes, strict=True))
    square = sum(share * slope**2 for share, slope in zip(shares, slopes, strict=True))
    assert table.error == pytest.approx(math.sqrt(max(square - mean**2, 0) / table.texts), abs=1e-4)


def test_one_theme_pools_to_its_own_kappa_and_the_draw_is_always_the_same():
    judged = [({"1"}, {"1"})] * 20 + [({"1"}, set())] * 5 + [(set(), {"1"})] * 10 + [(set(), set())] * 15
    found = agreement(judged, ["1"])
    assert found.tables["1"] == Table(20, 5, 10, 15)
    assert found.pooled == pytest.approx(0.4)
    assert found.pooled_interval == agreement(list(reversed(judged)), ["1"]).pooled_interval
    low, high = found.pooled_interval
    wanted = found.tables["1"].interval
    assert low == pytest.approx(wanted[0], abs=0.05)
    assert high == pytest.approx(wanted[1], abs=0.05)
    assert (found.alike, found.texts, found.share) == (35, 50, 0.7)


def test_themes_are_pooled_by_the_means_of_what_is_observed_and_expected():
    """By hand: observed (0.7 + 0.9) / 2 = 0.8, by chance (0.5 + 0.9) / 2 = 0.7, kappa 0.1 / 0.3."""
    one, other = Table(20, 5, 10, 15), Table(0, 5, 0, 45)
    assert other.expected == pytest.approx(0.9)
    assert pooled_kappa([one, other]) == pytest.approx((0.8 - 0.7) / (1 - 0.7))
    assert pooled_kappa([Table(0, 0, 0, 9)]) is None


def test_codes_that_are_not_compared_make_no_difference():
    found = agreement([({"1", "personal"}, {"1"}), (set(), {"personal"})], ["1"])
    assert (found.alike, found.pooled_interval) == (2, None)
