"""Writing in the heart: admitting voices, linking them, and people's decisions about links.

Nothing here commits, and nothing destroys: a link ends, a threat leads on to its successor, a ruling stays.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, delete, or_, select

from consult.audit import operations as audit
from consult.audit.operations import MACHINE
from consult.catalogue.models import Category
from consult.clock import now
from consult.db import db
from consult.districts import queries as districts
from consult.geo import Place
from consult.observations import operations as observations
from consult.observations import queries as observation_queries
from consult.observations.models import Observation
from consult.observations.operations import Voice as Voice  # noqa: PLC0414  # the doors hand voices in here
from consult.threats import joining, linking, queries
from consult.threats.clustering import Outcome, Placement, place_voice
from consult.threats.models import Link, LinkedBy, Ruling, Suggestion, Threat, Verdict
from consult.threats.recounting import recount as recount  # noqa: PLC0414  # doors and tests look here
from consult.threats.response import change_status as change_status  # noqa: PLC0414  # doors and tests look here
from consult.threats.response import recur
from consult.threats.touching import Touched, touched
from consult.threats.turns import alone
from consult.threats.workflow import Status


class CannotJoin(Exception):
    """A voice and a threat cannot be one: their places are not shown alike, or nobody speaks of the threat any more."""


def admit(voice: Voice, belongs_to: Threat | None = None) -> Observation:
    """Write a voice down and join it: to a threat, as a suggestion beside a new threat, or as a new threat.

    The same source and key again return the observation that is there, unchanged. `belongs_to` links it to a threat
    by the resident's own word ("I see it too"), which no joining undoes. Raises PlaceRefused when the place lies in no
    known district, CannotJoin when nobody speaks of that threat any more or its places are not shown alike.
    """
    known = observation_queries.by_source(voice.source, voice.source_key)
    if known is not None:
        return known
    alone(voice.category.join_group)
    if belongs_to is not None:
        return _admit_into(belongs_to, voice)
    observation = observations.record(voice, districts.containing(voice.place))
    _join(observation)
    return observation


def _admit_into(threat: Threat, voice: Voice) -> Observation:
    """Write a voice down as one of a threat: whoever spoke says that both are one."""
    members = queries.members(threat.id)
    if not members or threat.category.precision is not voice.category.precision:
        raise CannotJoin
    observation = observations.record(voice, districts.containing(voice.place))
    _link(observation.id, threat.id, 1.0, [], LinkedBy.PERSON, MACHINE)
    _rule(observation.id, [members[0].id], Verdict.SAME, MACHINE, "the person who spoke says so")
    _adopt(observation, threat)
    _heard_again(threat, observation)
    _join_again([observation.id])
    return observation


def admit_many(voices: Sequence[Voice]) -> int:
    """Write many voices down without joining them, those already there left alone; return how many are new.

    `joining.join` follows, once for all of them. Raises PlaceRefused when a place lies in no known district.
    """
    return observations.record_many(voices)


def _join(observation: Observation) -> None:
    """Join what the new voice touches; where it stays alone, ask a person if it may belong somewhere after all."""
    around = touched([observation.id], [observation])
    threats = joining.rejoin(around)
    if (threats == threats[around.table.id == observation.id]).sum() > 1:
        return
    placement = place(observation, around)
    if placement.label is not None:
        _suggest(observation, placement)


def _join_again(ids: Sequence[int]) -> None:
    """Join anew what hangs together with these voices, after one of them left or a person decided about one."""
    around = touched(ids)
    if len(around.table):
        joining.rejoin(around)


def _heard_again(threat: Threat, observation: Observation) -> None:
    """Count a further voice; it may open a closed threat again."""
    independent = threat.independent
    recount(threat)
    recur(threat, is_independent=threat.independent > independent, observed_to=observation.observed_to)


def place(observation: Observation, around: Touched) -> Placement:
    """Score a voice against its neighbours and tell where it may belong."""
    if observation.cell is None:  # a whole area
        return Placement(Outcome.NEW)
    table, voices = around.grounds[observation.group_code].columns
    at = int(np.flatnonzero(table.id == observation.id)[0])
    near = linking.near_these(voices, at)
    if not len(near):
        return Placement(Outcome.NEW)
    threats, sizes = queries.threats_with_sizes(table.id[np.union1d(near.i, near.j)].tolist())
    labels = np.array([threats.get(number, -1) for number in table.id.tolist()])
    apart = _kept_apart(observation.id, around.bonds)
    return place_voice(voices, at, labels, sizes, apart, around.rule.weights, around.rule.thresholds, near)


def _kept_apart(observation_id: int, bonds: queries.Bonds) -> set[int]:
    """Name the threats that a person said a voice does not belong to."""
    others = {one for pair in bonds.apart if observation_id in pair for one in pair} - {observation_id}
    return set(queries.threats_of(sorted(others)).values()) if others else set()


def _begin(observation: Observation, chosen: str | None = None) -> Threat:
    """Begin a threat with one voice; `chosen` is the category that a person chose for the threat it comes from."""
    threat = Threat(
        category_code=chosen or observation.category_code,
        chosen_category_code=chosen,
        is_settled=chosen is not None,
        group_code=observation.group_code,
        status=Status.NEW,
        status_at=observation.admitted_at,
        created_at=observation.admitted_at,
        arrived_at=observation.admitted_at,
        first_at=observation.observed_from,
        last_at=observation.observed_to,
        observations=0,
        voices=0,
        independent=0,
        is_whole_area=observation.cell is None,
        lon=observation.lon,
        lat=observation.lat,
        x=observation.x,
        y=observation.y,
        accuracy_m=observation.accuracy_m,
        district_code=observation.district_code,
        commune_code=observation.commune_code,
    )
    db.session.add(threat)
    db.session.flush()  # the link needs the threat's id
    _link(observation.id, threat.id, 1.0, [], LinkedBy.MACHINE, 0)
    recount(threat)
    return threat


def _link(
    observation_id: int, threat_id: int, score: float, reasons: list[dict[str, Any]], made_by: LinkedBy, actor_id: int
) -> None:
    link = Link(
        observation_id=observation_id,
        threat_id=threat_id,
        score=min(max(score, 0.0), 1.0),
        reasons=reasons,
        made_by=made_by,
        actor_id=actor_id,
        made_at=now(),
    )
    db.session.add(link)
    db.session.flush()  # the figures of the threat count it


def _unlink(link: Link, actor_id: int, reason: str) -> Threat:
    link.ended_at, link.ended_by_id, link.end_reason = now(), actor_id, reason
    db.session.flush()  # the unique index allows one open link a voice
    return link.threat


def _adopt(observation: Observation, threat: Threat) -> None:
    """Let a voice be joined from now on with what its threat is joined with: a person's choice of category counts."""
    chosen = threat.chosen_category_code is not None
    observation.group_code = threat.group_code if chosen else observation.category.join_group
    db.session.flush()  # the figures of the threat are told by its voices


def _category_of(observation: Observation, threat: Threat) -> Category:
    """Give the category that counts for a voice: the one that a person chose for its threat, else its own."""
    return threat.category if threat.chosen_category_code is not None else observation.category


def _suggest(observation: Observation, placement: Placement) -> None:
    suggestion = Suggestion(
        observation_id=observation.id,
        threat_id=placement.label,
        score=placement.probability,
        reasons=[reason.record for reason in placement.reasons],
        made_at=now(),
    )
    db.session.add(suggestion)
    db.session.flush()  # whoever asks next sees it


def withdraw(observation: Observation, actor_id: int, reason: str) -> None:
    """Take a voice back: its link ends, its row stays with the moment of withdrawal."""
    alone(observation.group_code)
    if observation.withdrawn_at is not None:
        return
    observations.withdraw(observation)
    link = queries.open_link(observation.id)
    db.session.execute(delete(Suggestion).where(Suggestion.observation_id == observation.id))
    if link is not None:
        threat = _unlink(link, actor_id, reason)
        recount(threat)
        _join_again([row.id for row in queries.members(threat.id)])


def restore(observation: Observation, actor_id: int) -> None:
    """Take a withdrawal back: the voice returns to the threat it belonged to, or is joined anew where that is gone."""
    alone(observation.group_code)
    if observation.withdrawn_at is None:
        return
    observations.restore(observation)
    observation.group_code = observation.category.join_group
    threat = queries.last_threat_of(observation)
    if threat is None:
        _join(observation)
        return
    _link(observation.id, threat.id, 1.0, [], LinkedBy.PERSON, actor_id)
    _adopt(observation, threat)
    recount(threat)
    _join_again([observation.id])


def withhold(observation: Observation) -> None:
    """Take the words of a voice out of the heart, and with them out of every page, export and minutes built on it."""
    observation.words, observation.is_withheld = "", True
    observation.place = replace(observation.place, words="")


def give_back(observation: Observation, words: str, place: Place) -> None:
    """Give a voice its words again, as its door kept them."""
    observation.words, observation.is_withheld = words, False
    observation.place = place


def detach(observation: Observation, actor_id: int, reason: str) -> Threat:
    """Take a voice out of its threat by a person's decision; it begins a threat of its own and never goes back."""
    alone(observation.group_code)
    link = queries.open_link(observation.id)
    assert link is not None, "a voice that is not withdrawn has a link"
    others = [row.id for row in queries.members(link.threat_id) if row.id != observation.id]
    _rule(observation.id, others, Verdict.APART, actor_id, reason)
    _no_longer_same(observation.id, [], actor_id)
    before = _unlink(link, actor_id, reason)
    _begin(observation, before.chosen_category_code)
    _person_linked(observation, actor_id)
    recount(before)
    _join_again([observation.id, *others])
    after = queries.threat(queries.threats_of([observation.id])[observation.id])
    audit.note(actor_id, "detach", "threat", before.id, observation=observation.id, to=after.id)
    return after


def move(observation: Observation, to: Threat, actor_id: int, reason: str) -> None:
    """Put a voice into another threat by a person's decision, which no joining undoes.

    Raises CannotJoin when that would put together what is shown to the public and what is not, or nobody is there.
    """
    for group_code in sorted({observation.group_code, to.group_code}):
        alone(group_code)
    link = queries.open_link(observation.id)
    assert link is not None, "a voice that is not withdrawn has a link"
    db.session.execute(
        delete(Suggestion).where(Suggestion.observation_id == observation.id, Suggestion.threat_id == to.id)
    )
    if link.threat_id == to.id:
        return
    target = queries.members(to.id)
    if not target or to.category.precision is not _category_of(observation, link.threat).precision:
        raise CannotJoin
    _rule(observation.id, [target[0].id], Verdict.SAME, actor_id, reason)
    _no_longer_apart(observation.id, [row.id for row in target], actor_id)
    others = [row.id for row in queries.members(link.threat_id) if row.id != observation.id]
    _rule(observation.id, others, Verdict.APART, actor_id, reason)
    _no_longer_same(observation.id, [row.id for row in target], actor_id)
    before = _unlink(link, actor_id, reason)
    _link(observation.id, to.id, 1.0, [], LinkedBy.PERSON, actor_id)
    _adopt(observation, to)
    recount(before)
    recount(to)
    if before.observations == 0:
        before.successor_id = to.id
    db.session.execute(delete(Suggestion).where(Suggestion.observation_id == observation.id))
    _join_again([observation.id, *others])
    audit.note(actor_id, "move", "threat", before.id, observation=observation.id, to=to.id)


def accept(suggestion: Suggestion, actor_id: int, reason: str) -> Threat:
    """Follow a suggestion: the voice belongs to the suggested threat."""
    threat = suggestion.threat
    move(suggestion.observation, threat, actor_id, reason)
    return threat


def keep_apart(suggestion: Suggestion, actor_id: int, reason: str) -> None:
    """Refuse a suggestion for ever: the voice does not belong to that threat."""
    number, observation_id, threat_id = suggestion.id, suggestion.observation_id, suggestion.threat_id
    for group_code in sorted({suggestion.observation.group_code, suggestion.threat.group_code}):
        alone(group_code)
    if not queries.is_waiting(number):  # of two clicks at once, the second finds it decided
        return
    others = [row.id for row in queries.members(threat_id) if row.id != observation_id]
    _rule(observation_id, others, Verdict.APART, actor_id, reason)
    db.session.delete(suggestion)
    audit.note(actor_id, "keep_apart", "threat", threat_id, observation=observation_id)


def _person_linked(observation: Observation, actor_id: int) -> None:
    link = queries.open_link(observation.id)
    assert link is not None
    link.made_by, link.actor_id = LinkedBy.PERSON, actor_id


def _no_longer_apart(observation_id: int, others: Sequence[int], actor_id: int) -> None:
    """Take back that a voice is kept apart from these: who puts it among them says so, and both cannot hold."""
    pair = or_(
        and_(Ruling.first_id == observation_id, Ruling.second_id.in_(others)),
        and_(Ruling.second_id == observation_id, Ruling.first_id.in_(others)),
    )
    _take_back(select(Ruling).where(pair, Ruling.verdict == Verdict.APART), actor_id)


def _no_longer_same(observation_id: int, with_whom: Sequence[int], actor_id: int) -> None:
    """Take back that a voice is the same as others than these, withdrawn ones too: whoever moves it says otherwise."""
    own = or_(
        and_(Ruling.first_id == observation_id, Ruling.second_id.not_in(with_whom)),
        and_(Ruling.second_id == observation_id, Ruling.first_id.not_in(with_whom)),
    )
    _take_back(select(Ruling).where(own, Ruling.verdict == Verdict.SAME), actor_id)


def _take_back(chosen: Select[Ruling], actor_id: int) -> None:
    for ruling in db.session.scalars(chosen).all():
        audit.note(actor_id, "reverse_ruling", "ruling", ruling.id, before=ruling.verdict.value)
        db.session.delete(ruling)
    db.session.flush()  # the next joining reads them


def _rule(observation_id: int, others: Sequence[int], verdict: Verdict, actor_id: int, reason: str) -> None:
    """Write a decision about one voice and others; a contrary one of before gives way, and the trail keeps it."""
    for other in others:
        first, second = sorted((observation_id, other))
        known = db.session.scalar(select(Ruling).where(Ruling.first_id == first, Ruling.second_id == second))
        if known is None:
            known = Ruling(first_id=first, second_id=second)
            db.session.add(known)
        elif known.verdict is not verdict:
            audit.note(actor_id, "reverse_ruling", "ruling", known.id, before=known.verdict.value)
        known.verdict, known.actor_id, known.made_at, known.reason = verdict, actor_id, now(), reason
    db.session.flush()  # the next joining reads them
