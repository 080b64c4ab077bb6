"""The sheet in which the catalogue is kept: one row a category, read strictly, every fault with its row and column."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from consult.words import control_characters

MAX_BYTES = 1024 * 1024
MAX_ROWS = 1_000
LONGEST_NAME = 160
COLUMNS = (
    "code", "name_pl", "name_en", "name_uk", "group", "group_letter", "group_pl", "group_en", "group_uk", "precision",
    "requires_description", "asks_time", "radius_m", "take_up_days", "verify_days", "valid_from", "valid_to",
)  # fmt: skip
OPTIONAL = ("aliases", "name_from", "allows_photo")
PRECISIONS = ("exact", "generalised", "never")
ANSWERS = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "tak": True, "nie": False}

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LETTER = re.compile(r"[A-Z]{1,2}")
_FORMULA = re.compile(r"[=+\-@]")


class FaultKind(StrEnum):
    """What can be wrong with a sheet, a row or a cell."""

    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    NO_ROWS = "no_rows"
    NO_COLUMN = "no_column"
    TOO_MANY_CELLS = "too_many_cells"
    EMPTY = "empty"
    NOT_A_CODE = "not_a_code"
    NOT_A_NAME = "not_a_name"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DAY = "not_a_day"
    ORDER = "order"
    TWICE = "twice"
    OTHER_GROUP = "other_group"
    EARLIER_NAME = "earlier_name"


@dataclass(frozen=True)
class Fault:
    """One fault: `row` counts as a spreadsheet does, the header being row 1; 0 means the whole sheet."""

    kind: FaultKind
    row: int = 0
    column: str = ""
    value: str = ""


class CatalogueRefused(ValueError):
    """The sheet cannot be taken; `faults` tells every one found, `read` how many rows there were."""

    def __init__(self, faults: Sequence[Fault], read: int = 0) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
        self.read = read


@dataclass(frozen=True)
class Row:
    """One category as the sheet gives it."""

    number: int
    code: str
    names: tuple[str, str, str]
    aliases: tuple[str, ...]
    group: tuple[str, str, str, str, str]
    precision: str
    requires_description: bool
    asks_time: bool
    allows_photo: bool
    radius_m: int
    take_up_days: int
    verify_days: int
    valid_from: date
    valid_to: date | None
    name_from: date | None


class _CellRefused(ValueError):
    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


def read(content: bytes) -> list[Row]:
    """Read the sheet (CSV in UTF-8, with a header), or raise CatalogueRefused with every fault."""
    cells = _cells(content)
    faults: list[Fault] = []
    rows = [row for number, cell in enumerate(cells, 2) if (row := _row(number, cell, faults)) is not None]
    faults += _repeated(rows) + _divided_groups(rows)
    if faults:
        raise CatalogueRefused(sorted(faults, key=lambda fault: (fault.row, fault.column)), len(cells))
    return rows


def _cells(content: bytes) -> list[dict[str, str]]:
    """Cut the text into cells by column name."""
    if len(content) > MAX_BYTES:
        raise CatalogueRefused([Fault(FaultKind.TOO_LARGE)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueRefused([Fault(FaultKind.NOT_UTF8, content[: error.start].count(b"\n") + 1)]) from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise CatalogueRefused([Fault(FaultKind.NO_COLUMN, 1, column) for column in missing])
    try:
        rows = list(reader)
    except csv.Error as error:
        raise CatalogueRefused([Fault(FaultKind.TOO_LARGE)]) from error
    _check_size(rows)
    return [{key: (value or "").strip() for key, value in row.items() if key is not None} for row in rows]


def _check_size(rows: list[dict[str, str]]) -> None:
    if not rows:
        raise CatalogueRefused([Fault(FaultKind.NO_ROWS)])
    if len(rows) > MAX_ROWS:
        raise CatalogueRefused([Fault(FaultKind.TOO_LARGE)], len(rows))
    wide = [Fault(FaultKind.TOO_MANY_CELLS, number) for number, row in enumerate(rows, 2) if None in row]
    if wide:
        raise CatalogueRefused(wide, len(rows))


def _row(number: int, cells: dict[str, str], faults: list[Fault]) -> Row | None:
    """Read one row; every cell that cannot be read adds a fault."""
    before = len(faults)

    def cell(column: str, reader: Callable[[str], Any], *, may_be_empty: bool = False) -> Any:
        value = cells.get(column, "")
        if not value and may_be_empty:
            return None
        try:
            return reader(value) if value else _refuse(FaultKind.EMPTY)
        except _CellRefused as error:
            faults.append(Fault(error.kind, number, column, value[:60]))
            return None

    row = Row(
        number=number,
        code=cell("code", _code),
        names=(cell("name_pl", _name), cell("name_en", _name), cell("name_uk", _name)),
        aliases=cell("aliases", _names, may_be_empty=True) or (),
        group=(
            cell("group", _code),
            cell("group_letter", _letter),
            cell("group_pl", _name),
            cell("group_en", _name),
            cell("group_uk", _name),
        ),
        precision=cell("precision", _precision),
        requires_description=cell("requires_description", _answer),
        asks_time=cell("asks_time", _answer),
        allows_photo=cell("allows_photo", _answer, may_be_empty=True) is not False,
        radius_m=cell("radius_m", _between(1, 1000)),
        take_up_days=cell("take_up_days", _between(1, 365)),
        verify_days=cell("verify_days", _between(1, 365)),
        valid_from=cell("valid_from", _day),
        valid_to=cell("valid_to", _day, may_be_empty=True),
        name_from=cell("name_from", _day, may_be_empty=True),
    )
    if len(faults) == before:
        faults += _disorder(row)
    return row if len(faults) == before else None


def _disorder(row: Row) -> Iterator[Fault]:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        yield Fault(FaultKind.ORDER, row.number, "valid_to", row.valid_to.isoformat())
    if row.verify_days < row.take_up_days:
        yield Fault(FaultKind.ORDER, row.number, "verify_days", str(row.verify_days))


def _repeated(rows: list[Row]) -> list[Fault]:
    counts = Counter(row.code for row in rows)
    return [Fault(FaultKind.TWICE, row.number, "code", row.code) for row in rows if counts[row.code] > 1]


def _divided_groups(rows: list[Row]) -> list[Fault]:
    """Find rows that call a group by other words than the first row of the group does."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.group[0], row)
    return [
        Fault(FaultKind.OTHER_GROUP, row.number, "group", row.group[0])
        for row in rows
        if row.group != first[row.group[0]].group
    ]


def _refuse(kind: FaultKind) -> None:
    raise _CellRefused(kind)


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise _CellRefused(FaultKind.NOT_A_CODE)
    return value


def _letter(value: str) -> str:
    if not _LETTER.fullmatch(value):
        raise _CellRefused(FaultKind.NOT_A_CODE)
    return value


def _name(value: str) -> str:
    """Read a name; one that begins like a formula would be run by whoever opens an export."""
    if len(value) > LONGEST_NAME or control_characters(value) or _FORMULA.match(value):
        raise _CellRefused(FaultKind.NOT_A_NAME)
    return value


def _names(value: str) -> tuple[str, ...]:
    return tuple(_name(name.strip()) for name in value.split("|") if name.strip())


def _precision(value: str) -> str:
    if value not in PRECISIONS:
        raise _CellRefused(FaultKind.NOT_A_CHOICE)
    return value


def _answer(value: str) -> bool:
    if value.lower() not in ANSWERS:
        raise _CellRefused(FaultKind.NOT_A_CHOICE)
    return ANSWERS[value.lower()]


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(value: str) -> int:
        if not value.isascii() or not value.isdecimal() or len(value) > 6 or not least <= int(value) <= most:
            raise _CellRefused(FaultKind.NOT_A_NUMBER)
        return int(value)

    return number


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _CellRefused(FaultKind.NOT_A_DAY) from error
