"""Who is whose neighbour: pairs of places with a weight, by common borders, by distance, or the nearest ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.geo import Floats

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Pairs of neighbours among `count` places: `of` has `other` as a neighbour with `weight`, in the order of `of`."""

    count: int
    of: Rows
    other: Rows
    weight: Floats

    @cached_property
    def sizes(self) -> Rows:
        """How many neighbours each place has; one without any is an island."""
        return np.bincount(self.of, minlength=self.count)

    @cached_property
    def standardised(self) -> "Neighbourhoods":
        """The same pairs, the weights of each place adding up to one."""
        return Neighbourhoods(self.count, self.of, self.other, self.weight / self.added(np.ones(self.count))[self.of])

    def added(self, values: Floats) -> Floats:
        """Add up, for each place, the weighted values of its neighbours."""
        sums = np.bincount(self.of, self.weight * values[self.other], self.count)
        return sums.astype(np.float64)

    def of_place(self, place: int) -> Rows:
        """List the neighbours of one place."""
        first, after = np.searchsorted(self.of, (place, place + 1))
        return self.other[first:after]


def touching(shapes: Sequence[BaseGeometry], within_m: float = 0.0) -> Neighbourhoods:
    """Take for neighbours whatever shares a border or a corner ("queen"); drawn borders may lie `within_m` apart."""
    tree = shapely.STRtree(shapes)
    if within_m:
        return _paired(len(shapes), *tree.query(shapes, predicate="dwithin", distance=within_m))
    return _paired(len(shapes), *tree.query(shapes, predicate="intersects"))


def within(x: Floats, y: Floats, reach_m: float) -> Neighbourhoods:
    """Take for neighbours whatever lies within a distance."""
    from scipy.spatial import cKDTree  # a second to import

    pairs = cKDTree(np.column_stack([x, y])).query_pairs(reach_m, output_type="ndarray")
    return _paired(len(x), np.append(pairs[:, 0], pairs[:, 1]), np.append(pairs[:, 1], pairs[:, 0]))


def nearest(x: Floats, y: Floats, how_many: int) -> Neighbourhoods:
    """Take for neighbours the nearest places, so many of each; not always the other way round."""
    from scipy.spatial import cKDTree  # a second to import

    spots = np.column_stack([x, y])
    _far, found = cKDTree(spots).query(spots, how_many + 1)
    of = np.repeat(np.arange(len(x)), how_many + 1)
    pairs = _paired(len(x), of, np.asarray(found).ravel())
    if pairs.sizes.max(initial=0) > how_many:  # of places at one spot, a place itself need not be among its nearest
        kept = _rank_within(pairs.of) < how_many
        return Neighbourhoods(len(x), pairs.of[kept], pairs.other[kept], pairs.weight[kept])
    return pairs


def _rank_within(of: Rows) -> Rows:
    return np.arange(len(of)) - np.searchsorted(of, of)


def in_grid(columns: Rows, rows: Rows) -> Neighbourhoods:
    """Take for neighbours the squares of a grid that share a side or a corner."""
    return within(np.asarray(columns, dtype=float), np.asarray(rows, dtype=float), 1.5)


def _paired(count: int, of: Any, other: Any) -> Neighbourhoods:
    """Put pairs in order, none with itself."""
    apart = of != other
    of, other = np.asarray(of[apart], dtype=np.int64), np.asarray(other[apart], dtype=np.int64)
    order = np.lexsort((other, of))
    return Neighbourhoods(count, of[order], other[order], np.ones(len(order)))
