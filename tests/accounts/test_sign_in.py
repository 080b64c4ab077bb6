"""Signing in and out: equal answers for strangers, sessions that end, and a way on that never leaves the house."""

import statistics
import time

import pytest

from consult.accounts import queries
from consult.audit import queries as audit
from consult.db import db
from consult.web import traffic
from tests.accounts.makers import PASSWORD, account, head, officer, sign_in_by_page, without_tokens
from tests.pages import Page

SIGN_IN = "/accounts/sign-in"
WRONG = "The e-mail address or the password is wrong"


def try_password(client, email, password="not the right one"):
    return Page(client, SIGN_IN).send(email=email, password=password)


def acts_on(person):
    return [entry.act for entry in audit.of_object("account", person.id)]


def test_an_officer_signs_in_and_sees_the_own_account(client):
    person = officer()
    page = Page(sign_in_by_page(client, person), "/accounts/own")
    assert person.email in page.text
    assert "sign_in" in acts_on(person)


def test_the_address_may_be_typed_in_any_case_and_with_spaces(client):
    person = officer(email="anna.nowak@policja.example")
    assert try_password(client, "  Anna.Nowak@POLICJA.example ", PASSWORD).status_code == 302
    assert person.email == "anna.nowak@policja.example"


def test_unknown_and_known_names_get_the_same_answer(client):
    person = officer()
    known, unknown = try_password(client, person.email), try_password(client, "nobody@policja.example")
    assert known.status_code == unknown.status_code == 422
    assert WRONG in known.text
    assert without_tokens(known.text, person.email) == without_tokens(unknown.text, "nobody@policja.example")


def test_unknown_and_known_names_take_the_same_time(client):
    person = officer()
    times = {person.email: [], "nobody@policja.example": []}
    for _ in range(15):
        for email, taken in times.items():
            page = Page(client, SIGN_IN)
            begin = time.process_time()
            page.send(email=email, password="not the right one")
            taken.append(time.process_time() - begin)
    known, unknown = map(statistics.median, times.values())
    assert abs(known - unknown) < 0.25 * known


def test_an_account_without_a_password_lets_nobody_in(client):
    person = officer()
    person.password_hash = None
    db.session.commit()
    assert try_password(client, person.email, "").status_code == 422
    assert try_password(client, person.email, "the password of nobody").status_code == 422


def test_whoever_has_left_is_not_let_in(client):
    person, chief = officer(), head()
    Page(sign_in_by_page(client, chief), f"/accounts/{person.id}/end").send(successor="0")
    client.post("/accounts/sign-out", data=Page(client, "/accounts/own").fields())
    answer = try_password(client, person.email, PASSWORD)
    assert answer.status_code == 422
    assert WRONG in answer.text


@pytest.mark.parametrize("password", ["", " ", "x" * 129, "x" * 100_000, "\x00", "zażółć gęślą jaźń " * 5])
def test_strange_passwords_are_only_wrong(client, password):
    assert try_password(client, officer().email, password).status_code == 422


@pytest.mark.parametrize("email", ["", "a" * 10_000, "\x00@x", "' or 1=1 --", "<script>alert(1)</script>@x.pl", "ł@ł"])
def test_strange_names_are_only_wrong(client, email):
    answer = try_password(client, email)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_password_longer_than_the_longest_is_wrong_even_if_it_begins_well(client):
    person = account()
    assert try_password(client, person.email, PASSWORD + " " * 200).status_code == 422


def test_whoever_signs_in_hears_of_wrong_passwords_since_the_last_time(client):
    person = officer()
    with client.application.app_context():
        traffic.take_refused_sign_ins(person.id)
    try_password(client, person.email)
    try_password(client, person.email)
    page = Page(sign_in_by_page(client, person), "/accounts/own")
    assert "somebody tried wrong passwords 2 times" in page.text
    assert "tried" not in Page(client, "/accounts/own").text


def test_a_stranger_is_sent_to_sign_in_and_comes_back(client):
    person = officer()
    answer = client.get("/accounts/own?x=1")
    assert answer.status_code == 302
    assert answer.location == "/accounts/sign-in?next=/accounts/own?x%3D1"
    page = Page(client, answer.location)
    assert "Sign in to open this page." in page.text
    assert page.send(email=person.email, password=PASSWORD).location == "/accounts/own?x=1"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:///evil.example",
        "https://evil.example/",
        "/%09/evil.example\t",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "",
        "accounts/own",
    ],
)
def test_the_way_on_never_leaves_the_house(client, address):
    page = Page(client, SIGN_IN)
    location = page.send(email=officer().email, password=PASSWORD, next=address).location
    assert location in {"/", "/today"}


def test_a_cookie_copied_before_signing_out_opens_nothing_after(client):
    sign_in_by_page(client, officer())
    copied = client.get_cookie("session").value
    answer = client.post("/accounts/sign-out", data=Page(client, "/accounts/own").fields())
    assert answer.location == SIGN_IN
    client.set_cookie("session", copied)
    assert client.get("/accounts/own").status_code == 302


def test_signing_in_begins_a_new_session(client):
    Page(client, SIGN_IN)
    before = client.get_cookie("session").value
    sign_in_by_page(client, officer())
    client.set_cookie("session", before)
    assert client.get("/accounts/own").status_code == 302


def test_signing_out_is_no_link(client):
    assert sign_in_by_page(client, officer()).get("/accounts/sign-out").status_code == 405


def test_a_role_changed_in_between_holds_at_once(client):
    person = head()
    sign_in_by_page(client, person)
    assert client.get("/accounts").status_code == 200
    queries.account(person.id).role = "officer"
    db.session.commit()
    assert client.get("/accounts").status_code == 403


def test_a_session_cookie_signed_with_another_key_is_no_session(client):
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.aSBQYA.wrong")
    assert client.get("/accounts/own").status_code == 302


def test_a_form_without_its_token_is_refused(client):
    assert client.post(SIGN_IN, data={"email": "a@b.pl", "password": "x"}).status_code == 400


def test_whoever_is_signed_in_needs_no_sign_in_page(client):
    assert sign_in_by_page(client, officer()).get(SIGN_IN).status_code == 302
