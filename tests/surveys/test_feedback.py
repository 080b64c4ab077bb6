"""Anybody says what a page is like: asked for little, saved once, followed by a receipt that only its owner has."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.config import VERSION
from consult.db import db
from consult.web import traffic
from surveys import opinions
from surveys.models import Feedback, FeedbackSource, FeedbackState
from surveys.operations import reviewing
from tests.accounts.makers import coordinator
from tests.pages import Page

NEW = "/feedback/new?page=threats.index"


def count():
    return db.session.scalar(select(func.count()).select_from(Feedback))


def the_opinion():
    db.session.expire_all()
    return db.session.scalars(select(Feedback)).one()


def send(form, /, **values):
    """Send the page with an opinion, changed as a test wants."""
    return form.send(to="/feedback/new", **{"rating": "4", "words": "Brakuje trybu ciemnego", **values})


def footer_link(page):
    return page.soup.find("footer").find("a", href=re.compile(r"^/feedback/new"))["href"]


def test_every_page_offers_to_be_rated_by_its_name(client, app):
    assert footer_link(Page(client, "/threats?district=1003")) == "/feedback/new?page=threats.index"
    assert footer_link(Page(client, "/no-such-page", status=404)) == "/feedback/new"


def test_no_address_is_ever_passed_on(client, app):
    """The page of a receipt has a secret address: only its name goes into the link."""
    receipt = send(Page(client, NEW)).location
    assert footer_link(Page(client, receipt)) == "/feedback/new?page=surveys.feedback_receipt"
    assert receipt.rpartition("/")[2] not in footer_link(Page(client, receipt))


def test_an_opinion_is_taken_with_its_page_and_version(client, app):
    client.set_cookie("language", "uk")
    answer = send(Page(client, NEW))
    assert answer.status_code == 303
    assert re.fullmatch(r"/feedback/[a-z2-7]{32}", answer.location)
    opinion = the_opinion()
    assert (opinion.rating, opinion.words, opinion.page) == (4, "Brakuje trybu ciemnego", "threats.index")
    assert (opinion.app_version, opinion.language, opinion.source) == (VERSION, "uk", FeedbackSource.PAGE)
    assert opinion.state is FeedbackState.NEW
    assert len(opinion.voice_key) == 40


def test_the_receipt_itself_is_not_stored(client, app):
    receipt = send(Page(client, NEW)).location.rpartition("/")[2]
    assert receipt not in repr(vars(the_opinion()))


def test_two_clicks_are_one_opinion(client, app):
    page = Page(client, NEW)
    assert send(page).location == send(page).location
    assert count() == 1


def test_the_same_form_with_other_words_is_a_conflict(client, app):
    page = Page(client, NEW)
    send(page)
    assert send(page, words="Coś innego").status_code == 409
    assert the_opinion().words == "Brakuje trybu ciemnego"


@pytest.mark.parametrize(("rating", "words"), [("5", ""), ("", "Same słowa")])
def test_a_rating_or_words_are_enough(client, app, rating, words):
    assert send(Page(client, NEW), rating=rating, words=words).status_code == 303
    assert count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rating": "", "words": ""},
        {"rating": "", "words": " \n "},
        {"rating": "6"},
        {"rating": "0"},
        {"rating": "bardzo"},
        {"words": "x" * 1_001},
        {"words": "x" * 10_000},
        {"words": "dzwonek \x07"},
        {"key": ""},
        {"key": "../../etc/passwd"},
    ],
    ids=lambda wrong: str(wrong)[:50],
)
def test_a_wrong_answer_is_told_and_nothing_is_saved(client, app, wrong):
    answer = send(Page(client, NEW), **wrong)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "lxml").select_one(".govuk-error-summary")
    assert count() == 0


@pytest.mark.parametrize(
    "page", ["", "no.such", "static", "/online-reports/abcdefgh", "https://example.org", "x" * 5_000, "'; drop table"]
)
def test_what_names_no_page_is_not_kept(client, app, page):
    form = Page(client, "/feedback/new")
    assert send(form, page=page).status_code == 303
    assert the_opinion().page == ""
    assert client.get("/feedback/new", query_string={"page": page}).status_code == 200


def test_ratings_are_told_in_words(client, app):
    labels = [label.text.strip() for label in Page(client, NEW).soup.select(".govuk-radios__label")]
    assert len(labels) == 5
    assert not [label for label in labels if any(character.isdigit() for character in label)]


def test_the_page_asks_for_no_name_and_warns_before_it_asks(client, app):
    page = Page(client, NEW)
    assert not page.soup.select("[autocomplete=name], [type=email], [type=tel], [type=file]")
    text = page.soup.text
    assert text.index("112") < text.index(page.soup.select_one("legend").text.strip())
    assert page.soup.select_one("#words-hint")


@pytest.mark.parametrize("words", ["Proszę dzwonić: 601 602 603", "jan@example.pl", "PESEL 44051401359"])
def test_personal_data_is_shown_back_once_and_then_believed(client, app, words):
    page = Page(client, NEW)
    asked = send(page, words=words)
    assert (asked.status_code, count()) == (422, 0)
    again = BeautifulSoup(asked.text, "lxml")
    assert again.select_one("#words").text.strip() == words
    assert words.rpartition(": ")[2].removeprefix("PESEL ") in again.select_one(".govuk-error-summary").text
    assert send(page, words=words, is_kept=again.select_one("input[name=is_kept]")["value"]).status_code == 303


def test_words_that_mean_now_are_answered_with_112(client, app):
    page = Page(client, NEW)
    asked = send(page, words="Ratunku, ktoś mnie bije!")
    assert (asked.status_code, count()) == (422, 0)
    again = BeautifulSoup(asked.text, "lxml")
    assert again.select_one(".govuk-error-summary a[href='tel:112']")
    assert send(page, words="Ratunku, ktoś mnie bije!", is_past="y").status_code == 303


@pytest.fixture
def guarded(app, monkeypatch):
    """The guard against machines on, as in earnest."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    monkeypatch.setattr("consult.web.open_forms.QUICKEST_S", 0)
    traffic.forget_all()


def test_who_fills_in_the_hidden_field_loses_nothing(guarded, client):
    page = Page(client, NEW)
    asked = send(page, homepage="http://buy.example")
    assert (asked.status_code, count()) == (422, 0)
    assert "Brakuje trybu ciemnego" in asked.text
    assert send(page).status_code == 303


def test_too_many_from_one_network_are_asked_to_wait_with_their_words(guarded, client, monkeypatch):
    monkeypatch.setattr("surveys.views.feedback.MOST_AN_HOUR", 2)
    answers = [send(Page(client, NEW), words=f"Opinia {k}") for k in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Opinia 2" in answers[2].text
    assert count() == 2


def test_what_was_saved_may_be_sent_again_however_often(guarded, client, monkeypatch):
    monkeypatch.setattr("surveys.views.feedback.MOST_AN_HOUR", 1)
    page = Page(client, NEW)
    assert len({send(page).location for _ in range(4)}) == 1


def test_one_visitor_is_one_voice_and_another_another(client, app, elsewhere):
    send(Page(client, NEW))
    send(Page(client, NEW), words="Jeszcze jedno")
    send(Page(elsewhere(), NEW))
    assert len(set(db.session.scalars(select(Feedback.voice_key)))) == 2


def test_a_wrong_csrf_token_is_refused(client, app):
    assert send(Page(client, NEW), csrf_token="forged").status_code == 400
    assert count() == 0


def test_the_receipt_tells_what_was_written_and_what_came_of_it(client, app):
    words = "<script>alert(1)</script> {{7*7}} Brakuje trybu ciemnego"
    address = send(Page(client, NEW), words=words).location
    page = Page(client, address)
    assert words in page.soup.text
    assert not page.soup.select("main script")
    assert f"http://127.0.0.1:8000{address}" in page.text
    reviewing.review(coordinator(), the_opinion(), state=FeedbackState.PLANNED, answer="Pracujemy nad tym <b>")
    db.session.commit()
    assert "Pracujemy nad tym <b>" in Page(client, address).soup.select_one("blockquote").text


def test_the_receipt_never_shows_the_internal_note(client, app):
    address = send(Page(client, NEW)).location
    reviewing.review(coordinator(), the_opinion(), state=FeedbackState.SPAM, note="Notatka dla nas")
    db.session.commit()
    page = Page(client, address)
    assert "Notatka dla nas" not in page.text
    assert str(opinions.in_words(FeedbackState.SPAM)) not in page.soup.select_one("main").text


def test_a_receipt_is_kept_by_nobody_but_its_owner(client, app):
    answer = client.get(send(Page(client, NEW)).location)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("receipt", ["a" * 32, "no", "ż" * 20, "%00", "A" * 5_000])
def test_an_unknown_receipt_leads_nowhere(client, app, receipt):
    assert client.get(f"/feedback/{receipt}").status_code == 404


def test_every_part_has_a_name_for_its_pages(app):
    parts = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules() if "." in rule.endpoint}
    assert parts - set(opinions.PARTS) == set()


def test_every_named_page_exists(app):
    assert [name for name in opinions._PAGES if name not in app.view_functions] == []
