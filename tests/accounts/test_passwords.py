"""Which passwords are good enough, the link that sets one, and the forgotten one."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.accounts import operations, passwords, queries
from consult.accounts.models import LinkPurpose
from consult.accounts.passwords import Weakness, weakness
from consult.clock import now
from consult.db import db
from tests.accounts.makers import PASSWORD, officer, sign_in_by_page, without_tokens
from tests.pages import Page

NEW = "an umbrella full of gravel"
FORGOTTEN = "/accounts/forgotten-password"


@pytest.mark.parametrize("password", ["", "short", "eleven char", "x" * 11])
def test_short_passwords_are_refused(password):
    assert weakness(password) is Weakness.TOO_SHORT


def test_a_hundred_and_twenty_eight_characters_are_enough():
    assert weakness("kq7 mue " * 16) is None
    assert weakness("kq7 mue " * 16 + "x") is Weakness.TOO_LONG


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaa",
        "123456789012345",
        "abcdefghijklmnop",
        "qwertyuiop123456",
        "Policja2026!!!",
        "PolicjaPolicja1",
        "Hasło12345678",
        "haslohaslohaslo",
        "P@ssw0rd P@ssw0rd",
        "zaq1XSW2cde3",
        "1qaz2wsx3edc4",
        "dzielnicowy1234",
        "MapaZagrozen2026",
        "anna.nowak-2026",
        "Komenda Policji",
    ],
)
def test_passwords_that_guessers_try_first_are_refused(password):
    assert weakness(password, ["anna.nowak@policja.example"]) is Weakness.GUESSABLE


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW, "zielony kaloryfer śpiewa", "Tr0ub4dor&3xkcd", "гарбуз їде потягом"]
)
def test_words_that_have_nothing_to_do_with_each_other_are_good(password):
    assert weakness(password, ["anna.nowak@policja.example"]) is None


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_gets_an_answer(password, about):
    assert weakness(password, about) in {None, *Weakness}


def test_the_hash_is_argon2id_and_keeps_nothing_of_the_password():
    kept = passwords.hashed(NEW)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert NEW not in kept
    assert passwords.matches(kept, NEW)
    assert not passwords.matches(kept, NEW + "x")
    assert not passwords.matches(None, "the password of nobody")


def test_one_password_typed_on_two_keyboards_is_one():
    assert passwords.matches(
        passwords.hashed("za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144"),
        "zaz\u0307o\u0301\u0142c\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301",
    )


def link(person, purpose=LinkPurpose.FIRST_PASSWORD):
    token = operations.issue_link(person, purpose, 0)
    db.session.commit()
    return f"/accounts/set-password/{token}"


def test_a_link_sets_the_password_once(client, letters):
    person = officer()
    address = link(person)
    Page(client, address)
    answer = Page(client, address).send(password=NEW, again=NEW)
    assert answer.location == "/accounts/sign-in"
    answer.close()
    assert [letter.to for letter in letters] == [[person.email]]
    assert "no longer works" in Page(client, address, status=410).text
    sign_in_by_page(client, person, NEW)


def test_only_the_hash_of_a_link_is_kept(app):
    person = officer()
    token = operations.issue_link(person, LinkPurpose.FIRST_PASSWORD, 0)
    assert queries.link(token).token_hash != token
    assert len(token) >= 43


def test_an_old_link_a_wrong_link_and_a_used_link_get_the_same_answer(client, monkeypatch):
    person = officer()
    address = link(person, LinkPurpose.FORGOTTEN_PASSWORD)
    wrong = Page(client, "/accounts/set-password/no-such-token", status=410)
    later = now() + timedelta(hours=1, seconds=1)
    monkeypatch.setattr("consult.accounts.operations.now", lambda: later)
    old = Page(client, address, status=410)
    token = address.rpartition("/")[2]
    assert without_tokens(old.text, token) == without_tokens(wrong.text, "no-such-token")


def test_the_first_link_works_for_three_days(client, monkeypatch):
    address = link(officer())
    nearly, after = now() + timedelta(hours=71, minutes=59), now() + timedelta(hours=72, seconds=1)
    monkeypatch.setattr("consult.accounts.operations.now", lambda: nearly)
    Page(client, address)
    monkeypatch.setattr("consult.accounts.operations.now", lambda: after)
    Page(client, address, status=410)


def test_a_new_link_ends_the_earlier_one(client):
    person = officer()
    first, second = link(person), link(person)
    Page(client, first, status=410)
    Page(client, second)


def test_asking_for_a_forgotten_password_does_not_end_the_first_link(client, letters):
    person = officer()
    first = link(person)
    Page(client, FORGOTTEN).send(email=person.email).close()
    Page(client, first)


def test_a_link_of_somebody_who_left_sets_nothing(client):
    person = officer()
    address = link(person)
    operations.leave(person, None, 0)
    db.session.commit()
    Page(client, address, status=410)


def test_a_link_is_spent_by_one_of_two_at_once(app, monkeypatch):
    person = officer()
    token = operations.issue_link(person, LinkPurpose.FIRST_PASSWORD, 0)
    operations.set_password(token, NEW)
    monkeypatch.setattr(operations, "is_open", lambda _link: True)
    with pytest.raises(operations.LinkSpent):
        operations.set_password(token, "another good one")
    assert passwords.matches(person.password_hash, NEW)


def test_a_weak_password_keeps_the_link(client):
    person = officer()
    address = link(person)
    answer = Page(client, address).send(password="Policja2026!!!", again="Policja2026!!!")
    assert answer.status_code == 422
    assert "easy to guess" in answer.text
    answer = Page(client, address).send(password=NEW, again=NEW + "x")
    assert "differ" in answer.text
    Page(client, address)


def test_the_page_of_a_link_is_kept_by_nobody(client):
    answer = client.get(link(officer()))
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_forgotten_password_comes_by_letter(client, letters):
    person = officer()
    answer = Page(client, FORGOTTEN).send(email=person.email.upper())
    assert not letters, "the letter is written after the answer"
    answer.close()
    (letter,) = letters
    assert letter.to == [person.email]
    address = re.search(r"http://127\.0\.0\.1:8000(/accounts/set-password/\S+)", letter.body)[1]
    Page(client, address).send(password=NEW, again=NEW).close()
    sign_in_by_page(client, person, NEW)


def test_asking_for_nobody_looks_the_same_and_sends_nothing(client, letters):
    person = officer()
    known, unknown = (Page(client, FORGOTTEN).send(email=email) for email in (person.email, "nobody@policja.example"))
    assert known.location == unknown.location == "/accounts/forgotten-password/sent"
    assert "If there is an account" in Page(client, known.location).text
    assert without_tokens(known.text, person.email) == without_tokens(unknown.text, "nobody@policja.example")
    unknown.close()
    assert not letters


@pytest.mark.parametrize("email", ["", "anna", "a@b", "a b@c.pl", "a@c.pl\nBcc: b@c.pl", "x" * 300 + "@c.pl"])
def test_what_is_no_address_is_refused(client, email):
    assert Page(client, FORGOTTEN).send(email=email).status_code == 422


def test_the_own_password_is_changed_and_other_sessions_end(client, app, letters):
    person = officer()
    elsewhere = app.test_client()
    sign_in_by_page(client, person)
    sign_in_by_page(elsewhere, person)
    answer = Page(client, "/accounts/own").send(present=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 302
    answer.close()
    assert client.get("/accounts/own").status_code == 200
    assert elsewhere.get("/accounts/own").status_code == 302
    assert letters[0].subject.startswith("Your password has changed")


def test_the_own_password_is_not_changed_without_the_present_one(client):
    person = officer()
    answer = Page(sign_in_by_page(client, person), "/accounts/own").send(present="guess", password=NEW, again=NEW)
    assert answer.status_code == 422
    assert "The present password is wrong." in answer.text
    assert passwords.matches(queries.account(person.id).password_hash, PASSWORD)
