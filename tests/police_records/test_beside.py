"""Perceived beside recorded: gaps, doubts, places, and what of it everybody may see; made-up areas."""

from dataclasses import fields

from consult.catalogue import queries as catalogue
from consult.police_records.beside import Compared, Comparison, Doubt, Gap, Place, compare, for_everybody
from consult.police_records.concordance import AMONG, REASONS, Closeness, Reason, match


def place(code, voices, recorded, **more):
    known = {"all_voices": 50, "people": 10_000.0, "name": f"area {code}"}
    return Place(code, voices=voices, recorded=recorded, **{**known, **more})


WORLD = [
    place("1", 100, 10),
    place("2", 10, 200),
    place("3", 100, 200),
    place("4", 10, 10),
    place("5", 10, 10),
]


def gaps(found):
    return {row.place.code: row.gap for row in found.rows}


def test_the_four_ways_in_which_both_stand_to_each_other():
    assert gaps(compare(WORLD)) == {
        "1": Gap.FELT_ONLY,
        "2": Gap.RECORDED_ONLY,
        "3": Gap.BOTH,
        "4": Gap.NEITHER,
        "5": Gap.NEITHER,
    }


def test_no_number_is_made_of_both():
    """Nobody finds a score, and nothing to sort areas by."""
    names = {field.name for kind in (Compared, Comparison) for field in fields(kind)}
    assert names == {
        "place", "felt", "recorded", "gap", "doubt", "felt_rank", "recorded_rank", "is_hidden", "rows", "among",
    }  # fmt: skip
    assert [row.place.name for row in compare(WORLD).rows] == sorted(one.name for one in WORLD)


def test_what_is_not_known_is_not_compared_and_says_why():
    doubtful = [
        place("6", 9, None),
        place("7", 9, 9, people=None),
        place("8", 0, 9, all_voices=9),
        place("9", 90, 3_376, stands_out=True),
    ]
    found = compare([*WORLD, *doubtful])
    assert {row.place.code: row.doubt for row in found.rows if row.doubt} == {
        "6": Doubt.NO_RECORDS,
        "7": Doubt.NO_PEOPLE,
        "8": Doubt.FEW_VOICES,
        "9": Doubt.STANDS_OUT,
    }
    assert found.among == 5
    assert gaps(found) | gaps(compare(WORLD)) == gaps(found)
    assert {row.gap for row in found.rows if row.doubt} == {Gap.UNKNOWN}


def test_the_year_of_nidzica_makes_its_neighbours_no_better():
    """One area with very many records would lift the mean, and hide the others below it."""
    others = [place(str(code), 10, 50 if code else 90) for code in range(6)]
    trap = place("99", 10, 3_376, stands_out=True)
    assert gaps(compare([*others, trap]))["0"] is Gap.RECORDED_ONLY
    assert gaps(compare([*others, place("99", 10, 3_376)]))["0"] is Gap.NEITHER


def test_fewer_than_five_areas_are_no_comparison():
    found = compare(WORLD[:4])
    assert {row.doubt for row in found.rows} == {Doubt.FEW_AREAS}
    assert all(row.felt_rank is row.recorded_rank is None for row in found.rows)


def test_everybody_sees_no_few_voices_nor_what_would_tell_them():
    rows = {name: compare([place("0", voices, 10), *WORLD]).of("0") for name, voices in (("a", 3), ("b", 7), ("c", 40))}
    shown = for_everybody(rows)
    assert {name: row.is_hidden for name, row in shown.items()} == {"a": True, "b": True, "c": False}
    assert (shown["a"].place.voices, shown["a"].felt, shown["a"].felt_rank) == (0, None, None)
    assert (shown["a"].gap, shown["a"].doubt) == (Gap.UNKNOWN, Doubt.HIDDEN)
    assert shown["c"] == rows["c"]


def test_every_category_has_a_measure_or_a_reason(world):
    codes = {category.code for category in catalogue.everything()}
    assert AMONG.keys() | REASONS.keys() == codes
    assert not AMONG.keys() & REASONS.keys()


def test_a_table_that_counts_the_category_itself_goes_before_all_else():
    assert match("predkosc", {"predkosc", "road"}).closeness is Closeness.SAME
    assert match("predkosc", {"road"}).closeness is Closeness.AMONG_OTHERS
    assert match("predkosc", set()).measure is None
    assert match("predkosc", set()).reason is Reason.NOT_HERE
    assert match("nowa_kategoria", {"road"}).reason is Reason.UNKNOWN
    assert match("alkohol", {"road", "alkohol"}).measure == "alkohol"
    assert match("alkohol", {"road"}).reason is Reason.PETTY
