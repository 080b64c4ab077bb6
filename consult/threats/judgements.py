"""Pairs of voices that people judge: drawing a sample, an officer's answer, and what all answers say.

Nothing here joins or parts anything: `operations.detach` and `move` do, on pages of their own.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, false, func, literal, or_, select, update
from sqlalchemy.orm import joinedload

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.observations.table import Table
from consult.threats import joining, judging, queries
from consult.threats.joining import Scored
from consult.threats.judging import Answers, Stratum, Verdicts
from consult.threats.models import JudgedPair, JudgedSample, Likeness
from consult.threats.turns import of_this

MOST_PAIRS = 500
MOST_VOICES = 50_000
"""So many voices are compared while a page waits: some seconds, in which on SQLite nobody else writes."""

Areas = Sequence[str]


class NothingToJudge(Exception):
    """No two voices of these areas stand together, nor near enough to be compared."""


class TooManyVoices(Exception):
    """These areas have more voices than can be compared while a page waits."""


class JudgedMeanwhile(Exception):
    """Somebody else judged the pair after it was shown."""


@dataclass(frozen=True)
class Standing:
    """A sample as it stands: answers by stratum, what they say of all pairs, and how many wait."""

    sample: JudgedSample
    answers: tuple[Answers, ...]
    verdicts: Verdicts
    drawn: int

    @property
    def judged(self) -> int:
        """Pairs with any answer."""
        return sum(one.judged + one.unclear for one in self.answers)


def draw(areas: Areas, scope: str, wanted: int, key: str, actor_id: int) -> JudgedSample:
    """Draw pairs of the voices of some areas for people to judge; raise NothingToJudge where there are none.

    The same key again draws nothing and returns what it drew. Raises TooManyVoices beyond MOST_VOICES, and
    KeyOfAnother when somebody else drew with the key, or of other areas.
    """
    drawn = db.session.scalar(select(JudgedSample).where(JudgedSample.key == key))
    known = of_this(drawn, areas=list(areas), actor_id=actor_id)
    if known is not None:
        return known
    if queries.count_voices(areas) > MOST_VOICES:
        raise TooManyVoices
    return keep(looked_through(areas, wanted), areas, scope, key, actor_id)


@dataclass(frozen=True, eq=False)
class Drawing:
    """Pairs that were drawn and that nobody has written down yet."""

    table: Table
    pairs: tuple[Any, Any, Any]
    strata: Sequence[Stratum]
    chosen: Sequence[Any]
    rule_digest: str
    seed: int


def looked_through(areas: Areas, wanted: int) -> Drawing:
    """Compare the voices of some areas and draw pairs of them, however many there are; only reads.

    Raises NothingToJudge.
    """
    scored, threats, _beyond = joining.compared(one_district(areas))
    first, second, scores = _pairs(scored, threats, lies_in(scored.table, areas))
    if not len(first):
        raise NothingToJudge
    strata, of = judging.sorted_out(_together(threats, first, second), scores)
    seed = secrets.randbits(48)
    chosen = judging.drawn(of, judging.shared_out(strata, wanted), seed)
    return Drawing(scored.table, (first, second, scores), strata, chosen, scored.rule.digest, seed)


def keep(drawing: Drawing, areas: Areas, scope: str, key: str, actor_id: int) -> JudgedSample:
    """Write down what was drawn."""
    sample = JudgedSample(
        key=key,
        scope=scope,
        areas=list(areas),
        strata=[{"together": one.is_together, "bar": one.bar, "pairs": one.pairs} for one in drawing.strata],
        rule_digest=drawing.rule_digest,
        seed=drawing.seed,
        drawn_at=now(),
        actor_id=actor_id,
    )
    db.session.add(sample)
    db.session.flush()
    _write_pairs(sample, drawing.table, drawing.pairs, drawing.chosen)
    audit.note(actor_id, "draw", "judged_sample", sample.id, scope, pairs=sum(map(len, drawing.chosen)))
    return sample


def one_district(areas: Areas) -> str | None:
    """Name the one district that all areas lie in; None for several."""
    districts = {code[:4] for code in areas}
    return districts.pop() if len(districts) == 1 and all(len(code) >= 4 for code in areas) else None


def lies_in(table: Table, areas: Areas) -> Any:
    """Tell of each voice whether its commune or district lies in one of the areas."""
    codes = tuple(areas)
    districts = np.array([code.startswith(codes) for code in table.districts.texts] or [False])
    communes = np.array([code.startswith(codes) for code in table.communes.texts] or [False])
    return districts[table.district] | ((table.commune >= 0) & communes[table.commune])


def _pairs(scored: Scored, threats: Any, own: Any) -> tuple[Any, Any, Any]:
    """Give all pairs that may be drawn, with their scores: those compared, and the others of one threat (NaN)."""
    table, count = scored.table, len(scored.table)
    here = own[scored.pairs.i] & own[scored.pairs.j]
    first, second = scored.pairs.i[here], scored.pairs.j[here]
    known = np.minimum(first, second) * count + np.maximum(first, second)
    one, other = judging.inside(np.where(own & table.has_spot, threats, -1))
    never = ~np.isin(np.minimum(one, other) * count + np.maximum(one, other), known)
    one, other = one[never], other[never]
    scores = np.concatenate((scored.scores[here], np.full(len(one), np.nan)))
    return np.concatenate((first, one)), np.concatenate((second, other)), scores


def _together(threats: Any, first: Any, second: Any) -> Any:
    return (threats[first] == threats[second]) & (threats[first] >= 0)


def _write_pairs(sample: JudgedSample, table: Table, pairs: tuple[Any, Any, Any], chosen: Sequence[Any]) -> None:
    """Write the drawn pairs down in an order that tells nothing of what the machine did."""
    first, second, scores = pairs
    rows = [(number, int(row)) for number, part in enumerate(chosen) for row in part]
    for turn, at in enumerate(np.random.default_rng(sample.seed).permutation(len(rows)).tolist(), start=1):
        number, row = rows[at]
        ends = sorted((int(table.id[first[row]]), int(table.id[second[row]])))
        score = None if np.isnan(scores[row]) else float(scores[row])
        db.session.add(
            JudgedPair(sample_id=sample.id, first_id=ends[0], second_id=ends[1], stratum=number, turn=turn, score=score)
        )
    db.session.flush()


def judge(pair: JudgedPair, likeness: Likeness, version: int, actor_id: int) -> None:
    """Keep what a person says of a pair; raise JudgedMeanwhile when it is not the version that was shown.

    The same answer of the same person again, as two clicks send it, changes nothing.
    """
    changed = db.session.execute(
        update(JudgedPair)
        .where(JudgedPair.id == pair.id, JudgedPair.version == version)
        .values(likeness=likeness, judged_at=now(), judged_by_id=actor_id, version=version + 1)
        .returning(JudgedPair.id)
    ).all()
    db.session.expire(pair)
    if not changed and (pair.likeness, pair.judged_by_id) == (likeness, actor_id):
        return
    if not changed:
        raise JudgedMeanwhile
    audit.note(actor_id, "judge", "judged_pair", pair.id, pair.sample.scope, likeness=likeness.value)


def samples(scope: str) -> list[JudgedSample]:
    """List the samples that a reader of this scope has to do with, the newest first."""
    return list(db.session.scalars(select(JudgedSample).where(_meets(scope)).order_by(JudgedSample.id.desc())))


def sample(sample_id: int, scope: str) -> JudgedSample | None:
    """Find a sample that a reader of this scope has to do with."""
    return db.session.scalar(select(JudgedSample).where(JudgedSample.id == sample_id, _meets(scope)))


def _meets(scope: str) -> ColumnElement[bool]:
    """Say that a sample was drawn within a scope, or around it."""
    if not scope:
        return false()
    around = func.substr(literal(scope), 1, func.length(JudgedSample.scope)) == JudgedSample.scope
    return or_(JudgedSample.scope.startswith(scope, autoescape=True), around)


def pairs_of(sample: JudgedSample, areas: Areas, *, waiting: bool = False) -> list[JudgedPair]:
    """List the pairs of a sample whose voices both lie in the areas, in the order of their turns."""
    chosen = select(JudgedPair).where(JudgedPair.sample_id == sample.id).order_by(JudgedPair.turn)
    chosen = chosen.options(joinedload(JudgedPair.first), joinedload(JudgedPair.second))
    if waiting:
        chosen = chosen.where(JudgedPair.likeness.is_(None))
    return [pair for pair in db.session.scalars(chosen) if all(_seen(one, areas) for one in (pair.first, pair.second))]


def _seen(observation: Observation, areas: Areas) -> bool:
    return (observation.commune_code or observation.district_code).startswith(tuple(areas))


def standing(sample: JudgedSample) -> Standing:
    """Tell how a sample stands, and what its answers say of the joining."""
    counted = select(JudgedPair.stratum, JudgedPair.likeness, func.count()).where(JudgedPair.sample_id == sample.id)
    rows = db.session.execute(counted.group_by(JudgedPair.stratum, JudgedPair.likeness)).all()
    counts = Counter({(number, likeness): count for number, likeness, count in rows})
    answers = tuple(
        Answers(
            Stratum(kind["together"], kind["bar"], kind["pairs"]),
            counts[number, Likeness.SAME],
            counts[number, Likeness.DIFFERENT],
            counts[number, Likeness.UNCLEAR],
        )
        for number, kind in enumerate(sample.strata)
    )
    return Standing(sample, answers, judging.verdicts(answers), counts.total())


@dataclass(frozen=True)
class Disagreement:
    """A pair that people judge otherwise than the map shows it, with the threats where its voices stand today."""

    pair: JudgedPair
    threats: tuple[int, int]


def disagreements(sample: JudgedSample, areas: Areas) -> list[Disagreement]:
    """List the judged pairs that stand together and are different, or stand apart and are the same, as of today."""
    judged = [pair for pair in pairs_of(sample, areas) if pair.likeness in {Likeness.SAME, Likeness.DIFFERENT}]
    ids = {number for pair in judged for number in (pair.first_id, pair.second_id)}
    threats = queries.threats_of(sorted(ids)) if ids else {}
    found = []
    for pair in judged:
        one, other = threats.get(pair.first_id), threats.get(pair.second_id)
        if one is not None and other is not None and (one == other) != (pair.likeness is Likeness.SAME):
            found.append(Disagreement(pair, (one, other)))
    return found
