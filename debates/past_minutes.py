"""Past minutes: records of a file read strictly, every fault with its record and field.

A record is one thing that was said or asked for, with what is known of its meeting: who held it, where, and what was
published about it afterwards. The day is taken only from where it stands: the record's own date, or the address of the
published minutes.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from consult.geo import Place, PlaceRefused
from consult.period import TIMES_OF_DAY, WEEKDAYS, mask_of
from consult.words import control_characters, folded
from debates import tables
from debates.columns import ALONE, CHOICES, FURTHER_REQUEST, PROMISE, code_of
from debates.faults import Fault, FaultKind, FileRefused
from debates.outcomes import WITHOUT_WORDS, ProposalStatus
from debates.tables import Table

FIRST_YEAR = 1990
ACCURACY_M = 100.0
"""How exact a position is taken to be when its record does not say."""

MOST_PEOPLE = 100_000
LONGEST = {
    "meeting": 64,
    "id": 64,
    "source": 500,
    "police_unit": 160,
    "debate_place": 160,
    "title": 200,
    "series": 200,
    "venue": 200,
    "organisers": 1000,
    "officials": 4000,
    "themes": 4000,
    "announced": 300,
    "case_sign": 80,
    "jrwa_symbol": 20,
    "category": 160,
    "place": 160,
    "addressee": 200,
    "addressee_name": 200,
    "promised_by": 200,
    "withheld": 500,
}
"""Characters; any other text may have 2,000."""

LONGEST_TEXT = 2000
LONGEST_GEOMETRY = 100_000
MOST_PLACES = 50
"""Places that one record names: each is looked up in every district of the debate."""

EXAMPLE = ("przyklad", "example")
"""How the sign of the meeting in the example row of our template begins."""

_MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "wrzesnia", "pazdziernika", "listopada", "grudnia",
)  # fmt: skip
_DAY = re.compile(rf"(?<!\d)(\d{{1,2}})[-_ ]({'|'.join(_MONTHS)})[-_ ](\d{{4}})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(19[9]\d|20\d\d)(?!\d)")
_DISTRICT = re.compile(r"\d{4}", re.ASCII)
_AREA = re.compile(r"\d{4}(\d{2,3})?", re.ASCII)
_ADDRESS = re.compile(r"https?://\S+", re.ASCII)
_COUNT = re.compile(r"\d{1,7}", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})[:.](\d{2})(?::00)?", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ARCHIVAL = re.compile(r"A|BC|BE?[1-9]\d?")


@dataclass(frozen=True)
class Named:
    """A place as the minutes name it. `is_town` tells a town or village from a street, a lake or a crossroads."""

    words: str
    is_town: bool
    commune_code: str | None = None


@dataclass(frozen=True)
class Asked:
    """What a record tells of a request: who was asked, by when, and what became of it."""

    addressee: str = ""
    addressee_name: str = ""
    due_on: date | None = None
    status: str = ""
    follow_up: str = ""
    answered_on: date | None = None
    text: str = ""

    @property
    def result(self) -> ProposalStatus:
        """What became of it: as the record says, else as the published words say."""
        return ProposalStatus(self.status) if self.status else result_of(self.follow_up)


@dataclass(frozen=True)
class Promised:
    """What a record tells of a promise."""

    what: str = ""
    who: str = ""
    due_on: date | None = None
    kept_on: date | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Record:
    """One record of past minutes. `facts` are what it tells of its meeting beside day, town and unit.

    `above` is the record of the request to which a promise belongs, when it stands in a row of its own.
    """

    record: int
    source: str
    unit: str
    district_codes: tuple[str, ...]
    town: str
    held_on: date | None
    is_year_only: bool
    text: str
    category: str
    places: tuple[Named, ...]
    position: Place | None
    asked: Asked
    sign: str = ""
    id: str = ""
    kind: str = "proposal"
    area: str = ""
    voices: int = 1
    speaker: str = "resident"
    answer: str = ""
    withheld: str = ""
    said_of: date | None = None
    weekdays: int = 0
    times_of_day: int = 0
    promised: Promised = Promised()
    venue_position: Place | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    above: "Record | None" = None

    @property
    def is_said(self) -> bool:
        """Whether it becomes a statement in the minutes."""
        return self.kind not in {ALONE, FURTHER_REQUEST, PROMISE}

    @property
    def is_asked(self) -> bool:
        """Whether it becomes a request with an addressee."""
        if self.kind in {"proposal", FURTHER_REQUEST}:
            return True
        return self.is_said and bool(self.asked.addressee or self.asked.addressee_name)

    @property
    def follow_up(self) -> str:
        """What was published about it afterwards."""
        return self.asked.follow_up

    @property
    def gathering(self) -> str:
        """What makes two records of this file belong to one meeting."""
        return self.meeting_key(self.unit)

    def meeting_key(self, unit_code: str) -> str:
        """Give the key of the meeting: of its sign where it has one, else of unit, town and year.

        Without a year it is the published page that tells two meetings apart.
        """
        if _KEY.fullmatch(self.sign):
            return self.sign
        if self.sign:
            return _key("sign", folded(unit_code), folded(self.sign))
        when = str(self.held_on.year) if self.held_on else self.source
        return _key("meeting", folded(self.unit), self.district_codes[0], folded(self.town), when)

    def key(self, unit_code: str) -> str:
        """Give what tells the record from every other one of its meeting: its own sign, else its kind and words."""
        if _KEY.fullmatch(self.id):
            return self.id
        meeting = self.meeting_key(unit_code)
        if self.id:
            return _key("id", meeting, folded(self.id))
        kind = "request" if self.kind == "proposal" else self.kind
        words = self.promised.what if self.kind == PROMISE else self.text
        beside = (self.above.key(unit_code),) if self.above else ()
        return _key(kind, meeting, " ".join(folded(words).split()), *beside)


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Minutes:
    """The records of a file, and what a person should know of how it was read.

    `repeated` are records that say what an earlier one says: they are entered once.
    """

    records: tuple[Record, ...]
    unread: tuple[str, ...] = ()
    is_guessed: bool = False


def read_file(content: bytes, file_format: str, today: date) -> Minutes:
    """Read a file of past minutes (JSON, CSV or XLSX), or raise FileRefused with every fault."""
    return read(tables.taken_apart(content, file_format), today)


def read(table: Table, today: date) -> Minutes:
    """Read the records of a file, or raise FileRefused with every fault."""
    faults: list[Fault] = []
    found = [
        one for number, record in table.records if (one := _Reading(number, record, today, faults).record()) is not None
    ]
    if not faults:
        found = _with_requests(found, faults)
        faults += contradictions(found, lambda one: one.gathering)
    if faults:
        raise FileRefused(faults, len(table.records))
    return Minutes(tuple(found), table.unread, table.is_guessed)


def _with_requests(found: Sequence[Record], faults: list[Fault]) -> list[Record]:
    """Give every promise in a row of its own the request above it in the same meeting."""
    last: dict[str, Record] = {}
    complete = []
    for one in found:
        if one.kind == PROMISE:
            above = last.get(one.gathering)
            if above is None:
                faults.append(Fault(FaultKind.NO_REQUEST, one.record, "kind"))
            complete.append(replace(one, above=above))
            continue
        if one.is_asked:
            last[one.gathering] = one
        complete.append(one)
    return complete


def contradictions(found: Sequence[Record], meeting_of: Callable[[Record], str]) -> list[Fault]:
    """Find records of one meeting that do not agree on what they tell of it."""
    first: dict[tuple[str, str], tuple[int, Any]] = {}
    faults = []
    for one in found:
        for name, told in _told_of_meeting(one).items():
            row, before = first.setdefault((meeting_of(one), name), (one.record, told))
            if before != told:
                faults.append(Fault(FaultKind.DIFFERS, one.record, name, str(told)[:60], detail=str(row)))
    return faults


def _told_of_meeting(one: Record) -> dict[str, Any]:
    day = {"date": one.held_on} if one.held_on and not one.is_year_only else {}
    return {**day, "powiat_teryt": " ".join(one.district_codes), **one.facts}


class _FieldRefused(ValueError):
    def __init__(self, kind: FaultKind, detail: str = "") -> None:
        super().__init__(kind.value)
        self.kind, self.detail = kind, detail


class _Reading:
    """Reads one record, field by field; every field that cannot be read adds a fault."""

    def __init__(self, number: int, record: Mapping[str, Any], today: date, faults: list[Fault]) -> None:
        self.number, self.given, self.today, self.faults = number, record, today, faults

    def record(self) -> Record | None:
        before = len(self.faults)
        if folded(str(self.given.get("meeting") or "")).startswith(EXAMPLE):
            self.complain(FaultKind.EXAMPLE, "meeting")
            return None
        kind = self.choice("kind") or "proposal"
        source, day = self.read("source", _source), self.day("date", past=True)
        held_on, is_year_only = day or (day_in(source or "", self.today) if source is not None else (None, False))
        found = {
            "source": source,
            "unit": self.words("police_unit"),
            "district_codes": self.read("powiat_teryt", _districts),
            "town": self.words("debate_place", needed=True),
            "text": self.words("request", needed=kind not in {ALONE, PROMISE}),
            "category": self.words("category"),
            "places": self.read("places" if "places" in self.given else "place", _places),
            "position": self.position(),
            "sign": self.words("meeting"),
            "id": self.words("id"),
            "kind": kind,
            "area": self.read("area", _area),
            "voices": self.count("voices", least=1) or 1,
            "speaker": self.choice("speaker") or "resident",
            "answer": self.words("answer"),
            "withheld": self.words("withheld"),
            "said_of": self.only_day("said_of", past=True),
            "weekdays": self.mask("weekdays", WEEKDAYS),
            "times_of_day": self.mask("times_of_day", TIMES_OF_DAY),
            "asked": self.asked(),
            "promised": self.promised(kind),
            "venue_position": self.spot("venue_lon", "venue_lat", "venue_accuracy_m"),
            "facts": self.facts(held_on if held_on and not is_year_only else None),
        }
        self.check_days(found["said_of"], held_on, is_year_only=is_year_only)
        if len(self.faults) > before:
            return None
        return Record(record=self.number, held_on=held_on, is_year_only=is_year_only, **found)

    def complain(self, kind: FaultKind, name: str, detail: str = "") -> None:
        self.faults.append(Fault(kind, self.number, name, str(self.given.get(name) or "")[:60], detail=detail))

    def read(self, name: str, reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(self.given.get(name))
        except _FieldRefused as refused:
            self.complain(refused.kind, name, refused.detail)
        except PlaceRefused as refused:
            shown = str(self.given.get(name) or "")[:60]
            self.faults.append(Fault(FaultKind.NOT_A_PLACE, self.number, name, shown, refused.fault))
        return None

    def words(self, name: str, *, needed: bool = False) -> Any:
        return self.read(name, lambda value: _text(value, LONGEST.get(name, LONGEST_TEXT), needed=needed))

    def choice(self, name: str) -> Any:
        return self.read(name, lambda value: _choice(CHOICES[name], value))

    def count(self, name: str, least: int = 0) -> Any:
        return self.read(name, lambda value: _count(value, least))

    def mask(self, name: str, bits: Mapping[str, int]) -> Any:
        return self.read(name, lambda value: mask_of(_choices(CHOICES[name], value), bits)) or 0

    def day(self, name: str, *, past: bool) -> Any:
        return self.read(name, lambda value: _day(value, self.today if past else None))

    def only_day(self, name: str, *, past: bool = False) -> Any:
        """Read a whole day; a year alone is none."""
        found = self.day(name, past=past)
        if found and found[1]:
            self.complain(FaultKind.NOT_A_DAY, name)
        return found[0] if found else None

    def position(self) -> Any:
        """Read where it is: a position, or a drawing as GeoJSON with its accuracy."""
        if not self.given.get("geometry"):
            return self.spot("lon", "lat", "accuracy_m")
        return self.read("geometry", lambda value: _drawing(value, self.given.get("accuracy_m")))

    def spot(self, *names: str) -> Any:
        return self.read(names[0], lambda _value: _position([self.given.get(name) for name in names]))

    def facts(self, held_on: date | None) -> dict[str, Any]:
        """Read what the record tells of its meeting, by the names of a meeting's fields, without what it leaves out."""
        kept = (
            "title",
            "series",
            "venue",
            "organisers",
            "officials",
            "themes",
            "announced",
            "case_sign",
            "jrwa_symbol",
        )
        told = {
            **{name: self.words(name) for name in kept},
            "kind": self.choice("meeting_kind"),
            "level": self.choice("level"),
            "starts_at": self.read("starts_at", _hour),
            "ends_at": self.read("ends_at", _hour),
            "residents": self.count("residents"),
            "questionnaires": self.count("questionnaires"),
            "archival_category": self.read("archival_category", _archival),
            "retain_until": self.only_day("retain_until"),
        }
        starts, ends = told["starts_at"], told["ends_at"]
        if starts and ends and ends < starts:
            self.complain(FaultKind.HOURS, "ends_at")
        if held_on and told["retain_until"] and told["retain_until"] < held_on:
            self.complain(FaultKind.BEFORE_THE_MEETING, "retain_until")
        return {name: value for name, value in told.items() if value not in {None, ""}}

    def asked(self) -> Asked:
        """Read who was asked and what became of it; a result has its words."""
        told = Asked(
            self.words("addressee") or "",
            self.words("addressee_name") or "",
            self.only_day("due_on"),
            self.choice("status") or "",
            self.words("follow_up") or "",
            self.only_day("answered_on", past=True),
            self.words("asked_for") or "",
        )
        if told.status and ProposalStatus(told.status) not in WITHOUT_WORDS and not told.follow_up:
            self.complain(FaultKind.NO_ANSWER, "follow_up")
        return told

    def promised(self, kind: str) -> Promised:
        """Read what was promised; a promise says what and by whom, and one that was kept says how."""
        told = Promised(
            self.words("promise") or "",
            self.words("promised_by") or "",
            self.only_day("promise_due_on"),
            self.only_day("promise_kept_on", past=True),
            self.words("promise_outcome") or "",
        )
        is_there = any((told.what, told.who, told.due_on, told.kept_on, told.outcome)) or kind == PROMISE
        for name, value in (("promise", told.what), ("promised_by", told.who)):
            if is_there and not value:
                self.complain(FaultKind.NO_PROMISE, name)
        if told.kept_on and not told.outcome:
            self.complain(FaultKind.NO_PROMISE, "promise_outcome")
        return told

    def check_days(self, said_of: date | None, held_on: date | None, *, is_year_only: bool) -> None:
        """Refuse a day of which nobody could speak yet."""
        if said_of and held_on and not is_year_only and said_of > held_on:
            self.complain(FaultKind.AFTER_THE_MEETING, "said_of")


def _text(value: Any, longest: int, *, needed: bool) -> str:
    if value is not None and not isinstance(value, str):
        raise _FieldRefused(FaultKind.NOT_TEXT)
    text = (value or "").strip()
    if not text and needed:
        raise _FieldRefused(FaultKind.EMPTY)
    if len(text) > longest:
        raise _FieldRefused(FaultKind.TOO_LONG, str(longest))
    if control_characters(text):
        raise _FieldRefused(FaultKind.CONTROL_CHARACTERS)
    return text


def _choice(words: Mapping[str, tuple[str, ...]], value: Any) -> str:
    text = _text(value, LONGEST_TEXT, needed=False)
    if not text:
        return ""
    code = code_of(words, text)
    if code is None:
        raise _FieldRefused(FaultKind.NOT_A_CHOICE, ", ".join(names[0] for names in words.values()))
    return code


def _choices(words: Mapping[str, tuple[str, ...]], value: Any) -> list[str]:
    """Read several words: a list, or a text with commas between."""
    given = value if isinstance(value, list) else _text(value, LONGEST_TEXT, needed=False).split(",")
    return [code for one in given if (code := _choice(words, one))]


def _count(value: Any, least: int) -> int | None:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if isinstance(value, bool) or not _COUNT.fullmatch(text) or not least <= int(text) <= MOST_PEOPLE:
        raise _FieldRefused(FaultKind.NOT_A_COUNT, f"{least}–{MOST_PEOPLE}")
    return int(text)


def _source(value: Any) -> str:
    text = _text(value, LONGEST["source"], needed=False)
    if text and not _ADDRESS.fullmatch(text):
        raise _FieldRefused(FaultKind.NOT_AN_ADDRESS)
    return text


def _districts(value: Any) -> tuple[str, ...]:
    """Read the code of a district, or of several with blanks or commas between."""
    codes = re.split(r"[\s,]+", str(value or "").strip())
    if not all(_DISTRICT.fullmatch(code) for code in codes):
        raise _FieldRefused(FaultKind.NOT_A_DISTRICT if any(codes) else FaultKind.EMPTY)
    return tuple(dict.fromkeys(codes))


def _area(value: Any) -> str:
    text = str(value or "").strip()
    if text and not _AREA.fullmatch(text):
        raise _FieldRefused(FaultKind.NO_AREA)
    return text


def _hour(value: Any) -> time | None:
    text = str(value or "").strip()
    if not text:
        return None
    found = _HOUR.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found else time(int(text))
    except (ValueError, OverflowError) as error:
        raise _FieldRefused(FaultKind.NOT_AN_HOUR) from error


def _archival(value: Any) -> str:
    text = _text(value, LONGEST_TEXT, needed=False).upper().replace(" ", "")
    if text and not _ARCHIVAL.fullmatch(text):
        raise _FieldRefused(FaultKind.NOT_A_CLASS)
    return text


def _day(value: Any, today: date | None) -> tuple[date, bool] | None:
    """Read 2016-03-16 or 2016; nothing given is None. With `today` no later day is taken."""
    text = str(value or "").strip()
    if not text:
        return None
    try:
        day = date(int(text), 1, 1) if re.fullmatch(r"\d{4}", text, re.ASCII) else date.fromisoformat(text)
    except ValueError as error:
        raise _FieldRefused(FaultKind.NOT_A_DAY) from error
    if today is not None and day > today:
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
        words = _text(value, LONGEST["place"], needed=False)
        return (Named(words, is_town=True),) if words else ()
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise _FieldRefused(FaultKind.NOT_TEXT)
    if len(value) > MOST_PLACES:
        raise _FieldRefused(FaultKind.TOO_MANY_PLACES)
    return tuple(_named(entry) for entry in value)


def _named(entry: Mapping[str, Any]) -> Named:
    words = _text(entry.get("lemma") or entry.get("form"), LONGEST["place"], needed=True)
    register = entry.get("simc")
    found = register[0] if isinstance(register, list) and register and isinstance(register[0], dict) else {}
    commune = str(found.get("gmina") or "")[:6]
    return Named(words, entry.get("kind") == "miejscowość", commune if commune.isdecimal() else None)


def _number(value: Any) -> str:
    return "" if value is None else str(value).strip().replace(",", ".")


def _position(given: Sequence[Any]) -> Place | None:
    """Read a position in degrees, with its accuracy in metres."""
    lon, lat, accuracy_m = map(_number, given)
    if not lon and not lat:
        return None
    return Place.point(_as_float(lon), _as_float(lat), _as_float(accuracy_m or str(ACCURACY_M)))


def _drawing(value: Any, accuracy_m: Any) -> Place:
    """Read a point, a line or an area as GeoJSON."""
    accuracy = _as_float(_number(accuracy_m) or str(ACCURACY_M))
    if isinstance(value, Mapping):
        return Place.from_mapping(value, accuracy)
    return Place.from_geojson(_text(value, LONGEST_GEOMETRY, needed=True), accuracy)


def _as_float(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _FieldRefused(FaultKind.NOT_A_NUMBER) from error


_DONE = re.compile(r"\b(zrealizowan[oaey]|wykonan[oaey]|zamontowan[oaey]|ustawiono|usuniet[oaey]|naprawion[oaey])\b")
_HANDED_OVER = re.compile(r"\b(wyslano|przekazan[oaey]|skierowano|wystapiono)\b")
_ACCEPTED = re.compile(r"\b(przyjet[oaey]|przyjeli|przyjal|uwzglednion[oaey])\b")
_NOT = re.compile(r"\bnie (?:zostal[oaiy]? )?$")


def result_of(follow_up: str) -> ProposalStatus:
    """Read from published words what became of a request: a plain word decides, anything else is still in progress."""
    words = folded(follow_up)
    if not words.strip():
        return ProposalStatus.OPEN
    signs = (
        (ProposalStatus.DONE, _DONE),
        (ProposalStatus.HANDED_OVER, _HANDED_OVER),
        (ProposalStatus.ACCEPTED, _ACCEPTED),
    )
    for result, sign in signs:
        found = sign.search(words)
        if found and not _NOT.search(words[: found.start()]):
            return result
    return ProposalStatus.IN_PROGRESS
