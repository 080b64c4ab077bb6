"""I see it too, from the public page of a threat: one more voice, the same guards, a receipt of its own."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.clock import today
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats import joining, queries
from consult.threats.models import Threat
from consult.threats.workflow import Status
from consult.web import traffic
from tests import factories
from tests.accounts import makers
from tests.pages import Page


@pytest.fixture
def threat(app):
    """A threat that anyone may see, spoken of by somebody else."""
    factories.catalogue_of_27()
    factories.two_districts()
    found = queries.of_observation(factories.admit())
    db.session.commit()
    return found


def address(threat):
    return f"/threats/{threat.id}/voices/new"


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def figures():
    db.session.expire_all()
    found = db.session.execute(select(Threat)).unique().scalar_one()
    return found.observations, found.independent


def test_the_page_of_a_threat_leads_to_it_and_only_where_anyone_may_see_the_threat(client, threat):
    assert Page(client, f"/threats/{threat.id}").soup.select(f"main a[href='{address(threat)}']")
    makers.unit()
    officer = makers.sign_in(client, makers.officer())
    assert not Page(officer, f"/threats/{threat.id}").soup.select(f"main a[href='{address(threat)}']")


def test_a_voice_is_added_with_a_receipt_of_its_own(client, threat):
    page = Page(client, address(threat))
    answer = page.send(observed_on=str(today()), times_of_day=["night"], description="Wczoraj też")
    assert answer.status_code == 303
    assert figures() == (2, 2)
    report = db.session.execute(select(OnlineReport)).unique().scalar_one()
    assert (report.joined_threat_id, report.category_code, report.times_of_day) == (threat.id, "parkowanie", 8)
    receipt = Page(client, answer.location)
    assert "Wczoraj też" in receipt.soup.text
    assert receipt.soup.select(f"a[href='/threats/{threat.id}']")


def test_words_are_not_needed_even_where_a_report_needs_them(client, threat):
    kind = queries.of_observation(factories.admit("niebezpieczna_rozrywka", text="x"))
    db.session.commit()
    assert Page(client, address(kind)).send().status_code == 303


def test_a_voice_that_is_joined_anew_stays(client, threat):
    long_ago = str(today() - timedelta(days=300))
    Page(client, address(threat)).send(observed_on=long_ago)
    joining.join()
    assert figures()[0] == 2


def test_two_residents_are_two_voices_and_one_resident_is_one_a_day(elsewhere, threat):
    one, other = elsewhere(), elsewhere()
    assert [Page(client, address(threat)).send().status_code for client in (one, other)] == [303, 303]
    assert figures() == (3, 3)
    again = Page(one, address(threat)).send(description="Jeszcze raz")
    assert again.status_code == 409
    assert "Jeszcze raz" in again.text
    assert figures() == (3, 3)


def test_on_another_day_the_same_cookie_speaks_again_and_is_still_one_person(client, threat):
    Page(client, address(threat)).send()
    voice = db.session.scalars(select(Observation).order_by(Observation.id.desc())).first()
    voice.admitted_at -= timedelta(days=1)
    db.session.commit()
    assert Page(client, address(threat)).send().status_code == 303
    assert figures() == (3, 2)


def test_after_taking_a_voice_back_it_may_be_given_anew(client, threat):
    receipt = Page(client, address(threat)).send().location
    Page(client, receipt).send(to=f"{receipt}/withdraw")
    assert figures() == (1, 1)
    assert Page(client, address(threat)).send().status_code == 303


def test_two_clicks_are_one_voice(client, threat):
    page = Page(client, address(threat))
    assert page.send().location == page.send().location
    assert figures() == (2, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"observed_on": ""},
        {"observed_on": "2199-01-01"},
        {"observed_on": "0001-01-01"},
        {"description": "x" * 501},
        {"description": "nul \x00"},
        {"times_of_day": "teatime"},
        {"key": "x"},
    ],
    ids=str,
)
def test_a_wrong_answer_is_told_and_nothing_is_saved(client, threat, wrong):
    answer = Page(client, address(threat)).send(**wrong)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select_one(".govuk-error-summary")
    assert (count(OnlineReport), figures()) == (0, (1, 1))


def test_words_that_mean_now_are_answered_with_112(client, threat):
    answer = Page(client, address(threat)).send(description="Ratunku, pali się")
    assert answer.status_code == 422
    asked = BeautifulSoup(answer.text, "lxml")
    assert asked.select_one(".govuk-error-summary a[href='tel:112']")
    passed = asked.select_one("input[name=is_past]")["value"]
    again = Page(client, address(threat)).send(description="Ratunku, pali się", is_past=passed)
    assert again.status_code == 303


def test_what_the_public_may_not_see_takes_no_voices(client, threat):
    hidden = queries.of_observation(factories.admit("bezdomny_pomoc"))
    threat.status = Status.JOKE
    db.session.commit()
    for one in (hidden, threat):
        assert client.get(address(one)).status_code == 404
    assert client.get("/threats/999999/voices/new").status_code == 404
    assert client.get("/threats/0/voices/new").status_code == 404


def test_the_guards_against_machines_hold_here_too(app, client, threat, monkeypatch):
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    traffic.forget_all()
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    assert Page(client, address(threat)).send(homepage="http://buy.example").status_code == 422
    assert Page(client, address(threat)).send(opened="forged").status_code == 422
    assert Page(client, address(threat)).send(csrf_token="forged").status_code == 400
    assert figures() == (1, 1)
    assert Page(client, address(threat)).send().status_code == 303
