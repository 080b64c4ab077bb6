"""What can be wrong with a file of past minutes: the record or row, the field, and what was found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from consult.geo import PlaceFault


class FaultKind(StrEnum):
    """What can be wrong with a file, a record or a field."""

    NOT_UTF8 = "not_utf8"
    NUL = "nul"
    NOT_JSON = "not_json"
    NOT_A_LIST = "not_a_list"
    NOT_A_RECORD = "not_a_record"
    NOT_A_TABLE = "not_a_table"
    NOT_A_WORKBOOK = "not_a_workbook"
    OLD_WORKBOOK = "old_workbook"
    MACROS = "macros"
    ENTITIES = "entities"
    TOO_LARGE = "too_large"
    TOO_MANY_HERE = "too_many_here"
    NO_RECORDS = "no_records"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_CELLS = "too_many_cells"
    UNCLOSED = "unclosed"
    EXAMPLE = "example"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    NOT_TEXT = "not_text"
    NOT_A_DISTRICT = "not_a_district"
    NOT_A_DAY = "not_a_day"
    NOT_AN_HOUR = "not_an_hour"
    NOT_YET = "not_yet"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_COUNT = "not_a_count"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_PLACE = "not_a_place"
    NOT_A_CLASS = "not_a_class"
    NO_ANSWER = "no_answer"
    NO_REQUEST = "no_request"
    NO_PROMISE = "no_promise"
    HOURS = "hours"
    BEFORE_THE_MEETING = "before_the_meeting"
    AFTER_THE_MEETING = "after_the_meeting"
    DIFFERS = "differs"
    SAME_SIGN = "same_sign"
    OTHER_DAY = "other_day"
    TOO_MANY_PLACES = "too_many_places"
    NO_CATEGORY = "no_category"
    CATEGORY_ENDED = "category_ended"
    NO_UNIT = "no_unit"
    OTHER_UNIT = "other_unit"
    NO_DISTRICT = "no_district"
    FAR_DISTRICT = "far_district"
    NO_AREA = "no_area"
    OTHER_MEETING = "other_meeting"
    MEETING_OF_ANOTHER = "meeting_of_another"
    APPROVED = "approved"
    PLANNED = "planned"


@dataclass(frozen=True)
class Fault:
    """One fault: `record` counts from 1 in JSON and as a spreadsheet does in a table; 0 means the whole file.

    `detail` is what may stand there, or the row with which this one does not agree.
    """

    kind: FaultKind
    record: int = 0
    field: str = ""
    value: str = ""
    place: PlaceFault | None = None
    detail: str = ""


class FileRefused(ValueError):
    """The file cannot be taken; `faults` tells every one found, `read` how many records there were."""

    def __init__(self, faults: Sequence[Fault], read: int = 0) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
        self.read = read
