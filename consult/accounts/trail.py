"""Reading the audit trail as far as a person's scope goes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from consult.accounts import queries
from consult.accounts.models import Account, Unit
from consult.accounts.queries import PAGE_SIZE, counted
from consult.audit.models import AuditEntry
from consult.audit.operations import MACHINE
from consult.db import db
from consult.period import midnight
from consult.web.roles import Role

USUAL = {
    "look_at_withheld": 20,
    "undo_screening": 20,
    "undo_file_screening": 20,
    "look_at_file": 200,
    "look_at_scan": 200,
    "open_meeting_file": 200,
}
"""How often somebody does so on a full day of work; whoever does more is named to those who answer for people.

Taking back that something is withheld shows it, too: it is no way past the reason that opening it asks for.
"""

DAYS_LOOKED_AT = 7


@dataclass(frozen=True)
class Curiosity:
    """More openings of one kind on one day than work usually asks for: whose, of what, when and how many."""

    account: Account
    act: str
    day: date
    count: int


@dataclass(frozen=True)
class Wanted:
    """What of the trail is asked for: part of an address, an act, a stretch of time."""

    who: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class TrailPage:
    """One page of the trail, with the names of the accounts it speaks of."""

    entries: Sequence[AuditEntry]
    names: dict[int, str]
    number: int
    pages: int
    total: int


def entries(reader: Account, wanted: Wanted, number: int = 1) -> TrailPage:
    """List what was done within the reader's scope or by its people; administrators see what the machine did, too."""
    people = select(Account.id).join(Unit).where(Unit.path.startswith(reader.scope, autoescape=True))
    visible = [AuditEntry.unit_path.startswith(reader.scope, autoescape=True), AuditEntry.actor_id.in_(people)]
    if reader.role is Role.ADMINISTRATOR:
        visible.append(and_(AuditEntry.actor_id == MACHINE, AuditEntry.unit_path == ""))
    chosen = select(AuditEntry).where(or_(*visible), *_wanted(wanted))
    total, pages, number = counted(chosen, number)
    ordered = chosen.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE).offset(PAGE_SIZE * (number - 1))
    found = db.session.scalars(ordered).all()
    return TrailPage(found, queries.names(_mentioned(found)), number, pages, total)


def curious(reader: Account, today: date) -> list[Curiosity]:
    """List who of the reader's people opened unusually many files in the last days, the newest first, whatever for."""
    days = [today - timedelta(days=back) for back in range(DAYS_LOOKED_AT)]
    back = case(*((AuditEntry.at >= midnight(day), number) for number, day in enumerate(days)))
    looked = (
        select(AuditEntry.actor_id, AuditEntry.act, back.label("back"))
        .where(AuditEntry.act.in_(USUAL), AuditEntry.at >= midnight(days[-1]))
        .subquery()
    )
    counted_by = (looked.c.actor_id, looked.c.act, looked.c.back)
    chosen = select(*counted_by, func.count()).group_by(*counted_by).having(func.count() > min(USUAL.values()))
    rows = [row for row in db.session.execute(chosen) if row[3] > USUAL[row[1]]]
    if not rows:
        return []
    own = Unit.path.startswith(reader.scope, autoescape=True)
    people = select(Account).join(Unit).where(Account.id.in_({row.actor_id for row in rows}), own)
    known = {one.id: one for one in db.session.scalars(people)}
    found = [Curiosity(known[row[0]], row[1], days[row[2]], row[3]) for row in rows if row[0] in known]
    return sorted(found, key=lambda one: (one.day, one.count), reverse=True)


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.who:
        people = select(Account.id).where(Account.email.icontains(wanted.who, autoescape=True))
        chosen.append(AuditEntry.actor_id.in_(people))
    if wanted.act:
        chosen.append(AuditEntry.act == wanted.act)
    if wanted.since:
        chosen.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        chosen.append(AuditEntry.at < wanted.until)
    return chosen


def _mentioned(entries: Iterable[AuditEntry]) -> Iterator[int]:
    for entry in entries:
        yield entry.actor_id
        if entry.object_kind == "account":
            yield int(entry.object_id)
        if "successor" in entry.detail:
            yield int(entry.detail["successor"])
