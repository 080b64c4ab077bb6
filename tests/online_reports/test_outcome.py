"""After the police have closed a threat its reporter says once whether it is gone; "still there" waits for a review."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consult.db import db
from consult.online_reports import outcomes
from consult.online_reports.models import Outcome, Says
from consult.threats.workflow import Status
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.online_reports.following import closed, earlier, sent, the_report, the_threat, told
from tests.pages import Page

WORDS = "Auta wróciły następnego dnia"


@pytest.fixture(autouse=True)
def _committed(world):
    db.session.commit()


@pytest.fixture
def address(client):
    address = sent(client)
    earlier()
    return address


@pytest.fixture
def after_closing(address):
    closed()
    return address


def say(client, address, says=Says.STILL_THERE, words=WORDS):
    return Page(client, f"{address}/outcome").send(says=says, words=words)


def said():
    db.session.expire_all()
    return db.session.scalars(select(Outcome).order_by(Outcome.id)).unique().all()


def asked(client, address):
    return bool(Page(client, address).soup.select(f"a[href='{address}/outcome']"))


def test_nothing_is_asked_while_somebody_has_something_to_do(client, address):
    assert not asked(client, address)
    for status in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.HANDED_OVER):
        told(status)
        assert not asked(client, address)
    assert client.get(f"{address}/outcome").status_code == 303


@pytest.mark.parametrize("status", [Status.ELIMINATED, Status.JOKE])
def test_it_is_asked_after_each_kind_of_closing(client, address, status):
    if status is Status.JOKE:
        told(status)
    else:
        closed()
    assert asked(client, address)


@pytest.mark.parametrize("says", list(Says))
def test_the_answer_is_taken_and_shown_and_no_status_follows(client, after_closing, says):
    assert say(client, after_closing, says).location == after_closing
    assert [(one.says, one.words) for one in said()] == [(says, WORDS)]
    assert the_threat().status is Status.ELIMINATED
    assert not asked(client, after_closing)
    assert Page(client, after_closing).soup.select_one("#history")


def test_one_answer_is_taken_and_the_same_again_is_the_same(client, after_closing):
    first, second = Page(client, f"{after_closing}/outcome"), Page(client, f"{after_closing}/outcome")
    first.send(says=Says.GONE, words="")
    second.send(says=Says.GONE, words="")
    second.send(says=Says.STILL_THERE, words="")
    assert [one.says for one in said()] == [Says.GONE]
    with pytest.raises(outcomes.AlreadySaid):
        outcomes.say(the_report(), Says.STILL_THERE)


@pytest.mark.parametrize("values", [{"says": ""}, {"says": "reopen"}, {"words": "x" * 501}, {"words": "a\x00b"}])
def test_what_cannot_be_saved_comes_back(client, after_closing, values):
    answer = Page(client, f"{after_closing}/outcome").send(**{"says": Says.GONE, "words": "", **values})
    assert answer.status_code == 422
    assert said() == []


def test_words_that_sound_urgent_say_112_first(client, after_closing):
    answer = say(client, after_closing, words="Pomocy! Właśnie teraz ktoś się włamuje")
    assert answer.status_code == 422
    assert "tel:112" in answer.text
    assert said() == []


def test_after_fourteen_days_nothing_is_asked(client, after_closing):
    page = Page(client, f"{after_closing}/outcome")
    earlier(timedelta(days=14))
    assert not asked(client, after_closing)
    assert page.send(says=Says.GONE, words="").status_code == 303
    assert said() == []


def test_a_report_sent_after_the_closing_is_asked_nothing(client, elsewhere, after_closing):
    curious = elsewhere()
    address = sent(curious, description="Samochody na chodniku przy szkole")
    assert the_threat().observations == 2
    assert not asked(curious, address)


def test_whoever_took_the_report_back_is_asked_nothing(client, address):
    closed()
    outcome = Page(client, f"{address}/outcome")
    report = the_report()
    report.withdrawn_at = report.sent_at
    db.session.commit()
    assert outcome.send(says=Says.GONE, words="").status_code == 303
    assert said() == []


def test_every_closing_is_asked_about_anew(client, after_closing):
    say(client, after_closing, Says.STILL_THERE)
    told(Status.IN_VERIFICATION)
    assert not asked(client, after_closing)
    told(Status.CONFIRMED)
    told(Status.ELIMINATED)
    assert asked(client, after_closing)
    say(client, after_closing, Says.GONE)
    assert [one.says for one in said()] == [Says.STILL_THERE, Says.GONE]


def test_still_there_waits_for_the_head_of_the_unit_who_answers(client, after_closing, app):
    say(client, after_closing)
    desk = sign_in(app.test_client(), head())
    page = Page(desk, "/online-reports/replies")
    assert WORDS in page.text
    review = page.soup.select_one("a[href$='/review']")["href"]
    assert Page(desk, review).send(text="Byliśmy tam dwa razy, auta stoją legalnie").status_code == 303
    assert WORDS not in Page(desk, "/online-reports/replies").text
    assert "auta stoją legalnie" in Page(client, after_closing).text
    assert the_threat().status is Status.ELIMINATED


def test_a_review_is_written_once(client, after_closing, app):
    say(client, after_closing)
    desk = sign_in(app.test_client(), head())
    review = f"/online-reports/replies/{said()[0].id}/review"
    first, second = Page(desk, review), Page(desk, review)
    first.send(text="Pierwsze")
    assert second.send(text="Drugie").status_code == 303
    assert said()[0].review == "Pierwsze"


@pytest.mark.parametrize("says", [Says.GONE, Says.UNKNOWN])
def test_other_answers_wait_for_nobody(client, after_closing, app, says):
    say(client, after_closing, says)
    page = Page(sign_in(app.test_client(), head()), "/online-reports/replies")
    assert WORDS not in page.text
    assert not page.soup.select("a[href$='/review']")


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "Kierowca EL 12345 był na miejscu"])
def test_a_review_says_something_and_names_nobody(client, after_closing, app, text):
    say(client, after_closing)
    desk = sign_in(app.test_client(), head())
    assert Page(desk, f"/online-reports/replies/{said()[0].id}/review").send(text=text).status_code == 422
    assert said()[0].review is None


def test_only_the_head_of_the_own_unit_reviews(client, after_closing, app):
    say(client, after_closing)
    review = f"/online-reports/replies/{said()[0].id}/review"
    elsewhere = unit("1019", "KPP w Zduńskiej Woli")
    for person, status in ((officer(), 403), (coordinator(), 403), (head(elsewhere), 404)):
        assert sign_in(app.test_client(), person).get(review).status_code == status
    assert client.get(review).status_code == 302
    assert WORDS not in Page(sign_in(app.test_client(), head(elsewhere)), "/online-reports/replies").text


def test_answers_are_counted_apart(client, elsewhere, after_closing):
    say(client, after_closing)
    assert outcomes.tally(("1003",), the_report().sent_at) == outcomes.Tally(still_there=1, waiting=1)
    assert outcomes.tally(("1019",), the_report().sent_at) == outcomes.Tally()
    assert outcomes.tally((), the_report().sent_at) == outcomes.Tally()
    assert outcomes.count_reviews(("10",)) == 1
