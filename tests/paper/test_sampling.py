"""The sample of sheets that somebody else types in again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.paper.sampling import drawn, rank, size

SECRET = "a secret of the installation"


@pytest.mark.parametrize(("count", "wanted"), [(0, 0), (1, 1), (4, 4), (5, 5), (6, 5), (50, 5), (51, 6), (200, 20)])
def test_one_in_ten_at_least_five_and_all_of_fewer(count, wanted):
    assert size(count) == wanted
    assert len(drawn(range(1, count + 1), "k", SECRET)) == wanted


@given(st.sets(st.integers(1, 400), max_size=80))
def test_the_sample_hangs_on_which_sheets_there_are_and_on_nothing_else(numbers):
    there, back = drawn(sorted(numbers), "k", SECRET), drawn(sorted(numbers, reverse=True), "k", SECRET)
    assert there == back
    assert there <= numbers


def test_nobody_foresees_it_without_the_secret_nor_from_another_form():
    numbers = range(1, 101)
    assert drawn(numbers, "k", SECRET) != drawn(numbers, "k", "another secret")
    assert drawn(numbers, "k", SECRET) != drawn(numbers, "another form", SECRET)


def test_a_sheet_keeps_its_rank():
    assert rank(7, "k", SECRET) == rank(7, "k", SECRET)


def test_every_sheet_has_the_same_chance():
    """Over many forms each of fifty sheets is drawn about one time in ten."""
    times = [0] * 51
    for form in range(2_000):
        for number in drawn(range(1, 51), f"form {form}", SECRET):
            times[number] += 1
    assert all(140 < count < 260 for count in times[1:]), "two hundred give or take 4.5 standard deviations"
