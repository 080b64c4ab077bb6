"""What the demonstration tells of: people's reports, meetings and answers, all invented, read from small files.

Places are given as metres east and north of a town, times as months before today, so that the story is always young.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
DISTRICTS = ("lask", "slupca")

Offset = tuple[float, float]
"""Metres east and north."""


@dataclass(frozen=True)
class Anchor:
    """A town around which people live; its weight is its share of what is reported."""

    name: str
    lon: float
    lat: float
    weight: float
    radius_m: float


@dataclass(frozen=True)
class Spot:
    """A place of which people speak again and again; `reports` is how often in a year."""

    key: str
    category: str
    at: str
    east: float
    north: float
    reports: int
    texts: list[str]
    months: list[int] = field(default_factory=lambda: list(range(1, 13)))
    weekdays: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Promise:
    """Who promised what in answer to a request; days count from the meeting."""

    who: str
    what: str
    due_days: int
    kept_days: int
    outcome: str


@dataclass(frozen=True)
class Request:
    """What was asked of whom, and what became of it so many days after the meeting."""

    text: str
    addressee: str
    addressee_name: str
    due_days: int
    status: str = "open"
    answer: str = ""
    answered_days: int = 0
    commitment: Promise | None = None


@dataclass(frozen=True)
class Said:
    """One thing said at a meeting: at a known spot, beside a town, along a line, within an area, or about a commune."""

    kind: str
    text: str
    category: str | None = None
    spot: str = ""
    at: str = ""
    east: float = 0.0
    north: float = 0.0
    line: list[Offset] = field(default_factory=list)
    area: list[Offset] = field(default_factory=list)
    commune: str = ""
    voices: int = 1
    speaker: str = "resident"
    times: list[str] = field(default_factory=list)
    answer: str = ""
    proposal: Request | None = None


@dataclass(frozen=True)
class Gathering:
    """A meeting with what was said there."""

    key: str
    kind: str
    level: str
    months_ago: int
    day: int
    starts: str
    ends: str
    title: str
    venue: str
    at: str
    east: float
    north: float
    residents: int
    organisers: str
    officials: str
    statements: list[Said]
    themes: str = ""
    series: str = ""
    announced: str = ""
    questionnaires: int | None = None
    previous: str = ""


@dataclass(frozen=True)
class Coming:
    """A debate that is planned for so many days after the day on which the demonstration is loaded."""

    key: str
    kind: str
    level: str
    in_days: int
    starts: str
    ends: str
    title: str
    themes: str
    venue: str
    at: str
    east: float
    north: float
    features: list[str]
    access_note: str
    directions: str
    organisers: str
    invited: str
    previous: str
    series: str = ""


@dataclass(frozen=True)
class Story:
    """What happens in one district."""

    code: str
    unit_code: str
    unit_name: str
    path: str
    reports: int
    officer: str
    head: str
    anchors: list[Anchor]
    spots: list[Spot]
    meetings: list[Gathering]
    coming: list[Coming]

    def anchor(self, name: str) -> Anchor:
        """Give a town by its name."""
        return next(anchor for anchor in self.anchors if anchor.name == name)

    def spot(self, key: str) -> Spot:
        """Give a spot by its key."""
        return next(spot for spot in self.spots if spot.key == key)


@dataclass(frozen=True)
class Sort:
    """A category: its share of all reports in a hundred, what people write, and how often it proves true."""

    code: str
    share: float
    confirmed: float
    eliminated: float
    texts: list[str]
    times: list[str]
    months: list[int] = field(default_factory=lambda: list(range(1, 13)))
    handed_to: str = ""


@dataclass(frozen=True)
class Texts:
    """What stands beside all districts: categories, words for places, answers of the police."""

    sorts: list[Sort]
    phrases: list[str]
    answers: dict[str, list[str]]

    def sort(self, code: str) -> Sort:
        """Give what is known of a category."""
        return next((sort for sort in self.sorts if sort.code == code), self.sorts[0])


@cache
def texts() -> Texts:
    """Read what the districts share."""
    record = _read("reports")
    return Texts([Sort(**one) for one in record["categories"]], record["where"]["phrases"], record["answers"])


@cache
def stories() -> tuple[Story, ...]:
    """Read the districts."""
    return tuple(_story(_read(name)) for name in DISTRICTS)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


def _story(record: dict[str, Any]) -> Story:
    parts = {
        "anchors": [Anchor(**one) for one in record["anchors"]],
        "spots": [Spot(**one) for one in record["spots"]],
        "meetings": [_gathering(one) for one in record["meetings"]],
        "coming": [Coming(**one) for one in record["coming"]],
    }
    return Story(**{**record, **parts})


def _gathering(record: dict[str, Any]) -> Gathering:
    return Gathering(**{**record, "statements": [_said(one) for one in record["statements"]]})


def _said(record: dict[str, Any]) -> Said:
    asked = record.get("proposal")
    return Said(**{**record, "proposal": _request(asked) if asked else None})


def _request(record: dict[str, Any]) -> Request:
    promised = record.get("commitment")
    return Request(**{**record, "commitment": Promise(**promised) if promised else None})
