"""Periods of a summary: a month, quarter, half-year or year of Europe/Warsaw, with labels in three languages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from babel.dates import format_date

WARSAW = ZoneInfo("Europe/Warsaw")
_PATTERN = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")
_ROMAN = ("I", "II", "III", "IV")
_WORDS = {
    "pl": ("{part} kwartał {year} r.", "{part} półrocze {year} r.", "{year} r."),
    "en": ("Quarter {part} of {year}", "Half {part} of {year}", "{year}"),
    "uk": ("{part} квартал {year} р.", "{part} півріччя {year} р.", "{year} р."),
}


class PeriodRefused(ValueError):
    """The text names no period; it may be 2026, 2026-H2, 2026-Q3 or 2026-07."""


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from `first` (its first day), `months` of them: 1, 3, 6 or 12."""

    first: date
    months: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2026, 2026-H2, 2026-Q3 or 2026-07, or raise PeriodRefused."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None or not 2000 <= int(match[1]) <= 2100:
            raise PeriodRefused(text)
        year, month, quarter, half = (int(part) if part else None for part in match.groups())
        assert year is not None
        if month:
            return cls(date(year, month, 1), 1)
        if quarter:
            return cls(date(year, 3 * quarter - 2, 1), 3)
        return cls(date(year, 6 * half - 5, 1), 6) if half else cls(date(year, 1, 1), 12)

    @classmethod
    def quarter_of(cls, day: date) -> Self:
        """Name the quarter that a day lies in."""
        return cls(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1), 3)

    @property
    def end(self) -> date:
        """The first day after the period."""
        months = self.first.month - 1 + self.months
        return date(self.first.year + months // 12, months % 12 + 1, 1)

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)

    @property
    def previous(self) -> "Period":
        """The period of the same length just before."""
        months = self.first.year * 12 + self.first.month - 1 - self.months
        return Period(date(months // 12, months % 12 + 1, 1), self.months)

    @property
    def in_months(self) -> list["Period"]:
        """The months that it consists of."""
        first = self.first.year * 12 + self.first.month - 1
        return [Period(date(month // 12, month % 12 + 1, 1), 1) for month in range(first, first + self.months)]

    @property
    def code(self) -> str:
        """The period as a command or an address names it."""
        part = (self.first.month - 1) // self.months + 1
        suffix = {1: f"-{self.first.month:02}", 3: f"-Q{part}", 6: f"-H{part}", 12: ""}[self.months]
        return f"{self.first.year}{suffix}"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Beginning and end of the period as moments in UTC; the end is not part of it."""
        return midnight(self.first), midnight(self.end)

    def covers(self, day: date) -> bool:
        """Tell whether a day of Europe/Warsaw lies in the period."""
        return self.first <= day < self.end

    def label(self, language: str = "pl") -> str:
        """Name the period in words: "III kwartał 2026 r.", "lipiec 2026"."""
        if self.months == 1:
            return format_date(self.first, "LLLL y", locale=language)
        part = (self.first.month - 1) // self.months
        shown = _ROMAN[part] if language in {"pl", "uk"} else str(part + 1)
        return _WORDS[language][(3, 6, 12).index(self.months)].format(part=shown, year=self.first.year)


def midnight(day: date) -> datetime:
    """Give the moment in UTC when a day begins in Warsaw."""
    return datetime.combine(day, time(), WARSAW).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Give the day of Europe/Warsaw that a moment belongs to."""
    return moment.astimezone(WARSAW).date()


TIMES_OF_DAY = {"morning": 1, "afternoon": 2, "evening": 4, "night": 8}
"""Parts of the day as bits: 6–12, 12–18, 18–22 and 22–6 o'clock of Europe/Warsaw."""

WEEKDAYS = {"mon": 1, "tue": 2, "wed": 4, "thu": 8, "fri": 16, "sat": 32, "sun": 64}
"""Days of the week as bits."""


def mask_of(names: Iterable[str], bits: Mapping[str, int]) -> int:
    """Add up the bits of the names; an unknown name raises KeyError, none at all gives 0 (unknown)."""
    return sum({bits[name] for name in names})


def names_of(mask: int, bits: Mapping[str, int]) -> list[str]:
    """List the names whose bits a mask holds, in their order."""
    return [name for name, bit in bits.items() if mask & bit]
