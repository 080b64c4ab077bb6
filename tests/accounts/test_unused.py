"""Accounts that nobody uses are closed after 91 days, with a letter before, and never the last administrator."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.accounts import jobs, operations, queries, unused
from consult.accounts.models import Account
from consult.audit import queries as audit
from consult.clock import now, retelling
from consult.db import db
from tests.accounts.makers import PASSWORD, account, administrator, head, officer, sign_in, sign_in_by_page, unit
from tests.pages import Page

SIGN_IN = "/accounts/sign-in"


@pytest.fixture(autouse=True)
def _alone(app):
    """Nobody else has an account here."""
    assert db.session.scalar(select(Account.id)) is None


def night(days, hours=0):
    """The job's round, so many days from now; what it says."""
    with retelling(now() + timedelta(days=days, hours=hours)):
        return jobs.close_unused()


def acts_on(person):
    return [entry.act for entry in audit.of_object("account", person.id)]


def test_an_unused_account_gets_a_letter_and_is_closed(client, letters):
    """S120: idle for 91 days, it lets nobody in; its owner was told two weeks before, once."""
    person = officer()
    sign_in(client, person)
    assert night(76) == ""
    assert night(77, 1) == "letters 1"
    (letter,) = letters
    assert letter.to == [person.email]
    assert "zamknięte" in letter.body or "will be closed" in letter.body
    for day in (78, 85, 90):
        assert night(day) == ""
    assert queries.account(person.id).is_active
    assert night(91, 2) == "closed 1"
    closed = queries.account(person.id)
    assert not closed.is_active
    entry = [one for one in audit.of_object("account", person.id) if one.act == "close_unused_account"][-1]
    assert (entry.actor_id, entry.unit_path) == (0, "pl/10/1003/")
    assert client.get("/accounts/own").status_code == 302
    assert Page(client, SIGN_IN).send(email=person.email, password=PASSWORD).status_code == 422
    assert len(letters) == 1


def test_signing_in_begins_the_days_anew(client, letters):
    """S120: also after the letter."""
    person = officer()
    sign_in(client, person)
    assert night(80) == "letters 1"
    with retelling(now() + timedelta(days=81)):
        operations.sign_in(queries.account(person.id))
        db.session.commit()
    assert night(95) == ""
    assert night(81 + 77) == "letters 1"
    assert night(81 + 92) == "closed 1"


def test_who_was_never_there_is_closed_too(app, letters):
    """S120: an account whose first link was never used counts from its opening."""
    officer()
    assert night(90) == "letters 1"
    assert night(92) == "", "two weeks after the letter, and not before"
    assert night(105) == "closed 1"


def test_nobody_is_closed_without_notice_after_the_job_has_slept(client, letters):
    """S120: when no job ran for a year, the letter still comes two weeks before."""
    sign_in(client, officer())
    assert night(365) == "letters 1"
    assert night(366) == ""
    assert night(379, 1) == "closed 1"


def test_the_last_administrator_is_never_closed(app, letters):
    """S120: of two the one who was there last stays, and nobody writes to the last."""
    first, second = administrator(), administrator()
    with retelling(now() + timedelta(days=1)):
        operations.sign_in(second)
        db.session.commit()
    assert night(100) == "letters 2"
    assert night(120) == "closed 1"
    assert not queries.account(first.id).is_active
    assert night(500) == ""
    assert queries.account(second.id).is_active
    assert len(letters) == 2


def test_an_administrator_without_a_password_replaces_nobody(app, letters):
    """S120: who has never signed in cannot open accounts again."""
    last = administrator()
    administrator().password_hash = None
    db.session.commit()
    night(100)
    night(120)
    assert queries.account(last.id).is_active


def test_people_of_the_demonstration_stay(app):
    """S120: their sign-in is printed in its papers."""
    place = unit()
    place.is_demonstration = True
    officer(place)
    assert night(500) == ""


def test_a_letter_that_gets_nowhere_does_not_keep_an_account_open(app, monkeypatch, caplog):
    """S120: the log tells it; the next account is told all the same."""
    for _one in range(2):
        officer()
    monkeypatch.setattr(unused.letters, "send_unused", lambda *_: (_ for _ in ()).throw(OSError("no way")))
    assert night(100) == "letters 2"
    assert caplog.text.count("no letter about account") == 2
    assert night(120) == "closed 2"


def test_a_head_opens_it_again(client, letters):
    """S120: who comes back from a long leave gets a link for a password, and the days begin anew."""
    person, chief = account(), head()
    operations.leave(person, None, 0)
    db.session.commit()
    sign_in(client, chief)
    answer = Page(client, f"/accounts/{person.id}").send(to=f"/accounts/{person.id}/reopen")
    assert answer.status_code == 302
    answer.close()
    assert letters[0].to == [person.email]
    db.session.expire_all()
    again = queries.account(person.id)
    assert again.is_active
    assert again.password_hash is None
    assert again.successor_id is None
    assert acts_on(person)[-2:] == ["reopen_account", "issue_link"]
    assert Page(client, "/accounts/own").send(to=f"/accounts/{person.id}/reopen").status_code == 404
    assert unused.unused(timedelta(days=1)) == []


def test_an_account_that_was_closed_keeps_no_password(client, elsewhere):
    """S60: opened again, the password of before does not let in."""
    person = officer()
    sign_in_by_page(client, person)
    operations.leave(person, None, 0)
    operations.reopen(person, 0)
    db.session.commit()
    assert Page(elsewhere(), SIGN_IN).send(email=person.email, password=PASSWORD).status_code == 422
