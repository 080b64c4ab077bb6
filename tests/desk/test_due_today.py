"""What is due today: counted exactly, the most urgent first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consult.clock import now, retelling, today
from consult.db import db
from consult.desk import queries
from consult.threats import queries as threats
from consult.threats import response
from consult.threats.deadlines import Step, Urgency
from consult.threats.workflow import Status
from tests.accounts.makers import officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page
from tests.partners import makers as handing

pytestmark = pytest.mark.usefixtures("world")

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def arrived(moment, east=0, **more):
    """A threat that arrived at a moment."""
    threat = threats.of_observation(admit(at=metres_away(east, 0), **more))
    threat.created_at = threat.arrived_at = moment
    db.session.flush()
    return threat


def test_a_deadline_counts_working_days():
    arrived(datetime(2026, 12, 23, 12, tzinfo=UTC))
    (due,) = queries.due_threats(("1003",), date(2026, 12, 30)).entries
    assert due.deadline.due_on == date(2026, 12, 29)
    assert due.urgency is Urgency.OVERDUE


def test_five_days_of_checking_count_from_the_arrival_however_late_it_was_taken_up():
    threat = arrived(MONDAY)
    response.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    threat.status_at = MONDAY + timedelta(days=4)
    db.session.flush()
    (due,) = queries.due_threats(("1003",), date(2026, 11, 20)).entries
    assert (due.deadline.step, due.deadline.due_on) == (Step.VERIFY, date(2026, 11, 23))


def test_what_came_back_has_its_whole_term_again():
    threat = arrived(MONDAY - timedelta(days=60))
    for after in (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED, Status.IN_VERIFICATION):
        response.change_status(threat, after, "done", 7)
    (due,) = queries.due_threats(("1003",), today()).entries
    assert due.urgency is Urgency.LATER


def test_alarms_come_first_then_what_is_overdue_then_today():
    later = arrived(MONDAY + timedelta(days=3), 0)
    due_today = arrived(MONDAY + timedelta(days=2), 1_000)
    overdue = arrived(MONDAY, 2_000)
    alarm = arrived(MONDAY - timedelta(days=20), 3_000)
    checked_late = arrived(MONDAY - timedelta(days=40), 4_000)
    response.change_status(checked_late, Status.IN_VERIFICATION, "taken up", 7)
    found = queries.due_threats(("1003",), date(2026, 11, 20))
    assert [entry.threat.id for entry in found.entries] == [
        checked_late.id,
        alarm.id,
        overdue.id,
        due_today.id,
        later.id,
    ]
    assert [entry.urgency for entry in found.entries] == [
        Urgency.ALARM,
        Urgency.ALARM,
        Urgency.OVERDUE,
        Urgency.TODAY,
        Urgency.LATER,
    ]
    assert (found.total, found.late) == (5, 3)


def test_counts_are_whole_where_only_the_first_are_shown():
    for k in range(5):
        arrived(MONDAY - timedelta(days=k), k * 900)
    found = queries.due_threats(("1003",), date(2026, 11, 27), size=2)
    assert (found.total, found.late, len(found.entries)) == (5, 5, 2)


def test_a_category_with_terms_of_its_own_is_counted_by_them():
    threat = arrived(MONDAY)
    threat.category.take_up_days, threat.category.verify_days = 4, 9
    db.session.flush()
    (due,) = queries.due_threats(("1003",), date(2026, 11, 18)).entries
    assert (due.deadline.due_on, due.urgency) == (date(2026, 11, 20), Urgency.LATER)


def test_what_is_closed_or_lies_elsewhere_is_not_due():
    closed = arrived(MONDAY)
    response.change_status(closed, Status.JOKE, "a joke", 7)
    arrived(MONDAY, 15_000)
    assert queries.due_threats(("1003",), today()).total == 0


def test_the_page_says_in_a_word_how_each_deadline_stands(client):
    arrived(now() - timedelta(days=90))
    page = Page(sign_in(client, officer(unit("1003"))), "/today")
    assert page.soup.select_one(".status--overdue")
    assert page.soup.select_one(".key-figure--attention")


# Answers awaited from offices


def test_answers_of_offices_are_awaited_the_overdue_first_and_only_in_the_own_areas(client, elsewhere):
    late, early = (handing.confirmed(at=metres_away(4_000 * step, 0)) for step in (0, 1))
    for threat, days in ((early, 5), (late, 3)):
        handing.handed_over(threat, expected_on=today() + timedelta(days=days), letter_number=f"L.{threat.id}")
    with retelling(now() + timedelta(days=4)):
        page = Page(sign_in(client, officer(unit("1003"))), "/today")
        found = queries.awaited_answers(["1003"], today())
    assert (found.total, found.late) == (2, 1)
    assert [entry.hand_over.threat_id for entry in found.entries] == [late.id, early.id]
    assert [entry.urgency.value for entry in found.entries] == ["overdue", "later"]
    rows = page.soup.select("#awaited ~ table tbody tr")
    assert [f"L.{late.id}" in rows[0].text, f"L.{early.id}" in rows[1].text] == [True, True]
    assert queries.awaited_answers(["1019"], today()).total == 0
    assert not Page(sign_in(elsewhere(), officer(unit("1019"))), "/today").soup.select("#awaited")


def test_what_is_answered_or_decided_is_awaited_no_longer():
    answered, decided = (handing.confirmed(at=metres_away(4_000 * step, 0)) for step in (0, 1))
    handing.said(handing.handed_over(answered))
    handing.handed_over(decided)
    response.change_status(decided, Status.ELIMINATED, "naprawione", 7)
    assert queries.awaited_answers(["1003"], today()).total == 0
