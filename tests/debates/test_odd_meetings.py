"""Debates unlike the usual one, written down through the pages: each fits, with no field false, empty by force or twice."""

import pytest
from sqlalchemy import func, select

from consult.clock import today
from consult.db import db
from consult.observations.models import Observation
from consult.period import Period
from consult.summaries import published
from consult.summaries import queries as summaries
from consult.threats.models import Threat
from debates import queries
from debates.models import AddresseeKind, Meeting, MeetingKind, Proposal, Statement
from debates.notes import SpeakerRole, StatementKind
from debates.operations import approving, convening
from debates.outcomes import ProposalStatus
from debates.stages import MeetingStage
from tests.accounts.makers import head
from tests.factories import LASK
from tests.pages import Page

POINT = f'{{"type": "Point", "coordinates": [{LASK[0]}, {LASK[1]}]}}'
RECORD = {"kind": "opening_debate", "level": "commune", "title": "Debata w Łasku", "held_on": "2026-07-15"}
QUARTER = Period.parse("2026-Q3")


@pytest.fixture
def held(desk):
    """Write a meeting down on its page, with nothing beside what is said here."""

    def write(**facts):
        answer = Page(desk, "/debates/new").send(**{**RECORD, **facts})
        assert answer.status_code == 302, answer.text
        return db.session.scalars(select(Meeting).order_by(Meeting.id.desc())).first()

    return write


@pytest.fixture
def say(desk):
    """Write down on the page what was said."""

    def write(meeting, text, **facts):
        said = {"kind": "threat", "category_code": "parkowanie", "text": text, **facts}
        answer = Page(desk, f"/debates/{meeting.id}/statements").send(**said)
        assert answer.status_code == 302, answer.text
        return db.session.scalars(select(Statement).order_by(Statement.id.desc())).first()

    return write


def approved(meeting, account):
    """Bring minutes to everybody, as officer and head do."""
    made = db.session.get(Meeting, meeting.id)
    assert queries.hindrances(made) == []
    convening.change_stage(account, made, MeetingStage.CORRECTING)
    approving.approve(head(), made)
    db.session.commit()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_one_resident_came_and_nobody_reads_whose_words_they_are(desk, client, account, held, say):
    meeting = held(residents="1")
    say(meeting, "Sąsiad parkuje na chodniku", place=POINT)
    assert meeting.residents == 1
    assert count(Observation) == 1, "the voice counts on the map"
    approved(meeting, account)
    page = client.get(f"/debates/{meeting.id}/minutes")
    assert page.status_code == 200
    assert "Sąsiad parkuje" not in page.text
    assert "Sąsiad parkuje" in desk.get(f"/debates/{meeting.id}").text


def test_nobody_asked_for_anything_and_the_minutes_are_whole_all_the_same(desk, client, account, held, say):
    meeting = held(residents="40")
    say(meeting, "Dziękujemy za patrole", kind="praise", category_code="")
    approved(meeting, account)
    assert count(Proposal) == 0
    for url in (f"/debates/{meeting.id}", f"/debates/{meeting.id}/minutes", "/proposals"):
        assert client.get(url).status_code == 200
    assert client.get(f"/debates/{meeting.id}/minutes.pdf").data.startswith(b"%PDF")


def test_a_hundred_and_fifty_two_pupils_speak_with_hands_and_without_names(desk, account, held, say):
    meeting = held(kind="school", level="local", title="Szkoła nr 1", residents="152")
    said = say(meeting, "Auta pędzą pod szkołą", category_code="predkosc", voices="152", place=POINT)
    assert (meeting.kind, meeting.residents, said.voices) == (MeetingKind.SCHOOL, 152, 152)
    seen = db.session.scalars(select(Observation)).one()
    assert seen.voices == 152
    threat = db.session.scalars(select(Threat)).one()
    assert threat.independent == 1, "a show of hands is one voice with its number beside it"
    assert "152" in Page(desk, f"/debates/{meeting.id}").soup.main.text
    assert (meeting.starts_at, meeting.previous_id, meeting.questionnaires, meeting.series) == (None, None, None, "")


def test_the_mayor_answers_on_the_spot_and_later_and_is_called_what_he_is(desk, client, account, held, say):
    meeting = held(officials="wójt gminy")
    asked = say(meeting, "Droga jest dziurawa", kind="proposal", category_code="", answer="Wójt: załatamy do września.")
    reply = say(meeting, "Droga należy do powiatu @w", kind="information", category_code="")
    assert (reply.speaker, reply.text) == (SpeakerRole.LOCAL_GOVERNMENT, "Droga należy do powiatu")
    Page(desk, f"/debates/{meeting.id}/proposals/new").send(
        text=asked.text, addressee="commune", addressee_name="Wójt gminy Widawa"
    )
    wanted = db.session.scalars(select(Proposal)).one()
    answered = Page(desk, f"/debates/proposals/{wanted.id}/answer").send(
        after="done", answer="Droga jest naprawiona.", answered_by="Wójt gminy Widawa"
    )
    assert answered.status_code == 302
    wanted = db.session.scalars(select(Proposal)).one()
    assert (wanted.addressee, wanted.addressee_name, wanted.status) == (
        AddresseeKind.COMMUNE,
        "Wójt gminy Widawa",
        ProposalStatus.DONE,
    )
    assert wanted.newest.answered_by == "Wójt gminy Widawa"
    approved(meeting, account)
    text = client.get(f"/debates/{meeting.id}/minutes").text
    assert "Wójt: załatamy do września." in text
    assert "Wójt gminy Widawa" in client.get("/proposals").text


def test_five_debates_of_one_week_and_series_stand_apart_and_on_one_threat(desk, account, held, say):
    days = range(6, 11)
    for day in days:
        meeting = held(title=f"Debata {day}", held_on=f"2026-07-{day:02}", series="Tydzień bezpieczeństwa")
        say(meeting, "Auta na chodniku przy szkole", place=POINT)
    made = db.session.scalars(select(Meeting).order_by(Meeting.held_on)).all()
    assert [one.held_on.day for one in made] == list(days)
    assert {one.series for one in made} == {"Tydzień bezpieczeństwa"}
    assert [[said.position for said in one.statements] for one in made] == [[1]] * 5
    threat = db.session.scalars(select(Threat)).one()
    assert (threat.observations, threat.independent) == (5, 5)
    shown = desk.get("/debates").text
    assert all(shown.count(f">Debata {day}<") == 1 for day in days)


def test_one_debate_in_two_districts_counts_in_each_and_once_in_all(desk, client, account, held, say):
    meeting = held(district_codes=["1003", "1019"], residents="30", title="Debata na granicy")
    said = say(meeting, "Próg na granicy powiatów", kind="proposal", place=POINT)
    Page(desk, f"/debates/{meeting.id}/proposals/new").send(text=said.text, addressee="district")
    approved(meeting, account)
    assert meeting.district_codes == ("1003", "1019")
    for code in meeting.district_codes:
        page = Page(client, f"/districts/{code}").soup.main.text
        assert page.count("Debata na granicy") >= 1
        current = summaries.current(code, QUARTER)
        assert current.key_figures["meetings"].value == 1
        assert current.key_figures["residents"].value == 30
        assert current.limits.shared_meetings == 1
        assert len(current.meetings) == 1
    assert "meetings" not in published.SUMMED, "no total adds up what counts in two districts"
    assert "residents" not in published.SUMMED
    assert (count(Meeting), count(Statement), count(Observation), count(Threat)) == (1, 1, 1, 1)
    assert queries.meetings(account.scope).total == 1
    every = queries.outcomes(queries.Wanted(), today())
    assert sum(tally.number for tally in every) == 1
    for code in meeting.district_codes:
        assert sum(tally.number for tally in queries.outcomes(queries.Wanted(district=code), today())) == 1
    for url in ("/api/meetings", "/api/proposals"):
        assert client.get(url).json["total"] == 1, url
    for code in meeting.district_codes:
        assert client.get(f"/police/{code[:2]}/{code}/events").text.count("Debata na granicy") == 1
        assert client.get(f"/police/{code[:2]}/{code}/priorities").text.count("Próg na granicy") == 1


def test_what_is_not_known_of_a_meeting_stays_empty(held):
    meeting = held()
    for name in ("starts_at", "ends_at", "place", "residents", "questionnaires", "previous_id", "retain_until"):
        assert getattr(meeting, name) is None, name
    for name in ("series", "venue", "organisers", "officials", "themes", "announced", "case_sign"):
        assert getattr(meeting, name) == "", name
    assert StatementKind.THREAT not in [said.kind for said in meeting.statements]
