"""What the demonstration's police do about a threat: when it is taken up and checked, and what they find."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from random import Random

from consult.calendar import after_working_days
from consult.demo.content import Sort, Texts
from consult.period import WARSAW, day_of
from consult.threats.workflow import Status

LATE = 0.18
"""The share of steps that come after their deadline."""
JOKES = 0.028
AT_A_SPOT = 0.85
"""How often a place proves true of which people speak again and again."""


@dataclass(frozen=True)
class Step:
    """A change of status at a moment, with the answer that residents read."""

    at: datetime
    after: Status
    reason: str
    checks: int = 0


def course(begins: datetime, sort: Sort, texts: Texts, dice: Random, *, recurs: bool, again: bool) -> list[Step]:
    """Plan what becomes of a threat from a moment on. `again`: it was closed before and somebody speaks of it anew."""
    at = working_hour(begins, dice.randint(4, 12) if dice.random() < LATE else dice.randint(0, 2), dice)
    kind = "again" if again else "taken_up"
    steps = [Step(at, Status.IN_VERIFICATION, dice.choice(texts.answers[kind]))]
    checked = working_hour(at, dice.randint(6, 14) if dice.random() < LATE else dice.randint(1, 5), dice)
    if dice.random() < JOKES and not recurs:
        return [*steps, Step(checked, Status.JOKE, dice.choice(texts.answers["joke"]))]
    if dice.random() >= (AT_A_SPOT if recurs else sort.confirmed):
        return [*steps, Step(checked, Status.NOT_CONFIRMED, dice.choice(texts.answers["not_confirmed"]), _checks(dice))]
    steps.append(Step(checked, Status.CONFIRMED, dice.choice(texts.answers["confirmed"]), _checks(dice)))
    return [*steps, *_ending(checked, sort, texts, dice, recurs=recurs)]


def _ending(confirmed: datetime, sort: Sort, texts: Texts, dice: Random, *, recurs: bool) -> Iterator[Step]:
    """Plan what is done about a threat that is there: it is handed over where others answer for it, and ends at last.

    Where people complain again and again, an end takes longer and often does not come.
    """
    at = confirmed
    if sort.handed_to and dice.random() < 0.7:
        at = working_hour(at, dice.randint(1, 6), dice)
        yield Step(at, Status.HANDED_OVER, dice.choice(texts.answers["handed_over"]).format(to=sort.handed_to))
    if dice.random() < sort.eliminated * (0.6 if recurs else 1.0):
        days = dice.randint(25, 60) if recurs else dice.randint(3, 25)
        yield Step(
            working_hour(at, days, dice), Status.ELIMINATED, dice.choice(texts.answers["eliminated"]), _checks(dice)
        )


def _checks(dice: Random) -> int:
    return dice.randint(1, 4)


def working_hour(after: datetime, days: int, dice: Random) -> datetime:
    """Choose a moment of a working day, so many working days later and never the same hour."""
    day = after_working_days(day_of(after), max(days, 1))
    return datetime.combine(day, time(dice.randint(8, 14), dice.randrange(60), dice.randrange(60)), WARSAW)
