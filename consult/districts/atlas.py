"""The areas of one boundary set, ready for the question "which one does this place lie in?".

Polygons are prepared once. A position on a shared border belongs to the area with the smallest code, so that the
answer is always the same. Everything is in EPSG:2180, in metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.geo import Floats, arrays_to_metres, to_degrees

OUTSIDE = -1
TOUCHING_M = 1.0


@dataclass(frozen=True)
class Region:
    """An area as its readers need it: `label` names it in full, `lon` and `lat` lie inside it."""

    code: str
    name: str
    label: str
    lon: float
    lat: float
    area_km2: float
    shape: BaseGeometry = field(repr=False)
    is_approximate: bool = False

    @property
    def reach_m(self) -> float:
        """How far from (`lon`, `lat`) the farthest place of the area is, in metres: an honest accuracy for "there"."""
        x, y = arrays_to_metres(np.array([self.lon]), np.array([self.lat]))
        return float(shapely.hausdorff_distance(shapely.Point(x[0], y[0]), shapely.convex_hull(self.shape)))


class Atlas:
    """The regions of one set, found by position."""

    def __init__(self, codes: Sequence[str], shapes: Sequence[BaseGeometry]) -> None:
        """Take codes in ascending order with their polygons."""
        self.codes = tuple(codes)
        self.shapes: NDArray[np.object_] = np.array(shapes, dtype=object)
        shapely.prepare(self.shapes)
        self.borders: NDArray[np.object_] = shapely.boundary(self.shapes)
        self._bounds = shapely.bounds(self.shapes).reshape(-1, 4)
        self._tree = shapely.STRtree(self.shapes)
        self._position = {code: position for position, code in enumerate(self.codes)}

    def position(self, code: str) -> int:
        """Tell where a code stands, or OUTSIDE."""
        return self._position.get(code, OUTSIDE)

    def at(self, x: float, y: float) -> int:
        """Find the region that covers a position, or OUTSIDE."""
        near = np.sort(self._tree.query(shapely.Point(x, y)))
        hits = near[shapely.intersects_xy(self.shapes[near], x, y)]
        return int(hits[0]) if len(hits) else OUTSIDE

    def at_many(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """Find the regions of many positions: for each polygon a window of the sorted ones, then the exact test."""
        found = np.full(len(x), OUTSIDE, dtype=np.int32)
        order = np.argsort(x, kind="stable")
        xs, ys = x[order], y[order]
        starts = np.searchsorted(xs, self._bounds[:, 0], side="left")
        ends = np.searchsorted(xs, self._bounds[:, 2], side="right")
        # Backwards, so that on a shared border the smallest code is written last.
        for k in range(len(self.codes) - 1, -1, -1):
            window = slice(starts[k], ends[k])
            inside = np.nonzero((ys[window] >= self._bounds[k, 1]) & (ys[window] <= self._bounds[k, 3]))[0] + starts[k]
            hit = shapely.intersects_xy(self.shapes[k], xs[inside], ys[inside])
            found[order[inside[hit]]] = k
        return found

    def border_m(self, position: int, x: float, y: float) -> float:
        """Measure from a position to the border of a region."""
        return float(shapely.distance(self.borders[position], shapely.Point(x, y)))

    def borders_m(self, positions: NDArray[np.int32], x: Floats, y: Floats) -> Floats:
        """Measure from many positions to the borders of their regions; NaN where there is none."""
        known = positions != OUTSIDE
        distances = np.full(len(x), np.nan)
        distances[known] = shapely.distance(self.borders[positions[known]], shapely.points(x[known], y[known]))
        return distances

    def nearest(self, shape: BaseGeometry, within_m: float, besides: int = OUTSIDE) -> int:
        """Find the region nearest to a shape within a distance, leaving one out, or OUTSIDE."""
        near = np.sort(self._tree.query(shape, predicate="dwithin", distance=within_m))
        near = near[near != besides]
        if not len(near):
            return OUTSIDE
        return int(near[np.argmin(shapely.distance(self.shapes[near], shape))])

    def touching(self, position: int) -> list[int]:
        """List the regions that share a border with one."""
        near = self._tree.query(self.shapes[position], predicate="dwithin", distance=TOUCHING_M)
        return sorted(int(other) for other in near if other != position)

    def within(self, west: float, south: float, east: float, north: float) -> list[int]:
        """List the regions that a rectangle touches."""
        near = self._tree.query(shapely.box(west, south, east, north), predicate="intersects")
        return sorted(int(position) for position in near)


def inside_point(shape: BaseGeometry) -> tuple[float, float]:
    """Give longitude and latitude of a point inside an area that stands for it."""
    spot = shapely.point_on_surface(shape)
    lon, lat = to_degrees(spot.x, spot.y)
    return round(lon, 6), round(lat, 6)
