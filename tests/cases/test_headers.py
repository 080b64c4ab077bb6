"""Every answer carries the same headers, whatever it is; and an address takes only the methods that it says."""

import re

import pytest
from werkzeug.exceptions import TooManyRequests

from consult.web.parameters import YEARS
from tests.rights.asking import undrawn

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}
OPEN_TO_PROGRAMS = {**HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"}
UNKNOWN = {"int": "987654321", "string": "nic", "path": "nic", "any": ""}


def addresses(app, method):
    """An address of each rule that takes a method, every variable part filled with something that is not there."""
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            yield rule, re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", _filled, rule.rule)


def _filled(part):
    kind, choices = part.group(1) or "string", part.group(2) or ""
    return choices.split(",")[0].strip(" '\"") if kind == "any" else UNKNOWN[kind]


def headers_of(answer):
    return {name: answer.headers.get(name) for name in HEADERS}


def defect(*_arguments, **_more):
    raise ZeroDivisionError


def wait(*_arguments, **_more):
    raise TooManyRequests(retry_after=7)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/threats", 200),
        ("GET", "/threats.geojson", 200),
        ("GET", "/accounts", 302),
        ("POST", "/online-reports/new", 400),
        ("GET", "/no-such-page", 404),
        ("GET", "/threats/987654321", 404),
        ("GET", "/accounts/sign-out", 405),
        ("PUT", "/online-reports/new", 405),
        ("GET", "/static/no-such-file.css", 404),
        ("GET", "/language/en", 302),
    ],
)
def test_s119_headers_are_the_same_on_every_kind_of_answer(client, world, method, path, status):
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert headers_of(answer) == HEADERS


@pytest.mark.parametrize(("what", "status"), [(wait, 429), (defect, 500)])
def test_s119_headers_stand_on_what_went_wrong_inside(app, monkeypatch, what, status):
    monkeypatch.setitem(app.view_functions, "desk.home", what)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/")
    assert answer.status_code == status
    assert headers_of(answer) == HEADERS


def test_s119_headers_stand_on_what_is_too_large(client, world, app):
    answer = client.post("/feedback/new", data={"text": "x" * (app.config["MAX_CONTENT_LENGTH"] + 1)})
    assert answer.status_code == 413
    assert headers_of(answer) == HEADERS


def test_s119_headers_stand_on_files_of_the_pages(client):
    page = client.get("/").text
    found = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
    answer = client.get(found.group(1))
    assert answer.status_code == 200
    assert headers_of(answer) == HEADERS
    answer.close()


def test_s119_headers_stand_on_every_address(client, world, app):
    """Whatever each address answers to a stranger; programs may be read by the pages of other hosts."""
    seen = set()
    for rule, path in addresses(app, "GET"):
        answer = client.get(path)
        expected = OPEN_TO_PROGRAMS if answer.headers.get("Access-Control-Allow-Origin") == "*" else HEADERS
        assert headers_of(answer) == expected, rule.rule
        assert answer.status_code < 500 or rule.endpoint == "upkeep.ready", rule.rule
        assert "Server" not in answer.headers, rule.rule
        seen.add(answer.status_code)
        answer.close()
    assert {200, 302, 404} <= seen


def test_s70_what_changes_something_is_never_done_by_a_link(client, world, app):
    """An address that only takes what was sent is not opened: a picture or a link on another page does nothing."""
    taking = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    only_posts = [(rule, path) for rule, path in addresses(app, "POST") if rule.rule not in taking]
    assert len(only_posts) > 30
    for rule, path in only_posts:
        answer = client.get(path)
        assert answer.status_code == 405, rule.rule
        assert "POST" in answer.headers["Allow"], rule.rule


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_s129_no_address_takes_another_method(client, world, app, method, monkeypatch):
    assert client.open("/", method=method).status_code == 405
    monkeypatch.setattr("tests.conftest.check_page", lambda _text: None)
    with undrawn(app):  # the page that says so is always the same
        for rule, path in addresses(app, "GET"):
            answer = client.open(path, method=method)
            assert answer.status_code in {404, 405}, rule.rule
            assert headers_of(answer)["X-Content-Type-Options"] == "nosniff"


def test_s129_head_is_get_without_its_body(client, world, app, monkeypatch):
    monkeypatch.setattr("tests.conftest.check_page", lambda _text: None)  # an empty page has no heading
    checked = 0
    for rule, path in addresses(app, "GET"):
        got, asked = client.get(path), client.head(path)
        assert asked.status_code == got.status_code, rule.rule
        assert asked.data == b"", rule.rule
        assert asked.mimetype == got.mimetype, rule.rule
        checked += got.status_code == 200
        got.close()
        asked.close()
    assert checked > 20


def test_s111_what_is_no_page_and_no_day_narrows_nothing_or_is_refused(client, world):
    asked = [
        f"page={10**9}",
        "page=-1",
        "page=x",
        f"per_page={10**9}",
        "from=0001-01-01&to=9999-12-31",
        "period=2026-13",
    ]
    for path in ("/threats", "/threats.geojson", "/threats.csv", "/threats.atom", "/proposals", "/debates", "/surveys"):
        for query in asked:
            answer = client.get(f"{path}?{query}")
            assert answer.status_code in {200, 302, 400, 404, 422}, (path, query)
            answer.close()
    for query in (
        f"page={10**9}",
        f"per_page={10**9}",
        "from=0001-01-01",
        "month=2026-13",
        f"start_date={YEARS[0]}-13-01",
    ):
        answer = client.get(f"/api/threats?{query}")
        assert answer.status_code == 400, query
        assert answer.mimetype == "application/problem+json"
