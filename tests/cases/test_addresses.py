"""What stands in an address and in a question of one is a word to look for, or nothing: never a command."""

import logging

import pytest

from consult.db import db
from consult.threats.models import Threat
from tests.factories import admit
from tests.online_reports.makers import RIGHT
from tests.pages import Page

LISTS = (
    "/threats", "/threats.geojson", "/threats.csv", "/threats.xlsx", "/threats.gpkg", "/proposals", "/surveys",
    "/debates/upcoming", "/districts/map.svg", "/paper/preview.svg", "/hot-spots", "/statistics", "/releases",
)  # fmt: skip
ATTACKS = (
    "'; drop table threat; --", "1) or 1=1", "(select password_hash from account)", "%", "_", "\\", "$.a[0]", "x' || 'y",
    "1,2,3", "\x00", "\ud83d", "٣", "1e5", "-1", "9" * 400, "%(x)s", ":x", "{0}", "${jndi:x}",
)  # fmt: skip
NAMES = (
    "district", "category", "status", "plane", "period", "bbox", "page", "from", "to", "sort", "order",
    "filter[password]", "id", "q", "edition", "lang", "voivodeship", "lon", "lat", "scale",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_s104_what_is_asked_for_is_never_a_command(client, world, path):
    admit("parkowanie")
    db.session.commit()
    for turn, attack in enumerate(ATTACKS):
        # each name meets a third of the attacks here, and all of them over the lists
        some = {name: attack for place, name in enumerate(NAMES) if (place + turn + LISTS.index(path)) % 3 == 0}
        answer = client.get(path, query_string={name: text.encode("utf-8", "replace") for name, text in some.items()})
        assert answer.status_code in {200, 302, 400, 404, 422}, (attack, some)
        answer.close()
    assert db.session.scalar(db.select(db.func.count()).select_from(Threat)) == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_s104_a_program_is_told_what_is_wrong(client, world, attack):
    for name in ("district", "category", "status", "updated_since", "limit", "cursor", "sort", "filter[password]"):
        answer = client.get("/api/threats", query_string={name: attack.encode("utf-8", "replace")})
        assert answer.status_code in {200, 400, 404}, name
        assert answer.status_code == 400 or not answer.json.get("threats", answer.json.get("items")), name


@pytest.mark.parametrize("words", ["x\r\nSet-Cookie: stolen=1", "x%0d%0aSet-Cookie:%20stolen=1", "x\nLocation: //evil"])
def test_s105_no_words_become_a_header(client, world, words):
    for path in ("/language/en", "/threats", "/threats.csv", "/api/threats", "/no-such-page"):
        answer = client.get(path, query_string={"next": words, "district": words, "lang": words, "cursor": words})
        assert "stolen" not in str(answer.headers.getlist("Set-Cookie"))
        assert "evil" not in answer.headers.get("Location", "")
        answer.close()


def test_s105_no_header_of_a_visitor_comes_back_or_colours_the_log(client, world, caplog):
    caplog.set_level(logging.DEBUG)
    client.get(
        "/threats", headers={"User-Agent": "\x1b[31mred", "X-Request-Id": "\x1b[31mred", "Referer": "\x1b[31mred"}
    )
    assert "\x1b" not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fetc/passwd",
        "/static//etc/passwd", "/static/%00", "/static/..\\..\\etc\\passwd", "/summaries/2026-Q1/..%2f..%2fetc.pdf",
        "/summaries/..%2f2026/1003.pdf", "/summaries/2026-Q1/%2e%2e.json", "/summaries/2026-Q1/1003%00.pdf",
        "/surveys/..%2fx", "/online-reports/..%2f..%2fx", "/districts/..%2f1003", "/api/..%2f..%2fetc/passwd",
        "/reports/../../etc/passwd", "//etc/passwd",
    ],
)  # fmt: skip
def test_s106_no_address_leads_to_a_file_beside_those_of_the_pages(client, world, path):
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code in {400, 404}
    assert "root:x" not in answer.text


@pytest.mark.parametrize(
    "key",
    ["9223372036854775808", "9" * 20, "9" * 5_000, "-1", "1e5", "٣", "0", "1.0", "+1", " 1", "1%00", "0x1", "1_0"],
)
def test_s113_what_is_no_key_is_not_there(client, world, key):
    for path in (
        "/threats/{}",
        "/debates/{}/minutes",
        "/releases/{}",
        "/releases/{}.csv",
        "/proposals/{}",
        "/api/threats/{}",
    ):
        assert client.get(path.format(key)).status_code == 404, path


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ufffeb", "a\x0bb", "a\x1b[31mb"])
def test_s114_what_cannot_be_shown_is_not_saved(client, world, text):
    answer = Page(client, "/online-reports/new").send(**{**RIGHT, "description": text})
    assert answer.status_code == 422
    answer = Page(client, "/feedback/new").send(text=text)
    assert answer.status_code in {400, 422}


def test_s116_a_letter_more_than_a_text_may_have_is_refused(client, world):
    page = Page(client, "/online-reports/new")
    longest = int(page.soup.select_one("textarea[name=description]").get("maxlength") or 500)
    for letters in (longest + 1, 2_001, 100_000):
        assert page.send(**{**RIGHT, "description": "ż" * letters}).status_code == 422


def test_s109_more_parts_than_a_form_may_have_are_refused_before_they_are_read(client, world, app):
    most = app.config["MAX_FORM_PARTS"]
    boxes = {f"box{number}": "1" for number in range(most + 1)}
    answer = client.post("/online-reports/new", data=boxes, content_type="multipart/form-data")
    assert answer.status_code == 413
    large = client.post("/feedback/new", data={"text": "x" * (app.config["MAX_FORM_MEMORY_SIZE"] + 1)})
    assert large.status_code in {400, 413}  # what is not read has no token
