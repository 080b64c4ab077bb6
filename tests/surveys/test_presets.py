"""The ready questionnaires: nothing is missing in any language, nobody is asked too much, everything counts as it should."""

import re
from functools import cache

import pytest

from consult.catalogue import sheet
from consult.catalogue.commands import CATEGORIES
from consult.geo import Place
from consult.period import TIMES_OF_DAY
from surveys import presets, reading, sheets
from surveys.presets import PRESETS
from surveys.questionnaire import Questionnaire
from surveys.questions import LANGUAGES, PLACES, Kind, Role

NAMES = [preset.name for preset in PRESETS]
WITHOUT_FACTS = "debate_short"
NO_ANSWER = {"97", "98", "99"}
MOST_PAGES, MOST_ON_A_PAGE, MOST_ASKED = 16, 6, 44
NUMBERS_ONLY = re.compile(r"[\d–]+")
BEST = {
    "Zdecydowanie tak", "Bardzo bezpiecznie", "Zdecydowanie się poprawiło", "Nie obawiam się", "W ogóle się nie obawiam",
    "Nigdy", "Codziennie", "Zdecydowanie skuteczna", "Zdecydowanie dobrze", "Zdecydowanie się zgadzam",
    "Tak, wyczerpująco",
}  # fmt: skip
WORDED_THE_OTHER_WAY = {"avoids": "Zdecydowanie nie"} | {
    f"sus_{number:02}": "Zdecydowanie się nie zgadzam" for number in range(2, 11, 2)
}


def rows_of(name):
    return sheets.read(presets.content(name), f"{name}.md")


@cache
def asked_by(name):
    return reading.definition(rows_of(name))


def texts_of(read):
    """Every text that people read, with the languages it has."""
    yield from (read.title, read.intro, read.thanks, read.closed)
    yield from (page.labels for page in read.pages)
    for question in read.questions:
        yield from (question.labels, question.hints, question.required_messages, question.constraint_messages)
        yield from (choice.labels for choice in question.choices)
    for battery in read.batteries.values():
        yield from (battery.labels, battery.hints)


def scales(read):
    """Questions whose answers stand on a scale: numbered from 1 in the order in which they are read."""
    for question in read.questions:
        points = [choice for choice in question.choices if choice.name not in question.missing]
        if points and [point.name for point in points] == [str(number) for number in range(1, len(points) + 1)]:
            yield question, points[::-1] if question.is_reversed else points


def test_every_file_is_offered():
    assert sorted(path.name for path in presets.FOLDER.glob("*.md")) == sorted(preset.file for preset in PRESETS)
    with pytest.raises(KeyError):
        presets.content("../__init__")


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_without_a_fault_and_lacks_no_translation(name):
    read = asked_by(name)
    assert read.languages == LANGUAGES
    assert reading.gaps(read) == []
    assert len({question.name for question in read.questions}) == len(read.questions)


@pytest.mark.parametrize("name", NAMES)
def test_no_language_borrows_the_words_of_another(name):
    for texts in filter(None, texts_of(asked_by(name))):
        assert set(texts) == set(LANGUAGES), texts
        if not NUMBERS_ONLY.fullmatch(texts["en"]) and texts["pl"].lower() not in {"tablet", "media"}:
            assert len(set(texts.values())) == 3, texts
            assert re.search(r"[А-яІіЇїЄєҐґ]", texts["uk"]), texts
        assert not re.search(r"[ыэёъ]", texts["uk"]), texts


@pytest.mark.parametrize("name", NAMES)
def test_the_polish_addresses_everybody_alike(name):
    for texts in filter(None, texts_of(asked_by(name))):
        assert not re.search(r"\((a|i|ą|ę|-ęłam|-am)\)", texts["pl"]), texts


@pytest.mark.parametrize("name", NAMES)
def test_it_says_who_asks_how_long_it_takes_and_where_help_is(name):
    intro = asked_by(name).intro
    for language, words in {
        "pl": ("Policji", "minut", "anonimowe z chwilą wymieszania"),
        "en": ("police", "minute", "anonymous once they are mixed"),
        "uk": ("поліції", "хвилин", "анонімними, щойно їх перемішають"),
    }.items():
        assert all(word in intro[language] for word in (*words, "112"))
        assert "112" in asked_by(name).closed[language]


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_few_and_short(name):
    read = asked_by(name)
    assert len(read.pages) <= MOST_PAGES
    assert sum(question.is_asked for question in read.questions) <= MOST_ASKED
    for page in read.pages:
        asked = [question for question in page.questions if question.is_asked]
        is_one_battery = len({question.battery for question in asked}) == 1 and asked[0].battery
        assert len(asked) <= MOST_ON_A_PAGE or is_one_battery, page.key


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_answer_never_counts_as_one(name):
    for question in asked_by(name).questions:
        assert {choice.name for choice in question.choices} & NO_ANSWER == question.missing, question.name


@pytest.mark.parametrize("name", NAMES)
def test_scales_end_with_the_best_answer_once_they_are_turned_round(name):
    found = list(scales(asked_by(name)))
    assert found
    for question, points in found:
        best = WORDED_THE_OTHER_WAY.get(question.name)
        label = points[-1].labels["pl"]
        assert label == best if best else label in BEST, (question.name, label)


@pytest.mark.parametrize("name", NAMES)
def test_places_bring_categories_of_the_catalogue_with_them(name):
    known = {category.code: category for category in sheet.read(CATEGORIES.read_bytes())}
    for question in asked_by(name).with_role(Role.CATEGORY):
        real = [choice for choice in question.choices if choice.name not in {"other", *question.missing}]
        assert len(real) >= 10
        assert question.choice("other")
        for choice in real:
            assert tuple(choice.labels[language] for language in LANGUAGES) == known[choice.name].names
    assert len(asked_by(name).with_role(Role.CATEGORY)) == len(asked_by(name).with_role(Role.THREAT))


@pytest.mark.parametrize("name", NAMES)
def test_words_are_short_and_nothing_that_could_name_somebody_is_published(name):
    for question in asked_by(name).questions:
        if question.kind is Kind.TEXT:
            assert question.publish == "moderated"
            assert question.limit <= 500
        if question.kind in PLACES:
            assert question.publish == "no"


def test_the_short_questionnaire_of_a_debate_asks_nothing_about_the_person():
    """So few come to a debate that age, sex and village would name them."""
    assert {question.role for question in asked_by(WITHOUT_FACTS).questions} <= {None}


@pytest.mark.parametrize("name", sorted(set(NAMES) - {WITHOUT_FACTS}))
def test_facts_about_the_person_come_last_and_may_be_left_out(name):
    read = asked_by(name)
    last = read.pages[-1].questions
    assert {Role.UNIT, Role.AGE, Role.SEX} == {question.role for question in last} - {None}
    assert not any(question.required for question in last)


@pytest.mark.parametrize("name", NAMES)
def test_it_stays_the_same_through_a_workbook_and_becomes_an_xform(name):
    rows = rows_of(name)
    assert sheets.digest(sheets.read(sheets.to_xlsx(rows), "form.xlsx")) == sheets.digest(rows)
    filled = sheets.with_communes(rows, [("1003012", "Buczek")])
    form = sheets.to_xform(filled, name, "1")
    assert form.count("<translation ") == len(LANGUAGES)
    assert "kmzb" not in form


def ways(name, **answers):
    """The questions that somebody with these answers is asked."""
    return Questionnaire(asked_by(name)).asked(answers)


def test_why_places_are_avoided_is_asked_of_those_who_avoid_them():
    assert "avoid_reasons" in ways("safety_perception", avoids="2")
    for answer in ("3", "4", "98"):
        assert "avoid_reasons" not in ways("safety_perception", avoids=answer)


def test_reporting_is_asked_of_victims_and_silence_of_those_who_kept_it():
    assert "reported" in ways("safety_perception", crimes=["theft"])
    for nothing in (["none"], ["99"]):
        assert "reported" not in ways("safety_perception", crimes=nothing)
    assert "unreported" in ways("safety_perception", crimes=["fraud"], reported="some")
    assert "unreported" not in ways("safety_perception", crimes=["fraud"], reported="yes")


def test_up_to_three_places_are_marked_by_those_who_want_to():
    pages = [page for page in asked_by("safety_perception").pages if page.repeat]
    assert {page.repeat.most for page in pages} == {3}
    assert "spot_place" in ways("safety_perception", has_spot="yes")
    assert "spot_place" not in ways("safety_perception", has_spot="no")
    marked = [{"spot_place": Place.point(19.13, 51.59).record}]
    assert "spot_reasons" in ways("safety_perception", has_spot="yes", spots=marked)
    assert "spot_reasons" not in ways("safety_perception", has_spot="yes", spots=[{"spot_kind": "alkohol"}])
    times = next(q for q in asked_by("safety_perception").questions if q.name == "spot_times")
    assert [choice.name for choice in times.choices if choice.name not in times.missing] == list(TIMES_OF_DAY)


def test_only_three_threats_fit_the_worst_three():
    rule = next(q for q in asked_by("safety_perception").questions if q.name == "worst").constraint
    assert rule is not None
    questionnaire = Questionnaire(asked_by("safety_perception"))
    for chosen, is_right in (
        (["alkohol", "predkosc", "parkowanie"], True),
        (["alkohol", "predkosc", "parkowanie", "other"], False),
        (["none"], True),
        (["alkohol", "none"], False),
    ):
        step = next(s for s in questionnaire.steps({}) if any(q.name == "worst" for q in s.page.questions))
        assert (questionnaire.read(step, {}, {"worst": chosen}).faults == ()) is is_right, chosen


def test_the_usability_scale_is_whole_and_in_its_order():
    items = asked_by("application_satisfaction").with_role(Role.SUS)
    assert [item.name for item in items] == [f"sus_{number:02}" for number in range(1, 11)]
    assert len({item.battery for item in items}) == 1
    assert [item.is_reversed for item in items] == [False, True] * 5
    assert all([choice.name for choice in item.choices] == ["1", "2", "3", "4", "5"] for item in items)


def test_recommending_is_asked_from_nought_to_ten():
    (item,) = asked_by("application_satisfaction").with_role(Role.NPS)
    assert (item.kind, item.low, item.high, item.step) == (Kind.RANGE, 0, 10, 1)


def test_three_ways_through_the_opinion_about_the_map():
    name = "application_satisfaction"
    stranger, reader, reporter = (
        ways(name, used="no"),
        ways(name, used="yes", reports="0"),
        ways(name, used="yes", reports="2_5", category_fit="similar"),
    )
    assert "why_not" in stranger
    assert stranger.isdisjoint({"satisfaction", "sus_01", "recommend", "ease"})
    assert {"satisfaction", "sus_10", "recommend"} <= reader
    assert reader.isdisjoint({"why_not", "ease", "check_time"})
    assert {"ease", "missing_category", "check_time", "threat_today"} <= reporter
    assert {"features", "danger_first", "opinion"} <= stranger & reader & reporter


def test_the_right_number_is_explained_on_the_page_after_the_question():
    read = asked_by("application_satisfaction")
    questionnaire = Questionnaire(read)
    page = next(number for number, page in enumerate(read.pages) if page.questions[0].name == "danger_first")
    for answer, told in (("call", "danger_right"), ("map", "danger_wrong"), ("98", "danger_wrong"), (None, None)):
        answers = {"danger_first": answer} if answer else {}
        step = next(s for s in questionnaire.steps(answers) if s.page is read.pages[page + 1])
        notes = {q for q in questionnaire.shown(step, answers) if q.startswith("danger_")}
        assert notes == ({told} if told else set())


def test_all_that_the_desk_reads_has_its_role():
    roles = {q.name: q.role for q in asked_by("application_satisfaction").questions if q.role}
    assert roles["satisfaction"] is Role.SATISFACTION
    assert roles["opinion"] is Role.FEEDBACK
    assert roles["wish"] is Role.WISH
    assert roles["missing_category"] is Role.MISSING_CATEGORY


def test_a_threat_after_a_debate_is_asked_of_those_who_name_one():
    assert {"threat_kind", "threat_place"} <= ways("debate_evaluation", has_threat="yes")
    assert ways("debate_evaluation", has_threat="no").isdisjoint({"threat_kind", "threat_place"})
