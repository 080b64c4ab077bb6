"""The page of waiting times: what still waits counts too, and only the own areas."""

from datetime import timedelta

import pytest

from consult.clock import now
from consult.db import db
from consult.threats import queries, response
from consult.threats.deadlines import Step
from consult.threats.workflow import Status
from tests.accounts.makers import administrator, officer, sign_in, unit
from tests.factories import admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")


def arrived(days_ago, east=0):
    threat = queries.of_observation(admit(when=now() - timedelta(days=days_ago), at=metres_away(east, 0)))
    threat.created_at = threat.arrived_at = now() - timedelta(days=days_ago)
    db.session.flush()
    return threat


def waits(step):
    found = queries.waits(("1003",), step, now() - timedelta(days=365), now())
    return sorted((round(wait.days), wait.is_over) for wait in found)


def test_what_waits_still_is_counted_for_as_long_as_it_waited():
    arrived(20)
    taken_up, checked = arrived(6, 2_000), arrived(9, 4_000)
    arrived(3, 15_000)
    for threat in (taken_up, checked):
        response.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    response.change_status(checked, Status.CONFIRMED, "seen", 7)
    assert waits(Step.TAKE_UP) == [(6, True), (9, True), (20, False)]
    assert waits(Step.VERIFY) == [(6, False), (9, True), (20, False)]


def test_the_page_says_how_many_wait_and_how_it_is_computed(client, elsewhere):
    arrived(20)
    page = Page(sign_in(client, officer(unit("1003"))), "/threats/waiting-times")
    cells = [cell.text.strip() for cell in page.soup.select("tbody tr")[0].select("td")]
    assert cells[:2] == ["1", "1"]
    assert "S(t) = ∏" in page.text
    assert sign_in(elsewhere(), administrator(unit("1003"))).get("/threats/waiting-times").status_code == 403


def test_an_area_without_threats_is_no_error(client):
    assert Page(sign_in(client, officer(unit("1003"))), "/threats/waiting-times").soup.h1
