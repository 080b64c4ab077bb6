"""Files of past minutes taken apart into records: JSON, CSV as spreadsheets write it, and Excel workbooks.

Whatever the file, a record is a mapping of our own column names to what stands there. Rows of a table keep the numbers
that a spreadsheet shows.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consult import workbooks
from consult.geo import PlaceFault, PlaceRefused, read_json
from consult.workbooks import ZIP, Grid, Limits, WorkbookFault, WorkbookRefused
from debates.columns import DAYS, NAMES, NEEDED, OTHER_NAMES, column_of
from debates.faults import Fault, FaultKind, FileRefused

MAX_BYTES = 20 * 1024 * 1024
MAX_RECORDS = 20_000
MOST_COLUMNS = 100
LIMITS = Limits(inflated=96 * 1024 * 1024, tags=6_000_000, rows=MAX_RECORDS + 1, columns=MOST_COLUMNS)

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a text for a formula."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_POLISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: ?r\.?)?", re.ASCII)
_SEPARATOR_LINE = re.compile(r"sep=([;,\t])\r?\n")
_LETTERS = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáäčďéěíĺľňôöŕřšťúůüýžÁÄČĎÉĚÍĹĽŇÔÖŔŘŠŤÚŮÜÝŽß„”“’‚‘–—…§°«»•€\xa0\xad×")
_OF_ANOTHER_PAGE = frozenset("ľĽ")
"""What 'ź' and 'Ź' of ISO 8859-2 look like when they are read as Windows-1250."""

_WORKBOOK_FAULTS = {
    WorkbookFault.MACROS: FaultKind.MACROS,
    WorkbookFault.ENTITIES: FaultKind.ENTITIES,
    WorkbookFault.NOT_A_WORKBOOK: FaultKind.NOT_A_WORKBOOK,
}
"""What it means that a workbook is not read; any other reason is its size."""

Records = list[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True)
class Table:
    """The records of a file with their numbers; `unread` are columns that mean nothing here.

    `is_guessed` says that the file does not tell in which letters it is written, and was read as Windows-1250.
    """

    records: Records
    unread: tuple[str, ...] = ()
    is_guessed: bool = False


def format_of(content: bytes) -> str:
    """Tell by its first characters what a file is."""
    if content.startswith((ZIP, _OLE)):
        return "xlsx"
    return "json" if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"[", b"{"} else "csv"


def taken_apart(content: bytes, file_format: str) -> Table:
    """Take a file apart, or raise FileRefused."""
    if len(content) > MAX_BYTES:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)])
    table = {"json": _of_json, "csv": _of_csv, "xlsx": _of_xlsx}[file_format](content)
    if not table.records:
        raise FileRefused([Fault(FaultKind.NO_RECORDS)])
    return table


def _of_json(content: bytes) -> Table:
    try:
        decoded = read_json(_utf8(content), MAX_BYTES)
    except PlaceRefused as refused:
        kind = FaultKind.TOO_LARGE if refused.fault is PlaceFault.TOO_LONG else FaultKind.NOT_JSON
        raise FileRefused([Fault(kind, value=refused.detail[:80])]) from refused
    if not isinstance(decoded, list):
        raise FileRefused([Fault(FaultKind.NOT_A_LIST)])
    _check_count(decoded)
    records: Records = []
    for number, record in enumerate(decoded, 1):
        if not isinstance(record, dict):
            raise FileRefused([Fault(FaultKind.NOT_A_RECORD, number)], len(decoded))
        records.append((number, {OTHER_NAMES.get(str(name), str(name)): value for name, value in record.items()}))
    try:
        json.dumps(decoded, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # half a character, which no page and no database can write
        raise FileRefused([Fault(FaultKind.NOT_JSON)], len(decoded)) from error
    names = dict.fromkeys(name for _number, record in records for name in record)
    return Table(records, tuple(name for name in names if name not in NAMES))


def _of_csv(content: bytes) -> Table:
    text, is_guessed = _decoded(content)
    first = _SEPARATOR_LINE.match(text)
    skipped = 1 if first else 0
    text = text[first.end() :] if first else text
    separator = first[1] if first else _separator(text.partition("\n")[0])
    rows: Grid = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:  # strict, since a cell that nothing closes would swallow the rows below it
        raise FileRefused([Fault(FaultKind.UNCLOSED, skipped + len(rows) + 1)]) from error
    return _of_grid(rows, skipped, is_guessed=is_guessed)


def _separator(header: str) -> str:
    return max(";,\t", key=lambda sign: (header.count(sign), sign == ","))


def _decoded(content: bytes) -> tuple[str, bool]:
    """Read UTF-8, UTF-16 that says so, or the Windows-1250 of a Polish Excel; say whether that was a guess."""
    if content.startswith(b"%PDF"):
        raise FileRefused([Fault(FaultKind.NOT_A_TABLE)])
    if content.startswith(_UTF16):
        try:
            return _without_nul(content.decode("utf-16")), False
        except UnicodeDecodeError as error:
            raise FileRefused([Fault(FaultKind.NOT_UTF8, 1)]) from error
    try:
        return _without_nul(content.decode("utf-8-sig")), False
    except UnicodeDecodeError as error:
        text = _polish(content)
        if text is None:
            raise _not_utf8(content, error) from error
        return _without_nul(text), True


def _polish(content: bytes) -> str | None:
    """Read Windows-1250, where nothing but letters and marks of Polish and its neighbours comes out."""
    try:
        text = content.decode("cp1250")
    except UnicodeDecodeError:
        return None
    strange = {character for character in text if not character.isascii()} - _LETTERS
    return None if strange or (_OF_ANOTHER_PAGE & set(text)) else text


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise FileRefused([Fault(FaultKind.NUL, text[: text.index("\0")].count("\n") + 1)])
    return text


def _utf8(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error) from error


def _not_utf8(content: bytes, error: UnicodeDecodeError) -> FileRefused:
    return FileRefused([Fault(FaultKind.NOT_UTF8, content[: error.start].count(b"\n") + 1)])


def _of_xlsx(content: bytes) -> Table:
    if content.startswith(_OLE):
        raise FileRefused([Fault(FaultKind.OLD_WORKBOOK)])
    try:
        sheets = workbooks.sheets(content, LIMITS, most=1)
    except WorkbookRefused as refused:
        kind = _WORKBOOK_FAULTS.get(refused.fault, FaultKind.TOO_LARGE)
        raise FileRefused([Fault(kind, refused.row)]) from refused
    return _of_grid(sheets[0][1] if sheets else [])


def _of_grid(rows: Grid, skipped: int = 0, *, is_guessed: bool = False) -> Table:
    """Name the cells of a table by its header; empty rows are passed over and counted."""
    header, *body = rows or [[]]
    columns = _columns(header, skipped + 1)
    _check_count(body)
    filled = [(number, cells) for number, cells in enumerate(body, skipped + 2) if any(map(str.strip, cells))]
    wide = [number for number, cells in filled if any(map(str.strip, cells[len(header) :]))]
    if wide:
        raise FileRefused([Fault(FaultKind.TOO_MANY_CELLS, number) for number in wide], len(filled))
    unread = [name for name, column in zip(header, columns, strict=True) if name.strip() and column is None]
    return Table([(number, _record(columns, cells)) for number, cells in filled], tuple(unread), is_guessed)


def _columns(header: Sequence[str], row: int) -> list[str | None]:
    columns = [column_of(name) for name in header]
    known = Counter(column for column in columns if column)
    twice = [column for column, times in known.items() if times > 1]
    missing = [name for name in (*NEEDED, "request") if name not in known]
    faults = [Fault(FaultKind.COLUMN_TWICE, row, name) for name in twice]
    faults += [Fault(FaultKind.NO_COLUMN, row, name) for name in missing]
    if faults:
        raise FileRefused(faults)
    return columns


def _record(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    named = zip(columns, cells, strict=False)
    return dict(_tidy(column, cell.strip()) for column, cell in named if column)


def _tidy(column: str, text: str) -> tuple[str, str]:
    """Bring a cell into the form of JSON.

    A Polish day is written 2016-03-16, a code gets the zero back that a spreadsheet took, and a text loses the
    apostrophe that keeps our own files from being computed.
    """
    if text.startswith("'") and text[1:].startswith(FORMULA):
        return column, text[1:]
    if column in DAYS and (day := _POLISH_DAY.fullmatch(text)):
        return column, f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if column == "powiat_teryt":
        return column, re.sub(r"(?<!\d)\d{3}(?!\d)", lambda found: found[0].zfill(4), text)
    return column, text


def _check_count(records: Sequence[object]) -> None:
    if len(records) > MAX_RECORDS:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)], len(records))
