"""What a partner answers to a threat that was handed over, what follows from it, and until when an answer is awaited.

Pure: one table says where each answer leads, and nothing here looks at a clock.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consult.calendar import after_working_days
from consult.threats.deadlines import Urgency
from consult.threats.workflow import Status


class PartnerOutcome(StrEnum):
    """What a partner says that it did with what was handed over."""

    DONE = "done"
    WILL_BE_DONE = "will_be_done"
    REFUSED = "refused"
    PASSED_ON = "passed_on"
    NOT_THEIRS = "not_theirs"


LEADS_TO: dict[PartnerOutcome, Status] = {
    PartnerOutcome.DONE: Status.ELIMINATED,
    PartnerOutcome.REFUSED: Status.CONFIRMED,
    PartnerOutcome.NOT_THEIRS: Status.CONFIRMED,
}
"""The state that is offered after an answer; of a promise, and of what went elsewhere, more is awaited."""


@dataclass(eq=False)
class AnswerRefused(Exception):
    """An answer does not fit.

    `fault` says why: future, too_early (before the hand-over), no_day (a promise without its day), past_day (a promised
    day before the answer), or nobody (passed on, and not to whom).
    """

    fault: str


def expected_on(handed_over_on: date, days: int) -> date:
    """Give the last of `days` working days after the day of the hand-over, which itself does not count."""
    return after_working_days(handed_over_on, days)


def check_answer(
    outcome: PartnerOutcome, answered_on: date, done_by: date | None, passed_to: str, *, sent_on: date, today: date
) -> None:
    """Refuse an answer from before the letter or from the future, and one that lacks what its outcome needs."""
    if answered_on > today:
        raise AnswerRefused("future")
    if answered_on < sent_on:
        raise AnswerRefused("too_early")
    if outcome is PartnerOutcome.WILL_BE_DONE and done_by is None:
        raise AnswerRefused("no_day")
    if outcome is PartnerOutcome.WILL_BE_DONE and done_by is not None and done_by < answered_on:
        raise AnswerRefused("past_day")
    if outcome is PartnerOutcome.PASSED_ON and not passed_to:
        raise AnswerRefused("nobody")


def awaited_after(outcome: PartnerOutcome, awaited_on: date | None, done_by: date | None) -> date | None:
    """Give the day until which more is awaited after an answer: the promised one, the same as before, or none."""
    if outcome in LEADS_TO:
        return None
    return done_by if outcome is PartnerOutcome.WILL_BE_DONE else awaited_on


def urgency(awaited_on: date, today: date) -> Urgency:
    """Tell how something that is awaited until a day, that day included, stands today."""
    if today > awaited_on:
        return Urgency.OVERDUE
    return Urgency.TODAY if today == awaited_on else Urgency.LATER
