"""Long tables (CSV) of official figures: one figure a row, with its area, period and what it counts."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from consult.police_records.faults import Fault, FaultKind, FileRefused
from consult.words import folded

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("kod", "teryt"),
    "period": ("okres", "rok", "year"),
    "measure": ("miernik", "przestepstwo", "kategoria"),
    "count": ("liczba", "wartosc"),
    "place": ("miejsce", "miejscowosc"),
    "name": ("nazwa",),
    "sex": ("plec",),
    "age": ("wiek",),
    "km2": ("powierzchnia",),
}
"""Our names of the columns, and what else they may be called, folded."""

_NAMES = {other: name for name, others in COLUMNS.items() for other in (name, *others)}
_LOST_ZERO = {1: 2, 3: 4}
"""A spreadsheet takes the first zero of a code: how long it was."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = ";,\t"

Row = tuple[int, Mapping[str, str]]


def read(content: bytes, needed: Sequence[str]) -> Iterator[Row]:
    """Give the rows of a table one by one, their cells under our names; raises FileRefused."""
    text = _decoded(content)
    lines = io.StringIO(text, newline="")
    skipped = 1 if re.match(r"sep=[;,\t]\r?\n", text) else 0
    for _line in range(skipped):
        lines.readline()
    header = text[lines.tell() :].partition("\n")[0]
    separator = max(_SEPARATORS, key=lambda sign: (header.count(sign), sign == ";"))
    rows = csv.reader(lines, delimiter=separator, strict=True)
    return _rows(rows, needed, skipped)


def _rows(rows: Iterable[list[str]], needed: Sequence[str], skipped: int) -> Iterator[Row]:
    """Go through the rows; what a spreadsheet would number is counted, empty ones too."""
    columns: list[str | None] = []
    number = skipped
    try:
        for number, cells in enumerate(rows, skipped + 1):
            if not columns:
                columns = _columns(cells, needed, number)
            elif any(cell.strip() for cell in cells):
                yield number, _named(columns, cells, number)
    except csv.Error as error:
        raise FileRefused([Fault(FaultKind.UNCLOSED, number + 1)]) from error


def _columns(header: Sequence[str], needed: Sequence[str], number: int) -> list[str | None]:
    columns = [_NAMES.get(" ".join(folded(name).split())) for name in header]
    times = Counter(column for column in columns if column)
    faults = [Fault(FaultKind.COLUMN_TWICE, number, name) for name, count in times.items() if count > 1]
    faults += [Fault(FaultKind.NO_COLUMN, number, name) for name in needed if name not in times]
    if faults:
        raise FileRefused(faults)
    return columns


def _named(columns: Sequence[str | None], cells: Sequence[str], number: int) -> Mapping[str, str]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise FileRefused([Fault(FaultKind.TOO_MANY_CELLS, number)])
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
    code = row.get("code", "")
    if code.isascii() and code.isdigit():
        row["code"] = code.zfill(_LOST_ZERO.get(len(code), len(code)))
    return row


def _decoded(content: bytes) -> str:
    """Read UTF-8 or UTF-16 that says so; other letters would be guessed, and names of places with them."""
    is_wide = content.startswith(_UTF16)
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = 0 if is_wide else content[: error.start].count(b"\n") + 1
        raise FileRefused([Fault(FaultKind.NOT_UTF8, row)]) from error
    if "\0" in text:
        raise FileRefused([Fault(FaultKind.NOT_UTF8, text[: text.index("\0")].count("\n") + 1)])
    return text
