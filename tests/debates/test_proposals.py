"""From what was asked to what was done: addressee, deadline, answer, promises, and the page for everybody."""

import uuid
from datetime import date, timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from consult.clock import today
from consult.db import db
from consult.period import Period
from debates import queries
from debates.models import Commitment, Proposal
from debates.operations import asking, minuting
from debates.outcomes import WITHOUT_WORDS, ProposalStatus
from tests.accounts.makers import officer, unit
from tests.debates.makers import DAY, meeting, proposal, statement
from tests.debates.makers import answer as answered
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def minutes(account):
    return meeting(account)


def only():
    return db.session.scalars(select(Proposal)).one()


def test_a_statement_becomes_a_proposal_with_its_words(desk, account, minutes):
    said = statement(account, minutes, text="Prosimy o próg przy szkole")
    page = Page(desk, f"/debates/{minutes.id}/proposals/new?statement={said.id}")
    assert page.fields()["text"].strip() == "Prosimy o próg przy szkole"
    page.send(addressee="road_owner", addressee_name="Zarząd Dróg Powiatowych", due_on="2026-09-30")
    assert (only().statement, only().status, only().due_on) == (said, ProposalStatus.OPEN, date(2026, 9, 30))


def test_a_request_is_told_in_the_words_by_which_everybody_filters(client, account, minutes):
    for status in ProposalStatus:
        asked = proposal(account, minutes, status.value, due_on=today() + timedelta(days=3))
        if status is not ProposalStatus.OPEN:
            answered(account, asked, after=status, answer="Tak")
    page = Page(client, "/proposals")
    filtered = {one["value"]: one.text.strip() for one in page.soup.select("select[name=outcome] option")}
    for asked in minutes.proposals:
        card = page.soup.select_one(f"#proposal-{asked.id}")
        outcome = asked.outcome_on(today())
        if asked.status is not ProposalStatus.OPEN:
            assert card.select_one(".status").text.strip() == filtered[outcome.value], asked.status
        assert ("termin odpowiedzi" in card.text) == (asked.status in WITHOUT_WORDS), asked.status


def test_an_overdue_request_has_a_mark_of_its_own_for_everybody_and_the_police(client, desk, account, minutes):
    late = proposal(account, minutes, "Lampa", due_on=today() - timedelta(days=1))
    for reader, address in ((client, "/proposals"), (desk, f"/debates/{minutes.id}")):
        (mark,) = Page(reader, address).soup.select("main .results .status")
        assert "status--overdue" in mark["class"]
    answered(account, late, after=ProposalStatus.DONE)
    (mark,) = Page(client, "/proposals").soup.select("main .results .status")
    assert "status--overdue" not in mark["class"]


def test_two_clicks_are_one_proposal(desk, minutes):
    page = Page(desk, f"/debates/{minutes.id}/proposals/new")
    assert page.send(text="Próg").location == page.send(text="Próg").location
    assert page.send(text="Rondo").status_code == 409
    assert only().text == "Próg"


def test_a_statement_of_another_meeting_is_not_taken(desk, account, minutes):
    other = statement(account, meeting(account, "Inna debata"))
    assert desk.get(f"/debates/{minutes.id}/proposals/new?statement={other.id}").status_code == 404


def test_a_refusal_says_why(desk, account, minutes):
    asked = proposal(account, minutes)
    address = f"/debates/proposals/{asked.id}/answer"
    assert Page(desk, address).send(after="refused", answer="").status_code == 422
    assert Page(desk, address).send(after="refused", answer="Droga jest krajowa").status_code == 302
    assert (asked.status, asked.answer, asked.answered_on is not None) == (
        ProposalStatus.REFUSED,
        "Droga jest krajowa",
        True,
    )


def test_a_promise_is_made_and_kept(desk, account, minutes):
    asked = proposal(account, minutes)
    Page(desk, f"/debates/proposals/{asked.id}/commitments/new").send(
        who="Komendant", what="Częstsze patrole", due_on="2026-08-31"
    )
    promise = db.session.scalars(select(Commitment)).one()
    assert promise.who in Page(desk, f"/debates/proposals/{asked.id}").text
    Page(desk, f"/debates/commitments/{promise.id}").send(kept_on="2026-08-20", outcome="12 patroli")
    assert (promise.kept_on, promise.outcome) == (date(2026, 8, 20), "12 patroli")


def test_what_came_of_a_promise_is_a_history_and_two_who_write_at_once_lose_nothing(desk, account, minutes):
    asked = proposal(account, minutes)
    promise = asking.record_commitment(
        account, asked, key=uuid.uuid4().hex, who="Wójt", what="Lampa", due_on=date(2026, 8, 1)
    )
    db.session.commit()
    address = f"/debates/commitments/{promise.id}"
    mine, other = Page(desk, address), Page(desk, address)
    for _ in range(2):
        assert other.send(kept_on="", outcome="Nie zdążyliśmy").status_code == 302
    answer = mine.send(kept_on="2026-08-20", outcome="Lampa świeci")
    assert answer.status_code == 409
    assert (promise.kept_on, promise.outcome) == (None, "Nie zdążyliśmy")
    again = Page.of(desk, address, answer)
    assert "Nie zdążyliśmy" in again.soup.select_one("[role=alert] .timeline").text
    assert again.fields()["outcome"].strip() == "Lampa świeci"
    assert again.send().status_code == 302
    assert (promise.kept_on, promise.outcome) == (date(2026, 8, 20), "Lampa świeci")
    assert [change.outcome for change in promise.changes] == ["Nie zdążyliśmy", "Lampa świeci"]
    shown = [item.text for item in Page(desk, f"/debates/proposals/{asked.id}").soup.select("details .timeline li")]
    assert ["Nie zdążyliśmy" in item for item in shown] == [False, True]


def test_open_requests_come_with_the_nearest_deadline_first(desk, account, minutes):
    proposal(account, minutes, "Bez terminu")
    proposal(account, minutes, "Na później", due_on=date(2099, 1, 1))
    proposal(account, minutes, "Zaległy", due_on=date(2026, 8, 1))
    proposal(account, minutes, "Zrobiony", status=ProposalStatus.DONE, answer="Gotowe")
    titles = [link.text for link in Page(desk, "/debates/proposals").soup.select(".result h2 a")]
    assert titles == ["Zaległy", "Na później", "Bez terminu"]


def test_everybody_reads_what_was_asked_and_what_was_done(client, account, minutes):
    proposal(account, minutes, status=ProposalStatus.DONE, answer="Próg stoi od września", answered_on=date(2026, 9, 3))
    text = Page(client, "/proposals").soup.main.text
    for words in ("Próg zwalniający przy szkole", "Próg stoi od września", "Debata w Łasku", "3 września 2026"):
        assert words in text


def test_the_public_page_is_narrowed_by_the_year_of_the_debate(client, account, minutes):
    proposal(account, minutes, "Wniosek nowy")
    earlier = date(DAY.year - 1, 3, 4)
    proposal(account, meeting(account, "Debata dawna", held_on=earlier), "Wniosek dawny")
    page = Page(client, f"/proposals?year={earlier.year}")
    assert [title.text for title in page.soup.select("main .result h2")] == ["Wniosek dawny"]
    offered = [one["value"] for one in page.soup.select("select[name=year] option")]
    assert offered == ["", str(DAY.year), str(earlier.year)]
    assert page.soup.select_one("details.filters").has_attr("open")
    for odd in ("1999", "x", "%00", "9" * 30):
        whole = Page(client, f"/proposals?year={odd}")
        assert len(whole.soup.select("main .result")) == 2, odd
        assert not whole.soup.select_one("details.filters").has_attr("open")


def test_the_public_page_is_narrowed_by_district(client, account, minutes):
    proposal(account, minutes, "Wniosek z Łasku")
    other = officer(unit("1019", "KPP w Zduńskiej Woli"))
    proposal(other, meeting(other, "Debata w Szadku", district_codes=["1019"]), "Wniosek z Szadku")
    text = Page(client, "/proposals?district=1019").text
    assert "Wniosek z Szadku" in text
    assert "Wniosek z Łasku" not in text
    assert "Wniosek z Łasku" in Page(client, "/proposals?district=%00").text


def test_the_words_of_a_lone_resident_are_not_published(client, account):
    alone = meeting(account, "Dyżur dzielnicowego", residents=1)
    proposal(account, alone, "Lampa przy ul. Ogrodowej 3", status=ProposalStatus.DONE, answer="Świeci na Ogrodowej")
    text = Page(client, "/proposals").text
    assert "Ogrodow" not in text
    assert "Dyżur dzielnicowego" in text


def test_the_words_about_a_protected_threat_are_not_published(client, account, minutes):
    said = statement(account, minutes, "Bezdomny śpi na dworcu przy ul. Kolejowej", category_code="bezdomny_pomoc")
    proposal(account, minutes, "Pomoc dla osoby przy ul. Kolejowej", statement=said)
    assert "Kolejow" not in Page(client, "/proposals").text


def test_the_words_of_a_statement_that_was_crossed_out_are_not_published(client, account, minutes):
    said = statement(account, minutes, "Hałas przy ul. Szkolnej")
    proposal(account, minutes, "Cisza przy ul. Szkolnej", statement=said)
    assert "Szkolnej" in Page(client, "/proposals").text
    minuting.withdraw_statement(account, said, reason="pomyłka")
    db.session.commit()
    assert "Szkolnej" not in Page(client, "/proposals").text


def test_the_public_page_asks_the_database_no_more_for_many_requests(client, account, minutes, asked_of_database):
    for number in range(12):
        proposal(account, minutes, f"Wniosek {number}", statement=statement(account, minutes))
        if number == 1:
            few = asked_of_database(lambda: Page(client, "/proposals"))
    assert asked_of_database(lambda: Page(client, "/proposals")) == few


def test_the_roof_reads_a_quarter(account, minutes):
    statement(account, minutes)
    statement(account, minutes, place=None)
    proposal(account, minutes, status=ProposalStatus.DONE, answer="Gotowe")
    found = queries.in_period("1003", Period.parse("2026-Q3"))
    assert [(entry.statements, entry.without_place, entry.proposals, entry.answered) for entry in found] == [
        (2, 1, 1, 1)
    ]
    assert queries.in_period("1003", Period.parse("2026-Q2")) == []
    assert queries.in_period("1019", Period.parse("2026-Q3")) == []


def test_a_meeting_in_two_districts_counts_in_each(account):
    meeting(account, district_codes=["1003", "1019"])
    for code in ("1003", "1019"):
        assert len(queries.in_period(code, Period.parse("2026-Q3"))) == 1


def test_a_meeting_of_which_only_the_year_is_known_counts_in_the_year_alone(account):
    meeting(account, held_on=DAY.replace(month=1, day=1), is_year_only=True)
    assert queries.in_period("1003", Period.parse("2026-Q1")) == []
    assert len(queries.in_period("1003", Period.parse("2026"))) == 1


def test_an_answer_given_in_the_period_belongs_to_it(account):
    earlier = meeting(account, held_on=date(2025, 3, 1))
    proposal(account, earlier, status=ProposalStatus.DONE, answer="Gotowe", answered_on=date(2026, 8, 1))
    assert len(queries.proposals_in("1003", Period.parse("2026-Q3"))) == 1
    assert queries.proposals_in("1003", Period.parse("2026-Q2")) == []


# What everybody counts and finds


def numbers(page):
    return [item.strong.text for item in page.soup.select(".outcomes li")]


def titles(page):
    return [item.text.strip() for item in page.soup.select(".result h2")]


def test_the_page_counts_seven_outcomes_and_is_narrowed_by_them(client, account, minutes):
    proposal(account, minutes, "Próg", status=ProposalStatus.DONE, answer="Stoi")
    proposal(account, minutes, "Lampa", status=ProposalStatus.ACCEPTED, answer="W planie")
    proposal(account, minutes, "Rondo")
    page = Page(client, "/proposals?outcome=done")
    assert numbers(page) == ["1", "0", "1", "0", "0", "1", "0"]
    assert [item.text.strip() for item in page.soup.select(".result h2")] == ["Próg"]
    for odd in ("?outcome=x", "?district=%00", "?page=-3"):
        assert len(Page(client, f"/proposals{odd}").soup.select(".result")) == 3


def test_what_waits_is_told_apart_from_what_has_no_answer_on_its_day(client, desk, account, minutes):
    proposal(account, minutes, "Dzisiaj", due_on=today())
    proposal(account, minutes, "Wczoraj", due_on=today() - timedelta(days=1))
    proposal(account, minutes, "Bez terminu")
    proposal(account, minutes, "Nie przyszła", status=ProposalStatus.NO_ANSWER)
    proposal(account, minutes, "W planie", status=ProposalStatus.ACCEPTED, answer="Tak", due_on=DAY)
    waiting, silent_ones = ["Bez terminu", "Dzisiaj"], ["Nie przyszła", "Wczoraj"]
    for address in ("/proposals", "/debates/proposals"):
        assert sorted(titles(Page(client, f"{address}?outcome=waiting"))) == waiting, address
        page = Page(client, f"{address}?outcome=no_answer")
        assert sorted(titles(page)) == silent_ones, address
        assert "termin" in page.text
    assert numbers(Page(client, "/proposals")) == ["0", "0", "1", "0", "0", "2", "2"]
    assert numbers(Page(client, "/debates/proposals")) == ["1", "0", "2", "2"], "only what still lacks a result"
    assert len(titles(Page(client, "/debates/proposals?outcome=done"))) == 5, "a result is no state of this list"
    empty = Page(client, "/debates/proposals?outcome=passed_on").soup
    assert empty.select_one(".empty-state")
    for one in minutes.proposals:
        assert queries.open_proposals(account.scope, today(), one.outcome_on(today())).count(one) == 1


def test_the_requests_of_one_debate_have_a_page_and_each_an_address(client, account, minutes):
    asked = proposal(account, minutes, "Próg")
    proposal(account, meeting(account, "Inna debata"), "Wniosek z innej debaty")
    page = Page(client, f"/proposals?meeting={minutes.id}")
    assert "Wniosek z innej debaty" not in page.text
    answer = client.get(f"/proposals/{asked.id}")
    assert answer.location == f"/proposals?meeting={minutes.id}#proposal-{asked.id}"
    assert page.soup.select_one(f"#proposal-{asked.id}")
    for nowhere in ("/proposals?meeting=999999", "/proposals?meeting=x", "/proposals?meeting=²", "/proposals/999999"):
        assert client.get(nowhere).status_code == 404


def test_a_request_on_a_later_page_is_found(client, account, minutes):
    asked = [proposal(account, minutes, f"Wniosek {number}") for number in range(27)]
    answer = client.get(f"/proposals/{asked[26].id}")
    assert answer.location == f"/proposals?meeting={minutes.id}&page=2#proposal-{asked[26].id}"
    assert Page(client, answer.location).soup.select_one(f"#proposal-{asked[26].id}")


def silent(account):
    """Requests with marked words that nobody may read, for five reasons, and one that everybody may."""
    alone = meeting(account, "Dyżur", residents=1)
    crowd = meeting(account, "Debata")
    protected = statement(account, crowd, "ZNAK", category_code="bezdomny_pomoc")
    crossed = statement(account, crowd, "ZNAK")
    withheld, unsorted = statement(account, crowd, "ZNAK"), statement(account, crowd, "ZNAK", category_code=None)
    withheld.withheld_because = "nazwisko"
    facts = {"status": ProposalStatus.DONE, "answer": "ZNAK"}
    found = [
        proposal(account, alone, "ZNAK", **facts),
        proposal(account, crowd, "ZNAK", statement=protected, **facts),
        proposal(account, crowd, "ZNAK", statement=crossed, **facts),
        proposal(account, crowd, "ZNAK", statement=withheld, **facts),
        proposal(account, crowd, "ZNAK", statement=unsorted, **facts),
        proposal(account, crowd, "Lampa", **facts | {"answer": "Świeci"}),
    ]
    minuting.withdraw_statement(account, crossed, reason="pomyłka")
    for one in found:
        asking.record_commitment(account, one, key=uuid.uuid4().hex, who="Wójt", what="ZNAK", due_on=None)
        change = one.newest
        change.evidence, change.evidence_is_public, change.answered_by = "ZNAK", True, "ZNAK"
    found[5].commitments[0].what = "Lampa do końca roku"
    found[5].newest.evidence, found[5].newest.answered_by = "Protokół", "Wójt"
    db.session.commit()
    return found


def test_no_public_page_shows_a_word_that_is_withheld_and_each_says_how_many(client, account):
    found = silent(account)
    queries_say = queries.withheld(queries.Wanted(), DAY)
    assert queries_say == sum(not one.words_are_public for one in found) == 5
    addresses = ["/proposals", "/proposals.atom", "/police/10/1003/priorities", "/api/proposals"]
    addresses += [f"/proposals?meeting={one.meeting_id}" for one in found]
    for address in addresses:
        assert "ZNAK" not in client.get(address).text, address
    page = Page(client, "/proposals")
    assert "5 wnios" in page.text
    for words in ("Lampa do końca roku", "Wójt", "Protokół"):
        assert words in page.text


def found_by(client, words, **more):
    """The requests that a search for words shows, by their texts."""
    address = f"/proposals?{urlencode({'words': words, **more})}"
    return {heading.text.strip() for heading in Page(client, address).soup.select("main .results h2")}


def test_requests_are_found_by_words_of_their_text_or_answer(client, account, minutes):
    proposal(account, minutes, "Łatanie dziur w ulicy Żwirowej")
    answered(account, proposal(account, minutes, "Próg przy szkole"), answer="Próg stoi od maja, 100%")
    db.session.commit()
    assert found_by(client, "żwirow") == found_by(client, "ULICY ŁATANIE") == {"Łatanie dziur w ulicy Żwirowej"}
    assert found_by(client, "maja próg") == found_by(client, "100%") == {"Próg przy szkole"}
    assert found_by(client, "próg ulicy") == found_by(client, "_") == found_by(client, "\x00Wisła") == set()
    assert found_by(client, "dziurami na ulicach") == set()
    assert found_by(client, "dziurami ulicach") == {"Łatanie dziur w ulicy Żwirowej"}
    assert len(found_by(client, "  ")) == 2
    assert len(found_by(client, "a", meeting=minutes.id)) == 2


def test_a_search_is_in_the_address_and_its_numbers_are_of_what_it_found(client, account, minutes):
    for text in ("Lampa w parku", "Lampa przy drodze", "Próg"):
        proposal(account, minutes, text)
    db.session.commit()
    page = Page(client, f"/proposals?words=lampa&meeting={minutes.id}")
    assert page.soup.select_one("input[name=words]")["value"] == "lampa"
    assert "2 wnioski" in page.soup.select_one(".filter-bar__summary").text
    assert all("words=lampa" in link["href"] for link in page.soup.select("main .outcomes a[href*=outcome]"))
    nothing = Page(client, "/proposals?words=most")
    assert nothing.soup.select_one("main a[href='/proposals']")


def test_the_last_debates_are_offered_without_a_district_too(client, account, minutes):
    proposal(account, minutes, "Lampa")
    db.session.commit()
    offered = [option["value"] for option in Page(client, "/proposals").soup.select("select[name=meeting] option")]
    assert offered == ["", str(minutes.id)]


def test_a_search_finds_no_words_that_are_withheld(client, account):
    silent(account)
    assert found_by(client, "ZNAK") == set()
    assert len(found_by(client, "Lampa")) == 1
    assert queries.published(queries.Wanted(words=("znak",)), DAY).total == 0
    assert sum(tally.number for tally in queries.outcomes(queries.Wanted(words=("znak",)), DAY)) == 0


def test_a_promise_that_names_a_person_s_number_is_not_shown(client, account, minutes):
    asked = proposal(account, minutes)
    said = {"who": "Sołtys", "what": "Zadzwonić pod 601 234 567", "due_on": None}
    asking.record_commitment(account, asked, key=uuid.uuid4().hex, **said)
    db.session.commit()
    text = Page(client, "/proposals").text
    assert "601" not in text
    assert "Sołtys" not in text


def test_the_feed_tells_what_was_answered_last(client, account, minutes):
    asked = proposal(account, minutes, "Próg")
    proposal(account, minutes, "Bez odpowiedzi")
    answered(account, asked, answer="Próg stoi")
    response = client.get("/proposals.atom?district=1003")
    feed = ET.fromstring(response.data)
    assert response.mimetype == "application/atom+xml"
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 1
    assert entries[0].find("{http://www.w3.org/2005/Atom}id").text.endswith(f"/proposals/{asked.id}")
    assert "Próg stoi" in response.text
