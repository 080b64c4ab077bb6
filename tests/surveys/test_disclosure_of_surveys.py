"""The one rule that figures of surveys pass: nothing on fewer than ten people, nor by subtracting what is shown."""

from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consult.disclosure import SHARES_FROM, SURVEY_BASE, Audience, Crowd, Share, in_fives, survey_figures

DISTRICTS, MODES, VERSIONS = ("1003", "1010", "1465", "3064"), ("web", "paper", "interview"), ("1", "2")
SOME = st.one_of(st.integers(0, 4), st.integers(0, 40))
CROWDS = st.dictionaries(
    st.tuples(st.sampled_from(DISTRICTS), st.sampled_from(MODES), st.sampled_from(VERSIONS)), SOME, min_size=1
)


def people(sizes, part):
    """The persons of a part, each with a name of their own."""
    return {
        (kind, number)
        for kind, size in sizes.items()
        if part is None or kind[part[0]] == part[1]
        for number in range(size)
    }


def parts(sizes):
    return sorted({(way, kind[way]) for kind in sizes for way in range(3)})


@given(CROWDS)
@example({("1003", "web", "1"): 57, ("1003", "paper", "1"): 3, ("1010", "paper", "1"): 40})
@example({("1003", "web", "1"): 12, ("1010", "paper", "1"): 12, ("1465", "web", "2"): 4})
def test_whatever_is_shown_stands_on_ten_people(sizes):
    crowd = Crowd(sizes)
    for part in [None, *parts(sizes)]:
        if crowd.shows(part):
            assert len(people(sizes, part)) >= SURVEY_BASE


@given(CROWDS)
@example({("1003", "web", "1"): 30, ("1010", "web", "1"): 12, ("1465", "web", "1"): 2})
def test_what_is_hidden_of_one_way_cannot_be_found_by_subtraction(sizes):
    """The total less the parts that are shown is nobody, or several parts with ten people together."""
    crowd = Crowd(sizes)
    for way in range(3):
        line = [part for part in parts(sizes) if part[0] == way and people(sizes, part)]
        hidden = [part for part in line if not crowd.shows(part)]
        if hidden and len(hidden) < len(line):
            assert len(hidden) > 1
            assert sum(len(people(sizes, part)) for part in hidden) >= SURVEY_BASE


@given(CROWDS)
@example({("1003", "web", "1"): 57, ("1003", "paper", "1"): 3, ("1010", "paper", "1"): 40})
def test_no_two_figures_shown_differ_by_fewer_than_ten_people(sizes):
    """Neither two parts, nor a part and what is left without another one; the same people are no difference."""
    crowd, everybody = Crowd(sizes), people(sizes, None)
    shown = [part for part in parts(sizes) if crowd.shows(part)]
    for one, other in combinations(shown, 2):
        persons, others = people(sizes, one), people(sizes, other)
        if everybody in (persons, others):
            continue
        for compared in (others, everybody - others):
            apart = len(persons ^ compared)
            assert apart == 0 or apart >= SURVEY_BASE, (one, other)


@given(CROWDS)
def test_a_part_never_shows_all_but_fewer_than_ten(sizes):
    crowd, everybody = Crowd(sizes), people(sizes, None)
    for part in parts(sizes):
        if crowd.shows(part):
            rest = len(everybody) - len(people(sizes, part))
            assert rest == 0 or rest >= SURVEY_BASE


def of(size):
    return Crowd({(): size})


def test_nothing_is_said_of_nine_people():
    for audience in Audience:
        assert survey_figures(audience, {"yes": 9}, of(9)) is None


def test_staff_see_exact_figures_of_ten_people():
    figures = survey_figures(Audience.STAFF, {"yes": 7, "no": 3}, of(10))
    assert figures.people == 10
    assert figures.counts == {"yes": 7, "no": 3}
    assert figures.share(7) == Share(70.0)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 500), max_size=8), st.integers(10, 900))
def test_the_public_sees_fives_and_nothing_that_is_finer(counts, size):
    figures = survey_figures(Audience.PUBLIC, counts, of(size))
    assert figures.people % 5 == 0
    assert abs(figures.people - size) <= 2
    assert all(count % 5 == 0 for count in figures.counts.values())
    for count in figures.counts.values():
        told = figures.share(count)
        assert (told is None) == (size < SHARES_FROM)
        if told:
            assert told.per_cent == int(told.per_cent)


@given(st.integers(10, 300), st.integers(10, 300), st.integers(1, 4))
def test_the_tables_of_two_nested_groups_never_differ_by_one_to_four(size, more, count):
    inner = survey_figures(Audience.PUBLIC, {"yes": count}, of(size))
    outer = survey_figures(Audience.PUBLIC, {"yes": count + more}, of(size + more))
    assert outer.counts["yes"] - inner.counts["yes"] not in {1, 2, 3, 4}
    assert outer.people - inner.people not in {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("size", "count", "told"),
    [(60, 0, Share(3, "<")), (60, 60, Share(97, ">")), (60, 30, Share(50)), (200, 0, Share(0)), (200, 200, Share(100)), (29, 15, None)],
)  # fmt: skip
def test_the_public_hears_nothing_of_everybody_or_nobody_among_few(size, count, told):
    figures = survey_figures(Audience.PUBLIC, {"yes": count}, of(size))
    assert figures.share(figures.count("yes")) == told


def test_weighted_answers_count_by_their_effective_number():
    figures = survey_figures(Audience.PUBLIC, {"yes": 30}, of(60), effective=21.5)
    assert figures.people == 60
    assert figures.share(30) is None


@pytest.mark.parametrize(("answered", "tells"), [(30, False), (35, True)])
def test_a_rounded_whole_counts_as_the_fewest_it_may_stand_for(answered, tells):
    figures = survey_figures(Audience.PUBLIC, {"yes": 20, "no": answered - 20}, of(80))
    assert figures.tells(answered) is tells
    assert (figures.share(20, answered) is not None) is tells


@pytest.mark.parametrize(("count", "rounded"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_counts_are_rounded_to_the_nearest_five(count, rounded):
    assert in_fives(count) == rounded


def test_a_hidden_part_hides_with_it_the_only_other_one():
    crowd = Crowd({("1003", "web", "1"): 40, ("1003", "paper", "1"): 4})
    assert crowd.shows()
    assert not crowd.shows((1, "paper"))
    assert not crowd.shows((1, "web"))
    assert crowd.shows((0, "1003")), "a district with everybody in it is everybody"


def test_a_part_that_nobody_belongs_to_is_not_shown():
    crowd = Crowd({("1003", "web", "1"): 40})
    assert not crowd.shows((0, "9999"))
    assert not Crowd({}).shows()
    assert not Crowd({}).shows((0, "1003"))
