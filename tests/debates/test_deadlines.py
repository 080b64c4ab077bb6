"""Deadlines of requests and promises: three letters at most, one a person and day, whatever crashes meanwhile."""

import uuid
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.clock import today
from consult.db import db
from debates import reminding
from debates.deadlines import Reminder, Terms
from debates.models import DeadlineReminder
from debates.operations import asking
from debates.outcomes import ProposalStatus
from tests.accounts.makers import head, officer, unit
from tests.debates.makers import answer, meeting, proposal
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

DUE = date(2026, 9, 30)


@pytest.fixture
def boss(account):
    return head(account.unit)


@pytest.fixture
def minutes(account, boss):
    return meeting(account)


@pytest.fixture
def asked(account, minutes):
    return proposal(account, minutes, "Lampa przy ul. Ogrodowej", addressee_name="Gmina Łask", due_on=DUE)


def promise(account, asked, due_on=DUE):
    said = {"who": "Komendant", "what": "Patrole", "due_on": due_on}
    made = asking.record_commitment(account, asked, key=uuid.uuid4().hex, **said)
    db.session.commit()
    return made


def days(*offsets):
    return [DUE + timedelta(days=offset) for offset in offsets]


def test_a_deadline_is_written_of_before_it_after_it_and_once_more(letters, boss, asked):
    told = {day: reminding.remind(day).sent for day in days(-9, -7, -6, 0, 1, 2, 29, 30, 31, 400)}
    assert [day for day, sent in told.items() if sent] == days(-7, 1, 30)
    assert [letter.to for letter in letters] == [[boss.email]] * 3
    assert "Gmina Łask" in letters[0].body
    assert f"/debates/proposals/{asked.id}" in letters[0].body
    assert "Ogrodow" not in "".join(letter.body + letter.subject for letter in letters), "no words of residents"


def test_one_letter_tells_a_person_everything(letters, account, minutes, asked):
    promise(account, asked, DUE - timedelta(days=2))
    proposal(account, minutes, "Bez terminu")
    proposal(account, minutes, "Na później", due_on=DUE + timedelta(days=60))
    assert reminding.remind(DUE - timedelta(days=1)).sent == 1
    assert letters[0].body.count("/debates/proposals/") == 2
    assert "Komendant" in letters[0].body


def test_what_was_answered_or_kept_is_not_written_of(letters, account, asked):
    kept = promise(account, asked)
    answer(account, asked)
    asking.close_commitment(account, kept, key=uuid.uuid4().hex, version=1, kept_on=DUE, outcome="12 patroli")
    db.session.commit()
    assert reminding.remind(DUE + timedelta(days=1)).sent == 0


def test_a_day_that_was_moved_is_written_of_anew(letters, account, asked):
    assert reminding.remind(DUE).sent == 1
    asking.correct_proposal(
        account,
        asked,
        version=asked.version,
        text=asked.text,
        addressee="commune",
        addressee_name="",
        due_on=DUE + timedelta(days=40),
    )
    db.session.commit()
    assert [reminding.remind(day).sent for day in days(1, 33, 34)] == [0, 1, 0]


def test_a_mail_server_that_is_away_is_asked_again_the_next_day(letters, asked, monkeypatch):
    def away(*_args, **_facts):
        raise SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr(reminding, "send", away)
        told = reminding.remind(DUE)
        assert (told.sent, told.waiting) == (0, 1)
    assert db.session.scalar(select(func.count(DeadlineReminder.id))) == 0
    assert reminding.remind(DUE).sent == 1
    assert reminding.remind(DUE).sent == 0


def test_a_crash_in_the_middle_costs_a_letter_and_sends_none_twice(letters, account, minutes, asked, monkeypatch):
    second = head(account.unit, email="drugi@example.pl")
    sent = []

    def dies(address, *_args, **_facts):
        sent.append(address)
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(reminding, "send", dies)
        with pytest.raises(MemoryError):
            reminding.remind(DUE)
    db.session.rollback()
    assert len(sent) == 1
    assert reminding.remind(DUE).sent == 1
    everybody = {person.email for person in reminding.readers_of(minutes)}
    assert second.email in everybody
    assert {letter.to[0] for letter in letters} == everybody - set(sent)


def test_a_mailbox_that_is_gone_is_not_tried_again(letters, asked, monkeypatch):
    def refuses(*_args, **_facts):
        raise SMTPRecipientsRefused({})

    with monkeypatch.context() as patched:
        patched.setattr(reminding, "send", refuses)
        reminding.remind(DUE)
    assert reminding.remind(DUE).sent == 0


def test_without_a_head_whoever_answers_for_the_author_is_told_and_else_the_officers(letters, account):
    minutes = meeting(account)
    proposal(account, minutes, due_on=DUE)
    assert reminding.readers_of(minutes) == [account]
    minutes.author_id = 0
    assert reminding.readers_of(minutes) == [account]
    other = officer(unit("1019", "KPP w Zduńskiej Woli"), email="inny@example.pl")
    assert other not in reminding.readers_of(minutes)


def test_the_days_are_the_installation_s(app, letters, asked, monkeypatch):
    monkeypatch.setitem(app.config, "DEADLINE_SOON_DAYS", 3)
    monkeypatch.setitem(app.config, "DEADLINE_AGAIN_DAYS", 10)
    assert [reminding.remind(day).sent for day in days(-7, -3, 1, 9, 10)] == [0, 1, 1, 0, 1]


def test_today_shows_what_is_due(desk, account, minutes):
    late = proposal(account, minutes, "Zaległy wniosek", due_on=today() - timedelta(days=1))
    promise(account, late, today() + timedelta(days=7))
    proposal(account, minutes, "Odległy wniosek", due_on=today() + timedelta(days=8))
    proposal(account, minutes, "Gotowy", due_on=today(), status=ProposalStatus.DONE, answer="x")
    rows = Page(desk, "/today").soup.select("#deadlines ~ table tbody tr")
    assert [row.th.text for row in rows] == ["Zaległy wniosek", "Patrole"]


@given(st.integers(-400, 400), st.integers(1, 180), st.integers(1, 180))
def test_reasons_follow_one_another(offset, soon, again):
    reason = Terms(soon, again).reminder(DUE, DUE + timedelta(days=offset))
    expected = Reminder.SOON if offset <= 0 else Reminder.PASSED if offset < again else Reminder.AGAIN
    assert reason == (expected if offset >= -soon else None)
