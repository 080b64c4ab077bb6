"""Checks on the spot and the change of a status, on the pages of the police and in the trail."""

from datetime import datetime, timedelta

import pytest

from consult.audit import queries as audit
from consult.clock import now
from consult.db import db
from consult.period import TIMES_OF_DAY, WARSAW, WEEKDAYS
from consult.threats import queries, response
from consult.threats.checking import Finding
from consult.threats.models import Check
from consult.threats.workflow import ChangeRefused, Status
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.factories import admit, looked, looked_in_vain, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

CANARY = "words for colleagues only"


def recent(**more):
    """A threat that one voice speaks of, seen twenty days ago."""
    return queries.of_observation(admit(when=now() - timedelta(days=20), **more))


def in_verification(**more):
    threat = recent(**more)
    response.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    db.session.commit()
    return threat


def yesterday():
    return (now() - timedelta(days=1)).astimezone(WARSAW).date()


def enter(client, threat, **facts):
    page = Page(client, f"/threats/{threat.id}/checks/new")
    facts = {"checked_on": yesterday().isoformat(), "checked_time": "10:30", "finding": "not_seen", "note": "", **facts}
    return page.send(**facts)


@pytest.fixture
def ours(client):
    """A browser of an officer of the unit."""
    return sign_in(client, officer(unit("1003")))


def test_a_check_is_entered_shown_to_the_unit_and_kept_from_everybody_else(ours, elsewhere):
    threat = in_verification()
    assert enter(ours, threat, note=CANARY).status_code == 302
    (check,) = queries.checks_of(threat)
    assert check.checked_at.astimezone(WARSAW).strftime("%H:%M") == "10:30"
    assert CANARY in Page(ours, f"/threats/{threat.id}").text
    assert CANARY not in Page(elsewhere(), f"/threats/{threat.id}").text
    assert [entry.act for entry in audit.of_object("threat", threat.id)][-1] == "record_check"
    assert CANARY not in str([entry.detail for entry in audit.of_object("threat", threat.id)])


def test_two_clicks_write_one_check(ours):
    threat = in_verification()
    page = Page(ours, f"/threats/{threat.id}/checks/new")
    sent = {"checked_on": yesterday().isoformat(), "checked_time": "10:30", "finding": "not_seen"}
    assert [page.send(**sent).status_code for _ in range(2)] == [302, 302]
    assert len(queries.checks_of(threat)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"checked_on": "2099-01-01"}, "checked_on"),
        ({"checked_on": "1999-12-31"}, "checked_on"),
        ({"checked_on": "0001-01-01"}, "checked_on"),
        ({"checked_on": "yesterday"}, "checked_on"),
        ({"checked_time": ""}, "checked_time"),
        ({"checked_time": "25:00"}, "checked_time"),
        ({"finding": "perhaps"}, "finding"),
        ({"note": "a\x00b"}, "note"),
        ({"note": "x" * 1001}, "note"),
        ({"key": "no key"}, None),
    ],
)
def test_a_wrong_check_is_refused_where_it_is_wrong_and_nothing_is_written(ours, wrong, field):
    threat = in_verification()
    answer = enter(ours, threat, **wrong)
    assert answer.status_code == 422
    assert field is None or f'id="{field}-error"' in answer.text
    assert db.session.scalar(db.select(db.func.count(Check.id))) == 0


def test_another_units_officer_and_a_coordinator_enter_no_checks(client, elsewhere):
    threat = in_verification()
    path = f"/threats/{threat.id}/checks/new"
    assert sign_in(elsewhere(), officer(unit("1019"))).get(path).status_code == 404
    assert sign_in(client, coordinator(unit("1003"))).get(path).status_code == 403


def test_not_confirmed_is_refused_with_what_is_missing_in_words(ours):
    threat = in_verification(times_of_day=TIMES_OF_DAY["evening"], weekdays=WEEKDAYS["fri"])
    looked(threat, at=now() - timedelta(days=1))
    answer = Page(ours, f"/threats/{threat.id}/status").send(after="not_confirmed", reason="Nic nie zastano.")
    assert answer.status_code == 422
    assert 'id="after-error"' in answer.text
    db.session.expire_all()
    assert threat.status is Status.IN_VERIFICATION
    page = Page(ours, f"/threats/{threat.id}")
    assert page.soup.select_one("#checks ~ .govuk-inset-text")
    assert Page(ours, f"/threats/{threat.id}/status").soup.select_one("main .govuk-inset-text")


def test_after_three_checks_on_two_days_it_may_be_called_not_confirmed_and_the_number_stands_with_it(ours):
    threat = in_verification()
    looked_in_vain(threat)
    answer = Page(ours, f"/threats/{threat.id}/status").send(after="not_confirmed", reason="Nic nie zastano.")
    assert answer.status_code == 302
    db.session.expire_all()
    assert threat.status is Status.NOT_CONFIRMED
    assert queries.history_of(threat)[-1].checks == 3


def test_a_check_taken_back_does_not_count_and_its_row_stays(ours):
    threat = in_verification()
    looked_in_vain(threat)
    db.session.commit()
    first = queries.checks_of(threat)[0]
    page = Page(ours, f"/threats/{threat.id}")
    to = f"/threats/{threat.id}/checks/{first.id}/withdraw"
    assert page.send(to=to).status_code == 302
    db.session.expire_all()
    assert response.still_missing(threat).checks == 1
    assert db.session.scalar(db.select(db.func.count(Check.id))) == 3
    assert [entry.act for entry in audit.of_object("threat", threat.id)][-1] == "withdraw_check"


def test_a_check_is_taken_back_only_on_its_own_threats_page(ours):
    threat, other = in_verification(), in_verification(at=metres_away(3_000, 0))
    check = looked(threat)
    page = Page(ours, f"/threats/{other.id}")
    token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    answer = ours.post(f"/threats/{other.id}/checks/{check.id}/withdraw", data={"csrf_token": token})
    assert answer.status_code == 404


def test_the_number_needed_is_a_setting(app, monkeypatch):
    threat = in_verification()
    looked_in_vain(threat)
    monkeypatch.setitem(app.config, "CHECKS_NEEDED", 4)
    with pytest.raises(ChangeRefused) as refused:
        response.change_status(threat, Status.NOT_CONFIRMED, "nothing found", 7)
    assert refused.value.fault == "no_checks"


def test_checks_of_the_first_round_do_not_count_when_it_came_back():
    threat = in_verification()
    looked_in_vain(threat)
    response.change_status(threat, Status.NOT_CONFIRMED, "nothing found", 7)
    response.change_status(threat, Status.IN_VERIFICATION, "somebody asks again", 7)
    assert threat.came_back
    assert response.still_missing(threat).checks == 3


def test_what_was_checked_is_settled_and_keeps_its_voices():
    threat = recent()
    assert not threat.is_settled
    looked(threat, Finding.NOT_CHECKED)
    assert threat.is_settled


def test_a_confirmed_threat_counts_the_checks_that_were_made():
    threat = in_verification()
    looked(threat, at=now() - timedelta(hours=3))
    looked(threat, Finding.SEEN)
    assert response.change_status(threat, Status.CONFIRMED, "seen", 7).checks == 2


def test_residents_read_how_often_somebody_looked(client):
    threat = in_verification()
    looked_in_vain(threat)
    response.change_status(threat, Status.NOT_CONFIRMED, "Nic nie zastano.", 7)
    db.session.commit()
    page = Page(client, f"/threats/{threat.id}")
    assert "Nic nie zastano." in page.text
    assert "3" in page.soup.select_one(".timeline li:last-child .muted").text


def test_a_check_is_never_in_the_future_by_the_clock_of_warsaw():
    threat = in_verification()
    moment = now().astimezone(WARSAW) + timedelta(minutes=2)
    with pytest.raises(response.CheckRefused) as refused:
        response.record_check(
            threat, "k" * 32, moment.date(), moment.time().replace(tzinfo=None), Finding.NOT_SEEN, "", 7
        )
    assert refused.value.fault == "future"


def test_the_page_of_a_threat_asks_no_more_for_many_checks_than_for_few(ours, queries_counted):
    threat = in_verification()
    looked(threat)
    few = queries_counted(lambda: ours.get(f"/threats/{threat.id}"))
    for hours in range(1, 9):
        looked(threat, at=now() - timedelta(hours=hours))
    assert queries_counted(lambda: ours.get(f"/threats/{threat.id}")) <= few


def test_the_hour_is_that_of_warsaw_in_summer(monkeypatch):
    monkeypatch.setattr(response, "now", lambda: datetime(2026, 7, 20, 12, 0, tzinfo=WARSAW))
    threat = queries.of_observation(admit())
    check = looked(threat, at=datetime(2026, 7, 16, 20, 15, tzinfo=WARSAW))
    assert check.checked_at.astimezone(WARSAW).strftime("%H:%M %Z") == "20:15 CEST"
