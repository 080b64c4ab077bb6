"""Boundaries as a map in the browser needs them: simplified, every border once, a label inside every area."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.districts.atlas import Region
from consult.geo import shape_to_degrees

NEAR_M = 40.0
"""Borders of one district keep corners that stand out by more than this; those of many by ten times as much."""

FAR_M = 400.0
DECIMALS = 5

Feature = dict[str, Any]


def of_district(own: Region, communes: Sequence[Region], around: Sequence[Region]) -> list[Feature]:
    """Draw one district: its land, its border, its communes' borders, and what surrounds it."""
    inner = communes or [own]
    shapes = _simplified([*inner, *around], NEAR_M)
    inside, outside = shapes[: len(inner)], shapes[len(inner) :]
    land = shapely.union_all(shapely.make_valid(inside))
    edge = land.boundary.buffer(1.0)
    between = shapely.union_all(shapely.boundary(inside)).difference(edge)
    beyond = shapely.union_all(shapely.boundary(outside)).difference(edge)
    return [
        *_parts(land, level="district", own=True),
        *_parts(beyond, level="district", own=False),
        *_parts(between, level="commune", own=True),
        *_parts(land.boundary, level="district", own=True),
        *(_label(region, "district", own=False) for region in around),
        *(_label(region, "commune", own=True) for region in communes or [own]),
    ]


def of_country(regions: Sequence[Region]) -> list[Feature]:
    """Draw many districts alike."""
    if not regions:
        return []
    lines = shapely.union_all(shapely.boundary(_simplified(regions, FAR_M)))
    return [
        *_parts(lines, level="district", own=False),
        *(_label(region, "district", own=False) for region in regions),
    ]


def _simplified(regions: Sequence[Region], tolerance_m: float) -> NDArray[np.object_]:
    """Leave out small corners, common borders alike on both sides."""
    shapes = np.array([region.shape for region in regions], dtype=object)
    simple: NDArray[np.object_] = shapely.coverage_simplify(shapes, tolerance_m)
    return simple


def _parts(shape: BaseGeometry, **properties: Any) -> Iterator[Feature]:
    """Give each line or polygon of a shape as a feature of its own."""
    whole = shapely.line_merge(shape) if shape.geom_type.endswith("LineString") else shape
    for part in shapely.get_parts(shapely.get_parts([whole])):
        if not part.is_empty:
            yield _feature(shape_to_degrees(part), properties)


def _label(region: Region, level: str, *, own: bool) -> Feature:
    properties = {"level": level, "own": own, "label": region.label, "code": region.code}
    return _feature(shapely.Point(region.lon, region.lat), properties)


def _feature(shape: BaseGeometry, properties: dict[str, Any]) -> Feature:
    if isinstance(shape, shapely.Polygon):
        shape = shapely.orient_polygons(shape)
    geometry = {"type": shape.geom_type, "coordinates": _rounded(shapely.geometry.mapping(shape)["coordinates"])}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, tuple | list):
        return [_rounded(item) for item in coordinates]
    return round(float(coordinates), DECIMALS)
