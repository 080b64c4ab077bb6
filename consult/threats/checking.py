"""When a threat may be called not confirmed: who looked, how often, on how many days and at what time of day.

"Not confirmed" is read as "nothing is there", so it needs several checks that found nothing, on at least two days, one
of them at the time that people named. A check that saw it, or that could not be made, is none of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consult.period import TIMES_OF_DAY, WARSAW, WEEKDAYS, day_of

DAYS_NEEDED = 2
_BEGINS = ((22, "night"), (18, "evening"), (12, "afternoon"), (6, "morning"), (0, "night"))
_SMALL_HOURS = 6


class Finding(StrEnum):
    """What a check on the spot found."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Look:
    """One check: when somebody was there, and what was found."""

    at: datetime
    finding: Finding


@dataclass(frozen=True, slots=True, order=True)
class Pattern:
    """When a person said it happens, as bit masks of `period`; 0 stands for no word about it."""

    times_of_day: int = 0
    weekdays: int = 0

    @property
    def is_told(self) -> bool:
        """Whether a time of day or a weekday was named."""
        return bool(self.times_of_day or self.weekdays)

    def fits(self, at: datetime) -> bool:
        """Tell whether a moment lies in the named part of the day and on a named weekday."""
        return _holds(self.times_of_day, time_bit(at)) and _holds(self.weekdays, weekday_bits(at))


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still needed before a threat may be called not confirmed.

    `checks` is how many more at least; `another_day` says that all were made on one day; `at_time` lists when people
    said it happens as long as nobody looked then. `was_seen` says that a check saw it. `is_told` is False when nobody
    named a time, so that only the number and the days count.
    """

    checks: int
    another_day: bool
    at_time: tuple[Pattern, ...]
    was_seen: bool
    is_told: bool

    @property
    def nothing(self) -> bool:
        """Whether the threat may be called not confirmed."""
        return self.checks == 0 and not self.was_seen


def missing(looks: Iterable[Look], told: Iterable[Pattern], needed: int) -> Missing:
    """Tell what is missing of `needed` checks that found nothing, given what people said of the time."""
    known = list(looks)
    patterns = tuple(sorted({pattern for pattern in told if pattern.is_told}))
    empty = [look for look in known if look.finding is Finding.NOT_SEEN]
    another_day = len({day_of(look.at) for look in empty}) < DAYS_NEEDED
    unseen = () if any(pattern.fits(look.at) for pattern in patterns for look in empty) else patterns
    return Missing(
        # One further check can be on another day and at the named time at once.
        checks=max(needed - len(empty), _days_lacking(empty), 1 if unseen else 0),
        another_day=another_day,
        at_time=unseen,
        was_seen=any(look.finding is Finding.SEEN for look in known),
        is_told=bool(patterns),
    )


def _days_lacking(empty: Sequence[Look]) -> int:
    return max(0, DAYS_NEEDED - len({day_of(look.at) for look in empty}))


def counted(looks: Iterable[Look]) -> int:
    """Count the checks in which somebody was there and looked."""
    return sum(look.finding is not Finding.NOT_CHECKED for look in looks)


def time_bit(at: datetime) -> int:
    """Give the part of the day of a moment, as a bit of `period.TIMES_OF_DAY`."""
    hour = at.astimezone(WARSAW).hour
    return TIMES_OF_DAY[next(name for first, name in _BEGINS if hour >= first)]


def weekday_bits(at: datetime) -> int:
    """Give the weekday of a moment as a bit; in the small hours also the day before, as people speak of a night."""
    local = at.astimezone(WARSAW)
    days = {local.date(), (local - timedelta(days=1)).date()} if local.hour < _SMALL_HOURS else {local.date()}
    bits = list(WEEKDAYS.values())
    return sum(bits[day.weekday()] for day in days)


def _holds(mask: int, bits: int) -> bool:
    return mask == 0 or bool(mask & bits)
