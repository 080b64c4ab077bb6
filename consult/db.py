"""The database: one declarative base, one session, and column types that work alike on SQLite and PostgreSQL.

SQLite runs through pysqlite3, whose bundled library has the fix of the write-ahead log, with foreign keys, a full
sync at every commit, and `BEGIN IMMEDIATE` for whoever may write, so that a writer waits its turn instead of failing
half way.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    URL,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Identity,
    Integer,
    MetaData,
    Table,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from consult.clock import now as now  # noqa: PLC0414  # whoever writes rows needs the present moment
from consult.config import ConfigurationRefused, is_production
from consult.geo import Place

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 2_000
CACHE_KB = 64 * 1024
"""Pages of the file that a connection keeps; the default of 2 MB reads the index of a large map again and again."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, a time stamp with zone on PostgreSQL, text in UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


def choice_of(enum: type[StrEnum], name: str) -> Enum:
    """Make the type of a second column of one enumeration in a table: its check needs a name of its own."""
    return Enum(enum, native_enum=False, create_constraint=True, values_callable=_values, length=40, name=name)


_Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class PlaceColumn(TypeDecorator[Place]):
    """A place as JSON: geometry in degrees, accuracy in metres, what it is and how people called it."""

    impl = _Json
    cache_ok = True

    def process_bind_param(self, value: Place | None, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ARG002
        return None if value is None else value.record

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Place | None:  # noqa: ARG002
        return None if value is None else Place.from_record(value)


class Model(DeclarativeBase):
    """The base of every table."""

    # Flask-SQLAlchemy copies this class, and SQLAlchemy refuses a copy that has both a registry and a type map.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: Moment(),
            Place: PlaceColumn(),
            StrEnum: Enum(StrEnum, native_enum=False, create_constraint=True, values_callable=_values, length=40),
            dict[str, Any]: _Json,
            list[str]: _Json,
            list[dict[str, Any]]: _Json,
        },
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True)
migrate = Migrate()

BigKey = BigInteger().with_variant(Integer(), "sqlite")
Key = Annotated[int, mapped_column(BigKey, Identity(), primary_key=True)]

_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


def read_only(flag: bool) -> None:  # noqa: FBT001
    """Say whether what follows in this context only reads: then SQLite's transactions take no write lock."""
    _reads_only.set(flag)


def take_turn(key: int) -> None:
    """Wait until nobody else has the turn of this number, and have it until this transaction ends.

    Whoever comes second then reads what the first wrote. SQLite has one writer anyway.
    """
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


UNIQUE_VIOLATION = "23505"


def is_there_already(error: IntegrityError) -> bool:
    """Tell whether a row was refused because one like it is there, and not for another breach."""
    said = str(error.orig)
    return getattr(error.orig, "sqlstate", "") == UNIQUE_VIOLATION or said.startswith("UNIQUE constraint failed")


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what the block wrote, or leave nothing of it: for commands, which have no request around them."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def reading() -> Iterator[None]:
    """Let the block only read, where no transaction is at hand: on SQLite it holds up nobody who writes.

    For jobs and commands. What was read is let go, so that whoever writes afterwards begins as a writer.
    """
    read_only(True)  # noqa: FBT003
    try:
        yield
    finally:
        db.session.rollback()
        read_only(False)  # noqa: FBT003


@contextmanager
def apart() -> Iterator[None]:
    """Commit what the block writes although the request around it only reads and keeps nothing.

    What was read before is let go: on SQLite a transaction that began by reading could find no way to write any more,
    and on PostgreSQL the request needs no second connection. So whoever goes on reading asks anew.
    """
    assert _reads_only.get(), "a request that writes keeps its own"
    db.session.rollback()
    read_only(False)  # noqa: FBT003
    try:
        with transaction():
            yield
    finally:
        read_only(True)  # noqa: FBT003


def is_sqlite() -> bool:
    """Tell which of the two engines runs."""
    return db.engine.dialect.name == "sqlite"


def forget_deleted(tables: Sequence[Table]) -> bool:
    """Leave nothing of deleted and rewritten rows in the database's files; False when somebody's reading is in the way.

    For jobs and commands, after their transactions: on SQLite the write-ahead log is emptied, the main file being
    overwritten already (`secure_delete`). PostgreSQL writes each table into a new file.
    """
    db.session.remove()  # a transaction of our own would be in the way
    return _log_emptied() if is_sqlite() else _tables_written_anew(tables)


def _log_emptied() -> bool:
    connection = db.engine.raw_connection()  # SQLAlchemy would begin a transaction, within which nothing is emptied
    try:
        busy, _pages, _written = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    return not busy


def _tables_written_anew(tables: Sequence[Table]) -> bool:
    """A backup reads for minutes: we do not wait for it, since everybody else would wait behind us."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        try:
            for table in tables:
                connection.exec_driver_sql(f"VACUUM FULL {table.name}")
        except OperationalError:
            return False
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def init_app(app: Flask) -> None:
    """Prepare the engine of either kind and bind it to the application."""
    options = dict(app.config.get("SQLALCHEMY_ENGINE_OPTIONS") or {})
    options.setdefault("hide_parameters", True)  # an error in the log must not hold what a resident wrote
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        from pysqlite3 import dbapi2  # only where SQLite runs

        _refuse_unsafe_log(app, dbapi2.sqlite_version)
        options["module"] = dbapi2
        if url.database and url.database != ":memory:":
            app.config["INSTANCE"].mkdir(parents=True, exist_ok=True)
    else:
        options.setdefault("pool_pre_ping", True)
        options["connect_args"] = _waiting_as_long_as_sqlite(url, options.get("connect_args") or {})
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", compare_type=True)
    with app.app_context():
        if url.get_backend_name() == "sqlite":
            prepare_sqlite(db.engine)


def _refuse_unsafe_log(app: Flask, version: str) -> None:
    """Stop a start for real people on a library whose write-ahead log can lose what was committed."""
    if is_production(app.config["PUBLIC_URL"]) and not has_safe_log(version):
        raise ConfigurationRefused(
            f"DATABASE_URL: SQLite {version} can lose what was saved (its write-ahead log; mended in 3.51.3, 3.50.7 "
            "and 3.44.6). Install the requirements of the product anew, or use PostgreSQL"
        )


def has_safe_log(version: str) -> bool:
    """Tell whether a version of SQLite has the mended write-ahead log."""
    numbers = tuple(int(part) for part in version.split("."))
    return numbers >= (3, 51, 3) or (3, 50, 7) <= numbers < (3, 51) or (3, 44, 6) <= numbers < (3, 45)


def _waiting_as_long_as_sqlite(url: URL, given: dict[str, Any]) -> dict[str, Any]:
    """Let nobody wait longer for a lock: who sent a form then gets an answer, and the words back.

    What the address of the database sets itself comes later and counts.
    """
    own = given.get("options") or url.query.get("options") or ""
    return {**given, "options": f"-c lock_timeout={BUSY_TIMEOUT_MS} {own}".strip()}


def prepare_sqlite(engine: Engine) -> None:
    """Set the pragmas of each connection, and begin transactions ourselves."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten, so that no page keeps what was erased
            f"cache_size = -{CACHE_KB}",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if _reads_only.get() else "BEGIN IMMEDIATE")
