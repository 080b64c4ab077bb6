"""A questionnaire as JSON sheets: survey, choices and settings of an XLSForm, read from files and written to them.

`{"survey": [rows], "choices": [rows], "settings": [rows]}`, each row a mapping of column to text. An empty row is an
empty mapping: row number n of a spreadsheet is the element n - 2, and what is empty counts for nothing in the digest.
"""

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from consult.words import control_characters
from surveys import spellings, workbooks
from surveys.faults import DefinitionRefused, Fault, FaultKind

__all__ = [
    "COMMUNES", "REMARK", "DefinitionRefused", "Fault", "FaultKind", "Row", "Sheets", "canonical", "digest", "numbered",
    "read", "to_markdown", "to_xform", "to_xlsx", "with_communes", "without_communes",
]  # fmt: skip

MAX_BYTES = workbooks.MAX_BYTES
MOST_ROWS = 500
LONGEST_CELL = 8_000
COMMUNES = "communes"
"""The list of choices that publication fills in from the boundaries."""

REMARK = "#"
"""What the type of a row, or the list of a choice, begins with where the row only explains something."""

_REMARKED = {"survey": "type", "choices": "list_name"}
WIDEST_COLUMN = 60
"""A column of a workbook is as wide as its longest text, up to so many characters."""

_LENGTH = re.compile(r"max-length\s*=\s*[^\s,;]+", re.IGNORECASE)

Row = dict[str, str]
Sheets = dict[str, list[Row]]


def read(content: bytes, filename: str) -> Sheets:
    """Read an .xlsx, .xls or .md file, or raise DefinitionRefused with every fault of its sheets."""
    grids = workbooks.grids(content, filename)
    faults = _faults_of_sheets(grids)
    sheets = {name: _rows(name, grids.get(name, []), faults) for name in workbooks.SHEETS}
    faults += [fault for name, rows in sheets.items() for fault in _faults_of_rows(name, rows)]
    if faults:
        raise DefinitionRefused(faults)
    return sheets


def numbered(rows: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """Give the rows that hold something with their numbers in the spreadsheet."""
    return ((number, row) for number, row in enumerate(rows, 2) if row)


def canonical(sheets: Mapping[str, Sequence[Row]]) -> str:
    """Write the sheets as the one JSON that says the same: without empty rows and cells, columns in order."""
    kept = {
        name: [{column: row[column] for column in sorted(row) if row[column]} for _, row in numbered(sheets[name])]
        for name in workbooks.SHEETS
        if sheets.get(name)
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(sheets: Mapping[str, Sequence[Row]]) -> str:
    """Give the SHA-256 of the canonical JSON, by which a version is known."""
    return hashlib.sha256(canonical(sheets).encode()).hexdigest()


def with_communes(sheets: Sheets, communes: Iterable[tuple[str, str]]) -> Sheets:
    """Fill the list `communes` with codes and names, whichever rows it had; a name is the same in every language."""
    columns = [name for name in _columns("choices", sheets) if spellings.base_of(name) == "label"] or ["label"]
    filled = [
        {"list_name": COMMUNES, "name": code} | dict.fromkeys(columns, commune_name) for code, commune_name in communes
    ]
    return {**sheets, "choices": without_communes(sheets)["choices"] + filled}


def without_communes(sheets: Sheets) -> Sheets:
    """Take the rows of the list `communes` out again, as the coordinator wrote the form."""
    rows = [row for row in sheets.get("choices", []) if row.get("list_name") != COMMUNES]
    return {**sheets, "choices": rows}


def to_xlsx(sheets: Sheets) -> bytes:
    """Write a workbook of plain text cells: nothing in it is ever computed."""
    from openpyxl import Workbook  # heavy, and needed only where somebody takes a form away
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name in workbooks.SHEETS:
        page = book.create_sheet(name)
        lines = list(_table(name, sheets))
        for number, column in enumerate(zip(*lines, strict=True), 1):
            width = min(WIDEST_COLUMN, max(map(len, column)) + 2)
            page.column_dimensions[get_column_letter(number)].width = width
        for line in lines:
            page.append([_text_cell(page, text) for text in line])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def to_markdown(sheets: Sheets) -> str:
    """Write tables in Markdown, which cannot hold empty rows or line breaks: a break becomes a blank."""
    lines = []
    for name in workbooks.SHEETS:
        table = [line for line in _table(name, sheets) if any(line)]
        if table:
            lines += [f"| {name} |", *_aligned([["", *map(_markdown_cell, line)] for line in table])]
    return "\n".join(lines) + "\n"


def to_xform(sheets: Sheets, form_id: str, version: str) -> str:
    """Convert to an XForm for ODK Collect, through pyxform; our own columns stay behind."""
    # pyxform takes 150 ms to import, and only this needs it.
    from pyxform import xls2xform
    from pyxform.errors import PyXFormError

    forms: dict[str, Any] = {"settings": [_odk_settings(sheets, form_id, version)]}
    for name in ("survey", "choices"):
        forms[name] = [_for_odk(name, row) for _, row in numbered(sheets.get(name, []))]
        forms[f"{name}_header"] = [dict.fromkeys(_for_odk(name, dict.fromkeys(_columns(name, sheets), "")))]
    try:
        made = xls2xform.convert(forms)
    except PyXFormError as error:
        raise DefinitionRefused([Fault(FaultKind.XFORM, value=str(error))]) from error
    return str(made.xform)


def _faults_of_sheets(grids: Mapping[str, workbooks.Grid]) -> list[Fault]:
    faults = [Fault(FaultKind.SHEET, name) for name in sorted(workbooks.UNUSED & set(grids)) if grids[name][1:]]
    for name in workbooks.SHEETS:
        if name in grids:
            continue
        alike = get_close_matches(name, set(grids) - set(workbooks.SHEETS), 1, 0.7)
        if alike:
            faults.append(Fault(FaultKind.SHEET_NAME, name, value=alike[0]))
        elif name == "survey":
            faults.append(Fault(FaultKind.NO_SHEET, name, value=", ".join(grids)))
    return faults


def _rows(sheet: str, grid: workbooks.Grid, faults: list[Fault]) -> list[Row]:
    """Name the cells of a sheet by their columns."""
    if not grid:
        return []
    columns = [spellings.column(sheet, header) if header else "" for header in grid[0]]
    faults += _faults_of_columns(sheet, grid[0], columns)
    rows = []
    for number, cells in enumerate(grid[1:], 2):
        if _is_remark(sheet, columns, cells):
            rows.append(Row())
            continue
        faults += [Fault(FaultKind.NO_HEADER, sheet, number, value=text) for text in _nameless(columns, cells)]
        found = {name: spellings.cell(name, text) for name, text in zip(columns, cells, strict=False) if name and text}
        rows.append(_in_order(sheet, found))
    return rows


def _is_remark(sheet: str, columns: Sequence[str], cells: Sequence[str]) -> bool:
    """Tell whether a row only explains something to whoever opens the file: nothing of it is read."""
    named = zip(columns, cells, strict=False)
    return any(name == _REMARKED.get(sheet) and text.startswith(REMARK) for name, text in named)


def _nameless(columns: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    """Find text under no heading: nobody could say what it means."""
    return (text for place, text in enumerate(cells) if text and (place >= len(columns) or not columns[place]))


def _faults_of_columns(sheet: str, headers: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for header, name in zip(headers, columns, strict=True):
        if not name:
            continue
        if _column_key(sheet, name) in first:
            yield Fault(FaultKind.COLUMN_TWICE, sheet, 1, header, detail=first[_column_key(sheet, name)])
        elif control_characters(header):
            yield Fault(FaultKind.CHARACTERS, sheet, 1, name)
        first.setdefault(_column_key(sheet, name), header)


def _column_key(sheet: str, name: str) -> str:
    """Take `label` and `label::Polski (pl)` for one column."""
    base = spellings.base_of(name)
    translated = spellings.TRANSLATED_SETTINGS if sheet == "settings" else spellings.TRANSLATED
    return f"{base}::{spellings.language_of(name)}" if base in translated else name


def _faults_of_rows(sheet: str, rows: Sequence[Row]) -> Iterator[Fault]:
    filled = [(number, row) for number, row in numbered(rows) if row.get("list_name") != COMMUNES]
    if len(filled) > MOST_ROWS:
        yield Fault(FaultKind.TOO_MANY_ROWS, sheet, filled[MOST_ROWS][0])
    for number, row in filled[:MOST_ROWS]:
        for name, text in row.items():
            if len(text) > LONGEST_CELL:
                yield Fault(FaultKind.TOO_LONG, sheet, number, name, detail=str(LONGEST_CELL))
            elif control_characters(text):
                yield Fault(FaultKind.CHARACTERS, sheet, number, name)


def _columns(sheet: str, sheets: Mapping[str, Sequence[Row]]) -> list[str]:
    """List the columns that a sheet has, known ones first and each language after the one before."""
    return list(_in_order(sheet, {name: "" for row in sheets.get(sheet, []) for name in row}))


def _in_order(sheet: str, row: Row) -> Row:
    return {name: row[name] for name in sorted(row, key=lambda name: _place(sheet, name))}


def _place(sheet: str, name: str) -> tuple[int, int, str]:
    known, base = spellings.COLUMNS[sheet], spellings.base_of(name)
    languages = list(spellings.LANGUAGE_NAMES)
    language = spellings.language_of(name)
    rank = 0 if name == base else languages.index(language) + 1 if language in languages else len(languages) + 1
    return known.index(base) if base in known else len(known), rank, name


def _table(sheet: str, sheets: Sheets) -> Iterator[list[str]]:
    """Give a sheet as lines of text, the header first."""
    columns = _columns(sheet, sheets)
    if columns:
        yield columns
        yield from ([row.get(name, "") for name in columns] for row in sheets[sheet])


def _text_cell(page: Any, text: str) -> Any:
    """Make a cell of text: one that begins with = is text as well, no formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, text or None)
    if text:
        cell.data_type = "s"
    return cell


def _markdown_cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).replace("|", r"\|")


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]


def _for_odk(sheet: str, row: Row) -> Row:
    """Leave out what ODK does not know: our own columns, and the most characters of a text."""
    kept = {name: text for name, text in _in_order(sheet, row).items() if not name.startswith("kmzb::")}
    if "parameters" in kept:
        kept["parameters"] = _LENGTH.sub("", kept["parameters"]).strip(" ,;")
    return kept


def _odk_settings(sheets: Sheets, form_id: str, version: str) -> Row:
    row = next((row for _, row in numbered(sheets.get("settings", []))), {})
    titles = {"form_title": _title(row) or form_id, "form_id": form_id, "version": version}
    return _for_odk("settings", {**row, **titles})


def _title(row: Row) -> str:
    own = [text for name, text in row.items() if spellings.base_of(name) == "kmzb::title"]
    return row.get("form_title") or next(iter(own), "")
