"""Sheets of the Local Data Bank (BDL) of the statistical office, taken apart into single figures.

Such a workbook has a sheet TABLICA: areas below each other ("Kod", "Nazwa"), headings in three or four rows whose
merged cells name a measure, sometimes a second dimension, then the year and the unit. The sheet OPIS says what it is
and when it was brought up to date.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from consult import workbooks
from consult.police_records.faults import Fault, FaultKind, FileRefused
from consult.workbooks import Grid, Limits, WorkbookFault, WorkbookRefused

TABLE, NOTES = "tablica", "opis"
CODE, NAME = "kod", "nazwa"
MOST_HEADER_ROWS = 8
MOST_COLUMNS = 800
LIMITS = Limits(inflated=192 * 1024 * 1024, tags=12_000_000, rows=5_000, columns=MOST_COLUMNS)
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_CODE = re.compile(r"\d{6,7}", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_UNIT = re.compile(r"\[.*\]")
_UPDATED = "data ostatniej aktualizacji:"
_SUBGROUP = "podgrupa:"
PUBLISHER = "GUS, Bank Danych Lokalnych"
"""Who publishes these sheets, as its terms want to be named."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column holds: its measure and further dimensions, its year and its unit."""

    names: tuple[str, ...]
    year: str
    unit: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as it stands in a file; a code that lost its first zero has it back."""

    row: int
    code: str
    names: tuple[str, ...]
    period: str
    unit: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """A table of the Local Data Bank."""

    title: str
    updated_on: date | None
    headings: tuple[Heading, ...]
    rows: Sequence[tuple[int, list[str]]]

    def cells(self) -> Iterator[Cell]:
        """Give all figures, area by area."""
        for number, row in self.rows:
            code = row[0].zfill(7)
            for place, heading in enumerate(self.headings, 2):
                text = row[place] if place < len(row) else ""
                yield Cell(number, code, heading.names, heading.year, heading.unit, text)


def read(content: bytes) -> Sheet:
    """Read a workbook, or raise FileRefused."""
    if content.startswith(OLD_WORKBOOK):
        raise FileRefused([Fault(FaultKind.OLD_WORKBOOK)])
    try:
        found = {title.strip().lower(): grid for title, grid in workbooks.sheets(content, LIMITS, (TABLE, NOTES))}
    except WorkbookRefused as refused:
        raise FileRefused([Fault(_KINDS.get(refused.fault, FaultKind.TOO_LARGE), refused.row)]) from refused
    if not found.get(TABLE):
        raise FileRefused([Fault(FaultKind.NO_TABLE)])
    title, updated_on = _described(found.get(NOTES, []))
    headings, rows = _divided(found[TABLE])
    return Sheet(title, updated_on, headings, rows)


_KINDS = {
    WorkbookFault.NOT_A_WORKBOOK: FaultKind.NOT_A_WORKBOOK,
    WorkbookFault.ENTITIES: FaultKind.NOT_A_WORKBOOK,
    WorkbookFault.MACROS: FaultKind.MACROS,
}


def _described(notes: Grid) -> tuple[str, date | None]:
    """Read what a table is called and its day from the sheet OPIS."""
    said = {row[0].strip().lower(): row[1].strip() for row in notes if len(row) > 1 and row[0].strip()}
    title = ": ".join(filter(None, (PUBLISHER, said.get(_SUBGROUP, ""))))
    return title, _day(said.get(_UPDATED, ""))


def _day(text: str) -> date | None:
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _divided(grid: Grid) -> tuple[tuple[Heading, ...], list[tuple[int, list[str]]]]:
    """Tell the headings from the rows of areas."""
    first = next((place for place, row in enumerate(grid) if _is_area(row)), len(grid))
    header = grid[:first]
    if not header or first > MOST_HEADER_ROWS or [text.lower() for text in header[0][:2]] != [CODE, NAME]:
        raise FileRefused([Fault(FaultKind.NO_HEADER)])
    if first == len(grid):
        raise FileRefused([Fault(FaultKind.NO_ROWS)])
    width = max(map(_width, header))
    wide = [place for place, row in enumerate(grid[first:], first + 1) if any(row[width:])]
    if wide:
        raise FileRefused([Fault(FaultKind.TOO_MANY_CELLS, place) for place in wide])
    headings = _headings([(row + [""] * width)[:width] for row in header])
    return headings, [(place, row) for place, row in enumerate(grid[first:], first + 1) if any(row)]


def _width(row: Sequence[str]) -> int:
    """Tell up to which cell something stands."""
    return max((place for place, text in enumerate(row, 1) if text), default=0)


def _is_area(row: Sequence[str]) -> bool:
    return bool(row) and _CODE.fullmatch(row[0]) is not None


def _headings(header: list[list[str]]) -> tuple[Heading, ...]:
    """Name each column by the cells above it; a merged cell stands for all columns below it."""
    width = len(header[0])
    levels: list[list[str]] = []
    for row in header:
        levels.append(_spread(row, levels))
    columns = [[level[place] for level in levels if level[place]] for place in range(2, width)]
    lacking = [place for place, texts in enumerate(columns, 3) if not _year(texts)]
    if lacking:
        raise FileRefused([Fault(FaultKind.NO_YEARS, column=str(place)) for place in lacking])
    return tuple(_heading(texts) for texts in columns)


def _spread(row: Sequence[str], above: Sequence[Sequence[str]]) -> list[str]:
    """Fill the cells that a merged one covers: as long as nothing new begins here or above."""
    filled = list(row)
    for place in range(3, len(filled)):
        is_covered = all(level[place] == level[place - 1] for level in above)
        if not filled[place] and is_covered:
            filled[place] = filled[place - 1]
    return filled


def _year(texts: Sequence[str]) -> str:
    return next((text for text in texts if _YEAR.fullmatch(text)), "")


def _heading(texts: Sequence[str]) -> Heading:
    unit = next((text for text in texts if _UNIT.fullmatch(text)), "")
    year = _year(texts)
    return Heading(tuple(text for text in texts if text not in {unit, year}), year, unit.strip("[]"))
