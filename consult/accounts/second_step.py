"""The second step of signing in: a code from an app, or a recovery code from paper, each taken once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, func, select, update

from consult.accounts import one_time_codes
from consult.accounts.models import Account, RecoveryCode, SecondStep
from consult.accounts.queries import token_hash
from consult.accounts.seeds import Purpose, opened, sealed
from consult.audit.operations import note
from consult.clock import now
from consult.db import db


@dataclass(frozen=True)
class Standing:
    """How an account stands to the second step."""

    set_at: datetime
    codes_left: int


def standing(account: Account) -> Standing | None:
    """Tell since when an account has a second step, and how many recovery codes are left; None when it has none."""
    found = _of(account)
    if found is None:
        return None
    unused = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    left = db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0
    return Standing(found.set_at, left)


def has_one(account: Account) -> bool:
    """Tell whether a code is asked of an account after the password."""
    return _of(account) is not None


def is_required() -> bool:
    """Tell whether nobody gets in by the password alone."""
    return bool(current_app.config["SECOND_STEP"] == "required")


def offer(account: Account) -> tuple[str, str]:
    """Draw a seed for an account that nothing keeps yet; give it, and its seal for the form that confirms it."""
    seed = one_time_codes.new_seed()
    return seed, sealed(seed, account.id, Purpose.OFFERED, _secret())


def offered(account: Account, seal: str) -> str | None:
    """Open what `offer` sealed for this account within the hour."""
    return opened(seal, account.id, Purpose.OFFERED, _secret())


def step_of(seed: str, code: str) -> int | None:
    """Tell to which half minute around now a code belongs."""
    return one_time_codes.step_of(seed, code, now().timestamp())


def set_up(account: Account, seed: str, step: int) -> list[str]:
    """Give an account its second step, confirmed by the code of a half minute; gives the recovery codes, once."""
    db.session.execute(delete(SecondStep).where(SecondStep.account_id == account.id))
    kept = sealed(seed, account.id, Purpose.KEPT, _secret())
    db.session.add(SecondStep(account_id=account.id, seed=kept, set_at=now(), last_step=step))
    note(account.id, "set_second_step", "account", account.id, account.unit_path)
    return _draw_codes(account)


def renew_codes(account: Account) -> list[str]:
    """Draw new recovery codes; those of before open nothing any more."""
    note(account.id, "renew_recovery_codes", "account", account.id, account.unit_path)
    return _draw_codes(account)


def _draw_codes(account: Account) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = one_time_codes.new_recovery_codes()
    db.session.add_all(RecoveryCode(account_id=account.id, code_hash=token_hash(code)) for code in codes)
    db.session.flush()
    return codes


def take_code(account: Account, code: str) -> bool:
    """Take a code of the app, once: of two who send it at the same moment one comes too late, and so does an older."""
    found = _of(account)
    seed = opened(found.seed, account.id, Purpose.KEPT, _secret()) if found else None
    if seed is None:
        if found is not None:
            current_app.logger.error("the second step of account %s cannot be read: SECRET_KEY has changed", account.id)
        return False
    step = step_of(seed, code)
    if step is None:
        return False
    fresh = (SecondStep.account_id == account.id, SecondStep.last_step < step)
    return _was_changed(update(SecondStep).where(*fresh).values(last_step=step))


def take_recovery_code(account: Account, text: str) -> bool:
    """Take a recovery code, once."""
    code = one_time_codes.read_recovery_code(text)
    if not code:
        return False
    unused = (RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    chosen = update(RecoveryCode).where(*unused, RecoveryCode.code_hash == token_hash(code))
    if not _was_changed(chosen.values(used_at=now())):
        return False
    note(account.id, "use_recovery_code", "account", account.id, account.unit_path)
    return True


def forget(account: Account, actor_id: int) -> bool:
    """Take the second step from an account, with its recovery codes; tell whether it had any."""
    had = _was_changed(delete(SecondStep).where(SecondStep.account_id == account.id))
    if had:
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
        note(actor_id, "forget_second_step", "account", account.id, account.unit_path)
    return had


def with_one(accounts: Sequence[Account]) -> frozenset[int]:
    """Tell which of some accounts have a second step."""
    ids = [account.id for account in accounts]
    return frozenset(db.session.scalars(select(SecondStep.account_id).where(SecondStep.account_id.in_(ids))))


def _of(account: Account) -> SecondStep | None:
    return db.session.scalar(select(SecondStep).where(SecondStep.account_id == account.id))


def _was_changed(statement: object) -> bool:
    return bool(db.session.connection().execute(statement).rowcount == 1)  # type: ignore[call-overload]


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
