"""Whoever looks from a row to those that name it finds an index: each foreign key of a table that grows begins one."""

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from consult.db import Model
from tests.plans.tables import SMALL

NEVER_DELETED = "no row that it names is ever deleted, and nothing looks from there to here"
NO_INDEX = {
    ("link", "observation_id"): "one index holds the open links, another the ended ones: every row is in one of them",
    ("observation", "category_code"): NEVER_DELETED,
    ("online_report", "category_code"): NEVER_DELETED,
    ("online_report", "joined_threat_id"): NEVER_DELETED,
    ("paper_mark", "category_code"): NEVER_DELETED,
    ("recategorised", "category_before"): NEVER_DELETED,
    ("recategorised", "chosen_before"): NEVER_DELETED,
    ("screening", "closed_threat_id"): NEVER_DELETED,
    ("statement", "category_code"): NEVER_DELETED,
    ("threat", "chosen_category_code"): NEVER_DELETED,
    ("threat", "successor_id"): NEVER_DELETED,
    (
        "recorded_figure",
        "file_id",
    ): "a file is only deleted at once, when it brought nothing; that once reads all figures",
}
"""Each index costs whenever a row is added; these would serve nobody."""


def first_columns(table):
    """The columns by which an index, the key or a unique constraint finds every row of a table; as lists of names."""
    constraints = (one for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint))
    whole = (one for one in table.indexes if one.dialect_options["sqlite"].get("where") is None)
    return [[column.name for column in one.columns] for one in (*constraints, *whole)]


def without_index():
    for table in Model.metadata.sorted_tables:
        if table.name in SMALL:
            continue
        known = first_columns(table)
        for key in table.foreign_key_constraints:
            if not any(columns[: len(key.column_keys)] == key.column_keys for columns in known):
                yield table.name, ", ".join(key.column_keys)


def test_each_foreign_key_of_a_growing_table_begins_an_index_or_it_is_said_why_not():
    assert set(without_index()) == set(NO_INDEX)
