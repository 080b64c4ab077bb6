"""What can be wrong with a questionnaire: the sheet, the row, the column, and what was found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What can be wrong with a file, a sheet, a row or a cell."""

    # The file
    TOO_LARGE = "too_large"
    FORMAT = "format"
    NOT_A_WORKBOOK = "not_a_workbook"
    NOT_UTF8 = "not_utf8"
    MACROS = "macros"
    ENTITIES = "entities"
    BOMB = "bomb"
    # A sheet
    NO_SHEET = "no_sheet"
    SHEET_NAME = "sheet_name"
    SHEET_TWICE = "sheet_twice"
    SHEET = "sheet"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NO_COLUMN = "no_column"
    COLUMN = "column"
    COLUMN_TWICE = "column_twice"
    LANGUAGE = "language"
    NO_HEADER = "no_header"
    ONE_ROW = "one_row"
    # A cell
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    EMPTY = "empty"
    NAME = "name"
    NAME_TWICE = "name_twice"
    CHOICE_NAME = "choice_name"
    CHOICE_TWICE = "choice_twice"
    NOT_SEPARATED = "not_separated"
    VALUE = "value"
    NOT_HERE = "not_here"
    # A question
    TYPE = "type"
    APPEARANCE = "appearance"
    PARAMETER = "parameter"
    RANGE = "range"
    LIST = "list"
    DEFAULT = "default"
    ROLE = "role"
    MISSING = "missing"
    MOST = "most"
    NOTHING_ASKED = "nothing_asked"
    TEMPLATE = "template"
    # Groups
    NOT_OPEN = "not_open"
    NOT_CLOSED = "not_closed"
    WRONG_END = "wrong_end"
    NESTED_REPEAT = "nested_repeat"
    BATTERY = "battery"
    # Rules
    SYNTAX = "syntax"
    FUNCTION = "function"
    PATTERN = "pattern"
    WORD = "word"
    UNKNOWN_NAME = "unknown_name"
    ITSELF = "itself"
    LATER = "later"
    IN_REPEAT = "in_repeat"
    UNKNOWN_COLUMN = "unknown_column"
    # The export
    XFORM = "xform"


@dataclass(frozen=True)
class Fault:
    """One fault: `row` counts as a spreadsheet does, the header being row 1; 0 means the whole sheet or file.

    `value` is what stands there, `detail` what it collides with or what is allowed.
    """

    kind: FaultKind
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    detail: str = ""


class DefinitionRefused(Exception):
    """The questionnaire cannot be taken; `faults` tells every one found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.kind} {fault.sheet} {fault.row} {fault.column}" for fault in faults[:5]))
        self.faults = tuple(faults)


def refused(kind: FaultKind, sheet: str = "", row: int = 0, column: str = "", value: str = "") -> DefinitionRefused:
    """Refuse for one fault after which nothing more can be read."""
    return DefinitionRefused([Fault(kind, sheet, row, column, value)])
