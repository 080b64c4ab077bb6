"""Excel workbooks (.xlsx) as grids of text, read without trust.

A workbook comes from a stranger's hand until it is read: its size is checked before anything is inflated, declared
dimensions are not believed, and one with macros or entities of its own is refused.
"""

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice
from typing import Any

ZIP = b"PK\x03\x04"
MOST_MEMBERS = 500
LAST_ROW = 1_048_576

Grid = list[list[str]]
"""Rows of text cells, the header first."""

_LINE_END = re.compile(r"(_x000D_)?(\r\n?|\n|\v|\f|\x85|\u2028|\u2029)")
"""However a program or Excel's own code for a carriage return ends a line inside a cell."""

BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, struct.error, zlib.error, LookupError, ValueError, TypeError,
    AttributeError, AssertionError, NameError, MemoryError, OSError, EOFError, RuntimeError, SyntaxError,
    ArithmeticError,
)  # fmt: skip
"""What the libraries raise on a damaged workbook. ParseError of XML is a SyntaxError."""


class WorkbookFault(StrEnum):
    """Why a workbook is not read."""

    NOT_A_WORKBOOK = "not_a_workbook"
    MACROS = "macros"
    ENTITIES = "entities"
    BOMB = "bomb"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"


class WorkbookRefused(Exception):
    """A workbook is not read; `sheet` and `row` say where, as far as that is known."""

    def __init__(self, fault: WorkbookFault, sheet: str = "", row: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.sheet, self.row = fault, sheet, row


@dataclass(frozen=True)
class Limits:
    """How much a workbook may hold.

    `inflated` are bytes of all members, `tags` of all parts, `tags_of_looks` those of a part that holds no cells:
    styles cost openpyxl 30 µs each. `rows` counts empty ones too, below which something may stand.
    """

    inflated: int
    tags: int
    rows: int
    columns: int
    tags_of_looks: int = 50_000


def sheets(
    content: bytes, limits: Limits, wanted: Collection[str] | None = None, most: int | None = None
) -> list[tuple[str, Grid]]:
    """Read the first `most` sheets of a workbook in their order, or raise WorkbookRefused.

    Of sheets that are not `wanted`, by their names in small letters, only the titles are read.
    """
    # Heavy, and needed only where somebody hands in a workbook.
    from openpyxl import load_workbook

    _check_archive(content, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of looks that it cannot keep; we keep none
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            with closing(book):
                return [(sheet.title, _rows(sheet, limits, wanted)) for sheet in book.worksheets[:most]]
        except BROKEN as error:
            raise WorkbookRefused(WorkbookFault.NOT_A_WORKBOOK) from error


def _rows(sheet: Any, limits: Limits, wanted: Collection[str] | None) -> Grid:
    if wanted is not None and sheet.title.strip().lower() not in wanted:
        return []
    sheet.reset_dimensions()  # what a sheet declares need not be so
    rows = sheet.iter_rows(max_col=limits.columns + 1, values_only=True)
    return grid(sheet.title, islice(rows, LAST_ROW), limits)


def _check_archive(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive.infolist(), limits)
            _check_macros(archive)
            _check_parts(archive, limits)
    except BROKEN as error:
        raise WorkbookRefused(WorkbookFault.NOT_A_WORKBOOK) from error


def _check_sizes(members: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Add up what the members would inflate to; zipfile never inflates a member beyond what it declares."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > limits.inflated:
        raise WorkbookRefused(WorkbookFault.BOMB)


def _check_macros(archive: zipfile.ZipFile) -> None:
    names = [name.lower() for name in archive.namelist()]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise WorkbookRefused(WorkbookFault.MACROS)


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    total = 0
    for member in archive.infolist():
        part = archive.read(member)
        tags = part.count(b"<")
        total += tags
        holds_cells = _root(part) in {"worksheet", "sst"}
        if total > limits.tags or (tags > limits.tags_of_looks and not holds_cells):
            raise WorkbookRefused(WorkbookFault.BOMB)


def _root(part: bytes) -> str:
    """Name the first element. A document type can only stand before it, so nothing is read further than that."""
    from defusedxml import ElementTree as Defused
    from defusedxml.common import DefusedXmlException

    try:
        for _, element in Defused.iterparse(io.BytesIO(part), events=("start",), forbid_dtd=True):
            return str(element.tag).rpartition("}")[2]
    except DefusedXmlException as error:
        raise WorkbookRefused(WorkbookFault.ENTITIES) from error
    except Defused.ParseError:
        pass  # a picture, or broken: whoever needs it will say so
    return ""


def grid(sheet: str, rows: Iterable[Sequence[object]], limits: Limits) -> Grid:
    """Turn cells into text; empty rows stay where others follow, so that rows keep their numbers."""
    found: Grid = []
    last = 0
    for number, row in enumerate(rows, 1):
        if row.count(None) == len(row):  # quick: there may be a million of them
            if number <= limits.rows:
                found.append([])
            continue
        if number > limits.rows:
            raise WorkbookRefused(WorkbookFault.TOO_MANY_ROWS, sheet, number)
        found.append(_texts(sheet, number, row, limits.columns))
        last = number if any(found[-1]) else last
    return found[:last]


def _texts(sheet: str, number: int, row: Sequence[object], columns: int) -> list[str]:
    if len(row) > columns and any(_text(cell) for cell in row[columns:]):
        raise WorkbookRefused(WorkbookFault.TOO_MANY_COLUMNS, sheet, number)
    return [_text(cell) for cell in row[:columns]]


def _text(cell: object) -> str:
    """Write a cell as text: 1.0 is "1", a day has no midnight, an unbreakable blank is a blank."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return (
        cell.isoformat()
        if isinstance(cell, date | time)
        else _LINE_END.sub("\n", str(cell).replace("\xa0", " ")).strip()
    )
