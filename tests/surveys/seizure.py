"""What somebody with the whole server finds: every table with its hidden columns, and where each row lies in the file.

PostgreSQL gives every row a place (`ctid`) and the number of the transaction that wrote it (`xmin`, …). SQLite's tables
without row numbers keep rows in the order of their keys, but inside a page of the file a newer row lies before an older
one: `place` is read from the file itself.
"""

import json
import struct
from itertools import combinations
from pathlib import Path

from scipy.stats import spearmanr
from sqlalchemy import text

from consult.db import Model, db, is_sqlite

HIDDEN = ("ctid", "xmin", "xmax", "cmin", "cmax")


def seized():
    """All rows of all tables as mappings of every column, hidden ones and single answers included."""
    tables = {name: table for name, table in Model.metadata.tables.items() if db.inspect(db.engine).has_table(name)}
    rows = {name: [_flat(dict(row)) for row in _rows(table)] for name, table in tables.items()}
    db.session.rollback()
    return rows


def _rows(table):
    if is_sqlite():
        return _rows_of_sqlite(table)
    hidden = ", ".join(f"{name}::text AS _{name}" for name in HIDDEN)
    found = db.session.execute(text(f"SELECT {hidden}, t.* FROM {table.name} t")).mappings().all()
    return [{**row, "place": _pair(row["_ctid"])} for row in found]


def _pair(ctid):
    page, item = ctid.strip("()").split(",")
    return int(page), int(item)


def _rows_of_sqlite(table):
    keys = ", ".join(column.name for column in table.primary_key)
    has_numbers = table.dialect_options["sqlite"]["with_rowid"]
    number = "rowid AS _rowid, " if has_numbers else ""
    found = db.session.execute(text(f"SELECT {number}* FROM {table.name} ORDER BY {keys}")).mappings().all()
    if has_numbers:
        return [{**row, "place": (0, row["_rowid"])} for row in found]
    return [{**row, "place": place} for row, place in zip(found, _places(table.name), strict=True)]


def _places(name):
    """The page and the place in it of each row of a table without row numbers, in the order of its keys.

    https://www.sqlite.org/fileformat2.html, 1.6: a page of an index tree begins with its kind (2 inner, 10 leaf), the
    number of its cells at offset 3 and, from offset 8 or 12 on, where in the page each cell begins, in key order. A
    new cell is put before all others, so the arrival is the later the smaller the offset is.
    """
    db.session.commit()
    raw = db.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    root = db.session.execute(
        text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": name}
    ).scalar_one()
    return list(_cells(Path(db.engine.url.database).read_bytes(), root))


def _cells(file, number):
    size = struct.unpack(">H", file[16:18])[0]
    page = file[(number - 1) * size : number * size]
    is_leaf = page[0] == 10
    assert is_leaf or page[0] == 2, "no page of an index tree"
    start = 8 if is_leaf else 12
    count = struct.unpack(">H", page[3:5])[0]
    for offset in struct.unpack(f">{count}H", page[start : start + 2 * count]):
        if not is_leaf:
            yield from _cells(file, struct.unpack(">I", page[offset : offset + 4])[0])
        yield number, -offset
    if not is_leaf:
        yield from _cells(file, struct.unpack(">I", page[8:12])[0])


def _flat(row):
    """Give single answers columns of their own."""
    flat = {}
    for name, value in row.items():
        inside = json.loads(value) if name in {"answers", "content"} and isinstance(value, str) else value
        flat |= {f"{name}.{key}": part for key, part in inside.items()} if isinstance(inside, dict) else {name: inside}
    return {name: value for name, value in flat.items() if not isinstance(value, list | dict)}


def joined(rows, others):
    """Every pair of columns that ties single rows to single rows by an equal value: {(column, column): pairs}.

    Where rows lie is compared by its order, below: every file has a first place.
    """
    links = {}
    for name, by_value in _single(rows).items():
        for other, by_other in _single(others).items():
            pairs = [(by_value[value], by_other[value]) for value in by_value.keys() & by_other.keys()]
            if pairs:
                links[name, other] = pairs
    return links


def _single(rows):
    """For each column the values that one row alone has."""
    found = {}
    for name in {name for row in rows for name in row} - {"place", "_ctid"}:
        values = {}
        for number, row in enumerate(rows):
            if row.get(name) is not None:
                values.setdefault(str(row[name]), []).append(number)
        found[name] = {value: numbers[0] for value, numbers in values.items() if len(numbers) == 1}
    return found


def correlation(first, second):
    """Spearman's rank correlation; equal values share their rank."""
    if len(set(first)) < 2 or len(set(second)) < 2:
        return 0.0
    return float(spearmanr(_ranks(first), _ranks(second))[0])


def _ranks(values):
    order = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return [order[value] for value in values]


def order_within_pages(places, arrivals):
    """How far rows of one page lie in the order of their arrival: 1 exactly, 0 in none, -1 the other way round."""
    pages = {}
    for (page, place), arrival in zip(places, arrivals, strict=True):
        pages.setdefault(page, []).append((place, arrival))
    agreed = [
        (one[0] < other[0]) == (one[1] < other[1])
        for members in pages.values()
        for one, other in combinations(members, 2)
    ]
    return 2 * sum(agreed) / len(agreed) - 1 if agreed else 0.0


def bytes_of(*names):
    """The files in which tables are kept, as they lie on the disk."""
    if is_sqlite():
        path = Path(db.engine.url.database)
        log = path.with_name(path.name + "-wal")
        return path.read_bytes() + (log.read_bytes() if log.exists() else b"")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
        read = text("SELECT pg_read_binary_file(pg_relation_filepath(:name))")
        return b"".join(connection.execute(read, {"name": name}).scalar_one() for name in names)
