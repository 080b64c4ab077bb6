"""What the demonstration's police do about a threat: when it is taken up and checked, and what they find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from consult.calendar import after_working_days
from consult.demo.content import Sort, Texts
from consult.period import WARSAW, day_of
from consult.threats.checking import DAYS_NEEDED, Finding, Pattern
from consult.threats.workflow import Status

LATE = 0.18
"""The share of steps that come after their deadline."""
JOKES = 0.028
AT_A_SPOT = 0.85
"""How often a place proves true of which people speak again and again."""


EMPTY_VISITS = 3
"""How often somebody looks before a threat is called not confirmed."""
WRITTEN_AFTER = timedelta(minutes=25)
"""How long after a visit it is written down."""


@dataclass(frozen=True)
class Step:
    """A change of status at a moment, with the answer that residents read."""

    at: datetime
    after: Status
    reason: str


@dataclass(frozen=True)
class Visit:
    """A check on the spot, written down a little later."""

    seen_at: datetime
    finding: Finding

    @property
    def at(self) -> datetime:
        """When it is written down."""
        return self.seen_at + WRITTEN_AFTER


Deed = Step | Visit


def course(
    begins: datetime, sort: Sort, texts: Texts, dice: Random, told: Sequence[Pattern], *, recurs: bool, again: bool
) -> list[Deed]:
    """Plan what becomes of a threat from a moment on. `again`: it was closed before and somebody speaks of it anew."""
    at = working_hour(begins, dice.randint(4, 12) if dice.random() < LATE else dice.randint(0, 2), dice)
    taken_up = [] if again else [Step(at, Status.IN_VERIFICATION, dice.choice(texts.answers["taken_up"]))]
    checked = working_hour(at, dice.randint(6, 14) if dice.random() < LATE else dice.randint(1, 5), dice)
    if dice.random() < JOKES and not recurs:
        return [*taken_up, Step(checked, Status.JOKE, dice.choice(texts.answers["joke"]))]
    if dice.random() >= (AT_A_SPOT if recurs else sort.confirmed):
        return [*taken_up, *nothing_found(at, told, texts, dice)]
    found = [*_looks(at, checked, dice.randint(0, 2), Finding.NOT_SEEN), _look(checked, Finding.SEEN)]
    confirmed = Step(checked, Status.CONFIRMED, dice.choice(texts.answers["confirmed"]))
    return [*taken_up, *found, confirmed, *_ending(checked, sort, texts, dice, recurs=recurs)]


def nothing_found(after: datetime, told: Sequence[Pattern], texts: Texts, dice: Random) -> list[Deed]:
    """Plan visits on several days, the last of them when people said it happens, and the answer."""
    days = [day_of(after) + timedelta(days=step) for step in range(1, max(EMPTY_VISITS, DAYS_NEEDED))]
    looks = [datetime.combine(day, time(dice.randint(8, 20), dice.randrange(60)), WARSAW) for day in days]
    last = _fitting(max(looks), told)
    visits: list[Deed] = [Visit(look, Finding.NOT_SEEN) for look in [*looks, last]]
    return [
        *visits,
        Step(working_hour(last, 1, dice), Status.NOT_CONFIRMED, dice.choice(texts.answers["not_confirmed"])),
    ]


def _fitting(after: datetime, told: Sequence[Pattern]) -> datetime:
    """Find the first hour, some hours later, that fits what people said of the time; any hour when nobody said it."""
    hours = (after + timedelta(hours=step) for step in range(5, 5 + 24 * 8))
    named = [pattern for pattern in told if pattern.is_told]
    return next(hour for hour in hours if not named or any(pattern.fits(hour) for pattern in named))


def _look(before: datetime, finding: Finding) -> Visit:
    return Visit(before - 2 * WRITTEN_AFTER, finding)


def _looks(begins: datetime, ends: datetime, count: int, finding: Finding) -> Iterator[Visit]:
    """Spread a few visits between two moments."""
    for step in range(1, count + 1):
        yield _look(begins + (ends - begins) * step / (count + 1), finding)


def _ending(confirmed: datetime, sort: Sort, texts: Texts, dice: Random, *, recurs: bool) -> Iterator[Deed]:
    """Plan what is done about a threat that is there: it is handed over where others answer for it, and ends at last.

    Where people complain again and again, an end takes longer and often does not come.
    """
    at = confirmed
    if sort.handed_to and dice.random() < 0.7:
        at = working_hour(at, dice.randint(1, 6), dice)
        yield Step(at, Status.HANDED_OVER, dice.choice(texts.answers["handed_over"]).format(to=sort.handed_to))
    if dice.random() < sort.eliminated * (0.6 if recurs else 1.0):
        days = dice.randint(25, 60) if recurs else dice.randint(3, 25)
        ended = working_hour(at, days, dice)
        yield from _looks(at, ended, dice.randint(1, 3), Finding.NOT_SEEN)
        yield Step(ended, Status.ELIMINATED, dice.choice(texts.answers["eliminated"]))


def working_hour(after: datetime, days: int, dice: Random) -> datetime:
    """Choose a moment of a working day, so many working days later and never the same hour."""
    day = after_working_days(day_of(after), max(days, 1))
    return datetime.combine(day, time(dice.randint(8, 14), dice.randrange(60), dice.randrange(60)), WARSAW)
