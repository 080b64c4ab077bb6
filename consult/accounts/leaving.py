"""People who left: long after the end of their account only its number stays, under which the trail names them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from consult.accounts.models import Account, SavedView
from consult.db import db

ERASED = "@erased.invalid"
"""No letter ever goes there: RFC 2606 keeps this ending free."""
BATCH = 200


def forget(at: datetime, days: int) -> int:
    """Erase address, function, password and saved views of accounts that ended so many days ago; count them."""
    chosen = (
        select(Account)
        .where(Account.left_at < at - timedelta(days=days), Account.email.not_like(f"%{ERASED}"))
        .order_by(Account.id)
        .limit(BATCH)
    )
    found = db.session.scalars(chosen).unique().all()
    db.session.execute(delete(SavedView).where(SavedView.account_id.in_([account.id for account in found])))
    for account in found:
        account.email, account.function, account.password_hash = f"account-{account.id}{ERASED}", "", None
    db.session.flush()
    return len(found)
