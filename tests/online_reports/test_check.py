"""Before a report counts: its answers once more, threats nearby, and "I see it too" instead."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats import operations as threats
from consult.threats.models import Threat
from consult.threats.workflow import Status
from consult.web import traffic
from tests import factories
from tests.accounts import makers
from tests.factories import LASK, metres_away
from tests.online_reports.makers import RIGHT, geometry
from tests.pages import Page
from tests.web.makers import solved

NEW = "/online-reports/new"


@pytest.fixture
def world(app):
    """Two districts and the catalogue."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()


class Check:
    """The page of the check, as the form before it led there."""

    def __init__(self, client, url=NEW, **values):
        self.client, self.url = client, url
        self.answer = Page(client, url).send(**{**RIGHT, **values})
        self.soup = BeautifulSoup(self.answer.text, "lxml")

    def press(self, **button):
        """Press a button of the page: what the page carries goes along."""
        hidden = [(field["name"], field["value"]) for field in self.soup.select("main form input[type=hidden]")]
        sent = {}
        for name, value in hidden:
            sent.setdefault(name, []).append(value)
        return self.client.post(self.url, data={**sent, **button})

    @property
    def words(self):
        """What the page says."""
        return self.soup.select_one("main").text

    @property
    def offered(self):
        """The numbers of the threats to which a voice may be added."""
        return [int(button["value"]) for button in self.soup.select("main form button[name=threat]")]


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def reported(client, **values):
    """Send a report for good; gives its threat's number."""
    answer = Page(client, NEW).send(**{**RIGHT, "step": "send", **values})
    assert answer.status_code == 303, answer.text
    observation = db.session.scalars(select(Observation).order_by(Observation.id.desc())).first()
    return threats.queries.of_observation(observation).id


def test_who_stands_near_a_border_reads_who_answers_and_who_is_next_to_it(client, world):
    makers.unit("1003")
    db.session.commit()
    near = metres_away(9_975, 0)
    check = Check(client, place=geometry(*near))
    assert "blisko granicy" in check.words
    assert "powiat łaski" in check.words
    assert "powiat zduńskowolski" in check.words
    assert "blisko granicy" not in Check(client).words


def test_the_first_sending_shows_the_answers_and_saves_nothing(client, world):
    check = Check(
        client, times_of_day=["evening", "night"], weekdays=["sat", "sun"], description="Auta <b> na chodniku"
    )
    assert check.answer.status_code == 200
    for words in ("Nieprawidłowe parkowanie", "powiat łaski", "18–22", "sobota", "Auta <b> na chodniku"):
        assert words in check.words
    assert count(OnlineReport) == count(Observation) == 0


def test_what_was_shown_is_what_is_sent(client, world):
    check = Check(client, times_of_day=["evening", "night"], weekdays=["sat"], description="Pierwszy\nwiersz „ą”")
    answer = check.press(step="send")
    assert (answer.status_code, bool(re.fullmatch(r"/online-reports/[a-z2-7]{32}", answer.location))) == (303, True)
    report = db.session.execute(select(OnlineReport)).unique().scalar_one()
    assert (report.weekdays, report.times_of_day, report.description) == (32, 12, "Pierwszy\nwiersz „ą”")
    assert report.joined_threat_id is None


def test_a_place_that_was_searched_for_or_is_a_commune_survives_the_check(client, world):
    url = f"{NEW}?district=1003"
    code = next(
        option["value"] for option in Page(client, url).soup.select("#place-commune option") if "Łask" in option.text
    )
    check = Check(client, url, place="", **{"place-commune": code, "place-described": "za starą piekarnią"})
    assert "za starą piekarnią" in check.words
    assert check.press(step="send").status_code == 303
    report = db.session.execute(select(OnlineReport)).unique().scalar_one()
    assert (report.place.code, report.place.words) == (code, "za starą piekarnią")


def test_change_leads_back_to_the_form_with_every_answer(client, world):
    check = Check(client, weekdays=["mon", "tue"], description="Auta na chodniku")
    targets = [button["formaction"].lstrip("#") for button in check.soup.select("button[value=change]")]
    answer = check.press(step="change")
    assert answer.status_code == 200
    form = BeautifulSoup(answer.text, "lxml")
    assert not form.select(".govuk-error-summary")
    assert form.select_one("#description").text.strip() == "Auta na chodniku"
    assert form.select_one("#category option[selected]")["value"] == "parkowanie"
    assert [box["value"] for box in form.select("input[name=weekdays][checked]")] == ["mon", "tue"]
    assert "51.59" in form.select_one("#place")["value"]
    assert [name for name in targets if form.find(id=name) is None] == [], "each change leads to its question"
    assert form.select_one("input[name=key]")["value"] == check.soup.select_one("input[name=key]")["value"]


def test_an_answer_that_was_tampered_with_on_the_way_is_refused(client, world):
    check = Check(client)
    answer = check.press(step="send", category="nie_ma_takiej")
    assert answer.status_code == 422
    assert count(OnlineReport) == 0


def test_the_time_pattern_is_not_shown_where_the_category_asks_for_none(client, world):
    check = Check(client, category="dzikie_wysypiska", times_of_day=["night"])
    assert "22–6" not in check.words
    assert "Pora dnia" not in check.words


def test_a_threat_nearby_is_shown_in_words_with_what_anyone_may_know(client, elsewhere, world):
    number = reported(elsewhere(), description="Tajemnice sąsiada")
    check = Check(client, place=geometry(*metres_away(40, 0)))
    assert check.offered == [number]
    card = check.soup.select_one("main article").text
    assert "40 m" in card
    assert "Nowe" in card
    assert "Tajemnice" not in check.words
    assert check.soup.select_one("main article .status svg")


def test_where_nothing_is_nearby_nothing_is_asked(client, world):
    check = Check(client)
    assert check.offered == []
    assert [button["value"] for button in check.soup.select("main .form-actions button")] == ["send"]


@pytest.mark.parametrize("category", ["bezdomny_pomoc", "zebractwo", "znecanie_zwierzeta"])
def test_a_protected_threat_is_never_shown_to_whoever_reports_the_same_beside_it(client, elsewhere, world, category):
    reported(elsewhere(), category=category)
    assert Check(client, category=category).offered == []


def test_i_see_it_too_adds_a_voice_with_day_time_and_words_and_gives_a_receipt(client, elsewhere, world):
    number = reported(elsewhere())
    check = Check(client, place=geometry(*metres_away(60, 0)), times_of_day=["night"], description="Też to widzę")
    answer = check.press(threat=str(number))
    assert answer.status_code == 303
    db.session.expire_all()
    threat = db.session.get(Threat, number)
    assert (count(Threat), threat.observations, threat.independent) == (1, 2, 2)
    report = db.session.execute(select(OnlineReport).order_by(OnlineReport.id.desc())).unique().scalars().first()
    assert (report.joined_threat_id, report.times_of_day, report.description) == (number, 8, "Też to widzę")
    assert report.place.lon_lat == pytest.approx(LASK, abs=1e-5), "no place of its own"
    receipt = Page(client, answer.location)
    assert str(number) in receipt.soup.select_one(".govuk-summary-list").text
    assert receipt.soup.select_one(f"main a[href='/threats/{number}']")


def test_two_clicks_on_i_see_it_too_are_one_voice(client, elsewhere, world):
    number = reported(elsewhere())
    check = Check(client)
    first, second = check.press(threat=str(number)), check.press(threat=str(number))
    assert (first.location, first.status_code) == (second.location, 303)
    assert count(OnlineReport) == 2


def test_a_report_sent_and_then_turned_into_a_voice_is_a_conflict(client, elsewhere, world):
    number = reported(elsewhere())
    check = Check(client)
    check.press(step="send")
    assert check.press(threat=str(number)).status_code == 409
    assert count(OnlineReport) == 2


def test_the_same_voice_counts_once_a_day_and_may_still_send_its_own_report(client, world):
    number = reported(client)
    check = Check(client, description="Znowu stoją")
    answer = check.press(threat=str(number))
    assert answer.status_code == 409
    assert "Znowu stoją" in answer.text
    assert count(OnlineReport) == 1
    check.soup = BeautifulSoup(answer.text, "lxml")
    assert check.press(step="send").status_code == 303


def test_a_threat_that_is_hidden_in_the_meantime_takes_no_voice_and_nothing_is_lost(client, elsewhere, world):
    number = reported(elsewhere())
    check = Check(client)
    db.session.get(Threat, number).status = Status.JOKE
    db.session.commit()
    answer = check.press(threat=str(number))
    assert answer.status_code == 409
    assert RIGHT["description"] in answer.text
    assert count(OnlineReport) == 1
    check.soup = BeautifulSoup(answer.text, "lxml")
    assert check.offered == []
    assert check.press(step="send").status_code == 303


def test_a_threat_that_the_public_may_not_see_cannot_be_joined_by_guessing_its_number(client, elsewhere, world):
    number = reported(elsewhere(), category="bezdomny_pomoc")
    assert Check(client).press(threat=str(number)).status_code == 409
    assert Check(client).press(threat="999999").status_code == 404
    assert count(OnlineReport) == 1


@pytest.mark.parametrize("odd", ["", "abc", "-1", "1.5", "٣", "9" * 40, "1; drop table threat"])
def test_an_odd_number_of_a_threat_only_shows_the_check_again(client, world, odd):
    answer = Check(client).press(threat=odd)
    assert answer.status_code == 200
    assert count(OnlineReport) == 0


def test_words_that_mean_now_stop_before_the_check_and_may_go_on(client, world):
    page = Page(client, NEW)
    first = page.send(**{**RIGHT, "description": "Ktoś mnie bije!"})
    assert first.status_code == 422
    asked = BeautifulSoup(first.text, "lxml")
    assert asked.select_one(".govuk-error-summary a[href='tel:112']")
    passed = asked.select_one("input[name=is_past]")["value"]
    check = Check(client, description="Ktoś mnie bije!", is_past=passed)
    assert check.answer.status_code == 200
    assert check.press(step="send").status_code == 303


def test_a_place_that_no_unit_serves_is_told_where_to_turn_and_the_report_kept(client, world):
    check = Check(client)
    assert check.soup.select("main .govuk-inset-text a[href='tel:112']")
    receipt = check.press(step="send").location
    assert Page(client, receipt).soup.select("main .govuk-inset-text a[href='tel:112']")
    makers.unit()
    db.session.commit()
    assert not Check(client).soup.select("main .govuk-inset-text")
    assert not Page(client, receipt).soup.select("main .govuk-inset-text")


def test_a_place_outside_the_boundaries_is_told_where_to_turn(client, world):
    answer = Page(client, NEW).send(**{**RIGHT, "place": geometry(21.0, 52.2)})
    assert answer.status_code == 422
    told = BeautifulSoup(answer.text, "lxml").select("main .govuk-inset-text a[href='tel:112']")
    assert len(told) == 2, "beside the guard of every form, where to turn with this place"


def test_the_check_asks_the_database_as_often_whatever_lies_around(client, elsewhere, world, queries_counted):
    reported(elsewhere(), category="predkosc")
    asked = queries_counted(lambda: Check(client, category="predkosc"))
    for k in range(4):
        number = reported(elsewhere(), category="predkosc", place=geometry(*metres_away(70 * k, 90)))
    assert number
    assert queries_counted(lambda: Check(client, category="predkosc")) <= asked + 1


@pytest.fixture
def guarded(app, world, monkeypatch):
    """The guards on, as in earnest, and a network that may send nothing without work."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    monkeypatch.setattr("consult.web.proof_of_work.COST", 1)
    monkeypatch.setattr("consult.online_reports.views.MOST_WITHOUT_WORK", 0)
    traffic.forget_all()


def test_work_for_the_check_lets_a_network_send_more_and_counts_once(guarded, client, elsewhere):
    check = Check(client)
    work = solved(json.loads(check.soup.select_one("input[name=work]")["data-challenge"]))
    assert check.press(step="send").status_code == 429
    assert check.press(step="send", work=work).status_code == 303
    again = Check(client, description="Coś innego")
    assert again.press(step="send", work=work).status_code == 429
    assert count(OnlineReport) == 1


def test_who_is_asked_to_wait_keeps_the_answers_and_gets_new_work(guarded, client):
    check = Check(client)
    answer = check.press(step="send", work="rubbish")
    assert answer.status_code == 429
    asked = BeautifulSoup(answer.text, "lxml")
    assert RIGHT["description"] in asked.select_one("main").text
    given = asked.select_one("input[name=work]")
    assert (given["value"], len(asked.select("input[name=work]"))) == ("", 1)
    assert given["data-challenge"] != check.soup.select_one("input[name=work]")["data-challenge"]


def test_work_is_asked_for_where_a_voice_is_added_and_nowhere_before(guarded, client, elsewhere):
    number = threats.queries.of_observation(factories.admit()).id
    db.session.commit()
    assert not Page(client, NEW).soup.select("[data-challenge]")
    page = Page(client, f"/threats/{number}/voices/new")
    work = solved(json.loads(page.soup.select_one("input[name=work]")["data-challenge"]))
    assert page.send(work=work).status_code == 303


def test_where_nothing_is_limited_no_work_is_asked_for(client, world):
    assert not Check(client).soup.select("[name=work]")
