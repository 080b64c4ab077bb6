"""What leaves an answer, and what stays."""

from consult.geo import Place
from surveys.loosening import Marked, Said, leaving, loosened
from surveys.questions import Definition, Kind, Question, Role

SPOT = Place.point(19.13, 51.59)
OTHER = Place.point(19.14, 51.6)


def question(name, kind, role=None, repeat=""):
    return Question(name, kind, 1, {}, role=role, repeat=repeat)


def form(*questions):
    return Definition({}, {}, {}, {}, ("pl",), questions, ())


OUTSIDE = form(
    question("age", Kind.INTEGER, Role.AGE),
    question("kind", Kind.SELECT_ONE, Role.CATEGORY),
    question("spot", Kind.GEOPOINT, Role.THREAT),
    question("wish", Kind.TEXT, Role.WISH),
)
REPEATED = form(
    question("kind", Kind.SELECT_ONE, Role.CATEGORY),
    question("what", Kind.SELECT_ONE, Role.CATEGORY, "spots"),
    question("spot", Kind.GEOPOINT, Role.THREAT, "spots"),
    question("often", Kind.SELECT_ONE, None, "spots"),
)


def test_places_and_words_leave_and_the_rest_stays():
    answers = {"age": 40, "kind": "wandalizm", "spot": SPOT.record, "wish": " mapa zimą "}
    apart = loosened(OUTSIDE, answers)
    assert apart.answers == {"age": 40}
    assert apart.places == (Marked(SPOT, "wandalizm"),)
    assert apart.words == (Said("mapa zimą", Role.WISH),)
    assert answers["spot"] == SPOT.record, "what came in is not changed"


def test_a_category_without_a_place_stays():
    answers = {"age": 40, "kind": "wandalizm"}
    assert loosened(OUTSIDE, answers).answers == answers


def test_each_round_of_a_repeat_has_its_own_category():
    answers = {
        "kind": "halas",
        "spots": [
            {"what": "wandalizm", "spot": SPOT.record, "often": "daily"},
            {"what": "parkowanie", "spot": OTHER.record, "often": "rarely"},
        ],
    }
    apart = loosened(REPEATED, answers)
    assert apart.places == (Marked(SPOT, "wandalizm"), Marked(OTHER, "parkowanie"))
    assert apart.answers == {"spots": [{"often": "daily"}, {"often": "rarely"}]}
    assert "spot" in answers["spots"][0], "what came in is not changed"


def test_a_repeat_that_asks_no_category_takes_the_one_told_once():
    definition = form(
        question("kind", Kind.SELECT_ONE, Role.CATEGORY), question("spot", Kind.GEOPOINT, Role.THREAT, "spots")
    )
    apart = loosened(definition, {"kind": "halas", "spots": [{"spot": SPOT.record}]})
    assert [mark.category for mark in apart.places] == ["halas"]


def test_a_place_without_a_category_or_with_several_has_none():
    assert loosened(OUTSIDE, {"spot": SPOT.record}).places == (Marked(SPOT, ""),)
    several = form(question("kinds", Kind.SELECT_MULTIPLE, Role.CATEGORY), question("spot", Kind.GEOPOINT, Role.THREAT))
    for chosen, category in ((["halas"], "halas"), (["halas", "wandalizm"], ""), ([], "")):
        assert loosened(several, {"kinds": chosen, "spot": SPOT.record}).places == (Marked(SPOT, category),)


def test_a_place_that_is_not_for_the_map_stays():
    definition = form(question("home", Kind.GEOPOINT, None), question("why", Kind.TEXT, None))
    answers = {"home": SPOT.record, "why": "bo tak"}
    assert loosened(definition, answers).answers == answers
    assert leaving(definition) == frozenset()
    assert leaving(OUTSIDE) == {"spot", "wish"}
    assert leaving(REPEATED) == {"spots"}
