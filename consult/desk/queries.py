"""What waits for staff today, put together from the parts below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import contains_eager

from consult.catalogue.models import Category
from consult.db import db
from consult.period import midnight
from consult.threats.awaiting import urgency
from consult.threats.deadlines import Deadline, Step, Urgency, arrived_since
from consult.threats.models import STEPS, Assignment, HandOver, Threat
from consult.threats.queries import lies_within
from consult.threats.workflow import Status
from debates import queries as debates

SHOWN = 50


@dataclass(frozen=True)
class Due:
    """A threat whose next step has a deadline, and how that stands today."""

    threat: Threat
    deadline: Deadline
    urgency: Urgency


@dataclass(frozen=True)
class DueThreats:
    """What is to be taken up or checked: how many in all and in each urgency, and the most urgent ones."""

    total: int
    late: int
    entries: tuple[Due, ...]


class _Term(NamedTuple):
    """Threats in one state whose categories give them the same number of working days."""

    status: Status
    days: int
    categories: tuple[str, ...]

    def starts_late(self, today: date) -> datetime:
        """Give the moment before which an arrival is overdue today."""
        return midnight(arrived_since(today, self.days))


class Whose(NamedTuple):
    """Whose work is looked at: of everybody, of some people (by account ids), or what nobody works on yet."""

    people: frozenset[int] = frozenset()
    nobody: bool = False


EVERYBODY = Whose()


def due_threats(areas: Sequence[str], today: date, size: int = SHOWN, whose: Whose = EVERYBODY) -> DueThreats:
    """Tell what is due in these areas, the most urgent first: alarms, then what is overdue, then the nearest deadline.

    Counts are exact however many there are; the database compares moments of arrival and reads `size` threats a term.
    """
    found: list[Due] = []
    total = late = 0
    for term in _terms():
        waiting = (lies_within(areas), Threat.observations > 0, *_of_term(term), *_worked_on(whose))
        counts = select(func.count(), func.sum(case((Threat.arrived_at < term.starts_late(today), 1), else_=0)))
        counted = db.session.execute(counts.where(*waiting)).one()
        total, late = total + counted[0], late + (counted[1] or 0)
        chosen = select(Threat).where(*waiting).order_by(Threat.arrived_at, Threat.id).limit(size)
        found += [_due(threat, today) for threat in db.session.scalars(chosen).unique()]
    found.sort(key=lambda entry: (list(Urgency).index(entry.urgency), entry.deadline.due_on, entry.threat.id))
    return DueThreats(total, late, tuple(found[:size]))


@dataclass(frozen=True)
class Awaited:
    """Something that an office is to answer or to do by a day, and how that stands today."""

    hand_over: HandOver
    until: date
    urgency: Urgency


@dataclass(frozen=True)
class AwaitedAnswers:
    """What is awaited from offices: how much in all, how much is overdue, and what is awaited longest."""

    total: int
    late: int
    entries: tuple[Awaited, ...]


def awaited_answers(areas: Sequence[str], today: date, size: int = SHOWN) -> AwaitedAnswers:
    """Tell what offices are to answer in these areas, the overdue first. What went on since is nobody's to answer."""
    waiting = (lies_within(areas), Threat.status == Status.HANDED_OVER, Threat.observations > 0)
    late = func.sum(case((HandOver.awaited_on < today, 1), else_=0))
    counts = select(func.count(HandOver.id), late).join(HandOver.threat)
    total, overdue = db.session.execute(counts.where(HandOver.awaited_on.is_not(None), *waiting)).one()
    chosen = select(HandOver).join(HandOver.threat).options(contains_eager(HandOver.threat))
    chosen = chosen.where(HandOver.awaited_on.is_not(None), *waiting).order_by(HandOver.awaited_on, HandOver.id)
    found = db.session.scalars(chosen.limit(size)).unique().all()
    return AwaitedAnswers(total, overdue or 0, tuple(_awaited(one, today) for one in found))


def _awaited(hand_over: HandOver, today: date) -> Awaited:
    until = hand_over.awaited_on
    assert until is not None, "only what is awaited is read"
    return Awaited(hand_over, until, urgency(until, today))


@dataclass(frozen=True)
class Owed:
    """A request or promise of a debate with its day, and how that stands today."""

    due: debates.Due
    urgency: Urgency


@dataclass(frozen=True)
class OwedAnswers:
    """What is owed to people who came to debates: how much in all, and what is owed longest."""

    total: int
    entries: tuple[Owed, ...]


def owed_answers(scope: str, until: date, today: date, size: int = SHOWN) -> OwedAnswers:
    """Tell what was asked for or promised at the debates of a scope by a day, the overdue first."""
    found = debates.due(until, scope)
    return OwedAnswers(len(found), tuple(Owed(one, urgency(one.due_on, today)) for one in found[:size]))


def _terms() -> Iterator[_Term]:
    """List the terms of the catalogue: a few, since most categories have the same."""
    rows = db.session.execute(select(Category.code, Category.take_up_days, Category.verify_days)).all()
    for status, step in STEPS.items():
        days_of = {row.code: row.take_up_days if step is Step.TAKE_UP else row.verify_days for row in rows}
        for days in sorted(set(days_of.values())):
            yield _Term(status, days, tuple(code for code, own in days_of.items() if own == days))


def _of_term(term: _Term) -> tuple[ColumnElement[bool], ...]:
    return Threat.status == term.status, Threat.category_code.in_(term.categories)


def _worked_on(whose: Whose) -> Iterator[ColumnElement[bool]]:
    assigned = select(Assignment.id).where(Assignment.threat_id == Threat.id, Assignment.ended_at.is_(None))
    if whose.people:
        yield assigned.where(Assignment.account_id.in_(whose.people)).exists()
    elif whose.nobody:
        yield ~assigned.exists()


def _due(threat: Threat, today: date) -> Due:
    deadline = threat.deadline
    assert deadline is not None, "only states with a deadline are read"
    return Due(threat, deadline, deadline.urgency(today))
