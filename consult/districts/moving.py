"""Places and the boundaries they are read by: what a set would move, and moving it when the set's day has come.

Whoever keeps places says so in the application (`extensions["holdings"]`), as jobs do: this part lies below all of
them. A set *counts* from its first day on for what is newly written down; the job `boundaries` then reads all places
that were there before by it, in one transaction, and notes on the set that it did (`applied_at`).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import select, update

from consult.audit import operations as audit
from consult.clock import today
from consult.db import db, now
from consult.districts import queries, reform
from consult.districts.models import BoundarySet, Level
from consult.districts.queries import LocatedMany
from consult.districts.reform import Reform
from consult.geo import Floats, Place, arrays_to_metres

Codes = NDArray[np.str_]
PLACED_BY = (Level.DISTRICT, Level.COMMUNE)
"""The levels that places are read by."""

KEPT_REFORMS = 4
_reforms: dict[tuple[str, str], Reform] = {}

NAMES = "names"
NOT_LOST = frozenset({"reports", NAMES})
"""Kinds that may lie nowhere: a report lies where its voice does, and a name that lies nowhere is not offered."""


@dataclass(frozen=True, eq=False)
class Spots:
    """Places that a part keeps, in any order: their rows' keys, positions in degrees, accuracies in metres and codes.

    `places` holds by its number what is no single spot: a line, an area, a whole commune. A row that `is_chosen` has
    its district because a person named it; it follows its place only if the place lay in that district before.
    """

    keys: list[Any]
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    district: Codes
    commune: Codes
    places: Mapping[int, Place] = field(default_factory=dict)
    is_chosen: bool = False

    @classmethod
    def of(cls, rows: Sequence[Any], **more: Any) -> "Spots":
        """Take rows of key, longitude, latitude, accuracy, district, commune."""
        columns = list(zip(*rows, strict=True)) or [()] * 6
        lon, lat, accuracy_m = (np.array(column, dtype=float) for column in columns[1:4])
        district, commune = (np.array([code or "" for code in column], dtype="U7") for column in columns[4:6])
        return cls(list(columns[0]), lon, lat, accuracy_m, district, commune, **more)


@dataclass(frozen=True, eq=False)
class Move:
    """Where the places of `spots` lie now, and which of them must be written: their numbers are `rows`."""

    spots: Spots
    found: LocatedMany
    rows: NDArray[np.intp]

    def commune(self, k: int) -> str | None:
        """Give a place's commune as tables keep it."""
        return str(self.found.commune[k]) or None

    def neighbour(self, k: int) -> str | None:
        """Give a place's neighbour as tables keep it."""
        return str(self.found.neighbour[k]) or None

    def border_m(self, k: int) -> float:
        """Give the way to the border as `containing` does, in metres."""
        return round(float(self.found.border_m[k]), 1)


@dataclass(frozen=True)
class Holding:
    """What a part of the product keeps by place. `write` stores a move; a holding without it is only counted.

    `rename` replaces codes of districts that are gone where no place tells better.
    """

    kind: str
    spots: Callable[[], Spots] | None = None
    write: Callable[[Move], None] | None = None
    rename: Callable[[Mapping[str, str]], None] | None = None


@dataclass(frozen=True)
class Tally:
    """What a set moves of one kind: from → to district, within a district to another commune, and what lies nowhere."""

    kind: str
    total: int
    pairs: Mapping[tuple[str, str], int]
    communes: int
    near_border: int
    outside: int

    @property
    def moved(self) -> int:
        """How many come to another district."""
        return sum(self.pairs.values())


@dataclass(frozen=True)
class Comparison:
    """All that a set changes."""

    digest: str
    level: Level
    valid_from: date
    reform: Reform
    tallies: tuple[Tally, ...]
    homeless_units: tuple[tuple[str, str], ...]

    @property
    def outside(self) -> int:
        """How many things would lie in no district, each once."""
        return sum(tally.outside for tally in self.tallies if tally.kind not in NOT_LOST)

    @property
    def ways(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """How much goes from which district to which, kind by kind in the order of `tallies`."""
        pairs = sorted({pair for tally in self.tallies for pair in tally.pairs})
        return {pair: tuple(tally.pairs.get(pair, 0) for tally in self.tallies) for pair in pairs}


def holdings() -> Sequence[Holding]:
    """List what the parts of the product keep by place."""
    listed: Sequence[Holding] = current_app.extensions["holdings"]
    return listed


def compare(new: BoundarySet, before: BoundarySet | None, units: Sequence[tuple[str, str]]) -> Comparison:
    """Say what a set that is written down changes beside the one before it.

    `units` are pairs of a unit's name and the code of its area.
    """
    day = max(new.valid_from, today())
    after = queries.regions_of(new)
    changes = _reform(before, new)
    tallies = [_tally(one, _move(one.spots(), day, before)) for one in holdings() if one.spots is not None]
    codes = reform.missing((code for _unit, code in units if _is_of(code, new.level)), after)
    homeless = tuple(sorted((unit, code) for unit, code in units if code in codes))
    return Comparison(new.digest, new.level, new.valid_from, changes, tuple(tallies), homeless)


def _reform(before: BoundarySet | None, new: BoundarySet) -> Reform:
    """Compare the land of two sets: once in a process, since that takes seconds and hangs on nothing but the two."""
    key = (before.digest if before else "", new.digest)
    known = _reforms.get(key)
    if known is None:
        known = reform.between(queries.regions_of(before) if before else (), queries.regions_of(new))
        if len(_reforms) >= KEPT_REFORMS:
            _reforms.clear()
        _reforms[key] = known
    return known


def _is_of(code: str, level: Level) -> bool:
    """Tell whether the areas of a level say if a code exists: one of a commune only communes do."""
    return len(code) == {Level.DISTRICT: 4, Level.COMMUNE: 6}.get(level, 0)


def unapplied() -> list[BoundarySet]:
    """List the sets of today by which the places have not been read yet."""
    chosen = (queries.in_force(level) for level in PLACED_BY)
    return [found for found in chosen if found is not None and found.applied_at is None]


def apply(actor_id: int = audit.MACHINE) -> list[Tally]:
    """Read all places by the boundaries of today, if they were read by others so far, and write down what moves.

    Places in no district keep the codes they have. Nothing here commits: all of it counts, or nothing.
    """
    if not unapplied():
        return []
    db.session.execute(select(BoundarySet.id).with_for_update())  # of two workers the second finds nothing to do
    db.session.expire_all()
    fresh = unapplied()
    if not fresh:
        return []
    before = queries.applied(Level.DISTRICT)
    renamed = _heirs(fresh, before)
    tallies = [_apply_one(holding, before, renamed) for holding in holdings()]
    for found in fresh:
        _note(found, [tally for tally in tallies if tally], actor_id)
    db.session.flush()
    db.session.expire_all()  # rows were written past the session
    return [tally for tally in tallies if tally]


def _apply_one(holding: Holding, before: BoundarySet | None, renamed: Mapping[str, str]) -> Tally | None:
    tally = None
    if holding.spots is not None:
        move = _move(holding.spots(), today(), before)
        tally = _tally(holding, move)
        if holding.write is not None and len(move.rows):
            holding.write(move)
    if holding.rename is not None and renamed:
        holding.rename(renamed)
    return tally


def _heirs(fresh: Sequence[BoundarySet], before: BoundarySet | None) -> dict[str, str]:
    new = next((found for found in fresh if found.level is Level.DISTRICT), None)
    return reform.heirs(_reform(before, new)) if new and before else {}


def _note(found: BoundarySet, tallies: Sequence[Tally], actor_id: int) -> None:
    others = update(BoundarySet).where(BoundarySet.level == found.level, BoundarySet.id != found.id)
    db.session.execute(others.values(applied_at=None))
    found.applied_at = now()
    counts: dict[str, Any] = {f"{tally.kind}_moved": tally.moved for tally in tallies} | {
        f"{tally.kind}_outside": tally.outside for tally in tallies if tally.outside
    }
    audit.note(actor_id, "apply_boundaries", "boundary_set", found.id, digest=found.digest[:16], **counts)


def _move(spots: Spots, day: date, before: BoundarySet | None) -> Move:
    """Read places by the boundaries of a day."""
    found = _read(spots, day)
    if spots.is_chosen:
        follows = _lay(spots, before) == spots.district
        found.district[~follows] = spots.district[~follows]
    outside = found.district == ""
    rows = np.nonzero(~outside)[0]
    return Move(spots, found, rows)


def _read(spots: Spots, day: date) -> LocatedMany:
    found = queries.containing_many(spots.lon, spots.lat, spots.accuracy_m, day)
    different = list(dict.fromkeys(spots.places.values()))  # many names stand for one commune
    known = dict(zip(different, queries.located_each(different, day), strict=True))
    for k, place in spots.places.items():
        located = known[place]
        if located is not None:  # a whole area that is no more lies where its middle does
            found.district[k], found.commune[k] = located.district, located.commune or ""
            found.border_m[k], found.neighbour[k] = located.border_m, located.neighbour or ""
    return found


def _lay(spots: Spots, before: BoundarySet | None) -> Codes:
    """Tell in which district each place lay so far, if there were any boundaries."""
    if before is None:
        return np.full(len(spots.keys), "", dtype="U4")
    atlas = queries.atlas_of(before)
    positions = atlas.at_many(*arrays_to_metres(spots.lon, spots.lat))
    codes: Codes = np.append(np.array(atlas.codes, dtype="U4"), "")[positions]
    return codes


def _tally(holding: Holding, move: Move) -> Tally:
    spots, found = move.spots, move.found
    inside = found.district != ""
    moved = inside & (found.district != spots.district)
    old, new = np.asarray(spots.commune, dtype="U6"), np.asarray(found.commune, dtype="U6")
    return Tally(
        holding.kind,
        len(spots.keys),
        Counter(zip(spots.district[moved].tolist(), found.district[moved].tolist(), strict=True)),
        0 if spots.is_chosen else int(np.count_nonzero(inside & ~moved & (old != new))),
        int(np.count_nonzero(inside & (found.neighbour != ""))),
        int(np.count_nonzero(~inside)),
    )
