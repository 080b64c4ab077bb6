"""Accounts of a unit: who sees them, opening, ending, handing over."""

import re

import pytest

from consult.accounts import operations, queries
from consult.audit import queries as audit
from consult.db import db
from consult.web.roles import Role
from tests.accounts.makers import account, administrator, coordinator, head, officer, sign_in, unit, without_tokens
from tests.pages import Page


def acts_on(person):
    return [entry.act for entry in audit.of_object("account", person.id)]


def other_units():
    return {
        "child": unit("1003-lask", "Komisariat w Łasku", "pl/10/1003/lask/"),
        "parent": unit("10", "Komenda Wojewódzka Policji w Łodzi"),
        "sibling": unit("1008", "Komenda Powiatowa Policji w Pabianicach"),
        "twin": unit("10030", "Jednostka o podobnej ścieżce", "pl/10/10030/"),
    }


def test_a_head_lists_the_accounts_of_the_unit_and_below(client):
    chief, mine = head(), officer()
    theirs = {name: officer(one) for name, one in other_units().items()}
    text = Page(sign_in(client, chief), "/accounts").text
    assert mine.email in text
    assert {name for name, person in theirs.items() if person.email in text} == {"child"}


@pytest.mark.parametrize("place", ["parent", "sibling", "twin"])
@pytest.mark.parametrize(("method", "page"), [("get", ""), ("get", "/end"), ("post", "/end"), ("post", "/link")])
def test_an_account_out_of_scope_is_as_if_it_were_not(client, place, method, page):
    person = officer(other_units()[place])
    sign_in(client, head())
    token = Page(client, "/accounts/own").fields()["csrf_token"]
    numbers = (person.id, 987_654_321)
    sent = {"data": {"csrf_token": token}} if method == "post" else {}
    answers = [client.open(f"/accounts/{number}{page}", method=method, **sent) for number in numbers]
    assert [answer.status_code for answer in answers] == [404, 404]
    mine, nobodys = (
        without_tokens(answer.text, f"accounts/{number}") for answer, number in zip(answers, numbers, strict=True)
    )
    assert mine == nobodys
    assert queries.account(person.id).is_active


@pytest.mark.parametrize("who", [officer, coordinator])
@pytest.mark.parametrize("page", ["/accounts", "/accounts/new", "/accounts/1", "/accounts/1/end", "/audit"])
def test_officers_and_coordinators_manage_no_accounts(client, who, page):
    assert sign_in(client, who()).get(page).status_code == 403


@pytest.mark.parametrize(
    "page", ["/accounts", "/accounts/new", "/accounts/1", "/accounts/1/end", "/audit", "/accounts/own"]
)
def test_strangers_are_sent_to_sign_in(client, page):
    assert client.get(page).location.startswith("/accounts/sign-in?next=")


def open_account(client, **changed):
    page = Page(client, "/accounts/new")
    facts = {"email": "ewa.zielinska@policja.example", "function": "dzielnicowa", "role": "officer"}
    return page.send(**facts | changed)


def test_a_head_opens_an_account_and_the_person_sets_the_password(client, letters):
    chief = head()
    answer = open_account(sign_in(client, chief), unit=str(chief.unit_id))
    person = queries.by_email("ewa.zielinska@policja.example")
    assert answer.location == f"/accounts/{person.id}"
    answer.close()
    assert letters[0].to == [person.email]
    assert re.search(r"/accounts/set-password/\S{43}", letters[0].body)
    assert "Waits for the first password" in Page(client, answer.location).text
    assert acts_on(person) == ["create_account", "issue_link"]


def test_a_letter_can_be_sent_again_until_the_password_is_set(client, letters):
    chief = head()
    open_account(sign_in(client, chief), unit=str(chief.unit_id)).close()
    person = queries.by_email("ewa.zielinska@policja.example")
    page = Page(client, f"/accounts/{person.id}")
    token = page.soup.select_one("main form [name=csrf_token]")["value"]
    client.post(f"/accounts/{person.id}/link", data={"csrf_token": token}).close()
    addresses = [re.search(r"http://\S+(/accounts/set-password/\S+)", letter.body)[1] for letter in letters]
    Page(client, addresses[0], status=410)
    Page(client, addresses[1])


def test_an_address_belongs_to_one_account(client):
    chief, person = head(), officer()
    answer = open_account(sign_in(client, chief), email=person.email.upper(), unit=str(chief.unit_id))
    assert answer.status_code == 422
    assert "already an account with this address" in answer.text


@pytest.mark.parametrize("role", ["coordinator", "administrator", "emperor", ""])
def test_a_head_gives_no_role_above_the_own(client, role):
    chief = head()
    assert open_account(sign_in(client, chief), role=role, unit=str(chief.unit_id)).status_code == 422
    assert queries.by_email("ewa.zielinska@policja.example") is None


@pytest.mark.parametrize("place", ["parent", "sibling", "twin"])
def test_a_head_opens_no_account_elsewhere(client, place):
    elsewhere = other_units()[place]
    assert open_account(sign_in(client, head()), unit=str(elsewhere.id)).status_code == 422


def test_fields_that_the_form_does_not_have_change_nothing(client, letters):
    chief = head()
    extra = {"is_superuser": "1", "session_key": "x", "left_at": "2020-01-01", "password_hash": "x"}
    open_account(sign_in(client, chief), unit=str(chief.unit_id), **extra).close()
    person = queries.by_email("ewa.zielinska@policja.example")
    assert person.password_hash is None
    assert person.session_key != "x"
    assert person.left_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "ewa"},
        {"email": "<b>@policja.example"},
        {"function": ""},
        {"function": "x" * 121},
        {"unit": "x"},
        {"unit": "9999999"},
        {"unit": ""},
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(client, wrong):
    chief = head()
    answer = open_account(sign_in(client, chief), **{"unit": str(chief.unit_id)} | wrong)
    assert answer.status_code == 422
    assert f'href="#{next(iter(wrong))}"' in answer.text
    assert queries.by_email("ewa.zielinska@policja.example") is None


def test_an_account_ends_at_once_and_its_work_goes_to_a_colleague(client, app):
    chief, leaving, staying = head(), officer(), officer()
    theirs = sign_in(app.test_client(), leaving)
    assert theirs.get("/accounts/own").status_code == 200
    page = Page(sign_in(client, chief), f"/accounts/{leaving.id}/end")
    assert page.send(successor=str(staying.id)).location == f"/accounts/{leaving.id}"
    assert theirs.get("/accounts/own").status_code == 302
    db.session.expire_all()
    assert queries.successor_of(leaving.id).id == staying.id
    assert acts_on(leaving)[-2:] == ["end_account", "hand_over"]
    assert staying.email in Page(client, f"/accounts/{leaving.id}").text


def test_work_may_be_handed_over_later(client):
    chief, leaving, staying = head(), officer(), officer()
    page = f"/accounts/{leaving.id}/end"
    Page(sign_in(client, chief), page).send(successor="0")
    db.session.expire_all()
    assert queries.successor_of(leaving.id) is None
    assert queries.responsible_for(leaving.id) is None
    Page(client, page).send(successor=str(staying.id))
    db.session.expire_all()
    assert queries.responsible_for(leaving.id).id == staying.id
    assert acts_on(leaving).count("end_account") == 1


def test_two_clicks_end_an_account_once(client):
    chief, leaving, staying = head(), officer(), officer()
    page = Page(sign_in(client, chief), f"/accounts/{leaving.id}/end")
    first, second = (page.send(successor=str(staying.id)) for _ in range(2))
    assert first.location == second.location
    assert acts_on(leaving).count("end_account") == 1


def test_only_a_present_colleague_of_the_unit_takes_over(client):
    chief, leaving, gone = head(), officer(), officer()
    elsewhere, coordinating = officer(other_units()["sibling"]), coordinator()
    operations.leave(gone, None, chief.id)
    db.session.commit()
    page = Page(sign_in(client, chief), f"/accounts/{leaving.id}/end")
    for wrong in (leaving, gone, elsewhere, coordinating):
        assert page.send(successor=str(wrong.id)).status_code == 422
    assert queries.account(leaving.id).is_active


def test_nobody_ends_the_own_account_or_one_above(client):
    chief, admin = head(), administrator()
    sign_in(client, chief)
    for person in (chief, admin):
        assert client.get(f"/accounts/{person.id}/end").status_code == 403
        assert "Close the account" not in Page(client, f"/accounts/{person.id}").text


def test_work_goes_from_hand_to_hand(app):
    first, second, third = officer(), officer(), officer()
    operations.leave(first, second, 0)
    operations.leave(second, third, 0)
    db.session.flush()
    assert queries.responsible_for(first.id).id == third.id
    assert queries.responsible_for(third.id).id == third.id
    assert queries.represented_by(third.id) == {first.id, second.id, third.id}
    assert queries.represented_by(first.id) == {first.id}


def test_the_list_is_searched_and_turned_page_by_page(client):
    chief = head()
    for number in range(55):
        account(Role.OFFICER, email=f"many{number:02}@policja.example", function="dzielnicowy 100%")
    sign_in(client, chief)
    assert "Next" in Page(client, "/accounts").text
    assert "many54@" in Page(client, "/accounts?page=2").text
    assert "many54@" in Page(client, "/accounts?page=999").text
    found = Page(client, "/accounts?q=many0").soup.select("tbody tr")
    assert len(found) == 10
    assert len(Page(client, "/accounts?q=100%25&page=2").soup.select("tbody tr")) == 5
    assert "No accounts match" in Page(client, "/accounts?q=%25nobody").text
    assert Page(client, "/accounts?q=%00&state=%00&page=x").soup.h1
