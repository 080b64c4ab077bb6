"""Parameters of addresses that programs ask: each is declared once; reading and describing both follow from that.

A page for people ignores a filter that makes no sense. A program is told: a wrong value, a parameter that does not
exist or one given twice is refused with its name, since an answer to another question than the one asked is worse.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from consult.period import WARSAW

YEARS = (2000, 3000)
LONGEST_VALUE = 20_000
MOST_VALUES = 50
DAY_LETTERS = 10
"""How long a day without an hour is: 2026-07-15."""


class Given(Protocol):
    """The arguments of an address: a name may stand there several times."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str) -> Sequence[str]: ...


class ParameterRefused(Exception):
    """A parameter cannot be read; `name` is the parameter, `expected` says what it takes."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it narrows, its form as JSON Schema, and how its text is read.

    `read` raises ValueError when the text makes no sense. `is_list` takes several values with commas between them,
    at most `most`.
    """

    name: str
    meaning: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    expected: str
    default: Any = None
    is_list: bool = False
    most: int = MOST_VALUES

    def value_of(self, text: str) -> Any:
        """Read a text, or raise ParameterRefused."""
        if len(text) > LONGEST_VALUE:
            raise ParameterRefused(self.name, f"at most {LONGEST_VALUE} characters")
        try:
            return self._listed(text) if self.is_list else self.read(text)
        except (ValueError, KeyError, OverflowError) as error:
            raise ParameterRefused(self.name, self.expected) from error

    def _listed(self, text: str) -> tuple[Any, ...]:
        parts = text.split(",")
        if len(parts) > self.most:
            raise ParameterRefused(self.name, f"at most {self.most} values")
        return tuple(self.read(part) for part in parts)


def read(declared: Sequence[Parameter], given: Given, *, strictly: bool = True) -> dict[str, Any]:
    """Read the declared parameters; what is not given has its default. Raises ParameterRefused.

    Not `strictly` means that other parameters are somebody else's and are left alone.
    """
    known = {parameter.name: parameter for parameter in declared}
    for name in given:
        if strictly and name not in known:
            raise ParameterRefused(name[:40], "there is no such parameter here")
    return {name: _value(parameter, given.getlist(name)) for name, parameter in known.items()}


def _value(parameter: Parameter, texts: Sequence[str]) -> Any:
    if len(texts) > 1:
        raise ParameterRefused(parameter.name, "it may be given once")
    return parameter.value_of(texts[0]) if texts else parameter.default


def whole_number(name: str, meaning: str, low: int, high: int, default: int) -> Parameter:
    """Declare a whole number within bounds."""

    def number(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", text) or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    schema = {"type": "integer", "minimum": low, "maximum": high, "default": default}
    return Parameter(name, meaning, schema, number, f"a whole number from {low} to {high}", default)


def one_of(name: str, meaning: str, choices: Sequence[str], *, several: bool = False) -> Parameter:
    """Declare one word of a list, or several of them."""

    def word(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    schema = {"type": "string", "enum": list(choices)}
    return Parameter(name, meaning, schema, word, f"one of {', '.join(choices)}", (() if several else None), several)


def coded(
    name: str, meaning: str, pattern: str, expected: str, *, several: bool = False, most: int = MOST_VALUES
) -> Parameter:
    """Declare a code of a pattern (anchored at both ends), or several of them."""
    form = re.compile(pattern, re.ASCII)

    def code(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(text)
        return text

    schema = {"type": "string", "pattern": f"^({pattern})$"}
    return Parameter(name, meaning, schema, code, expected, (() if several else None), several, most)


def day(name: str, meaning: str) -> Parameter:
    """Declare a day."""
    schema = {"type": "string", "format": "date", "pattern": "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$"}
    return Parameter(name, meaning, schema, _day, "a day such as 2026-07-15")


def moment(name: str, meaning: str) -> Parameter:
    """Declare a moment; a day alone is its midnight in Warsaw, and so is what names no zone."""
    expected = "a moment such as 2026-07-15T00:00:00Z"
    return Parameter(name, meaning, {"type": "string", "format": "date-time"}, _moment, expected)


def rectangle(name: str, meaning: str) -> Parameter:
    """Declare west, south, east and north in degrees, with commas between them."""
    number = r"-?[0-9]{1,3}(\.[0-9]{1,20})?"

    def edges(text: str) -> tuple[float, float, float, float]:
        if not all(re.fullmatch(number, part) for part in text.split(",")):
            raise ValueError(text)
        west, south, east, north = (float(part) for part in text.split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError(text)
        return west, south, east, north

    schema = {"type": "string", "pattern": f"^{number}(,{number}){{3}}$"}
    return Parameter(name, meaning, schema, edges, "west,south,east,north in degrees")


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if len(text) != DAY_LETTERS or not YEARS[0] <= found.year < YEARS[1]:
        raise ValueError(text)
    return found


def _moment(text: str) -> datetime:
    # The plus of a zone arrives as a blank where a client did not escape it.
    found = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
    if not YEARS[0] <= found.year < YEARS[1]:
        raise ValueError(text)
    return (found if found.tzinfo else found.replace(tzinfo=WARSAW)).astimezone(UTC)
