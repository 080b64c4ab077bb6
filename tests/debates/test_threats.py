"""A request hears of its threat: shown beside it, and a hint when the threat has changed; nothing follows by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consult.clock import now, retelling
from consult.db import db
from consult.period import Period
from consult.summaries import queries as summaries
from consult.threats import queries as threats
from consult.threats import response
from consult.threats.workflow import Status
from debates import hinting
from debates.models import ThreatHint
from debates.notes import StatementKind
from debates.outcomes import ProposalStatus
from tests.debates.makers import answer, meeting, proposal, statement
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

LATER = timedelta(minutes=5)


@pytest.fixture
def said(account):
    return statement(account, meeting(account), "Auta na chodniku", kind=StatementKind.PROPOSAL)


@pytest.fixture
def asked(account, said):
    return proposal(account, said.meeting, statement=said)


@pytest.fixture
def threat(asked):
    hinting.follow(now() + LATER)  # the first reading only finds where to begin
    db.session.commit()
    return threats.of_observation(asked.statement.observation)


def change(threat, *states, after=timedelta()):
    with retelling(now() + after):
        for state in states:
            response.change_status(threat, state, "Sprawdzono i usunięto.", 7)
    db.session.commit()


def follow(after=LATER):
    noted = hinting.follow(now() + after)
    db.session.commit()
    return noted


def test_a_change_is_noted_once_and_asks_whether_the_request_was_done(desk, asked, threat):
    change(threat, Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED)
    assert [follow(), follow()] == [3, 0]
    assert asked.hint.after is Status.ELIMINATED
    assert asked.status is ProposalStatus.OPEN
    for address in (f"/debates/proposals/{asked.id}", "/debates/proposals", f"/debates/{asked.meeting_id}"):
        assert len(Page(desk, address).soup.select(".govuk-inset-text")) == 1, address


def test_the_hint_goes_when_somebody_writes_what_became_of_the_request(desk, account, asked, threat):
    change(threat, Status.IN_VERIFICATION, after=timedelta(minutes=-1))
    follow()
    assert asked.hint is not None
    answer(account, asked)
    db.session.expire_all()
    assert asked.hint is None


def test_a_change_that_may_still_have_an_earlier_one_is_read_later(asked, threat):
    change(threat, Status.IN_VERIFICATION)
    assert [follow(timedelta()), follow()] == [0, 1]


def test_a_run_that_dies_is_done_anew(asked, threat):
    change(threat, Status.IN_VERIFICATION)
    hinting.follow(now() + LATER)
    db.session.rollback()
    assert follow() == 1
    assert db.session.scalar(select(func.count(ThreatHint.id))) == 1


def test_what_happened_before_the_first_reading_is_no_news(asked):
    change(threats.of_observation(asked.statement.observation), Status.IN_VERIFICATION)
    assert [follow(), follow()] == [0, 0]


def test_the_police_see_the_threat_that_a_statement_feeds(desk, asked, threat):
    for address in (f"/debates/{asked.meeting_id}", f"/debates/proposals/{asked.id}"):
        assert Page(desk, address).soup.select_one(f'main a[href="/threats/{threat.id}"]'), address


def test_everybody_sees_the_threat_only_where_it_is_public(client, asked, threat):
    link = f'main a[href="/threats/{threat.id}"]'
    assert Page(client, "/proposals").soup.select_one(link)
    change(threat, Status.IN_VERIFICATION, Status.CONFIRMED)
    change(threat, Status.ELIMINATED, after=timedelta(days=-31))
    assert not Page(client, "/proposals").soup.select_one(link)


def test_a_protected_threat_stands_on_no_public_page(client, account):
    said = statement(account, meeting(account), "Pomoc", category_code="bezdomny_pomoc")
    number = threats.of_observation(said.observation).id
    proposal(account, said.meeting, statement=said)
    assert f"/threats/{number}" not in Page(client, "/proposals").text


def test_what_staff_put_under_a_protected_category_is_withheld_everywhere(client, account, asked, threat):
    asked.text = asked.answer = "ZNAK"
    asked.status = ProposalStatus.DONE
    db.session.commit()
    shown = ("/proposals", "/proposals.atom", "/api/proposals", "/police/10/1003/priorities", "/districts/1003")
    assert "ZNAK" in client.get("/proposals").text
    threat.category_code = threat.chosen_category_code = "bezdomny_pomoc"
    db.session.commit()
    assert not asked.words_are_public
    for address in shown:
        assert "ZNAK" not in client.get(address).text, address
    (row,) = summaries._proposals("1003", Period.parse("2026"))
    assert row.is_withheld
