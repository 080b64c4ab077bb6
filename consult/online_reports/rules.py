"""The rules that every report keeps, whether a resident writes it on the page or a file brings it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from consult.period import TIMES_OF_DAY, WARSAW, day_of, midnight, names_of
from consult.words import control_characters

MOST_CHARACTERS = 500
"""The longest description."""

OLDEST_DAYS = 366
"""How long ago a resident may have seen what the page reports: the same season of last year, no older."""

FIRST_DAY = date(2000, 1, 1)
"""The first day that a file of older reports may speak of."""

BEGINS_AT = {"night": 0, "morning": 6, "afternoon": 12, "evening": 18}
"""The hour at which each part of a day may have been seen first: a day begins in the night before it."""

CLOCKS_APART = timedelta(minutes=5)
"""How far the clock of another system may be ahead of ours."""


class Wrong(StrEnum):
    """What is wrong with one answer."""

    MISSING = "missing"
    NOT_TEXT = "not_text"
    NOT_A_NUMBER = "not_a_number"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    NEEDS_DESCRIPTION = "needs_description"
    UNKNOWN_CATEGORY = "unknown_category"
    CATEGORY_ENDED = "category_ended"
    CATEGORY_TO_COME = "category_to_come"
    NOT_A_MOMENT = "not_a_moment"
    IN_THE_FUTURE = "in_the_future"
    NOT_YET = "not_yet"
    TOO_OLD = "too_old"
    UNKNOWN_WEEKDAY = "unknown_weekday"
    UNKNOWN_TIME_OF_DAY = "unknown_time_of_day"
    UNKNOWN_STATUS = "unknown_status"
    PLACE = "place"
    KEY_TWICE = "key_twice"
    OTHER_CONTENT = "other_content"
    CELLS = "cells"
    QUOTES = "quotes"
    NOT_A_FEATURE = "not_a_feature"
    NOT_A_RECORD = "not_a_record"
    NOT_FINITE = "not_finite"
    REPEATED_KEY = "repeated_key"


@dataclass(frozen=True)
class Fault:
    """One answer that cannot be taken: the field's name, what is wrong, and what the sentence about it must say."""

    name: str
    wrong: Wrong
    detail: Mapping[str, Any] = field(default_factory=dict)


class FaultFound(ValueError):
    """An answer cannot be taken; `fault` says which and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.name}: {fault.wrong}")
        self.fault = fault


def refuse(name: str, wrong: Wrong, **detail: Any) -> FaultFound:
    """Make the exception that names a field and what is wrong with it."""
    return FaultFound(Fault(name, wrong, detail))


class Kind(Protocol):
    """What these rules need to know of a category."""

    code: str
    valid_from: date
    valid_to: date | None
    requires_description: bool

    def name(self, language: str = "pl", on: date | None = None) -> str:
        """Give its name in a language."""

    def is_valid_on(self, day: date) -> bool:
        """Tell whether something of a day may be put under it."""


def check_category(category: Kind, day: date) -> None:
    """Refuse a category that was not in force on the day the report speaks of."""
    if category.valid_to is not None and day >= category.valid_to:
        last = category.valid_to - timedelta(days=1)
        raise refuse("category", Wrong.CATEGORY_ENDED, category=category, day=last)
    if day < category.valid_from:
        raise refuse("category", Wrong.CATEGORY_TO_COME, category=category, day=category.valid_from)


def plain(text: str) -> str:
    """Bring a description into the form in which it is measured and kept: composed, trimmed, with plain line breaks."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def is_unprintable(text: str) -> bool:
    """Tell whether a text holds characters that no form takes; most texts are told at a glance."""
    return not text.isprintable() and control_characters(text)


def check_description(text: str, category: Kind | None) -> None:
    """Refuse a description that is too long, holds control characters, or is missing where its category needs one."""
    if len(text) > MOST_CHARACTERS:
        raise refuse("description", Wrong.TOO_LONG, found=len(text), most=MOST_CHARACTERS)
    if is_unprintable(text):
        raise refuse("description", Wrong.CONTROL_CHARACTERS)
    if not text and category is not None and category.requires_description:
        raise refuse("description", Wrong.NEEDS_DESCRIPTION, category=category)


def check_when(name: str, when: date | datetime, now: datetime, oldest: date) -> None:
    """Refuse a day or moment that has not come yet or lies too long ago."""
    ahead = when > now + CLOCKS_APART if isinstance(when, datetime) else when > day_of(now)
    if ahead:
        raise refuse(name, Wrong.IN_THE_FUTURE, when=when)
    if day(when) < oldest:
        raise refuse(name, Wrong.TOO_OLD, when=when, oldest=oldest)


def check_times(name: str, times: int, seen_on: date, now: datetime) -> None:
    """Refuse parts of today of which none has come yet. Beside one that has, others say when it is usually so."""
    if seen_on != day_of(now):
        return
    named = names_of(times, TIMES_OF_DAY)
    if named and now.astimezone(WARSAW).hour < min(BEGINS_AT[one] for one in named):
        raise refuse(name, Wrong.NOT_YET, day_before=seen_on - timedelta(days=1))


def day(when: date | datetime) -> date:
    """Give the day of Europe/Warsaw that a day or moment means."""
    return day_of(when) if isinstance(when, datetime) else when


def window(when: date | datetime) -> tuple[datetime, datetime]:
    """Give the first and last moment in which it was seen: a moment is both, a day runs to its last second."""
    if isinstance(when, datetime):
        return when, when
    return midnight(when), midnight(when + timedelta(days=1)) - timedelta(seconds=1)
