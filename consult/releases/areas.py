"""Tables of areas that are published together: districts add up to voivodeships, and those to the country.

Beside each other stand columns; where there are several, a last one adds them up. Every cell that everybody gets to see
passes here: small ones are hidden, and others with them, until nobody can work them out (`consult.suppression`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from consult.attack import LARGEST, Counts, Knowledge, Protection, Range, Sum, found_out
from consult.suppression import Tables, hidden_cells

COUNTRY = "PL"
TOGETHER = "#together"
"""The column that adds up the others."""

Shown = dict[str, dict[str, int | None]]
"""Counts by area and column; None where one is hidden."""


@dataclass(frozen=True)
class Layout:
    """The cells of districts × columns with all their totals. Equal districts and columns give equal layouts."""

    districts: Sequence[str]
    columns: Sequence[str]

    @cached_property
    def voivodeships(self) -> list[str]:
        """The voivodeships that the districts lie in."""
        return sorted({code[:2] for code in self.districts})

    @cached_property
    def areas(self) -> list[str]:
        """All rows: the country, voivodeships, districts."""
        return [COUNTRY, *self.voivodeships, *sorted(self.districts)]

    @cached_property
    def across(self) -> list[str]:
        """All columns, with the one that adds up where there are several."""
        return [*self.columns, TOGETHER] if len(self.columns) > 1 else list(self.columns)

    @cached_property
    def cells(self) -> dict[tuple[str, str], int]:
        """The number of each cell."""
        names = [(area, column) for area in self.areas for column in self.across]
        return {name: number for number, name in enumerate(names)}

    @cached_property
    def names(self) -> list[str]:
        """What each cell is called in a message."""
        return [f"{area} {column}" for area, column in self.cells]

    @cached_property
    def sums(self) -> list[Sum]:
        """Which cells add up to which: down the tree of areas in every column, and across every row."""
        found = []
        for column in self.across:
            found += [
                self._sum(voivodeship, column, [code for code in sorted(self.districts) if code[:2] == voivodeship])
                for voivodeship in self.voivodeships
            ]
            found.append(self._sum(COUNTRY, column, self.voivodeships))
        if len(self.columns) > 1:
            found += [
                Sum(self.cells[area, TOGETHER], tuple(self.cells[area, column] for column in self.columns))
                for area in self.areas
            ]
        return found

    def _sum(self, area: str, column: str, parts: Iterable[str]) -> Sum:
        return Sum(self.cells[area, column], tuple(self.cells[part, column] for part in parts))

    def values(self, counts: Mapping[tuple[str, str], int]) -> Counts:
        """Fill the cells from counts of districts, by district and column, and add them up."""
        values = np.zeros(len(self.cells), dtype=np.int64)
        for (district, column), count in counts.items():
            for area in (COUNTRY, district[:2], district):
                for name in {column, self.across[-1]}:
                    values[self.cells[area, name]] += count
        if values.max(initial=0) >= LARGEST:
            raise ValueError("a count is beyond what a release can hold")
        return values

    def shown(self, counts: Mapping[tuple[str, str], int], protection: Protection, more: Iterable[str] = ()) -> Shown:
        """Give what may be published of counts; rows in `more` are hidden too. Raises Unprotectable by name."""
        values = self.values(counts)
        asked = [self.cells[area, column] for area in more for column in self.across]
        hidden = hidden_cells(Tables(self.names, values, self.sums), protection, [one for one in asked if values[one]])
        found: Shown = {area: {} for area in self.areas}
        for (area, column), number in self.cells.items():
            found[area][column] = None if number in hidden else int(values[number])
        return found

    def worked_out(self, shown: Shown, protection: Protection) -> dict[str, Range]:
        """List the hidden cells that whoever reads what was published could narrow down too far, each with its range.

        Nothing but what was published is used. Raises Contradiction where the figures do not agree with each other.
        """
        least, greatest = np.zeros(len(self.cells), dtype=np.int64), np.zeros(len(self.cells), dtype=np.int64)
        hidden = []
        for (area, column), number in self.cells.items():
            count = shown[area][column]
            if count is None:
                hidden.append(number)
            least[number], greatest[number] = (1, LARGEST) if count is None else (count, count)
        found = found_out(Knowledge(least, greatest, self.sums), hidden, protection)
        return {self.names[cell]: one for cell, one in found.items()}
