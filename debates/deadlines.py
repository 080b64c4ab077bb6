"""When somebody of the police is reminded of a day by which something was asked for or promised."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Reminder(StrEnum):
    """Why a letter is written: the day comes soon, it has passed, it passed long ago."""

    SOON = "soon"
    PASSED = "passed"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Terms:
    """How many days before a deadline the first letter is written, and how many after it the last one."""

    soon_days: int
    again_days: int

    def last_day(self, today: date) -> date:
        """Give the latest deadline of which anybody is reminded today."""
        return today + timedelta(days=self.soon_days)

    def reminder(self, due_on: date, today: date) -> Reminder | None:
        """Tell which letter a deadline is due for; the one of yesterday is never made up for."""
        if due_on > self.last_day(today):
            return None
        if today <= due_on:
            return Reminder.SOON
        return Reminder.AGAIN if today >= due_on + timedelta(days=self.again_days) else Reminder.PASSED
