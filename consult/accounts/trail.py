"""Reading the audit trail as far as a person's scope goes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from consult.accounts import queries
from consult.accounts.models import Account, Unit
from consult.accounts.queries import PAGE_SIZE, counted
from consult.audit.models import AuditEntry
from consult.audit.operations import MACHINE
from consult.db import db
from consult.web.roles import Role


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
