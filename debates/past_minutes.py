"""Files of past minutes: requests made at debates long ago, read strictly, every fault with its record and field.

A record is one request: who held the debate, where, what was asked for, and what was published about it afterwards.
The day is taken only from where it stands: the record's own date, or the address of the published minutes.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from consult.geo import Place, PlaceFault, PlaceRefused, read_json
from consult.words import control_characters, folded

MAX_BYTES = 20 * 1024 * 1024
MAX_RECORDS = 20_000
FIRST_YEAR = 1990
ACCURACY_M = 100.0
"""How exact a position is taken to be when its record does not say."""

LONGEST = {"source": 500, "police_unit": 160, "debate_place": 160, "request": 2000, "category": 160, "follow_up": 2000}
NEEDED = ("powiat_teryt", "debate_place", "request")
COLUMNS = ("source", "police_unit", *NEEDED, "date", "category", "follow_up", "place", "lon", "lat", "accuracy_m")
OTHER_NAMES = {"kmzb_category_by_us": "category", "follow_up_published": "follow_up"}
"""Names that some files use for the same fields."""

_MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "wrzesnia", "pazdziernika", "listopada", "grudnia",
)  # fmt: skip
_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})[-_ ]({'|'.join(_MONTHS)})[-_ ](\d{{4}})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(19[9]\d|20\d\d)(?!\d)")
_DISTRICT = re.compile(r"\d{4}")
_ADDRESS = re.compile(r"https?://\S+", re.ASCII)


class FaultKind(StrEnum):
    """What can be wrong with a file, a record or a field."""

    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_A_LIST = "not_a_list"
    NOT_A_RECORD = "not_a_record"
    TOO_LARGE = "too_large"
    NO_RECORDS = "no_records"
    NO_COLUMN = "no_column"
    TOO_MANY_CELLS = "too_many_cells"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    NOT_TEXT = "not_text"
    NOT_A_DISTRICT = "not_a_district"
    NOT_A_DAY = "not_a_day"
    NOT_YET = "not_yet"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_PLACE = "not_a_place"
    NO_CATEGORY = "no_category"
    CATEGORY_ENDED = "category_ended"
    NO_UNIT = "no_unit"
    NO_DISTRICT = "no_district"


@dataclass(frozen=True)
class Fault:
    """One fault: `record` counts from 1 in JSON and as a spreadsheet does in CSV; 0 means the whole file."""

    kind: FaultKind
    record: int = 0
    field: str = ""
    value: str = ""
    place: PlaceFault | None = None


class FileRefused(ValueError):
    """The file cannot be taken; `faults` tells every one found, `read` how many records there were."""

    def __init__(self, faults: Sequence[Fault], read: int = 0) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
        self.read = read


@dataclass(frozen=True)
class Named:
    """A place as the minutes name it. `is_town` tells a town or village from a street, a lake or a crossroads."""

    words: str
    is_town: bool
    commune_code: str | None = None


@dataclass(frozen=True)
class Request:
    """One request of past minutes, as its record gives it."""

    record: int
    source: str
    unit: str
    district_code: str
    town: str
    held_on: date | None
    is_year_only: bool
    text: str
    category: str
    follow_up: str
    places: tuple[Named, ...]
    position: Place | None

    @property
    def meeting_key(self) -> str:
        """What makes two requests belong to one meeting: unit, town and year; without a year, the published page."""
        when = str(self.held_on.year) if self.held_on else self.source
        return _key("meeting", folded(self.unit), self.district_code, folded(self.town), when)

    @property
    def key(self) -> str:
        """What tells the request from every other one of its meeting: its words."""
        return _key("request", self.meeting_key, " ".join(folded(self.text).split()))


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def read_file(content: bytes, file_format: str, today: date) -> list[Request]:
    """Read a file of past minutes (JSON or CSV, UTF-8), or raise FileRefused with every fault."""
    records = list(_from_json(content) if file_format == "json" else _from_csv(content))
    if not records:
        raise FileRefused([Fault(FaultKind.NO_RECORDS)])
    faults: list[Fault] = []
    found = [request for number, record in records if (request := _request(number, record, today, faults))]
    if faults:
        raise FileRefused(faults, len(records))
    return found


def _from_json(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        decoded = read_json(_text(content), MAX_BYTES)
    except PlaceRefused as refused:
        kind = FaultKind.TOO_LARGE if refused.fault is PlaceFault.TOO_LONG else FaultKind.NOT_JSON
        raise FileRefused([Fault(kind, value=refused.detail[:80])]) from refused
    if not isinstance(decoded, list):
        raise FileRefused([Fault(FaultKind.NOT_A_LIST)])
    _check_count(decoded)
    for number, record in enumerate(decoded, 1):
        if not isinstance(record, dict):
            raise FileRefused([Fault(FaultKind.NOT_A_RECORD, number)], len(decoded))
        yield number, {OTHER_NAMES.get(str(name), str(name)): value for name, value in record.items()}


def _from_csv(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    text = _text(content)
    header = text.partition("\n")[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = [OTHER_NAMES.get(name.strip(), name.strip()) for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise FileRefused([Fault(FaultKind.NO_COLUMN, 1, name) for name in missing])
    reader.fieldnames = names
    rows: list[dict[Any, Any]]
    try:
        rows = list(reader)
    except csv.Error as error:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)]) from error
    _check_count(rows)
    wide = [Fault(FaultKind.TOO_MANY_CELLS, number) for number, row in enumerate(rows, 2) if None in row]
    if wide:
        raise FileRefused(wide, len(rows))
    yield from enumerate(rows, 2)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused([Fault(FaultKind.NOT_UTF8, content[: error.start].count(b"\n") + 1)]) from error


def _check_count(records: Sequence[object]) -> None:
    if len(records) > MAX_RECORDS:
        raise FileRefused([Fault(FaultKind.TOO_LARGE)], len(records))


class _FieldRefused(ValueError):
    def __init__(self, kind: FaultKind, place: PlaceFault | None = None) -> None:
        super().__init__(kind.value)
        self.kind, self.place = kind, place


def _request(number: int, record: Mapping[str, Any], today: date, faults: list[Fault]) -> Request | None:
    """Read one record; every field that cannot be read adds a fault."""
    before = len(faults)

    def read(field: str, reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(record.get(field))
        except _FieldRefused as refused:
            shown = str(record.get(field) or "")[:60]
            faults.append(Fault(refused.kind, number, field, shown, refused.place))
            return None

    source, day = read("source", _source), read("date", lambda value: _day(value, today))
    request = {
        "source": source,
        "unit": read("police_unit", _words("police_unit")),
        "district_code": read("powiat_teryt", _district),
        "town": read("debate_place", _words("debate_place")),
        "text": read("request", _words("request")),
        "category": read("category", _words("category")),
        "follow_up": read("follow_up", _words("follow_up")),
        "places": read("places" if "places" in record else "place", _places),
        "position": read("lon", lambda _value: _position(record)),
    }
    if len(faults) > before:
        return None
    held_on, is_year_only = day or day_in(source, today)
    return Request(record=number, held_on=held_on, is_year_only=is_year_only, **request)


def _words(field: str) -> Callable[[Any], str]:
    """Make a reader of a text of one field."""

    def read(value: Any) -> str:
        if value is not None and not isinstance(value, str):
            raise _FieldRefused(FaultKind.NOT_TEXT)
        text = (value or "").strip()
        if not text and field in NEEDED:
            raise _FieldRefused(FaultKind.EMPTY)
        if len(text) > LONGEST[field]:
            raise _FieldRefused(FaultKind.TOO_LONG)
        if control_characters(text):
            raise _FieldRefused(FaultKind.CONTROL_CHARACTERS)
        return text

    return read


def _source(value: Any) -> str:
    text = _words("source")(value)
    if text and not _ADDRESS.fullmatch(text):
        raise _FieldRefused(FaultKind.NOT_AN_ADDRESS)
    return text


def _district(value: Any) -> str:
    text = str(value or "").strip()
    if not _DISTRICT.fullmatch(text):
        raise _FieldRefused(FaultKind.NOT_A_DISTRICT if text else FaultKind.EMPTY)
    return text


def _day(value: Any, today: date) -> tuple[date, bool] | None:
    """Read 2016-03-16 or 2016; nothing given is None."""
    text = str(value or "").strip()
    if not text:
        return None
    try:
        day = date(int(text), 1, 1) if re.fullmatch(r"\d{4}", text, re.ASCII) else date.fromisoformat(text)
    except ValueError as error:
        raise _FieldRefused(FaultKind.NOT_A_DAY) from error
    if day > today:
        raise _FieldRefused(FaultKind.NOT_YET)
    if day.year < FIRST_YEAR:
        raise _FieldRefused(FaultKind.NOT_A_DAY)
    return day, len(text) == 4


def day_in(source: str, today: date) -> tuple[date | None, bool]:
    """Find the day of a debate in the address of its minutes, else the year, when exactly one stands there."""
    plain = folded(source)
    days = {_named_day(*match.groups()) for match in _DAY.finditer(plain)} - {None}
    if len(days) == 1 and (day := days.pop()) and day <= today:
        return day, False
    years = {int(year) for year in _YEAR.findall(plain)}
    if len(years) == 1 and (year := years.pop()) <= today.year:
        return date(year, 1, 1), True
    return None, False


def _named_day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def _places(value: Any) -> tuple[Named, ...]:
    """Read the places that the words name: one name, or a list of records with `lemma` or `form`, `kind`, `simc`."""
    if value is None or isinstance(value, str):
        words = _words("debate_place")(value or "-")
        return (Named(words, is_town=True),) if value and value.strip() else ()
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _FieldRefused(FaultKind.NOT_TEXT)
    return tuple(_named(entry) for entry in value)


def _named(entry: Mapping[str, Any]) -> Named:
    words = _words("debate_place")(entry.get("lemma") or entry.get("form"))
    register = entry.get("simc")
    found = register[0] if isinstance(register, list) and register and isinstance(register[0], dict) else {}
    commune = str(found.get("gmina") or "")[:6]
    return Named(words, entry.get("kind") == "miejscowość", commune if commune.isdecimal() else None)


def _position(record: Mapping[str, Any]) -> Place | None:
    """Read a position in degrees, with its accuracy in metres."""
    given = [str(record.get(name) or "").strip().replace(",", ".") for name in ("lon", "lat", "accuracy_m")]
    if not given[0] and not given[1]:
        return None
    try:
        lon, lat, accuracy_m = float(given[0]), float(given[1]), float(given[2] or ACCURACY_M)
    except ValueError as error:
        raise _FieldRefused(FaultKind.NOT_A_NUMBER) from error
    try:
        return Place.point(lon, lat, accuracy_m)
    except PlaceRefused as refused:
        raise _FieldRefused(FaultKind.NOT_A_PLACE, refused.fault) from refused


class Result(StrEnum):
    """What the published words say became of a request."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    HANDED_OVER = "handed_over"


_DONE = re.compile(r"\b(zrealizowan[oaey]|wykonan[oaey]|zamontowan[oaey]|ustawiono|usuniet[oaey]|naprawion[oaey])\b")
_HANDED_OVER = re.compile(r"\b(wyslano|przekazan[oaey]|skierowano|wystapiono)\b")
_ACCEPTED = re.compile(r"\b(przyjet[oaey]|przyjeli|przyjal|uwzglednion[oaey])\b")
_NOT = re.compile(r"\bnie (?:zostal[oaiy]? )?$")


def result_of(follow_up: str) -> Result:
    """Read from published words what became of a request: a plain word decides, anything else is still in progress."""
    words = folded(follow_up)
    if not words.strip():
        return Result.OPEN
    for result, sign in ((Result.DONE, _DONE), (Result.HANDED_OVER, _HANDED_OVER), (Result.ACCEPTED, _ACCEPTED)):
        found = sign.search(words)
        if found and not _NOT.search(words[: found.start()]):
            return result
    return Result.IN_PROGRESS
