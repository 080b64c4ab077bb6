"""Joining anew: everything (`flask threats join`), or what one voice or decision touches.

The partition comes from the voices, their keys and people's decisions alone, so it is the same in any order of
arrival, and joining twice changes nothing. What one new voice touches is joined anew at once by the same rule
(`rejoin`), so one voice more gives the map that joining everything would give. A threat keeps its number with the
larger part of its voices; one whose voices all went elsewhere leads on to the threat that took most of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, insert, select, update

from consult.audit.operations import MACHINE
from consult.clock import now
from consult.db import db
from consult.observations import queries as observations
from consult.observations.queries import AnyRow
from consult.observations.table import DAY_S, Table
from consult.threats import clustering, contradicting, gathering, linking, queries
from consult.threats.clustering import Clusters, Decisions
from consult.threats.columns import voices_of
from consult.threats.linking import Levels, Pairs, Voices
from consult.threats.models import JoinRun, Link, LinkedBy, Suggestion, Threat, Verdict
from consult.threats.recounting import figures, recount
from consult.threats.response import recur
from consult.threats.rule import DEFAULT_RULE, Rule
from consult.threats.touching import Touched
from consult.threats.workflow import CLOSED, Status

_THREATS: Any = Threat.__table__
_LINKS: Any = Link.__table__
"""The plain tables: statements of each joining are built once, and make no objects."""

BATCH = 10_000
FEW = 500
"""So many threats are asked for by their numbers; for more it is cheaper to read all."""

Column = NDArray[Any]


@dataclass(frozen=True)
class Joined:
    """What a joining did."""

    observations: int
    threats: int
    suggested: int
    changed: int


@dataclass(frozen=True, eq=False)
class Scored:
    """The voices with everything that was found out about their pairs, and the decisions that bind them."""

    table: Table
    rule: Rule
    voices: Voices
    pairs: Pairs
    levels: Levels
    scores: Column
    decisions: Decisions
    clusters: Clusters
    settled: Column


def join(district: str | None = None) -> Joined:
    """Join all voices, or those about one district, and write down what changed."""
    db.session.flush()  # what follows reads voices, links and rulings
    scored, before, straddling = compared(district)
    table, known = scored.table, np.unique(before[before >= 0])
    facts = queries.facts(known.tolist() if len(known) <= FEW else None)
    names, changed = _written(scored, before, straddling, facts)
    suggested = _resuggest(scored, names)
    joined = Joined(len(table), len(np.unique(names)) if len(table) else 0, suggested, changed)
    db.session.add(
        JoinRun(
            ran_at=now(),
            observations=joined.observations,
            threats=joined.threats,
            suggested=suggested,
            weights_digest=scored.rule.digest,
            district_code=district,
        )
    )
    db.session.expire_all()
    return joined


def is_due() -> bool:
    """Tell whether the rule has changed since everything was joined by it."""
    run, rule = queries.last_whole_run(), queries.rule()
    return rule != DEFAULT_RULE if run is None else run.weights_digest != rule.digest


def compared(district: str | None = None) -> tuple[Scored, Column, Column]:
    """Compare and cluster all voices, or those about one district, and write nothing.

    Return them with the threat of each as it stands (-1 for none), and the threats that have voices beyond them.
    """
    table = queries.standing_voices(district)
    before, straddling = _threats_before(table, queries.open_links())
    together, apart = queries.rulings(Verdict.SAME), queries.rulings(Verdict.APART)
    decided = _Decided(together, apart, queries.settled_threats())
    return _scored(table, queries.rule(), queries.radii(), (before, straddling), decided), before, straddling


def rejoin(touched: Touched) -> Column:
    """Join anew the voices that one arrival, withdrawal or decision touches, as `join` would with all others.

    Return the threat of each.

    They have to be all that hang together: no pair at the threshold, no threat and no decision leads out of them
    (`touching.touched`). Open suggestions stay as long as both sides do.
    """
    table, bonds = touched.table, touched.bonds
    before, beyond = _threats_before(table, sorted(bonds.links))
    known = np.unique(before[before >= 0])
    facts = queries.facts(known.tolist()) if len(known) else {}
    settled = {number for number, threat in facts.items() if threat.is_settled}
    decided = _Decided(sorted(bonds.together), sorted(bonds.apart), settled)
    scored = _scored(table, touched.rule, touched.radii, (before, beyond), decided)
    names, _changed = _written(scored, before, beyond, facts)
    if len(known):
        _drop_suggestions(touched, before, names)
    return names


def _written(scored: Scored, before: Column, straddling: Column, facts: Mapping[int, AnyRow]) -> tuple[Column, int]:
    """Write down what the clusters change; return the threat of each voice and how many voices changed theirs.

    `facts` are those of all threats that the voices belonged to before.
    """
    names, fresh = _named(scored.clusters.label, before, scored.settled)
    _begin_threats(scored, names, fresh)
    changed = _relink(scored, before, names)
    _refigure(scored.table, names, straddling, facts)
    _lead_on(before, names)
    _forget()
    _open_again(scored.table, before, names, facts)
    return names, changed


def _forget() -> None:
    """Let the session read anew what was written past it: figures of threats, links, and suggestions."""
    for known in list(db.session.identity_map.values()):
        if isinstance(known, Threat | Link | Suggestion):
            db.session.expire(known)


@dataclass(frozen=True)
class _Decided:
    """What people decided: pairs of observations (first, second), and the threats that are settled."""

    together: Sequence[Any]
    apart: Sequence[Any]
    settled: set[int]


def _threats_before(table: Table, rows: Sequence[Any]) -> tuple[Column, Column]:
    """Give the threat of each voice as it is now (-1 for the new ones), and threats with voices beyond the table.

    The latter lie across the border of the one district that is joined: they stay as they are and may only grow.
    """
    observation = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    threat = np.fromiter((row[1] for row in rows), dtype=np.int64, count=len(rows))
    order = np.argsort(observation)
    beyond = np.unique(threat[~np.isin(observation, table.id)])
    return _looked_up(table.id, observation[order], threat[order]), beyond


def _looked_up(wanted: Column, keys: Column, values: Column) -> Column:
    """Look up the value of each wanted key in sorted keys; -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], -1)


def _scored(
    table: Table, rule: Rule, radii: Mapping[str, int], threats: tuple[Column, Column], decided: _Decided
) -> Scored:
    """Compare and cluster; `threats` are those of the voices before, and those with voices beyond the table."""
    before, straddling = threats
    drawn = table.id[table.extent_m > 0].tolist()
    voices = voices_of(table, radii, observations.places_of(drawn), rule)
    pairs = linking.candidates(voices)
    levels = linking.levels(voices, pairs)
    scores = linking.score(levels, rule.weights)
    settled = np.union1d(np.array(sorted(decided.settled), dtype=np.int64), straddling)
    decisions = contradicting.consistent(table, _decisions(table, before, settled, decided))
    clusters = clustering.cluster(voices, pairs, scores, decisions, rule.thresholds)
    return Scored(table, rule, voices, pairs, levels, scores, decisions, clusters, settled)


def _decisions(table: Table, before: Column, settled: Column, decided: _Decided) -> Decisions:
    fixed = np.where(np.isin(before, settled), before, -1)
    order = np.argsort(table.id)
    return Decisions(
        together=_rows_of(decided.together, table.id[order], order),
        apart=_rows_of(decided.apart, table.id[order], order),
        fixed=fixed,
    )


def _rows_of(pairs: Sequence[Any], ids: Column, order: Column) -> list[tuple[int, int]]:
    """Turn pairs of observation ids into pairs of rows, those of withdrawn voices left out."""
    if not pairs:
        return []
    first = _looked_up(np.array([pair[0] for pair in pairs], dtype=np.int64), ids, order)
    second = _looked_up(np.array([pair[1] for pair in pairs], dtype=np.int64), ids, order)
    return [(int(i), int(j)) for i, j in zip(first, second, strict=True) if i >= 0 and j >= 0]


def _named(labels: Column, before: Column, settled: Column) -> tuple[Column, Column]:
    """Give each voice the number of its threat: a cluster keeps the threat with which it shares most voices.

    One that is settled goes before any other, whatever the votes: what merges keeps the number, state and history that
    are furthest along. No two settled ones ever meet in a cluster, and none is ever split. Clusters without one get
    negative numbers, -2 downwards in the order of their first member; returned beside them.
    """
    shared, votes = np.unique(np.column_stack([labels, before])[before >= 0], axis=0, return_counts=True)
    free = ~np.isin(shared[:, 1], settled)
    order = np.lexsort((shared[:, 0], shared[:, 1], -votes, free)) if len(shared) else np.empty(0, dtype=np.int64)
    name_of: dict[int, int] = {}
    taken: set[int] = set()
    for label, threat in shared[order].tolist():
        if label not in name_of and threat not in taken:
            name_of[label] = threat
            taken.add(threat)
    known = np.unique(labels)
    fresh = np.array([label for label in known.tolist() if label not in name_of], dtype=np.int64)
    name_of.update({label: -2 - k for k, label in enumerate(fresh.tolist())})
    names = np.array([name_of[label] for label in known.tolist()], dtype=np.int64)
    return names[np.searchsorted(known, labels)] if len(labels) else labels, fresh


def _begin_threats(scored: Scored, names: Column, fresh: Column) -> None:
    """Insert the threats that are new, and put their ids into `names` in place of the negative numbers."""
    rows = np.flatnonzero(names < -1)
    if not len(rows):
        return
    gathered = gathering.gather(_part(scored.table, rows), -names[rows])
    moment, part = now(), _part(scored.table, rows)
    ids: list[int] = []
    for batch in _batches(range(len(fresh))):
        values = [
            {
                "status": Status.NEW,
                "status_at": moment,
                "created_at": moment,
                "arrived_at": moment,
                "is_settled": False,
                **figures(part, gathered, k),
            }
            for k in batch
        ]
        ids += db.session.scalars(_BEGINNING, values).all()
    names[rows] = np.array(ids, dtype=np.int64)[-names[rows] - 2]


_BEGINNING = insert(_THREATS).returning(_THREATS.c.id, sort_by_parameter_order=True)


def _part(table: Table, rows: Column) -> Table:
    columns: dict[str, Any] = {
        name: value[rows] if isinstance(value, np.ndarray) else value for name, value in vars(table).items()
    }
    return Table(**columns)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _relink(scored: Scored, before: Column, names: Column) -> int:
    """End the links that no longer hold and make the new ones, each with its reasons."""
    rows = np.flatnonzero(before != names)
    ids, moment = scored.table.id, now()
    leaving = ids[rows[before[rows] >= 0]].tolist()
    for batch in _batches(leaving):
        db.session.execute(_ENDING, {"ids": batch, "moment": moment})
    best = _best_pairs(scored)
    for batch in _batches(rows.tolist()):
        db.session.execute(_LINKING, [_link_row(scored, best, names, row, moment) for row in batch])
    return len(rows)


_ENDING = (
    update(_LINKS)
    .where(_LINKS.c.observation_id.in_(bindparam("ids", expanding=True)), _LINKS.c.ended_at.is_(None))
    .values(ended_at=bindparam("moment"), ended_by_id=MACHINE, end_reason="joined anew")
)
_LINKING = insert(_LINKS)


def _best_pairs(scored: Scored) -> Column:
    """Find for each voice the pair inside its cluster that speaks most for it; -1 for a voice alone."""
    label, pairs = scored.clusters.label, scored.pairs
    inside = np.flatnonzero(label[pairs.i] == label[pairs.j])
    ascending = inside[np.argsort(scored.scores[inside], kind="stable")]
    best = np.full(len(label), -1, dtype=np.int64)
    best[pairs.i[ascending]] = ascending
    reverse = np.full(len(label), -1, dtype=np.int64)
    reverse[pairs.j[ascending]] = ascending
    one, other = _score_at(scored, best), _score_at(scored, reverse)
    return np.where(other > one, reverse, best)


def _score_at(scored: Scored, at: Column) -> Column:
    return np.where(at >= 0, scored.scores[at] if len(scored.scores) else 0.0, -1.0)


def _link_row(scored: Scored, best: Column, names: Column, row: int, moment: Any) -> dict[str, Any]:
    mean = float(scored.clusters.mean[row])
    return {
        "observation_id": int(scored.table.id[row]),
        "threat_id": int(names[row]),
        "score": 1.0 if np.isnan(mean) else min(max(mean, 0.0), 1.0),  # a voice alone is its threat
        "reasons": _reasons(scored, int(best[row])),
        "made_by": LinkedBy.MACHINE,
        "actor_id": MACHINE,
        "made_at": moment,
    }


def _refigure(table: Table, names: Column, straddling: Column, facts: Mapping[int, AnyRow]) -> None:
    """Write the figures of every threat whose figures changed; those of one that has just begun are right."""
    if not len(table):
        return
    gathered = gathering.gather(table, names)
    changed = []
    for k, threat_id in enumerate(gathered.labels.tolist()):
        known = facts.get(threat_id)
        if known is None:
            continue
        new = figures(table, gathered, k, known.chosen_category_code)
        if any(getattr(known, name) != new[name] for name in queries.FIGURES):
            changed.append({"of": threat_id, **new})
    beyond = set(straddling.tolist())
    for batch in _batches([row for row in changed if row["of"] not in beyond]):
        db.session.execute(_REFIGURING, list(batch))
    for threat_id in sorted({row["of"] for row in changed} & beyond):
        recount(queries.threat(threat_id))


_REFIGURING = update(_THREATS).where(_THREATS.c.id == bindparam("of"))


def _lead_on(before: Column, names: Column) -> None:
    """Empty the threats that lost all their voices, and let each lead on to the one that took most of them."""
    moved = before[(before >= 0) & (before != names)]
    emptied = np.setdiff1d(moved, names)
    for threat_id in emptied.tolist():
        heirs, counts = np.unique(names[before == threat_id], return_counts=True)
        values = {
            "observations": 0,
            "voices": 0,
            "independent": 0,
            "from_records": 0,
            "from_contact": 0,
            "from_online": 0,
        }
        heir = int(heirs[np.argmax(counts)])
        db.session.execute(update(Threat).where(Threat.id == threat_id).values(**values, successor_id=heir))


def _open_again(table: Table, before: Column, names: Column, facts: Mapping[int, AnyRow]) -> None:
    """Let new voices open the closed threats that they joined."""
    new = before < 0
    joined = np.unique(names[new]).tolist()
    closed = [one for one in joined if one in facts and facts[one].status in CLOSED]
    for threat in queries.by_ids(closed).values():
        own = names == threat.id
        others = table.voice[own & ~new]
        said = np.flatnonzero(own & new)
        latest = datetime.fromtimestamp(float(table.end_day[said].max()) * DAY_S, UTC)
        recur(threat, is_independent=bool((~np.isin(table.voice[said], others)).any()), observed_to=latest)


def _resuggest(scored: Scored, names: Column) -> int:
    """Replace the open suggestions about these voices; what people decided is a ruling and stays."""
    found = clustering.suggestions(scored.voices, scored.clusters, scored.rule.thresholds)
    ids = scored.table.id
    wanted = list(zip(ids[found.voice].tolist(), names[found.label].tolist(), strict=True))
    known = _suggestions_now()
    here, wished = set(ids.tolist()), set(wanted)
    gone = [number for pair, number in known.items() if pair[0] in here and pair not in wished]
    for batch in _batches(gone):
        db.session.execute(delete(Suggestion).where(Suggestion.id.in_(batch)))
    behind = _pairs_behind(scored, found.voice, found.label)
    rows = [
        _suggestion_row(scored, pair, float(found.mean[k]), int(behind[k]))
        for k, pair in enumerate(wanted)
        if pair not in known
    ]
    for batch in _batches(rows):
        db.session.execute(insert(Suggestion), list(batch))
    return len(wanted)


def _drop_suggestions(touched: Touched, before: Column, names: Column) -> None:
    """Drop what asks about a voice and its own threat, or about a threat whose voices went elsewhere."""
    emptied = np.setdiff1d(before[before >= 0], names).tolist()
    if emptied:
        db.session.execute(delete(Suggestion).where(Suggestion.threat_id.in_(emptied)))
    own = set(zip(touched.table.id.tolist(), names.tolist(), strict=True))
    for observation_id, threat_id in sorted(touched.bonds.asked & own):
        pair = (Suggestion.observation_id == observation_id, Suggestion.threat_id == threat_id)
        db.session.execute(delete(Suggestion).where(*pair))


def _suggestions_now() -> dict[tuple[int, int], int]:
    rows = db.session.execute(select(Suggestion.observation_id, Suggestion.threat_id, Suggestion.id))
    return {(row.observation_id, row.threat_id): row.id for row in rows}


def _suggestion_row(scored: Scored, pair: tuple[int, int], mean: float, behind: int) -> dict[str, Any]:
    return {
        "observation_id": pair[0],
        "threat_id": pair[1],
        "score": min(max(mean, 0.0), 1.0),
        "reasons": _reasons(scored, behind),
        "made_at": now(),
    }


def _reasons(scored: Scored, pair: int) -> list[dict[str, Any]]:
    if pair < 0:
        return []
    return [reason.record for reason in linking.reasons(scored.levels, pair, scored.rule.weights)]


def _pairs_behind(scored: Scored, voice: Column, label: Column) -> Column:
    """Find for each (voice, other cluster) the pair between them that speaks most for joining; -1 for none."""
    pairs, cluster, count = scored.pairs, scored.clusters.label, len(scored.table)
    codes = np.concatenate([pairs.i * count + cluster[pairs.j], pairs.j * count + cluster[pairs.i]])
    at = np.concatenate([np.arange(len(pairs)), np.arange(len(pairs))])
    wanted = voice * count + label
    kept = np.isin(codes, wanted)
    codes, at = codes[kept], at[kept]
    order = np.lexsort((scored.scores[at], codes))
    codes, at = codes[order], at[order]
    last = np.searchsorted(codes, wanted, side="right") - 1
    if not len(codes):
        return np.full(len(wanted), -1, dtype=np.int64)
    return np.where((last >= 0) & (codes[last] == wanted), at[last], -1)
