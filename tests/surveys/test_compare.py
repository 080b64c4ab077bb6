"""Two surveys that asked the same: what changed, what stands out among all figures, and where a series is broken."""

import pytest

from surveys.questions import SampleKind
from tests.accounts.makers import coordinator, sign_in
from tests.pages import Page
from tests.surveys import drawn


def survey(slug, kind=SampleKind.PROBABILITY, text=drawn.FORM, **counts):
    """A closed survey: so many people of a trust, with the mark 9 or 0 that goes with it."""
    made = drawn.survey(kind, slug, text)
    for trust, count in counts.items():
        drawn.answer(made, count, sex="k", trust=trust.removeprefix("of_"), nps=9 if trust > "of_2" else 0)
    drawn.close(made)
    return made


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def rows(shown, words):
    section = next(part for part in shown.soup.select(".outcome") if words in part.h2.text)
    return [[cell.text.strip() for cell in row.select("th, td")] for row in section.select("tbody tr")]


def test_a_large_change_stands_out_and_a_small_one_does_not(desk):
    survey("dawna", of_1=60, of_4=40)
    survey("nowa", of_1=20, of_4=80)
    shown = Page(desk, "/surveys/nowa/compare?with=dawna")
    ((_name, before, now, change, _verdict),) = rows(shown, "Czy ufa")
    assert (before, now) == ("40\u00a0%", "80\u00a0%")
    assert "+40" in change
    assert shown.soup.select("td strong")
    ((_name, before, now, _change, _verdict),) = rows(shown, "Czy poleci")
    assert (before, now) == ("\u221220", "+60")
    survey("podobna", of_1=58, of_4=42)
    assert not Page(desk, "/surveys/podobna/compare?with=dawna").soup.select("td strong")


def test_nobody_was_drawn_so_nothing_is_judged(desk):
    survey("dawna", SampleKind.OPT_IN, of_1=60, of_4=40)
    survey("nowa", of_1=20, of_4=80)
    shown = Page(desk, "/surveys/nowa/compare?with=dawna")
    assert len(rows(shown, "Czy ufa")[0]) == 4
    assert not shown.soup.select("td strong")


def test_other_ways_of_answering_are_no_change_of_mind(desk):
    survey("dawna", of_1=60, of_4=40)
    made = drawn.survey(SampleKind.PROBABILITY, "nowa")
    drawn.answer(made, 60, sex="k", trust="4", mode="interview")
    drawn.close(made)
    assert len(rows(Page(desk, "/surveys/nowa/compare?with=dawna"), "Czy ufa")[0]) == 4


def test_a_question_asked_otherwise_is_a_broken_series(desk):
    survey("dawna", of_1=60, of_4=40)
    other = drawn.FORM.replace(
        "|  | trust     | 97 ", "|  | trust     | 5    | bezgranicznie | utterly |\n|  | trust     | 97 "
    )
    survey("nowa", text=other, of_1=20, of_4=80)
    shown = Page(desk, "/surveys/nowa/compare?with=dawna")
    section = next(part for part in shown.soup.select(".outcome") if "Czy ufa" in part.h2.text)
    assert not section.select("table")
    assert section.select_one("strong")


def test_only_surveys_that_asked_the_same_are_offered(desk):
    survey("dawna", of_1=12)
    survey("nowa", of_1=12)
    drawn.makers.survey(slug="krotka")
    offered = [option["value"] for option in Page(desk, "/surveys/nowa/compare").soup.select("#filter-with option")]
    assert offered == ["", "dawna"]
    assert desk.get("/surveys/nowa/compare?with=krotka").status_code == 404


def test_alone_it_has_nothing_to_be_compared_with(desk):
    survey("nowa", of_1=12)
    assert Page(desk, "/surveys/nowa/compare").soup.select_one(".empty-state")


def test_before_all_is_mixed_the_page_says_so(desk):
    survey("dawna", of_1=12)
    waiting = drawn.survey(SampleKind.PROBABILITY, "nowa")
    drawn.answer(waiting, 12, sex="k", trust="4")
    shown = Page(desk, "/surveys/nowa/compare?with=dawna")
    assert "Zaufanie" in shown.soup.select_one(".empty-state").text
