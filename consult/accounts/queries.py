"""Reading units and accounts."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from consult.accounts.models import Account, Unit
from consult.db import db


def by_session_key(session_key: str) -> Account | None:
    """Find who holds a session; nobody who has left does."""
    chosen = (Account.session_key == session_key, Account.left_at.is_(None))
    return db.session.scalar(select(Account).where(*chosen))


def by_email(email: str) -> Account | None:
    """Find an account by its address, letter case aside."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def account(account_id: int) -> Account:
    """Give an account, or raise NoResultFound."""
    return db.session.execute(select(Account).where(Account.id == account_id)).unique().scalar_one()


def unit_by_code(code: str) -> Unit | None:
    """Find a unit by its code."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def units_within(scope: str) -> Sequence[Unit]:
    """List the units of a scope by path."""
    return db.session.scalars(
        select(Unit).where(Unit.path.startswith(scope, autoescape=True)).order_by(Unit.path)
    ).all()


def has_demonstration() -> bool:
    """Tell whether demonstration content is loaded, which every page then says."""
    return bool(db.session.scalar(select(exists().where(Unit.is_demonstration))))
