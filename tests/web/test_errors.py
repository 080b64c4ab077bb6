"""Error pages: a clear sentence, the right status, and none of them depends on what just failed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from consult.accounts import queries as accounts
from consult.db import db
from tests.accounts.makers import officer, sign_in, unit
from tests.pages import Page


@pytest.fixture
def broken_database(monkeypatch):
    """A database that answers nothing from now on."""

    def refuse(*_arguments, **_more):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(accounts, "has_demonstration", refuse)
    return refuse


def test_a_busy_database_is_a_503_that_says_what_to_do(client, broken_database):
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Odczekaj minutę" in answer.text


def test_a_defect_is_a_500_that_tells_nothing_of_the_inside(app, monkeypatch):
    def defect():
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(accounts, "has_demonstration", defect)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Nic nie zapisano" in answer.text


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/threats/999999", 404), ("/language/xx", 404)])
def test_what_is_not_there_says_so(client, world, path, status):
    assert Page(client, path, status=status).soup.h1


def test_a_post_without_its_token_is_refused_and_changes_nothing(client, world):
    answer = client.post("/online-reports/new", data={"category": "parkowanie"})
    assert answer.status_code == 400
    assert "Formularz wygasł" in answer.text


def test_a_foreign_host_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_security_headers_stand_on_every_answer(client, world):
    for path in ("/", "/threats.geojson", "/nothing"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_of_staff_are_not_kept_by_the_browser(client, world):
    sign_in(client, officer(unit("1003")))
    assert client.get("/today").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/ok?x=1\r\nSet-Cookie:a=b"]
)
def test_the_language_switch_leads_nowhere_else(client, address):
    answer = client.get("/language/en", query_string={"next": address})
    assert answer.location == "/"


def test_the_language_switch_keeps_the_page(client, world):
    answer = client.get("/language/en", query_string={"next": "/threats?category=parkowanie"})
    assert answer.location == "/threats?category=parkowanie"
    assert Page(client, "/threats").soup.html["lang"] == "en"


def test_an_error_of_the_database_holds_no_words_of_a_resident(world):
    with pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT * FROM no_such_table WHERE words = :words"), {"words": "what a resident wrote"})
    assert "what a resident wrote" not in str(failed.value)
