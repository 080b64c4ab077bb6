"""What differs between two versions of a summary: computed from their tables, so that nobody has to tell it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from consult.summaries.figures import Summary
from consult.summaries.tables import NOT_YET, Cells, Table, tables_of
from consult.web.languages import number

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that differs, in words: its table, row and column, and what stands there before and after.

    A row or table that only one of the two has differs as a whole: `column` is empty, and what is not there is a dash.
    """

    table: str
    row: str
    column: str
    before: str
    after: str

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return ", ".join(part for part in (self.row, self.column) if part)


def differences(earlier: Summary, later: Summary) -> tuple[Difference, ...]:
    """List what differs in the tables of two summaries of one district and period, in the order of reading."""
    before, after = tables_of(earlier), tables_of(later)
    return tuple(one for code in {**after, **before} for one in _between(before.get(code), after.get(code)))


def _between(before: Table | None, after: Table | None) -> Iterator[Difference]:
    known = after or before
    assert known is not None
    earlier, later = (_by_name(table) if table else {} for table in (before, after))
    for key in {**later, **earlier}:
        name = str(key[0])
        if key not in earlier:
            yield Difference(known.title, name, "", NOT_YET, _("added"))
        elif key not in later:
            yield Difference(known.title, name, "", _("stood there"), NOT_YET)
        else:
            headings = [column.heading for column in known.columns]
            for heading, was, now_is in zip(headings, earlier[key], later[key], strict=False):
                if was != now_is:
                    yield Difference(known.title, name, heading, _in_words(was), _in_words(now_is))


def _by_name(table: Table) -> dict[Key, Cells]:
    """Give rows by their first cell; of equal ones each has its number."""
    seen: Counter[str] = Counter()
    found: dict[Key, Cells] = {}
    for row in table.rows:
        name = str(row[0])
        seen[name] += 1
        found[name, seen[name]] = row
    return found


def _in_words(cell: Any) -> str:
    if cell is None or cell == "":
        return NOT_YET
    if isinstance(cell, date):
        return format_date(cell, "medium")
    return number(cell) if isinstance(cell, int | float) else str(cell)
