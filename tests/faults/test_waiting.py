"""F09: while somebody holds the database, whoever writes is told so in time, and has the words still in hand."""

import threading
import time

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import consult.db
from consult.db import db, is_sqlite
from tests.apart import application
from tests.conftest import Client
from tests.factories import catalogue_of_27, two_districts
from tests.online_reports.makers import RIGHT
from tests.pages import Page

NEW = "/online-reports/new"
OWN = {"Origin": "http://localhost", "Accept": "text/html"}
WAITS_MS = 700


@pytest.fixture
def apart(tmp_path, monkeypatch):
    monkeypatch.setattr(consult.db, "BUSY_TIMEOUT_MS", WAITS_MS)
    with application(tmp_path) as app:
        app.test_client_class = Client
        catalogue_of_27()
        two_districts()
        db.session.commit()
        db.session.remove()
        yield app


def hold(app, let_go):
    """Hold what every report needs, as a long maintenance would, and say when it is held."""
    held = threading.Event()

    def work():
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(text("SELECT 1" if is_sqlite() else "LOCK TABLE online_report IN EXCLUSIVE MODE"))
            held.set()
            let_go.wait(60)
            connection.rollback()

    holder = threading.Thread(target=work)
    holder.start()
    held.wait(30)
    return holder


def test_whoever_meets_a_locked_database_is_told_in_time_and_keeps_the_words(apart):
    page = Page(apart.test_client(), NEW)
    fields = {**page.fields(), **RIGHT, "step": "send", "description": "Auta na chodniku przy samej szkole"}
    let_go = threading.Event()
    holder = hold(apart, let_go)
    try:
        began = time.monotonic()
        answer = page.client.post(NEW, data=fields, headers=OWN)
        took = time.monotonic() - began
    finally:
        let_go.set()
        holder.join()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert WAITS_MS / 1000 <= took + 0.05 < 10
    soup = BeautifulSoup(answer.text, "lxml")
    assert soup.select_one("main blockquote").text == "Auta na chodniku przy samej szkole"
    form = soup.select_one("main form")
    again = [(field["name"], field.get("value", "")) for field in form.select("input[name]")]
    assert dict(again)["key"] == fields["key"], "so that nothing can come to stand twice"
    assert page.client.post(form["action"], data=dict(again)).status_code == 303


def test_a_database_that_goes_away_in_the_moment_of_committing_is_busy_and_no_defect(apart, monkeypatch):
    page = Page(apart.test_client(), NEW)
    fields = {**page.fields(), **RIGHT, "step": "send"}

    def fails(*_):
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    monkeypatch.setitem(apart.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.orm.scoping.scoped_session.commit", fails)
        answer = page.client.post(NEW, data=fields, headers=OWN)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["Content-Security-Policy"]
    assert "przy szkole" in BeautifulSoup(answer.text, "lxml").select_one("main blockquote").text
    assert page.client.post(NEW, data=fields).status_code == 303
