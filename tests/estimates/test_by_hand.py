"""Samples so small that each figure is computed by hand: designs, weights, tables and waves."""

import numpy as np
import pytest

from consult.estimates import tables, waves, weights
from consult.estimates.designs import Design, DesignUnclear, codes_of
from consult.estimates.measures import Sample, kish


def plainly(*values, population=None):
    """A plain draw of people with these values, each for himself."""
    sample = Sample.drawn(Design.simple(len(values), population), np.ones(len(values)))
    return sample, np.array(values, dtype=float)


def drawn(strata, clusters, populations=None):
    sizes = None if populations is None else np.array(populations, dtype=float)
    design = Design(codes_of(strata), codes_of(clusters), sizes)
    return Sample.drawn(design, np.ones(len(strata)))


def test_a_plain_mean_has_the_error_of_the_textbook():
    sample, values = plainly(1, 2, 3)
    found = sample.mean(values)
    assert (found.value, found.error, found.degrees) == (2, pytest.approx(1 / 3**0.5), 2)
    assert sample.total(values).value == 6


def test_half_of_the_population_drawn_halves_the_variance_and_all_of_it_leaves_none():
    assert plainly(1, 2, 3)[0].mean(np.array([1.0, 2, 3])).error == pytest.approx(0.57735, abs=1e-5)
    half, values = plainly(1, 2, 3, population=6)
    assert half.mean(values).error == pytest.approx((1 / 3 / 2) ** 0.5)
    census, values = plainly(1, 2, 3, population=3)
    assert census.mean(values).error == 0


def test_strata_leave_only_what_varies_within_them():
    """0, 2 and 10, 12: the mean is 6, and each half varies by 1/2 of what two values two apart do."""
    sample = drawn("aabb", range(4))
    assert sample.mean(np.array([0.0, 2, 10, 12])).error == pytest.approx(0.5**0.5)
    assert sample.design.degrees == 2


def test_people_of_one_cluster_count_as_one():
    """Two houses, everybody in each says the same: two values, 1 and 3, and nothing more."""
    sample = drawn("aaaa", "xxyy")
    assert sample.mean(np.array([1.0, 1, 3, 3])).error == pytest.approx(1.0)
    assert sample.design.degrees == 1


def test_a_name_in_two_strata_is_two_clusters():
    assert drawn("aabb", "xyxy").design.degrees == 2


def test_a_stratum_of_one_is_compared_with_the_mean_of_all():
    """Scores -1, 0 and 1 in thirds: 0 and 1 vary by 2 * (1/4 + 1/4) / 9, and -1 by 1/9 around the mean, which is 0."""
    sample = drawn("abb", range(3))
    assert sample.mean(np.array([1.0, 2, 3])).error == pytest.approx((1 / 9 + 1 / 9) ** 0.5)


def test_a_stratum_smaller_than_what_was_drawn_is_refused():
    with pytest.raises(DesignUnclear):
        drawn("aab", range(3), [1, 5]).mean(np.array([1.0, 2, 3]))


def test_a_group_keeps_the_design_of_all():
    """Of four people the two women said 1 and 0: half of them, and the men add no spread of their own."""
    sample, values = plainly(1, 0, 1, 1)
    found = sample.mean(values, np.array([True, True, False, False]))
    assert (found.value, found.people, found.degrees) == (0.5, 2, 1)
    assert found.error == pytest.approx((4 / 3 * 2 * 0.25**2) ** 0.5)


def test_a_ratio_is_of_rounds_not_of_people():
    sample, _values = plainly(1, 1)
    found = sample.ratios(np.array([[1.0, 0], [2, 6]]), np.array([2.0, 4]))
    assert [one.value for one in found] == [0.5, 1.0]
    assert found[0].error == 0, "everybody tells half"


def margin(cells, *targets):
    return weights.Margin(codes_of(cells), np.array(targets, dtype=float))


def test_raking_meets_two_margins():
    """One person of each kind, 60 of 100 in the first margin, half in the second: products of the two."""
    fitted = weights.rake(np.ones(4), [margin("aabb", 60, 40), margin("xyxy", 50, 50)])
    assert fitted.weights == pytest.approx([30, 30, 20, 20])


def test_an_empty_cell_is_named_and_contradicting_margins_never_meet():
    with pytest.raises(weights.CellEmpty) as empty:
        weights.rake(np.ones(2), [margin("ab", 1, 1), margin("ab", 1, 1, 3)])
    assert (empty.value.margin, empty.value.cell) == (1, 2)
    with pytest.raises(weights.NoConvergence):
        weights.rake(np.ones(2), [margin("ab", 1, 1), margin("ab", 1, 3)])


def test_a_margin_that_explains_everything_leaves_no_error():
    cells = codes_of("aabb")
    fitted = weights.poststratified(np.ones(4), cells, np.array([30.0, 70]))
    found = Sample(Design.simple(4), np.ones(4), fitted, (cells,)).mean(np.array([0.0, 0, 1, 1]))
    assert (found.value, found.error) == (pytest.approx(0.7), pytest.approx(0, abs=1e-12))


def test_weights_beyond_the_bounds_are_cut_before_the_last_raking():
    """One of ten shall stand for half: factor 5 is cut to 3, and raking gives the margin back all the same."""
    cells = margin("a" + "b" * 9, 5, 5)
    fitted = weights.rake_trimmed(np.ones(10), [cells])
    assert fitted.trimmed == 1
    assert np.bincount(cells.cells, fitted.weights) == pytest.approx([5, 5])
    two = weights.rake_trimmed(np.ones(40), [margin("a" * 3 + "b" * 37, 20, 20), margin("xy" * 20, 20, 20)])
    assert np.bincount(codes_of("xy" * 20), two.weights) == pytest.approx([20, 20])


def test_nothing_is_cut_that_lies_within_the_bounds():
    fitted = weights.rake_trimmed(np.ones(4), [margin("aabb", 60, 40)])
    assert (fitted.trimmed, fitted.rounds) == (0, 1)


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ([30, 5, 8, 40], [0, 0, 0, 1]),
        ([30, 40], [0, 1]),
        ([3, 40, 40], [0, 0, 1]),
        ([40, 40, 0], [0, 1, 1]),
        ([1, 2], [0, 0]),
        ([5], [0]),
    ],
)
def test_small_cells_join_their_smaller_neighbour(counts, groups):
    assert weights.merged(counts) == groups


def test_what_weights_cost():
    assert kish(np.array([1.0, 1, 2])) == pytest.approx(16 / 6)
    found = weights.diagnosis(np.array([1.0, 1, 2]))
    assert (found.lowest, found.highest) == (0.75, 1.5)
    assert found.design_effect == pytest.approx(18 / 16)


def test_a_plain_table_is_nearly_pearsons():
    """20, 10 and 10, 20: 6.667 with one degree; a plain draw of 60 makes of it F = 6.667 * 59/60 with 1 and 59."""
    rows = codes_of("a" * 30 + "b" * 30)
    columns = codes_of("x" * 20 + "y" * 10 + "x" * 10 + "y" * 20)
    found = tables.association(Sample.drawn(Design.simple(60), np.ones(60)), rows, columns)
    assert found.pearson == pytest.approx(20 / 3)
    assert found.statistic == pytest.approx(20 / 3 * 59 / 60)
    assert (found.numerator, found.denominator) == (pytest.approx(1), pytest.approx(59))
    assert found.probability == pytest.approx(0.0131, abs=1e-4)


def test_a_table_that_has_nothing_to_compare_has_no_test():
    sample = Sample.drawn(Design.simple(4), np.ones(4))
    assert tables.association(sample, codes_of("aaaa"), codes_of("xyxy")) is None
    census = Sample.drawn(Design.simple(4, 4), np.ones(4))
    assert tables.association(census, codes_of("aabb"), codes_of("xyxy")) is None


def test_people_outside_a_table_do_not_count_in_it():
    rows, columns = codes_of("a" * 30 + "b" * 30), codes_of("x" * 20 + "y" * 10 + "x" * 10 + "y" * 20)
    more = Sample.drawn(Design.simple(70), np.ones(70))
    outside = np.full(10, -1)
    found = tables.association(more, np.append(rows, outside), np.append(columns, outside))
    assert found.pearson == pytest.approx(20 / 3)


def test_waves_differ_by_both_their_errors():
    change = waves.difference((40, 3), (52, 4))
    assert (change.value, change.error) == (12, 5)
    assert change.probability == pytest.approx(0.0164, abs=1e-4)
    assert change.smallest_detectable == pytest.approx(14.0, abs=0.01)
    assert change.interval == pytest.approx((2.2, 21.8), abs=1e-3)


def test_without_any_error_every_change_is_true():
    assert waves.difference((1, 0), (2, 0)).probability == 0
    assert waves.difference((1, 0), (1, 0)).probability == 1


def test_holm_lets_through_what_stands_out_among_so_many():
    assert waves.holm([0.01, 0.04, 0.03]) == [True, False, False]
    assert waves.holm([0.01, 0.02, 0.04]) == [True, True, True]
    assert waves.holm([]) == []
