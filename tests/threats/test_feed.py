"""The Atom feed of an area: valid, the public edition only, its newest news, and asked again by its ETag."""

from datetime import datetime, timedelta

import pytest
from lxml import etree
from sqlalchemy import update

from consult.clock import now
from consult.db import db
from consult.threats import feed, operations, queries
from consult.threats.models import Threat
from consult.threats.workflow import Status
from tests.accounts.makers import officer, sign_in
from tests.factories import admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

A = "{http://www.w3.org/2005/Atom}"
DISTRICT = "/threats.atom?district=1003"
SZADEK = metres_away(15_000, 0)


def threat(category="parkowanie", **more):
    return queries.of_observation(admit(category, when=now() - timedelta(days=3), **more))


def read(client, url=DISTRICT):
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return etree.fromstring(answer.data)


def titles(root):
    return [entry.findtext(f"{A}title") for entry in root.iter(f"{A}entry")]


def test_the_feed_has_what_atom_asks_for(client):
    found = threat()
    operations.change_status(found, Status.IN_VERIFICATION, "Patrol pojedzie <b>we wtorek</b> & w środę", 1)
    root = read(client)
    assert root.tag == f"{A}feed"
    for element in (root, root.find(f"{A}entry")):
        assert element.findtext(f"{A}id").startswith("http://127.0.0.1:8000/threats")
        assert element.findtext(f"{A}title")
        assert datetime.fromisoformat(element.findtext(f"{A}updated")).tzinfo
    assert root.findtext(f"{A}author/{A}name")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{A}link")}
    assert links["self"] == root.findtext(f"{A}id")
    assert client.get(links["alternate"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    entry = root.find(f"{A}entry")
    assert entry.findtext(f"{A}id") == f"http://127.0.0.1:8000/threats/{found.id}"
    assert "Patrol pojedzie <b>we wtorek</b> & w środę" in entry.findtext(f"{A}summary")
    assert entry.find(f"{A}summary").get("type") == "text"
    assert entry.find(f"{A}category").get("term") == "parkowanie"


def test_an_area_without_news_has_a_feed_too(client):
    root = read(client)
    assert titles(root) == []
    assert root.findtext(f"{A}updated")


def test_the_newest_news_comes_first(client):
    first, second = threat(), threat("dzikie_wysypiska", at=metres_away(3_000, 0))
    operations.change_status(first, Status.IN_VERIFICATION, "Sprawdzamy", 1)
    addresses = [entry.findtext(f"{A}id") for entry in read(client).iter(f"{A}entry")]
    assert addresses == [f"http://127.0.0.1:8000/threats/{one.id}" for one in (first, second)]


def test_fifty_entries_are_the_most(client, monkeypatch):
    assert feed.MOST_ENTRIES == 50
    monkeypatch.setattr(feed, "MOST_ENTRIES", 2)
    for k in range(4):
        threat(at=metres_away(k * 2_000, 0))
    assert len(titles(read(client))) == 2


def test_only_the_area_that_was_asked_for(client):
    threat()
    threat("dzikie_wysypiska", at=SZADEK)
    assert len(titles(read(client))) == 1
    assert len(titles(read(client, "/threats.atom?district=1019"))) == 1
    assert len(titles(read(client, "/threats.atom?commune=1019042"))) == 1
    assert titles(read(client, "/threats.atom?commune=1019052")) == []


@pytest.mark.parametrize("category", ["srodki_odurzajace", "bezdomny_pomoc"])
def test_nothing_of_a_protected_kind_stands_there_even_for_the_police(client, app, category):
    threat(category, text="words of a resident")
    for browser in (client, sign_in(app.test_client(), officer())):
        answer = browser.get(DISTRICT)
        assert titles(etree.fromstring(answer.data)) == []
        assert category not in answer.text


def test_words_of_residents_never_stand_there(client):
    threat(text="words of a resident")
    assert "words of a resident" not in client.get(DISTRICT).text


def test_what_left_the_map_left_the_feed(client):
    found = threat()
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED):
        operations.change_status(found, status, "słowa", 1)
    assert len(titles(read(client))) == 1
    db.session.execute(update(Threat).values(status_at=now() - timedelta(days=31)))
    assert titles(read(client)) == []
    operations.change_status(threat("dzikie_wysypiska"), Status.JOKE, "żart", 1)
    assert titles(read(client)) == []


def test_whoever_has_the_newest_feed_is_told_so(client):
    found = threat()
    etag = client.get(DISTRICT).headers["ETag"]
    again = client.get(DISTRICT, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    operations.change_status(found, Status.IN_VERIFICATION, "Sprawdzamy", 1)
    assert client.get(DISTRICT, headers={"If-None-Match": etag}).status_code == 200


def test_the_feed_speaks_the_language_of_its_address_and_of_nothing_else(client):
    threat()
    client.set_cookie("language", "uk")
    name = "{http://www.w3.org/XML/1998/namespace}lang"
    assert read(client).get(name) == "pl"
    english = read(client, f"{DISTRICT}&language=en")
    assert english.get(name) == "en"
    assert titles(english)[0].startswith("Improper parking")
    assert read(client, f"{DISTRICT}&language=xx").get(name) == "pl"


@pytest.mark.parametrize("query", ["", "?district=", "?district=1003&commune=1003023"])
def test_a_feed_is_of_one_area(client, query):
    assert client.get(f"/threats.atom{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "district=9999",
        "district=10",
        "district=x%00y",
        "district=%D9%A1%D9%A0%D9%A0%D9%A3",
        "commune=1003",
        "commune=9999999",
        "commune=10030_3",
    ],
)
def test_what_is_no_area_has_no_feed(client, query):
    assert client.get(f"/threats.atom?{query}").status_code == 404


def test_pages_of_a_district_lead_to_its_feeds(client):
    page = Page(client, "/districts/1003")
    assert page.soup.select_one("link[type='application/atom+xml']")["href"].startswith(DISTRICT)
    offered = [link["href"] for link in page.soup.select("a[type='application/atom+xml']")]
    assert len(offered) == 3
    assert all(client.get(url).status_code == 200 for url in offered)
    assert Page(client, "/threats?district=1003").soup.select("link[type='application/atom+xml']")
    assert not Page(client, "/threats").soup.select("[type='application/atom+xml']")
