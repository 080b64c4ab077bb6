"""The drawings of a summary: the map of the district with its worst places by number, and charts of its categories."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import gettext as _
from shapely.geometry.base import BaseGeometry

from consult.documents import charts
from consult.documents.marks import MARKS, Mark
from consult.documents.svg_map import Area, LegendEntry, ScaleBar, Scene, Symbol, Town, View, draw, place_symbols
from consult.geo import to_metres
from consult.summaries.figures import Point, Spot, Summary
from consult.summaries.material import Named
from consult.summaries.queries import Ground
from consult.summaries.wording import COLUMN_LABELS, near_words, number, period_label
from consult.threats.wording import STATUS_LABELS, STATUS_MARKS
from consult.threats.workflow import Status

WIDTH, HEIGHT = 440.0, 440.0
WIDTH_MM = 112.0
WORST = 3
MOST_TOWNS = 8
MOST_MARKS = 15
"""Beyond so many small marks they hide the worst places: communes are shaded by their number instead."""


CHART_WIDTH = 460.0
"""Charts are drawn for the width at which their letters stay legible on a phone."""


@dataclass(frozen=True)
class Drawing:
    """A map with the numbers that stand on it beside those of the ranking."""

    scene: Scene
    counts: dict[str, int]

    @property
    def svg(self) -> str:
        """The map as SVG."""
        return draw(self.scene)

    @property
    def numbers(self) -> dict[str, Any]:
        """List what is written on the map: its scale, threats by commune, small marks counted together."""
        together = [placed.count for placed in place_symbols(self.scene) if placed.count > 1]
        return {"scale_m": ScaleBar.of(self.scene.view).metres, "areas": self.counts, "counted_together": together}


def drawing_of(summary: Summary, ground: Ground) -> Drawing:
    """Put a summary on its district."""
    crowded = len(summary.points) > MOST_MARKS
    counts = _counts(summary, ground) if crowded else {}
    scene = Scene(
        view=View.fitting(ground.bounds, WIDTH, HEIGHT),
        title=_title(summary),
        description=_description(summary.places[:WORST]),
        areas=[_area(name, shape, counts) for name, shape in ground.areas],
        neighbours=[Area(shape, name) for name, shape in ground.neighbours],
        towns=[Town(town.x, town.y, town.name, rank=2) for town in _towns(ground, counts)],
        symbols=[*_numbered(summary.places), *([] if crowded else _small(summary.points))],
        legend=_legend(summary, crowded=crowded),
        note=_note(summary, crowded=crowded),
        attribution=_("Boundaries: %(source)s", source=summary.head.boundaries) if summary.head.boundaries else "",
        width_mm=WIDTH_MM,
    )
    return Drawing(scene, counts)


def words_of_map(summary: Summary) -> str:
    """Say what the map shows, for those who do not see it."""
    return ": ".join(filter(None, (_title(summary), _description(summary.places[:WORST]))))


def _title(summary: Summary) -> str:
    return _("Map of threats: %(district)s", district=summary.head.district)


def _area(name: str, shape: BaseGeometry, counts: Mapping[str, int]) -> Area:
    """A commune, shaded by one of four classes between none and the most when communes are counted."""
    if name not in counts:
        return Area(shape, name)
    most = max(counts.values()) or 1
    return Area(shape, f"{name} ({counts[name]})", shade=-(-4 * counts[name] // most))


def _towns(ground: Ground, counts: Mapping[str, int]) -> list[Named]:
    """Choose the largest towns, but none whose name stands on its commune already."""
    return [town for town in ground.towns if town.weight and town.name not in counts][:MOST_TOWNS]


def _legend(summary: Summary, *, crowded: bool) -> list[LegendEntry]:
    statuses = {spot.status for spot in summary.places}
    statuses |= set() if crowded else {point.status for point in summary.points}
    return [LegendEntry(_mark(status), str(STATUS_LABELS[status])) for status in Status if status in statuses]


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
    parts = [_("Numbers are the places of the list; small marks are further threats.")] if summary.places else []
    if crowded:
        parts = [_("Numbers are the places of the list. In brackets: open threats with a place in the commune.")]
    if summary.head.is_approximate:
        parts.append(_("Approximate boundaries."))
    return " ".join(parts)


def _counts(summary: Summary, ground: Ground) -> dict[str, int]:
    """Count the open threats in each commune."""
    spots = [(spot.lon, spot.lat) for spot in summary.places]
    spots += [(point.lon, point.lat) for point in summary.points]
    positions = [shapely.Point(*to_metres(lon, lat)) for lon, lat in spots]
    tree = shapely.STRtree([shape for _name, shape in ground.areas])
    counted = Counter(int(tree.nearest(position)) for position in positions)
    return {name: counted[number] for number, (name, _shape) in enumerate(ground.areas) if name}


def chart_of_states(summary: Summary) -> str:
    """Draw what became of each category's threats: one bar a category, divided by state."""
    series = [charts.Series(str(label), _mark(status).fill) for status, label in COLUMN_LABELS.items()]
    rows = [
        charts.Row(row.name, counts, [number(count) if count else "" for count in counts])
        for row in summary.categories
        if row.total
        for counts in [[row.statuses[status] for status in COLUMN_LABELS]]
    ]
    title = _("What became of the threats: %(period)s", period=period_label(summary.head.period))
    return charts.stacked_bars(rows, series, title=title, width=CHART_WIDTH)


def chart_of_change(summary: Summary) -> str:
    """Draw the threats of each category in the period and in the one before."""
    periods = summary.head.period, summary.head.previous
    series = [charts.Series(period_label(code)) for code in periods]
    rows = [
        charts.Row(row.name, [row.total, row.previous], [number(row.total), number(row.previous)])
        for row in summary.categories
    ]
    title = _("Threats by category: %(period)s and before", period=period_label(summary.head.period))
    return charts.grouped_bars(rows, series, title=title, width=CHART_WIDTH)
