"""What a new set of boundaries changes in the land: areas new, gone, renamed or redrawn, and what goes over."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from consult.districts.atlas import Region

LEAST_KM2 = 0.01
"""A difference of less than a hectare is a border drawn again, not moved."""

SHORT = 6
"""Areas are compared on so many digits: the seventh of a commune only tells its kind."""


@dataclass(frozen=True)
class AreaChange:
    """One area before and after; sizes in km², zero where it does not exist. `moved_km2` came or went."""

    code: str
    before: str
    after: str
    before_km2: float
    after_km2: float
    moved_km2: float

    @property
    def kind(self) -> str:
        """What happened to it: "new", "gone", "renamed" or "redrawn"; one renamed and redrawn is redrawn."""
        if not self.before or not self.after:
            return "gone" if self.before else "new"
        return "redrawn" if self.moved_km2 >= LEAST_KM2 else "renamed"

    @property
    def share(self) -> float:
        """How much came or went, as a share of what the area had before, or has now when it is new."""
        return self.moved_km2 / (self.before_km2 or self.after_km2)


@dataclass(frozen=True)
class Piece:
    """Land that goes from one area to another; an empty code stands for no area. The shape is in EPSG:2180."""

    before: str
    after: str
    km2: float
    shape: BaseGeometry = field(repr=False)


@dataclass(frozen=True)
class Reform:
    """All that a set changes in the land."""

    changes: tuple[AreaChange, ...]
    pieces: tuple[Piece, ...]

    @property
    def lost_km2(self) -> float:
        """How much land lies in no area any more."""
        return sum(piece.km2 for piece in self.pieces if not piece.after)


def between(before: Sequence[Region], after: Sequence[Region]) -> Reform:
    """Compare two sets of one level. Areas drawn as before need no cutting: nothing of them comes or goes."""
    old, new = _by_code(before), _by_code(after)
    same = {code for code in old.keys() & new.keys() if shapely.equals_exact(old[code].shape, new[code].shape)}
    before, after = _without(before, same), _without(after, same)
    shared = _overlaps(before, after)
    kept = {a[:SHORT]: shapely.area(shape) for (a, b), shape in shared.items() if a[:SHORT] == b[:SHORT]}
    kept |= {code: shapely.area(old[code].shape) for code in same}
    changes = (_change(code, old.get(code), new.get(code), kept.get(code, 0.0)) for code in sorted(old | new))
    pieces = [Piece(a, b, _km2(shape), shape) for (a, b), shape in shared.items() if a[:SHORT] != b[:SHORT]]
    pieces += _uncovered(before, after) if new else []
    large = sorted((piece for piece in pieces if piece.km2 >= LEAST_KM2), key=lambda piece: -piece.km2)
    return Reform(tuple(change for change in changes if change is not None), tuple(large))


def heirs(reform: Reform) -> dict[str, str]:
    """Give for every area that is gone the one that got most of its land."""
    gone = {change.code for change in reform.changes if change.kind == "gone"}
    found: dict[str, str] = {}
    for piece in reform.pieces:  # the largest first
        if piece.before[:SHORT] in gone and piece.after:
            found.setdefault(piece.before, piece.after)
    return found


def missing(codes: Iterable[str], regions: Sequence[Region]) -> list[str]:
    """List the codes, of areas or of what lies around them, that no area begins with."""
    return sorted({code for code in codes if not any(region.code.startswith(code) for region in regions)})


def _without(regions: Sequence[Region], codes: Collection[str]) -> list[Region]:
    return [region for region in regions if region.code[:SHORT] not in codes]


def _by_code(regions: Sequence[Region]) -> dict[str, Region]:
    return {region.code[:SHORT]: region for region in regions}


def _overlaps(before: Sequence[Region], after: Sequence[Region]) -> Mapping[tuple[str, str], BaseGeometry]:
    """Cut the old areas by the new ones."""
    if not before or not after:
        return {}
    old, new = np.array([area.shape for area in before]), np.array([area.shape for area in after])
    left, right = shapely.STRtree(new).query(old, predicate="intersects")
    shapes = shapely.intersection(old[left], new[right])
    pairs = zip(left, right, shapes, strict=True)
    return {(before[a].code, after[b].code): shape for a, b, shape in pairs if shapely.area(shape) > 0}


def _change(code: str, old: Region | None, new: Region | None, kept_m2: float) -> AreaChange | None:
    before_km2, after_km2 = _size(old), _size(new)
    moved = max(before_km2 + after_km2 - 2 * kept_m2 / 1e6, 0.0)
    names = (old.label if old else "", new.label if new else "")
    if moved < LEAST_KM2 and names[0] == names[1]:
        return None
    return AreaChange(code, *names, before_km2, after_km2, moved)


def _uncovered(before: Sequence[Region], after: Sequence[Region]) -> list[Piece]:
    """Find the land of each old area that no new one has."""
    new = np.array([area.shape for area in after], dtype=object)
    tree = shapely.STRtree(new)
    found = []
    for area in before:
        around = new[tree.query(area.shape, predicate="intersects")]
        left = shapely.difference(area.shape, shapely.union_all(around))
        found.append(Piece(area.code, "", _km2(left), left))
    return found


def _size(region: Region | None) -> float:
    return _km2(region.shape) if region else 0.0


def _km2(shape: BaseGeometry) -> float:
    return float(shapely.area(shape)) / 1e6
