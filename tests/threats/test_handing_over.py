"""A threat is handed over to an office, its letter is frozen, and what the office answers leads on."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from consult.audit import queries as audit
from consult.calendar import after_working_days
from consult.clock import now, today
from consult.db import db
from consult.geo import Place, PlaceKind
from consult.period import WARSAW
from consult.threats import hand_overs, queries, response
from consult.threats.awaiting import AnswerRefused, PartnerOutcome
from consult.threats.handing_over import ExpectedInPast, NotServing
from consult.threats.models import HandOver, PartnerAnswer, StatusChange
from consult.threats.turns import KeyOfAnother
from consult.threats.workflow import ChangeRefused, Status
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page
from tests.partners.makers import SAID, SECRET, confirmed, handed_over, partner, said

pytestmark = pytest.mark.usefixtures("world")


def count(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


@pytest.fixture
def ours(client):
    """A browser of an officer of the unit."""
    return sign_in(client, officer(unit("1003")))


# Handing over


def test_choosing_handed_over_asks_to_whom_and_a_partner_of_the_place_and_kind_comes_first(ours):
    other = partner("Aaa Lasy Państwowe", groups=["greenery"])
    roads = partner("Zarząd Dróg Powiatowych", groups=["traffic"])
    partner("Zarząd Dróg w Szadku", areas=["1019"])
    partner("Dawny zarząd dróg", ended=today())
    threat = confirmed()
    answer = Page(ours, f"/threats/{threat.id}/status").send(after="handed_over", reason="Przekazano zarządcy.")
    assert answer.status_code == 200
    assert threat.status is Status.CONFIRMED, "nothing is changed before it is said to whom"
    page = Page(ours, f"/threats/{threat.id}/hand-over")
    offered = [field["value"] for field in page.soup.select("input[name=office]")]
    assert offered == [str(roads.id), str(other.id), "other", "unnamed"]
    assert page.soup.select_one("input[name=office][checked]")["value"] == str(roads.id)
    assert "Przekazano zarządcy." in answer.text


def test_a_partner_is_handed_a_threat_with_a_term_of_working_days(ours):
    roads = partner("Zarząd Dróg Powiatowych", groups=["traffic"])
    threat = confirmed()
    answer = Page(ours, f"/threats/{threat.id}/hand-over").send(reason="Przekazano zarządcy drogi.")
    assert answer.status_code == 302
    db.session.expire_all()
    (handed,) = hand_overs.of_threat(threat)
    assert threat.status is Status.HANDED_OVER
    assert (handed.partner_id, handed.addressee) == (roads.id, roads.name)
    assert handed.expected_on == handed.awaited_on == after_working_days(today(), 14)
    assert handed.change_id == queries.history_of(threat)[-1].id
    assert handed.letter_number == f"1003.{threat.id}.1.{today().year}"
    entry = audit.of_object("threat", threat.id)[-1]
    assert (entry.act, entry.detail) == ("hand_over_threat", {"partner": roads.id})


def test_the_term_is_a_setting(ours, app, monkeypatch):
    monkeypatch.setitem(app.config, "PARTNER_ANSWER_DAYS", 3)
    threat = confirmed()
    page = Page(ours, f"/threats/{threat.id}/hand-over")
    assert page.fields()["expected_on"] == after_working_days(today(), 3).isoformat()


def test_an_office_that_no_register_knows_is_named_in_words(ours):
    threat = confirmed()
    answer = Page(ours, f"/threats/{threat.id}/hand-over").send(
        office="other",
        addressee="Spółdzielnia „Nadzieja”",
        address="ul. Polna 2",
        reason="Przekazano.",
        letter_number="P.7/2026",
    )
    assert answer.status_code == 302
    (handed,) = hand_overs.of_threat(threat)
    assert (handed.partner_id, handed.addressee, handed.letter_number) == (None, "Spółdzielnia „Nadzieja”", "P.7/2026")


def test_where_the_register_has_nobody_the_words_for_residents_may_say_it_all(ours):
    threat = confirmed()
    answer = Page(ours, f"/threats/{threat.id}/status").send(after="handed_over", reason="Przekazano gminie.")
    assert answer.status_code == 302
    db.session.expire_all()
    assert threat.status is Status.HANDED_OVER
    assert not hand_overs.of_threat(threat)


def test_a_partner_may_be_passed_by_in_words_too(ours):
    partner("Zarząd Dróg Powiatowych")
    threat = confirmed()
    assert Page(ours, f"/threats/{threat.id}/hand-over").send(office="unnamed", reason="Sołtysowi.").status_code == 302
    assert not hand_overs.of_threat(threat)
    assert queries.history_of(threat)[-1].after is Status.HANDED_OVER


def test_two_clicks_hand_over_once(ours):
    partner("Zarząd Dróg Powiatowych")
    threat = confirmed()
    page = Page(ours, f"/threats/{threat.id}/hand-over")
    assert [page.send(reason="Przekazano.").status_code for _ in range(2)] == [302, 302]
    assert (count(HandOver), len(queries.history_of(threat))) == (1, 3)


def test_the_same_key_is_the_same_hand_over_below_the_page_too():
    threat, whose = confirmed(), {"key": uuid.uuid4().hex, "actor_id": officer(unit("1003")).id}
    first = handed_over(threat, **whose)
    assert handed_over(threat, **whose).id == first.id
    assert count(HandOver) == 1


def test_the_key_of_another_threat_hands_nothing_over_and_says_so(ours):
    """Nobody is told that a threat was handed over because another one was."""
    other, threat = handed_over(), confirmed(at=metres_away(900, 900))
    page = Page(ours, f"/threats/{threat.id}/hand-over")
    sent = {"office": "other", "addressee": "Urząd Gminy", "address": "ul. Nowa 1", "reason": "Przekazano."}
    refused = page.send(**sent, key=other.key)
    assert (refused.status_code, count(HandOver)) == (409, 1)
    page.soup = BeautifulSoup(refused.text, "lxml")
    assert page.soup.select_one(".govuk-error-summary")
    assert page.fields()["key"] not in {"", other.key}
    assert page.send().status_code == 302, "what was typed is there, with a key of its own"
    db.session.expire_all()
    assert threat.status is Status.HANDED_OVER
    with pytest.raises(KeyOfAnother):
        handed_over(other.threat, key=other.key)  # by somebody else


@pytest.mark.parametrize("where", ["answer", "check", "note"])
def test_no_other_form_takes_the_key_of_another_threat_either(ours, where):
    threats = [confirmed(at=metres_away(900 * k, 0)) for k in range(2)]
    if where == "answer":
        urls = [f"/threats/{one.threat_id}/hand-overs/{one.id}/answers/new" for one in map(handed_over, threats)]
    else:
        urls = [f"/threats/{one.id}/{where}s/new" for one in threats]
    now_there = datetime.now(WARSAW) - timedelta(minutes=2)
    sent = {"outcome": "done", "public_words": SAID, "text": "uwaga", "finding": "seen"}
    sent |= {"checked_on": f"{now_there:%Y-%m-%d}", "checked_time": f"{now_there:%H:%M}"}
    pages = [Page(ours, url) for url in urls]
    assert pages[0].send(**sent).status_code == 302
    assert pages[1].send(**sent, key=pages[0].fields()["key"]).status_code == 409
    assert pages[1].send(**sent).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"office": "no number"}, "office"),
        ({"office": "999999"}, "office"),
        ({"office": "other", "addressee": "", "address": "x"}, "addressee"),
        ({"office": "other", "addressee": "Urząd", "address": ""}, "address"),
        ({"office": "other", "addressee": "PESEL 44051401359", "address": "x"}, "addressee"),
        ({"asked": ""}, "asked"),
        ({"asked": "x" * 1001}, "asked"),
        ({"quoted": "auto EL 12345"}, "quoted"),
        ({"expected_on": ""}, "expected_on"),
        ({"expected_on": "2020-01-01"}, "expected_on"),
        ({"expected_on": "9999-12-31"}, "expected_on"),
        ({"expected_on": "soon"}, "expected_on"),
        ({"reason": ""}, "reason"),
        ({"letter_number": "a\x00b"}, "letter_number"),
        ({"key": "no key"}, None),
    ],
)
def test_a_wrong_hand_over_is_refused_where_it_is_wrong_and_nothing_is_written(ours, wrong, field):
    partner("Zarząd Dróg Powiatowych")
    threat = confirmed()
    answer = Page(ours, f"/threats/{threat.id}/hand-over").send(**{"reason": "Przekazano."} | wrong)
    assert answer.status_code == 422
    assert field is None or f'id="{field}-error"' in answer.text
    assert count(HandOver) == 0
    db.session.expire_all()
    assert threat.status is Status.CONFIRMED


def test_a_partner_of_another_place_is_refused_and_so_is_a_day_that_is_over():
    threat = confirmed()
    with pytest.raises(NotServing):
        handed_over(threat, partner_id=partner("Daleki", areas=["1019"]).id)
    with pytest.raises(ExpectedInPast):
        handed_over(threat, expected_on=today() - timedelta(days=1))
    assert threat.status is Status.CONFIRMED


def test_only_what_is_confirmed_is_handed_over(ours):
    threat = queries.of_observation(admit(when=now()))
    with pytest.raises(ChangeRefused):
        handed_over(threat)
    assert ours.get(f"/threats/{threat.id}/hand-over").status_code == 302
    assert count(HandOver) == 0


def test_nobody_else_hands_over_opens_the_letter_or_enters_answers(client, elsewhere):
    threat = confirmed()
    handed = handed_over(threat)
    pages = [
        f"/threats/{threat.id}/hand-over",
        f"/threats/{threat.id}/hand-overs/{handed.id}/letter.pdf",
        f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new",
    ]
    stranger, above = sign_in(elsewhere(), officer(unit("1019"))), sign_in(elsewhere(), coordinator(unit("1003")))
    assert [stranger.get(page).status_code for page in pages] == [404, 404, 404]
    assert [above.get(page).status_code for page in (pages[0], pages[2])] == [403, 403]
    assert [client.get(page).status_code for page in pages] == [302, 302, 302]


def test_a_hand_over_of_another_threat_is_not_there(ours):
    handed, other = handed_over(), confirmed(at=metres_away(4_000, 0))
    assert ours.get(f"/threats/{other.id}/hand-overs/{handed.id}/answers/new").status_code == 404
    assert ours.get(f"/threats/{other.id}/hand-overs/{handed.id}/letter.pdf").status_code == 404
    assert ours.get(f"/threats/{other.id}/hand-overs/999999/answers/new").status_code == 404


# Answers


def test_an_answer_is_read_by_residents_and_its_other_words_by_colleagues_alone(ours, elsewhere):
    threat = confirmed()
    handed = handed_over(threat)
    page = Page(ours, f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new")
    answer = page.send(outcome="passed_on", passed_to="Starostwo", public_words=SAID, internal_words=SECRET)
    assert answer.status_code == 302
    assert SECRET in Page(ours, f"/threats/{threat.id}").text
    public = Page(elsewhere(), f"/threats/{threat.id}")
    assert SAID in public.text
    assert "Przekazano do: Nadleśnictwo Kolumna." in public.text
    assert "Starostwo" in public.text
    assert SECRET not in public.text
    entries = audit.of_object("threat", threat.id)
    assert (entries[-1].act, entries[-1].detail) == ("record_partner_answer", {"partner": 0, "outcome": "passed_on"})
    assert SECRET not in str([entry.detail for entry in entries])


@pytest.mark.parametrize(
    ("outcome", "after"),
    [("done", "eliminated"), ("refused", "confirmed"), ("not_theirs", "confirmed")],
)
def test_an_answer_leads_on_to_what_follows(ours, outcome, after):
    threat = confirmed()
    handed = handed_over(threat)
    page = Page(ours, f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new")
    answer = page.send(outcome=outcome, public_words=SAID)
    status = Page(ours, answer.location)
    assert status.soup.select_one("input[name=after][checked]")["value"] == after
    assert SAID in status.soup.select_one("#reason").text
    db.session.expire_all()
    assert handed.awaited_on is None
    assert threat.status is Status.HANDED_OVER, "a person decides"
    assert status.send().status_code == 302
    db.session.expire_all()
    assert threat.status is Status(after)


def test_a_promise_is_awaited_until_its_day_and_a_further_answer_may_follow(ours):
    threat = confirmed()
    handed = handed_over(threat)
    day = today() + timedelta(days=90)
    page = Page(ours, f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new")
    answer = page.send(outcome="will_be_done", done_by=day.isoformat(), public_words=SAID)
    assert answer.location.endswith("#handed-over")
    db.session.expire_all()
    assert handed.awaited_on == day
    said(handed, PartnerOutcome.DONE)
    assert [one.outcome for one in handed.answers] == [PartnerOutcome.WILL_BE_DONE, PartnerOutcome.DONE]
    assert handed.awaited_on is None


def test_what_the_police_decide_themselves_is_awaited_no_longer():
    threat = confirmed()
    handed = handed_over(threat)
    response.change_status(threat, Status.CONFIRMED, "wraca", 7)
    assert handed.awaited_on is None
    said(handed, PartnerOutcome.PASSED_ON, passed_to="Gmina")
    assert handed.awaited_on is None, "a late answer is kept and awaits nothing"
    again = handed_over(threat)
    assert again.letter_number.endswith(f".2.{today().year}")


def test_two_clicks_enter_one_answer(ours):
    threat = confirmed()
    handed = handed_over(threat)
    page = Page(ours, f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new")
    sent = {"outcome": "done", "public_words": SAID}
    assert [page.send(**sent).status_code for _ in range(2)] == [302, 302]
    assert count(PartnerAnswer) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"answered_on": "2099-01-01"}, "answered_on"),
        ({"answered_on": "1999-01-01"}, "answered_on"),
        ({"answered_on": "yesterday"}, "answered_on"),
        ({"outcome": "will_be_done"}, "done_by"),
        ({"outcome": "will_be_done", "done_by": "2000-01-01"}, "done_by"),
        ({"outcome": "passed_on"}, "passed_to"),
        ({"outcome": "passed_on", "passed_to": "x" * 161}, "passed_to"),
        ({"public_words": ""}, "public_words"),
        ({"public_words": "x" * 1001}, "public_words"),
        ({"public_words": "PESEL 44051401359"}, "public_words"),
        ({"internal_words": "a\x00b"}, "internal_words"),
        ({"key": "no key"}, None),
    ],
)
def test_a_wrong_answer_is_refused_where_it_is_wrong_and_nothing_is_written(ours, wrong, field):
    threat = confirmed()
    handed = handed_over(threat)
    page = Page(ours, f"/threats/{threat.id}/hand-overs/{handed.id}/answers/new")
    answer = page.send(**{"outcome": "done", "public_words": SAID} | wrong)
    assert answer.status_code == 422
    assert field is None or f'id="{field}-error"' in answer.text
    assert count(PartnerAnswer) == 0


def test_an_answer_from_before_the_letter_is_refused():
    with pytest.raises(AnswerRefused):
        said(handed_over(), answered_on=today() - timedelta(days=1))


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999", "0"])
def test_nonsense_for_an_answer_begins_with_nothing(ours, asked):
    threat = confirmed()
    page = Page(ours, f"/threats/{threat.id}/status?answer={asked}")
    assert page.soup.select_one("input[name=after][checked]") is None


def test_an_answer_about_another_threat_begins_nothing(ours):
    answer = said(handed_over())
    other = confirmed(at=metres_away(4_000, 0))
    assert SAID not in Page(ours, f"/threats/{other.id}/status?answer={answer.id}").text


def test_the_database_keeps_promises_with_their_days_and_one_row_for_a_change():
    handed = handed_over()
    db.session.add(
        PartnerAnswer(
            key="k", hand_over_id=handed.id, outcome=PartnerOutcome.WILL_BE_DONE, answered_on=date(2026, 1, 1),
            passed_to="", public_words="x", internal_words="", actor_id=7, entered_at=now(),
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_threat_of_a_whole_commune_is_handed_over_too(ours):
    place = Place.whole(PlaceKind.COMMUNE, "1003023", 19.05, 51.59, 9_000.0, "Łask")
    handed = handed_over(confirmed(at=place))
    assert handed.facts["is_whole_area"]
    assert "<svg" in handed.map_svg


def test_history_shows_the_hand_over_before_its_answers(ours):
    threat = confirmed()
    said(handed_over(threat), PartnerOutcome.REFUSED)
    response.change_status(threat, Status.CONFIRMED, "Wracamy do sprawy.", 7)
    db.session.commit()
    titles = [
        event.text for event in Page(ours, f"/threats/{threat.id}").soup.select(".timeline .govuk-\\!-font-weight-bold")
    ]
    assert len(titles) == 5
    assert "Nadleśnictwo Kolumna" in titles[3]


def test_more_hand_overs_ask_the_database_no_more(ours, queries_counted):
    threat = confirmed()
    said(handed_over(threat), PartnerOutcome.REFUSED)
    once = queries_counted(lambda: ours.get(f"/threats/{threat.id}"))
    for _ in range(3):
        response.change_status(threat, Status.CONFIRMED, "wraca", 7)
        said(handed_over(threat), PartnerOutcome.REFUSED)
    db.session.expire_all()
    assert queries_counted(lambda: ours.get(f"/threats/{threat.id}")) <= once


def test_nothing_of_it_stands_in_the_change_itself():
    handed = handed_over(quoted="Proszę o pilną naprawę.")
    change = db.session.get(StatusChange, handed.change_id)
    assert "pilną" not in change.reason
