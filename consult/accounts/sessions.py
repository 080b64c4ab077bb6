"""Sessions of staff: a row each, kept by the hash of an opaque id of 256 bits that only the browser has.

The rows commit apart from the work (`consult.web.traffic`), so that a session is gone at once when somebody ends it. No
statement here brings back a row that is gone: a request that was on its way meanwhile changes nothing. The row also
says of which epoch of the account it is (`Account.session_key`); the epoch changes in the same transaction as a
password, so no session of before it outlives it, whatever happens to the rows.

A session ends half an hour after its last request, noted once a minute, and in any case after a shift of twelve hours.
Of the device only the names of its browser and system are kept, and no address of its network.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Row, text

from consult.accounts.models import Account
from consult.accounts.queries import token_hash
from consult.clock import now
from consult.web import traffic

IDLE_S = 30 * 60
NOTED_EVERY_S = 60
"""So often at most it is written down that somebody is still there: a page costs one reading, not a writing."""
SHIFT_S = 12 * 3600
"""However busy a session is, it ends after one shift."""
WAITING_S = 10 * 60
"""Within this time the second step follows the password."""


class Stage(StrEnum):
    """How far somebody has come in signing in."""

    WAITING = "waiting"
    WHOLE = "whole"


@dataclass(frozen=True)
class Session:
    """Where and since when somebody is signed in. `handle` names the session on pages; it lets nobody in."""

    handle: str
    account_id: int
    epoch: str
    stage: Stage
    steps: int
    device: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


INSERT = text("""
    INSERT INTO traffic_session (hash, handle, account_id, epoch, stage, steps, device, began_at, seen_at, ends_at)
    VALUES (:hash, :handle, :account_id, :epoch, :stage, :steps, :device, :now, :now, :ends_at)
""")
RENEW = text("""
    UPDATE traffic_session SET hash = :hash, epoch = :epoch, stage = 'whole', steps = :steps, seen_at = :now,
        ends_at = CASE WHEN stage = 'waiting' THEN :ends_at ELSE ends_at END
    WHERE hash = :before AND stage = :stage AND ends_at > :now
""")
FIND = text("""
    SELECT * FROM traffic_session
    WHERE hash = :hash AND stage = :stage AND ends_at > :now AND seen_at > :idle_since
""")
LIST = text("""
    SELECT * FROM traffic_session
    WHERE account_id = :account_id AND epoch = :epoch AND stage = 'whole' AND ends_at > :now AND seen_at > :idle_since
    ORDER BY seen_at DESC, handle
""")
SEEN = text("UPDATE traffic_session SET seen_at = :now WHERE hash = :hash")
FORGET_OLD = text("DELETE FROM traffic_session WHERE ends_at <= :now OR seen_at <= :idle_since")


def begin(account: Account, device: str, stage: Stage = Stage.WHOLE, steps: int = 1) -> str:
    """Begin a session and give its id, which is kept nowhere; sessions that are over are forgotten."""
    token = secrets.token_urlsafe(32)
    at = _times()
    facts = {
        "hash": token_hash(token),
        "handle": secrets.token_hex(8),
        "account_id": account.id,
        "epoch": account.session_key,
        "stage": stage.value,
        "steps": steps,
        "device": device,
        "now": at["now"],
        "ends_at": at["now"] + (SHIFT_S if stage is Stage.WHOLE else WAITING_S),
    }
    with traffic.connection() as connection:
        connection.execute(FORGET_OLD, at)
        connection.execute(INSERT, facts)
    return token


def find(token: str, stage: Stage = Stage.WHOLE, *, is_here: bool = True) -> Session | None:
    """Find the session of an id, unless it is over; note that its owner `is_here`."""
    at = _times()
    with traffic.connection() as connection:
        row = connection.execute(FIND, {"hash": token_hash(token), "stage": stage.value, **at}).one_or_none()
        if row is not None and is_here and row.seen_at <= at["now"] - NOTED_EVERY_S:
            connection.execute(SEEN, {"hash": row.hash, "now": at["now"]})
    return None if row is None else _session(row)


def renew(token: str, account: Account, steps: int, stage: Stage = Stage.WHOLE) -> str | None:
    """Give a session of a stage another id, and make it whole; None when somebody has ended it meanwhile."""
    fresh = secrets.token_urlsafe(32)
    at = _times()["now"]
    facts = {"hash": token_hash(fresh), "before": token_hash(token), "epoch": account.session_key, "steps": steps}
    facts |= {"stage": stage.value, "now": at, "ends_at": at + SHIFT_S}
    with traffic.connection() as connection:
        renewed = connection.execute(RENEW, facts)
    return fresh if renewed.rowcount == 1 else None


def of_account(account: Account) -> Sequence[Session]:
    """List where an account is signed in, the latest used first."""
    with traffic.connection() as connection:
        rows = connection.execute(LIST, {"account_id": account.id, "epoch": account.session_key, **_times()}).all()
    return [_session(row) for row in rows]


def end(token: str) -> None:
    """End the session of an id."""
    with traffic.connection() as connection:
        connection.execute(text("DELETE FROM traffic_session WHERE hash = :hash"), {"hash": token_hash(token)})


def end_one(account: Account, handle: str) -> bool:
    """End one session of an account; tell whether there was any of this name."""
    chosen = text("DELETE FROM traffic_session WHERE account_id = :account_id AND handle = :handle")
    with traffic.connection() as connection:
        return connection.execute(chosen, {"account_id": account.id, "handle": handle}).rowcount == 1


def end_all(account: Account, but: str = "") -> None:
    """End all sessions of an account but the one of an id, if it is said."""
    chosen = text("DELETE FROM traffic_session WHERE account_id = :account_id AND hash <> :kept")
    with traffic.connection() as connection:
        connection.execute(chosen, {"account_id": account.id, "kept": token_hash(but) if but else ""})


def end_everybodys() -> None:
    """End the sessions of all accounts: after a restore their numbers may mean other people."""
    with traffic.connection() as connection:
        connection.execute(text("DELETE FROM traffic_session"))


def _times() -> dict[str, float]:
    at = now().timestamp()
    return {"now": at, "idle_since": at - IDLE_S - NOTED_EVERY_S}


def _session(row: Row[tuple[object, ...]]) -> Session:
    moments = (datetime.fromtimestamp(moment, UTC) for moment in (row.began_at, row.seen_at, row.ends_at))
    return Session(row.handle, row.account_id, row.epoch, Stage(row.stage), row.steps, row.device, *moments)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Name the browser and the system, as their owner would: "Firefox, Windows"; empty when neither is known."""
    named = (next((name for mark, name in known if mark in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in named if name)
