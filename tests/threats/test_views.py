"""Pages of the heart: what everyone sees, what the own unit sees, and who may decide."""

import json
from datetime import timedelta

import pytest

from consult.clock import now
from consult.db import db
from consult.period import Period
from consult.threats import joining, operations, queries, releasing
from consult.threats.models import Suggestion
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

SECRET = "words that a resident wrote"


def threat_of(observation):
    return queries.of_observation(observation)


def another(client):
    """A browser of somebody else."""
    return client.application.test_client()


def recent(category="parkowanie", **more):
    return admit(category, when=now() - timedelta(days=3), **more)


def collection(client, query=""):
    return json.loads(client.get(f"/threats.geojson{query}").text)["features"]


def test_everyone_sees_a_threat_of_an_exact_category_but_not_the_words(client):
    threat = threat_of(recent(text=SECRET))
    page = Page(client, f"/threats/{threat.id}")
    assert "Nieprawidłowe parkowanie" in page.text
    assert SECRET not in page.text
    assert [feature["id"] for feature in collection(client)] == [threat.id]


@pytest.mark.parametrize("category", ["srodki_odurzajace", "bezdomny_pomoc"])
def test_nobody_outside_sees_a_threat_of_a_protected_category(client, category):
    threat = threat_of(recent(category, text=SECRET))
    assert client.get(f"/threats/{threat.id}").status_code == 404
    assert collection(client) == []
    assert f"/threats/{threat.id}" not in Page(client, "/threats").text


def test_the_own_unit_sees_the_voices_and_another_unit_does_not(client):
    threat = threat_of(recent("srodki_odurzajace", text=SECRET))
    assert sign_in(another(client), officer(unit("1019"))).get(f"/threats/{threat.id}").status_code == 404
    assert SECRET in Page(sign_in(client, officer(unit("1003"))), f"/threats/{threat.id}").text


def test_the_own_unit_reads_how_near_a_border_a_threat_lies(client):
    near, inside = queries.of_observation(admit(at=metres_away(9_975, 0))), queries.of_observation(admit())
    db.session.commit()
    sign_in(client, officer(unit("1003")))
    assert "Blisko granicy: powiat powiat zduńskowolski" in Page(client, f"/threats/{near.id}").text
    assert "Blisko granicy" not in Page(client, f"/threats/{inside.id}").text


def test_an_administrator_reads_no_words_of_residents(client):
    threat = threat_of(recent(text=SECRET))
    sign_in(client, administrator(unit("1003")))
    assert SECRET not in Page(client, f"/threats/{threat.id}").text


def test_an_officer_changes_the_status_and_residents_read_the_answer(client):
    threat = threat_of(recent())
    sign_in(client, officer(unit("1003")))
    answer = Page(client, f"/threats/{threat.id}/status").send(
        after="in_verification", reason="Sprawdzamy w tym tygodniu."
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert threat.status is Status.IN_VERIFICATION
    assert "Sprawdzamy w tym tygodniu." in Page(client, f"/threats/{threat.id}").text


@pytest.mark.parametrize("page", ["status", "voices/{voice}/detach", "voices/{voice}/move"])
def test_nobody_decides_about_another_units_threat(client, page):
    observation = recent()
    threat = threat_of(observation)
    path = f"/threats/{threat.id}/{page.format(voice=observation.id)}"
    assert sign_in(another(client), officer(unit("1019"))).get(path).status_code == 404
    assert sign_in(client, coordinator(unit("1003"))).get(path).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    threat = threat_of(recent())
    answer = client.get(f"/threats/{threat.id}/status")
    assert answer.status_code == 302
    assert "/accounts/sign-in" in answer.location


def test_a_voice_is_taken_out_on_a_page(client):
    recent()
    second = recent(at=metres_away(3, 0))
    threat = threat_of(second)
    sign_in(client, officer(unit("1003")))
    answer = Page(client, f"/threats/{threat.id}/voices/{second.id}/detach").send(reason="inne miejsce")
    assert answer.status_code == 302
    assert threat_of(second).id != threat.id


def test_a_voice_is_moved_to_another_threat_of_the_area_and_nowhere_else(client):
    here, there, abroad = recent(), recent(at=metres_away(2_000, 0)), recent(at=metres_away(15_000, 0))
    threat = threat_of(here)
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/threats/{threat.id}/voices/{here.id}/move")
    assert page.send(threat_id=threat_of(abroad).id, reason="to samo").status_code == 422
    assert page.send(threat_id=threat_of(there).id, reason="to samo").status_code == 302
    assert threat_of(here).id == threat_of(there).id


def test_a_threat_that_leads_on_redirects(client):
    here, there = recent(), recent(at=metres_away(2_000, 0))
    old, new = threat_of(here), threat_of(there)
    operations.move(here, new, 1, "the same")
    answer = client.get(f"/threats/{old.id}")
    assert (answer.status_code, answer.location) == (301, f"/threats/{new.id}")


def test_a_suggestion_is_accepted_or_kept_apart(client):
    for base in (0, 2_000):
        admit("parkowanie", at=metres_away(base, 0), when=now() - timedelta(days=44))
        admit("parkowanie", at=metres_away(base + 95, 0), when=now() - timedelta(days=4))
    one, other = db.session.scalars(db.select(Suggestion).order_by(Suggestion.id)).all()
    wanted, refused = (one.observation, one.threat_id), (other.observation, other.threat_id)
    sign_in(client, officer(unit("1003")))
    page = Page(client, "/threats/suggestions")
    assert page.send(to=f"/threats/suggestions/{one.id}/accept").status_code == 302
    assert page.send(to=f"/threats/suggestions/{other.id}/keep-apart").status_code == 302
    assert threat_of(wanted[0]).id == wanted[1]
    assert threat_of(refused[0]).id != refused[1]
    assert "2" not in Page(client, "/threats/suggestions").soup.h1.text


def test_the_list_and_the_map_have_the_same_content(client):
    for k in range(3):
        recent(at=metres_away(k * 1_000, 0))
    recent("alkohol")
    listed = {
        int(item["data-feature-id"])
        for item in Page(client, "/threats?category=parkowanie").soup.select("[data-feature-id]")
    }
    assert listed == {feature["id"] for feature in collection(client, "?category=parkowanie")}
    assert len(listed) == 3


@pytest.mark.parametrize(
    "query",
    [
        "?district=%27%3B--",
        "?bbox=1,2,3",
        "?bbox=nan,0,1,1",
        "?from=31-12-2026",
        "?status=none",
        "?page=-4",
        "?period=2026-Q9",
        "?page=99999999999999999999",
    ],
)
def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(client, query):
    recent()
    assert client.get(f"/threats{query}").status_code == 200
    assert client.get(f"/threats.geojson{query}").status_code == 200


def test_closed_threats_leave_the_public_map_after_their_days(client):
    threat = threat_of(recent())
    for after in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED):
        operations.change_status(threat, after, "done", 1)
    assert len(collection(client)) == 1
    threat.status_at = now() - timedelta(days=31)
    db.session.flush()
    assert collection(client) == []


def test_pages_with_many_threats_ask_no_more_questions_than_with_few(client, queries_counted):
    recent()
    few = queries_counted(lambda: client.get("/threats"))
    for k in range(12):
        recent(at=metres_away(k * 700, 500), text=str(k))
    assert queries_counted(lambda: client.get("/threats")) <= few


def test_the_drawn_map_shows_public_threats_and_no_others(client):
    recent()
    recent("srodki_odurzajace", at=metres_away(3_000, 0))
    answer = client.get("/threats/map.svg?district=1003")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.text.count("<title>Nowe</title>") == 1


def test_the_drawn_map_of_an_unknown_district_is_no_error(client):
    assert client.get("/threats/map.svg?district=9999").status_code == 200


@pytest.mark.parametrize(
    ("protected", "shown"), [("znecanie_zwierzeta", "bezpanskie_psy"), ("srodki_odurzajace", "alkohol")]
)
def test_a_report_of_another_kind_never_publishes_nor_hides_a_neighbour(client, protected, shown):
    """Joining crosses no line between what is shown one by one and what is not, whoever is in the majority."""
    victim = recent(protected, text=SECRET)
    other = recent(shown, at=metres_away(10, 0))
    recent(protected, at=metres_away(5, 0))
    assert threat_of(victim).id != threat_of(other).id
    joining.join()
    assert threat_of(victim).id != threat_of(other).id
    assert [feature["id"] for feature in collection(client)] == [threat_of(other).id]


def test_not_even_a_person_moves_a_protected_voice_into_a_public_threat(client):
    hidden, shown = recent("srodki_odurzajace"), recent("alkohol", at=metres_away(10, 0))
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/threats/{threat_of(hidden).id}/voices/{hidden.id}/move")
    assert page.send(threat_id=threat_of(shown).id, reason="to samo").status_code == 422
    assert threat_of(hidden).id != threat_of(shown).id


def test_protected_counts_stand_for_one_district_only_and_as_they_were_released(client):
    for k in range(7):
        admit("srodki_odurzajace", at=metres_away(k * 1_200, 0))
    assert Page(client, "/threats?district=1003").soup.select_one("#unplaced") is None
    releasing.write_month(Period.parse("2026-07"))
    shown = Page(client, "/threats?district=1003").soup.select_one("#unplaced").find_parent("section")
    assert [row.td.text.strip() for row in shown.select("tbody tr")] == ["0", "0", "7", "0"]
    for wider in ("/threats", "/threats?district=10"):
        assert Page(client, wider).soup.select_one("#unplaced") is None


def test_a_suggestion_across_a_border_needs_both_units(client):
    admit("parkowanie", at=metres_away(9_950, 0), when=now() - timedelta(days=44))
    admit("parkowanie", at=metres_away(10_045, 0), when=now() - timedelta(days=4))
    (waiting,) = db.session.scalars(db.select(Suggestion)).all()
    page = Page(sign_in(client, officer(unit("1003"))), "/threats/suggestions")
    token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    assert client.post(f"/threats/suggestions/{waiting.id}/accept", data={"csrf_token": token}).status_code == 404


def test_a_suggestion_to_a_threat_that_nobody_speaks_of_any_more_is_gone(client):
    first = admit("parkowanie", when=now() - timedelta(days=44))
    admit("parkowanie", at=metres_away(95, 0), when=now() - timedelta(days=4))
    operations.withdraw(first, 0, "withdrawn")
    assert not db.session.scalars(db.select(Suggestion)).all()


@pytest.mark.parametrize("name", ["category", "status", "plane", "district"])
def test_a_nul_in_the_address_is_nonsense_like_any_other(client, name):
    """PostgreSQL takes no NUL; the page must not depend on which database is behind it."""
    for page in ("/threats", "/threats.geojson", "/threats/map.svg"):
        assert client.get(f"{page}?{name}=%00").status_code == 200
