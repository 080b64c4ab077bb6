"""The map of a summary: the district with its worst places by number, the others as small marks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from flask_babel import gettext as _
from shapely.geometry.base import BaseGeometry

from consult.documents.marks import MARKS, Mark
from consult.documents.svg_map import Area, LegendEntry, ScaleBar, Scene, Symbol, Town, View, draw, place_symbols
from consult.geo import to_metres
from consult.summaries.figures import Point, Spot, Summary
from consult.summaries.queries import Ground
from consult.summaries.wording import STATUS_MARKS, near_words
from consult.threats.wording import STATUS_LABELS
from consult.threats.workflow import Status

WIDTH, HEIGHT = 440.0, 470.0
WIDTH_MM = 112.0
WORST = 3
MOST_TOWNS = 8
MOST_MARKS = 120
"""Beyond so many small marks nobody reads them: communes are shaded by their number instead."""


def scene_of(summary: Summary, ground: Ground) -> Scene:
    """Put a summary on its district."""
    view = View.fitting(ground.bounds, WIDTH, HEIGHT)
    crowded = len(summary.points) > MOST_MARKS
    counts = _counts(summary, ground) if crowded else {}
    statuses = {spot.status for spot in summary.places}
    statuses |= set() if crowded else {point.status for point in summary.points}
    return Scene(
        view=view,
        title=_("Map of threats: %(district)s", district=summary.head.district),
        description=_description(summary.places[:WORST]),
        areas=[
            Area(shape, name, shade=_shade(counts, position)) for position, (name, shape) in enumerate(ground.areas)
        ],
        neighbours=[Area(shape, name) for name, shape in ground.neighbours],
        towns=[Town(town.x, town.y, town.name, rank=2) for town in ground.towns[:MOST_TOWNS] if town.weight],
        symbols=[*_numbered(summary.places), *([] if crowded else _small(summary.points))],
        legend=[LegendEntry(_mark(status), str(STATUS_LABELS[status])) for status in Status if status in statuses],
        note=_note(summary, crowded=crowded),
        attribution=_("Boundaries: %(source)s", source=summary.head.boundaries) if summary.head.boundaries else "",
        width_mm=WIDTH_MM,
    )


def drawn(scene: Scene) -> str:
    """Draw the map as SVG."""
    return draw(scene)


def numbers(scene: Scene) -> dict[str, Any]:
    """List the numbers that stand on the map beside those of the ranking: its scale and what is counted together."""
    counted = [placed.count for placed in place_symbols(scene) if placed.count > 1]
    return {"scale_m": ScaleBar.of(scene.view).metres, "counted_together": counted}


def _numbered(places: Sequence[Spot]) -> Iterator[Symbol]:
    for spot in places:
        x, y = to_metres(spot.lon, spot.lat)
        scale = 1.5 if spot.number <= WORST else 1.15
        yield Symbol(x, y, _mark(spot.status), str(spot.number), spot.name, key=str(spot.threat_id), scale=scale)


def _small(points: Sequence[Point]) -> Iterator[Symbol]:
    for point in points:
        yield Symbol(*to_metres(point.lon, point.lat), _mark(point.status))


def _mark(status: Status) -> Mark:
    return MARKS[STATUS_MARKS[status]]


def _description(worst: Sequence[Spot]) -> str:
    """Name the worst places for those who do not see the map."""
    return "; ".join(f"{spot.number}. {spot.name}, {near_words(spot)}" for spot in worst)


def _note(summary: Summary, *, crowded: bool) -> str:
    parts = [_("Numbers are the places of the list; small marks are further threats.")]
    if crowded:
        parts = [_("Numbers are the places of the list. The darker a commune, the more threats it has.")]
    if summary.head.is_approximate:
        parts.append(_("Approximate boundaries."))
    return " ".join(parts)


def _counts(summary: Summary, ground: Ground) -> Mapping[int, int]:
    """Count the threats in each area of the map."""
    spots = [(spot.lon, spot.lat) for spot in summary.places] + [(point.lon, point.lat) for point in summary.points]
    shapes: list[BaseGeometry] = [shape for _name, shape in ground.areas]
    tree = shapely.STRtree([shapely.Point(*to_metres(lon, lat)) for lon, lat in spots])
    areas, _spots = tree.query(shapes, predicate="intersects")
    return Counter(areas.tolist())


def _shade(counts: Mapping[int, int], position: int) -> int:
    """Put an area into one of four classes between none and the most."""
    most = max(counts.values(), default=0)
    return -(-4 * counts.get(position, 0) // most) if most else 0
