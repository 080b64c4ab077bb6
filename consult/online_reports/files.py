"""Files of reports from elsewhere, read strictly and piece by piece: GeoJSON (RFC 7946) and CSV, both in UTF-8.

Reading only takes files apart into rows; what a row must hold is the matter of `rows`. A file of a hundred thousand
reports needs no more memory than its largest feature. Texts that look like spreadsheet formulas are texts.
"""

import csv
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from consult.online_reports.rules import Fault, Wrong

MOST_BYTES = 200 * 1024 * 1024
MOST_CHARACTERS_A_FEATURE = 8 * 1024 * 1024
CHUNK = 1024 * 1024
MOST_DIGITS = 18
LONGEST_WORD = 20
"""No number that counts and no constant of JSON is longer."""

COLUMNS = (
    "id",
    "category",
    "description",
    "observed_at",
    "created_at",
    "status",
    "time_of_day",
    "weekdays",
    "accuracy_m",
)
"""What a report may say, as properties of a feature or as columns."""

POSITION = ("lon", "lat")
NEEDED = ("category", "description", *POSITION)
WHEN = ("observed_at", "created_at")

_BLANKS = re.compile(r"[ \t\r\n]*")
_WGS84 = ("CRS84", "EPSG:4326", "EPSG::4326")
_POLISH_IN_WINDOWS = frozenset("ąśźĄŚŹ".encode("cp1250"))
_POLISH_IN_ISO = frozenset("ąśźĄŚŹ".encode("iso8859-2"))
_POLISH_IN_BOTH = frozenset("ćęłńóżĆĘŁŃÓŻ".encode("cp1250"))
_BINARY = frozenset(range(9))
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Format(StrEnum):
    """The formats that are read."""

    GEOJSON = "geojson"
    CSV = "csv"
    KMZB = "kmzb"
    OPEN311 = "open311"
    FIXMYSTREET = "fixmystreet"


class Unreadable(StrEnum):
    """Why a file as a whole cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    NOT_A_LIST = "not_a_list"
    NOT_A_COLLECTION = "not_a_collection"
    MEMBER_TWICE = "member_twice"
    COORDINATES = "coordinates"
    TOO_DEEP = "too_deep"
    FEATURE_TOO_LARGE = "feature_too_large"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"


class FileRefused(ValueError):
    """A file cannot be read; `reason` says why, `detail` holds what the sentence about it must name."""

    def __init__(self, reason: Unreadable, **detail: Any) -> None:
        super().__init__(f"{reason.value} {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Row:
    """A report as its file has it. A CSV row is numbered as a spreadsheet shows it, a feature by its place in the list.

    `faults` is what was wrong with its form; where there is any, the rest is not to be trusted. A row `is_wordless`
    when its system publishes no descriptions at all: then none is asked for.
    """

    number: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    geometry: Any = None
    faults: Sequence[Fault] = ()
    is_wordless: bool = False


@dataclass
class Ignored:
    """Names of columns and properties that nothing reads: a misspelt one should not vanish in silence."""

    names: set[str] = field(default_factory=set)

    def among(self, names: Iterator[str] | Mapping[str, Any]) -> None:
        """Note those of `names` that are not read."""
        if len(self.names) < 100:
            self.names.update(str(name) for name in names if name not in COLUMNS)


def format_of(path: Path) -> Format:
    """Guess the format by the name, else by the first character."""
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        return Format.GEOJSON
    if suffix == ".csv":
        return Format.CSV
    with path.open("rb") as file:
        return Format.GEOJSON if file.read(1000).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} else Format.CSV


Reader = Callable[[TextIO, Ignored], Iterator[Row]]
Made = Callable[[int, Any, tuple[Fault, ...]], Row]


def read(path: Path, reader: Reader, ignored: Ignored) -> Iterator[Row]:
    """Give the rows of a file one by one, or raise FileRefused as soon as it turns out to be unreadable."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FileRefused(Unreadable.TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
    if size == 0:
        raise FileRefused(Unreadable.EMPTY)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from reader(file, ignored)
    except UnicodeDecodeError as error:
        raise FileRefused(Unreadable.ENCODING, encoding=_encoding(path)) from error


def _encoding(path: Path) -> str:
    """Name the encoding that a file which is not UTF-8 seems to have, empty when nothing speaks for one."""
    found: set[int] = set()
    with path.open("rb") as file:
        if file.read(2) in _UTF_16:
            return "UTF-16"
        while chunk := file.read(CHUNK):
            found.update(chunk)
    if found & _BINARY:
        return ""
    if found & _POLISH_IN_ISO and not found & _POLISH_IN_WINDOWS:
        return "ISO 8859-2"
    return "Windows-1250 (CP1250)" if found & (_POLISH_IN_WINDOWS | _POLISH_IN_BOTH) else ""


# GeoJSON


def features(file: TextIO, ignored: Ignored) -> Iterator[Row]:
    """Read a FeatureCollection member by member, and its features one at a time."""
    stream = Stream(file)
    members: dict[str, Any] = {}
    stream.expect("{", Unreadable.NOT_A_COLLECTION)
    while True:
        name = stream.name()
        if name in members:
            raise FileRefused(Unreadable.MEMBER_TWICE, name=name)
        members[name] = None
        if name == "features":
            yield from stream.elements(partial(_feature, ignored=ignored), Unreadable.NOT_A_COLLECTION)
        else:
            members[name] = stream.value()
        if not stream.takes(","):
            break
    stream.expect("}")
    stream.end()
    _check_collection(members)


def _check_collection(members: Mapping[str, Any]) -> None:
    if members.get("type") != "FeatureCollection" or "features" not in members:
        raise FileRefused(Unreadable.NOT_A_COLLECTION)
    system = json.dumps(members.get("crs"))
    if members.get("crs") is not None and not any(name in system for name in _WGS84):
        raise FileRefused(Unreadable.COORDINATES)


def _feature(number: int, feature: Any, faults: tuple[Fault, ...], ignored: Ignored) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Row(number, faults=(*faults, Fault("", Wrong.NOT_A_FEATURE)))
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return Row(number, faults=(*faults, Fault("properties", Wrong.MISSING)))
    ignored.among(properties)
    cells = {name: properties[name] for name in COLUMNS if name in properties}
    if cells.get("id") is None:
        cells["id"] = feature.get("id")
    return Row(number, cells, feature.get("geometry"), faults)


class Stream:
    """JSON text read in pieces: values are taken from its front, and what was taken is forgotten."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._text, self._at, self._line = file, "", 0, 1
        self.row = 0
        self.faults: list[Fault] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._mapping,
            parse_float=self._float,
            parse_int=self._int,
            parse_constant=self._constant,
            strict=False,  # a control character is refused with its row, not with the whole file
        )

    def elements(self, made: Made, otherwise: Unreadable) -> Iterator[Row]:
        """Take a list, element by element, each made into a row."""
        self.expect("[", otherwise)
        if self.takes("]"):
            return
        while True:
            self.row += 1
            yield made(self.row, self.value(), tuple(self.faults))
            if not self.takes(","):
                break
        self.expect("]")

    def is_next(self, character: str) -> bool:
        """Tell whether the next character that is no blank is this one; it stays."""
        return self._next() == character

    def takes(self, character: str) -> bool:
        """Take the next character that is no blank if it is this one, and tell whether it was."""
        if self._next() != character:
            return False
        self._at += 1
        return True

    def expect(self, character: str, otherwise: Unreadable = Unreadable.NOT_JSON) -> None:
        """Take a character that must come now."""
        if not self.takes(character):
            raise self._refused(otherwise)

    def name(self) -> str:
        """Take the name of a member with its colon."""
        name = self.value()
        if not isinstance(name, str):
            raise self._refused(Unreadable.NOT_JSON)
        self.expect(":")
        return name

    def value(self) -> Any:
        """Take one whole value; what was odd in it stands in `faults`."""
        self._next()
        while True:
            self.faults.clear()
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._is_broken(error) or not self._more():
                    raise self._refused(Unreadable.NOT_JSON, error.pos) from error
            except RecursionError as error:
                raise self._refused(Unreadable.TOO_DEEP) from error
            else:
                if end < len(self._text) or not self._more():  # a number may go on in the next piece
                    self._at = end
                    return value

    def end(self) -> None:
        """Refuse anything that follows."""
        if self._next():
            raise self._refused(Unreadable.NOT_JSON)

    def _next(self) -> str:
        """Skip blanks and look at what comes, empty at the end of the file."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _is_broken(self, error: json.JSONDecodeError) -> bool:
        """Tell an error from a value that only goes on in the next piece."""
        return error.pos < len(self._text) - LONGEST_WORD and not error.msg.startswith("Unterminated string")

    def _more(self) -> bool:
        """Read the next piece, if there is one, and forget what was taken."""
        if len(self._text) - self._at > MOST_CHARACTERS_A_FEATURE:
            raise self._refused(Unreadable.FEATURE_TOO_LARGE)
        piece = self._file.read(CHUNK)
        if piece:
            self._line += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def _refused(self, reason: Unreadable, at: int | None = None) -> FileRefused:
        line = self._line + self._text.count("\n", 0, self._at if at is None else at)
        return FileRefused(reason, row=self.row, line=line)

    def _note(self, wrong: Wrong, **detail: Any) -> None:
        if len(self.faults) < 10:
            self.faults.append(Fault("", wrong, detail))

    def _mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _value in pairs]
            self._note(Wrong.REPEATED_KEY, name=next(name for name in names if names.count(name) > 1))
        return found

    def _float(self, text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            self._note(Wrong.NOT_FINITE, value=text)
        return value

    def _int(self, text: str) -> int | float:
        if len(text) <= MOST_DIGITS:
            return int(text)
        self._note(Wrong.NOT_FINITE, value=text)
        return math.inf

    def _constant(self, text: str) -> float:
        self._note(Wrong.NOT_FINITE, value=text)
        return math.nan


# CSV


def lines(file: TextIO, ignored: Ignored) -> Iterator[Row]:
    """Read the rows of a table with our own names of columns."""
    names: list[str] = []
    comma = delimiter_of(file) == ";"
    for number, cells in table(file):
        if isinstance(cells, Fault):
            yield Row(number, faults=(cells,))
        elif names:
            yield _record(number, names, cells, comma=comma)
        else:
            names = _header(cells, ignored)


def table(file: TextIO) -> Iterator[tuple[int, list[str] | Fault]]:
    """Give the rows of a table with their numbers; wholly empty ones, which spreadsheets leave behind, are no rows.

    A quotation mark that never ends swallows what follows: it is a fault, and there is no sense in reading on.
    """
    reader = csv.reader(file, delimiter=delimiter_of(file), strict=True)
    number, is_first = 0, True
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield number, Fault("", Wrong.QUOTES)
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells) or (is_first and cells[0].startswith("sep=")):
            continue
        is_first = False
        yield number, cells


def delimiter_of(file: TextIO) -> str:
    """Tell by the first line what stands between the cells: a semicolon or a comma."""
    first = file.readline(10_000)
    while first and not first.strip(" \t\r\n;,"):
        first = file.readline(10_000)
    file.seek(0)
    return ";" if first.count(";") > first.count(",") else ","


def header(cells: Sequence[str], needed: Sequence[str], read: Sequence[str]) -> list[str]:
    """Take the names of columns: those needed must be there, and those read only once."""
    names = [cell.strip().lower() for cell in cells]
    missing = [name for name in needed if name not in names]
    if missing:
        raise FileRefused(Unreadable.COLUMN_MISSING, names=missing)
    for name in read:
        if names.count(name) > 1:
            raise FileRefused(Unreadable.COLUMN_TWICE, name=name)
    return names


def _header(cells: Sequence[str], ignored: Ignored) -> list[str]:
    names = header(cells, NEEDED, (*COLUMNS, *POSITION))
    if not any(name in names for name in WHEN):
        raise FileRefused(Unreadable.COLUMN_MISSING, names=[WHEN[0]])
    ignored.among(iter(name for name in names if name and name not in POSITION))
    return names


def _record(number: int, names: Sequence[str], cells: Sequence[str], *, comma: bool) -> Row:
    if len(cells) != len(names):
        return Row(number, faults=(Fault("", Wrong.CELLS, {"found": len(cells), "expected": len(names)}),))
    record = dict(zip(names, cells, strict=True))
    faults = []
    position = []
    for name in POSITION:
        value = number_in(record[name], comma=comma)
        if value is None:
            wrong = Wrong.NOT_A_NUMBER if record[name].strip() else Wrong.MISSING
            faults.append(Fault(name, wrong, {"value": record[name]}))
        position.append(value)
    accuracy = record.get("accuracy_m", "")
    if comma and accuracy:
        record["accuracy_m"] = accuracy.replace(",", ".")
    return Row(number, record, {"type": "Point", "coordinates": position}, tuple(faults))


def number_in(text: str, *, comma: bool = False) -> float | None:
    """Read a number written in digits, with a decimal comma where semicolons stand between the cells; else None."""
    text = text.strip()
    if comma:
        text = text.replace(",", ".")
    if len(text) > 40 or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None
