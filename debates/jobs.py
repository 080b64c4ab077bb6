"""What debates do by themselves: people are reminded of deadlines, and requests hear of their threats."""

from collections.abc import Callable, Mapping

from consult.clock import now, today
from consult.db import transaction
from consult.jobs.schedule import Job
from debates import hinting, reminding
from debates.operations import filing


def remind_of_deadlines() -> str:
    """Write to everybody of the police who has to know that a day comes or has passed."""
    told = reminding.remind(today())
    counts = {"letters": told.sent, "waiting": told.waiting}
    return ", ".join(f"{what} {number}" for what, number in counts.items() if number)


def follow_threats() -> str:
    """Note at requests that the threats they speak of have changed."""
    with transaction():
        noted = hinting.follow(now())
    return f"hints {noted}" if noted else ""


JOBS = (
    Job("remind of deadlines", remind_of_deadlines, at_hour=6),
    Job("follow threats of requests", follow_threats, is_watching=True),
)

ERASERS: Mapping[str, Callable[[str], None]] = {filing.ERASED: filing.erase_again}
"""What erases again, after a restore, what was erased since the backup."""
