"""Where people marked places: staff see them blurred, counted and drawn, of the districts that are theirs."""

import json

import pytest
from sqlalchemy import select

from consult.clock import now
from consult.db import db
from consult.geo import Place
from consult.observations.models import Observation
from surveys.operations import answering, mixing
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.factories import LASK, metres_away
from tests.pages import Page
from tests.surveys import makers

PLACES = """
| survey |
| | type | name | label::Polski (pl) | kmzb::role | kmzb::max |
| | begin_repeat | spots | Miejsca | | 2 |
| | geopoint | spot | Gdzie? | threat | |
| | select_one kinds | kind | Co? | category | |
| | end_repeat | | | | |
| choices |
| | list_name | name | label::Polski (pl) |
| | kinds | parkowanie | Parkowanie |
| settings |
| | form_title | form_id |
| | Gdzie | gdzie |
"""


@pytest.fixture
def marked(world):
    """A survey of ten people who each marked a place, mixed."""
    survey = makers.survey(PLACES, slug="gdzie", author=coordinator(unit("10", "KWP", path="pl/10/", areas=["10"])))
    for number in range(10):
        place = Place.point(*metres_away(number * 300, 0, LASK))
        answers = {"spots": [{"spot": place.record, "kind": "parkowanie"}]}
        answering.submit(survey, survey.published, makers.definition(survey), answers, key=f"{number:032x}")
    db.session.commit()
    assert mixing.mix(survey) == 10
    assert mixing.release(survey) == (10, 0)
    db.session.commit()
    return survey


def test_places_are_counted_and_drawn(marked, client):
    sign_in(client, officer())
    page = Page(client, "/surveys/gdzie/places")
    assert [cell.get_text(strip=True) for cell in page.soup.select("tbody td")] == ["Nieprawidłowe parkowanie", "10"]
    assert client.get("/surveys/gdzie/places.svg").text.startswith("<svg")
    features = json.loads(client.get("/surveys/gdzie/places.geojson").text)["features"]
    assert len(features) == 10
    assert {feature["properties"]["approximate"] for feature in features} == {True}
    assert LASK not in {tuple(feature["geometry"]["coordinates"]) for feature in features}


def test_another_unit_sees_nothing_of_it(marked, client):
    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli")))
    assert client.get("/surveys/gdzie/places").status_code == 404
    assert client.get("/surveys/gdzie/places.geojson").status_code == 404


def test_the_public_does_not_see_who_marked_what(marked, client):
    assert client.get("/surveys/gdzie/places.geojson").status_code == 302
    assert db.session.scalar(select(Observation.voice_key)) is not None


def test_the_page_asks_the_database_alike_for_few_and_many(marked, client, queries_counted):
    sign_in(client, officer())
    client.get("/surveys/gdzie/places")
    few = queries_counted(lambda: client.get("/surveys/gdzie/places"))
    for number in range(10, 30):
        place = Place.point(*metres_away(number * 300, 600, LASK))
        answers = {"spots": [{"spot": place.record, "kind": "parkowanie"}]}
        answering.submit(marked, marked.published, makers.definition(marked), answers, key=f"{number:032x}")
    db.session.commit()
    mixing.mix(marked)
    mixing.release(marked)
    db.session.commit()
    assert queries_counted(lambda: client.get("/surveys/gdzie/places")) <= few


def test_places_of_fewer_than_ten_people_are_told_nowhere(world, client):
    survey = makers.survey(PLACES, slug="mala")
    for number in range(9):
        answers = {"spots": [{"spot": Place.point(*LASK).record, "kind": "parkowanie"}]}
        answering.submit(survey, survey.published, makers.definition(survey), answers, key=f"{number:032x}")
    survey.closed_at = now()
    db.session.commit()
    assert mixing.mix(survey) == 9
    assert mixing.release(survey) == (9, 0)
    db.session.commit()
    sign_in(client, officer())
    page = Page(client, "/surveys/mala/places")
    assert not page.soup.select("main table, main kmzb-map")
    assert page.soup.select_one(".empty-state")
    assert json.loads(client.get("/surveys/mala/places.geojson").text)["features"] == []
