"""What an administrator of the database could do: switch the guards of the trail off, and on again."""

from contextlib import contextmanager

from sqlalchemy import text

from consult.db import db, is_sqlite

TABLES = ("audit_entry", "audit_check")
GUARDS = 5
"""Triggers of SQLite: two for each table, and the one that lets entries only be added at the end."""


@contextmanager
def unguarded():
    """Within the transaction at hand the tables of the trail may be changed."""
    if not is_sqlite():
        for table in TABLES:
            db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        for table in TABLES:
            db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    known = db.session.execute(text("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")).all()
    kept = [(name, sql) for name, sql, table in known if table in TABLES]
    assert len(kept) == GUARDS
    for name, _sql in kept:
        db.session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _name, sql in kept:
        db.session.connection().exec_driver_sql(sql)
