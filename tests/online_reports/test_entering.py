"""An officer enters what somebody tells: by phone, letter or visit, with a receipt for the person, and no name."""

import pytest
from sqlalchemy import select

from consult.audit import queries as audit
from consult.db import db
from consult.observations.models import Observation, Plane
from consult.online_reports import queries
from consult.online_reports.models import Channel, OnlineReport
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import LASK, metres_away
from tests.online_reports.makers import geometry
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

ENTER = "/online-reports/enter"


@pytest.fixture
def page(client):
    """The form, opened by an officer of unit 1003."""
    return Page(sign_in(client, officer(unit("1003"))), ENTER)


def told(page, **values):
    """Fill in what somebody told and save it."""
    right = {
        "channel": "phone",
        "category": "parkowanie",
        "place": geometry(*LASK),
        "description": "Auta stoją na chodniku",
    }
    return page.send(**{**right, **values})


def the_report():
    db.session.expire_all()
    return db.session.execute(select(OnlineReport)).unique().scalar_one()


@pytest.mark.parametrize("channel", ["phone", "letter", "visit"])
def test_what_somebody_tells_is_a_voice_of_direct_contact(page, channel):
    assert told(page, channel=channel).status_code == 303
    report = the_report()
    assert report.channel.value == channel
    assert queries.observation_of(report).plane is Plane.DIRECT_CONTACT
    assert queries.threat_of(report).from_contact == 1
    assert [entry.act for entry in audit.of_object("online_report", report.id)] == ["enter_report"]


def test_the_person_gets_a_number_a_link_and_a_code(client, page):
    shown = Page(client, told(page).location)
    assert the_report().number in shown.soup.h1.text
    address = shown.soup.select_one(".report-link__address").text
    assert shown.soup.select_one("img[src^='data:image/svg+xml']")["alt"]
    spelled = shown.soup.select_one("code").text.replace(" ", "")
    assert address.endswith(spelled)
    followed = Page(client.application.test_client(), address.partition("8000")[2])
    assert the_report().number in followed.soup.h1.text


def test_the_receipt_is_kept_by_nobody_else(client, page):
    answer = client.get(told(page).location)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.request.path.rpartition("/")[2] not in repr(vars(the_report()))


def test_a_name_or_a_number_is_shown_before_it_is_saved(page):
    answer = told(page, description="Jan Kowalski parkuje na chodniku, tel. 601 602 603")
    assert answer.status_code == 422
    assert db.session.scalar(select(OnlineReport.id)) is None
    assert "<mark" in answer.text
    again = told(page, description="Jan Kowalski parkuje na chodniku, tel. 601 602 603", is_past="y")
    assert again.status_code == 303


def test_what_the_place_is_called_is_looked_at_too(page):
    answer = told(page, **{"place": "", "place-commune": "1003023", "place-described": "u Nowaka, tel. 601 602 603"})
    assert answer.status_code == 422
    assert "601 602 603" in answer.text


def test_the_same_form_sent_twice_is_one_report(page):
    first, second = told(page), told(page)
    assert first.location == second.location
    assert len(audit.of_object("online_report", the_report().id)) == 1


def test_the_same_form_with_other_words_is_refused(page):
    told(page)
    assert told(page, description="Coś innego").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": ""},
        {"channel": "page"},
        {"channel": "import"},
        {"category": ""},
        {"place": ""},
        {"place": geometry(2.35, 48.85)},
        {"description": "a" * 501},
        {"observed_on": "2999-01-01"},
    ],
)
def test_a_wrong_answer_is_told_and_nothing_saved(page, wrong):
    assert told(page, **wrong).status_code == 422
    assert db.session.scalar(select(OnlineReport.id)) is None


def test_a_place_elsewhere_goes_to_the_unit_of_that_place(client, page):
    unit("1019")
    shown = Page(client, told(page, place=geometry(*metres_away(15_000, 0))).location)
    assert "zduńskowolski" in shown.soup.main.text
    assert db.session.scalar(select(Observation.district_code)) == "1019"
    there = Page(sign_in(client.application.test_client(), officer(unit("1019"))), "/online-reports/entered")
    assert the_report().number in there.text
    assert the_report().number not in Page(client, "/online-reports/entered").text


def test_what_was_entered_is_listed_with_its_channel(client, page, queries_counted):
    told(page, channel="letter")
    listed = Page(client, "/online-reports/entered")
    assert the_report().number in listed.text
    few = queries_counted(lambda: client.get("/online-reports/entered"))
    for k in range(1, 4):
        told(Page(client, ENTER), description=f"Auto {k}", place=geometry(*metres_away(k * 900, 0)))
    assert queries_counted(lambda: client.get("/online-reports/entered")) <= few


def test_who_entered_it_looked_at_it_so_it_does_not_wait_for_screening(client, page):
    told(page)
    assert the_report().screened_at is not None
    assert Page(client, "/online-reports/screening").soup.select("article") == []


@pytest.mark.parametrize("maker", [coordinator, administrator])
def test_only_officers_and_heads_enter_reports(client, maker):
    sign_in(client, maker(unit("1003")))
    assert client.get(ENTER).status_code == 403
    assert client.get("/online-reports/entered").status_code == 403


def test_the_receipt_page_of_staff_needs_a_sign_in_and_a_receipt(client, page):
    address = told(page).location
    assert client.application.test_client().get(address).status_code == 302
    assert client.get("/online-reports/entered/nonsense").status_code == 404


def test_the_person_may_take_it_back_in_time(client, page):
    location = told(page).location.replace("/entered/", "/")
    resident = client.application.test_client()
    assert Page(resident, location).send(to=f"{location}/withdraw").status_code == 303
    assert the_report().withdrawn_at is not None
    assert the_report().channel is Channel.PHONE
