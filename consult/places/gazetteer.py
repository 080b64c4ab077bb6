"""Reading gazetteers: SIMC, the register's list of all names (without positions), and GeoNames (with positions).

Every row is read strictly; one faulty row refuses the file, with its number.
"""

import csv
import gzip
import io
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from consult.geo import in_poland
from consult.words import control_characters

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 400_000
LONGEST_NAME = 160

SORTS = {
    "00": "część miejscowości",
    "01": "wieś",
    "02": "kolonia",
    "03": "przysiółek",
    "04": "osada",
    "05": "osada leśna",
    "06": "osiedle",
    "07": "schronisko turystyczne",
    "95": "dzielnica",
    "96": "miasto",
    "98": "delegatura",
    "99": "część miasta",
}
"""The register's sorts of places by their codes, from villages to parts of towns."""

TOWN_POPULATION = 5_000
SIMC_COLUMNS = ("WOJ", "POW", "GMI", "RODZ_GMI", "RM", "NAZWA", "SYM", "SYMPOD")
GEONAMES_COLUMNS = ("geonameid", "name", "lat", "lon", "population")
_DUMP = {"geonameid": 0, "name": 1, "alternatenames": 3, "lat": 4, "lon": 5, "class": 6, "population": 14}
"""Where the columns stand in GeoNames' own file, which has tabs and no header."""

_KEY = re.compile(r"[0-9A-Za-z.\-]{1,40}")
_DIGITS = re.compile(r"[0-9]+")


class FaultKind(StrEnum):
    """What can be wrong with a gazetteer or one of its rows."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    UNREADABLE = "unreadable"
    NO_ROWS = "no_rows"
    NO_COLUMN = "no_column"
    NOT_A_CODE = "not_a_code"
    NOT_A_NAME = "not_a_name"
    NOT_A_SORT = "not_a_sort"
    NOT_A_KEY = "not_a_key"
    NOT_A_POSITION = "not_a_position"
    NOT_A_NUMBER = "not_a_number"
    TWICE = "twice"


@dataclass(frozen=True)
class Fault:
    """One fault; rows count as in a spreadsheet, the header being row 1; 0 means the whole file."""

    kind: FaultKind
    row: int = 0
    column: str = ""
    value: str = ""


class GazetteerRefused(ValueError):
    """The file cannot be taken; `faults` tells the first ones found, `read` how many rows there were."""

    def __init__(self, faults: Iterable[Fault], read: int = 0) -> None:
        self.faults = tuple(faults)
        self.read = read
        super().__init__(f"{len(self.faults)} faults")


@dataclass(frozen=True)
class Entry:
    """One name of a gazetteer. `commune` has six digits or is empty where only the position tells.

    `aliases` are other names of the place, such as "Warszawa" where the source says "Warsaw".
    """

    source: str
    key: str
    name: str
    sort: str
    commune: str = ""
    part_of: str = ""
    lon: float | None = None
    lat: float | None = None
    population: int | None = None
    aliases: tuple[str, ...] = ()


class _RowRefused(ValueError):
    def __init__(self, kind: FaultKind, column: str, value: str) -> None:
        super().__init__(kind.value)
        self.kind, self.column, self.value = kind, column, value


def read(content: bytes, kind: str) -> list[Entry]:
    """Read a gazetteer of a kind ("simc" or "geonames"; gzip is undone), or raise GazetteerRefused."""
    text = _text(content)
    entries = _judged(_simc(_table(text, SIMC_COLUMNS)) if kind == "simc" else _geonames(text))
    if not entries:
        raise GazetteerRefused([Fault(FaultKind.NO_ROWS)])
    return entries


def _text(content: bytes) -> str:
    """Undo the compression within the limit, and the encoding."""
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise GazetteerRefused([Fault(FaultKind.UNREADABLE)]) from error
    if len(content) > MAX_BYTES:
        raise GazetteerRefused([Fault(FaultKind.TOO_LARGE)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GazetteerRefused([Fault(FaultKind.NOT_UTF8, content[: error.start].count(b"\n") + 1)]) from error


def _table(text: str, columns: tuple[str, ...], further: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Cut a text with a header into the cells of the columns that must be there, and of further ones if they are."""
    header = text.partition("\n")[0]
    delimiter = max(";,\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise GazetteerRefused([Fault(FaultKind.NO_COLUMN, 1, column) for column in missing])
        rows = [{column: (row.get(column) or "").strip() for column in columns + further} for row in reader]
    except csv.Error as error:
        raise GazetteerRefused([Fault(FaultKind.UNREADABLE, reader.line_num)]) from error
    if len(rows) > MAX_ROWS:
        raise GazetteerRefused([Fault(FaultKind.TOO_LARGE)], len(rows))
    return rows


def _judged(made: Iterator[Entry | Fault]) -> list[Entry]:
    """Keep the entries when there is no fault, and no key stands twice."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    keys: set[str] = set()
    for row, each in enumerate(made, 2):
        if isinstance(each, Fault):
            faults.append(each)
        elif each.key in keys:
            faults.append(Fault(FaultKind.TWICE, row, value=each.key))
        else:
            keys.add(each.key)
            entries.append(each)
    if faults:
        raise GazetteerRefused(faults, len(entries) + len(faults))
    return entries


def _simc(rows: list[dict[str, str]]) -> Iterator[Entry | Fault]:
    names = {row["SYM"]: row["NAZWA"] for row in rows}
    for number, row in enumerate(rows, 2):
        try:
            yield _simc_entry(row, names)
        except _RowRefused as refused:
            yield Fault(refused.kind, number, refused.column, refused.value[:60])


def _simc_entry(row: dict[str, str], names: dict[str, str]) -> Entry:
    commune = row["WOJ"] + row["POW"] + row["GMI"]
    if len(commune) != 6 or not _DIGITS.fullmatch(commune):
        raise _RowRefused(FaultKind.NOT_A_CODE, "WOJ, POW, GMI", commune)
    if row["RM"] not in SORTS:
        raise _RowRefused(FaultKind.NOT_A_SORT, "RM", row["RM"])
    parent = "" if row["SYM"] == row["SYMPOD"] else names.get(row["SYMPOD"], "")
    return Entry("simc", _key(row["SYM"], "SYM"), _name(row["NAZWA"], "NAZWA"), SORTS[row["RM"]], commune, parent)


def _geonames(text: str) -> Iterator[Entry | Fault]:
    is_dump = text.partition("\n")[0].count("\t") >= _DUMP["population"]
    rows = _dump(text) if is_dump else enumerate(_table(text, GEONAMES_COLUMNS, ("alternatenames",)), 2)
    for number, row in rows:
        try:
            yield _geonames_entry(row)
        except _RowRefused as refused:
            yield Fault(refused.kind, number, refused.column, refused.value[:60])


def _dump(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Read GeoNames' own file of a country: the populated places of it."""
    for number, line in enumerate(text.split("\n"), 1):
        cells = line.split("\t")
        if len(cells) > _DUMP["population"] and cells[_DUMP["class"]] == "P":
            yield number, {column: cells[position].strip() for column, position in _DUMP.items()}


def _geonames_entry(row: dict[str, str]) -> Entry:
    lon, lat = _degree(row["lon"], "lon"), _degree(row["lat"], "lat")
    if not in_poland(lon, lat):
        raise _RowRefused(FaultKind.NOT_A_POSITION, "lon, lat", f"{row['lon']}, {row['lat']}")
    population = _count(row["population"])
    sort = SORTS["96"] if (population or 0) >= TOWN_POPULATION else SORTS["01"]
    name, key = _name(row["name"], "name"), _key(row["geonameid"], "geonameid")
    aliases = tuple(filter(None, re.split(r"[|,]", row.get("alternatenames", ""))))
    return Entry("geonames", key, name, sort, lon=lon, lat=lat, population=population, aliases=aliases)


def _key(text: str, column: str) -> str:
    if not _KEY.fullmatch(text):
        raise _RowRefused(FaultKind.NOT_A_KEY, column, text)
    return text


def _name(text: str, column: str) -> str:
    if not text or len(text) > LONGEST_NAME or control_characters(text):
        raise _RowRefused(FaultKind.NOT_A_NAME, column, text)
    return text


def _degree(text: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _RowRefused(FaultKind.NOT_A_POSITION, column, text) from error
    if not math.isfinite(value):
        raise _RowRefused(FaultKind.NOT_A_POSITION, column, text)
    return value


def _count(text: str) -> int | None:
    """Read how many people live there; nothing and zero are not known."""
    if text and not (_DIGITS.fullmatch(text) and len(text) <= 9):
        raise _RowRefused(FaultKind.NOT_A_NUMBER, "population", text)
    return int(text or 0) or None
