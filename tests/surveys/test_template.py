"""The template of a questionnaire: taken along, filled in, sent back, and every kind of question explained in it."""

import io

import pytest

from surveys import reading, sheets, template
from surveys.questions import Kind
from tests.accounts.makers import coordinator, officer, sign_in
from tests.pages import Page
from tests.surveys import makers

COMPUTED = {Kind.CALCULATE}
"""Nobody answers it, and a first questionnaire needs none."""


WORKBOOK = sheets.to_xlsx(template.SHEETS)
TEXT = sheets.to_markdown(template.SHEETS).encode()


def test_the_template_is_a_questionnaire_in_both_forms_with_nothing_to_correct():
    found = sheets.read(WORKBOOK, "wzor.xlsx")
    assert sheets.digest(found) == sheets.digest(sheets.read(TEXT, "wzor.md"))
    definition = reading.definition(found)
    assert (reading.gaps(definition), definition.languages) == ([], ("pl",))


def test_the_template_shows_each_kind_of_question_with_a_row_that_explains_it():
    definition = reading.definition(sheets.read(TEXT, "wzor.md"))
    assert {question.kind for question in definition.questions} == set(Kind) - COMPUTED
    told = " ".join(row["label"] for row in template.SHEETS["survey"] if row["type"] == sheets.REMARK)
    assert [kind for kind in set(Kind) - COMPUTED if kind.value not in told] == []


def test_an_explanation_is_no_question_and_keeps_the_numbers_of_the_rows():
    text = makers.SMALL.replace("| begin_group         | first", "| # to ja  | | x | | |\n|  | begin_group  | first", 1)
    plain, remarked = sheets.read(makers.SMALL.encode(), "a.md"), sheets.read(text.encode(), "a.md")
    assert sheets.digest(plain) == sheets.digest(remarked)
    assert reading.definition(remarked).questions[0].row == reading.definition(plain).questions[0].row + 1


def test_a_title_may_begin_with_the_sign_of_an_explanation():
    found = sheets.read(makers.SMALL.replace("Krótka ankieta", "#Bezpieczniej").encode(), "a.md")
    assert reading.definition(found).title["pl"] == "#Bezpieczniej"


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


@pytest.mark.parametrize("form", ["xlsx", "md"])
def test_a_coordinator_takes_the_template_along_and_begins_a_survey_with_it(desk, form):
    page = Page(desk, "/surveys/new")
    link = page.soup.select_one(f"a[href$='/surveys/template.{form}']")
    taken = desk.get(link["href"])
    assert (taken.status_code, taken.headers["Content-Disposition"]) == (
        200,
        f"attachment; filename=wzor-ankiety.{form}",
    )
    answer = page.send(start="file", file=(io.BytesIO(taken.data), f"wzor.{form}"))
    assert answer.location == "/surveys/wzor-ankiety/versions/1"
    assert desk.get(answer.location).status_code == 200


def test_the_template_is_for_coordinators(client, world):
    assert sign_in(client, officer()).get("/surveys/template.xlsx").status_code == 403


def test_whoever_wants_to_answers_unless_something_else_is_chosen(desk):
    page = Page(desk, "/surveys/new")
    assert page.fields()["sample"] == "opt-in"
    assert page.send(start="file", file=(io.BytesIO(TEXT), "wzor.md")).status_code == 302


def test_a_title_that_is_there_already_is_said(desk):
    page = Page(desk, "/surveys/new")
    assert len(said_after(desk, page.send(start="debate_short"))) == 1
    told = said_after(desk, page.send(start="debate_short", slug="druga"))
    assert len(told) == 2
    assert "ocena-debaty-o-bezpieczenstwie" in told[1]


def test_a_file_that_says_otherwise_is_overruled_aloud(desk):
    other = sheets.to_markdown({**template.SHEETS, "settings": [{"form_title": "Losowa", "kmzb::sample": "census"}]})
    answer = Page(desk, "/surveys/new").send(start="file", file=(io.BytesIO(other.encode()), "a.md"))
    assert len(said_after(desk, answer)) == 2


def said_after(desk, answer):
    """The news at the top of the page that somebody is sent to."""
    return [one.text for one in Page(desk, answer.location).soup.select(".govuk-notification-banner__heading")]
