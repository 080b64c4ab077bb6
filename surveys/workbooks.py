"""Files that questionnaires come in: Excel workbooks new and old, and tables in Markdown, as grids of text.

New workbooks are read by `consult.workbooks`, whose limits hold for the old ones too.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from consult import workbooks
from consult.workbooks import BROKEN, ZIP, Grid, Limits, WorkbookRefused
from surveys.faults import FaultKind, refused

__all__ = ["MAX_BYTES", "SHEETS", "UNUSED", "Grid", "grids"]

MAX_BYTES = 1024 * 1024
LIMITS = Limits(inflated=16 * 1024 * 1024, tags=250_000, rows=5_000, columns=100)
SHEETS = ("survey", "choices", "settings")
UNUSED = frozenset({"external_choices", "entities", "osm"})
"""Sheets of XLSForm that ask for what we do not have."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS_OF_XLS = "_VBA_PROJECT".encode("utf-16-le")
_RULER = re.compile(r"[|:-]+")
_BAR = re.compile(r"(?<!\\)\|")


def grids(content: bytes, filename: str) -> dict[str, Grid]:
    """Read the sheets of a file by their names, or raise DefinitionRefused."""
    if len(content) > MAX_BYTES:
        raise refused(FaultKind.TOO_LARGE)
    name = filename.lower()
    if name.endswith((".xlsm", ".xlsb", ".xltm")):
        raise refused(FaultKind.MACROS)
    if not name.endswith((".md", ".markdown", ".xlsx", ".xls")):
        raise refused(FaultKind.FORMAT, value=filename)
    try:
        return _named(_of_markdown(content) if name.endswith((".md", ".markdown")) else _of_workbook(content))
    except WorkbookRefused as error:
        raise refused(FaultKind(error.fault.value), error.sheet, error.row) from error


def _of_workbook(content: bytes) -> Iterable[tuple[str, Grid]]:
    """Go by what the file is rather than by its name: an .xls may well be a renamed .xlsx."""
    if content.startswith(ZIP):
        return workbooks.sheets(content, LIMITS, {*SHEETS, *UNUSED})
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
                rows = _rows_of_xls(book, book.sheet_by_name(title)) if wanted else ()
                yield title, workbooks.grid(title, rows, LIMITS)
    except (*BROKEN, xlrd.XLRDError, CompDocError) as error:
        raise refused(FaultKind.NOT_A_WORKBOOK) from error


def _rows_of_xls(book: Any, sheet: Any) -> Iterator[list[object]]:
    for number in range(sheet.nrows):
        yield [_value_of_xls(book, cell) for cell in sheet.row(number)[: LIMITS.columns + 1]]


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
        yield title, workbooks.grid(title, rows, LIMITS)


def _tables(text: str) -> Iterator[tuple[str, Sequence[list[str]]]]:
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
