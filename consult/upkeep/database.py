"""The installation's database as a backup sees it: copied, looked into and put back, on either engine alike."""

import tempfile
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from flask_migrate import upgrade
from sqlalchemy import URL, Engine, create_engine, inspect

from consult.config import ROOT
from consult.db import db, is_sqlite, prepare_sqlite
from consult.upkeep import postgresql_copy, sqlite_copy

_put_back: ContextVar[bool] = ContextVar("put_back", default=False)

MEMBERS = {"sqlite": "database.sqlite", "postgresql": "database.dump"}


class DatabaseInUse(Exception):
    """Others are connected, who would read half of the old and half of the new; the argument is how many."""


@dataclass(frozen=True)
class Copy:
    """A copy of one moment: its last migration, the rows of each table, and where its bytes come from."""

    engine: str
    head: str
    counts: dict[str, int]
    source: IO[bytes]

    @property
    def name(self) -> str:
        """What it is called in an archive."""
        return MEMBERS[self.engine]

    @property
    def is_packed(self) -> bool:
        """Whether its bytes are packed already."""
        return self.engine == "postgresql"


def engine() -> str:
    """Tell which engine runs: "sqlite" or "postgresql"."""
    return "sqlite" if is_sqlite() else "postgresql"


def file() -> Path:
    """Tell where SQLite's database is."""
    found = db.engine.url.database
    assert found, "a database in memory is nobody's installation"
    return Path(found)


def has_tables() -> bool:
    """Tell whether there is a database at all."""
    if is_sqlite() and not file().is_file():
        return False
    return inspect(db.engine).has_table("alembic_version")


def head() -> str:
    """Tell the last migration of the database, empty without tables."""
    if is_sqlite():
        return sqlite_copy.head(file()) if file().is_file() else ""
    with db.engine.connect() as connection:
        return postgresql_copy.head(connection)


def counts() -> dict[str, int]:
    """Count the rows of each table."""
    if is_sqlite():
        return sqlite_copy.counts(file()) if file().is_file() else {}
    with db.engine.connect() as connection:
        return postgresql_copy.counts(connection)


@contextmanager
def copied(beside: Path) -> Iterator[Copy]:
    """Copy the database of this moment, under load too. SQLite's copy needs room `beside` the archive for a while."""
    if is_sqlite():
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
            path = Path(folder) / MEMBERS["sqlite"]
            sqlite_copy.copy(file(), path)
            with path.open("rb") as source:
                yield Copy("sqlite", sqlite_copy.head(path), sqlite_copy.counts(path), source)
        return
    with postgresql_copy.snapshot(db.engine) as (connection, moment):
        found, last = postgresql_copy.counts(connection), postgresql_copy.head(connection)
        with postgresql_copy.dumped(_url(), connection, moment) as source:
            yield Copy("postgresql", last, found, source)


def _url() -> URL:
    return db.engine.url


def faults(kind: str, path: Path, head: str, counts: dict[str, int]) -> list[str]:
    """Look into a copy: whether it opens, is whole, and holds what its manifest says."""
    if kind == "sqlite":
        told = sqlite_copy.faults(path)
        return told or _differences(sqlite_copy.counts(path), sqlite_copy.head(path), head, counts)
    try:
        postgresql_copy.listed(path)
        found, last = postgresql_copy.counts_of(path)
    except postgresql_copy.ProgramFailed as failed:
        return [f"the copy of the database cannot be read: {failed}"]
    return _differences(found, last, head, counts)


def _differences(found: dict[str, int], last: str, head: str, counts: dict[str, int]) -> list[str]:
    told = [] if last == head else [f"the database ends with migration {last or 'none'}, not {head or 'none'}"]
    names = sorted(found.keys() | counts.keys())
    return told + [
        f"{name} has {found.get(name, 0)} rows, not {counts.get(name, 0)}"
        for name in names
        if found.get(name) != counts.get(name)
    ]


def check_unused() -> None:
    """Raise DatabaseInUse when others are connected; of SQLite nobody can tell."""
    if is_sqlite():
        return
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as connection:
        number = postgresql_copy.others(connection)
    if number:
        raise DatabaseInUse(number)


def put_in_place(copy: Path, before_migrations: Callable[[], None]) -> None:
    """Let a copy become the database, brought to this version's tables; `before_migrations` may still refuse.

    On SQLite the copy is migrated first and then takes the database's place in one transaction. On PostgreSQL it takes
    the place in one transaction, and is migrated in another.
    """
    db.session.remove()
    if is_sqlite():
        with _standing_for(copy):
            before_migrations()
            _migrate()
        db.engine.dispose()
        sqlite_copy.put_in_place(copy, file())
    else:
        postgresql_copy.put_in_place(_url(), db.engine, copy)
        db.engine.dispose()
        before_migrations()
        _migrate()
    db.engine.dispose()


def _migrate() -> None:
    before = _put_back.set(True)
    try:
        upgrade(directory=str(ROOT / "migrations"))
    finally:
        _put_back.reset(before)
    db.session.remove()


def is_put_back() -> bool:
    """Tell whether these tables come out of a backup just now: that backup is the way back."""
    return _put_back.get()


def _engines() -> MutableMapping[str | None, Engine]:
    """Give the application's engines, of which Flask-SQLAlchemy's own mapping is one that can be written."""
    return cast("MutableMapping[str | None, Engine]", db.engines)


@contextmanager
def _standing_for(copy: Path) -> Iterator[None]:
    """Let a copy be the database for a while: for its migrations."""
    from pysqlite3 import dbapi2  # only where SQLite runs

    living = db.engine
    standing = create_engine(URL.create("sqlite+pysqlite", database=str(copy)), module=dbapi2, hide_parameters=True)
    prepare_sqlite(standing)
    _engines()[None] = standing
    try:
        yield
    finally:
        db.session.remove()
        standing.dispose()
        _engines()[None] = living
