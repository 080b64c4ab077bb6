"""What comes back: a closed threat that somebody speaks of again, and what a joining anew does with what is known."""

from datetime import timedelta

import pytest

from consult.clock import now
from consult.db import db
from consult.threats import joining, operations, queries, response
from consult.threats.models import Threat
from consult.threats.workflow import Status
from tests.factories import admit, looked, looked_in_vain, metres_away, voice

pytestmark = pytest.mark.usefixtures("world")

WAYS = {
    Status.ELIMINATED: (Status.IN_VERIFICATION, Status.CONFIRMED, Status.ELIMINATED),
    Status.NOT_CONFIRMED: (Status.IN_VERIFICATION, Status.NOT_CONFIRMED),
    Status.JOKE: (Status.JOKE,),
}


def spoken(**more):
    return admit("parkowanie", **{"when": now() - timedelta(days=5), "voice_key": "first", **more})


def closed(status, **more):
    """A threat of one voice that ended in a state."""
    threat = queries.of_observation(spoken(**more))
    if status is Status.NOT_CONFIRMED:
        looked_in_vain(threat)
    for after in WAYS[status]:
        response.change_status(threat, after, "done", 7)
    return threat


def later():
    return now() + timedelta(minutes=1)


@pytest.mark.parametrize("status", list(WAYS))
def test_a_new_voice_opens_what_was_closed_with_a_recorded_reason_and_once(status):
    threat = closed(status)
    assert queries.of_observation(spoken(when=later(), voice_key="second")).id == threat.id
    assert threat.status is Status.IN_VERIFICATION
    change = queries.history_of(threat)[-1]
    assert (change.before, change.actor_id) == (status, 0)
    assert change.reason
    assert threat.came_back
    count = len(queries.history_of(threat))
    spoken(when=later(), voice_key="third")
    assert len(queries.history_of(threat)) == count


@pytest.mark.parametrize("status", [Status.NOT_CONFIRMED, Status.JOKE])
def test_the_same_person_alone_does_not_keep_the_police_going_back(status):
    threat = closed(status)
    spoken(when=later(), voice_key="first")
    assert threat.observations == 2
    assert threat.status is status


def test_whoever_reported_it_first_may_say_that_it_is_back():
    threat = closed(Status.ELIMINATED)
    spoken(when=later(), voice_key="first")
    assert threat.status is Status.IN_VERIFICATION


def test_what_was_seen_before_it_was_eliminated_is_no_return():
    threat = closed(Status.ELIMINATED)
    spoken(when=now() - timedelta(days=1), voice_key="second")
    assert threat.observations == 2
    assert threat.status is Status.ELIMINATED


def test_old_news_opens_nothing():
    threat = closed(Status.NOT_CONFIRMED, when=now() - timedelta(days=40))
    spoken(when=now() - timedelta(days=39), voice_key="second")
    assert threat.observations == 2
    assert threat.status is Status.NOT_CONFIRMED


def test_i_see_it_too_opens_it_as_well():
    threat = closed(Status.ELIMINATED)
    operations.admit(voice("parkowanie", when=later(), voice_key="second"), belongs_to=threat)
    assert threat.status is Status.IN_VERIFICATION


@pytest.mark.parametrize(("key", "after"), [("second", Status.IN_VERIFICATION), ("first", Status.NOT_CONFIRMED)])
def test_many_voices_at_once_open_it_by_the_same_rule(key, after):
    threat = closed(Status.NOT_CONFIRMED)
    operations.admit_many([voice("parkowanie", when=now(), voice_key=key)])
    joining.join()
    threat = queries.threat(threat.id)
    assert (threat.observations, threat.status) == (2, after)
    count = len(queries.history_of(threat))
    joining.join()
    assert len(queries.history_of(queries.threat(threat.id))) == count


def test_its_checks_and_deadline_count_anew():
    threat = closed(Status.NOT_CONFIRMED)
    spoken(when=later(), voice_key="second")
    assert response.still_missing(threat).checks == 3
    assert threat.arrived_at > threat.created_at


def test_what_merges_keeps_the_number_and_state_furthest_along_whatever_the_votes():
    """Three voices that nobody touched join one that is being checked: its number and history stay."""
    checked = queries.of_observation(spoken())
    response.change_status(checked, Status.IN_VERIFICATION, "taken up", 7)
    db.session.flush()
    operations.admit_many([voice("parkowanie", at=metres_away(400 + k, 0), when=now()) for k in range(3)])
    joining.join()
    crowd = db.session.scalars(db.select(Threat).where(Threat.id != checked.id, Threat.observations == 3)).one()
    for link in queries.links_of(crowd):
        operations._rule(link.observation_id, [queries.members(checked.id)[0].id], operations.Verdict.SAME, 7, "same")
    joining.join()
    merged = queries.threat(checked.id)
    assert (merged.observations, merged.status) == (4, Status.IN_VERIFICATION)
    assert queries.threat(crowd.id).successor_id == merged.id
    assert [change.after for change in queries.history_of(merged)] == [Status.IN_VERIFICATION]


@pytest.mark.parametrize("touch", ["check", "status"])
def test_what_somebody_touched_is_never_split(touch):
    threat = queries.of_observation(spoken(text="auto na chodniku"))
    far = spoken(at=metres_away(600, 0), voice_key="far", text="coś innego")
    operations.move(far, threat, 7, "the same lorry")
    if touch == "check":
        looked(threat)
    else:
        response.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    db.session.flush()
    joining.join()
    assert queries.threat(threat.id).observations == 2
