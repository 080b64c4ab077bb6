"""What one voice touches: all that hangs together with it, by scores at the threshold, threats and people's decisions.

The mean score of two clusters reaches the threshold only where a pair does, so nothing beyond these voices can be
joined otherwise because of it; and nothing within can be decided without all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from consult.geo import VAGUE_M
from consult.observations import queries as observations
from consult.observations.queries import AnyRow, Spot
from consult.observations.table import Table
from consult.threats import linking, queries
from consult.threats.clustering import MILLION
from consult.threats.columns import voices_of
from consult.threats.rule import Rule


@dataclass(frozen=True, eq=False)
class Touched:
    """Voices that hang together, with the rule by which they do and the radii of the categories."""

    table: Table
    rule: Rule
    radii: dict[str, int]


def touched(ids: Iterable[int]) -> Touched:
    """Load the voices that hang together with any of these; withdrawn ones are nowhere."""
    rule, radii = queries.rule(), queries.radii()
    known: dict[int, AnyRow] = {}
    near: dict[int, AnyRow] = {}
    waiting = set(ids)
    while waiting:
        if unread := sorted(waiting - near.keys()):
            near.update({row.id: row for row in observations.by_ids(unread)})
        fresh = [near[number] for number in sorted(waiting & near.keys())]
        known.update({row.id: row for row in fresh})
        alike = _alike(fresh, rule, radii)
        near.update({row.id: row for row in alike})
        waiting = queries.mates([row.id for row in fresh]) if fresh else set()
        waiting = (waiting | {row.id for row in alike}) - known.keys()
    return Touched(Table.of([sorted(known.values(), key=lambda row: row.order_key)]), rule, radii)


def _alike(fresh: Sequence[AnyRow], rule: Rule, radii: dict[str, int]) -> list[AnyRow]:
    """List the voices whose score with one of these reaches the threshold."""
    found: list[AnyRow] = []
    by_group = sorted((row for row in fresh if row.cell is not None), key=lambda row: row.group_code)
    for _group, members in groupby(by_group, key=lambda row: row.group_code):
        found += _alike_in_group(list(members), rule, radii)
    return found


def _alike_in_group(fresh: Sequence[AnyRow], rule: Rule, radii: dict[str, int]) -> list[AnyRow]:
    spots = _spots(fresh, rule, radii)
    rows = {row.id: row for row in (*observations.around(spots), *fresh)}
    if len(rows) == len(fresh):
        return []
    table = Table.of([list(rows.values())])
    drawn = table.id[table.extent_m > 0].tolist()
    voices = voices_of(table, radii, observations.places_of(drawn), rule)
    own = np.isin(table.id, [row.id for row in fresh])
    # One voice needs no tree: it is compared with those around it, not they with each other.
    pairs = linking.near_one(voices, int(np.argmax(own))) if len(fresh) == 1 else linking.candidates(voices)
    scores = np.rint(linking.score(linking.levels(voices, pairs), rule.weights) * MILLION)
    strong = scores >= rule.thresholds.link * MILLION
    i, j = pairs.i[strong], pairs.j[strong]
    reached = np.concatenate((j[own[i]], i[own[j]]))
    return [rows[number] for number in np.unique(table.id[reached]).tolist()]


def _spots(fresh: Sequence[AnyRow], rule: Rule, radii: dict[str, int]) -> list[Spot]:
    """Say where to look: as far as the widest radius and both accuracies may reach."""
    widest = max(radii.values()) + VAGUE_M
    exact = rule.accuracy_m(Table.of([fresh])).tolist()
    return [
        Spot(row.group_code, row.x, row.y, widest + min(m, VAGUE_M) + row.extent_m, row.observed_from, row.observed_to)
        for row, m in zip(fresh, exact, strict=True)
    ]
