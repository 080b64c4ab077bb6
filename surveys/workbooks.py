"""Files that questionnaires come in: Excel workbooks new and old, and tables in Markdown, as grids of text.

A workbook comes from a stranger's hand until it is read: its size is checked before anything is inflated, declared
dimensions are not believed, and one with macros or entities of its own is refused.
"""

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any

from surveys.faults import FaultKind, refused

MAX_BYTES = 1024 * 1024
MOST_MEMBERS = 500
MOST_INFLATED = 16 * 1024 * 1024
MOST_TAGS = 250_000
MOST_TAGS_OF_LOOKS = 50_000
"""Tags of a workbook, and of a part that holds no cells: styles cost openpyxl 30 µs each."""

MOST_SCANNED = 5_000
"""Rows of a sheet, empty ones counted, below which something may stand."""

MOST_COLUMNS = 100
LAST_ROW = 1_048_576
SHEETS = ("survey", "choices", "settings")
UNUSED = frozenset({"external_choices", "entities", "osm"})
"""Sheets of XLSForm that ask for what we do not have."""

Grid = list[list[str]]
"""Rows of text cells, the header first."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS_OF_XLS = "_VBA_PROJECT".encode("utf-16-le")
_RULER = re.compile(r"[|:-]+")
_LINE_END = re.compile(r"(_x000D_)?(\r\n?|\n|\v|\f|\x85|\u2028|\u2029)")
"""However a program or Excel's own code for a carriage return ends a line inside a cell."""

_BAR = re.compile(r"(?<!\\)\|")

_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, struct.error, zlib.error, LookupError, ValueError, TypeError,
    AttributeError, AssertionError, NameError, MemoryError, OSError, EOFError, RuntimeError, SyntaxError,
    ArithmeticError,
)  # fmt: skip
"""What the libraries raise on a damaged workbook. ParseError of XML is a SyntaxError."""


def grids(content: bytes, filename: str) -> dict[str, Grid]:
    """Read the sheets of a file by their names, or raise DefinitionRefused."""
    if len(content) > MAX_BYTES:
        raise refused(FaultKind.TOO_LARGE)
    name = filename.lower()
    if name.endswith((".xlsm", ".xlsb", ".xltm")):
        raise refused(FaultKind.MACROS)
    if name.endswith((".md", ".markdown")):
        return _named(_of_markdown(content))
    if not name.endswith((".xlsx", ".xls")):
        raise refused(FaultKind.FORMAT, value=filename)
    return _named(_of_workbook(content))


def _of_workbook(content: bytes) -> Iterable[tuple[str, Grid]]:
    """Go by what the file is rather than by its name: an .xls may well be a renamed .xlsx."""
    if content.startswith(_ZIP):
        return _of_xlsx(content)
    if content.startswith(_OLE):
        return _of_xls(content)
    raise refused(FaultKind.NOT_A_WORKBOOK)


def _named(sheets: Iterable[tuple[str, Grid]]) -> dict[str, Grid]:
    """Sort sheets under the names that XLSForm gives them, upper case or lower."""
    found: dict[str, Grid] = {}
    for title, grid in sheets:
        name = title.strip().lower()
        if name in found:
            raise refused(FaultKind.SHEET_TWICE, title)
        found[name] = grid
    return found


def _of_xlsx(content: bytes) -> list[tuple[str, Grid]]:
    # Heavy, and needed only where somebody hands in a workbook.
    from openpyxl import load_workbook

    _check_archive(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of looks that it cannot keep; we keep none
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            with closing(book):
                return [(sheet.title, _rows_of_xlsx(sheet)) for sheet in book.worksheets]
        except _BROKEN as error:
            raise refused(FaultKind.NOT_A_WORKBOOK) from error


def _rows_of_xlsx(sheet: Any) -> Grid:
    if sheet.title.strip().lower() not in {*SHEETS, *UNUSED}:
        return []
    sheet.reset_dimensions()  # what a sheet declares need not be so
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    return _grid(sheet.title, islice(rows, LAST_ROW))


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive.infolist())
            _check_macros(archive)
            _check_parts(archive)
    except _BROKEN as error:
        raise refused(FaultKind.NOT_A_WORKBOOK) from error


def _check_sizes(members: Sequence[zipfile.ZipInfo]) -> None:
    """Add up what the members would inflate to; zipfile never inflates a member beyond what it declares."""
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_INFLATED:
        raise refused(FaultKind.BOMB)


def _check_macros(archive: zipfile.ZipFile) -> None:
    names = [name.lower() for name in archive.namelist()]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise refused(FaultKind.MACROS)


def _check_parts(archive: zipfile.ZipFile) -> None:
    total = 0
    for member in archive.infolist():
        part = archive.read(member)
        tags = part.count(b"<")
        total += tags
        holds_cells = _root(part) in {"worksheet", "sst"}
        if total > MOST_TAGS or (tags > MOST_TAGS_OF_LOOKS and not holds_cells):
            raise refused(FaultKind.BOMB)


def _root(part: bytes) -> str:
    """Name the first element. A document type can only stand before it, so nothing is read further than that."""
    from defusedxml import ElementTree as Defused
    from defusedxml.common import DefusedXmlException

    try:
        for _, element in Defused.iterparse(io.BytesIO(part), events=("start",), forbid_dtd=True):
            return str(element.tag).rpartition("}")[2]
    except DefusedXmlException as error:
        raise refused(FaultKind.ENTITIES) from error
    except Defused.ParseError:
        pass  # a picture, or broken: whoever needs it will say so
    return ""


def _of_xls(content: bytes) -> Iterator[tuple[str, Grid]]:
    import xlrd  # needed only for workbooks from before 2007
    from xlrd.compdoc import CompDocError

    if _MACROS_OF_XLS in content:
        raise refused(FaultKind.MACROS)
    log: IO[str] = io.StringIO()
    try:
        with xlrd.open_workbook(file_contents=content, logfile=log, on_demand=True, ragged_rows=True) as book:
            for title in book.sheet_names():
                wanted = title.strip().lower() in {*SHEETS, *UNUSED}
                yield title, _grid(title, _rows_of_xls(book, book.sheet_by_name(title))) if wanted else []
    except (*_BROKEN, xlrd.XLRDError, CompDocError) as error:
        raise refused(FaultKind.NOT_A_WORKBOOK) from error


def _rows_of_xls(book: Any, sheet: Any) -> Iterator[list[object]]:
    for number in range(sheet.nrows):
        yield [_value_of_xls(book, cell) for cell in sheet.row(number)[: MOST_COLUMNS + 1]]


def _value_of_xls(book: Any, cell: Any) -> object:
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, xldate

    if cell.ctype == XL_CELL_ERROR:
        return None
    if cell.ctype == XL_CELL_BOOLEAN:
        return bool(cell.value)
    return xldate.xldate_as_datetime(cell.value, book.datemode) if cell.ctype == XL_CELL_DATE else cell.value


def _of_markdown(content: bytes) -> Iterator[tuple[str, Grid]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(FaultKind.NOT_UTF8, row=content[: error.start].count(b"\n") + 1) from error
    tables = list(_tables(text))
    if not tables:
        raise refused(FaultKind.NOT_A_WORKBOOK)
    for title, rows in tables:
        yield title, _grid(title, rows)


def _tables(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Cut tables as pyxform does: the first cell of a line, where it is filled, begins a sheet of that name."""
    title, rows = "", list[list[str]]()
    for first, *cells in _lines(text):
        if first:
            if title:
                yield title, rows
            title, rows = first, []
        if title and any(cells):
            rows.append(cells)
    if title:
        yield title, rows


def _lines(text: str) -> Iterator[list[str]]:
    """Give the cells of the lines that begin with a bar; what stands after the last one is a remark."""
    for line in text.split("\n"):
        body, bar, _remark = line.strip().rpartition("|")
        if bar and body.startswith("|") and not _RULER.fullmatch(body.replace(" ", "")):
            yield [cell.strip().replace(r"\|", "|") for cell in _BAR.split(body[1:])]


def _grid(sheet: str, rows: Iterable[Sequence[object]]) -> Grid:
    """Turn cells into text; empty rows stay where others follow, so that rows keep their numbers."""
    grid: Grid = []
    last = 0
    for number, row in enumerate(rows, 1):
        if row.count(None) == len(row):  # quick: there may be a million of them
            if number <= MOST_SCANNED:
                grid.append([])
            continue
        if number > MOST_SCANNED:
            raise refused(FaultKind.TOO_MANY_ROWS, sheet, number)
        grid.append(_texts(sheet, number, row))
        last = number if any(grid[-1]) else last
    return grid[:last]


def _texts(sheet: str, number: int, row: Sequence[object]) -> list[str]:
    if len(row) > MOST_COLUMNS and any(_text(cell) for cell in row[MOST_COLUMNS:]):
        raise refused(FaultKind.TOO_MANY_COLUMNS, sheet, number)
    return [_text(cell) for cell in row[:MOST_COLUMNS]]


def _text(cell: object) -> str:
    """Write a cell as XLSForm reads it: 1.0 is "1", a day has no midnight, an unbreakable blank is a blank."""
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
