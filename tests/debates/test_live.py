"""Minutes put in order while people speak: completed, moved, split, joined, by several officers at once."""

import pytest

from consult.db import db
from debates import queries
from debates.models import Statement
from debates.operations import minuting
from debates.stages import MeetingStage
from tests.debates.makers import meeting, statement
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

JSON = {"Accept": "application/json"}


@pytest.fixture
def minutes(account):
    return meeting(account)


@pytest.fixture
def said(account, minutes):
    return [statement(account, minutes, text=text, place=None) for text in ("pierwsza", "druga", "trzecia")]


def texts(minutes):
    db.session.expire_all()
    return [one.text for one in queries.statements_of(minutes) if one.withdrawn_at is None]


def act(desk, one, verb, **fields):
    page = Page(desk, f"/debates/{one.meeting_id}/statements")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    address = f"/debates/{one.meeting_id}/statements/{one.id}/{verb}"
    return desk.post(address, data={"csrf_token": token, "version": one.version, **fields})


def line(desk, minutes, key, text, **fields):
    page = Page(desk, f"/debates/{minutes.id}/statements")
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "key": key, "kind": "threat", "text": text, "voices": "1", "speaker": "resident"}
    return desk.post(f"/debates/{minutes.id}/statements", data=sent | fields, headers=JSON)


def test_a_device_hears_the_number_of_a_line_and_sends_it_twice_without_harm(desk, minutes):
    first = line(desk, minutes, "a" * 32, "! Auta #niep x4 @s // straż sprawdzi")
    again = line(desk, minutes, "a" * 32, "! Auta #niep x4 @s // straż sprawdzi")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    only = db.session.get(Statement, first.json["id"])
    assert (only.text, only.category_code, only.voices, only.answer) == ("Auta", "parkowanie", 4, "straż sprawdzi")
    assert only.speaker == "village_head"
    assert texts(minutes) == ["Auta"]


def test_a_device_hears_in_words_why_a_line_was_not_taken(desk, minutes):
    refused = line(desk, minutes, "a" * 32, "Auta", voices="0")
    assert refused.status_code == 422
    assert refused.json["errors"] == ["Podaj liczbę od 1 do 100 000."]
    assert refused.json["faults"] == {"voices": refused.json["errors"]}
    unchosen = line(desk, minutes, "b" * 32, "Auta", **{"place-words": "Łask, Szkolna"})
    assert unchosen.status_code == 422
    assert list(unchosen.json["faults"]) == ["place"]
    assert unchosen.json["faults"]["place"] == unchosen.json["errors"] != []


def test_a_threat_may_wait_for_its_category_and_gets_it_in_the_list(desk, account, minutes):
    waiting = statement(account, minutes, category_code=None)
    assert "1 zagrożenie nie ma jeszcze kategorii" in Page(desk, f"/debates/{minutes.id}/statements").soup.main.text
    assert waiting.observation is None
    act(desk, waiting, "complete", category_code="parkowanie")
    db.session.expire_all()
    assert waiting.category_code == "parkowanie"
    assert waiting.observation is not None


@pytest.mark.parametrize(
    ("which", "fields", "order"),
    [
        (0, {}, ["druga", "pierwsza", "trzecia"]),
        (2, {"earlier": "y"}, ["pierwsza", "trzecia", "druga"]),
        (0, {"earlier": "y"}, ["pierwsza", "druga", "trzecia"]),
        (2, {}, ["pierwsza", "druga", "trzecia"]),
    ],
)
def test_a_statement_moves_by_one_and_not_past_an_end(desk, minutes, said, which, fields, order):
    act(desk, said[which], "move", **fields)
    assert texts(minutes) == order
    assert [one.position for one in queries.statements_of(minutes)] == [1, 2, 3]


def test_a_statement_is_split_and_joined_again(desk, minutes, said):
    page = Page(desk, f"/debates/{minutes.id}/statements/{said[1].id}/split")
    assert page.send(text="druga", rest="i pół", rest_category_code="").status_code == 302
    assert texts(minutes) == ["pierwsza", "druga", "i pół", "trzecia"]
    half = queries.statements_of(minutes)[2]
    act(desk, half, "join")
    assert texts(minutes) == ["pierwsza", "druga\ni pół", "trzecia"]


def test_who_corrects_second_sees_what_the_first_one_wrote_and_keeps_the_own_words(desk, account, minutes, said):
    page = Page(desk, f"/debates/{minutes.id}/statements/{said[0].id}/edit")
    minuting.correct_statement(account, said[0], **(minuting.said_of(said[0]) | {"text": "Cudze słowa"}))
    db.session.commit()
    answer = page.send(text="Moje słowa")
    assert answer.status_code == 409
    assert "Cudze słowa" in answer.text
    assert "Moje słowa" in answer.text
    assert texts(minutes)[0] == "Cudze słowa"
    assert Page(desk, f"/debates/{minutes.id}/statements/{said[0].id}/edit").send(text="Moje słowa").status_code == 302


def test_a_note_becomes_statements_once(desk, minutes):
    page = Page(desk, f"/debates/{minutes.id}/statements/paste")
    for _ in range(2):
        page.send(note="! Auta #niep x3\n\n> Lampa przy szkole\n+ Dziękujemy")
    assert texts(minutes) == ["Auta", "Lampa przy szkole", "Dziękujemy"]


def test_a_line_that_arrived_is_not_refused_when_it_is_sent_again_after_the_approval(desk, minutes):
    first = line(desk, minutes, "a" * 32, "Auta", category_code="parkowanie")
    token = Page(desk, f"/debates/{minutes.id}/statements").soup.select_one("input[name=csrf_token]")["value"]
    minutes.stage = MeetingStage.APPROVED
    db.session.commit()
    sent = {"csrf_token": token, "kind": "threat", "voices": "1", "speaker": "resident", "category_code": "parkowanie"}
    address = f"/debates/{minutes.id}/statements"
    again = desk.post(address, data=sent | {"key": "a" * 32, "text": "Auta"}, headers=JSON)
    assert (again.status_code, again.json) == (201, first.json)
    late = desk.post(address, data=sent | {"key": "b" * 32, "text": "Za późno"}, headers=JSON)
    assert late.status_code == 422
    assert "zamknięte" in late.json["errors"][0]


def test_the_key_of_another_meeting_splits_nothing(desk, account, minutes, said):
    foreign = statement(account, meeting(account, title="Inna debata"), text="cudza", place=None)
    page = Page(desk, f"/debates/{minutes.id}/statements/{said[1].id}/split")
    assert page.send(text="a", rest="b", rest_category_code="", key=foreign.key).status_code == 409
    assert texts(minutes) == ["pierwsza", "druga", "trzecia"]


def test_a_statement_is_crossed_out_once(account, minutes, said):
    for _ in range(2):
        minuting.withdraw_statement(account, said[0], reason="pomyłka")
    db.session.commit()
    assert said[0].version == 2


def test_an_open_page_learns_that_the_minutes_have_changed(desk, account, minutes, said):
    address = f"/debates/{minutes.id}/statements/state"
    before = desk.get(address).json["state"]
    assert desk.get(address).json["state"] == before
    states = {before}
    for change in (
        lambda: statement(account, minutes, place=None),
        lambda: minuting.move_statement(account, said[0], earlier=False),
        lambda: minuting.withdraw_statement(account, said[1], reason="pomyłka"),
    ):
        change()
        db.session.commit()
        states.add(desk.get(address).json["state"])
    assert len(states) == 4


def test_the_hall_sees_what_was_written_last_and_the_page_refreshes_itself(desk, minutes, said):
    shown = desk.get(f"/debates/{minutes.id}/projector")
    assert "trzecia" in shown.text
    assert shown.headers["Refresh"] == "10"
    assert "Refresh" not in desk.get(f"/debates/{minutes.id}/projector?still=1").headers


def test_signing_out_empties_what_the_device_kept(desk, minutes):
    token = Page(desk, f"/debates/{minutes.id}/statements").soup.select_one("input[name=csrf_token]")["value"]
    answer = desk.post("/accounts/sign-out", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_offers_name_places_of_the_districts_and_categories(desk, minutes):
    token = Page(desk, f"/debates/{minutes.id}/statements").soup.select_one("input[name=csrf_token]")["value"]
    asked = {"csrf_token": token, "text": "Auta na chodniku"}
    found = desk.post(f"/debates/{minutes.id}/offers", data=asked).json
    assert set(found) == {"places", "categories"}
    assert "parkowanie" in [one["code"] for one in found["categories"]]


def test_words_for_a_statement_that_somebody_crossed_out_are_kept_and_saved_as_a_new_one(desk, account, minutes, said):
    address = f"/debates/{minutes.id}/statements/{said[1].id}"
    page, parted = Page(desk, f"{address}/edit"), Page(desk, f"{address}/split")
    minuting.withdraw_statement(account, said[1], reason="Zapisano dwa razy")
    db.session.commit()
    answer = page.send(text="Moje słowa", voices="7")
    assert answer.status_code == 409
    kept = Page.of(desk, f"{address}/write-again", answer)
    assert "Zapisano dwa razy" in kept.soup.main.text
    assert (kept.fields()["text"].strip(), kept.fields()["voices"]) == ("Moje słowa", "7")
    assert texts(minutes) == ["pierwsza", "trzecia"], "nothing is written before it is asked for"
    for _ in range(2):
        assert kept.send().status_code == 302
    assert texts(minutes) == ["pierwsza", "trzecia", "Moje słowa"]
    both = parted.send(text="jedno", rest="drugie", rest_category_code="")
    assert both.status_code == 409
    assert Page.of(desk, "", both).fields()["text"].strip() == "jedno\ndrugie"
    assert Page.of(desk, f"{address}/write-again", answer).send(text="").status_code == 422


def test_words_typed_with_marks_of_a_note_are_saved_as_they_stand(desk, account, minutes, said):
    minuting.withdraw_statement(account, said[0], reason="pomyłka")
    db.session.commit()
    address = f"/debates/{minutes.id}/statements/{said[0].id}/write-again"
    assert Page(desk, address).send(text="! Pies x12 // na smyczy").status_code == 302
    assert texts(minutes)[-1] == "! Pies x12 // na smyczy"


@pytest.mark.parametrize("verb", ["complete", "move", "join", "withdraw", "withhold", "release"])
def test_whatever_else_is_done_to_a_crossed_out_statement_leads_to_the_minutes_and_says_why(
    desk, account, minutes, said, verb
):
    token = Page(desk, f"/debates/{minutes.id}/statements").fields()["csrf_token"]
    minuting.withdraw_statement(account, said[1], reason="Zapisano dwa razy")
    db.session.commit()
    answer = desk.post(f"/debates/{minutes.id}/statements/{said[1].id}/{verb}", data={"csrf_token": token})
    assert answer.location == f"/debates/{minutes.id}/statements"
    assert "Zapisano dwa razy" in Page(desk, answer.location).text


@pytest.mark.parametrize("field", ["text", "answer"])
def test_two_statements_that_would_be_too_long_together_are_not_joined(desk, account, minutes, said, field):
    for one in said[:2]:
        minuting.correct_statement(account, one, **(minuting.said_of(one) | {field: "ż" * 1000}))
    db.session.commit()
    before = texts(minutes)
    act(desk, said[1], "join")
    assert texts(minutes) == before, "1,000 + 1,000 and the end of a line"
    minuting.correct_statement(account, said[1], **(minuting.said_of(said[1]) | {field: "ż" * 999}))
    db.session.commit()
    act(desk, said[1], "join")
    assert len(texts(minutes)) == 2
    assert Page(desk, f"/debates/{minutes.id}/statements/{said[0].id}/edit").send().status_code == 302
