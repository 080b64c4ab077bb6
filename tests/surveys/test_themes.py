"""Rules of themes: what codes go together, what a text comes to, what is blacked out, quoted and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.disclosure import Audience
from consult.personal_data import marks
from surveys import themes
from surveys.themes import BLACK, Misfit, Named, Quoted, Read, Turn
from tests.surveys.makers import defined
from tests.surveys.test_coding import FORM

NAMES = [Named("1", "Światło"), Named("2", "Prędkość"), Named("3", "Psy")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1 3", {"1", "3"}),
        ("01,3!", {"1", "3", "personal"}),
        ("0", {"none"}),
        ("?", {"unreadable"}),
        ("1a", {"1", "a"}),
    ],
)
def test_codes_are_read_as_they_are_typed(text, codes):
    assert themes.typed(text) == codes


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        ({"1", "2"}, None), ({"none"}, None), ({"unreadable", "personal"}, None), ({"personal"}, Misfit.NOTHING),
        (set(), Misfit.NOTHING), ({"1", "none"}, Misfit.TOGETHER), ({"none", "unreadable"}, Misfit.TOGETHER),
        ({"9"}, Misfit.UNKNOWN),
    ],
)  # fmt: skip
def test_codes_that_do_not_go_together_are_refused(codes, wrong):
    assert themes.misfit(codes, {"1", "2"}) is wrong


def test_a_fifth_is_drawn_and_at_least_fifty():
    assert [themes.drawn_number(n) for n in (12, 50, 100, 250, 251, 1000)] == [12, 50, 50, 50, 51, 200]


def test_a_merged_theme_is_followed_to_the_end():
    assert themes.followed({"1", "2", "4"}, {"1": "2", "2": "3"}) == {"3", "4"}
    assert themes.followed({"1"}, {}) == {"1"}


def test_a_text_waits_until_it_is_read_and_settled():
    first, second = frozenset({"1"}), frozenset({"2", "personal"})
    assert themes.outcome({}, is_drawn=False) is None
    assert themes.outcome({Turn.FIRST: first}, is_drawn=False) == {"1"}
    assert themes.outcome({Turn.FIRST: first}, is_drawn=True) is None
    assert themes.outcome({Turn.FIRST: first, Turn.SECOND: first}, is_drawn=True) == {"1"}
    assert themes.outcome({Turn.FIRST: first, Turn.SECOND: second}, is_drawn=True) is None
    settled = {Turn.FIRST: first, Turn.SECOND: second, Turn.THIRD: frozenset({"3"})}
    assert themes.outcome(settled, is_drawn=True) == {"3", "personal"}, "what one saw of personal data stays"


def test_personal_data_one_of_the_two_saw_are_no_difference():
    assert not themes.differ({"1", "personal"}, {"1"})
    assert themes.outcome({Turn.FIRST: {"1"}, Turn.SECOND: {"1", "personal"}}, is_drawn=True) == {"1", "personal"}


def test_what_is_marked_and_what_people_named_is_black():
    shown = themes.blacked("Zadzwońcie: 600 100 200, Zenek spod piątki. zenek!", ["Zenek"])
    assert shown == f"Zadzwońcie: {BLACK}, {BLACK} spod piątki. {BLACK}!"
    assert themes.strangers("Zenek", ["zenek", "Henek"]) == ["Henek"]


@given(st.text("abc 0123456789@.", max_size=60), st.lists(st.text("abc", min_size=1, max_size=3), max_size=3))
def test_nothing_that_was_named_is_left(text, hidden):
    shown = themes.blacked(text, hidden)
    assert not any(piece in part for piece in hidden for part in shown.split(BLACK))
    assert not [mark for mark in marks(text) if text[mark.start : mark.end] in shown.split(BLACK)]


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("Ciemno przy szkole", True), ("Ciemno […] boję się", True), ("[...] boję się", True), ("boję się […] Ciemno", False),
        ("Ciemno przy kościele", False), ("[…]", False), ("Ciemno\nprzy  szkole", True),
    ],
)  # fmt: skip
def test_a_quote_is_the_text_or_parts_of_it_in_their_order(words, fits):
    assert themes.is_quote_of(words, "Ciemno przy szkole, boję się") is fits


def test_a_text_with_personal_data_is_not_quoted():
    assert themes.may_be_quoted(Read("k", frozenset({"1"})), "Ciemno")
    assert not themes.may_be_quoted(Read("k", frozenset({"1", "personal"})), "Ciemno")
    assert not themes.may_be_quoted(Read("k", frozenset({"1"})), "Ciemno, tel. 600 100 200")


def read(**counts):
    return [Read(f"{code}{n}", frozenset({code.strip("_")})) for code, count in counts.items() for n in range(count)]


def told(texts, audience, quotes=()):
    return themes.results(texts, NAMES, quotes, None, audience)


def test_staff_see_exact_counts_and_everybody_fives_with_rare_themes_together():
    texts = read(_1=23, _2=4, _3=3, none=2)
    quotes = [Quoted("1", "_10", "Ciemno"), Quoted("2", "_20", "Za szybko")]
    staff, public = told(texts, Audience.STAFF, quotes), told(texts, Audience.PUBLIC, quotes)
    assert [(line.code, line.count, line.quotes) for line in staff.lines] == [
        ("1", 23, ("Ciemno",)), ("2", 4, ()), ("3", 3, ()),
    ]  # fmt: skip
    assert [(line.code, line.count) for line in staff.apart] == [("none", 2)]
    assert round(staff.lines[0].share.per_cent, 1) == 71.9, "23 of the 32 who wrote"
    assert [(line.name, line.count) for line in public.lines] == [("Światło", 25)]
    assert [(line.code, line.count) for line in public.apart] == [("other", 5)]
    assert public.figures.people == 30


def test_a_text_of_two_rare_themes_is_counted_once_among_them():
    texts = [*read(_1=20), Read("x", frozenset({"2", "3"})), *(Read(f"y{n}", frozenset({"2"})) for n in range(5))]
    assert told(texts, Audience.PUBLIC).apart[0].count == 5, "six texts in fives, not seven"


def test_fewer_than_ten_texts_tell_nothing():
    assert told(read(_1=9), Audience.STAFF) is None
    assert told(read(_1=10), Audience.PUBLIC).lines[0].share is None, "shares are told from thirty on"


def test_only_words_of_each_person_once_are_coded():
    kinds = {question.name: themes.may_be_coded(question) for question in defined(FORM).questions if question.is_asked}
    assert kinds == {"safe": False, "why": True, "needs": True, "wish": False, "spot_words": False}
