"""A questionnaire written on the screen: question by question, without a file and without scripts, stored as an XLSForm."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.clock import today
from consult.db import db
from consult.period import midnight
from surveys import composing, reading, sheets
from surveys.composing import Composition, Way, Written
from surveys.models import Access, Survey
from surveys.questions import Kind, SampleKind
from tests.accounts.makers import coordinator, officer, sign_in
from tests.pages import Page
from tests.surveys.makers import SMALL, survey
from tests.surveys.test_managing import press

pytestmark = pytest.mark.usefixtures("world")

ASKED = {
    "title": "Nasz park",
    "questions-0-label": "Jak często bywa Pan/Pani w parku?",
    "questions-0-way": "one",
    "questions-0-choices": "codziennie\nco tydzień\r\n\nrzadziej",
    "questions-0-is_required": "y",
    "questions-1-label": "Co trzeba zmienić?",
    "questions-1-way": "words",
}


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def the_survey():
    db.session.expire_all()
    return db.session.scalars(select(Survey)).unique().one()


def rows():
    return the_survey().versions[-1].sheets


def labels(answer):
    page = Page.of(None, "/", answer)
    return [one["value"] for one in page.soup.select("input[name^=questions-][name$=-label]")]


# What the screen writes


WHOLE = Composition(
    {"pl": "Tytuł", "en": "Title"},
    [
        Written(
            way,
            {"pl": f"Pytanie {way}", "en": f"Question {way}"},
            f"q{number}",
            [("1", {"pl": "a", "en": "A"}), ("2", {"pl": "b", "en": "B"})] if way in composing.CHOOSING else (),
            is_required=way is Way.NUMBER,
        )
        for number, way in enumerate(Way, 1)
    ],
)


def test_every_kind_of_the_screen_is_a_question_that_the_reader_of_xlsforms_knows():
    written = composing.sheets_of(WHOLE)
    read = sheets.read(sheets.to_xlsx(written), "form.xlsx")
    kinds = {question.name: question.kind for question in reading.definition(read).questions}
    assert [kinds[question.name] for question in WHOLE.questions] == [
        Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK, Kind.SELECT_ONE, Kind.RANGE, Kind.RANGE, Kind.TEXT,
        Kind.INTEGER, Kind.DATE, Kind.GEOPOINT, Kind.NOTE,
    ]  # fmt: skip
    assert sheets.digest(read) == sheets.digest(written)


def test_what_was_written_is_read_back_as_it_was():
    read = composing.composed(composing.sheets_of(WHOLE))
    assert [(one.way, one.labels, one.name, one.is_required) for one in read.questions] == [
        (one.way, one.labels, one.name, one.is_required) for one in WHOLE.questions
    ]
    assert read.titles == WHOLE.titles


def test_a_form_that_holds_more_is_not_shown_on_the_screen():
    assert composing.composed(sheets.read(SMALL.encode(), "form.md")) is None


def test_hard_to_say_is_counted_apart():
    made = reading.definition(composing.sheets_of(Composition({"pl": "T"}, [Written(Way.YES_NO, {"pl": "Czy?"})])))
    assert made.question("q1").missing == {"3"}


def test_an_answer_keeps_its_code_wherever_it_moves_and_no_code_is_used_twice():
    def asked(*answers):
        listed = [("", {"pl": answer}) for answer in answers]
        return Composition({"pl": "T"}, [Written(Way.ONE, {"pl": "Co?"}, "q1", listed)])

    def codes(form):
        return {row["label::Polski (pl)"]: row["name"] for row in form["choices"]}

    first = composing.sheets_of(asked("a", "b", "c"))
    second = composing.sheets_of(asked("c", "a"), [composing.composed(first)])
    third = composing.sheets_of(asked("d", "c", "a"), [composing.composed(second), composing.composed(first)])
    assert codes(second) == {"c": "3", "a": "1"}
    assert codes(third) == {"d": "4", "c": "3", "a": "1"}


# A new survey


def test_a_survey_is_written_looked_over_and_published(desk):
    answer = Page(desk, "/surveys/write").send(**ASKED)
    assert (answer.status_code, answer.location) == (302, "/surveys/nasz-park/versions/1")
    made = the_survey()
    assert (made.access, made.sample, made.unit.code) == (Access.OPEN, SampleKind.OPT_IN, "1003")
    assert press(desk, answer.location, "/publish").status_code == 302
    page = Page(desk, "/surveys/nasz-park/answer")
    assert "Jak często bywa Pan/Pani w parku?" in page.text
    assert "rzadziej" in page.text


def test_what_was_written_is_stored_as_an_uploaded_form_is(desk):
    Page(desk, "/surveys/write").send(**ASKED)
    book = Page(desk, "/surveys/nasz-park/versions/1").client.get("/surveys/nasz-park/versions/1/form.xlsx").data
    assert sheets.digest(sheets.read(book, "form.xlsx")) == the_survey().versions[0].digest
    assert [(row["type"], row.get("required", "")) for row in rows()["survey"]] == [
        ("select_one q1", "yes"),
        ("text", ""),
    ]


def test_translations_come_in_the_order_of_the_answers(desk):
    english = {
        "title_en": "Our park",
        "questions-0-label_en": "How often?",
        "questions-0-choices_en": "daily\nweekly\nless",
        "questions-1-label_en": "What to change?",
    }
    Page(desk, "/surveys/write").send(**ASKED | english)
    assert [row["label::English (en)"] for row in rows()["choices"]] == ["daily", "weekly", "less"]
    assert the_survey().versions[0].sheets["settings"][0]["kmzb::title::English (en)"] == "Our park"


def test_it_closes_at_the_end_of_its_last_day(desk):
    last = today() + timedelta(days=10)
    Page(desk, "/surveys/write").send(**ASKED, closes_on=last.isoformat())
    assert the_survey().closes_at == midnight(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "Proszę nadać ankiecie tytuł."),
        ({"closes_on": "2020-01-01"}, "Ten dzień już minął. Proszę podać dzisiejszą datę albo późniejszą."),
        ({"questions-1-label": ""}, "Proszę wpisać pytanie albo je usunąć."),
        ({"questions-0-choices": "jedna"}, "Proszę wpisać od 2 do 40 odpowiedzi, każdą w osobnym wierszu."),
        ({"questions-0-choices": "tak\nTak"}, "Jedna z odpowiedzi się powtarza. Proszę usunąć powtórzenie."),
        ({"questions-0-choices": f"a\n{'b' * 301}"}, "Odpowiedź może mieć najwyżej 300 znaków."),
        ({"questions-1-choices": "a\nb"}, "Do takiego pytania nie ma listy odpowiedzi."),
        ({"questions-0-choices_en": "one"}, "Tutaj musi być tyle wierszy, ile odpowiedzi po polsku: 3."),
        ({"questions-1-label": "Czy ${q1}?"}, "Pytanie 2:"),
        ({"questions-1-name": "q 1!"}, "Pytanie 2:"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(desk, wrong, said):
    answer = Page(desk, "/surveys/write").send(**ASKED | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Jak często bywa Pan/Pani w parku?" in answer.text
    assert db.session.scalar(select(Survey)) is None


def test_a_fault_inside_a_question_leads_to_its_field(desk):
    answer = Page(desk, "/surveys/write").send(**ASKED | {"questions-1-label": ""})
    assert Page.of(desk, "/", answer).soup.select_one(".govuk-error-summary a[href='#questions-1-label']")


def test_buttons_put_questions_in_order_and_save_nothing(desk):
    page = Page(desk, "/surveys/write")
    first, second = ASKED["questions-0-label"], ASKED["questions-1-label"]
    assert labels(page.send(**ASKED, do="add")) == [first, second, ""]
    assert labels(page.send(**ASKED, do="up-2")) == [second, first]
    assert labels(page.send(**ASKED, do="down-1")) == [second, first]
    assert labels(page.send(**ASKED, do="remove-1")) == [second]
    assert db.session.scalar(select(Survey)) is None


def test_a_moved_question_takes_everything_along(desk):
    page = Page.of(desk, "/surveys/write", Page(desk, "/surveys/write").send(**ASKED, do="down-1"))
    fields = page.fields()
    assert fields["questions-1-choices"].split() == ["codziennie", "co", "tydzień", "rzadziej"]
    assert fields["questions-1-is_required"] == "y"
    assert (fields["questions-0-way"], fields["questions-1-way"]) == ("words", "one")


@pytest.mark.parametrize("wish", ["up-1", "down-2", "up-99", "remove-0", "remove-x", "remove-²", "", "up"])
def test_a_button_that_is_none_changes_nothing(desk, wish):
    answer = Page(desk, "/surveys/write").send(**ASKED, do=wish)
    assert answer.status_code == 200
    assert labels(answer) == [ASKED["questions-0-label"], ASKED["questions-1-label"]]


def test_forty_questions_are_the_most(desk):
    many = {f"questions-{n}-label": f"Pytanie {n}?" for n in range(45)}
    many |= {f"questions-{n}-way": "words" for n in range(45)}
    answer = Page(desk, "/surveys/write").send(title="Długa", **many, do="add")
    assert len(labels(answer)) == composing.MOST_QUESTIONS
    assert Page.of(desk, "/", answer).soup.select_one("button[value=add]") is None


def test_two_presses_are_one_survey(desk):
    page = Page(desk, "/surveys/write")
    assert page.send(**ASKED).location == page.send(**ASKED).location
    the_survey()


def test_two_surveys_of_one_title_have_two_addresses(desk):
    page = Page(desk, "/surveys/write")
    page.send(**ASKED)
    assert page.send(**ASKED | {"questions-1-label": "Coś innego?"}).location == "/surveys/nasz-park-2/versions/1"


# Going on


def test_a_draft_is_written_on(desk):
    answer = Page(desk, "/surveys/write").send(**ASKED)
    version = Page(desk, answer.location)
    address = version.soup.select_one("a[href$='/nasz-park/write']")["href"]
    page = Page(desk, address)
    assert page.fields()["questions-0-choices"].split("\n") == ["codziennie", "co tydzień", "rzadziej"]
    changed = {"questions-1-label": "Co zmienić?", "questions-2-label": "Czy wieczorem?", "questions-2-way": "yes_no"}
    assert page.send(**changed).location == "/surveys/nasz-park/versions/1"
    assert [(row["name"], row["label::Polski (pl)"]) for row in rows()["survey"]] == [
        ("q1", "Jak często bywa Pan/Pani w parku?"),
        ("q2", "Co zmienić?"),
        ("q3", "Czy wieczorem?"),
    ]
    before = the_survey().versions[-1].digest
    assert page.send(**changed).status_code == 302, "a second press is no conflict"
    assert the_survey().versions[-1].digest == before


def test_the_next_version_keeps_what_was_asked(desk):
    answer = Page(desk, "/surveys/write").send(**ASKED)
    press(desk, answer.location, "/publish")
    answer = Page(desk, "/surveys/nasz-park/write").send(**{"questions-0-choices": "rzadziej\ncodziennie\nwcale"})
    assert answer.location == "/surveys/nasz-park/versions/2"
    assert [(row["name"], row["label::Polski (pl)"]) for row in rows()["choices"]] == [
        ("3", "rzadziej"),
        ("1", "codziennie"),
        ("4", "wcale"),
    ]


def test_who_comes_second_is_told_and_may_go_on(desk):
    Page(desk, "/surveys/write").send(**ASKED)
    mine, theirs = Page(desk, "/surveys/nasz-park/write"), Page(desk, "/surveys/nasz-park/write")
    theirs.send(title="Ich park")
    answer = mine.send(title="Mój park")
    assert answer.status_code == 422
    assert "W międzyczasie ktoś zapisał inny szkic." in answer.text
    assert rows()["settings"][0]["form_title"] == "Ich park"
    assert Page.of(desk, mine.url, answer).send().status_code == 302
    assert rows()["settings"][0]["form_title"] == "Mój park"


def test_a_form_with_more_in_it_is_changed_in_its_file(desk):
    survey(published=False)
    assert "/krotka/write" not in Page(desk, "/surveys/krotka/versions/1").text
    answer = desk.get("/surveys/krotka/write")
    assert answer.location == "/surveys/krotka/versions/new"
    assert "Ten kwestionariusz zawiera więcej, niż można pokazać na ekranie." in Page(desk, answer.location).text


def test_only_a_coordinator_writes(client):
    sign_in(client, officer())
    assert client.get("/surveys/write").status_code == 403


def test_words_of_the_trade_are_explained_where_they_stand(desk):
    assert "jeden wiersz to jedno pytanie" in Page(desk, "/surveys/new").text
    Page(desk, "/surveys/write").send(**ASKED)
    assert "wyrównują odpowiedzi" in Page(desk, "/surveys/nasz-park").text
