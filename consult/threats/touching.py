"""What one voice touches: all that hangs together with it, by scores at the threshold, threats and people's decisions.

The mean score of two clusters reaches the threshold only where a pair does, so nothing beyond these voices can be
joined otherwise because of it; and nothing within can be decided without all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

import numpy as np

from consult.db import db
from consult.geo import VAGUE_M
from consult.observations import queries as observations
from consult.observations.models import Observation
from consult.observations.queries import AnyRow, Spot
from consult.observations.table import PLANES, Table
from consult.threats import linking, queries
from consult.threats.clustering import MILLION
from consult.threats.columns import voices_of
from consult.threats.linking import Floats, Integers, Voices
from consult.threats.queries import Bonds
from consult.threats.rule import Rule

Spoken = AnyRow | Observation
"""A voice as it was read for this, or as somebody had it at hand: both name its columns alike."""

BEYOND_M, BEYOND = 200.0, timedelta(days=15)
"""So much farther and longer is read around a voice, as those found lie beside it and want their surroundings read."""


@dataclass(frozen=True, eq=False)
class Touched:
    """Voices that hang together and what binds them, with the rule by which they do and the ground they stand on."""

    table: Table
    bonds: Bonds
    rule: Rule
    radii: dict[str, int]
    grounds: Mapping[str, "Ground"]


class Ground:
    """The voices of one group as far as they have been read: all in some boxes of place and time, and their columns."""

    def __init__(self, rule: Rule, radii: dict[str, int]) -> None:
        self._rule, self._radii = rule, radii
        self._read: list[Spot] = []
        self._columns: tuple[Table, Voices] | None = None
        self.rows: dict[int, Spoken] = {}

    @property
    def columns(self) -> tuple[Table, Voices]:
        """The voices read so far as a table, and as the rule compares them."""
        if self._columns is None:
            table = Table.of([list(self.rows.values())])
            drawn = table.id[table.extent_m > 0].tolist()
            self._columns = table, voices_of(table, self._radii, observations.places_of(drawn), self._rule)
        return self._columns

    def alike(self, fresh: Sequence[Spoken]) -> list[Spoken]:
        """List the other voices whose score with one of these reaches the threshold."""
        self._read_around(fresh)
        if len(self.rows) == len(fresh):
            return []
        table, voices = self.columns
        own = np.isin(table.id, [row.id for row in fresh])
        pairs = linking.near_these(voices, own)
        scores = np.rint(linking.score(linking.levels(voices, pairs), self._rule.weights) * MILLION)
        strong = scores >= self._rule.thresholds.link * MILLION
        i, j = pairs.i[strong], pairs.j[strong]
        return [self.rows[number] for number in np.unique(table.id[np.where(own[i], j, i)]).tolist()]

    def _read_around(self, fresh: Sequence[Spoken]) -> None:
        """Read what is not read yet of all that may be compared with one of these."""
        before = len(self.rows)
        self.rows.update({row.id: row for row in fresh})
        for spot in self._spots(fresh):
            if not any(_holds(box, spot) for box in self._read):
                self._read.append(_widened(spot))
                self.rows.update({row.id: row for row in observations.near(self._read[-1])})
        if len(self.rows) > before:
            self._columns = None

    def _spots(self, fresh: Sequence[Spoken]) -> list[Spot]:
        """Say where to look: as far as the widest radius and both accuracies may reach."""
        widest = max(self._radii.values()) + VAGUE_M
        exact = self._rule.accuracy_m(_Places.of(fresh)).tolist()
        reaches = [widest + min(m, VAGUE_M) + row.extent_m for row, m in zip(fresh, exact, strict=True)]
        return [
            Spot(row.group_code, row.x, row.y, reach_m, row.observed_from, row.observed_to)
            for row, reach_m in zip(fresh, reaches, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class _Places:
    """How exact the places of some voices claim to be, in metres, with the numbers of their planes."""

    plane: Integers
    accuracy_m: Floats

    @classmethod
    def of(cls, rows: Sequence[Spoken]) -> "_Places":
        return cls(
            np.array([PLANES.index(row.plane) for row in rows], dtype=np.int64),
            np.array([row.accuracy_m for row in rows], dtype=np.float64),
        )


def _holds(box: Spot, spot: Spot) -> bool:
    """Tell whether all around a spot was read with a box."""
    apart_m = max(abs(box.x - spot.x), abs(box.y - spot.y))
    return apart_m + spot.reach_m <= box.reach_m and box.since <= spot.since and spot.until <= box.until


def _widened(spot: Spot) -> Spot:
    return replace(spot, reach_m=spot.reach_m + BEYOND_M, since=spot.since - BEYOND, until=spot.until + BEYOND)


def touched(ids: Iterable[int], read: Sequence[Observation] = ()) -> Touched:
    """Load the voices that hang together with any of these; withdrawn ones are nowhere.

    `read` are those of them that whoever asks has at hand.
    """
    db.session.flush()  # what follows reads voices, links and rulings
    rule, radii = queries.rule(), queries.radii()
    grounds: defaultdict[str, Ground] = defaultdict(lambda: Ground(rule, radii))
    known: dict[int, Spoken] = {}
    bonds = Bonds()
    waiting = asked = set(ids)
    at_hand: dict[int, Spoken] = {one.id: one for one in read}
    while waiting:
        for ground in grounds.values():
            at_hand |= ground.rows
        here = {number: at_hand[number] for number in waiting & at_hand.keys()}
        missing = sorted(waiting - here.keys())
        fresh = _spread([*here.values(), *(observations.by_ids(missing) if missing else ())], known, grounds)
        bonds |= queries.bonds(fresh)
        waiting = bonds.mates - known.keys() - asked
        asked = asked | waiting
    table = Table.of([sorted(known.values(), key=lambda row: row.order_key)])
    return Touched(table, bonds, rule, radii, grounds)


def _spread(fresh: Sequence[Spoken], known: dict[int, Spoken], grounds: Mapping[str, Ground]) -> list[int]:
    """Add these voices to the known ones, and all that scores lead to from them; return the ids of all that are new."""
    found: list[int] = []
    while fresh:
        known.update({row.id: row for row in fresh})
        found += [row.id for row in fresh]
        with_spot = sorted((row for row in fresh if row.cell is not None), key=lambda row: row.group_code)
        alike = [
            row
            for group, members in groupby(with_spot, key=lambda row: row.group_code)
            for row in grounds[group].alike(list(members))
        ]
        fresh = [row for row in alike if row.id not in known]
    return found
