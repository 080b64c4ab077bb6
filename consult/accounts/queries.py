"""Reading units and accounts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from consult.accounts.models import Account, AccountUse, OneTimeLink, SavedView, Unit, UnitArea
from consult.clock import today
from consult.db import db
from consult.web.roles import Role

PAGE_SIZE = 50


def of_session(account_id: int, epoch: str) -> Account | None:
    """Find whose session it is; nobody who has left since, or whose sessions all ended, has one."""
    chosen = (Account.id == account_id, Account.session_key == epoch, Account.left_at.is_(None))
    return db.session.scalar(select(Account).where(*chosen))


def by_email(email: str) -> Account | None:
    """Find an account by its address, letter case aside."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def account(account_id: int) -> Account:
    """Give an account, or raise NoResultFound."""
    return db.session.execute(select(Account).where(Account.id == account_id)).unique().scalar_one()


def link(token: str) -> OneTimeLink | None:
    """Find a one-time link by its token, of which only the hash is kept."""
    return db.session.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token)))


def token_hash(token: str) -> str:
    """Hash a token of 256 random bits, which needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class AccountsPage:
    """One page of a list of accounts."""

    accounts: Sequence[Account]
    number: int
    pages: int
    total: int


def accounts_within(scope: str, words: str = "", state: str = "active", number: int = 1) -> AccountsPage:
    """List accounts of a scope by unit and address: "active", "left" or all, with the words in address or position."""
    chosen = select(Account).join(Unit).where(Unit.path.startswith(scope, autoescape=True))
    if state in {"active", "left"}:
        chosen = chosen.where(Account.left_at.is_(None) if state == "active" else Account.left_at.is_not(None))
    if words:
        found = (column.icontains(words, autoescape=True) for column in (Account.email, Account.function, Unit.name))
        chosen = chosen.where(or_(*found))
    total, pages, number = counted(chosen, number)
    ordered = chosen.order_by(Unit.path, Account.email).limit(PAGE_SIZE).offset(PAGE_SIZE * (number - 1))
    return AccountsPage(db.session.scalars(ordered).unique().all(), number, pages, total)


def counted(chosen: Select[Any], number: int) -> tuple[int, int, int]:
    """Count rows and pages, and bring the number of a page among them."""
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    return total, pages, min(max(1, number), pages)


def colleagues(of: Account) -> Sequence[Account]:
    """List who can take over a person's work: officers and heads of the same unit who have not left."""
    chosen = (
        Account.unit_id == of.unit_id,
        Account.id != of.id,
        Account.left_at.is_(None),
        Account.role.in_([Role.OFFICER, Role.HEAD]),
    )
    return db.session.scalars(select(Account).where(*chosen).order_by(Account.email)).unique().all()


def people_of(unit_id: int, role: Role) -> Sequence[Account]:
    """List the people of a unit with a role who have not left."""
    chosen = (Account.unit_id == unit_id, Account.role == role, Account.left_at.is_(None))
    return db.session.scalars(select(Account).where(*chosen).order_by(Account.email)).unique().all()


def successor_of(account_id: int) -> Account | None:
    """Find to whom a person's work was handed over, if the person left and somebody took it."""
    person = account(account_id)
    return person.successor if person.left_at else None


def responsible_for(account_id: int) -> Account | None:
    """Find who answers for a person's work today: the person, or whoever took it over last; None when nobody did."""
    person: Account | None = account(account_id)
    while person is not None and not person.is_active:
        # A successor is chosen among people who have not left, so the chain never comes back.
        person = person.successor
    return person


def represented_by(account_id: int) -> frozenset[int]:
    """Collect whose work a person answers for: the own, and that of everyone who left it to them, step by step."""
    chain = select(Account.id).where(Account.id == account_id).cte("chain", recursive=True)
    earlier = aliased(Account)
    left = earlier.left_at.is_not(None)
    chain = chain.union(select(earlier.id).join(chain, earlier.successor_id == chain.c.id).where(left))
    return frozenset(db.session.scalars(select(chain.c.id)))


def news_seen(account_id: int) -> int:
    """Give the number of the newest piece of news that somebody has seen; 0 before the first."""
    return db.session.scalar(select(AccountUse.news_seen).where(AccountUse.account_id == account_id)) or 0


def saved_views(account_id: int, page: str | None = None) -> Sequence[SavedView]:
    """List the saved views of somebody by name, of one list or of all."""
    chosen = select(SavedView).where(SavedView.account_id == account_id).order_by(SavedView.name, SavedView.id)
    return db.session.scalars(chosen if page is None else chosen.where(SavedView.page == page)).all()


def names(account_ids: Iterable[int]) -> dict[int, str]:
    """Name the accounts of some ids by their addresses."""
    chosen = select(Account.id, Account.email).where(Account.id.in_(set(account_ids)))
    return {row.id: row.email for row in db.session.execute(chosen)}


def unit(unit_id: int) -> Unit:
    """Give a unit, or raise NoResultFound."""
    return db.session.execute(select(Unit).where(Unit.id == unit_id)).scalar_one()


def unit_by_code(code: str) -> Unit | None:
    """Find a unit by its code."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def units_within(scope: str) -> Sequence[Unit]:
    """List the units of a scope by path."""
    return db.session.scalars(
        select(Unit).where(Unit.path.startswith(scope, autoescape=True)).order_by(Unit.path)
    ).all()


def units_serving(area_codes: Iterable[str], day: date) -> Sequence[Unit]:
    """List the units that serve something in some areas on a day, by path; "10" means all of a voivodeship."""
    inside = [UnitArea.area_code.startswith(code, autoescape=True) for code in area_codes]
    served = select(UnitArea.unit_id).where(or_(*inside), UnitArea.valid_from <= day)
    served = served.where(or_(UnitArea.valid_to.is_(None), UnitArea.valid_to > day))
    return db.session.scalars(select(Unit).where(Unit.id.in_(served)).order_by(Unit.path)).all() if inside else []


@dataclass(frozen=True)
class UnitsPage:
    """One page of a list of units."""

    units: Sequence[Unit]
    number: int
    pages: int
    total: int


def units_page(scope: str, words: str = "", number: int = 1) -> UnitsPage:
    """List a page of the units of a scope by path, with the words in name or code."""
    chosen = select(Unit).where(Unit.path.startswith(scope, autoescape=True))
    if words:
        chosen = chosen.where(or_(*(column.icontains(words, autoescape=True) for column in (Unit.name, Unit.code))))
    total, pages, number = counted(chosen, number)
    ordered = chosen.order_by(Unit.path).limit(PAGE_SIZE).offset(PAGE_SIZE * (number - 1))
    return UnitsPage(db.session.scalars(ordered).all(), number, pages, total)


def unit_area(area_id: int) -> UnitArea:
    """Give a dated area of a unit, or raise NoResultFound."""
    return db.session.execute(select(UnitArea).where(UnitArea.id == area_id)).scalar_one()


def areas_within(scope: str, day: date) -> tuple[str, ...]:
    """List the TERYT codes that the units of a scope serve on a day."""
    chosen = select(UnitArea.area_code).join(Unit).where(Unit.path.startswith(scope, autoescape=True))
    chosen = chosen.where(UnitArea.valid_from <= day, or_(UnitArea.valid_to.is_(None), UnitArea.valid_to > day))
    return tuple(db.session.scalars(chosen.distinct().order_by(UnitArea.area_code)))


def has_demonstration() -> bool:
    """Tell whether demonstration content is loaded, which every page then says."""
    return bool(db.session.scalar(select(exists().where(Unit.is_demonstration))))


def unit_areas() -> list[tuple[str, str]]:
    """List today's areas of all units: the unit's name and a TERYT code."""
    day = today()
    areas = db.session.scalars(select(UnitArea).options(joinedload(UnitArea.unit))).all()
    return sorted((area.unit.name, area.area_code) for area in areas if area.is_valid_on(day))
