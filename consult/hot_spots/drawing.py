"""Hot spots as the server draws them: each with its number, and in the colour and shape of what is said of it."""

import shapely
from flask_babel import gettext as _

from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents import charts
from consult.documents.marks import Mark, Shape
from consult.documents.svg_map import Symbol, View
from consult.hot_spots.material import SIDES_M, Cut, HotSpots, Spot
from consult.hot_spots.stability import Standing
from consult.hot_spots.trends import Month, Trends
from consult.hot_spots.wording import STANDING_LABELS, month_in_short
from consult.web.languages import number

MARKS = {
    Standing.HOT: Mark(Shape.SQUARE, "#8f1d5a"),
    Standing.ALONE: Mark(Shape.TRIANGLE, "#f0a202", "#1b1b1b"),
    Standing.UNSURE: Mark(Shape.HEXAGON, "#d5d9de", "#1b1b1b"),
}
"""Shapes and colours of their own: none of them is the state of a threat."""


def drawing_of(found: HotSpots) -> str:
    """Draw an area with the places that stand out; their numbers are those of the list."""
    area = found.asked.area
    symbols = [_symbol(number, spot, found.asked.cut) for number, spot in enumerate(found.spots, 1)]
    return drawing.ground(_frame(area), area[:4] or None, symbols=symbols, title=_("Hot spots"))


def _frame(area: str) -> View:
    shapes = [region.shape for region in districts.districts() if region.code.startswith(area[:4])]
    if len(area) > 4:
        shapes = [districts.outline(area)]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return View.fitting((west, south, east, north), *districts.FRAME_SIZE)


def _symbol(number: int, spot: Spot, cut: Cut) -> Symbol:
    half = SIDES_M[cut] / 2 if cut in SIDES_M else 0
    around = (spot.x - half, spot.y - half, spot.x + half, spot.y + half)
    extent = shapely.box(*around) if half else districts.outline(spot.code)
    title = f"{number}. {spot.name}: {STANDING_LABELS[spot.standing]}"
    return Symbol(spot.x, spot.y, MARKS[spot.standing], label=str(number), title=title, extent=extent)


def months_drawn(found: Trends) -> str:
    """Draw the months of all categories together, each above the same month a year before where that is known."""
    series = [charts.Series(_("this year")), charts.Series(_("the year before"))]
    rows = [
        charts.Row(month_in_short(month.first), counts, [number(count) for count in counts])
        for month in found.together.months
        for counts in [[month.count, month.change.before if _is_known(month, found) else None]]
    ]
    return charts.grouped_bars(rows, series, title=_("Voices by month"), width=560)


def _is_known(month: Month, found: Trends) -> bool:
    return found.compared_from is not None and found.compared_from <= month.first
