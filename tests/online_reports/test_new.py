"""A resident reports a threat: the page asks little, keeps what was written, and saves it once."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.catalogue import queries as catalogue
from consult.catalogue.explaining import explanations
from consult.clock import retelling, today
from consult.db import db
from consult.observations.models import Observation, Plane
from consult.online_reports.models import OnlineReport
from consult.places.gazetteer import Entry
from consult.threats.models import Threat
from consult.web import traffic
from tests import factories
from tests.accounts import makers as accounts
from tests.factories import LASK
from tests.online_reports.makers import RIGHT, geometry
from tests.pages import Page
from tests.places.makers import gazetteer

NEW = "/online-reports/new"


@pytest.fixture
def world(app):
    """Two districts and the catalogue."""
    factories.catalogue_of_27()
    factories.two_districts()
    db.session.commit()


@pytest.fixture
def page(client, world):
    """The page, opened."""
    return Page(client, NEW)


def send(page, **values):
    """Fill in the page with a right report and send it for good, changed as a test wants."""
    right = {**RIGHT, "step": "send"}
    return page.send(**{**right, **values})


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def the_report():
    return db.session.execute(select(OnlineReport)).unique().scalar_one()


def said_at(response):
    """The fields that a page's error summary leads to."""
    return [link["href"].lstrip("#") for link in BeautifulSoup(response.text, "lxml").select(".govuk-error-summary a")]


def said(response):
    """The errors that a page tells, in its summary."""
    return BeautifulSoup(response.text, "lxml").select_one(".govuk-error-summary").text


def test_a_report_is_taken_and_its_receipt_shown(page):
    answer = send(page, times_of_day=["evening", "night"], weekdays=["sat"])
    assert answer.status_code == 303
    assert re.fullmatch(r"/online-reports/[a-z2-7]{32}", answer.location)
    report = the_report()
    assert (report.category_code, report.description) == ("parkowanie", "Auta na chodniku przy szkole")
    assert (report.weekdays, report.times_of_day) == (32, 12)
    assert db.session.scalar(select(Observation)).plane is Plane.ONLINE


def test_the_receipt_itself_is_not_stored(page):
    token = send(page).location.rpartition("/")[2]
    report = the_report()
    assert token not in repr(vars(report))
    assert len(report.receipt_hash) == 64


def test_two_residents_who_speak_of_one_thing_make_one_threat(elsewhere, page):
    send(page)
    send(Page(elsewhere(), NEW), description="Samochody na chodniku przy szkole")
    assert count(OnlineReport) == 2
    assert (count(Threat), db.session.scalar(select(Threat.independent))) == (1, 2)


def test_one_resident_who_reports_twice_is_one_voice(page):
    send(page)
    send(Page(page.client, NEW))
    assert db.session.execute(select(Threat.observations, Threat.independent)).one() == (2, 1)


def test_two_clicks_make_one_report_and_one_receipt(page):
    first, second = send(page), send(page)
    assert first.location == second.location
    assert (first.status_code, second.status_code) == (303, 303)
    assert count(OnlineReport) == count(Observation) == 1


def test_the_same_form_with_other_content_is_a_conflict(page):
    send(page)
    assert send(page, description="Coś zupełnie innego").status_code == 409
    assert the_report().description == "Auta na chodniku przy szkole"


def test_the_page_asks_for_no_name_and_warns_before_it_asks(page):
    assert not page.soup.select("[autocomplete=name], [type=email], [type=tel]")
    text = page.soup.select_one("main").text
    assert text.index("112") < text.index(page.soup.select_one("label[for=category]").text)


def test_categories_stand_in_groups_in_the_language_of_the_page(client, world):
    client.set_cookie("language", "uk")
    options = Page(client, NEW).soup.select("#category optgroup option[value=parkowanie]")
    assert [option.text for option in options] == ["Неправильне паркування"]


def test_a_category_that_ended_is_neither_offered_nor_taken(client, world):
    factories.catalogue.by_code("parkowanie").valid_to = today() - timedelta(days=300)
    db.session.commit()
    page = Page(client, NEW)
    assert not page.soup.select("option[value=parkowanie]")
    answer = send(page)
    assert answer.status_code == 422
    assert str((today() - timedelta(days=301)).year) in said(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": ""},
        {"category": "nie_ma_takiej"},
        {"category": "'; drop table online_report; --"},
        {"description": "x" * 501},
        {"description": "dzwonek \x07"},
        {"description": "nul \x00"},
        {"description": "w \u202e lewo"},
        {"category": "niebezpieczna_rozrywka", "description": " \n "},
        {"observed_on": ""},
        {"observed_on": "wczoraj"},
        {"observed_on": "2199-01-01"},
        {"observed_on": "0001-01-01"},
        {"weekdays": "someday"},
        {"times_of_day": "teatime"},
        {"key": ""},
        {"key": "../../etc/passwd"},
        {"place": ""},
        {"place": "{"},
        {"place": '{"type": "Point", "coordinates": [NaN, 51.5]}'},
        {"place": '{"type": "Point", "coordinates": [1e309, 51.5]}'},
        {"place": '{"type": "Point", "coordinates": [19.1, 51.5], "type": "Point"}'},
        {"place": '{"type": ["Point"], "coordinates": [19.1, 51.5]}'},
        {"place": "[" * 60_000},
        {"place": geometry(LASK[1], LASK[0])},
        {"place": geometry(13.4, 52.5)},
        {"place": geometry(21.0, 52.2)},
        {"place": '{"type": "Polygon", "coordinates": [[' + "[19,51]," * 8_000 + "[19,51]]]}"},
        {"place": '{"type": "Polygon", "coordinates": [[[19,51],[19.1,51.1],[19.1,51],[19,51.1],[19,51]]]}'},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_a_wrong_answer_is_told_and_nothing_is_saved(page, wrong):
    answer = send(page, **wrong)
    assert answer.status_code == 422
    assert said(answer)
    assert count(OnlineReport) == count(Observation) == 0


def test_a_polygon_of_100_000_corners_is_refused_without_a_fault_of_ours(page):
    corners = ",".join(f"[{19 + k / 1e6:.6f},51]" for k in range(100_000))
    answer = send(page, place=f'{{"type": "Polygon", "coordinates": [[{corners}]]}}')
    assert answer.status_code in {413, 422}
    assert count(OnlineReport) == 0


def test_what_was_written_stays_on_the_page_that_asks_again(page):
    answer = send(page, description="Długi opis „ważny” <b>" + "x" * 480, observed_on="2199-01-01", weekdays=["mon"])
    again = BeautifulSoup(answer.text, "lxml")
    assert again.select_one("#description").text.strip().startswith("Długi opis „ważny” <b>")
    assert again.select_one("#category option[selected]")["value"] == "parkowanie"
    assert again.select_one("#observed_on")["value"] == "2199-01-01"
    assert again.select_one("input[name=weekdays][checked]")["value"] == "mon"
    assert "51.59" in again.select_one("#place")["value"]
    assert again.select_one("input[name=key]")["value"] == page.fields()["key"]


@pytest.mark.parametrize("step", ["", "check", "send"])
def test_another_language_in_the_middle_loses_nothing_and_sends_nothing(page, step):
    switch = page.soup.select_one("button[name=in_language][value=uk]")
    assert page.soup.select_one(f"form#{switch['form']}")["action"] == NEW
    answer = send(page, description="Довгий опис", in_language="uk", step=step)
    assert answer.status_code == 200
    again = BeautifulSoup(answer.text, "lxml")
    assert again.html["lang"] == "uk"
    assert again.select_one("#description").text.strip() == "Довгий опис"
    assert again.select_one("#category option[selected]")["value"] == "parkowanie"
    assert "51.59" in again.select_one("#place")["value"]
    assert count(OnlineReport) == 0
    assert Page(page.client, "/threats").soup.html["lang"] == "uk", "it holds for the pages after this one, too"


def test_no_other_language_than_ours_is_switched_to(page):
    assert send(page, in_language="xx").status_code == 303


def test_five_hundred_characters_with_line_breaks_fit(page):
    assert send(page, description="ąę\r\n" * 166 + "ą").status_code == 303
    assert len(the_report().description) == 499


def test_text_that_looks_like_code_is_shown_as_text(page):
    text = "<script>alert(1)</script> {{7*7}} <img src=x onerror=alert(1)> javascript:alert(1)"
    receipt = Page(page.client, send(page, description=text).location)
    assert text in receipt.soup.text
    assert not receipt.soup.select("main script, main img[onerror]")


def test_a_wrong_csrf_token_is_refused(app, client, world):
    page = Page(client, NEW)
    assert send(page, csrf_token="forged").status_code == 400
    other = Page(app.test_client(), NEW)
    assert send(page, csrf_token=other.fields()["csrf_token"]).status_code == 400
    assert count(OnlineReport) == 0


def test_searching_for_a_place_saves_nothing_and_keeps_the_answers(page):
    answer = send(page, place="", **{"place-words": "Łask", "place-search": "1"})
    assert answer.status_code == 200
    assert "Auta na chodniku" in BeautifulSoup(answer.text, "lxml").select_one("#description").text
    assert count(OnlineReport) == 0


def test_a_place_may_be_told_by_its_commune_and_words(client, world):
    page = Page(client, f"{NEW}?district=1003")
    code = next(option["value"] for option in page.soup.select("#place-commune option") if "Łask" in option.text)
    words = {"place-commune": code, "place-described": "za starą piekarnią"}
    answer = send(page, place="", **words)
    assert answer.status_code == 303
    assert "za starą piekarnią" in Page(client, answer.location).soup.text


def test_a_street_that_is_in_no_list_is_told_beside_the_town_that_was_found(client, world):
    gazetteer()
    db.session.commit()
    page = Page(client, NEW)
    found = page.send(**{"place-words": "ul. Lipowa 5, Zielęcice", "place-search": "1"})
    note, choices = BeautifulSoup(found.text, "lxml").select(".place-way")[0].select(".govuk-inset-text, .place-found")
    assert "ul. Lipowa 5" in note.text
    assert "Zielęcice" in note.text
    assert "Zielęcice" in choices.text
    whole = page.send(**{"place-words": "Zielęcice", "place-search": "1"})
    assert not BeautifulSoup(whole.text, "lxml").select(".place-way .govuk-inset-text")


def test_categories_that_look_alike_say_what_tells_them_apart_in_every_language(client, world):
    assert set(explanations()) <= {category.code for category in catalogue.valid_on(today())}
    for spoken in ("pl", "en", "uk"):
        client.set_cookie("language", spoken)
        offered = {one["value"]: one.text for one in Page(client, NEW).soup.select("#category option")}
        told = {code: offered[code].rpartition(" (")[2] for code in explanations()}
        assert len(set(told.values())) == len(told), "two categories with one explanation"
        assert told == {code: f"{words[spoken]})" for code, words in explanations().items()}
        assert "(" not in offered["parkowanie"]


YESTERDAY = "14 lipca 2026"
EARLY = datetime(2026, 7, 15, 3, 30, tzinfo=UTC)
"""Half past five in the morning in Warsaw."""


@pytest.mark.parametrize(
    ("times", "days_ago", "is_taken"),
    [
        (["afternoon"], 0, False),
        (["morning", "evening"], 0, False),
        (["night"], 0, True),
        (["night", "afternoon"], 0, True),
        (["afternoon"], 1, True),
        ([], 0, True),
    ],
)
def test_a_time_of_today_that_has_not_come_is_refused_with_what_to_do(client, world, times, days_ago, is_taken):
    with retelling(EARLY):
        page = Page(client, NEW)
        seen_on = (EARLY - timedelta(days=days_ago)).date().isoformat()
        answer = send(page, times_of_day=times, observed_on=seen_on)
    assert (answer.status_code == 303) is is_taken
    assert is_taken or [at.partition("-")[0] for at in said_at(answer)] == ["times_of_day"]
    assert is_taken or YESTERDAY in said(answer)


def test_a_time_that_the_category_does_not_ask_is_not_refused(client, world):
    timeless = next(one for one in catalogue.valid_on(EARLY.date()) if not one.asks_time)
    with retelling(EARLY):
        answer = send(Page(client, NEW), category=timeless.code, times_of_day=["evening"])
    assert answer.status_code == 303


def test_a_voice_is_told_of_a_time_that_has_not_come_too(client, world):
    with retelling(EARLY):
        send(Page(client, NEW))
        address = f"/threats/{db.session.scalar(select(Threat.id))}/voices/new"
        refused = Page(client, address).send(times_of_day=["evening"])
    assert refused.status_code == 422
    assert [at.partition("-")[0] for at in said_at(refused)] == ["times_of_day"]


OUTSIDE = geometry(21.0, 52.2)


@pytest.mark.parametrize(
    "pressed",
    [
        {"place": "", "place-words": "52.2, 21.0", "place-search": "1"},
        {"place": "", "place-words": "48.85, 2.35", "place-search": "1"},
        {"place": OUTSIDE, "place-move": "in"},
    ],
    ids=["numbers outside the districts", "numbers abroad", "the drawn map"],
)
def test_a_place_outside_all_districts_is_answered_at_its_own_step(client, world, pressed):
    answer = Page(client, NEW).send(**pressed)
    question = BeautifulSoup(answer.text, "lxml").select_one(".place-question")
    assert answer.status_code == 422
    assert question.select_one(".govuk-error-message")
    assert question.select_one(".govuk-inset-text a[href='tel:112']")
    assert not BeautifulSoup(answer.text, "lxml").select("#category-error")


def test_a_click_on_the_drawing_beside_all_districts_is_answered_at_once(client, world):
    page = Page(client, NEW)
    view = page.soup.find("input", attrs={"name": "place-view"})["value"]
    clicked = page.send(**{"place": "", "place-view": view, "place-map.x": "3", "place-map.y": "3"})
    question = BeautifulSoup(clicked.text, "lxml").select_one(".place-question")
    assert question.select_one(".govuk-error-message")
    assert question.select_one(".govuk-inset-text")


def test_a_place_where_no_unit_waits_for_reports_is_told_so_at_its_own_step(client, world):
    marked = {"place": geometry(*LASK), "place-move": "in"}
    unserved = Page(client, NEW).send(**marked)
    assert unserved.status_code == 200
    assert BeautifulSoup(unserved.text, "lxml").select_one(".place-question .govuk-inset-text a[href='tel:112']")
    accounts.unit()
    db.session.commit()
    served = Page(client, NEW).send(**marked)
    assert not BeautifulSoup(served.text, "lxml").select(".place-question .govuk-inset-text")


def test_the_map_in_the_browser_asks_the_same(client, world):
    accounts.unit()
    db.session.commit()
    ask = lambda lon, lat: client.get("/online-reports/place.json", query_string={"lon": lon, "lat": lat})  # noqa: E731
    served = ask(*LASK).json
    assert (served["is_taken"], served["said"], served["call"]) == (True, "", "")
    outside, unserved = ask(21.0, 52.2).json, ask(LASK[0] + 0.3, LASK[1]).json
    assert (outside["is_taken"], unserved["is_taken"]) == (False, True)
    assert (outside["call"], unserved["call"]) == ("112", "112")
    assert "112" not in outside["said"] + unserved["said"]
    assert ask("nan", 52).json["is_taken"] is False
    assert ask("tu", "tam").status_code == 400
    assert client.get("/online-reports/place.json").status_code == 400


@pytest.mark.parametrize("district", ["9999", "../..", "1003'", "٣٣٣٣", "x" * 5_000])
def test_an_odd_district_in_the_address_does_no_harm(client, world, district):
    assert client.get(NEW, query_string={"district": district}).status_code == 200


def test_without_any_boundaries_the_page_says_that_the_place_is_outside(client, app):
    factories.catalogue_of_27()
    db.session.commit()
    assert send(Page(client, NEW)).status_code == 422


@pytest.fixture
def guarded(app, monkeypatch):
    """The page with its guard against machines on, as in earnest."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    traffic.forget_all()


def test_a_form_sent_faster_than_anyone_reads_is_asked_for_once_more(guarded, client, world, monkeypatch):
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 3600)  # the machine that runs this may be slow
    page = Page(client, NEW)
    quick = send(page)
    assert quick.status_code == 422
    assert "Auta na chodniku" in quick.text
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    assert send(page).status_code == 303


@pytest.mark.parametrize("opened", ["", "forged.sig", "opened.aaaa.bbbb"])
def test_a_form_without_its_true_time_is_asked_for_once_more(guarded, client, world, monkeypatch, opened):
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    page = Page(client, NEW)
    answer = send(page, opened=opened)
    assert answer.status_code == 422
    again = BeautifulSoup(answer.text, "lxml")
    assert send(page, opened=again.select_one("input[name=opened]")["value"]).status_code == 303


def test_who_fills_in_the_hidden_field_loses_nothing(guarded, client, world, monkeypatch):
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    page = Page(client, NEW)
    answer = send(page, homepage="http://buy.example")
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select_one("#homepage").get("value", "") == ""
    assert send(page).status_code == 303


def test_too_many_reports_from_one_network_are_asked_to_wait_with_their_text(guarded, client, world, monkeypatch):
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    monkeypatch.setattr("consult.online_reports.views.MOST_WITHOUT_WORK", 2)
    answers = [send(Page(client, NEW), description=f"Opis {k}") for k in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Opis 2" in answers[2].text
    assert count(OnlineReport) == 2


def test_what_was_saved_may_be_sent_again_however_often(guarded, client, world, monkeypatch):
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    monkeypatch.setattr("consult.online_reports.views.MOST_WITHOUT_WORK", 1)
    page = Page(client, NEW)
    assert {send(page).location for _ in range(5)} == {send(page).location}


def test_the_time_is_kept_only_where_the_category_asks_for_it(client, world):
    send(Page(client, NEW), category="dzikie_wysypiska", times_of_day=["night"], weekdays=["mon"])
    assert (the_report().times_of_day, the_report().weekdays) == (0, 0)


def test_the_page_says_for_which_categories_a_description_is_needed(page):
    assert "niebezpiecznej działalności rozrywkowej" in page.soup.select_one("#description-hint").text


@pytest.mark.parametrize(
    "text", ["Ktoś mnie bije!", "RATUNKU", "Pożar, pali się stodoła", "Мене б'ють", "Man has a knife"]
)
def test_words_that_mean_now_are_answered_with_112_and_still_taken(client, world, text):
    page = Page(client, NEW)
    answer = send(page, description=text)
    assert answer.status_code == 422
    asked = BeautifulSoup(answer.text, "lxml")
    assert asked.select_one(".govuk-error-summary a[href='tel:112']")
    assert asked.select_one("#description").text.strip() == text
    assert count(OnlineReport) == 0
    assert send(page, description=text, is_past=asked.select_one("input[name=is_past]")["value"]).status_code == 303


def test_what_is_over_is_not_answered_with_112(client, world):
    text = "Ktoś biegał z nożem po parku"
    assert send(Page(client, NEW), description=text, observed_on=str(today() - timedelta(days=1))).status_code == 303


def test_everyday_words_are_not_taken_for_danger(client, world):
    text = "Teraz jest tu ciemno, przydałaby się pomoc zarządcy drogi; osoba wymagająca pomocy, stale palą ogniska"
    assert send(Page(client, NEW), description=text).status_code == 303


def test_every_form_has_a_key_of_its_own(client, world):
    keys = {Page(client, NEW).fields()["key"] for _ in range(3)}
    assert len(keys) == 3
    assert all(uuid.UUID(key).version == 4 for key in keys)


def test_a_mark_on_the_map_is_named_by_the_nearest_place_and_its_commune(world, client):
    gazetteer([Entry("geonames", "g1", "Wola", "wieś", lon=19.14, lat=51.59, population=60)])
    db.session.commit()
    near = client.get("/online-reports/place.json?lon=19.14&lat=51.596").json
    assert (near["is_taken"], near["named"]) == (True, "Wola, ok. 0,7\xa0km na północ; gmina\xa0Widawa")
    assert client.get("/online-reports/place.json?lon=19.2&lat=51.596").json["named"] == "gmina\xa0Widawa"
    assert client.get("/online-reports/place.json?lon=10&lat=51").json["named"] == ""
