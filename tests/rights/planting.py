"""Rows for every table that the makers of a world left empty, and a marker of its own in every text that people write.

A marker is `KANAREK-<table>-<column>-<number of the row>K`: whoever reads one in an answer knows whose words came out.
"""

import re
import uuid
from datetime import time, timedelta

import sqlalchemy as sa

from consult.audit import chaining
from consult.clock import now, today
from consult.db import Model, Moment, PlaceColumn, db
from consult.geo import Place
from tests.audit.unguarded import unguarded
from tests.factories import LASK
from tests.rights.matrix import MATRIX, SECRET_TEXTS, Kept

MARKUP = "\"'><x-kanarek onerror=x>"
"""What makes an element of its own wherever the words before it are not taken for words."""

MARKER = re.compile(r"kanarek-([a-z0-9_]+)-([a-z0-9_]+)-([0-9a-f_]+)k")
"""As it stands in a text in small letters."""


def tables():
    """All tables, parents first."""
    return Model.metadata.sorted_tables


def marker(table, column, number):
    return f"KANAREK-{table}-{column}-{number}K"


def plant(overrides):
    """Give every empty table that holds something private a row; `overrides` says per table what cannot be guessed, as one row or several."""
    private = {table for table, _column in MATRIX.keys() | SECRET_TEXTS}
    for table in tables():
        if table.name not in private or db.session.scalar(sa.select(sa.func.count()).select_from(table)):
            continue
        rows = overrides.get(table.name, {})
        for given in rows if isinstance(rows, list) else [rows]:
            db.session.execute(sa.insert(table), filled(table, given))
    db.session.flush()


def filled(table, given):
    """A row of a table: what is given, and something of the right kind in every other column."""
    row = {}
    for column in table.columns:
        if column.name in given:
            row[column.name] = given[column.name]
        elif column.foreign_keys and not column.nullable:
            (key,) = column.foreign_keys
            row[column.name] = db.session.scalar(sa.select(sa.func.min(key.column)))
        elif not column.primary_key or not isinstance(column.type, sa.Integer):
            row[column.name] = guessed(column)
        elif column.identity is None:
            row[column.name] = 1
    return row


BY_NAME = {"district_code": "1003", "area_code": "1003", "language": "pl", "period": "2026-07", "actor_id": 1}


def guessed(column):
    """Something that the type of a column takes; nothing where nothing has to stand, unless people write there."""
    if column.nullable and (column.table.name, column.name) not in MATRIX:
        return None
    if column.name in BY_NAME:
        return BY_NAME[column.name]
    kind = column.type
    if isinstance(kind, Moment):
        return now() - timedelta(hours=1)
    if isinstance(kind, PlaceColumn):
        return Place.point(*LASK)
    for types, value in (
        (sa.Enum, lambda: kind.enum_class and next(iter(kind.enum_class))),
        (sa.Boolean, lambda: False),
        (sa.Date, today),
        (sa.Time, lambda: time(17)),
        (sa.Integer, lambda: 1),
        (sa.Float, lambda: 0.5),
        (sa.LargeBinary, lambda: b"x"),
        (sa.JSON, dict),
        (sa.String, lambda: uuid.uuid4().hex[: kind.length or 32]),
    ):
        if isinstance(kind, types):
            return value()
    raise AssertionError(f"no value for {column}")


def mark():
    """Write a marker into every text that the matrix names, row by row; gives the numbers of the rows of each table."""
    chaining.settle(db.session())  # the trail would be written when all is committed
    with unguarded():
        _mark()
    db.session.flush()
    db.session.expire_all()


def _mark():
    for (table_name, column_name), kept in MATRIX.items():
        if kept is Kept.DERIVED or (table_name, column_name) in BROUGHT:
            continue
        table = Model.metadata.tables[table_name]
        column = table.columns[column_name]
        keys = list(table.primary_key.columns)
        for row in db.session.execute(sa.select(*keys, column)).all():
            *key, value = row
            if value is None or (value == "" and (table_name, column_name) in LEFT_EMPTY):
                continue
            words = dressed(table_name, column_name, marker(table_name, column_name, number_of(key)))
            if isinstance(column.type, sa.JSON):
                words = {"title": words + MARKUP}
            else:
                room = 2_000 if column.type.length is None else column.type.length - len(words)
                assert room >= 0, f"{words} is too long"
                words += MARKUP if "@" not in words and room >= len(MARKUP) else ""
            same = (one == two for one, two in zip(keys, key, strict=True))
            db.session.execute(sa.update(table).where(*same).values({column_name: words}))


def number_of(key):
    """What tells a row from the others of its table, in digits."""
    return re.sub(r"[^0-9a-f_]", "", "_".join(map(str, key)))


BROUGHT = {("allocation_version", "content"), ("survey_submission", "answers")}
"""Columns of a structure of their own: the makers write the markers into it."""

LEFT_EMPTY = {
    ("meeting", "opened_again_because"),
    ("meeting_plan", "called_off_because"),
    ("statement", "withdrawn_because"),
    ("statement", "withheld_because"),
    ("meeting_file", "withdrawn_because"),
    ("paper_sheet", "withdrawn_because"),
}
"""Reasons whose words say that something happened: where nothing did they stay empty."""


def dressed(table, column, words):
    """A marker in the shape that a column wants."""
    if column.endswith("_url"):
        return f"https://example.com/{words}"
    if column in {"email", "address"} and table in {"account", "partner", "summary_reader", "report_subscription"}:
        return words if (table, column) == ("partner", "address") else f"{words}@example.com".lower()
    return words


def planted():
    """All markers that the database holds, by table and column, with the numbers of their rows."""
    found = {}
    for table_name, column_name in MATRIX:
        column = Model.metadata.tables[table_name].columns[column_name]
        texts = db.session.scalars(sa.select(column).where(column.is_not(None))).all()
        found[table_name, column_name] = {m[3] for text in texts for m in MARKER.finditer(str(text).lower())}
    return found


def secrets():
    """The very values that nobody may read anywhere."""
    found = set()
    for table_name, column_name in SECRET_TEXTS:
        column = Model.metadata.tables[table_name].columns[column_name]
        found |= {value for value in db.session.scalars(sa.select(column)) if isinstance(value, str) and value}
    return found
