"""The agenda of a meeting: lines with an hour and a theme, as people type them; and what a debate usually has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

_LINE = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?!\d)\s*(?:[-–—:]\s*)?(?P<theme>.*)")
MOST_POINTS = 40
LONGEST_THEME = 200
STEP_MINUTES = 5
SHORTEST_MINUTES = 40
"""A shorter meeting has no room for an hour at each theme."""

LAST_MINUTE = 24 * 60 - 1
USUAL_MINUTES = 120
"""How long a debate lasts when nobody said."""


class AgendaFault(StrEnum):
    """What is wrong with an agenda."""

    NO_SUCH_HOUR = "no_such_hour"
    NO_THEME = "no_theme"
    THEME_TOO_LONG = "theme_too_long"
    HOURS_OUT_OF_ORDER = "hours_out_of_order"
    TOO_MANY_POINTS = "too_many_points"


@dataclass(eq=False)
class AgendaRefused(ValueError):
    """The agenda cannot be kept: what is wrong, and in which line, counted from 1."""

    fault: AgendaFault
    line: int


@dataclass(frozen=True)
class Point:
    """A theme, and when its turn comes; `at` is None where no hour is given."""

    theme: str
    at: time | None = None

    @property
    def line(self) -> str:
        """The point as it is typed."""
        return f"{self.at:%H:%M} {self.theme}" if self.at else self.theme


def points(text: str) -> list[Point]:
    """Read an agenda, a point a line; empty lines do not count. Raises AgendaRefused."""
    found: list[Point] = []
    latest: time | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        point = _point(line.strip(), number)
        if point.at and latest and point.at < latest:
            raise AgendaRefused(AgendaFault.HOURS_OUT_OF_ORDER, number)
        latest = point.at or latest
        found.append(point)
        if len(found) > MOST_POINTS:
            raise AgendaRefused(AgendaFault.TOO_MANY_POINTS, number)
    return found


def _point(line: str, number: int) -> Point:
    typed = _LINE.fullmatch(line)
    theme = " ".join((typed["theme"] if typed else line).split())
    if not theme:
        raise AgendaRefused(AgendaFault.NO_THEME, number)
    if len(theme) > LONGEST_THEME:
        raise AgendaRefused(AgendaFault.THEME_TOO_LONG, number)
    if not typed:
        return Point(theme)
    try:
        return Point(theme, time(int(typed["hour"]), int(typed["minute"])))
    except ValueError:
        raise AgendaRefused(AgendaFault.NO_SUCH_HOUR, number) from None


def text_of(agenda: Sequence[Point]) -> str:
    """Write an agenda as it is kept and typed."""
    return "\n".join(point.line for point in agenda)


class Theme(StrEnum):
    """What a debate consists of."""

    WELCOME = "welcome"
    SAFETY = "safety"
    MAP = "map"
    PREVIOUS = "previous"
    DISCUSSION = "discussion"
    SUMMARY = "summary"
    QUESTIONNAIRES = "questionnaires"


USUAL_OPENING: tuple[tuple[Theme, float], ...] = (
    (Theme.WELCOME, 0.0),
    (Theme.SAFETY, 0.05),
    (Theme.MAP, 0.15),
    (Theme.PREVIOUS, 0.25),
    (Theme.DISCUSSION, 0.35),
    (Theme.SUMMARY, 0.8),
    (Theme.QUESTIONNAIRES, 0.92),
)
"""The themes of an opening debate, each with the share of the time after which its turn comes."""

USUAL_EVALUATING: tuple[tuple[Theme, float], ...] = (
    (Theme.WELCOME, 0.0),
    (Theme.PREVIOUS, 0.05),
    (Theme.SAFETY, 0.25),
    (Theme.MAP, 0.35),
    (Theme.DISCUSSION, 0.45),
    (Theme.SUMMARY, 0.8),
    (Theme.QUESTIONNAIRES, 0.92),
)
"""The same of an evaluating debate, which opens with what became of the requests of the one before."""


def hours_of(usual: Sequence[tuple[Theme, float]], starts_at: time, ends_at: time | None) -> list[time | None]:
    """Give each theme its hour, in steps of five minutes; none where the meeting is too short for that."""
    begin = _minutes(starts_at)
    lasts = min(USUAL_MINUTES, LAST_MINUTE - begin) if ends_at is None else _minutes(ends_at) - begin
    if lasts < SHORTEST_MINUTES:
        return [None for _ in usual]
    steps = [round(share * lasts / STEP_MINUTES) * STEP_MINUTES for _theme, share in usual]
    return [time(*divmod(begin + minutes, 60)) for minutes in steps]


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
