"""What was hidden stays hidden: from whoever solves equations, subtracts nested areas, or compares two releases."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consult import suppression
from consult.attack import Contradiction, Knowledge, Protection, Range, Sum, found_out, knowledge_of, ranges
from consult.disclosure import Audience, Crowd, survey_figures
from consult.period import Period
from consult.releases import cube, polls
from consult.releases.areas import Layout
from consult.releases.cube import Counted
from consult.releases.polls import Before, shown_areas
from consult.suppression import Tables, Unprotectable, hidden_cells
from tests.releases.attackers import bounds, countries, many, true_cells

FIVE = Protection(below=5, width=3)


def shown_of(counts, columns):
    layout = Layout(sorted({code for code, _ in counts}), columns)
    shown = layout.shown(counts, FIVE)
    return layout, {(area, column): count for area, row in shown.items() for column, count in row.items()}


@many
@given(countries())
def test_no_small_cell_is_shown_and_none_can_be_worked_out(counts):
    columns = ("a", "b", "c")
    layout, shown = shown_of(counts, columns)
    true = true_cells(counts)
    for cell, count in shown.items():
        assert count is None or (count == true[cell] and not 0 < count < 5)
    for cell, (low, high, floor) in bounds(shown, layout.districts, columns).items():
        assert low <= true[cell] <= high, "the attacker's own equations hold the truth"
        assert high - low >= FIVE.width, f"{cell} is found out: {low} to {high}"
        if true[cell] < 5:
            assert low <= floor
            assert high >= 4


@many
@given(countries())
def test_no_subtraction_of_nested_areas_gives_a_number_below_five(counts):
    """A total less all its shown parts is nought, or of several hidden parts whose sum leaves each of them open."""
    columns = ("a", "b", "c")
    layout, shown = shown_of(counts, columns)
    for column in layout.across:
        tree = {"PL": layout.voivodeships}
        tree |= {one: [code for code in layout.districts if code[:2] == one] for one in layout.voivodeships}
        for area, parts in tree.items():
            hidden = [part for part in parts if shown[part, column] is None]
            if shown[area, column] is None:
                continue
            left = shown[area, column] - sum(shown[part, column] or 0 for part in parts)
            assert left == 0 or (len(hidden) > 1 and left >= 5), f"{column} of {area} leaves {left}"


@many
@given(countries(), st.data())
def test_whoever_reads_the_file_finds_nothing_and_the_product_s_attacker_agrees(counts, data):
    columns = ("a", "b", "c")
    layout, shown = shown_of(counts, columns)
    told = {area: {column: shown[area, column] for column in layout.across} for area in layout.areas}
    assert layout.worked_out(told, FIVE) == {}
    hidden = sorted(cell for cell, count in shown.items() if count is None)
    if hidden:
        own = bounds(shown, layout.districts, columns)
        numbers = [layout.cells[cell] for cell in hidden]
        known = knowledge_of(layout.values(counts), numbers, layout.sums)
        cell = data.draw(st.sampled_from(hidden))
        found = ranges(known, [layout.cells[cell]])[layout.cells[cell]]
        low, high, _floor = own[cell]
        assert found.low == round(low)
        assert found.high > 9_000_000 if high == float("inf") else found.high == round(high)


@many
@given(countries(columns=("a", "b"), most=2))
def test_a_release_from_which_one_cell_more_is_shown_is_caught_or_harmless(counts):
    """The attacker is not blind: show a small cell's last companion, and it says so."""
    columns = ("a", "b")
    layout, shown = shown_of(counts, columns)
    true = true_cells(counts)
    for cell in [cell for cell, count in shown.items() if count is None and true[cell] >= 5]:
        opened = {**shown, cell: true[cell]}
        told = {area: {column: opened[area, column] for column in layout.across} for area in layout.areas}
        narrow = {
            name for name, (low, high, _floor) in bounds(opened, layout.districts, columns).items() if high - low < 3
        }
        assert {tuple(name.split(" ")) for name in layout.worked_out(told, FIVE)} == narrow


def test_one_hidden_cell_is_found_by_subtraction_and_so_the_next_is_hidden():
    _layout, shown = shown_of({("0201", "a"): 3, ("0202", "a"): 9, ("0203", "a"): 40}, ("a",))
    assert shown == {("PL", "a"): 52, ("02", "a"): 52, ("0201", "a"): None, ("0202", "a"): None, ("0203", "a"): 40}


def test_two_hidden_cells_that_add_up_to_two_are_both_one_and_get_a_third():
    _layout, shown = shown_of({("0201", "a"): 1, ("0202", "a"): 1, ("0203", "a"): 7, ("0204", "a"): 40}, ("a",))
    assert [code for (code, _column), count in shown.items() if count is None] == ["0201", "0202", "0203"]


def test_a_small_total_of_one_part_hides_both():
    tables = Tables(["all", "one", "rest"], np.array([3, 3, 0]), [Sum(0, (1, 2))])
    assert hidden_cells(tables, FIVE) == {0, 1}
    pinned = Tables(["all", "one", "other", "fixed"], np.array([6, 3, 3, 6]), [Sum(0, (1, 2)), Sum(3, (0,))])
    known = Knowledge(np.array([6, 1, 1, 6]), np.array([6, 2, 5, 6]), pinned.sums)
    assert set(found_out(known, [1, 2], FIVE)) == {1, 2}


def test_what_cannot_be_hidden_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(suppression, "MOST_REPAIRS", 0)
    with pytest.raises(Unprotectable, match="0201 a: 3–3"):
        shown_of({("0201", "a"): 3, ("0202", "a"): 9}, ("a",))


def test_figures_that_do_not_agree_are_no_release():
    told = {"PL": {"a": 12}, "02": {"a": 12}, "0201": {"a": 5}, "0202": {"a": 6}}
    with pytest.raises(Contradiction):
        Layout(["0201", "0202"], ["a"]).worked_out(told, FIVE)


def test_tables_of_three_ways_are_asked_in_whole_numbers():
    """2 × 2 × 2 with all margins of two ways: the corners of the linear program need not be whole, the ranges are."""
    names = [(x, y, z) for x in (0, 1, 2) for y in (0, 1, 2) for z in (0, 1, 2)]
    place = {name: number for number, name in enumerate(names)}
    sums = []
    for axis in range(3):
        for name in names:
            if name[axis] == 2:
                parts = tuple(place[(*name[:axis], way, *name[axis + 1 :])] for way in (0, 1))
                sums.append(Sum(place[name], parts))
    values = np.zeros(len(names), dtype=np.int64)
    for name in names:
        if 2 not in name:
            values[place[name]] = 3 + sum(name)
    for _round in range(3):
        for one in sums:
            values[one.total] = sum(values[part] for part in one.parts)
    hidden = [place[name] for name in names if 2 not in name]
    found = ranges(knowledge_of(values, hidden, sums), hidden)
    assert found[place[0, 0, 0]] == Range(1, 6)
    protected = hidden_cells(Tables([str(name) for name in names], values, sums), FIVE)
    assert {place[0, 0, 0], place[0, 0, 1]} <= protected


# A month's cube


@many
@given(countries(columns=("x", "y", "n")))
def test_a_month_s_file_gives_nothing_away_and_never_only_as_a_district_s_total(counts):
    record = cube.record_of(
        Counted(Period.parse("2026-10"), counts, {"x": {"pl": "X"}, "y": {"pl": "Y"}}, {"n": {"pl": "N"}}, {})
    )
    assert cube.worked_out(record) == {}
    for row in record["rows"]:
        assert set(row["counts"]) == {"x", "y"}
        assert ("never" in row) == (len(row["area"]) == 4)
        for count in (*row["counts"].values(), row["total"], row.get("never")):
            assert count is None or count == 0 or count >= 5


# Surveys


@st.composite
def answered(draw):
    return {
        f"{voivodeship * 2:02}{district:02}": draw(st.integers(0, 45))
        for voivodeship in (1, 2)
        for district in range(1, draw(st.integers(1, 4)) + 1)
    }


def printed(people, area):
    """What is printed of an area of which everybody said yes."""
    inside = sum(many_ for code, many_ in people.items() if area == "PL" or code.startswith(area))
    return survey_figures(Audience.PUBLIC, {"yes": inside}, Crowd({(area,): inside}))


@many
@given(answered(), st.integers(0, 30))
def test_no_pair_of_nested_units_of_a_survey_differs_by_one_to_four(people, nowhere):
    everybody = sum(people.values()) + nowhere
    assume(everybody >= 10)
    shown = shown_areas("q", {**people, "": nowhere}, Before({}))
    assert all(many_ >= 10 for many_ in shown.values())
    assert not any(area.startswith("00") for area in shown)
    tables = {area: printed(people, area) for area in shown}
    for one, other in combinations(tables, 2):
        if other.startswith(one) or one.startswith(other):
            assert abs(tables[one].people - tables[other].people) not in range(1, 5)
            assert abs(tables[one].counts["yes"] - tables[other].counts["yes"]) not in range(1, 5)
            assert abs(shown[one] - shown[other]) not in range(1, 10), "not even before the rounding"
    for parent in ("PL", "02", "04"):
        if parent != "PL" and parent not in shown:
            continue
        codes = {code for code in people if code.startswith(parent)} if parent != "PL" else {"02", "04"}
        whole = everybody if parent == "PL" else shown[parent]
        left = whole - sum(shown[code] for code in codes & shown.keys())
        assert left not in range(1, 10), f"those of {parent} who are not shown are {left}"


@many
@given(answered(), st.dictionaries(st.integers(0, 7), st.integers(0, 25), max_size=8))
def test_two_releases_side_by_side_tell_of_nobody_who_came_between(people, came):
    first = shown_areas("q", people, Before({}))
    before = Before({polls.key("q", area): many_ for area, many_ in first.items()})
    later = {code: many_ + came.get(number, 0) for number, (code, many_) in enumerate(people.items())}
    second = shown_areas("q", later, before)
    for area in first.keys() & second.keys():
        assert second[area] - first[area] == 0 or second[area] - first[area] >= 10


def test_the_day_of_a_cutoff_is_the_month_s_last():
    record = cube.record_of(Counted(Period.parse("2026-02"), {}, {"x": {}}, {}, {"10": "łódzkie", "1003": "łaski"}))
    assert cube.cutoff_of(record) == date(2026, 2, 28)
    assert {row["area"]: row["total"] for row in record["rows"]} == {"PL": 0, "10": 0, "1003": 0}
