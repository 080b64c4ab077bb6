"""Joining everything anew: the same in any order of arrival, idempotent, and bound by what people decided."""

import random

import pytest

from consult.db import db
from consult.geo import Place
from consult.observations.models import Observation
from consult.threats import joining, operations, queries
from consult.threats.models import Suggestion
from consult.threats.workflow import Status
from tests.factories import admit, days_later, metres_away, voice

pytestmark = pytest.mark.usefixtures("world")

TEXTS = ("piją alkohol na ławce przy fontannie", "auta stoją na chodniku koło sklepu", "")


def some_voices(count=60, seed=3):
    """Voices in clumps around a few spots, with ties on purpose."""
    dice = random.Random(seed)
    spots = [metres_away(dice.randrange(0, 900, 40), dice.randrange(0, 900, 40)) for _ in range(12)]
    return [
        voice(
            dice.choice(("alkohol", "srodki_odurzajace", "parkowanie")),
            at=dice.choice(spots),
            when=days_later(dice.randrange(0, 40)),
            text=dice.choice(TEXTS),
            key=f"v{k}",
        )
        for k in range(count)
    ]


def partition():
    """The threats as sets of natural keys."""
    found = {}
    for link in queries.open_links():
        found.setdefault(link.threat_id, set()).add(link.observation_id)
    keys = {row.id: row.source_key for row in db.session.execute(db.select(Observation.id, Observation.source_key))}
    return {frozenset(keys[number] for number in members) for members in found.values()}


def emptied():
    """Forget all voices, so that the same ones can arrive in another order."""
    for table in ("suggestion", "ruling", "link", "status_change", "threat", "observation"):
        db.session.execute(db.metadatas[None].tables[table].delete())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_arrival_gives_the_same_threats(seed):
    voices = some_voices(seed=seed)
    found = []
    for order in (voices, voices[::-1], random.Random(seed).sample(voices, len(voices))):
        emptied()
        for one in order:
            operations.admit(one)
        joining.join()
        found.append(partition())
    assert found[0] == found[1] == found[2]


def test_joining_what_came_at_once_equals_joining_what_came_one_by_one():
    voices = some_voices()
    operations.admit_many(voices)
    joining.join()
    at_once = partition()
    emptied()
    for one in voices:
        operations.admit(one)
    joining.join()
    assert partition() == at_once


def test_joining_twice_changes_nothing():
    operations.admit_many(some_voices())
    first = joining.join()
    links, found = (
        queries.open_links(),
        {threat.id: threat.independent for threat in queries.found(queries.Filters(), size=500)},
    )
    again = joining.join()
    assert (again.changed, again.threats, again.suggested) == (0, first.threats, first.suggested)
    assert sorted(queries.open_links()) == sorted(links)
    assert {threat.id: threat.independent for threat in queries.found(queries.Filters(), size=500)} == found


def test_the_figures_of_all_at_once_equal_those_of_one_by_one():
    operations.admit_many(some_voices())
    joining.join()
    for threat in queries.found(queries.Filters(), size=500):
        before = {
            name: getattr(threat, name)
            for name in ("observations", "independent", "category_code", "lon", "lat", "last_at")
        }
        operations.recount(threat)
        assert {name: getattr(threat, name) for name in before} == before


def test_a_row_of_voices_along_a_street_is_not_one_long_threat():
    for k in range(15):
        admit("predkosc", at=metres_away(k * 150, 0), when=days_later(k))
    joining.join()
    for threat in queries.found(queries.Filters(), size=500):
        spots = [link.observation.x for link in queries.links_of(threat)]
        assert max(spots) - min(spots) < 800


def test_what_a_person_took_out_stays_out():
    first, second = admit(text="piją na ławce"), admit(at=metres_away(4, 0), text="piją na ławce")
    operations.detach(second, 7, "another bench")
    joining.join()
    assert queries.of_observation(first).id != queries.of_observation(second).id


def test_what_a_person_joined_stays_joined():
    one, other = admit(), admit(at=metres_away(3_000, 0))
    operations.move(one, queries.of_observation(other), 7, "the same lorry")
    joining.join()
    assert queries.of_observation(one).id == queries.of_observation(other).id


def test_a_settled_threat_keeps_its_voices_and_its_number():
    voices = [admit(at=metres_away(k * 3, 0), text="piją na ławce") for k in range(4)]
    threat = queries.of_observation(voices[0])
    operations.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    members = {link.observation_id for link in queries.links_of(threat)}
    operations.admit_many(some_voices())
    joining.join()
    assert members <= {link.observation_id for link in queries.links_of(threat)}
    assert threat.status is Status.IN_VERIFICATION


def test_a_threat_that_lost_its_voices_leads_on():
    """Arriving one by one, two small threats may grow together; the emptied one names its successor."""
    operations.admit_many(some_voices(seed=5))
    joining.join()
    lost = db.session.scalars(db.select(joining.Threat).where(joining.Threat.observations == 0)).all()
    assert all(threat.successor_id for threat in lost)


def test_one_district_can_be_joined_alone():
    here, there = admit(), admit(at=metres_away(15_000, 0))
    assert {here.district_code, there.district_code} == {"1003", "1019"}
    assert joining.join("1019").observations == 1
    assert queries.of_observation(here).observations == 1


def test_a_line_joins_what_lies_along_it():
    corners = [list(metres_away(0, 0)), list(metres_away(600, 0))]
    road = Place.from_mapping({"type": "LineString", "coordinates": corners}, 20)
    section = admit("predkosc", at=road, text="pędzą na prostej za szkołą")
    report = admit("predkosc", at=metres_away(590, 10), text="za szkołą na prostej pędzą")
    joining.join()
    assert queries.of_observation(section).id == queries.of_observation(report).id


def test_an_unsure_voice_waits_for_a_person_and_the_decision_holds():
    admit("parkowanie")
    admit("parkowanie", at=metres_away(95, 0), when=days_later(40))
    waiting = db.session.scalars(db.select(Suggestion)).all()
    assert len(waiting) == 1, "near the end of the radius and a month later, a person is asked"
    suggestion = waiting[0]
    voice_id, threat_id = suggestion.observation_id, suggestion.threat_id
    operations.keep_apart(suggestion, 7, "another gate")
    joining.join()
    assert queries.threats_of([voice_id])[voice_id] != threat_id
    assert not db.session.scalars(
        db.select(Suggestion).where(Suggestion.observation_id == voice_id, Suggestion.threat_id == threat_id)
    ).all()
