"""Boundary sets on a page: what counts, what waits, and what a waiting set would move, before it moves anything."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.clock import today
from consult.db import db
from consult.districts import moving, queries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.observations.models import Observation
from consult.threats import operations as threats
from tests.accounts import makers
from tests.districts.makers import boundaries, square, three_districts
from tests.districts.test_moving import reformed, spot
from tests.factories import catalogue_of_27, voice
from tests.pages import Page

WAITS_FROM = timedelta(days=40)


@pytest.fixture
def administrator(app, client):
    """An administrator's browser, in a world of three squares with two voices in the middle one, all read once."""
    catalogue_of_27()
    boundaries()
    for column in (1.25, 1.75):
        threats.admit(voice(at=spot(column)))
    moving.apply()
    makers.unit("1003", "KPP Łask")
    db.session.commit()
    return makers.sign_in(client, makers.administrator())


def waiting(outlines=None, level=Level.DISTRICT):
    """A set that counts in forty days."""
    boundaries(level, reformed() if outlines is None else outlines, valid_from=today() + WAITS_FROM)
    db.session.commit()
    return queries.sets()[-1]


def tables(page):
    """The tables of a page by their captions, as rows of texts."""
    return {
        " ".join(table.caption.text.split()): [
            [" ".join(cell.text.split()) for cell in row.select("th, td")] for row in table.select("tbody tr")
        ]
        for table in page.soup.select("main table")
    }


def by_first(rows):
    return {row[0]: row[1:] for row in rows}


def test_the_list_says_what_counts_and_what_waits(administrator):
    first, second = queries.sets()[0], waiting()
    page = Page(administrator, "/districts/sets")
    [rows] = tables(page).values()
    assert [row[2] for row in rows] == ["test", "test"]
    links = [link["href"] for link in page.soup.select("main tbody th a")]
    assert links == [f"/districts/sets/{second.id}", f"/districts/sets/{first.id}"]
    assert [row[4] for row in rows] == ["3", "3"]
    assert len({row[1] for row in rows}) == 2
    assert "flask districts import" in page.soup.select_one("main code").text


def test_without_boundaries_the_page_says_how_to_load_them(app, client):
    makers.unit("1003", areas=[])
    page = Page(makers.sign_in(client, makers.administrator()), "/districts/sets")
    assert page.soup.select_one(".empty-state")
    assert "--dry-run" in page.soup.select_one("main code").text


def test_a_waiting_set_shows_what_would_move_and_moves_nothing(administrator):
    found = waiting()
    page = Page(administrator, f"/districts/sets/{found.id}")
    land, kinds, ways = tables(page).values()
    assert {row[0].rpartition(" ")[2]: row[2:] for row in land} == {
        "(1001)": ["100", "150"],
        "(1003)": ["100", "–"],
        "(1030)": ["–", "50"],
    }
    assert [row[1:] for row in kinds[:2]] == [["2", "2", "0", "0"]] * 2, "voices and threats"
    assert by_first(ways) == {
        "powiat łaski (1003) → powiat bełchatowski (1001)": ["1", "1", "0", "0", "0"],
        "powiat łaski (1003) → powiat nowy (1030)": ["1", "1", "0", "0", "0"],
    }
    assert "KPP Łask: powiat łaski (1003)" in page.soup.select_one("main section:last-of-type li").text
    assert set(db.session.scalars(select(Observation.district_code))) == {"1003"}


def test_the_page_tells_who_inherits_a_district_that_is_gone(administrator):
    follower = [Outline(1, "1030", "nowy", square(1)), *three_districts()[::2]]
    page = Page(administrator, f"/districts/sets/{waiting(follower).id}")
    [said] = page.soup.select("#moves ~ ul li")
    assert said.text == "powiat łaski (1003) → powiat nowy (1030)"


def test_land_in_no_district_is_a_warning(administrator):
    page = Page(administrator, f"/districts/sets/{waiting(three_districts()[::2]).id}")
    assert "100" in page.soup.select_one(".govuk-warning-text__text").text
    assert [row[-1] for row in tables(page)[next(n for n in tables(page) if len(tables(page)[n][0]) == 5)]][:2] == [
        "2",
        "2",
    ]


def test_a_set_that_changes_nothing_says_so(administrator):
    renamed = [Outline(1, "1001", "bełchatowski", square(0)), *three_districts()[1:]]
    page = Page(administrator, f"/districts/sets/{waiting(renamed).id}")
    assert len(tables(page)) == 1
    assert page.soup.select("#units ~ ul") == []


def test_a_set_that_counts_tells_what_it_moved(administrator):
    boundaries(outlines=reformed(), valid_from=today())
    moving.apply()
    db.session.commit()
    found = queries.in_force(Level.DISTRICT)
    page = Page(administrator, f"/districts/sets/{found.id}")
    moved = [" ".join(line.text.split()) for line in page.soup.select("#days ~ ul li")]
    assert [any(sign.isdigit() and sign == "2" for sign in line) for line in moved[:2]] == [True, True]
    assert tables(page) == {}
    past = Page(administrator, f"/districts/sets/{queries.sets()[0].id}")
    assert len(past.soup.select("#days ~ ul")) == 1, "when the test began"


def test_levels_that_place_nothing_are_compared_with_nothing(administrator):
    boundaries(Level.BEAT, [Outline(1, "R1", "Rejon 1", square(0))])
    page = Page(administrator, f"/districts/sets/{waiting([Outline(1, 'R2', 'Rejon 2', square(0))], Level.BEAT).id}")
    assert tables(page) == {}


def test_sets_are_for_administrators_and_what_is_no_set_is_not_there(administrator, app):
    for person in (makers.officer(), makers.head(), makers.coordinator()):
        browser = makers.sign_in(app.test_client(), person)
        Page(browser, "/districts/sets", status=403)
        Page(browser, f"/districts/sets/{queries.sets()[0].id}", status=403)
    Page(administrator, "/districts/sets/999999", status=404)
    assert app.test_client().get("/districts/sets").status_code == 302


def test_the_list_costs_the_same_however_many_sets_there_are(administrator, queries_counted):
    few = queries_counted(lambda: administrator.get("/districts/sets"))
    for day in range(4):
        boundaries(valid_from=today() + timedelta(days=day + 1))
    db.session.commit()
    assert queries_counted(lambda: administrator.get("/districts/sets")) == few
