"""Typing a sheet in: the fields of a row become a mark, or it is said what is wrong with them.

A row takes what stands on the paper: "C7", the printed number of a category, the ticked days and parts of the day, a
few words. Days are the digits 1 to 7 or the beginnings of their names, parts of the day their first letters, so that
"pn-pt w", "1-5 w" and "12345 wieczór" are the evenings of workdays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from consult.paper.agreement import Mark
from consult.paper.grid import CellFault, CellRefused, Grid
from consult.period import TIMES_OF_DAY
from consult.words import folded


class Part(StrEnum):
    """What a row has fields for."""

    CELL = "cell"
    CATEGORY = "category"
    WHEN = "when"
    WORDS = "words"


class Wrong(StrEnum):
    """What is wrong with what was typed."""

    NO_CELL = "no_cell"
    NOT_A_CELL = "not_a_cell"
    OUTSIDE = "outside"
    NO_LAND = "no_land"
    CATEGORY = "category"
    WHEN = "when"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"
    PERSONAL = "personal"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field of a row; `detail` is what was typed or found there."""

    part: Part
    wrong: Wrong
    detail: str = ""


@dataclass(frozen=True)
class Row:
    """A row as it was typed, its place in the sheet counted from one, and what was made of it."""

    position: int
    typed: Mapping[Part, str]
    mark: Mark | None = None
    faults: Sequence[Fault] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(text.strip() for text in self.typed.values())

    def fault(self, part: Part) -> Fault | None:
        """Give the fault of a field, None when all is well there."""
        return next((one for one in self.faults if one.part is part), None)


def read(position: int, typed: Mapping[Part, str], grid: Grid, categories: Sequence[str], longest: int) -> Row:
    """Read a row. `categories` are codes in the order of their printed numbers."""
    said = {part: " ".join(typed.get(part, "").split()) for part in Part}
    row = Row(position, {part: typed.get(part, "") for part in Part})
    if row.is_empty:
        return row
    faults: list[Fault] = []
    cell = _cell(said[Part.CELL], grid, faults)
    category = _category(said[Part.CATEGORY], categories, faults)
    weekdays, times_of_day = _when(said[Part.WHEN], faults)
    if len(said[Part.WORDS]) > longest:
        faults.append(Fault(Part.WORDS, Wrong.TOO_LONG, str(longest)))
    if not said[Part.WORDS].isprintable():
        faults.append(Fault(Part.WORDS, Wrong.UNPRINTABLE))
    if faults or not cell:
        return Row(position, row.typed, None, tuple(faults))
    mark = Mark(position, cell, *grid.position(cell), category, weekdays, times_of_day, said[Part.WORDS])
    return Row(position, row.typed, mark)


def _cell(text: str, grid: Grid, faults: list[Fault]) -> str:
    if not text:
        faults.append(Fault(Part.CELL, Wrong.NO_CELL))
        return ""
    try:
        return grid.read(text)
    except CellRefused as refused:
        wrong = Wrong.NOT_A_CELL if refused.fault is CellFault.NOT_A_CELL else Wrong.OUTSIDE
        faults.append(Fault(Part.CELL, wrong, text[:20]))
        return ""


def _category(text: str, categories: Sequence[str], faults: list[Fault]) -> str | None:
    """Know a category by its printed number; a row may have none."""
    if not text:
        return None
    if re.fullmatch(r"\d{1,3}", text, re.ASCII) and 1 <= int(text) <= len(categories):
        return categories[int(text) - 1]
    faults.append(Fault(Part.CATEGORY, Wrong.CATEGORY, text[:20]))
    return None


def _when(text: str, faults: list[Fault]) -> tuple[int, int]:
    try:
        return when(text)
    except ValueError as refused:
        faults.append(Fault(Part.WHEN, Wrong.WHEN, str(refused)[:20]))
        return 0, 0


_DAY_WORDS: Sequence[tuple[str, ...]] = (
    ("poniedzialek", "pn", "monday"),
    ("wtorek", "wt", "tuesday"),
    ("sroda", "sr", "wednesday"),
    ("czwartek", "cz", "thursday"),
    ("piatek", "pt", "friday"),
    ("sobota", "so", "sb", "saturday"),
    ("niedziela", "nd", "sunday"),
)
_TIME_WORDS: Mapping[str, tuple[str, ...]] = {
    "morning": ("rano", "morning"),
    "afternoon": ("popoludnie", "popoludniu", "afternoon"),
    "evening": ("wieczorem", "evening"),
    "night": ("noca", "night"),
}
_SEVERAL: Mapping[str, int] = {"codziennie": 127, "weekend": 96}
_SHORTEST_DAY, _SHORTEST_SEVERAL = 2, 3


def when(text: str) -> tuple[int, int]:
    """Read days of the week and parts of the day, or raise ValueError with what cannot be read."""
    weekdays = times_of_day = 0
    plain = re.sub(r" ?[-–] ?", "-", " ".join(folded(text).split()))
    for piece in re.split(r"[\s,;.+/]+", plain):
        if not piece:
            continue
        days, times = _piece(piece)
        weekdays, times_of_day = weekdays | days, times_of_day | times
    return weekdays, times_of_day


def _piece(piece: str) -> tuple[int, int]:
    """Read one piece: "135", "1-5", "pn-pt", "pn", "w"."""
    if re.fullmatch(r"[1-7]+", piece, re.ASCII):
        return sum(1 << (int(digit) - 1) for digit in set(piece)), 0
    first, dash, last = piece.partition("-")
    if dash:
        return _days_from(_day(first), _day(last)), 0
    several = [mask for word, mask in _SEVERAL.items() if len(piece) >= _SHORTEST_SEVERAL and word.startswith(piece)]
    if several:
        return several[0], 0
    days = _fitting_days(piece)
    times = [bit for name, bit in TIMES_OF_DAY.items() if any(word.startswith(piece) for word in _TIME_WORDS[name])]
    if len(days) + len(times) != 1:  # nothing fits, or "po" is Monday as well as the afternoon
        raise ValueError(piece)
    return (1 << days[0], 0) if days else (0, times[0])


def _fitting_days(piece: str) -> list[int]:
    if len(piece) < _SHORTEST_DAY:
        return []
    return [day for day, words in enumerate(_DAY_WORDS) if any(word.startswith(piece) for word in words)]


def _day(text: str) -> int:
    if re.fullmatch(r"[1-7]", text, re.ASCII):
        return int(text) - 1
    fitting = _fitting_days(text)
    if len(fitting) != 1:
        raise ValueError(text)
    return fitting[0]


def _days_from(first: int, last: int) -> int:
    """Give the days from one to another, past the end of the week if need be: Friday to Monday."""
    return sum(1 << (first + step) % 7 for step in range((last - first) % 7 + 1))


def typed_when(weekdays: int, times_of_day: int) -> str:
    """Write days and parts of the day so that they can be typed again."""
    days = "".join(str(day) for day in range(1, 8) if weekdays & 1 << (day - 1))
    times = " ".join(_TIME_WORDS[name][0][0] for name, bit in TIMES_OF_DAY.items() if times_of_day & bit)
    return " ".join(part for part in (days, times) if part)
