"""The police ask whoever sent a report, who answers once; nobody else ever reads it."""

import pytest
from sqlalchemy import func, select

from consult.audit import queries as audit
from consult.db import db
from consult.online_reports import asking
from consult.online_reports.models import Question
from consult.threats.workflow import Status
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.factories import admit
from tests.online_reports.following import closed, earlier, sent, the_report, told, voice_page
from tests.pages import Page

ASKED = "Czy auta stoją tam także w niedzielę?"
ANSWERED = "Tak, od rana do 14"


@pytest.fixture(autouse=True)
def _committed(world):
    db.session.commit()


@pytest.fixture
def address(client):
    return sent(client)


@pytest.fixture
def desk(app, address):
    return sign_in(app.test_client(), officer())


def ask(desk, text=ASKED):
    return Page(desk, voice_page("/ask")).send(text=text)


def questions():
    db.session.expire_all()
    return db.session.scalars(select(Question).order_by(Question.id)).all()


def test_a_question_stands_first_on_the_receipt_and_its_answer_on_the_page_of_the_police(client, desk, address):
    assert ask(desk).location == voice_page()
    receipt = Page(client, address)
    assert ASKED in receipt.soup.select_one(".report-receipt section").text
    button = receipt.soup.select_one("a.govuk-button")
    assert button["href"] == f"{address}/answer"
    assert Page(client, f"{address}/answer").send(text=ANSWERED).location == address
    assert ANSWERED in Page(desk, voice_page()).text
    assert ANSWERED in Page(desk, "/online-reports/replies").text
    receipt = Page(client, address)
    assert ASKED in receipt.text
    assert ANSWERED in receipt.text
    assert not receipt.soup.select(f"a[href='{address}/answer']")


def test_the_public_and_other_units_read_neither(client, desk, address, app):
    ask(desk)
    Page(client, f"{address}/answer").send(text=ANSWERED)
    threat = Page(client, "/threats").soup.select_one(".result a")["href"]
    stranger = sign_in(app.test_client(), officer(unit("1019", "KPP w Zduńskiej Woli")))
    for page in (Page(client, threat), Page(stranger, threat), Page(stranger, "/online-reports/replies")):
        assert ASKED not in page.text
        assert ANSWERED not in page.text
    for url in (voice_page(), voice_page("/ask")):
        assert stranger.get(url).status_code == 404
        assert client.get(url).status_code == 302


def test_words_of_a_resident_are_shown_as_words(client, desk, address):
    ask(desk)
    Page(client, f"{address}/answer").send(text="<script>alert(1)</script>\u202e{{ 7 * 7 }}")
    page = Page(desk, voice_page())
    shown = next(one for one in page.soup.select("blockquote bdi") if "alert" in one.text)
    assert shown.text.strip().startswith("<script>alert(1)</script>")
    assert "{{ 7 * 7 }}" in shown.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, "a\x00b"])
def test_an_answer_that_cannot_be_saved_comes_back(client, desk, address, text):
    ask(desk)
    answer = Page(client, f"{address}/answer").send(text=text)
    assert answer.status_code == 422
    assert questions()[0].answer is None


def test_an_answer_that_sounds_urgent_says_112_first_and_is_taken_when_sent_again(client, desk, address):
    ask(desk)
    page = Page(client, f"{address}/answer")
    first = page.send(text="Ratunku, oni mają nóż")
    assert first.status_code == 422
    assert "tel:112" in first.text
    assert questions()[0].answer is None
    assert page.send(text="Ratunku, oni mają nóż", is_past="y").status_code == 303
    assert questions()[0].answer == "Ratunku, oni mają nóż"


def test_one_answer_is_taken(client, desk, address):
    ask(desk)
    first, second = Page(client, f"{address}/answer"), Page(client, f"{address}/answer")
    assert first.send(text=ANSWERED).status_code == 303
    assert second.send(text="Coś innego").status_code == 303
    assert questions()[0].answer == ANSWERED
    assert client.get(f"{address}/answer").status_code == 303


def test_of_two_answers_at_once_the_second_is_refused_and_the_same_one_is_the_same(client, desk, address):
    ask(desk)
    question = questions()[0]
    asking.answer(question, ANSWERED)
    asking.answer(question, ANSWERED)
    with pytest.raises(asking.AlreadyAnswered):
        asking.answer(question, "Coś innego")
    assert questions()[0].answer == ANSWERED


def test_one_question_waits_at_a_time_and_another_may_follow(client, desk, address):
    ask(desk)
    assert not Page(desk, voice_page()).soup.select("a[href$='/ask']")
    assert ask(desk, "Druga naraz").status_code == 303
    assert len(questions()) == 1
    Page(client, f"{address}/answer").send(text=ANSWERED)
    assert ask(desk, "A w sobotę?").status_code == 303
    assert [question.text for question in questions()] == [ASKED, "A w sobotę?"]


@pytest.mark.parametrize("text", ["", "x" * 501, "Czy to auto EL 12345?", "Proszę o telefon na 600 700 800"])
def test_a_question_is_short_and_names_nobody(desk, text):
    assert ask(desk, text).status_code == 422
    assert questions() == []


def test_whoever_took_a_report_back_is_asked_nothing(client, desk, address):
    page = Page(desk, voice_page("/ask"))
    Page(client, address).send(to=f"{address}/withdraw")
    assert page.send(text=ASKED).status_code == 404
    assert not asking.may_ask(the_report())


def test_a_voice_of_another_door_has_no_such_page(desk):
    other = admit()
    db.session.commit()
    assert desk.get(f"/online-reports/voices/{other.id}").status_code == 404


def test_asking_is_for_those_who_decide_and_leaves_a_trace_without_words(app, desk, address):
    assert sign_in(app.test_client(), coordinator()).get(voice_page("/ask")).status_code == 403
    assert Page(sign_in(app.test_client(), head()), voice_page("/ask"))
    ask(desk)
    entries = audit.of_object("report", the_report().id)
    assert [entry.act for entry in entries] == ["ask_reporter"]
    assert ASKED not in str([entry.detail for entry in entries])


@pytest.mark.parametrize("page", ["answer", "outcome", "letters"])
def test_pages_of_a_receipt_that_is_none_are_not_found(client, address, page):
    report = the_report()
    for receipt in (
        "a" * 32,
        f"{report.id}",
        f"{report.id}-{'a' * 32}",
        report.number,
        report.natural_key,
        "9" * 30,
        "1-",
    ):
        assert client.get(f"/online-reports/{receipt}/{page}").status_code == 404


def test_pages_of_a_receipt_stay_out_of_caches_and_search_engines(client, desk, address):
    ask(desk)
    for page in ("answer", "letters"):
        answer = client.get(f"{address}/{page}")
        assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_what_was_done_is_told_in_its_order_and_in_words(client, address):
    closed("Auta odholowano, postawiono znak")
    steps = [step.text for step in Page(client, address).soup.select(".timeline li")]
    assert len(steps) == 4
    assert "Patrol był na miejscu" in steps[1]
    assert "Auta odholowano, postawiono znak" in steps[3]


def test_a_report_stands_where_it_came_in_what_was_done(client, elsewhere, address):
    told(Status.IN_VERIFICATION)
    earlier()
    late = elsewhere()
    second = sent(late, description="Samochody na chodniku przy szkole")
    told(Status.CONFIRMED, "Stały tam cztery auta")
    steps = [step.text for step in Page(late, second).soup.select(".timeline li")]
    assert ["Patrol" in steps[0], "auta" in steps[1], "cztery auta" in steps[2]] == [True, False, True]


def test_of_a_protected_kind_no_words_are_told(client, elsewhere):
    kind = {"category": "bezdomny_pomoc", "description": "Na dworcu"}
    sent(client, **kind)
    told(Status.IN_VERIFICATION, "words about somebody")
    curious = elsewhere()
    address = sent(curious, **kind)
    assert len(Page(curious, address).soup.select(".timeline li")) == 1
    told(Status.CONFIRMED, "other words about somebody")
    page = Page(curious, address)
    assert len(page.soup.select(".timeline li")) == 2
    assert "words about somebody" not in page.text


def test_the_page_costs_no_more_when_much_was_asked(client, desk, address, queries_counted):
    before = queries_counted(lambda: client.get(address))
    for text in ("raz", "dwa", "trzy"):
        ask(desk, text)
        Page(client, f"{address}/answer").send(text=text)
    assert queries_counted(lambda: client.get(address)) == before
    assert db.session.scalar(select(func.count(Question.id))) == 3
