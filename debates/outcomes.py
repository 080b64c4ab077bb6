"""What becomes of a request: its states, the seven outcomes that everybody counts, and what a debate takes on.

A request belongs to the meeting at which it was made, however many debates speak of it later; a total counts it once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ProposalStatus(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    PARTLY_DONE = "partly_done"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"
    NO_ANSWER = "no_answer"


UNFINISHED = (
    ProposalStatus.OPEN,
    ProposalStatus.ACCEPTED,
    ProposalStatus.IN_PROGRESS,
    ProposalStatus.HANDED_OVER,
    ProposalStatus.NO_ANSWER,
)
"""States in which somebody still owes the residents a result."""

WITHOUT_WORDS = (ProposalStatus.OPEN, ProposalStatus.NO_ANSWER)
"""States that say everything by themselves; any other one says why."""


class Outcome(StrEnum):
    """What a reader wants to know of many requests, in the order in which it is told."""

    DONE = "done"
    PARTLY = "partly"
    IN_PROGRESS = "in_progress"
    REFUSED = "refused"
    PASSED_ON = "passed_on"
    WAITING = "waiting"
    NO_ANSWER = "no_answer"


STATUSES: dict[Outcome, tuple[ProposalStatus, ...]] = {
    Outcome.DONE: (ProposalStatus.DONE,),
    Outcome.PARTLY: (ProposalStatus.PARTLY_DONE,),
    Outcome.IN_PROGRESS: (ProposalStatus.ACCEPTED, ProposalStatus.IN_PROGRESS),
    Outcome.REFUSED: (ProposalStatus.REFUSED,),
    Outcome.PASSED_ON: (ProposalStatus.HANDED_OVER,),
    Outcome.WAITING: (ProposalStatus.OPEN,),
    Outcome.NO_ANSWER: (ProposalStatus.NO_ANSWER,),
}
"""Every state is of exactly one outcome, but for a request that waits: once its day has passed, it has no answer."""

WITHOUT_RESULT = tuple(outcome for outcome, statuses in STATUSES.items() if set(statuses) <= set(UNFINISHED))
"""Outcomes after which somebody still owes the residents a result."""

_OUTCOMES = {status: outcome for outcome, statuses in STATUSES.items() for status in statuses}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requests came to an outcome."""

    outcome: Outcome
    number: int


def outcome_of(status: ProposalStatus, *, is_overdue: bool) -> Outcome:
    """Tell to which outcome a state belongs; what waits after its day has no answer."""
    return Outcome.NO_ANSWER if status is ProposalStatus.OPEN and is_overdue else _OUTCOMES[status]


def tallied(found: Iterable[Outcome]) -> tuple[Tally, ...]:
    """Count outcomes, all seven in their order, those that nothing came to, too."""
    numbers = Counter(found)
    return tuple(Tally(outcome, numbers[outcome]) for outcome in Outcome)


def tallied_numbers(numbers: Mapping[ProposalStatus, int], overdue: int) -> tuple[Tally, ...]:
    """Put numbers of states together by outcomes; `overdue` of those that wait have no answer."""
    moved = {Outcome.WAITING: -overdue, Outcome.NO_ANSWER: overdue}
    return tuple(
        Tally(outcome, sum(numbers.get(status, 0) for status in statuses) + moved.get(outcome, 0))
        for outcome, statuses in STATUSES.items()
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a bar that stands for an outcome, in thousandths of the bar."""

    outcome: Outcome
    left: float
    width: float


def parts(tallies: Iterable[Tally]) -> tuple[Part, ...]:
    """Divide a bar among the outcomes that requests came to."""
    there = [tally for tally in tallies if tally.number]
    total, left, found = sum(tally.number for tally in there), 0.0, []
    for tally in there:
        width = 1000 * tally.number / total
        found.append(Part(tally.outcome, round(left, 1), round(width, 1)))
        left += width
    return tuple(found)


def is_taken_on(status: ProposalStatus, answered_on: date | None, last_held_on: date | None) -> bool:
    """Tell whether an evaluating debate speaks again of a request that the debate before it spoke of.

    It does of what is not finished, and of what was finished after that debate, so that everybody hears the end once.
    """
    if status in UNFINISHED or answered_on is None or last_held_on is None:
        return status in UNFINISHED
    return answered_on > last_held_on
