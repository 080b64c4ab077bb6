"""What differs between two versions of a summary is told from their tables, row by row."""

from datetime import date

from consult.summaries import comparing
from consult.summaries.comparing import Difference
from consult.summaries.tables import Column, Table

COLUMNS = (
    Column("meeting", "Meeting", is_number=False),
    Column("date", "Date", is_number=False),
    Column("said", "Said"),
)


def meetings(*rows):
    return Table("meetings", COLUMNS, rows)


def between(before, after):
    return [(one.row, one.column, one.before, one.after) for one in comparing._between(before, after)]


def test_a_cell_that_differs_is_told_with_both_values(app):
    before = meetings(("Debate", date(2026, 9, 1), 1_200), ("Walk", None, 3))
    after = meetings(("Debate", date(2026, 9, 2), 1_250), ("Walk", None, 3))
    assert between(before, after) == [
        ("Debate", "Date", "1 wrz 2026", "2 wrz 2026"),
        ("Debate", "Said", "1\xa0200", "1\xa0250"),
    ]


def test_rows_of_the_same_name_are_told_apart_by_their_order(app):
    before = meetings(("Debate", None, 1), ("Debate", None, 2))
    assert between(before, meetings(("Debate", None, 1), ("Debate", None, 4))) == [("Debate", "Said", "2", "4")]


def test_a_row_or_a_table_that_came_or_went_is_told_as_a_whole(app):
    one, two = ("Debate", None, 1), ("Walk", None, 2)
    assert between(meetings(one), meetings(one, two)) == [("Walk", "", "–", "dodano")]
    assert between(meetings(one, two), meetings(two)) == [("Debate", "", "było", "–")]
    assert between(None, meetings(one)) == [("Debate", "", "–", "dodano")]


def test_what_is_equal_says_nothing(app):
    assert between(meetings(("Debate", None, 1)), meetings(("Debate", None, 1))) == []


def test_a_place_is_named_by_its_row_and_column():
    assert Difference("Debates", "Walk", "Said", "1", "2").place == "Walk, Said"
    assert Difference("Debates", "Walk", "", "–", "added").place == "Walk"
