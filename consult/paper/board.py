"""The grid of a sheet as it is drawn beside what is typed: where each field stands, and which of them are lit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consult.documents.svg_map import View
from consult.paper.grid import Grid

LONG_SIDE = 640.0
EDGE = 26.0
"""Room for the letters above and the numbers at the left."""


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
    """The drawing: its frame without the edge for letters and numbers, the side of a field, all fields."""

    width: float
    height: float
    side: float
    cells: Sequence[BoardCell]
    letters: Sequence[tuple[str, float]]
    numbers: Sequence[tuple[int, float]]
    edge: float = EDGE

    @property
    def lit(self) -> list[str]:
        """The fields that rows name."""
        return [cell.name for cell in self.cells if cell.rows]


def side_of(grid: Grid) -> float:
    """How long the side of a field is drawn."""
    return round(LONG_SIDE / max(grid.columns, grid.rows), 2)


def view_of(grid: Grid) -> View:
    """Give the frame of the ground under the grid."""
    return View(*grid.bounds, side_of(grid) * grid.columns, side_of(grid) * grid.rows)


def board(grid: Grid, titles: Mapping[str, str], rows: Mapping[str, Sequence[int]]) -> Board:
    """Lay out a grid; `titles` and `rows` are by the name of the field."""
    side = side_of(grid)
    cells = [
        BoardCell(name, (column - 1) * side, (row - 1) * side, titles.get(name, name), rows.get(name, ()))
        for name in grid.names()
        for column, row in [grid.position(name)]
    ]
    return Board(
        side * grid.columns,
        side * grid.rows,
        side,
        cells,
        [(letter, (at + 0.5) * side) for at, letter in enumerate(grid.letters)],
        [(number, (number - 0.5) * side) for number in range(1, grid.rows + 1)],
    )
