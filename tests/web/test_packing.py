"""Answers are packed where their length can tell no secret, and only there."""

import gzip

import pytest

from tests.accounts import makers
from tests.online_reports.makers import RIGHT
from tests.pages import Page

TAKES = {"Accept-Encoding": "gzip, deflate, br"}


def is_packed(answer):
    return answer.headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize("path", ["/", "/threats", "/threats?category=parkowanie", "/threats/map.svg", "/surveys"])
def test_what_everybody_sees_is_packed(client, world, path):
    plain, packed = client.get(path), client.get(path, headers=TAKES)
    assert is_packed(packed)
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"], "a cache must not give one reader the other's bytes"


@pytest.mark.parametrize("takes", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_take_it_gets_the_plain_page(client, world, takes):
    answer = client.get("/", headers={"Accept-Encoding": takes})
    assert not is_packed(answer)
    assert "<h1" in answer.text


def test_a_page_with_a_token_is_packed_only_where_nobody_can_put_words_into_it(client, world):
    assert b"csrf_token" in client.get("/online-reports/new").data
    assert is_packed(client.get("/online-reports/new", headers=TAKES))
    assert not is_packed(client.get("/online-reports/new?district=1003", headers=TAKES))
    assert not is_packed(client.post("/online-reports/new", headers=TAKES, data={"description": "csrf_token"}))


def test_pages_of_staff_and_of_a_receipt_are_never_packed(client, app, world):
    receipt = Page(client, "/online-reports/new").send(**RIGHT, step="send").location
    assert not is_packed(client.get(receipt, headers=TAKES))
    makers.unit()
    officer = makers.sign_in(app.test_client(), makers.officer())
    for path in ("/", "/threats", "/today"):
        answer = officer.get(path, headers=TAKES)
        assert not is_packed(answer), path


def test_what_has_not_changed_is_known_again_whether_packed_or_not(client, world):
    packed = client.get("/api/categories", headers=TAKES)
    assert is_packed(packed)
    assert packed.headers["ETag"].startswith("W/")
    again = client.get("/api/categories", headers=TAKES | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_short_answer_and_a_file_stay_as_they_are(client):
    assert not is_packed(client.get("/health", headers=TAKES))
    with client.get("/static/images/favicon.svg", headers=TAKES) as answer:
        assert not is_packed(answer)
