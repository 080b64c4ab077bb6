"""Threats and observations as the server draws them: for readers without scripts, for print, for old phones."""

from collections.abc import Mapping, Sequence

import shapely
from flask_babel import gettext as _

from consult.districts import drawing
from consult.districts import queries as districts
from consult.documents.marks import MARKS
from consult.documents.svg_map import Symbol, View
from consult.geo import box_to_degrees, to_metres
from consult.observations import mapping
from consult.threats.cells import ACROSS, Cell
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS, STATUS_MARKS, observed_in_words, together_in_words
from consult.tiles import Tile, tiles_over, zoom_for

MOST_DIGITS = 3
"""Digits that a mark has room for; from a thousand on, thousands are drawn and the title tells the number."""


def frame_of(district: str | None) -> View:
    """Give the frame in which a district, or everything, is drawn."""
    return drawing.frame(district, None)


def drawing_of(cells: Sequence[Cell], alone: Mapping[int, Threat], frame: View, district: str | None) -> str:
    """Draw threats on the land: each by the mark of its status, and those of one cell as one mark with their number."""
    shown = [_symbol(cell, alone.get(cell.threat_id or 0)) for cell in cells if _is_within(frame, cell)]
    return drawing.ground(frame, district, symbols=shown, title=_("Map of threats"))


def _is_within(frame: View, cell: Cell) -> bool:
    return frame.west <= cell.x <= frame.east and frame.south <= cell.y <= frame.north


def _symbol(cell: Cell, threat: Threat | None) -> Symbol:
    if threat is None:
        words = together_in_words(cell.count)
        return Symbol(cell.x, cell.y, MARKS["group"], label=_short(cell.count), title=words)
    mark = MARKS[STATUS_MARKS[threat.status]]
    return Symbol(cell.x, cell.y, mark, title=str(STATUS_LABELS[threat.status]), key=str(threat.id))


def _short(count: int) -> str:
    return str(count) if len(str(count)) <= MOST_DIGITS else f"{count // 1_000}k"


def one_district(areas: mapping.Areas) -> str | None:
    """Name the district in which all of some areas lie, if they lie in one."""
    codes = {code[:4] for code in areas or ()}
    return codes.pop() if len(codes) == 1 else None


def frame_around(areas: mapping.Areas) -> View:
    """Give the frame in which the districts of some areas are drawn, or everything where none is known."""
    codes = {code[:4] for code in areas or ()}
    shapes = [region.shape for region in districts.districts() if region.code in codes]
    if not shapes:
        return frame_of(None)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return View.fitting((west, south, east, north), *districts.FRAME_SIZE)


def observations_drawn(areas: mapping.Areas, categories: Sequence[str]) -> str:
    """Draw the observations of some areas by cells, each as one mark with their number."""
    frame = frame_around(areas)
    zoom = zoom_for((frame.east - frame.west) / ACROSS)
    over = tiles_over(box_to_degrees(frame.bounds), zoom)
    shown = [_counted(tile, cell) for tile in over for cell in mapping.cells_of(tile, areas, categories)]
    return drawing.ground(frame, one_district(areas), symbols=shown, title=_("Map of observations"))


def _counted(tile: Tile, cell: mapping.Cell) -> Symbol:
    x, y = to_metres(*tile.position_of(cell.x, cell.y))
    return Symbol(x, y, MARKS["group"], label=_short(cell.observations), title=observed_in_words(cell.observations))
