"""The threats of a list as the server draws them: for readers without scripts, for print, for old phones."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from consult.districts import drawing
from consult.documents.marks import MARKS
from consult.documents.svg_map import Symbol, View
from consult.threats.cells import Cell
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS, STATUS_MARKS, together_in_words

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
