"""Staff look for a report: by receipt, number, street, commune and words of the own area; what is not searched is said."""

import pytest

from consult.audit.models import AuditEntry
from consult.db import db
from consult.online_reports import operations, queries
from consult.online_reports.models import Decision
from consult.online_reports.screening import decide
from consult.receipts import receipt_of
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.online_reports.makers import report
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def look(client):
    """Look for something as an officer of unit 1003; gives the answer's page as a soup."""
    page = Page(sign_in(client, officer(unit("1003"))), "/search")

    def looked(text, status=200):
        answer = page.send(text=text)
        assert answer.status_code == status
        page.soup = type(page.soup)(answer.text, "lxml")
        return page.soup

    return looked


def numbers(soup):
    return [int(link["href"].rpartition("/")[2]) for link in soup.select(".result a")]


def number_of(sent):
    return queries.threat_of(sent).id


def receipt(sent):
    return receipt_of("test", sent.body_digest, "k")


def test_a_receipt_is_found_alone_in_its_link_and_in_groups_of_four(look):
    sent = report()
    secret = receipt(sent)
    spelled = " ".join(secret[at : at + 4] for at in range(0, 32, 4))
    for text in (secret, f"http://127.0.0.1:8000/online-reports/{secret}", spelled, secret.upper()):
        assert numbers(look(text)) == [number_of(sent)], text


def test_a_reports_number_and_a_threats_number_are_found(look):
    sent, other = report(), report(text="Drugie", at=metres_away(2_000, 0))
    assert numbers(look(sent.number)) == [number_of(sent)]
    assert numbers(look(f"proszę {other.number.lower()}")) == [number_of(other)]
    assert numbers(look(str(number_of(other)))) == [number_of(other)]


@pytest.mark.parametrize("text", ["ZG-1999-000001", "ZG-2026-999999", "999999", "9" * 18, "a" * 32, "nic takiego"])
def test_what_is_not_there_is_not_found(look, text):
    report()
    assert numbers(look(text)) == []


@pytest.mark.parametrize("text", ["fontanna ławki", "FONTANNY", "lawkach", "Ławka przy fontannie"])
def test_words_are_found_in_any_form_and_without_accents(look, text):
    sent = report(text="Młodzież pije na ławkach przy fontannie")
    report(text="Auto na trawniku", at=metres_away(3_000, 0))
    assert numbers(look(text)) == [number_of(sent)]


@pytest.mark.parametrize("text", ["ul. Polna", "Polnej", "ulica Polna", "polna"])
def test_a_street_is_found_with_and_without_its_word(look, text):
    sent = report(text="Auta parkują na ul. Polnej przy sklepie")
    assert numbers(look(text)) == [number_of(sent)]


def test_a_commune_is_found_by_its_name(look):
    sent = report(text="Auto", at=metres_away(3_000, 0))
    report(text="Auto tutaj", at=metres_away(-3_000, 0))
    assert numbers(look("Widawa")) == [number_of(sent)]


def test_all_the_words_must_be_said(look):
    report(text="Młodzież pije na ławkach")
    assert numbers(look("ławki fontanna")) == []


def test_voices_of_debates_are_searched_too(look):
    voice = admit(text="Brak oświetlenia przy przedszkolu")
    from consult.threats.queries import of_observation

    assert numbers(look("oświetlenie przedszkole")) == [of_observation(voice).id]


def test_nothing_of_another_area_is_told_but_whose_it_is(look):
    sent = report(text="Tajne słowa sąsiadów", at=metres_away(15_000, 0))
    for text in (sent.number, receipt(sent), str(number_of(sent))):
        soup = look(text)
        assert numbers(soup) == []
        assert "zduńskowolski" in soup.select_one(".empty-state").text
        assert "Tajne" not in soup.text
    assert numbers(look("tajne sąsiedzi")) == []


def test_withheld_words_are_not_searched(look):
    sent = report(text="Jan Kowalski handluje")
    decide(officer(unit("1003")), sent, Decision.PERSONAL, reason="")
    db.session.flush()
    soup = look("Kowalski handluje")
    assert numbers(soup) == []
    assert soup.select_one("main .govuk-inset-text")
    assert "handluje" not in look(sent.number).select_one(".results").text


def test_voices_that_were_taken_back_are_not_searched(look):
    sent = report(text="Auto na trawniku")
    operations.withdraw(sent)
    db.session.flush()
    assert numbers(look("trawnik")) == []
    assert sent.number in look(sent.number).select_one("main").text


def test_many_fit_and_the_page_says_so(look, monkeypatch):
    monkeypatch.setattr("consult.desk.finding.MOST", 2)
    for k in range(3):
        report(text="Auto na trawniku", at=metres_away(k * 2_000, 0))
    soup = look("trawnik")
    assert len(numbers(soup)) == 2
    assert len(soup.select("main .govuk-inset-text p")) == 2


@pytest.mark.parametrize("text", ["", "   ", "a" * 201, "a\x00b"])
def test_a_wrong_question_is_told(look, text):
    look(text, status=422)


@pytest.mark.parametrize("text", ["%", "_", "'; --", "i", "<script>", "٣"])
def test_odd_questions_find_nothing_and_break_nothing(look, text):
    report()
    assert numbers(look(text)) == []


def test_that_somebody_searched_is_noted_and_not_for_what(look):
    report(text="Auto na trawniku")
    look("trawnik")
    (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "search_reports"))
    assert entry.detail == {"count": 1}
    assert "trawnik" not in repr(vars(entry))


def test_more_hits_ask_no_more_questions(look, queries_counted):
    report(text="Auto na trawniku")
    few = queries_counted(lambda: look("trawnik"))
    for k in range(1, 5):
        report(text="Auto na trawniku", at=metres_away(k * 2_000, 0))
    assert queries_counted(lambda: look("trawnik")) <= few


def test_who_may_search(client):
    assert client.get("/search").status_code == 302
    assert sign_in(client.application.test_client(), coordinator(unit("1003"))).get("/search").status_code == 200
    assert sign_in(client, administrator(unit("1003"))).get("/search").status_code == 403
