"""Whom letters go to: a list from a file, read, checked and never kept.

A row needs a street and a town, or an e-mail address; everything else may be empty. One wrong row refuses the whole
list, because a list sent by halves is sent twice. A row that says the same as an earlier one is wrong too: it would
give somebody a second vote.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from consult import workbooks
from consult.words import folded
from consult.workbooks import ZIP, Grid, Limits, WorkbookFault, WorkbookRefused
from surveys.questions import LANGUAGES

MAX_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
LIMITS = Limits(inflated=64 * 1024 * 1024, tags=5_000_000, rows=MOST_ROWS + 1, columns=200)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "addressee": ("addressee", "adresat", "name"),
    "street": ("street", "ulica", "ulica i numer"),
    "postcode": ("postcode", "kod", "kod pocztowy"),
    "town": ("town", "miejscowosc"),
    "commune": ("commune", "gmina"),
    "email": ("email", "e-mail", "mail"),
    "language": ("language", "jezyk"),
}
"""Columns by the names that a sheet may give them, Polish letters and case aside."""

LONGEST: Mapping[str, int] = {
    "addressee": 70,
    "street": 70,
    "postcode": 10,
    "town": 60,
    "commune": 60,
    "email": 254,
    "language": 20,
}
"""Characters: an address has to be read through the window of an envelope."""

_LANGUAGE_NAMES = {folded(name): code for name, code in (
    ("", "pl"), ("polski", "pl"), ("angielski", "en"), ("English", "en"), ("ukraiński", "uk"), ("українська", "uk"),
)}  # fmt: skip
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+\.[^\s@<>\"(),:;\\\[\].]{2,}")
_POSTCODE = re.compile(r"\d{2}-\d{3}")


class Wrong(StrEnum):
    """What is wrong with a list or a row of it."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_A_WORKBOOK = "not_a_workbook"
    NO_COLUMNS = "no_columns"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    EMPTY = "empty"
    NO_ADDRESS = "no_address"
    EMAIL = "email"
    POSTCODE = "postcode"
    LANGUAGE = "language"
    COMMUNE = "commune"
    COMMUNE_UNCLEAR = "commune_unclear"
    TOO_LONG = "too_long"
    CONTROL = "control"
    TWICE = "twice"


@dataclass(frozen=True)
class Fault:
    """One fault: `row` counts as a spreadsheet does, the header being row 1; 0 means the whole list."""

    wrong: Wrong
    row: int = 0
    column: str = ""
    value: str = ""


_TOO_LARGE = (WorkbookFault.BOMB, WorkbookFault.TOO_MANY_COLUMNS)


class ListRefused(ValueError):
    """The list cannot be used; `faults` say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Addressee:
    """Somebody who is invited: by e-mail where there is an address for it, else by a letter."""

    row: int
    addressee: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    email: str = ""
    language: str = "pl"
    area_code: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as it stands on an envelope."""
        return tuple(line for line in (self.addressee, self.street, f"{self.postcode} {self.town}".strip()) if line)

    @property
    def has_street(self) -> bool:
        """Whether a letter would arrive."""
        return bool(self.street and self.town)

    @property
    def _identity(self) -> tuple[str, ...]:
        if self.email:
            return (self.email.casefold(),)
        return tuple(folded(part) for part in (self.addressee, self.street, self.postcode, self.town))


Communes = Mapping[str, str]
"""Codes of communes by code and by folded name; an empty code means that several have the name."""


def read(content: bytes, communes: Communes) -> list[Addressee]:
    """Read a list from CSV or XLSX, or raise ListRefused with every fault."""
    if len(content) > MAX_BYTES:
        raise ListRefused([Fault(Wrong.TOO_LARGE)])
    rows = list(_of_workbook(content) if content.startswith(ZIP) else _of_csv(content))
    header, *body = rows or [[]]
    columns = _columns(header)
    if len(body) > MOST_ROWS:
        raise ListRefused([_too_many_rows()])
    found, faults = _sorted_out(body, columns, communes)
    if not found and not faults:
        faults = [Fault(Wrong.EMPTY)]
    if faults:
        raise ListRefused(faults)
    return found


def communes_by_name(areas: Iterable[tuple[str, str]]) -> Communes:
    """Make the mapping by which a list names communes, from their codes and names."""
    known: dict[str, str] = {}
    for code, name in areas:
        key = folded(name)
        known[key] = "" if known.get(key, code) != code else code
        known[code] = known[code[:6]] = code
    return known


def _of_csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListRefused([Fault(Wrong.NOT_UTF8, content[: error.start].count(b"\n") + 1)]) from error
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    try:
        yield from islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), MOST_ROWS + 2)
    except csv.Error as error:
        raise ListRefused([Fault(Wrong.NOT_A_WORKBOOK)]) from error


def _of_workbook(content: bytes) -> Grid:
    """Read the first sheet; what a stranger's file declares about its size is not believed."""
    try:
        [(_title, rows)] = workbooks.sheets(content, LIMITS, most=1) or [("", [])]
    except WorkbookRefused as error:
        if error.fault is WorkbookFault.TOO_MANY_ROWS:
            raise ListRefused([_too_many_rows()]) from error
        wrong = Wrong.TOO_LARGE if error.fault in _TOO_LARGE else Wrong.NOT_A_WORKBOOK
        raise ListRefused([Fault(wrong)]) from error
    return rows


def _too_many_rows() -> Fault:
    return Fault(Wrong.TOO_MANY_ROWS, value=str(MOST_ROWS))


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Find the columns by their names; what is called otherwise is not read at all."""
    names = {name: column for column, known in COLUMNS.items() for name in known}
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = names.get(folded(cell).strip())
        if column in found:
            raise ListRefused([Fault(Wrong.COLUMN_TWICE, 1, column, cell)])
        if column:
            found[column] = place
    if not {"street", "town"} <= found.keys() and "email" not in found:
        raise ListRefused([Fault(Wrong.NO_COLUMNS, 1)])
    return found


def _sorted_out(
    body: Sequence[Sequence[str]], columns: Mapping[str, int], communes: Communes
) -> tuple[list[Addressee], list[Fault]]:
    found: list[Addressee] = []
    faults: list[Fault] = []
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(body, 2):
        cells = {column: _cell(row, place) for column, place in columns.items()}
        if not any(cells.values()):
            continue
        wrong = list(_faults(number, cells, communes))
        if not wrong:
            one = _addressee(number, cells, communes)
            before = first.setdefault(one._identity, number)  # noqa: SLF001  # the identity is this module's own
            wrong = [Fault(Wrong.TWICE, number, value=str(before))] if before != number else []
            found.append(one)
        faults += wrong
    return found, faults


def _cell(row: Sequence[str], place: int) -> str:
    return " ".join(row[place].replace("\xa0", " ").split()) if place < len(row) else ""


def _faults(number: int, cells: Mapping[str, str], communes: Communes) -> Iterator[Fault]:
    for column, text in cells.items():
        if len(text) > LONGEST[column]:
            yield Fault(Wrong.TOO_LONG, number, column, str(LONGEST[column]))
        if not text.isprintable():
            yield Fault(Wrong.CONTROL, number, column)
    if not cells.get("email") and not (cells.get("street") and cells.get("town")):
        yield Fault(Wrong.NO_ADDRESS, number)
    if (email := cells.get("email", "")) and not _EMAIL.fullmatch(email):
        yield Fault(Wrong.EMAIL, number, "email", email)
    if (postcode := cells.get("postcode", "")) and not _POSTCODE.fullmatch(postcode):
        yield Fault(Wrong.POSTCODE, number, "postcode", postcode)
    if _language(cells.get("language", "")) is None:
        yield Fault(Wrong.LANGUAGE, number, "language", cells["language"])
    if (commune := cells.get("commune", "")) and not communes.get(folded(commune)):
        wrong = Wrong.COMMUNE_UNCLEAR if folded(commune) in communes else Wrong.COMMUNE
        yield Fault(wrong, number, "commune", commune)


def _addressee(number: int, cells: Mapping[str, str], communes: Communes) -> Addressee:
    plain = {column: cells.get(column, "") for column in ("addressee", "street", "postcode", "town", "email")}
    language = _language(cells.get("language", "")) or "pl"
    area_code = communes.get(folded(cells.get("commune", "")), "")
    return Addressee(number, **plain, language=language, area_code=area_code)


def _language(text: str) -> str | None:
    """Know a language by its code or its name; nothing written is Polish."""
    plain = folded(text)
    return plain if plain in LANGUAGES else _LANGUAGE_NAMES.get(plain)
