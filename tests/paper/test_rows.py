"""A row of a sheet as it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.paper.grid import Grid
from consult.paper.rows import Part, Wrong, read, typed_when, when

GRID = Grid.around(500_000, 400_000, 200, 10, 12)
CATEGORIES = ["parkowanie", "predkosc", "alkohol"]


def row(cell="", category="", time="", words=""):
    typed = {Part.CELL: cell, Part.CATEGORY: category, Part.WHEN: time, Part.WORDS: words}
    return read(1, typed, GRID, CATEGORIES, 300)


def test_what_stands_on_the_paper_becomes_a_mark():
    mark = row("c 7", "2", "pn-pt w", "  przy   szkole ").mark
    assert (mark.cell, mark.column, mark.row) == ("C7", 3, 7)
    assert (mark.category, mark.weekdays, mark.times_of_day, mark.words) == ("predkosc", 31, 4, "przy szkole")


def test_a_row_without_a_category_is_a_mark_and_an_empty_row_is_none():
    assert row("C7").mark.category is None
    assert row().is_empty
    assert row().mark is None


@pytest.mark.parametrize(
    ("typed", "part", "wrong"),
    [
        (("Z9", "1"), Part.CELL, Wrong.OUTSIDE),
        (("C13", "1"), Part.CELL, Wrong.OUTSIDE),
        (("77", "1"), Part.CELL, Wrong.NOT_A_CELL),
        (("", "1"), Part.CELL, Wrong.NO_CELL),
        (("C7", "0"), Part.CATEGORY, Wrong.CATEGORY),
        (("C7", "4"), Part.CATEGORY, Wrong.CATEGORY),
        (("C7", "hałas"), Part.CATEGORY, Wrong.CATEGORY),
        (("C7", "1", "8"), Part.WHEN, Wrong.WHEN),
        (("C7", "1", "po"), Part.WHEN, Wrong.WHEN),
        (("C7", "1", "", "x" * 301), Part.WORDS, Wrong.TOO_LONG),
        (("C7", "1", "", "a\x07b"), Part.WORDS, Wrong.UNPRINTABLE),
    ],
)
def test_what_is_not_on_the_sheet_is_said_at_its_field(typed, part, wrong):
    found = row(*typed)
    assert found.mark is None
    assert found.fault(part).wrong is wrong
    assert found.typed[Part.CELL] == typed[0], "what was typed stays"


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("", (0, 0)),
        ("135", (21, 0)),
        ("1-5", (31, 0)),
        ("pn–pt", (31, 0)),
        ("pn, śr, pt", (21, 0)),
        ("pt-pn", (16 + 32 + 64 + 1, 0)),
        ("so nd n", (96, 8)),
        ("weekend wieczorem", (96, 4)),
        ("nocą", (0, 8)),
        ("codziennie rano", (127, 1)),
        ("w p r n", (0, 15)),
        ("Mon Tue evening", (3, 4)),
    ],
)
def test_days_and_parts_of_the_day_are_read_however_they_are_typed(text, masks):
    assert when(text) == masks


@given(st.integers(0, 127), st.integers(0, 15))
def test_what_is_shown_again_can_be_typed_again(weekdays, times_of_day):
    assert when(typed_when(weekdays, times_of_day)) == (weekdays, times_of_day)
