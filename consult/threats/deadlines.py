"""By when a threat is taken up and checked: working days after it arrived, and an alarm at three times the term.

The police read a report within two days and verify it within five, counted from its arrival; a threat that came back
arrives anew. The day of arrival does not count (art. 57 of the Code of Administrative Procedure). That the days are
working days is our reading; the numbers stand beside each category.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from consult.calendar import after_working_days

ALARM_FACTOR = 3


class Step(StrEnum):
    """What is to be done next."""

    TAKE_UP = "take_up"
    VERIFY = "verify"


class Urgency(StrEnum):
    """How a deadline stands today, the worst first."""

    ALARM = "alarm"
    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a step, and the last day before the alarm."""

    step: Step
    due_on: date
    alarm_after: date

    def urgency(self, today: date) -> Urgency:
        """Tell how the deadline stands on a day."""
        if today > self.alarm_after:
            return Urgency.ALARM
        if today > self.due_on:
            return Urgency.OVERDUE
        return Urgency.TODAY if today == self.due_on else Urgency.LATER


def deadline(step: Step, arrived_on: date, days: int) -> Deadline:
    """Give the deadline of a step that has `days` working days from the day of arrival."""
    return Deadline(step, after_working_days(arrived_on, days), after_working_days(arrived_on, days * ALARM_FACTOR))


def arrived_since(today: date, days: int) -> date:
    """Give the first day of arrival whose term of `days` working days is not over today.

    What arrived earlier is late, so that a database of any size counts it by one comparison.
    """
    day = today
    while after_working_days(day - timedelta(days=1), days) >= today:
        day -= timedelta(days=1)
    return day
