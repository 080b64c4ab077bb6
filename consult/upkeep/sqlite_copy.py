"""A copy of a SQLite database, taken while others write, and the same way back."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from consult.db import BUSY_TIMEOUT_MS

MOST_FAULTS = 20


@contextmanager
def _connected(path: Path, mode: str) -> Iterator[Any]:
    from pysqlite3 import dbapi2  # only where SQLite runs

    where, patience_s = f"{path.resolve().as_uri()}?mode={mode}", BUSY_TIMEOUT_MS / 1000
    connection = dbapi2.connect(where, uri=True, isolation_level=None, timeout=patience_s)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    """Tell of a disk that refuses as everything else does."""
    from pysqlite3 import dbapi2

    try:
        yield
    except dbapi2.OperationalError as error:
        number = errno.ENOSPC if "full" in str(error) else errno.EIO
        raise OSError(number, str(error), str(target)) from error


def copy(source: Path, target: Path) -> None:
    """Copy a database of this moment into a new file: whoever writes meanwhile is not held up, and not in the copy."""
    with _connected(source, "rw") as living, _connected(target, "rwc") as copied, _disk_errors(target):
        living.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def put_in_place(source: Path, target: Path) -> None:
    """Let a copy become the database, in one transaction of the database itself: all of it or, when killed, nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _connected(source, "rw") as copied, _connected(target, "rwc") as living, _disk_errors(target):
        living.execute("PRAGMA journal_mode = WAL")
        living.execute("PRAGMA synchronous = FULL")
        copied.backup(living)
        living.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def counts(path: Path) -> dict[str, int]:
    """Count the rows of every table."""
    with _connected(path, "ro") as connection:
        chosen = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        names = [name for (name,) in connection.execute(chosen)]
        return {name: connection.execute(_counting(name)).fetchone()[0] for name in names}


def _counting(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'SELECT count(*) FROM "{quoted}"'  # noqa: S608  # a name out of the database's own list, quoted


def head(path: Path) -> str:
    """Tell the last migration of a database, empty without tables."""
    with _connected(path, "ro") as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return ""
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(found[0]) if found else ""


def faults(path: Path) -> list[str]:
    """Say what is wrong inside a database: pages that do not fit together, rows that point nowhere."""
    from pysqlite3 import dbapi2

    try:
        with _connected(path, "ro") as connection:
            checked = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(MOST_FAULTS)
    except dbapi2.DatabaseError as error:
        return [f"the database cannot be opened: {error}"]
    told = [] if checked == ["ok"] else [f"the database is damaged: {fault}" for fault in checked]
    return told + [f"a row of {table} points to a row of {parent} that is not there" for table, _row, parent, _ in lost]
