"""Following a report by its receipt, and taking it back while there is time."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.online_reports.operations import WITHDRAWAL
from consult.receipts import hash_of, receipt_of
from consult.threats import operations as threats
from consult.threats.models import Threat
from consult.threats.workflow import Status
from tests import factories
from tests.accounts import makers
from tests.factories import LASK, metres_away
from tests.online_reports.makers import geometry
from tests.pages import Page


@pytest.fixture
def world(app):
    """Two districts and the catalogue."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()


def sent(client, **values):
    """Send a report and give the address of its receipt."""
    right = {"category": "parkowanie", "place": geometry(*LASK), "step": "send", "description": "Auta przy szkole"}
    answer = Page(client, "/online-reports/new").send(**{**right, **values})
    assert answer.status_code == 303, answer.status
    return answer.location


def the_report():
    db.session.expire_all()
    return db.session.execute(select(OnlineReport)).unique().scalar_one()


def the_threat():
    db.session.expire_all()
    return db.session.execute(select(Threat)).unique().scalar_one()


def test_the_receipt_tells_the_number_the_link_and_what_was_sent(client, world):
    address = sent(client, times_of_day=["night"], weekdays=["fri"])
    page = Page(client, address)
    text = page.soup.select_one("main").text
    assert the_report().number in page.soup.h1.text
    assert f"http://127.0.0.1:8000{address}" in text
    assert "Auta przy szkole" in text
    assert "powiat łaski" in text
    assert page.soup.select_one("img[src^='data:image/svg+xml']")["alt"]


def test_the_receipt_names_the_neighbour_of_a_place_near_a_border(client, world):
    makers.unit("1003")
    db.session.commit()
    page = Page(client, sent(client, place=geometry(*metres_away(9_975, 0))))
    assert "Tuż obok: powiat powiat zduńskowolski" in page.soup.select_one("main").text
    assert "Tuż obok" not in Page(client, sent(client)).soup.select_one("main").text


def test_the_receipt_is_kept_by_nobody_but_its_owner(client, world):
    answer = client.get(sent(client))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


def test_the_receipt_follows_the_threat_with_the_words_of_the_police(client, world):
    address = sent(client)
    threat = the_threat()
    threats.change_status(threat, Status.IN_VERIFICATION, "Patrol pojedzie we wtorek", 1)
    threats.change_status(threat, Status.CONFIRMED, "Stały dwa auta <b>", 1)
    db.session.commit()
    page = Page(client, address)
    assert "Stały dwa auta <b>" in page.soup.select_one("blockquote").text
    assert page.soup.select_one(".status--confirmed")
    assert page.soup.select_one(f"a[href='/threats/{threat.id}']")


def test_how_many_voices_speak_of_it_is_told(elsewhere, client, world):
    address = sent(client)
    for _ in range(4):
        sent(elsewhere(), description="Samochody przy szkole")
    assert "5" in Page(client, address).soup.select_one("[aria-labelledby=result]").text


def test_of_a_threat_that_the_public_may_not_see_no_voices_are_counted_and_no_link_is_given(app, client, world):
    kind = {"category": "bezdomny_pomoc", "description": "Na dworcu"}
    address = sent(client, **kind)
    for _ in range(6):
        sent(app.test_client(), **kind)
    page = Page(client, address)
    assert "7" not in page.soup.select_one("[aria-labelledby=result]").text
    assert not page.soup.select("a[href^='/threats/']")


@pytest.mark.parametrize("receipt", ["a" * 32, "A" * 31 + "!", "x", "ą" * 32, "0" * 5_000, "zg-2026-000001", "1"])
def test_a_receipt_that_is_none_is_not_found_whatever_it_is(client, world, receipt):
    sent(client)
    known = Page(client, "/online-reports/" + "b" * 32, status=404)
    page = Page(client, f"/online-reports/{receipt}", status=404)
    assert page.soup.main.text == known.soup.main.text


def test_neither_number_nor_hash_nor_key_opens_a_report(client, world):
    sent(client)
    report = the_report()
    for guess in (report.number, str(report.id), report.receipt_hash, report.natural_key):
        assert client.get(f"/online-reports/{guess}").status_code == 404


def test_an_imported_report_has_no_receipt(client, world):
    assert client.get(f"/online-reports/{hash_of('import:1')}").status_code == 404


def test_a_receipt_can_only_be_made_with_the_secret():
    key = "0" * 32
    made = receipt_of("report", key, "one secret")
    assert made == receipt_of("report", key, "one secret")
    others = {receipt_of("report", key, "another"), receipt_of("report", "1" * 32, "one secret")}
    assert made not in others | {receipt_of("opinion", key, "one secret")}


def test_a_report_may_be_taken_back_and_its_voice_leaves_the_threat(client, world):
    address = sent(client)
    answer = Page(client, address).send(to=f"{address}/withdraw")
    assert (answer.status_code, answer.location) == (303, address)
    assert the_report().withdrawn_at is not None
    assert db.session.scalar(select(Observation.withdrawn_at)) is not None
    assert the_threat().observations == 0
    page = Page(client, address)
    assert not page.soup.select("form[action$=withdraw]")
    assert not page.soup.select(".status")


def test_taking_back_twice_is_taking_back_once(client, world):
    address = sent(client)
    page = Page(client, address)
    page.send(to=f"{address}/withdraw")
    before = the_report().withdrawn_at
    assert page.send(to=f"{address}/withdraw").status_code == 303
    assert the_report().withdrawn_at == before


def test_after_a_quarter_of_an_hour_the_report_stays(client, world):
    address = sent(client)
    page = Page(client, address)
    report = the_report()
    report.sent_at -= WITHDRAWAL
    db.session.commit()
    assert not Page(client, address).soup.select("form[action$=withdraw]")
    assert page.send(to=f"{address}/withdraw").status_code == 303
    assert the_report().withdrawn_at is None
    assert Page(client, address).soup.select_one(".govuk-notification-banner")


def test_nobody_takes_back_another_report(app, client, world):
    sent(client)
    other = app.test_client()
    form = Page(other, sent(other))
    assert form.send(to="/online-reports/" + "c" * 32 + "/withdraw").status_code == 404
    assert db.session.scalar(select(func.count()).where(OnlineReport.withdrawn_at.is_not(None))) == 0


def test_taking_back_needs_its_csrf_token_and_a_post(client, world):
    address = sent(client)
    assert client.post(f"{address}/withdraw").status_code == 400
    assert client.get(f"{address}/withdraw").status_code == 405
    assert the_report().withdrawn_at is None


def test_the_same_form_sent_again_after_taking_back_shows_the_same_receipt(client, world):
    page = Page(client, "/online-reports/new")
    right = {"category": "parkowanie", "place": geometry(*LASK), "step": "send"}
    address = page.send(**right).location
    Page(client, address).send(to=f"{address}/withdraw")
    assert page.send(**right).location == address
    assert the_report().withdrawn_at is not None


def test_numbers_are_for_talking_and_name_the_year_in_warsaw(client, world):
    sent(client)
    report = the_report()
    report.sent_at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert report.number == f"ZG-2027-{report.id:06}"


def test_the_page_speaks_the_readers_language(client, world):
    address = sent(client)
    client.set_cookie("language", "en")
    assert "Improper parking" in Page(client, address).soup.text


def test_a_receipt_tells_nothing_that_was_found_about_others_before(elsewhere, client, world):
    """A false report beside a protected threat must not open the officer's words about it."""
    kind = {"category": "bezdomny_pomoc", "description": "Na dworcu"}
    sent(client, **kind)
    threat = db.session.scalars(select(Threat)).unique().one()
    threats.change_status(threat, Status.IN_VERIFICATION, "words about somebody", 1)
    db.session.commit()
    curious = elsewhere()
    page = Page(curious, sent(curious, **kind))
    assert "words about somebody" not in page.text
    assert "W trakcie weryfikacji" not in page.soup.select_one("[aria-labelledby=result]").text


@pytest.mark.parametrize("written", ["{}", " http://127.0.0.1:8000/online-reports/{}\n", "{blanks}"])
def test_who_has_a_receipt_reaches_the_report_from_the_first_page(client, world, written):
    address = sent(client)
    receipt = address.rpartition("/")[2]
    blanks = " ".join(receipt[at : at + 4] for at in range(0, 32, 4)).upper()
    way = Page(client, "/").soup.find("a", href="/online-reports/find")
    answer = Page(client, way["href"]).send(receipt=written.format(receipt, blanks=blanks))
    assert (answer.status_code, answer.location) == (303, address)


@pytest.mark.parametrize("written", ["", "ZG-1003-1", "a" * 32, "7-" + "a" * 32])
def test_what_is_no_receipt_opens_nothing_and_says_what_is_wanted(client, world, written):
    sent(client)
    answer = Page(client, "/online-reports/find").send(receipt=written)
    assert answer.status_code == 422
    page = Page.of(client, "/online-reports/find", answer)
    assert page.soup.select_one("#receipt-error").text.strip()
