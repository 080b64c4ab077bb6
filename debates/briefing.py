"""The briefing for a debate: what those who lead it should know, as one object for the page and the paper.

It is for staff: it names threats whose places the public never sees, and marks them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from consult.threats.workflow import OPEN, Status

MOST_THREATS = 8
MOST_CHANGED = 3
MOST_ASKED = 8
MOST_PROMISED = 5
SHARES_FROM = 10
"""Of fewer observations a percentage says nothing that the counts do not."""


@dataclass(frozen=True, slots=True)
class Told:
    """A threat with what speaks for it and what the police did; `did` is empty where nothing was written down."""

    threat_id: int
    category: str
    where: str
    status: Status
    is_protected: bool
    independent: int
    from_records: int
    from_contact: int
    from_online: int
    since: date
    did: str
    checks: int
    created_at: datetime
    arrived_at: datetime
    status_at: datetime

    def share(self, count: int) -> int | None:
        """Give how many per cent of its observations so many are; None where they are too few for that."""
        total = self.from_records + self.from_contact + self.from_online
        return round(100 * count / total) if total >= SHARES_FROM else None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a moment: how many in all, and those that most people speak of."""

    new: tuple[Told, ...]
    settled: tuple[Told, ...]
    back: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: of whom, by when, and what became of it."""

    proposal_id: int
    text: str
    addressee: str
    status: str
    answer: str
    due_on: date | None
    is_overdue: bool
    asked_on: date | None


@dataclass(frozen=True, slots=True)
class Promised:
    """What somebody promised and has not done yet."""

    proposal_id: int
    who: str
    what: str
    due_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that a briefing says. `changes` is None where no earlier debate is known, so that nothing can be compared."""

    area: str
    is_commune: bool
    made_on: date
    previous: str
    previous_on: date | None
    is_evaluating: bool
    requests: tuple[Asked, ...]
    threats: tuple[Told, ...]
    changes: Changes | None
    open: tuple[Asked, ...]
    promised: tuple[Promised, ...]

    @property
    def has_protected(self) -> bool:
        """Whether it names a threat whose places the public never sees."""
        changed = self.changes
        lists = (changed.new, changed.settled, changed.back) if changed else ()
        shown = [*self.threats[:MOST_THREATS], *(one for part in lists for one in part[:MOST_CHANGED])]
        return any(one.is_protected for one in shown)


def standing(threats: Iterable[Told]) -> tuple[Told, ...]:
    """List what is still there, what most people speak of independently first."""
    return tuple(sorted((one for one in threats if one.status in OPEN), key=_weight))


def changed(threats: Iterable[Told], since: datetime) -> Changes:
    """Tell what came, what was settled and what came back since a moment; of each the weightiest first.

    A threat is in one list at most: what came and was settled meanwhile is settled, what came back is not new.
    """
    new, settled, back = [], [], []
    for one in sorted(threats, key=_weight):
        if one.status is Status.ELIMINATED:
            if one.status_at >= since:
                settled.append(one)
        elif one.status in OPEN and one.arrived_at > one.created_at and one.arrived_at >= since:
            back.append(one)
        elif one.status in OPEN and one.created_at >= since:
            new.append(one)
    return Changes(tuple(new), tuple(settled), tuple(back))


def _weight(one: Told) -> tuple[int, int]:
    return -one.independent, one.threat_id
