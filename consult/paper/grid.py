"""The lettered grid over a printed map: "C7" is a square of ground.

Columns have letters from the left, without I and O, which look like 1 and 0; rows have numbers from the top. Whoever
marks C7 says "somewhere in this square", so the square itself is the place, and half its diagonal the accuracy.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import shapely

from consult.geo import Place, PlaceKind, shape_to_degrees

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters of columns."""

MOST_COLUMNS, MOST_ROWS = len(LETTERS), 99
SQUARE_WITHIN_M = 0.01

_TYPED = re.compile(r"(?:([A-Z])[\s./,;:_-]*0*(\d{1,2})|0*(\d{1,2})[\s./,;:_-]*([A-Z]))[\s.,;]*")


class CellFault(StrEnum):
    """What is wrong with a field that was typed."""

    NOT_A_CELL = "not_a_cell"
    OUTSIDE = "outside"


class CellRefused(ValueError):
    """What was typed names no field of the grid; `fault` says why, `typed` repeats it."""

    def __init__(self, fault: CellFault, typed: str) -> None:
        super().__init__(f"{fault.value}: {typed}")
        self.fault = fault
        self.typed = typed


@dataclass(frozen=True)
class Grid:
    """Square fields over a frame in EPSG:2180 metres. Columns and rows are counted from one, as they are printed."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    columns: int
    rows: int

    def __post_init__(self) -> None:
        """Refuse a grid whose fields are no squares or have no names."""
        if not (1 <= self.columns <= MOST_COLUMNS and 1 <= self.rows <= MOST_ROWS):
            raise ValueError(f"a grid of {self.columns} columns and {self.rows} rows has no names")
        wide, tall = (self.x_max - self.x_min) / self.columns, (self.y_max - self.y_min) / self.rows
        if not (wide > 0 and abs(wide - tall) <= SQUARE_WITHIN_M):
            raise ValueError(f"fields of {wide} by {tall} metres are no squares")

    @classmethod
    def around(cls, x: float, y: float, cell_m: float, columns: int, rows: int) -> Self:
        """Lay a grid with its middle on a position."""
        west, south = x - columns * cell_m / 2, y - rows * cell_m / 2
        return cls(west, south, west + columns * cell_m, south + rows * cell_m, columns, rows)

    @property
    def cell_m(self) -> float:
        """The side of a field on the ground, in metres."""
        return (self.x_max - self.x_min) / self.columns

    @property
    def accuracy_m(self) -> float:
        """How far from the middle of a field the true place may be, in metres."""
        return self.cell_m * math.sqrt(0.5)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north, in metres."""
        return self.x_min, self.y_min, self.x_max, self.y_max

    @property
    def letters(self) -> str:
        """The letters of the columns, from the left."""
        return LETTERS[: self.columns]

    def name(self, column: int, row: int) -> str:
        """Name a field: the third column and the seventh row are "C7"."""
        if not (1 <= column <= self.columns and 1 <= row <= self.rows):
            raise CellRefused(CellFault.OUTSIDE, f"{column}, {row}")
        return f"{LETTERS[column - 1]}{row}"

    def names(self) -> list[str]:
        """Name all fields, row by row from the top, each from the left."""
        return [self.name(column, row) for row in range(1, self.rows + 1) for column in range(1, self.columns + 1)]

    def read(self, typed: str) -> str:
        """Give the name of a field however it was typed ("c 7", "7C", "C-7"), or raise CellRefused."""
        found = _TYPED.fullmatch(unicodedata.normalize("NFKC", typed).strip().upper())
        if found is None:
            raise CellRefused(CellFault.NOT_A_CELL, typed)
        letter, number = found[1] or found[4], int(found[2] or found[3])
        if letter not in self.letters or not 1 <= number <= self.rows:
            raise CellRefused(CellFault.OUTSIDE, typed)
        return f"{letter}{number}"

    def position(self, name: str) -> tuple[int, int]:
        """Give the column and the row of a field."""
        known = self.read(name)
        return LETTERS.index(known[0]) + 1, int(known[1:])

    def at(self, x: float, y: float) -> str | None:
        """Name the field that a position lies in; None outside the grid."""
        if not (self.x_min <= x < self.x_max and self.y_min < y <= self.y_max):
            return None
        column, row = int((x - self.x_min) / self.cell_m), int((self.y_max - y) / self.cell_m)
        return self.name(min(column, self.columns - 1) + 1, min(row, self.rows - 1) + 1)

    def cell(self, name: str) -> shapely.Polygon:
        """Give a field as a square in metres."""
        column, row = self.position(name)
        west, north = self.x_min + (column - 1) * self.cell_m, self.y_max - (row - 1) * self.cell_m
        return shapely.box(west, north - self.cell_m, west + self.cell_m, north)

    def place(self, name: str) -> Place:
        """Give a field as a place: the whole square, and no point that nobody pointed at."""
        return Place(PlaceKind.AREA, shape_to_degrees(self.cell(name)), self.accuracy_m)
