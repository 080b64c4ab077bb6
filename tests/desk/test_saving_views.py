"""Saved views: a list with its filters is a link under a name, for whoever saved it alone."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from consult.accounts import leaving, operations, queries
from consult.clock import now
from consult.db import db
from consult.desk.saving_views import LISTS
from tests.accounts.makers import administrator, coordinator, officer, sign_in
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

LIST = "/threats?district=1003&status=new"


@pytest.fixture(autouse=True)
def _reads_english(client):
    client.set_cookie("language", "en")


def saved(client, address, name):
    """Save a list as its reader does: the link above it, a name, the button."""
    page = Page(client, Page(client, address).soup.find("a", string="Save this view")["href"])
    return page.send("/saved-views/new", name=name)


def test_a_list_is_found_again_by_a_name_with_its_filters(client):
    sign_in(client, officer())
    answer = saved(client, LIST, "Nowe w Łasku")
    assert answer.location == LIST
    link = Page(client, "/threats").soup.find("a", string="Nowe w Łasku")
    shown = Page(client, link["href"])
    assert [one["value"] for one in shown.soup.select("#filter-status option[selected]")] == ["new"]
    assert shown.soup.find("a", string="Nowe w Łasku")["aria-current"] == "true"
    assert not shown.soup.find("a", string="Save this view"), "it is saved"
    assert Page(client, "/threats?status=confirmed").soup.find("a", string="Save this view")


def test_what_narrows_nothing_is_no_view(client):
    sign_in(client, officer())
    assert not Page(client, "/threats?page=1&status=&x=1").soup.find("a", string="Save this view")


def test_residents_save_nothing(client):
    assert "/saved-views" not in Page(client, LIST).text
    assert client.get("/saved-views").status_code == 302


def test_a_view_is_its_owners_alone(client, elsewhere):
    ours, other = officer(), officer()
    sign_in(client, ours)
    saved(client, LIST, "Moje")
    (view,) = queries.saved_views(ours.id)
    theirs = elsewhere()
    sign_in(theirs, other)
    assert "Moje" not in Page(theirs, "/threats").text
    assert "Moje" not in Page(theirs, "/saved-views").text
    token = Page(theirs, "/saved-views/new?page=threats.index").fields()["csrf_token"]
    theirs.post(f"/saved-views/{view.id}/remove", data={"csrf_token": token})
    assert len(queries.saved_views(ours.id)) == 1
    page = Page(client, "/saved-views")
    assert page.send(page.soup.select_one("main form")["action"]).location == "/saved-views"
    assert queries.saved_views(ours.id) == []
    assert "No saved views" in Page(client, "/saved-views").text


def test_a_name_that_is_there_gets_the_new_filters_and_two_clicks_are_one_view(client):
    person = officer()
    sign_in(client, person)
    for address in (LIST, LIST, "/threats?status=confirmed"):
        page = Page(
            client, "/saved-views/new?page=threats.index&arguments=" + address.partition("?")[2].replace("&", "%26")
        )
        page.send("/saved-views/new", name="Moje")
    (view,) = queries.saved_views(person.id)
    assert dict(parse_qsl(view.arguments)) == {"status": "confirmed"}


def test_a_thirteenth_view_is_refused_and_nothing_without_a_name_is_kept(client):
    person = officer()
    sign_in(client, person)
    for number in range(operations.MOST_VIEWS):
        operations.save_view(person.id, "threats.index", f"Widok {number}", f"district={1000 + number}")
    db.session.commit()
    assert saved(client, LIST, "Jeszcze jeden").status_code == 422
    assert saved(client, LIST, " ").status_code == 422
    assert len(queries.saved_views(person.id)) == operations.MOST_VIEWS
    operations.save_view(person.id, "debates.index", "Debaty", "kind=council")
    assert len(queries.saved_views(person.id, "debates.index")) == 1, "each list has its own"


@pytest.mark.parametrize(
    "address",
    [
        "/saved-views/new",
        "/saved-views/new?page=accounts.index&arguments=q%3Dx",
        "/saved-views/new?page=threats.observations&arguments=category%3Dx",
        "/saved-views/new?page=https://evil.example",
    ],
)
def test_only_lists_that_its_reader_may_open_are_kept(client, address):
    sign_in(client, administrator())
    assert client.get(address).status_code == 404


def test_a_view_keeps_what_its_list_knows_and_nothing_else(client):
    person = officer()
    sign_in(client, person)
    page = Page(
        client, "/saved-views/new?page=threats.index&arguments=status%3Dnew%26next%3D%2F%2Fevil%26_external%3D1"
    )
    assert page.send("/saved-views/new", name="Moje").location == "/threats?status=new"
    assert queries.saved_views(person.id)[0].arguments == "status=new"


def test_every_filter_of_a_list_stands_on_its_page(client):
    """A filter that was renamed would be kept and narrow nothing."""
    sign_in(client, coordinator())
    with client.application.test_request_context():
        from flask import url_for

        addresses = {page: url_for(page, bbox="19.1,51.5,19.3,51.7") for page in LISTS}
    hidden = {
        ("desk.due_today", "unit"), ("debates.index", "kind"), ("debates.index", "year"), ("surveys.index", "phase"),
    }  # fmt: skip  # they stand there once there is something to choose from
    for page, (_label, names) in LISTS.items():
        shown = {field["name"] for field in Page(client, addresses[page]).soup.select(".filter-bar [name]")}
        assert {(page, name) for name in names if name not in shown} <= hidden


def test_views_go_with_the_account():
    person, colleague = officer(), officer()
    for one in (person, colleague):
        operations.save_view(one.id, "threats.index", "Moje", "status=new")
    operations.leave(person, colleague, colleague.id)
    person.left_at = now() - timedelta(days=800)
    assert leaving.forget(now(), 730) == 1
    assert (queries.saved_views(person.id), len(queries.saved_views(colleague.id))) == ([], 1)


def test_filters_longer_than_any_list_has_are_refused_and_nothing_is_kept(client):
    """On PostgreSQL the column would be too narrow, on SQLite it would be wider than its type."""
    person = officer()
    sign_in(client, person)
    page = Page(client, "/saved-views/new?page=threats.index&arguments=status=new")
    long = "&".join(f"{name}={'ą' * 100}" for name in LISTS["threats.index"][1])
    assert page.send("/saved-views/new", name="x", arguments=long).status_code == 400
    assert queries.saved_views(person.id) == []


def test_the_form_leads_back_to_the_list_as_it_was(client):
    sign_in(client, officer())
    page = Page(client, "/saved-views/new?page=threats.index&arguments=status%3Dnew%26district%3D1003")
    assert page.soup.select_one("main .form-actions a")["href"] == LIST
