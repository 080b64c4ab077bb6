"""What lies outside a scope is not there, and the trail tells who asked for it."""

import pytest
from bs4 import BeautifulSoup

from consult.audit import queries as audit
from consult.audit import words
from consult.db import db
from consult.threats import queries
from consult.threats.workflow import Status
from tests.accounts.makers import head, officer, sign_in, unit
from tests.debates import makers as debates
from tests.factories import admit
from tests.pages import Page


@pytest.fixture
def foreign(world):
    """A threat and a debate in the district of Łask, and an officer of Pabianice, who has nothing to do with them."""
    threat = queries.of_observation(admit("parkowanie"))
    chief = head()
    meeting = debates.meeting(officer())
    stranger = officer(unit("1008", "KPP w Pabianicach"))
    db.session.commit()
    return threat.id, meeting.id, chief, stranger


def shown(response):
    return BeautifulSoup(response.text, "html.parser").main.get_text(" ", strip=True)


def denied(kind, number):
    return [entry for entry in audit.of_object(kind, number) if entry.act == "denied"]


def test_s51_a_status_change_on_a_foreign_threat_is_404_and_stands_in_the_trail(client, foreign):
    number, _meeting, _chief, stranger = foreign
    sign_in(client, stranger)
    token = Page(client, "/today").soup.find("input", {"name": "csrf_token"})["value"]
    told = {"status": "joke", "answer": "x", "key": "a" * 32, "csrf_token": token}
    refused = client.post(f"/threats/{number}/status", data=told)
    nowhere = client.post("/threats/99999999/status", data=told)
    assert refused.status_code == nowhere.status_code == 404
    assert shown(refused) == shown(nowhere)
    assert queries.threat(number).status is Status.NEW
    (entry,) = denied("threat", number)
    assert entry.actor_id == stranger.id
    assert entry.detail == {"action": "decide", "method": "POST"}
    assert denied("threat", 99999999) == []


def test_s51_both_heads_read_of_it(client, elsewhere, foreign):
    _threat, meeting, chief, stranger = foreign
    sign_in(client, stranger)
    assert client.get(f"/debates/{meeting}/statements").status_code == 404
    (entry,) = denied("meeting", meeting)
    assert (entry.actor_id, entry.unit_path, entry.detail["method"]) == (stranger.id, chief.unit_path, "GET")
    other = elsewhere()
    other.set_cookie("language", "en")
    page = Page(sign_in(other, chief), "/audit?act=denied").soup
    assert "asked for what lies outside the own scope or role" in page.find("tbody").text
    assert stranger.email in page.find("tbody").text


def test_a_page_of_another_role_is_403_and_noted_by_its_name(client, foreign):
    _threat, _meeting, _chief, stranger = foreign
    sign_in(client, stranger)
    assert client.get("/audit").status_code == 403
    (entry,) = denied("page", "audit.index")
    assert (entry.actor_id, entry.unit_path) == (stranger.id, stranger.unit_path)


def test_whoever_is_not_signed_in_leaves_no_entry(client, foreign):
    number, _meeting, _chief, _stranger = foreign
    before = audit.count()
    assert client.post(f"/threats/{number}/status").status_code in {302, 400, 404}
    assert client.get("/audit").status_code == 302
    assert audit.count() == before


def test_what_is_one_s_own_is_no_denial(client, foreign):
    _threat, meeting, chief, _stranger = foreign
    sign_in(client, chief)
    assert client.get(f"/debates/{meeting}/statements").status_code == 200
    assert denied("meeting", meeting) == []


def test_what_the_code_denies_has_words(world):
    for kind in ("threat", "meeting", "proposal", "proposal_change", "commitment", "account", "survey",
                 "paper_form", "recategorisation", "online_report", "allocation_sheet", "page"):  # fmt: skip
        assert kind in words.KINDS, kind
