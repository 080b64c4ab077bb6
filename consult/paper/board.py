"""The map of a sheet on the screen: where each field stands on the drawing, and which of them are lit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.paper.grid import Grid
from consult.paper.sheet_map import CELL_MM, EDGE_MM, FOOT_MM, MM

SIDE, EDGE = CELL_MM * MM, EDGE_MM * MM
"""The side of a field, and the edge with letters and numbers, in units of the printed map."""


@dataclass(frozen=True)
class BoardCell:
    """A field on the drawing; `rows` are the numbers of the rows that name it, `title` says what lies there."""

    name: str
    left: float
    top: float
    title: str = ""
    rows: Sequence[int] = ()

    @property
    def label(self) -> str:
        """The numbers of the rows."""
        return ", ".join(str(row) for row in self.rows)


@dataclass(frozen=True)
class Board:
    """The drawing: how large the printed map is, the side of a field, all fields."""

    width: float
    height: float
    cells: Sequence[BoardCell]
    side: float = SIDE

    @property
    def lit(self) -> list[str]:
        """The fields that rows name."""
        return [cell.name for cell in self.cells if cell.rows]


def board(grid: Grid, titles: Mapping[str, str], rows: Mapping[str, Sequence[int]]) -> Board:
    """Lay a grid over the map as it is printed; `titles` and `rows` are by the name of the field."""
    cells = [
        BoardCell(name, EDGE + (column - 1) * SIDE, EDGE + (row - 1) * SIDE, titles.get(name, name), rows.get(name, ()))
        for name in grid.names()
        for column, row in [grid.position(name)]
    ]
    wide, tall = grid.columns * SIDE + 2 * EDGE, grid.rows * SIDE + 2 * EDGE
    return Board(wide, tall + FOOT_MM * MM, cells)
