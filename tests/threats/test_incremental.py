"""One voice at a time gives the map that joining everything gives, whatever people did in between."""

import os
import random
from datetime import timedelta

import pytest

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.threats import joining, operations, queries
from consult.threats.models import Ruling, Suggestion, Threat
from consult.threats.operations import CannotJoin
from consult.threats.workflow import ALLOWED, ChangeRefused, Status
from tests.accounts.makers import head, unit
from tests.factories import admit, days_later, looked_in_vain, metres_away, voice

pytestmark = pytest.mark.usefixtures("world")

TEXTS = ("piją alkohol na ławce przy fontannie", "auta stoją na chodniku koło sklepu", "")


SEEDS = int(os.environ.get("TOWNS", "6"))
"""So many towns in the gate; `script/trial incremental` asks for more."""


class Town:
    """Voices in clumps, and everything that may happen to them, drawn by a die."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.arrived = 0
        self.spots = [metres_away(self.dice.randrange(0, 700, 35), self.dice.randrange(0, 700, 35)) for _ in range(9)]

    def voice(self):
        self.arrived += 1
        dice = self.dice
        spot = dice.choice(self.spots)
        return voice(
            dice.choice(("alkohol", "srodki_odurzajace", "parkowanie")),
            at=metres_away(dice.gauss(0, 20), dice.gauss(0, 20), spot),
            when=days_later(dice.randrange(0, 60)),
            text=dice.choice(TEXTS),
            key=f"v{self.arrived}",
        )

    def some(self, rows):
        found = list(rows)
        return self.dice.choice(found) if found else None

    def standing(self):
        chosen = db.select(Observation).where(Observation.withdrawn_at.is_(None)).order_by(Observation.id)
        return db.session.scalars(chosen).all()

    def threats(self):
        return db.session.scalars(db.select(Threat).where(Threat.observations > 0).order_by(Threat.id)).unique().all()

    def arrive(self):
        operations.admit(self.voice())

    def arrive_many(self):
        operations.admit_many([self.voice() for _ in range(self.dice.randrange(1, 6))])
        joining.join()

    def agree(self):
        threat = self.some(self.threats())
        if threat is None:
            return
        told = voice(threat.category_code, at=(threat.lon, threat.lat), when=days_later(30), key=f"a{self.arrived}")
        self.arrived += 1
        try:
            operations.admit(told, belongs_to=threat)
        except CannotJoin:
            return

    def withdraw(self):
        if one := self.some(self.standing()):
            operations.withdraw(one, 7, "said so")

    def restore(self):
        gone = db.select(Observation).where(Observation.withdrawn_at.is_not(None)).order_by(Observation.id)
        if one := self.some(db.session.scalars(gone).all()):
            operations.restore(one, 7)

    def decide(self):
        threat = self.some(self.threats())
        if threat is None or not ALLOWED[threat.status]:
            return
        after = self.dice.choice(ALLOWED[threat.status])
        if after is Status.NOT_CONFIRMED:
            looked_in_vain(threat)
        try:
            operations.change_status(threat, after, "looked at", 7)
        except ChangeRefused:  # it came back meanwhile, and those checks are of the time before
            return

    def detach(self):
        if one := self.some(self.standing()):
            operations.detach(one, 7, "another bench")

    def move(self):
        one, to = self.some(self.standing()), self.some(self.threats())
        if one is not None and to is not None:
            try:
                operations.move(one, to, 7, "the same bench")
            except CannotJoin:
                return

    def keep_apart(self):
        if one := self.some(db.session.scalars(db.select(Suggestion).order_by(Suggestion.id)).all()):
            operations.keep_apart(one, 7, "another gate")

    def accept(self):
        if one := self.some(db.session.scalars(db.select(Suggestion).order_by(Suggestion.id)).all()):
            operations.accept(one, 7, "the same")


def assert_as_if_joined_anew():
    """Joining everything changes no link and no figure."""
    links = sorted(map(tuple, queries.open_links()))
    figures = queries.facts()
    assert joining.join().changed == 0
    assert sorted(map(tuple, queries.open_links())) == links
    assert queries.facts() == figures


@pytest.mark.parametrize("seed", range(3))
def test_arrivals_one_by_one_and_in_files_give_what_joining_everything_gives(seed):
    town = Town(seed)
    for _ in range(40):
        town.dice.choice((town.arrive, town.arrive, town.arrive, town.arrive_many))()
        assert_as_if_joined_anew()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_people_do_in_between_joining_everything_changes_nothing(seed):
    town = Town(100 + seed)
    acts = [town.arrive] * 8 + [town.agree, town.withdraw, town.restore, town.decide, town.detach, town.move]
    acts += [town.keep_apart, town.accept, town.arrive_many]
    for _ in range(40):
        town.dice.choice(acts)()
        assert_as_if_joined_anew()


def test_a_voice_that_leaves_lets_the_others_be_joined_otherwise():
    """A voice in the middle holds two others together; without it they are two threats."""
    left = admit("parkowanie", at=metres_away(0, 0))
    right = admit("parkowanie", at=metres_away(75, 0))
    middle = admit("parkowanie", at=metres_away(37, 0))
    before = {queries.of_observation(one).id for one in (left, middle, right)}
    operations.withdraw(middle, 7, "said so")
    assert_as_if_joined_anew()
    assert len(before) <= len({queries.of_observation(one).id for one in (left, right)})


def test_who_was_taken_out_and_is_put_back_is_kept_apart_from_nobody_there():
    """Both decisions cannot hold; the last one does, even in a threat that the police have taken up."""
    voices = [admit("alkohol", at=metres_away(k * 3, 0), text=TEXTS[0]) for k in range(4)]
    threat = queries.of_observation(voices[0])
    operations.change_status(threat, Status.IN_VERIFICATION, "taken up", 7)
    operations.detach(voices[3], 7, "another bench")
    operations.move(voices[3], threat, 7, "the same after all")
    assert {queries.of_observation(one).id for one in voices} == {threat.id}
    assert_as_if_joined_anew()
    apart = db.session.scalars(db.select(Ruling).where(Ruling.verdict == "apart")).all()
    assert not [ruling for ruling in apart if voices[3].id in {ruling.first_id, ruling.second_id}]


def test_the_newest_decision_holds_when_somebody_returns_who_was_said_to_be_the_same():
    """What bound two voices while one was away is taken back by whoever moves the other."""
    first, second = admit("alkohol", text=TEXTS[0]), admit("alkohol", at=metres_away(3, 0), text=TEXTS[0])
    moved, there = admit("alkohol", at=metres_away(5_000, 0)), admit("alkohol", at=metres_away(9_000, 0))
    one, two = queries.of_observation(first), queries.of_observation(there)
    operations.change_status(one, Status.IN_VERIFICATION, "taken up", 7)
    operations.move(moved, one, 7, "the same")
    for said in queries.members(one.id):
        if said.id != moved.id:
            operations.withdraw(db.session.get(Observation, said.id), 7, "said so")
    operations.move(moved, two, 7, "no, that one")
    for gone in (first, second):
        operations.restore(gone, 7)
    assert queries.of_observation(moved).id == queries.of_observation(there).id
    assert queries.of_observation(first).id != queries.of_observation(moved).id
    assert_as_if_joined_anew()


def test_decisions_that_contradict_each_other_stop_neither_a_report_nor_a_joining(caplog):
    """However they came to be: two settled threats bound together, and two voices of one kept apart."""
    one, near = admit("alkohol", text=TEXTS[0]), admit("alkohol", at=metres_away(3, 0), text=TEXTS[0])
    other = admit("alkohol", at=metres_away(5_000, 0))
    for voice_ in (one, other):
        operations.change_status(queries.of_observation(voice_), Status.IN_VERIFICATION, "taken up", 7)
    assert queries.of_observation(one).id == queries.of_observation(near).id
    for first, second, verdict in ((one, other, "same"), (one, near, "apart")):
        db.session.add(
            Ruling(first_id=first.id, second_id=second.id, verdict=verdict, actor_id=7, made_at=now(), reason="both")
        )
    db.session.flush()
    later = admit("alkohol", at=metres_away(2, 0), text=TEXTS[0])
    assert queries.of_observation(later).id == queries.of_observation(one).id == queries.of_observation(near).id
    assert queries.of_observation(other).id != queries.of_observation(one).id
    assert "decisions contradict" in caplog.text
    assert_as_if_joined_anew()


def left_out():
    return db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "leave_out_ruling")).all()


def rule(first, second, verdict, days_ago, actor_id=7):
    first, second = sorted((first.id, second.id))
    made_at = now() - timedelta(days=days_ago)
    ruling = Ruling(
        first_id=first, second_id=second, verdict=verdict, actor_id=actor_id, made_at=made_at, reason="said so"
    )
    db.session.add(ruling)
    db.session.flush()
    return ruling


@pytest.mark.parametrize("newest", ["same", "apart"])
def test_of_decisions_that_contradict_the_newest_holds_and_the_trail_tells_once_which_does_not(newest):
    """Three voices: two bonds and a wall between their ends. What a person said last stays."""
    chief = head(unit("1003"))
    one, two, three = (admit("alkohol", at=metres_away(5_000 * k, 0)) for k in range(3))
    rule(two, three, "same", days_ago=2)
    bond = rule(one, two, "same", days_ago=3 if newest == "apart" else 1, actor_id=chief.id)
    wall = rule(one, three, "apart", days_ago=1 if newest == "apart" else 3, actor_id=chief.id)
    joining.join()
    threats = [queries.of_observation(voice_).id for voice_ in (one, two, three)]
    assert threats[1] == threats[2]
    assert (threats[0] == threats[1]) is (newest == "same")
    gone = bond if newest == "apart" else wall
    assert [(entry.object_id, entry.unit_path, entry.detail["decision"]) for entry in left_out()] == [
        (str(gone.id), chief.unit_path, gone.verdict.value)
    ]
    assert_as_if_joined_anew()
    admit("alkohol", at=metres_away(3, 0))
    assert len(left_out()) == 1, "told once, not at every joining"
    gone.made_at = now()
    db.session.flush()
    joining.join()
    told = [entry.object_id for entry in left_out()]
    assert len(told) == 2, "what is said anew makes another give way, and that is told"
    assert str(gone.id) not in told[1:]


def test_what_hangs_together_is_small_where_the_town_is_large(queries_counted):
    """A voice far from all others asks as few questions among many threats as among few."""
    for k in range(4):
        admit("alkohol", at=metres_away(k * 900, 0))
    few = queries_counted(lambda: admit("alkohol", at=metres_away(0, 9_000)))
    for k in range(40):
        admit("alkohol", at=metres_away(k * 300, 3_000))
    many = queries_counted(lambda: admit("alkohol", at=metres_away(0, -9_000)))
    assert many == few
