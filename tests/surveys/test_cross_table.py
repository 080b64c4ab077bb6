"""Two questions together: shares by group, small groups hidden with another one, a test only where people were drawn."""

import pytest

from consult.disclosure import Audience
from surveys import crossing
from surveys.queries import respondents
from surveys.questions import SampleKind
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.pages import Page
from tests.surveys import drawn

TRUST = ("trust", ("1", "2", "3", "4"))
SEX = ("sex", ("k", "m"))


@pytest.fixture
def made(world):
    found = drawn.survey(SampleKind.PROBABILITY)
    drawn.four_kinds(found)
    drawn.close(found)
    return found


def cross(made, rows=TRUST, columns=SEX, districts=None):
    return crossing.cross(respondents.whole(made).basis, rows, columns, Audience.STAFF, districts)


def test_shares_are_of_each_group(made):
    table = cross(made)
    women, men = table.groups
    assert [share.per_cent for share in women.shares] == pytest.approx([25, 0, 100 * 20 / 60, 100 * 25 / 60])
    assert [share.per_cent for share in men.shares] == pytest.approx([0, 75, 0, 25])
    assert table.everybody.figures.people == 100


def test_whether_both_go_together_is_rao_and_scotts(made):
    """Each answer is given by one sex or by both unlike: 100 people leave no doubt."""
    found = cross(made).association
    assert found.probability < 1e-6
    assert found.denominator == pytest.approx(found.numerator * 99)


def test_a_group_of_a_few_is_hidden_and_its_neighbour_with_it(world):
    found = drawn.survey(SampleKind.PROBABILITY)
    drawn.answer(found, 40, sex="k", trust="4")
    drawn.answer(found, 6, sex="m", trust="1")
    drawn.close(found)
    table = cross(found)
    assert table.shown == []
    assert table.association is None
    assert table.everybody.figures.people == 46


def test_people_outside_the_districts_of_the_reader_are_left_out(made):
    assert cross(made, districts=["1465"]).everybody.figures is None


def test_respondents_who_selected_themselves_are_not_tested(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.four_kinds(found)
    drawn.close(found)
    assert cross(found).association is None


def test_the_page_offers_questions_and_shows_their_table(client, made):
    signed = sign_in(client, coordinator())
    empty = Page(signed, "/surveys/zaufanie/cross-table")
    assert [option["value"] for option in empty.soup.select("#filter-rows option")] == [
        "",
        "sex",
        "age",
        "trust",
        "seen",
    ]
    assert not empty.soup.select("table")
    shown = Page(signed, "/surveys/zaufanie/cross-table?rows=trust&columns=sex")
    rows = [[cell.text.strip() for cell in row.select("th, td")] for row in shown.soup.select("tbody tr")]
    assert rows[3] == ["zdecydowanie tak", "42\u00a0%", "25\u00a0%", "35\u00a0%"]
    assert rows[-1][1:] == ["60", "40", "100"]
    assert "Rao" in shown.soup.main.text


@pytest.mark.parametrize(
    "query", ["rows=trust&columns=trust", "rows=nps&columns=sex", "rows=x&columns='", "rows=trust"]
)
def test_what_makes_no_table_is_no_error(client, made, query):
    assert not Page(sign_in(client, coordinator()), f"/surveys/zaufanie/cross-table?{query}").soup.select("table")


def test_before_all_is_mixed_the_page_says_why_there_is_no_table(client, world):
    found = drawn.survey(SampleKind.PROBABILITY)
    drawn.answer(found, 12, sex="k", trust="4")
    shown = Page(sign_in(client, coordinator()), "/surveys/zaufanie/cross-table?rows=trust&columns=sex")
    assert shown.soup.select_one(".empty-state")


def test_it_does_not_exist_for_units_elsewhere(client, made):
    assert sign_in(client, officer(unit("1465", "KSP"))).get("/surveys/zaufanie/cross-table").status_code == 404
