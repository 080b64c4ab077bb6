"""Other thresholds of joining: what they would change, told before anything changes, and putting them into force."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.threats import clustering, joining, judgements, judging, queries
from consult.threats.joining import Scored
from consult.threats.judgements import Areas, TooManyVoices
from consult.threats.linking import Thresholds
from consult.threats.models import JoiningThresholds, JudgedSample, Likeness
from consult.threats.turns import of_this


@dataclass(frozen=True)
class Judged:
    """What judged pairs say of a partition: shares of all pairs they stand for, and how many were judged."""

    precision: float | None
    recall: float | None
    pairs: int


@dataclass(frozen=True)
class Preview:
    """What other thresholds would change on the map of some areas as it stands; nothing is written."""

    thresholds: Thresholds
    voices: int
    threats: int
    threats_then: int
    moved: int
    joined_pairs: int
    parted_pairs: int
    asked: int
    asked_then: int
    judged: Judged | None
    judged_then: Judged | None


def preview(areas: Areas, thresholds: Thresholds, sample: JudgedSample | None, most: int | None = None) -> Preview:
    """Tell what other thresholds would change; raise TooManyVoices where there are more than `most`."""
    if most is not None and queries.count_voices(areas) > most:
        raise TooManyVoices
    scored, threats, _beyond = joining.compared(judgements.one_district(areas))
    own = judgements.lies_in(scored.table, areas)
    then = clustering.cluster(scored.voices, scored.pairs, scored.scores, scored.decisions, thresholds)
    alone = np.arange(len(scored.table)) + int(threats.max(initial=0)) + 1
    before = np.where(threats >= 0, threats, alone)
    moved, joined, parted = _differences(before[own], then.label[own])
    asked, asked_then = (
        clustering.suggestions(scored.voices, clusters, limits)
        for clusters, limits in ((scored.clusters, scored.rule.thresholds), (then, thresholds))
    )
    return Preview(
        thresholds=thresholds,
        voices=int(own.sum()),
        threats=len(np.unique(before[own])),
        threats_then=len(np.unique(then.label[own])),
        moved=moved,
        joined_pairs=joined,
        parted_pairs=parted,
        asked=int(own[asked.voice].sum()),
        asked_then=int(own[asked_then.voice].sum()),
        judged=None if sample is None else _judged(sample, scored, before),
        judged_then=None if sample is None else _judged(sample, scored, then.label),
    )


def _differences(before: Any, after: Any) -> tuple[int, int, int]:
    """Compare two partitions: voices whose company changes, pairs newly together, pairs no longer together."""
    if not len(before):
        return 0, 0, 0
    kinds = np.column_stack((before, after))
    _, of, both = np.unique(kinds, axis=0, return_inverse=True, return_counts=True)
    (_, of_before, old), (_, of_after, new) = (
        np.unique(labels, return_inverse=True, return_counts=True) for labels in (before, after)
    )
    common = both[of.reshape(-1)]
    changes = (old[of_before] != common) | (new[of_after] != common)
    kept = _pairs(both)
    return int(changes.sum()), _pairs(new) - kept, _pairs(old) - kept


def _pairs(sizes: Any) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _judged(sample: JudgedSample, scored: Scored, labels: Any) -> Judged | None:
    """Say how true a partition is by the pairs of a sample, each weighing as many as it stands for."""
    answers = judgements.standing(sample).answers
    row_of = {number: row for row, number in enumerate(scored.table.id.tolist())}
    weights, same, together = [], [], []
    for pair in judgements.pairs_of(sample, sample.areas):
        ends = row_of.get(pair.first_id), row_of.get(pair.second_id)
        if pair.likeness in {Likeness.SAME, Likeness.DIFFERENT} and None not in ends:
            stratum = answers[pair.stratum]
            weights.append(stratum.stratum.pairs / stratum.judged)
            same.append(pair.likeness is Likeness.SAME)
            together.append(labels[ends[0]] == labels[ends[1]])
    if not weights or not all(one.is_told for one in answers):
        return None
    precision, recall = judging.told(np.array(weights), np.array(same), np.array(together))
    return Judged(precision, recall, len(weights))


def put_into_force(thresholds: Thresholds, reason: str, key: str, actor_id: int) -> JoiningThresholds:
    """Let other thresholds hold: for new voices at once, for all others from the next joining on.

    The same key again changes nothing and returns what it put into force. Raises KeyOfAnother for other thresholds.
    """
    kept = db.session.scalar(select(JoiningThresholds).where(JoiningThresholds.key == key))
    said = {"link": thresholds.link, "suggest": thresholds.suggest, "reason": reason, "actor_id": actor_id}
    known = of_this(kept, **said)
    if known is not None:
        return known
    row = JoiningThresholds(
        key=key, link=thresholds.link, suggest=thresholds.suggest, reason=reason, actor_id=actor_id, made_at=now()
    )
    db.session.add(row)
    db.session.flush()
    audit.note(actor_id, "set", "joining_thresholds", row.id, "", link=thresholds.link, suggest=thresholds.suggest)
    return row
