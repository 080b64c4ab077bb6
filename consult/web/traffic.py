"""Traffic: what commits apart from the work: counters, the secret of the day for networks, and the sessions of staff.

On SQLite they live in a file of their own, `instance/traffic.db`, so that counting never waits for the one write lock
of the work; on PostgreSQL in tables `traffic_*` of the same database, through connections that commit each statement.
The migrations leave these tables alone: they are made when first needed, and losing them harms nobody: whoever was
signed in signs in again.

No address of a network is stored: only its HMAC under a secret that is deleted when the day (Europe/Warsaw) ends.
From then on nobody can tell which network stood behind a key, and every count begins anew.
"""

import hmac
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry

from consult.clock import today
from consult.db import BUSY_TIMEOUT_MS, db

TABLES = (
    "CREATE TABLE IF NOT EXISTS traffic_limit (name TEXT PRIMARY KEY, hits INTEGER NOT NULL, until FLOAT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS traffic_secret (day TEXT PRIMARY KEY, secret TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS traffic_refusal (account_id BIGINT PRIMARY KEY, refusals INTEGER NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS traffic_session (
        hash TEXT PRIMARY KEY, handle TEXT NOT NULL UNIQUE, account_id BIGINT NOT NULL, epoch TEXT NOT NULL,
        stage TEXT NOT NULL, steps INTEGER NOT NULL, device TEXT NOT NULL,
        began_at FLOAT NOT NULL, seen_at FLOAT NOT NULL, ends_at FLOAT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS traffic_session_account ON traffic_session (account_id)",
)
HIT = text("""
    INSERT INTO traffic_limit AS counted (name, hits, until) VALUES (:name, :amount, :now + :seconds)
    ON CONFLICT (name) DO UPDATE SET
        hits = CASE WHEN counted.until <= :now THEN :amount ELSE counted.hits + :amount END,
        until = CASE WHEN counted.until <= :now THEN :now + :seconds ELSE counted.until END
    RETURNING hits
""")
REFUSAL = text("""
    INSERT INTO traffic_refusal AS counted (account_id, refusals) VALUES (:account_id, 1)
    ON CONFLICT (account_id) DO UPDATE SET refusals = counted.refusals + 1
""")
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA secure_delete = ON",
)
"""A power cut may lose the last counts but not the file; a deleted secret is overwritten."""
ATTEMPTS = 20
CREATION_LOCK = 0x7472616666
"""PostgreSQL's advisory lock while the tables are made: two processes making one table at once would fail."""


class Traffic:
    """The connections of one application to its counters."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_ready = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Connect; the first time, make the tables."""
        with self.engine.connect() as connection:
            if not self._is_ready:
                self._make_tables(connection)
            yield connection

    def _make_tables(self, connection: Connection) -> None:
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": CREATION_LOCK})
        for statement in TABLES:
            connection.execute(text(statement))
        if is_postgresql:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": CREATION_LOCK})
        self._is_ready = True


def init_app(app: Flask) -> None:
    """Know where this application's counters are; nothing connects yet."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        engine = _sqlite_engine(app)
    app.extensions["traffic"] = Traffic(engine.execution_options(isolation_level="AUTOCOMMIT"))


def _sqlite_engine(app: Flask) -> Engine:
    from pysqlite3 import dbapi2  # only where SQLite runs

    engine = create_engine(
        f"sqlite+pysqlite:///{app.config['INSTANCE'] / 'traffic.db'}", module=dbapi2, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: dbapi2.Connection, _record: ConnectionPoolEntry) -> None:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        _write_ahead(connection)

    def _write_ahead(connection: dbapi2.Connection) -> None:
        """Turn the log on; SQLite does not wait by itself when two processes do so to a new file at once."""
        for attempt in range(ATTEMPTS):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except dbapi2.OperationalError:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(0.02 * (attempt + 1))
            else:
                return

    return engine


def _here() -> Traffic:
    traffic: Traffic = current_app.extensions["traffic"]
    return traffic


def connection() -> AbstractContextManager[Connection]:
    """Connect to what commits apart: each statement is a transaction of its own."""
    return _here().connection()


def hit(name: str, seconds: int, amount: int = 1) -> int:
    """Count a hit and tell how many the running window has: one statement, exact with any number of processes."""
    with _here().connection() as connection:
        values = {"name": name, "amount": amount, "now": time.time(), "seconds": seconds}
        return int(connection.execute(HIT, values).scalar_one())


def hits(name: str) -> tuple[int, float]:
    """Tell how many hits the running window has and when it ends; none, ending now, where no window runs."""
    with _here().connection() as connection:
        chosen = text("SELECT hits, until FROM traffic_limit WHERE name = :name AND until > :now")
        row = connection.execute(chosen, {"name": name, "now": time.time()}).one_or_none()
        return (int(row.hits), float(row.until)) if row else (0, time.time())


def forget(name: str) -> None:
    """End a window."""
    with _here().connection() as connection:
        connection.execute(text("DELETE FROM traffic_limit WHERE name = :name"), {"name": name})


def forget_all() -> int:
    """End all windows and tell how many there were."""
    with _here().connection() as connection:
        return connection.execute(text("DELETE FROM traffic_limit")).rowcount


def key_of(*facts: str) -> str:
    """Hash facts about a visitor under the secret of the day; tomorrow nobody can repeat it."""
    return hmac.digest(_secret_of_today().encode(), "\n".join(facts).encode(), "sha256").hex()[:40]


def _secret_of_today() -> str:
    day = {"day": today().isoformat()}
    chosen = text("SELECT secret FROM traffic_secret WHERE day = :day")
    with _here().connection() as connection:
        secret = connection.execute(chosen, day).scalar_one_or_none()
        if secret is None:
            _begin_day(connection, day)
            secret = connection.execute(chosen, day).scalar_one()
    return str(secret)


def _begin_day(connection: Connection, day: dict[str, str]) -> None:
    """Destroy the secrets of earlier days with what was counted under them, and draw today's."""
    ended = connection.execute(text("DELETE FROM traffic_secret WHERE day < :day"), day).rowcount
    if ended:
        connection.execute(text("DELETE FROM traffic_limit"))
    drawn = text("INSERT INTO traffic_secret (day, secret) VALUES (:day, :secret) ON CONFLICT DO NOTHING")
    connection.execute(drawn, day | {"secret": secrets.token_hex(32)})
    if ended and connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def note_refused_sign_in(account_id: int) -> None:
    """Count a refused sign-in; 0 stands for every name that nobody has, so that the work is the same for both."""
    with _here().connection() as connection:
        connection.execute(REFUSAL, {"account_id": account_id})


def take_refused_sign_ins(account_id: int) -> int:
    """Tell how many sign-ins were refused since the last good one, and begin anew."""
    with _here().connection() as connection:
        chosen = text("DELETE FROM traffic_refusal WHERE account_id = :account_id RETURNING refusals")
        return connection.execute(chosen, {"account_id": account_id}).scalar_one_or_none() or 0
