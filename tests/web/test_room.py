"""With little room on the disk nothing is written, everything is read, and what was typed stays."""

import shutil
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from consult.db import db
from consult.online_reports.models import OnlineReport
from consult.web import room
from tests.accounts.makers import officer, sign_in, unit
from tests.pages import Page


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def full(app, monkeypatch):
    """Switch: how many megabytes are free on every volume."""
    app.extensions["room"].clear()

    def set_free(megabytes):
        app.extensions["room"].pop("until", None)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, megabytes * 1_000_000))

    set_free(100)
    yield set_free
    app.extensions["room"].clear()


def test_reading_goes_on(client, world, full):
    assert client.get("/").status_code == 200
    assert client.get("/online-reports/new").status_code == 200


def test_what_is_sent_waits_in_the_page_and_is_taken_when_there_is_room(client, world, full):
    page = Page(client, "/online-reports/new")
    words = "Kierowcy parkują na przejściu dla pieszych <b>codziennie</b>"
    answer = page.send(description=words, contact="tak")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "300"
    assert "<b>codziennie" not in answer.text, "shown as text"
    assert db.session.scalar(select(func.count()).select_from(OnlineReport)) == 0
    again = Page.of(client, "/online-reports/new", answer)
    kept = again.fields()
    assert kept["description"] == words
    assert words in again.soup.find("blockquote").text
    assert again.send().status_code == 503
    full(10_000)
    assert again.send().status_code == 422, "it reaches the form again, which says what it lacks"


def test_a_program_is_told_in_its_own_form(client, app, world, full, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    answer = client.post("/online-reports/new", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (503, {"error": "no room on the disk"})


def test_whoever_wants_to_read_may_sign_in(client, world, full):
    sign_in(client, officer(unit("1003")))
    assert client.get("/today").status_code == 200


def test_a_form_without_its_token_is_still_refused(client, world, full):
    assert client.post("/online-reports/new", data={"description": "x"}).status_code == 400


def test_the_disk_is_not_asked_at_every_request(app, full, monkeypatch):
    asked = []
    monkeypatch.setattr(shutil, "disk_usage", lambda path: asked.append(path) or Usage(1, 0, 10**12))
    with app.test_request_context():
        for _time in range(50):
            assert room.has_room()
    assert 1 <= len(asked) <= 3


def test_the_floor_can_be_taken_away(app, full, monkeypatch):
    monkeypatch.setitem(app.config, "DISK_FLOOR_MB", 0)
    with app.test_request_context():
        assert room.has_room()
