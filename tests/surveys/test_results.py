"""From counters to figures: bases, shares, boxes, medians and scores, checked against the answers themselves."""

import statistics
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.disclosure import Audience, Share
from surveys.counting import cells
from surveys.questions import Battery, Choice, Definition, Kind, Page, Question, Repeat, Role
from surveys.results import DISTRICT, MODE, VERSION, Edition, Material, cross_table, quantile, series_of, survey_results

YES_NO = (Choice("yes", {"pl": "tak"}), Choice("no", {"pl": "nie"}), Choice("97", {"pl": "trudno powiedzieć"}))
FIVE = tuple(Choice(f"p{place}", {"pl": str(place)}) for place in range(1, 6))
DUNNO = frozenset({"97"})


def question(name, kind, **facts):
    return Question(name, kind, 2, {"pl": name}, **facts)


def form(*questions, repeats=()):
    pages = tuple(Page(repeat.name, {}, (), repeat) for repeat in repeats)
    return Definition({"pl": "Ankieta"}, {}, {}, {}, ("pl",), questions, pages, {"b": Battery("b", {})})


class Answered:
    """Counters as submissions would fill them, of several versions, districts and modes."""

    def __init__(self, *definitions):
        self.editions = [Edition(10 + number, number, made) for number, made in enumerate(definitions, 1)]
        self.rows = Counter()

    def person(self, answers, *, district="1003", mode="web", version=None, asked=None):
        edition = self.editions[-1 if version is None else version - 1]
        names = {item.name for item in edition.definition.questions} if asked is None else asked
        for (name, value), count in cells(edition.definition, answers, names).items():
            self.rows[edition, name, district, mode, value] += count
        return self

    def people(self, count, answers, **facts):
        for _ in range(count):
            self.person(answers, **facts)
        return self

    def material(self, part=None):
        tally, asked = {}, {}
        for (edition, name, district, mode, value), count in self.rows.items():
            if value == "#asked":
                asked.setdefault(edition.id, {}).setdefault(name, {})[district, mode] = count
            kind = {DISTRICT: district, MODE: mode, VERSION: str(edition.number)}
            if part is None or kind[part[0]] == part[1]:
                values = tally.setdefault(edition.id, {}).setdefault(name, Counter())
                values[value] += count
        return Material(self.editions, tally, asked)

    def results(self, part=None, audience=Audience.STAFF):
        return survey_results(self.material(part), audience, part)

    def of(self, name, part=None, audience=Audience.STAFF):
        return next(result for result in self.results(part, audience).questions if result.question.name == name)


def lines(result):
    return {line.name: line.count for line in result.lines}


def test_a_single_choice_shows_shares_of_those_asked_and_sets_no_answer_apart():
    made = Answered(form(question("safe", Kind.SELECT_ONE, choices=YES_NO, missing=DUNNO)))
    made.people(10, {"safe": "yes"}).people(5, {"safe": "no"}).people(3, {"safe": "97"}).people(2, {}).people(
        7, {}, asked=set()
    )
    result = made.of("safe")
    assert result.whole == 20, "seven were not asked"
    assert lines(result) == {"yes": 10, "no": 5}
    assert result.lines[0].share == Share(50)
    assert [(line.name, line.count, line.share) for line in result.apart] == [("97", 3, Share(15))]
    assert (result.missing.count, result.missing.share) == (2, Share(10))
    assert result.answered == 15


def test_a_multiple_choice_shows_shares_of_people_and_never_of_ticks():
    made = Answered(form(question("seen", Kind.SELECT_MULTIPLE, choices=YES_NO[:2])))
    made.people(10, {"seen": ["yes", "no"]}).people(10, {"seen": ["yes"]})
    assert [line.share for line in made.of("seen").lines] == [Share(100), Share(50)]


def scale(**facts):
    facts = {"choices": (*FIVE, YES_NO[2]), "missing": DUNNO, "appearance": frozenset({"likert"})} | facts
    made = Answered(form(question("trust", Kind.SELECT_ONE, **facts)))
    for place, count in enumerate([1, 2, 5, 8, 4], 1):
        made.people(count, {"trust": f"p{place}"})
    return made.people(5, {"trust": "97"})


def test_boxes_and_the_median_are_of_those_who_put_themselves_on_the_scale():
    shown = scale().of("trust").scale
    assert [choice.name for choice in shown.top.choices] == ["p4", "p5"]
    assert (shown.top.count, shown.top.share) == (12, Share(60))
    assert (shown.bottom.count, shown.bottom.share) == (3, Share(15))
    assert shown.median.name == "p4"
    assert shown.mean is None


def test_an_item_worded_the_other_way_round_is_flipped():
    shown = scale(is_reversed=True).of("trust").scale
    assert [choice.name for choice in shown.top.choices] == ["p2", "p1"]
    assert shown.top.count == 3


def test_an_item_of_a_battery_is_a_scale_and_a_plain_choice_is_none():
    assert scale(appearance=frozenset(), battery="b").of("trust").scale.top is not None
    assert scale(appearance=frozenset()).of("trust").scale.top is None


def test_three_points_have_no_ends_to_be_taken_together():
    made = Answered(form(question("few", Kind.SELECT_ONE, choices=FIVE[:3], battery="b")))
    shown = made.people(12, {"few": "p2"}).of("few").scale
    assert shown.top is None
    assert shown.median.name == "p2"


def test_the_net_promoter_score_shows_its_three_shares():
    made = Answered(form(question("nps", Kind.RANGE, role=Role.NPS)))
    made.people(5, {"nps": 10}).people(3, {"nps": 9}).people(6, {"nps": 7}).people(6, {"nps": 0})
    told = made.of("nps").scale.recommendation
    assert told.score == pytest.approx(10)
    assert (told.promoters, told.passives, told.detractors) == (Share(40), Share(30), Share(30))


def test_a_mean_only_stands_where_a_range_has_five_points():
    made = Answered(form(question("few", Kind.RANGE, low=1, high=4), question("many", Kind.RANGE, low=1, high=5)))
    made.people(6, {"few": 1, "many": 1}).people(6, {"few": 4, "many": 5})
    assert made.of("few").scale.mean is None
    assert made.of("many").scale.mean == pytest.approx(3)
    assert made.of("many").scale.recommendation is None
    assert lines(made.of("many")) == {"1": 6, "2": 0, "3": 0, "4": 0, "5": 6}


def test_numbers_show_their_quartiles_and_not_who_gave_the_largest():
    made = Answered(form(question("years", Kind.INTEGER)))
    for years in range(1, 13):
        made.person({"years": years})
    result = made.of("years")
    assert result.scale.quartiles == (3.5, 6.5, 9.5)
    assert result.lines == ()


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60))
def test_the_median_of_counters_is_the_median_of_the_answers(numbers):
    counted = sorted((float(value), count) for value, count in Counter(numbers).items())
    assert quantile(counted, Fraction(1, 2)) == statistics.median(numbers)


def test_a_ranking_shows_mean_positions_and_first_places():
    made = Answered(form(question("order", Kind.RANK, choices=FIVE[:3])))
    made.people(6, {"order": ["p2", "p1"]}).people(6, {"order": ["p2", "p3", "p1"]})
    ranked = {entry.name: entry for entry in made.of("order").ranks}
    assert [entry.name for entry in made.of("order").ranks] == ["p2", "p3", "p1"]
    assert (ranked["p2"].mean, ranked["p2"].first, ranked["p2"].first_share) == (1, 12, Share(100))
    assert (ranked["p1"].mean, ranked["p1"].placed, ranked["p3"].placed) == (2.5, 12, 6)


def test_words_and_places_show_only_how_many():
    made = Answered(form(question("why", Kind.TEXT), question("where", Kind.GEOPOINT)))
    made.people(11, {"why": "tajemnica", "where": {"lat": 52}}).people(4, {})
    for name in ("why", "where"):
        result = made.of(name)
        assert result.is_only_counted
        assert (result.whole, result.answered) == (15, 11)
        assert "tajemnica" not in repr(result)


def test_days_are_shown_by_month():
    made = Answered(form(question("when", Kind.DATE)))
    made.people(6, {"when": "2026-10-03"}).people(6, {"when": "2026-09-30"})
    assert lines(made.of("when")) == {"2026-09": 6, "2026-10": 6}


def test_questions_of_a_repeat_are_told_by_rounds_and_hidden_by_people():
    made = Answered(
        form(question("fear", Kind.SELECT_ONE, choices=YES_NO[:2], repeat="places"), repeats=[Repeat("places", {}, 5)])
    )
    made.people(9, {"places": [{"fear": "yes"}, {"fear": "yes"}, {}]})
    assert made.of("fear").figures is None, "nine people stand behind 27 rounds"
    result = made.person({"places": [{"fear": "no"}]}).of("fear")
    assert (result.figures.people, result.whole, result.missing.count) == (10, 28, 9)
    assert lines(result) == {"yes": 18, "no": 1}
    assert result.lines[0].share.per_cent == pytest.approx(100 * 18 / 28)


def test_the_usability_scale_shows_mean_and_people():
    made = Answered(form(*(question(f"s{place}", Kind.SELECT_ONE, choices=FIVE, role=Role.SUS) for place in range(10))))
    made.people(6, {f"s{place}": "p5" if place % 2 == 0 else "p1" for place in range(10)})
    made.people(6, {f"s{place}": "p3" for place in range(10)}).people(20, {"s0": "p1"})
    told = made.results().usability
    assert (told.people, told.mean) == (12, 75)


def test_answers_that_the_form_does_not_list_come_after_it_the_most_given_first():
    made = Answered(form(question("home", Kind.SELECT_ONE, role=Role.UNIT)))
    made.people(4, {"home": "1003012"}).people(8, {"home": "1003023"})
    assert list(lines(made.of("home")).items()) == [("1003023", 8), ("1003012", 4)]


def test_nothing_is_shown_of_nine_people():
    made = Answered(form(question("safe", Kind.SELECT_ONE, choices=YES_NO))).people(9, {"safe": "yes"})
    assert made.results().everybody is None
    assert made.of("safe").figures is None
    assert made.of("safe").lines == ()
    assert made.person({"safe": "no"}).of("safe").whole == 10


def test_a_filter_is_hidden_when_what_it_leaves_out_is_a_few_people():
    made = Answered(
        form(question("safe", Kind.SELECT_ONE, choices=YES_NO), question("odd", Kind.SELECT_ONE, choices=YES_NO))
    )
    made.people(30, {"safe": "yes"}, asked={"safe"}).people(30, {"safe": "no"}, district="1010", asked={"safe"})
    made.people(12, {"odd": "yes"}, asked={"odd"}).people(3, {"odd": "no"}, district="1010", asked={"odd"})
    part = (DISTRICT, "1003")
    assert made.of("safe", part).whole == 30
    assert made.of("odd", part).figures is None, "three others were asked it"
    assert made.of("odd").whole == 15


def test_versions_that_ask_the_same_are_counted_together_and_others_left_out():
    old = form(
        question("safe", Kind.SELECT_ONE, choices=YES_NO[:2]), question("trust", Kind.SELECT_ONE, choices=FIVE[:4])
    )
    new = form(
        question("safe", Kind.SELECT_ONE, choices=YES_NO[1::-1]), question("trust", Kind.SELECT_ONE, choices=FIVE)
    )
    made = (
        Answered(old, new)
        .people(20, {"safe": "yes", "trust": "p1"}, version=1)
        .people(20, {"safe": "no", "trust": "p5"})
    )
    safe, trust = made.of("safe"), made.of("trust")
    assert (safe.versions, safe.left_out, safe.whole) == ((1, 2), (), 40)
    assert [line.name for line in safe.lines] == ["no", "yes"], "the newest edition's order"
    assert (trust.versions, trust.left_out, trust.whole) == ((2,), (1,), 20)
    assert lines(trust)["p1"] == 0
    older = made.of("trust", (VERSION, "1"))
    assert (older.versions, older.left_out, older.whole, lines(older)["p1"]) == ((1,), (2,), 20, 20)


def test_a_question_that_only_an_older_version_asked_comes_last():
    old, new = form(question("gone", Kind.TEXT)), form(question("here", Kind.TEXT))
    made = Answered(old, new).people(10, {"gone": "x"}, version=1).people(10, {"here": "x"})
    assert [result.question.name for result in made.results().questions] == ["here", "gone"]
    with pytest.raises(KeyError):
        series_of(made.editions, "never")


def test_a_cross_table_hides_small_districts_and_the_one_that_would_tell_them():
    made = Answered(form(question("safe", Kind.SELECT_ONE, choices=YES_NO)))
    for district, count in (("1003", 4), ("1010", 15), ("1465", 40)):
        made.people(count, {"safe": "yes"}, district=district)
    asked_question, editions = series_of(made.editions, "safe")
    tally = {district: Counter() for district in ("1003", "1010", "1465")}
    for (_edition, name, district, _mode, value), count in made.rows.items():
        if name == "safe":
            tally[district][value] += count
    rows = cross_table(asked_question, editions, tally, made.material()._asked, Audience.STAFF)
    assert [(row.name, row.result.whole) for row in rows] == [("1003", 0), ("1010", 0), ("1465", 40)]
    assert [row.result.figures is None for row in rows] == [True, True, False]


def test_the_public_would_get_no_score_that_says_more_than_rounded_counts():
    made = Answered(form(question("nps", Kind.RANGE, role=Role.NPS)))
    made.people(13, {"nps": 10}).people(21, {"nps": 3}).people(7, {"nps": 8})
    exact, told = made.of("nps").scale, made.of("nps", audience=Audience.PUBLIC).scale
    assert exact.recommendation.score == pytest.approx(100 * (13 - 21) / 41)
    assert told.recommendation.score == pytest.approx(100 * (15 - 20) / 40)
    few = Answered(form(question("nps", Kind.RANGE, role=Role.NPS))).people(29, {"nps": 10})
    assert few.of("nps", audience=Audience.PUBLIC).scale.recommendation is None
    assert few.of("nps", audience=Audience.PUBLIC).lines[10].share is None
