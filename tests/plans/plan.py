"""How the running database means to answer a statement, and which tables it would read from end to end.

SQLite plans without statistics, as it does for operators: it takes every table for a large one. PostgreSQL plans by
the few rows of the test. So it is made to believe in a million of them, of which ten name one other row as SQLite
takes it; only rows read cost anything; and what needs no index is forbidden, since of small tables a hash is made
although an index is there. Where a table is still read whole, no index leads into it.
"""

import json
import re

import sqlalchemy as sa

from consult.db import Model, db, is_sqlite
from tests.plans.tables import SMALL
from tests.rights.planting import filled

TABLES = Model.metadata.tables
GROWING = [table for table in Model.metadata.sorted_tables if table.name not in SMALL]
PARTIAL = {
    index.name
    for table in TABLES.values()
    for index in table.indexes
    if index.dialect_options["sqlite"].get("where") is not None
}
"""Indexes that hold only the rows that wait for something or are rare: all of one is read for all of these."""


def plans_of(connection):
    """Give the reader of plans of the running database; what it pretends is undone with the transaction."""
    return OnSqlite(connection) if is_sqlite() else OnPostgresql(connection)


STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?: .*INDEX (\w+))?")
END = re.compile(r"SELECT (max|min)\((\w+)\.id\) AS \w+\s+FROM \2\s*")
"""The first or last number of a table, which is its key: the plan looks like that of any least value."""

ALIAS = re.compile(r"\b(\w+) AS (\w+)\b")


class OnSqlite:
    """Reads plans of SQLite, which names tables by their aliases."""

    def __init__(self, connection):
        self.connection = connection

    def read_whole(self, text, parameters):
        """The tables that a statement reads from end to end."""
        if text.startswith("INSERT") and "SELECT" not in text:
            return set()  # the plan tells of rows that may name the new one, which nobody looks for
        if END.fullmatch(text):
            return set()
        plan = self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters)
        names = {alias: table for table, alias in ALIAS.findall(text) if table in TABLES}
        found = {name for *_, line in plan if (name := _whole_in(line))}
        return {names.get(name, name) for name in found} & set(TABLES)


def _whole_in(line):
    """What a line of a plan reads from end to end, if anything."""
    step = STEP.match(line)
    if step is None:
        return None
    kind, name, index = step.groups()
    if kind == "SCAN":
        return name if index not in PARTIAL else None
    is_for_the_least_value = line == f"SEARCH {name}"
    return name if is_for_the_least_value or "AUTOMATIC" in line or "(ANY(" in line else None


SETTINGS = {
    "session_replication_role": "replica",  # a row may name one that is not there
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "cpu_tuple_cost": "1",
    "cpu_index_tuple_cost": "1",
}
GIVEN = {"deadline_reminder": {"proposal_id": 1}}
"""What a row of an empty table needs beside what can be guessed: of a file without pages nothing is believed."""

MILLIONS = """
UPDATE pg_class SET reltuples = 1000000, relpages = 1
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname = ANY(:tables)
"""
TEN_OF_EACH = """
UPDATE pg_statistic SET stakind1 = 0, stakind2 = 0, stakind3 = 0, stakind4 = 0, stakind5 = 0, stanullfrac = 0,
    stadistinct = CASE WHEN EXISTS (SELECT FROM pg_constraint
        WHERE contype = 'f' AND conrelid = starelid AND staattnum = ANY(conkey)) THEN -0.1 ELSE stadistinct END
WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
FIRST_COLUMNS = """
SELECT pg_class.relname, pg_attribute.attname FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE relnamespace = 'public'::regnamespace
"""


class OnPostgresql:
    """Reads plans of PostgreSQL for tables that grow."""

    def __init__(self, connection):
        self.connection = connection
        for name, value in SETTINGS.items():
            connection.exec_driver_sql(f"SET LOCAL {name} = {value}")
        for table in GROWING:
            if not connection.scalar(sa.select(sa.exists(sa.select(table)))):
                connection.execute(sa.insert(table), filled(table, GIVEN.get(table.name, {})))
        db.session.remove()  # it was asked for what a row needs, in a transaction within ours
        connection.exec_driver_sql("ANALYZE")
        connection.execute(sa.text(MILLIONS), {"tables": [table.name for table in GROWING]})
        connection.exec_driver_sql(TEN_OF_EACH)
        self.first_columns = dict(connection.exec_driver_sql(FIRST_COLUMNS).all())

    def read_whole(self, text, parameters):
        """The tables that a statement reads from end to end."""
        plan = self.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", parameters).scalar()
        (top,) = json.loads(plan) if isinstance(plan, str) else plan
        return {node["Relation Name"] for node in _nodes(top["Plan"]) if self._is_whole(node)}

    def _is_whole(self, node):
        """Tell whether a step reads a table without a condition on the first column of an index."""
        kind = node["Node Type"]
        if kind == "Bitmap Heap Scan":
            return any(map(self._is_led_by_nothing, _nodes(node)))
        return kind == "Seq Scan" or ("Relation Name" in node and self._is_led_by_nothing(node))

    def _is_led_by_nothing(self, node):
        if node.get("Index Name") is None or node["Index Name"] in PARTIAL:
            return False
        column = self.first_columns.get(node["Index Name"])
        return column is None or not re.search(rf"\b{column}\b", node.get("Index Cond", ""))


def _nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)
