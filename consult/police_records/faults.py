"""What can be wrong with a file of official figures: the row, the column, and what was found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What can be wrong with a file, a row or a cell."""

    TOO_LARGE = "too_large"
    NOT_A_WORKBOOK = "not_a_workbook"
    OLD_WORKBOOK = "old_workbook"
    MACROS = "macros"
    NO_TABLE = "no_table"
    NO_HEADER = "no_header"
    NO_YEARS = "no_years"
    OTHER_KIND = "other_kind"
    NOT_UTF8 = "not_utf8"
    UNCLOSED = "unclosed"
    NO_ROWS = "no_rows"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_CELLS = "too_many_cells"
    NOT_AN_AREA = "not_an_area"
    NOT_A_PERIOD = "not_a_period"
    NOT_A_YEAR = "not_a_year"
    NOT_YET = "not_yet"
    NOT_A_MEASURE = "not_a_measure"
    NOT_A_SEX = "not_a_sex"
    NOT_AN_AGE = "not_an_age"
    NOT_A_COUNT = "not_a_count"
    NOT_A_NUMBER = "not_a_number"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `row` counts as a spreadsheet does, 0 means the whole file; `detail` is another row or a name."""

    kind: FaultKind
    row: int = 0
    column: str = ""
    value: str = ""
    detail: str = ""


class FileRefused(ValueError):
    """The file cannot be taken; `faults` tells every one found, `read` how many figures were read."""

    def __init__(self, faults: Sequence[Fault], read: int = 0) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
        self.read = read
