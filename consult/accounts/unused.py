"""Accounts that nobody uses: a letter two weeks before, then they are closed; a head may open them again.

A forgotten account is a door that nobody watches. The last administrator is never closed out, and neither are the
people of the demonstration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import bindparam, func, select, text

from consult.accounts import letters, operations
from consult.accounts.models import Account, AccountUse, Unit
from consult.audit.operations import MACHINE
from consult.clock import now
from consult.db import Moment, db, transaction
from consult.web.roles import Role

CLOSED_AFTER = timedelta(days=91)
NOTICE = timedelta(days=14)
"""Nobody is closed out who was not told so long before, however long ago the last use was."""
WARNED = text("""
    INSERT INTO account_use (account_id, last_used_at, warned_at) VALUES (:account_id, :last_used_at, :at)
    ON CONFLICT (account_id) DO UPDATE SET warned_at = excluded.warned_at
""").bindparams(bindparam("at", type_=Moment()), bindparam("last_used_at", type_=Moment()))


@dataclass(frozen=True)
class Unused:
    """An account that nobody has used for long: since when, and when its owner was told."""

    account_id: int
    last_used_at: datetime
    warned_at: datetime | None


def unused(longer_than: timedelta) -> list[Unused]:
    """List accounts that nobody has used for so long, the longest first; an account that was never used counts, too."""
    last = func.coalesce(AccountUse.last_used_at, Account.created_at, type_=Moment())
    chosen = (
        select(Account.id, last, AccountUse.warned_at)
        .join(Unit, Unit.id == Account.unit_id)
        .outerjoin(AccountUse, AccountUse.account_id == Account.id)
        .where(Account.left_at.is_(None), Unit.is_demonstration.is_(False), last <= now() - longer_than)
        .order_by(last, Account.id)
    )
    return [Unused(*row) for row in db.session.execute(chosen)]


def warn() -> int:
    """Tell owners that their accounts will be closed, each once, even if no letter gets there; tells how many."""
    told = 0
    for one in _at_end_of_reading(CLOSED_AFTER - NOTICE):
        account = db.session.get_one(Account, one.account_id)
        if one.warned_at is not None or is_last_administrator(account):
            continue
        try:
            letters.send_unused(account, max(one.last_used_at + CLOSED_AFTER, now() + NOTICE))
        except OSError as error:  # smtplib's errors are such
            reason = type(error).__name__  # without the traceback, which may hold the address
            current_app.logger.error("no letter about account %s: %s", one.account_id, reason)  # noqa: TRY400
        with transaction():
            facts = {"account_id": one.account_id, "last_used_at": one.last_used_at, "at": now()}
            db.session.execute(WARNED, facts)
        told += 1
    return told


def close() -> int:
    """Close accounts whose owners were told two weeks ago; tells how many."""
    closed = 0
    for one in _at_end_of_reading(CLOSED_AFTER):
        with transaction():
            closed += _close(one.account_id)
    return closed


def _close(account_id: int) -> bool:
    """Close an account if that is still due: somebody may have signed in, or another have been closed, meanwhile."""
    due = {one.account_id: one.warned_at for one in unused(CLOSED_AFTER)}
    warned_at = due.get(account_id)
    account = db.session.get_one(Account, account_id)
    if warned_at is None or warned_at > now() - NOTICE or is_last_administrator(account):
        return False
    operations.leave(account, None, MACHINE, act="close_unused_account")
    return True


def _at_end_of_reading(longer_than: timedelta) -> Iterator[Unused]:
    """Give what is due, outside of the transaction that found it: letters and changes take their own."""
    found = unused(longer_than)
    db.session.rollback()
    yield from found


def is_last_administrator(account: Account) -> bool:
    """Tell whether nobody else could open accounts again."""
    if account.role is not Role.ADMINISTRATOR:
        return False
    others = (
        select(func.count())
        .select_from(Account)
        .join(Unit, Unit.id == Account.unit_id)
        .where(
            Account.role == Role.ADMINISTRATOR,
            Account.id != account.id,
            Account.left_at.is_(None),
            Account.password_hash.is_not(None),
            Unit.is_demonstration.is_(False),
        )
    )
    return not db.session.scalar(others)
