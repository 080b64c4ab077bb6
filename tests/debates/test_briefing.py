"""The briefing says what the map and earlier debates know, neither more nor less, on two sheets of paper."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import retelling
from consult.db import db
from consult.geo import Place
from consult.observations.models import Observation, Plane
from consult.threats import queries as threats
from consult.threats import response
from consult.threats.workflow import Status
from debates.briefing import Told, changed, standing
from debates.material import areas_of, briefing_of
from debates.models import MeetingKind, MeetingLevel
from debates.operations import asking
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.debates.makers import answer, meeting, planned, proposal
from tests.factories import LASK, admit, looked, metres_away
from tests.pages import Page

BEFORE_ALL = datetime(2026, 5, 1, 8, tzinfo=UTC)
HELD = date(2026, 7, 15)
BETWEEN = datetime(2026, 8, 1, 8, tzinfo=UTC)
MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)


def seen(category, at, moment, voices=1, plane=Plane.ONLINE):
    """Several people see one thing at one place; gives its threat."""
    with retelling(moment):
        for number in range(voices):
            made = admit(
                category, at=at, when=moment, key=f"{category} {at} {number}", plane=plane, voice_key=str(number)
            )
    db.session.commit()
    return threats.of_observation(db.session.get(Observation, made.id))


def moved(threat, moment, *states):
    """Let the police lead a threat through states, each with a reason."""
    with retelling(moment):
        for state in states:
            response.change_status(threat, state, f"Stan: {state}", 7)
    db.session.commit()


@pytest.fixture
def told(account):
    """A district with an earlier debate, threats of three kinds, a request and a promise, and a debate to come."""
    with retelling(BEFORE_ALL):
        earlier = meeting(account, "Debata wiosenna", held_on=HELD)
    parking = seen("parkowanie", LASK, BEFORE_ALL, voices=3)
    speed = seen("predkosc", metres_away(3_000, 0), BETWEEN, voices=2, plane=Plane.DIRECT_CONTACT)
    begging = seen("zebractwo", metres_away(0, 3_000), BETWEEN)
    done = seen("dzikie_wysypiska", metres_away(-3_000, 0), BEFORE_ALL)
    moved(done, BETWEEN, Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED)
    with retelling(BETWEEN):
        looked(parking)
        asked = proposal(account, earlier, "Próg przy szkole", due_on=date(2026, 8, 15))
        kept = proposal(account, earlier, "Lampa przy przejściu")
        answer(account, kept, answer="Lampa stoi.")
        asking.record_commitment(
            account, asked, key="c" * 32, who="Zarządca drogi", what="pomiar ruchu", due_on=date(2026, 8, 20)
        )
        db.session.commit()
    with retelling(MORNING):
        yield {
            "coming": planned(account, kind=MeetingKind.EVALUATING_DEBATE, previous_id=earlier.id),
            "parking": parking, "speed": speed, "begging": begging, "done": done,
        }  # fmt: skip


def test_the_figures_are_those_of_the_map(told):
    made = briefing_of(told["coming"])
    assert [one.threat_id for one in made.threats] == [told[name].id for name in ("parking", "speed", "begging")]
    first, second, third = made.threats
    assert (first.independent, first.from_online, first.from_contact, first.checks, first.did) == (3, 3, 0, 1, "")
    assert (second.from_contact, second.since) == (2, date(2026, 8, 1))
    assert [one.is_protected for one in (first, second, third)] == [False, False, True]
    assert made.has_protected


def test_changes_are_those_since_the_debate_before(told):
    changes = briefing_of(told["coming"]).changes
    assert [one.threat_id for one in changes.new] == [told["speed"].id, told["begging"].id]
    assert [one.threat_id for one in changes.settled] == [told["done"].id]
    assert changes.back == ()


def test_requests_and_promises_come_with_their_days(told):
    made = briefing_of(told["coming"])
    assert [(one.text, one.is_overdue) for one in made.open] == [("Próg przy szkole", True)]
    assert [(one.who, one.is_overdue) for one in made.promised] == [("Zarządca drogi", True)]
    assert {one.text: one.answer for one in made.requests} == {
        "Próg przy szkole": "",
        "Lampa przy przejściu": "Lampa stoi.",
    }


def test_an_evaluating_debate_opens_with_what_became_of_requests(told, desk):
    text = Page(desk, f"/debates/{told['coming'].id}/briefing").soup.main.text
    headings = [one.text for one in Page(desk, f"/debates/{told['coming'].id}/briefing").soup.main.find_all("h2")]
    assert headings[0] == "Realizacja wcześniejszych wniosków"
    for words in ("Tylko dla Policji", "chronione: nie podawaj miejsca", "Lampa stoi.", "po terminie od 15 sierpnia"):
        assert words in text


def test_where_nothing_is_known_the_briefing_says_so(desk, account):
    with retelling(MORNING):
        one = planned(account)
        made = briefing_of(one)
        assert (made.threats, made.changes, made.open, made.promised, made.requests) == ((), None, (), (), ())
        text = Page(desk, f"/debates/{one.id}/briefing").soup.main.text
        assert "Nie znaczy to, że ich nie ma" in text
        assert "nie ma z czym porównać" in text


def test_a_debate_of_a_commune_is_about_the_commune_of_its_venue(account):
    with retelling(MORNING):
        wide = planned(account, place=Place.point(*LASK), level=MeetingLevel.DISTRICT)
        unplaced = planned(account)
        near = planned(account, place=Place.point(*LASK))
        assert areas_of(wide) == areas_of(unplaced) == ("1003",)
        assert areas_of(near)[0].startswith("1003")


def test_the_paper_has_two_pages_however_much_there_is_and_the_trail_tells_of_it(told, desk, account):
    for number in range(12):
        seen("parkowanie", metres_away(400 * number - 2_000, 2_000), BETWEEN)
    for number in range(12):
        asked = proposal(account, told["coming"].previous, f"{number}. " + "Bardzo długi wniosek mieszkańców. " * 12)
        answer(account, asked, answer="Bardzo długa odpowiedź gminy. " * 12)
        proposal(account, told["coming"].previous, f"{number}. " + "Następny długi wniosek mieszkańców. " * 12)
    found = desk.get(f"/debates/{told['coming'].id}/briefing.pdf")
    assert found.mimetype == "application/pdf"
    assert found.headers["Cache-Control"] == "no-store"
    pages = PdfReader(BytesIO(found.data)).pages
    assert len(pages) <= 2
    assert "Tylko dla Policji" in pages[0].extract_text()
    noted = select(func.count(AuditEntry.id)).where(AuditEntry.object_kind == "briefing")
    assert db.session.scalar(noted) == 1


def test_the_unit_of_a_debate_sees_who_took_its_briefing_along(told, client):
    sign_in(client, coordinator(unit("10")))
    assert client.get(f"/debates/{told['coming'].id}/briefing.pdf").status_code == 200
    (noted,) = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "briefing"))
    assert noted.unit_path == told["coming"].unit_path


def test_a_briefing_is_for_the_police_of_the_unit(told, client):
    address = f"/debates/{told['coming'].id}/briefing"
    for page in (address, f"{address}.pdf"):
        assert client.get(page).status_code == 302  # to the sign-in
    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli"), email="obcy@example.pl"))
    assert client.get(address).status_code == client.get(f"{address}.pdf").status_code == 404


def test_an_administrator_of_accounts_reads_no_briefing(told, client):
    sign_in(client, administrator())
    assert client.get(f"/debates/{told['coming'].id}/briefing").status_code in {403, 404}


moments = st.integers(0, 100).map(lambda days: BEFORE_ALL + timedelta(days=days))


@st.composite
def some_threat(draw):
    created, arrived, changed_at = draw(moments), draw(moments), draw(moments)
    return Told(
        draw(st.integers(1, 10**6)), "parkowanie", "", draw(st.sampled_from(Status)), False, draw(st.integers(1, 9)),
        0, 0, 1, created.date(), "", 0, created, max(arrived, created), changed_at,
    )  # fmt: skip


@given(st.lists(some_threat(), unique_by=lambda one: one.threat_id), moments)
def test_a_threat_stands_in_one_list_of_changes_at_most(found, since):
    changes = changed(found, since)
    lists = [one.threat_id for part in (changes.new, changes.settled, changes.back) for one in part]
    assert len(lists) == len(set(lists))
    assert {one.threat_id for one in (*changes.new, *changes.back)} <= {one.threat_id for one in standing(found)}


def test_shares_are_told_from_ten_observations_on():
    few = Told(1, "", "", Status.NEW, False, 1, 0, 3, 6, HELD, "", 0, MORNING, MORNING, MORNING)
    many = Told(1, "", "", Status.NEW, False, 1, 0, 5, 15, HELD, "", 0, MORNING, MORNING, MORNING)
    assert few.share(3) is None
    assert (many.share(5), many.share(15)) == (25, 75)
