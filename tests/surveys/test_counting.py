"""What a submission adds to the counters."""

import time

import pytest

from surveys.counting import (
    ALL,
    ANSWERED,
    ASKED,
    LONGEST,
    MISSING,
    ROUNDS,
    SUS,
    cell_name,
    cells,
    district_of,
    number_value,
    usability_score,
)
from surveys.questions import Choice, Definition, Kind, Page, Question, Repeat, Role

YES_NO = (Choice("yes", {"pl": "tak"}), Choice("no", {"pl": "nie"}), Choice("97", {"pl": "trudno powiedzieć"}))
FIVE = tuple(Choice(f"p{place}", {"pl": str(place)}) for place in range(1, 6))


def question(name, kind, **facts):
    return Question(name, kind, 2, {"pl": name}, **facts)


def form(*questions, repeats=()):
    pages = tuple(Page(repeat.name, {}, (), repeat) for repeat in repeats)
    return Definition({"pl": "Ankieta"}, {}, {}, {}, ("pl",), tuple(questions), pages)


def counted(made, answers, asked=None):
    """The cells without the one that everybody adds to."""
    names = {item.name for item in made.questions} if asked is None else asked
    found = cells(made, answers, names)
    assert found.pop((ALL, ASKED)) == 1
    return found


def test_a_single_choice_counts_its_name_and_that_it_was_asked():
    made = form(question("safe", Kind.SELECT_ONE, choices=YES_NO))
    assert counted(made, {"safe": "no"}) == {("safe", ASKED): 1, ("safe", "no"): 1}


def test_no_answer_is_told_apart_from_not_asked():
    made = form(question("safe", Kind.SELECT_ONE, choices=YES_NO), question("why", Kind.TEXT))
    assert counted(made, {}, {"safe"}) == {("safe", ASKED): 1, ("safe", MISSING): 1}


def test_each_tick_counts_once_and_the_person_once():
    made = form(question("seen", Kind.SELECT_MULTIPLE, choices=YES_NO))
    assert counted(made, {"seen": ["yes", "no"]}) == {("seen", ASKED): 1, ("seen", "yes"): 1, ("seen", "no"): 1}
    assert counted(made, {"seen": []}) == {("seen", ASKED): 1, ("seen", MISSING): 1}


def test_a_rank_counts_each_choice_with_its_position():
    made = form(question("order", Kind.RANK, choices=FIVE))
    assert counted(made, {"order": ["p3", "p1"]}) == {("order", ASKED): 1, ("order", "p3@1"): 1, ("order", "p1@2"): 1}


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (0, "0"),
        (7, "7"),
        (7.0, "7"),
        (9_999, "9999"),
        (12_345, "1.23e+04"),
        (2.34567, "2.35"),
        (0.5, "0.5"),
        (-3, "-3"),
    ],
)
def test_numbers_make_few_cells(number, value):
    made = form(question("many", Kind.DECIMAL))
    assert counted(made, {"many": number}) == {("many", ASKED): 1, ("many", value): 1}


def test_a_number_without_end_still_fits_its_cell():
    assert len(number_value(10**400)) < LONGEST


def test_words_places_and_days_leave_nothing_of_their_content():
    made = form(question("why", Kind.TEXT), question("where", Kind.GEOPOINT), question("born", Kind.DATE))
    answers = {"why": "Jan Kowalski", "where": {"lat": 52.1, "lon": 21.0}, "born": "1980-05-17"}
    found = counted(made, answers)
    assert found == {
        ("why", ASKED): 1, ("why", ANSWERED): 1, ("where", ASKED): 1, ("where", ANSWERED): 1,
        ("born", ASKED): 1, ("born", "1980-05"): 1,
    }  # fmt: skip


def test_notes_and_calculations_are_not_counted():
    made = form(question("hello", Kind.NOTE), question("sum", Kind.CALCULATE))
    assert counted(made, {"sum": "5"}) == {}


def places():
    around = ()
    return form(
        question("where", Kind.GEOPOINT, repeat="places", relevant=around, role=Role.THREAT),
        question("fear", Kind.SELECT_ONE, choices=YES_NO, repeat="places", relevant=around),
        question("when", Kind.TEXT, repeat="places", relevant=("a condition",)),
        repeats=[Repeat("places", {}, 5)],
    )


def test_a_repeat_counts_people_once_and_its_questions_by_rounds():
    rounds = [
        {"where": {"lat": 52.0}, "fear": "yes", "when": "noc"},
        {"where": {"lat": 52.1}},
        {"where": {"lat": 1}, "fear": "yes"},
    ]
    assert counted(places(), {"places": rounds}, {"where", "fear"}) == {
        ("places", ASKED): 1, ("places", ANSWERED): 1, ("places", "3"): 1,
        ("where", ASKED): 1, ("where", ROUNDS): 3, ("where", ANSWERED): 3,
        ("fear", ASKED): 1, ("fear", ROUNDS): 3, ("fear", "yes"): 2, ("fear", MISSING): 1,
        ("when", ASKED): 1, ("when", ROUNDS): 1, ("when", ANSWERED): 1,
    }  # fmt: skip


def test_a_repeat_without_rounds_is_missing():
    assert counted(places(), {}, {"where"}) == {("places", ASKED): 1, ("places", MISSING): 1}
    assert counted(places(), {"places": []}, set()) == {}


def sus():
    return form(
        *(
            question(f"s{place}", Kind.SELECT_ONE, choices=(*FIVE, YES_NO[2]), missing=frozenset({"97"}), role=Role.SUS)
            for place in range(10)
        )
    )


def test_the_usability_score_is_counted_only_when_complete():
    answers = {f"s{place}": "p4" if place % 2 == 0 else "p2" for place in range(10)}
    assert counted(sus(), answers)[SUS, "75"] == 1
    assert not [cell for cell in counted(sus(), {**answers, "s3": "97"}) if cell[0] == SUS]
    assert not [cell for cell in counted(sus(), {"s0": "p1"}) if cell[0] == SUS]


def test_the_usability_scale_goes_from_nought_to_a_hundred():
    """Worked examples of the scale's author: best, worst, middle."""
    assert usability_score([5, 1] * 5) == 100
    assert usability_score([1, 5] * 5) == 0
    assert usability_score([3] * 10) == 50
    assert usability_score([5, 4, 2, 1, 2, 3, 2, 4, 5, 2]) == 55


def test_long_names_and_names_like_our_own_words_keep_apart():
    long = [cell_name("a" * 80 + end) for end in "bc"]
    assert long[0] != long[1]
    assert {len(name) for name in long} == {LONGEST}
    assert cell_name("#asked") != ASKED
    assert not cell_name("#asked").startswith("#")


@pytest.mark.parametrize(("answer", "code"), [("1465011", "1465"), ("", ""), (None, ""), ("Otwock", "")])
def test_the_district_is_that_of_the_commune_lived_in(answer, code):
    made = form(question("home", Kind.SELECT_ONE, role=Role.UNIT))
    assert district_of(made, {"home": answer} if answer is not None else {}) == code


def test_counting_twenty_questions_takes_tens_of_microseconds():
    """It runs in every submission. The bound is wide: other work shares the machine."""
    made = form(*(question(f"q{place}", Kind.SELECT_ONE, choices=YES_NO) for place in range(20)))
    answers, asked = {f"q{place}": "yes" for place in range(20)}, frozenset(f"q{place}" for place in range(20))
    cells(made, answers, asked)
    best = min(_seconds(made, answers, asked) for _ in range(200))
    assert best < 0.0005


def _seconds(made, answers, asked):
    start = time.perf_counter()
    cells(made, answers, asked)
    return time.perf_counter() - start
