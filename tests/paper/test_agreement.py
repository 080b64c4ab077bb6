"""Two people's typing of one sheet: what is paired with what, and how far they agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.paper.agreement import Mark, Pair, Share, compare, kappa, pair


def mark(position, cell, category="parkowanie", weekdays=0, times=0, words=""):
    return Mark(position, cell, ord(cell[0]) - ord("A") + 1, int(cell[1:]), category, weekdays, times, words)


def cells(pairs):
    return [(one.first and one.first.cell, one.second and one.second.cell) for one in pairs]


def test_marks_of_one_field_and_category_are_one_whatever_stands_between():
    first = [mark(1, "C7"), mark(2, "D1", "predkosc")]
    second = [mark(1, "D1", "predkosc"), mark(2, "C7", weekdays=3)]
    pairs = pair(first, second)
    assert cells(pairs) == [("C7", "C7"), ("D1", "D1")]
    assert [one.agrees for one in pairs] == [False, True]


def test_the_rest_is_paired_as_near_as_all_can_be_together():
    """C7 and C8 slipped by one row each: paired by themselves the nearest field would be the other mark's."""
    first = [mark(1, "C7", "parkowanie"), mark(2, "C8", "predkosc")]
    second = [mark(1, "C8", "parkowanie"), mark(2, "C9", "predkosc")]
    assert cells(pair(first, second)) == [("C7", "C8"), ("C8", "C9")]


def test_a_mark_that_one_person_missed_stands_alone_and_differs_in_everything():
    pairs = pair([mark(1, "A1"), mark(2, "C7")], [mark(1, "C7")])
    assert cells(pairs) == [("A1", None), ("C7", "C7")]
    found = compare([pairs])
    assert (found.cells, found.categories, found.times) == (Share(1, 2), Share(1, 2), Share(1, 2))
    assert found.counts == Share(0, 1)
    assert found.fields == Share(3, 7)
    assert found.sheets == Share(0, 1)
    assert found.is_too_low


def test_two_marks_alike_are_two_pairs():
    assert cells(pair([mark(1, "C7"), mark(2, "C7")], [mark(1, "C7")])) == [("C7", "C7"), ("C7", None)]


def test_nothing_compared_is_not_known_and_not_perfect():
    found = compare([])
    assert found.fields.share is None
    assert found.fields.interval is None
    assert found.kappa is None
    assert not found.is_too_low


def test_an_empty_sheet_typed_twice_as_empty_agrees_in_its_number_of_marks():
    found = compare([pair([], [])])
    assert found.fields == Share(1, 1)
    assert found.sheets == Share(1, 1)


def test_kappa_equals_a_known_example():
    """Twenty and fifteen agree of fifty, chance would give one half: 0.4."""
    judged = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(judged) == pytest.approx(0.4)
    assert kappa([("yes", "yes")] * 9) is None, "chance alone agrees where there is one category"


CELLS = st.builds(lambda column, row: f"{column}{row}", st.sampled_from("ABCDE"), st.integers(1, 5))
SHEETS = st.lists(
    st.tuples(CELLS, st.sampled_from(["parkowanie", "predkosc", None]), st.integers(0, 3)), max_size=8
).map(lambda rows: [mark(n, cell, category, days) for n, (cell, category, days) in enumerate(rows, 1)])


@given(SHEETS, SHEETS)
def test_every_mark_stands_in_one_pair_and_who_was_first_does_not_matter(first, second):
    pairs = pair(first, second)
    assert sorted(one.first.position for one in pairs if one.first) == [one.position for one in first]
    assert sorted(one.second.position for one in pairs if one.second) == [one.position for one in second]
    assert sum(one.is_whole for one in pairs) == min(len(first), len(second))
    there, back = compare([pairs]), compare([pair(second, first)])
    assert there.counts == back.counts
    assert there.cells.compared == back.cells.compared
    assert 0 <= there.fields.agreeing <= there.fields.compared


@given(SHEETS)
def test_a_sheet_agrees_with_itself_in_any_order(marks):
    pairs = pair(marks, list(reversed(marks)))
    assert all(one.agrees for one in pairs)
    assert compare([pairs]).fields.share == 1


def test_a_pair_of_one_mark_is_not_whole():
    assert not Pair(mark(1, "A1"), None).is_whole
