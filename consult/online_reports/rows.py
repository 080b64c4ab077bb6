"""What a row of a file must hold to be a report: every answer is checked, and every fault is said."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from consult.geo import Place, PlaceFault, PlaceRefused
from consult.online_reports import rules
from consult.online_reports.files import WHEN, Row, number_in
from consult.online_reports.rules import Fault, FaultFound, Kind, Wrong, refuse
from consult.period import TIMES_OF_DAY, WARSAW, WEEKDAYS
from consult.threats.workflow import Status
from consult.words import folded

ACCURACY_M = 30.0
"""How exact a place is taken to be when its file does not say."""

LONGEST_ID = 100
LONGEST_CELL = 200

_WEEKDAY_NAMES = (
    ("mon", "monday", "pn", "pon", "poniedzialek"),
    ("tue", "tuesday", "wt", "wto", "wtorek"),
    ("wed", "wednesday", "sr", "sro", "sroda"),
    ("thu", "thursday", "cz", "czw", "czwartek"),
    ("fri", "friday", "pt", "pia", "piatek"),
    ("sat", "saturday", "so", "sob", "sobota"),
    ("sun", "sunday", "nd", "ndz", "nie", "niedz", "niedziela"),
)
_TIME_NAMES = (
    ("morning", "rano", "ranek", "przed poludniem", "przedpoludnie"),
    ("afternoon", "po poludniu", "popoludnie"),
    ("evening", "wieczor", "wieczorem"),
    ("night", "noc", "noca", "w nocy"),
)
_STATUS_NAMES = {
    Status.NEW: ("nowe", "nowy"),
    Status.IN_VERIFICATION: ("w trakcie weryfikacji", "weryfikacja"),
    Status.CONFIRMED: ("potwierdzone",),
    Status.ELIMINATED: ("potwierdzone wyeliminowane", "wyeliminowane"),
    Status.HANDED_OVER: ("potwierdzone przekazane poza policje", "przekazane poza policje"),
    Status.NOT_CONFIRMED: ("niepotwierdzone",),
    Status.JOKE: ("zart lub pomylka",),
}


def _bits(names: Sequence[Sequence[str]], bits: Mapping[str, int]) -> dict[str, int]:
    return {name: bits[known[0]] for known in names for name in known}


WEEKDAY_BITS = _bits(_WEEKDAY_NAMES, WEEKDAYS)
TIME_BITS = _bits(_TIME_NAMES, TIMES_OF_DAY)
STATUSES = {name: status for status, names in _STATUS_NAMES.items() for name in (status.value, *names)}


@dataclass(frozen=True)
class Setting:
    """What a row is checked against: the categories, by code or name, and the present moment."""

    category: Callable[[str], Kind | None]
    now: datetime


@dataclass(frozen=True)
class Draft:
    """A report as its file gives it, checked. `digest` tells what it says; its id and status are beside that."""

    row: int
    id: str | None
    category_code: str
    place: Place
    when: date | datetime
    weekdays: int
    times_of_day: int
    description: str
    status: Status | None
    digest: str = field(default="")


def digest(
    category_code: str, place: Place, when: date | datetime, weekdays: int, times_of_day: int, description: str
) -> str:
    """Make the same text of the same report, and another of another."""
    moment = when.astimezone(UTC) if isinstance(when, datetime) else when
    said = [category_code, place.record, moment.isoformat(), weekdays, times_of_day, description]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def voice_digest(threat_id: int, when: date, weekdays: int, times_of_day: int, description: str) -> str:
    """Make the same text of the same "I see it too", wherever the map shows the threat meanwhile."""
    said = ["voice", threat_id, when.isoformat(), weekdays, times_of_day, description]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def check(row: Row, setting: Setting) -> Draft | list[Fault]:
    """Make a draft of a row, or list everything that is wrong with it."""
    if row.faults and not row.cells:
        return list(row.faults)
    answers: dict[str, Any] = {}
    faults = []
    for name, question in _QUESTIONS.items():
        try:
            answers[name] = question(row, setting)
        except FaultFound as found:
            faults.append(found.fault)
    faults += _together(answers, is_wordless=row.is_wordless)
    if faults or row.faults:
        return _said_once(row.faults, faults)
    what = ("place", "when", "weekdays", "times_of_day", "description")
    answers["category_code"] = answers.pop("category").code
    mark = digest(answers["category_code"], **{name: answers[name] for name in what})
    return Draft(row=row.number, digest=mark, **answers)


def _said_once(of_form: Sequence[Fault], of_answers: list[Fault]) -> list[Fault]:
    """Leave out what follows from a fault already said: a missing `lon` also makes no place."""
    if any(fault.name in {"lon", "lat"} for fault in of_form):
        return [*of_form, *(fault for fault in of_answers if fault.name != "place")]
    return of_answers or list(of_form)


def _together(answers: Mapping[str, Any], *, is_wordless: bool) -> list[Fault]:
    """Check what one answer asks of another: the category of the day, the description of the category."""
    category, faults = answers.get("category"), []
    checks: list[Callable[[], None]] = []
    if category is not None and "when" in answers:
        checks.append(lambda: rules.check_category(category, rules.day(answers["when"])))
    if "description" in answers:
        needing = None if is_wordless else category
        checks.append(lambda: rules.check_description(answers["description"], needing))
    for check_one in checks:
        try:
            check_one()
        except FaultFound as found:
            faults.append(found.fault)
    return faults


def _text(row: Row, name: str, longest: int = LONGEST_CELL) -> str:
    """Read a short text: no number, no list, no control characters, blank when it is not there."""
    value = row.cells.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refuse(name, Wrong.NOT_TEXT)
    value = value.strip()
    if len(value) > longest:
        raise refuse(name, Wrong.TOO_LONG, found=len(value), most=longest)
    if rules.is_unprintable(value):
        raise refuse(name, Wrong.CONTROL_CHARACTERS)
    return value


def _id(row: Row, _setting: Setting) -> str | None:
    value = row.cells.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(row, "id", LONGEST_ID) or None


def _category(row: Row, setting: Setting) -> Kind:
    """Find the category by its code or name; some systems give a code of their own and a name beside it."""
    named = [text for text in (_text(row, "category"), _text(row, "category_name")) if text]
    if not named:
        raise refuse("category", Wrong.MISSING)
    category = next((found for found in map(setting.category, named) if found is not None), None)
    if category is None:
        raise refuse("category", Wrong.UNKNOWN_CATEGORY, value=named[-1])
    return category


def _place(row: Row, _setting: Setting) -> Place:
    if row.geometry is None:
        raise refuse("place", Wrong.MISSING)
    accuracy_m = _accuracy(row)
    try:
        return Place.from_mapping(row.geometry, accuracy_m)
    except PlaceRefused as refused:
        name = "accuracy_m" if refused.fault is PlaceFault.ACCURACY else "place"
        raise refuse(name, Wrong.PLACE, fault=refused.fault, value=refused.detail) from refused


def _accuracy(row: Row) -> float:
    value = row.cells.get("accuracy_m")
    if value is None or value == "":
        return ACCURACY_M
    number = number_in(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise refuse("accuracy_m", Wrong.NOT_A_NUMBER, value=value)
    return number


def _when(row: Row, setting: Setting) -> date | datetime:
    """Read the moment or day of the observation, else that of the report about it."""
    name = next((name for name in WHEN if _text(row, name)), None)
    if name is None:
        raise refuse(WHEN[0], Wrong.MISSING)
    when = _moment(name, _text(row, name))
    rules.check_when(name, when, setting.now, rules.FIRST_DAY)
    return when


def _moment(name: str, text: str) -> date | datetime:
    """Read ISO 8601; without a zone it is the time of Warsaw."""
    try:
        if "T" not in text and " " not in text:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refuse(name, Wrong.NOT_A_MOMENT, value=text) from error


def _description(row: Row, _setting: Setting) -> str:
    value = row.cells.get("description")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refuse("description", Wrong.NOT_TEXT)
    return rules.plain(value)


def _weekdays(row: Row, _setting: Setting) -> int:
    return _mask(row, "weekdays", Wrong.UNKNOWN_WEEKDAY, WEEKDAY_BITS.get)


def _times_of_day(row: Row, _setting: Setting) -> int:
    return _mask(row, "time_of_day", Wrong.UNKNOWN_TIME_OF_DAY, _time_of_day)


def _time_of_day(name: str) -> int | None:
    """Know a part of the day by its name or by an hour in it, such as 22:30."""
    hours, colon, minutes = name.partition(":")
    if not colon:
        return TIME_BITS.get(name)
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        return None
    part = ("night", "morning", "afternoon", "evening")[(6 <= int(hours) < 22) and 1 + (int(hours) - 6) // 6]
    return TIMES_OF_DAY[part]


def _mask(row: Row, column: str, wrong: Wrong, known: Callable[[str], int | None]) -> int:
    mask = 0
    for name in _names(row, column, wrong):
        bit = known(name)
        if bit is None:
            raise refuse(column, wrong, value=name)
        mask |= bit
    return mask


def _names(row: Row, column: str, wrong: Wrong) -> list[str]:
    """Read a list of names, or one text with commas, semicolons or strokes between them."""
    value = row.cells.get(column)
    if isinstance(value, list):
        if len(value) > 20 or not all(isinstance(name, str) for name in value):
            raise refuse(column, wrong, value=value)
        value = ",".join(value)
        row = Row(row.number, {column: value})
    text = _text(row, column)
    for mark in ";|/":
        text = text.replace(mark, ",")
    return [" ".join(folded(name).split()) for name in text.split(",") if name.strip()]


def _status(row: Row, _setting: Setting) -> Status | None:
    text = _text(row, "status")
    if not text:
        return None
    known = STATUSES.get(text) or STATUSES.get(" ".join(folded(text.replace("(", " ").replace(")", " ")).split()))
    if known is None:
        raise refuse("status", Wrong.UNKNOWN_STATUS, value=text)
    return known


_QUESTIONS: dict[str, Callable[[Row, Setting], Any]] = {
    "id": _id,
    "category": _category,
    "place": _place,
    "when": _when,
    "weekdays": _weekdays,
    "times_of_day": _times_of_day,
    "description": _description,
    "status": _status,
}


@dataclass
class Seen:
    """What must be known of the rows above to name a further one: their ids, and how often each said the same."""

    _first: dict[str, int] = field(default_factory=dict)
    _times: dict[bytes, int] = field(default_factory=dict)

    def key_of(self, draft: Draft) -> str:
        """Name a report for ever: by the id of its own system, else by what it says and its occurrence in the file."""
        if draft.id is not None:
            return f"import:{draft.id}"
        mark = bytes.fromhex(draft.digest)
        self._times[mark] = self._times.get(mark, 0) + 1
        return f"import-digest:{draft.digest}:{self._times[mark]}"

    def repeated(self, draft: Draft) -> Fault | None:
        """Tell when an earlier row already has the id of this one."""
        if draft.id is None or self._first.setdefault(draft.id, draft.row) == draft.row:
            return None
        return Fault("id", Wrong.KEY_TWICE, {"value": draft.id, "row": self._first[draft.id]})
