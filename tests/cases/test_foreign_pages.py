"""S66, S67, S68, S71: which pages may send forms here, and how old they may be."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consult.clock import now
from consult.db import db
from consult.online_reports.models import OnlineReport
from tests.factories import LASK
from tests.online_reports.makers import geometry
from tests.pages import Page

NEW = "/online-reports/new"


def sent(client, **headers):
    """Fill in the form of a report as a resident would, and send it with what a browser says of the page."""
    page = Page(client, NEW)
    said = {"category": "parkowanie", "observed_on": now().date().isoformat(), "place": geometry(*LASK), "step": "send"}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(NEW, data={**page.fields(), **said}, headers=names)


def reports():
    return db.session.scalar(select(func.count()).select_from(OnlineReport))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_s66_s67_a_form_of_another_site_is_refused_before_anything_else(world, client, headers):
    answer = sent(client, **headers)
    assert answer.status_code == 403
    assert "innej stronie" in answer.text
    assert reports() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_s68_a_form_of_our_own_page_is_taken_by_its_token(world, client, headers):
    assert sent(client, **headers).status_code in {302, 303}
    assert reports() == 1


def test_s66_the_name_that_residents_use_is_ours_though_a_proxy_asks_by_another(world, client, monkeypatch):
    monkeypatch.setitem(world.config, "PUBLIC_URL", "http://konsultacje.example.pl")
    assert sent(client, Origin="http://konsultacje.example.pl").status_code in {302, 303}


def test_s66_programs_with_a_key_and_links_of_letters_are_asked_for_no_page(world, client):
    foreign = {"Origin": "https://evil.example"}
    alike = [client.post("/open311/v2/requests.json", data={}, headers=headers) for headers in (foreign, {})]
    assert [(answer.status_code, answer.mimetype) for answer in alike] == [(403, "application/json")] * 2  # no key
    exempt = {name for name, view in world.view_functions.items() if getattr(view, "is_from_anywhere", False)}
    assert exempt == {"following.stop_letters", "readers.stop", "open311.report", "open311.unknown"}


def test_s71_a_form_that_was_opened_three_hours_ago_is_taken(world, client, monkeypatch):
    page = Page(client, NEW)
    said = {"category": "parkowanie", "observed_on": now().date().isoformat(), "place": geometry(*LASK), "step": "send"}
    later = time.time() + timedelta(hours=3).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.post(NEW, data={**page.fields(), **said}).status_code in {302, 303}
    assert reports() == 1
