"""The minutes: one thing said after another, each on the map when somebody said where."""

import json

import pytest
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation, Plane
from consult.threats import queries as threats
from debates.models import Statement
from tests.debates.makers import meeting, planned, proposal, statement
from tests.factories import LASK, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

POINT = json.dumps({"type": "Point", "coordinates": list(LASK)})
SAID = {
    "kind": "threat",
    "category_code": "parkowanie",
    "text": "Auta stoją na chodniku przed szkołą",
    "voices": "12",
    "speaker": "village_head",
}


@pytest.fixture
def minutes(account):
    return meeting(account)


@pytest.fixture
def page(desk, minutes):
    return Page(desk, f"/debates/{minutes.id}/statements")


def only():
    return db.session.scalars(select(Statement)).one()


def statements():
    return db.session.scalar(select(func.count(Statement.id)))


def observations():
    return db.session.scalar(select(func.count(Observation.id)))


def test_an_officers_note_becomes_a_voice_on_the_map(page):
    answer = page.send(**SAID, place=POINT)
    assert answer.status_code == 302
    seen = only().observation
    assert (seen.source, seen.source_key, seen.plane) == ("debates.statement", only().key, Plane.DIRECT_CONTACT)
    assert (seen.category_code, seen.district_code, seen.voices) == ("parkowanie", "1003", 12)
    assert threats.of_observation(seen).independent == 1


def test_the_voice_speaks_of_the_day_of_the_meeting(page):
    page.send(**SAID, place=POINT)
    seen = only().observation
    assert seen.observed_from.isoformat() == "2026-07-14T22:00:00+00:00"
    assert seen.observed_to.isoformat() == "2026-07-15T21:59:59+00:00"


def test_a_day_that_was_named_counts_instead(page):
    page.send(**SAID, place=POINT, said_of="2026-07-03")
    assert only().observation.observed_from.isoformat() == "2026-07-02T22:00:00+00:00"


def test_the_next_page_shows_what_was_said(desk, minutes, page):
    page.send(**SAID, place=POINT)
    text = Page(desk, f"/debates/{minutes.id}/statements").soup.main.text
    assert "Auta stoją na chodniku przed szkołą" in text
    assert "Nieprawidłowe parkowanie" in text


def test_without_a_place_it_stays_in_the_minutes_and_is_counted(desk, minutes, page):
    page.send(**SAID)
    assert only().observation is None
    assert observations() == 0
    assert Page(desk, "/debates").soup.select("td")[3].text.strip() == "1"


def test_a_request_about_a_place_is_a_voice_too_and_praise_is_not(page, desk, minutes):
    page.send(**{**SAID, "kind": "proposal"}, place=POINT)
    Page(desk, f"/debates/{minutes.id}/statements").send(**{**SAID, "kind": "praise"}, place=POINT)
    assert statements() == 2
    assert observations() == 1


def test_a_whole_commune_is_a_place(page):
    page.send(**SAID, **{"place-commune": "1003023"})
    assert only().place.code == "1003023"
    assert only().observation.cell is None


def test_two_clicks_are_one_statement(page):
    assert page.send(**SAID, place=POINT).status_code == page.send(**SAID, place=POINT).status_code == 302
    assert (statements(), observations()) == (1, 1)


def test_the_same_form_with_other_words_is_a_conflict(page):
    page.send(**SAID, place=POINT)
    assert page.send(**{**SAID, "text": "Co innego"}, place=POINT).status_code == 409
    assert statements() == 1


def polygon(vertices):
    lon, lat = LASK
    ring = [[lon + i * 1e-7, lat + (i % 2) * 1e-7] for i in range(vertices)]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "a\x07b"),
        ("text", "a" * 2001),
        ("category_code", "latające_talerze"),
        ("kind", "rumour"),
        ("voices", "0"),
        ("voices", "1e309"),
        ("said_of", "2026-07-16"),
        ("weekdays", "noday"),
        ("place", polygon(100_000)),
        ("place", json.dumps({"type": "Point", "coordinates": [51.59, 19.13]})),
        ("place", json.dumps({"type": "Point", "coordinates": [2.35, 48.85]})),
        ("place", json.dumps({"type": "Point", "coordinates": [22.0, 50.0]})),
        ("place", '{"type": "Point", "coordinates": [NaN, 51]}'),
        ("place", '{"type": "Point", "coordinates": [1e309, 51]}'),
        ("place", "[" * 100_000),
        ("place", "nonsense"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field_and_nothing_is_saved(page, field, value):
    answer = page.send(**{**SAID, field: value})
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert (statements(), observations()) == (0, 0)


def test_without_the_token_nothing_is_saved(page, desk):
    assert desk.post(page.url, data={**page.fields(), **SAID, "csrf_token": "x"}).status_code == 400
    assert statements() == 0


def test_a_search_only_helps_and_saves_nothing(page):
    answer = page.send(**SAID, **{"place-words": "Łask", "place-search": "1"})
    assert answer.status_code == 200
    assert "Auta stoją na chodniku" in answer.text
    assert statements() == 0


def test_a_corrected_place_is_a_new_voice_and_the_old_one_is_withdrawn(desk, account, minutes):
    said = statement(account, minutes)
    before = said.observation
    moved = json.dumps({"type": "Point", "coordinates": list(metres_away(2000, 0))})
    Page(desk, f"/debates/{minutes.id}/statements/{said.id}/edit").send(place=moved)
    assert before.withdrawn_at is not None
    assert said.observation.source_key == f"{said.key}.2"
    assert threats.of_observation(said.observation) != threats.of_observation(before)


def test_a_correction_that_changes_nothing_on_the_map_leaves_the_voice(desk, account, minutes):
    said = statement(account, minutes)
    before = said.observation
    Page(desk, f"/debates/{minutes.id}/statements/{said.id}/edit").send(answer="Sprawdzimy w tym tygodniu")
    assert (said.answer, said.observation) == ("Sprawdzimy w tym tygodniu", before)


def test_a_place_found_by_its_name_keeps_it_when_the_words_are_corrected(desk, account, minutes):
    from dataclasses import replace

    from consult.geo import Place

    said = statement(account, minutes, place=replace(Place.point(*LASK, accuracy_m=900), words="Łask"))
    Page(desk, f"/debates/{minutes.id}/statements/{said.id}/edit").send(text="Auta stoją na trawniku")
    assert (said.place.words, said.place.accuracy_m, said.text) == ("Łask", 900, "Auta stoją na trawniku")


def test_a_corrected_kind_leaves_the_map_and_comes_back(desk, account, minutes):
    said = statement(account, minutes)
    address = f"/debates/{minutes.id}/statements/{said.id}/edit"
    Page(desk, address).send(kind="information")
    assert said.observation is None
    Page(desk, address).send(kind="threat")
    assert said.observation.withdrawn_at is None


def test_a_voice_that_a_person_moved_stays_there_when_words_are_corrected(desk, account, minutes):
    from consult.threats import operations
    from tests.factories import admit

    said = statement(account, minutes)
    chosen = threats.of_observation(admit(at=metres_away(900, 0)))
    operations.move(said.observation, chosen, account.id, "to samo miejsce")
    db.session.commit()
    Page(desk, f"/debates/{minutes.id}/statements/{said.id}/edit").send(text="Auta stoją na trawniku")
    assert threats.of_observation(said.observation) == chosen


def test_a_statement_is_crossed_out_with_a_reason_and_leaves_the_map(desk, account, minutes):
    said = statement(account, minutes)
    before = said.observation
    address = f"/debates/{minutes.id}/statements/{said.id}/withdraw"
    assert Page(desk, address).send(reason="").status_code == 422
    Page(desk, address).send(reason="Zapisano dwa razy")
    assert before.withdrawn_at is not None
    assert said.observation is None
    assert "Zapisano dwa razy" in Page(desk, f"/debates/{minutes.id}/statements").text
    assert "Zapisano dwa razy" in Page(desk, f"/debates/{minutes.id}/statements/{said.id}/edit").soup.main.text


def test_a_statement_is_reached_from_its_voice_on_the_map(desk, account, minutes):
    said = statement(account, minutes)
    address = f"/debates/{minutes.id}/statements#statement-{said.id}"
    assert desk.get(f"/debates/statements/{said.key}").location == address
    assert desk.get(f"/debates/statements/{said.key}.2").location == address
    assert desk.get("/debates/statements/%00").status_code == 404


def test_the_map_and_the_drawing_show_the_same_places(desk, account, minutes):
    statement(account, minutes)
    statement(account, minutes, place=None)
    features = json.loads(desk.get(f"/debates/{minutes.id}/statements.geojson").data)["features"]
    drawing = desk.get(f"/debates/{minutes.id}/statements.svg")
    assert len(features) == 1
    assert drawing.mimetype == "image/svg+xml"
    assert drawing.text.count("data-key") == 1


def test_words_of_people_stay_words(desk, account, minutes):
    statement(account, minutes, text="<script>alert(1)</script>")
    page = Page(desk, f"/debates/{minutes.id}/statements")
    assert "<script>alert" not in page.text
    assert "<script>alert(1)</script>" in page.soup.main.text


def test_a_category_that_had_ended_is_not_offered(desk, account, minutes):
    from datetime import date

    from consult.catalogue import queries as catalogue

    catalogue.by_code("parkowanie").valid_to = date(2025, 12, 31)
    db.session.commit()
    answer = Page(desk, f"/debates/{minutes.id}/statements").send(**SAID, place=POINT)
    assert answer.status_code == 422
    assert 'href="#category_code"' in answer.text


@pytest.mark.parametrize("empty", ["", " ", "\t\n", "\u00a0"])
def test_words_of_spaces_are_no_words(desk, account, minutes, empty):
    said, asked = statement(account, minutes), proposal(account, minutes)
    one = planned(account)
    for page, field in (
        (f"{minutes.id}/statements/{said.id}/withdraw", "reason"),
        (f"{minutes.id}/statements/{said.id}/withhold", "reason"),
        (f"{minutes.id}/statements/{said.id}/edit", "text"),
        (f"{minutes.id}/statements", "text"),
        (f"{one.id}/call-off", "reason"),
        (f"{one.id}/plan/edit", "venue"),
        (f"proposals/{asked.id}/edit", "text"),
    ):
        assert Page(desk, f"/debates/{page}").send(**{field: empty}).status_code == 422, page
