"""The form into which a sheet with a map is typed: one row a mark, and what is done with the whole sheet."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.attachments.forms import AttachmentsField
from consult.attachments.sifting import MEGABYTE
from consult.districts import queries as districts
from consult.paper import board, rows
from consult.paper.agreement import Mark
from consult.paper.around import Around, around
from consult.paper.board import Board
from consult.paper.models import LONGEST_WORDS, PaperForm, Turn
from consult.paper.rows import Fault, Part, Row, Wrong
from consult.paper.sheet_words import around_in_words, category_in_words, fault_in_words, mark_in_words
from consult.paper.transcribing import Decision
from consult.web.forms import Form, KeyedForm, PlainText
from consult.web.personal import personal

MOST_SCAN_BYTES = 15 * MEGABYTE
"""A scan of both sides in colour fits; the whole form stays below what a page with files may be sent."""

FEWEST_ROWS, MORE_ROWS, MOST_ROWS = 6, 6, 60


class TypingForm(KeyedForm):
    """What belongs to the sheet as a whole; its rows are read by `Typing`."""

    turn = HiddenField(default=str(Turn.FIRST.value))
    version = HiddenField(default="0")
    has_questionnaire = BooleanField(_l("The questionnaire on the back is filled in: type it in after saving"))
    confirmed = HiddenField()

    def validate_turn(self, field: Field) -> None:
        """Refuse what is no turn of ours."""
        if field.data not in {str(turn.value) for turn in Turn}:
            raise ValidationError(_l("The form has expired. Refresh the page and send it again."))

    def validate_version(self, field: Field) -> None:
        """Refuse what is no number of ours."""
        if not (field.data or "").isdecimal() or len(field.data) > 9:
            raise ValidationError(_l("The form has expired. Refresh the page and send it again."))

    @property
    def seen_version(self) -> int:
        """The version of the sheet that the reader saw."""
        return int(self.version.data or 0)

    @property
    def pressed(self) -> frozenset[str]:
        """The button that the reader pressed."""
        return frozenset({"save", "empty", "more", "check"} & set(request.form))

    @property
    def decision(self) -> Decision | None:
        """Which of two readings the reader says is right."""
        sent = request.form.get("decision", "")
        return Decision(sent) if sent in {Decision.FIRST.value, Decision.SECOND.value} else None

    def begin_again(self, turn: Turn) -> None:
        """Go on with what was typed as another reading, under a key of its own."""
        self.turn.data, self.turn.raw_data = str(turn.value), None
        self.key.data, self.key.raw_data = uuid.uuid4().hex, None

    @property
    def is_to_save(self) -> bool:
        """Whether the reader pressed a button that saves."""
        return bool(self.pressed & {"save", "empty"})

    @property
    def says_empty(self) -> bool:
        """Whether the reader says that nothing is marked on the sheet."""
        return "empty" in self.pressed

    @property
    def asks_for_rows(self) -> bool:
        """Whether the reader wants more rows."""
        return "more" in self.pressed


class Typing:
    """The rows of one sheet as they were typed, and what became of them."""

    def __init__(self, form: PaperForm, marks: Sequence[Mark] = ()) -> None:
        """Take what was typed, or `marks` to put right."""
        self.form, self.grid = form, form.grid
        typed = _sent() if request.method == "POST" else [_typed(mark, form) for mark in marks]
        wanted = max(FEWEST_ROWS, len(typed) + 1 if request.method == "GET" and marks else len(typed))
        typed += [{} for _missing in range(min(wanted, MOST_ROWS) - len(typed))]
        self.rows = [
            rows.read(position, one, self.grid, form.categories, LONGEST_WORDS) for position, one in enumerate(typed, 1)
        ]
        self.is_checked = False

    def add_rows(self) -> None:
        """Give room for more marks."""
        more = range(len(self.rows) + 1, min(len(self.rows) + MORE_ROWS, MOST_ROWS) + 1)
        self.rows += [Row(position, {}) for position in more]

    def check(self, confirmed: str) -> None:
        """Hold the rows against the land and against personal data that nobody has confirmed to be none."""
        self.is_checked = True
        cells = sorted({row.mark.cell for row in self.rows if row.mark})
        located = districts.located_each([self.grid.place(cell) for cell in cells])
        abroad = {cell for cell, found in zip(cells, located, strict=True) if found is None}
        self.rows = [_held(row, abroad, is_confirmed=confirmed == self.digest) for row in self.rows]

    @property
    def marks(self) -> list[Mark]:
        """The marks of the rows in their order, counted anew: an empty row between two is none."""
        read = [row.mark for row in self.rows if row.mark is not None]
        return [replace(mark, position=position) for position, mark in enumerate(read, 1)]

    @property
    def faults(self) -> list[tuple[Row, Fault]]:
        """What is wrong, row by row."""
        return [(row, fault) for row in self.rows for fault in row.faults]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return all(row.is_empty for row in self.rows)

    @property
    def needs_confirming(self) -> bool:
        """Whether something looks like personal data and nothing else is wrong with that."""
        return any(fault.wrong is Wrong.PERSONAL for _row, fault in self.faults)

    @property
    def digest(self) -> str:
        """Stand for the words as they are now: other words need another confirmation."""
        return hashlib.sha256("\n".join(_words(row) for row in self.rows).encode()).hexdigest()[:16]

    # What the page shows

    def problem(self, row: Row, part: Part) -> str:
        """Say what is wrong with a field of a row, nothing when all is well."""
        fault = row.fault(part)
        return fault_in_words(fault) if fault else ""

    def read_as(self, row: Row) -> str:
        """Say what a row was read as, to check it by: what lies in its field, its category, when."""
        if row.mark is None:
            return ""
        return f"{self.titles[row.mark.cell]}. {mark_in_words(row.mark)}"

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Say what lies in each field."""
        found: Mapping[str, Around] = around(self.grid)
        return {name: around_in_words(name, found.get(name)) for name in self.grid.names()}

    @property
    def board(self) -> Board:
        """The grid with the fields of the rows lit."""
        lit: dict[str, list[int]] = {}
        for row in self.rows:
            if row.mark is not None:
                lit.setdefault(row.mark.cell, []).append(row.position)
        return board.board(self.grid, self.titles, lit)

    @property
    def categories(self) -> list[tuple[int, str]]:
        """The categories with the numbers that are printed on the sheet."""
        return [(number, category_in_words(code)) for number, code in enumerate(self.form.categories, 1)]


def _sent() -> list[Mapping[Part, str]]:
    """Read the rows that a form sent; a number of rows that no page of ours has is cut."""
    columns = {part: request.form.getlist(f"row-{part.value}") for part in Part}
    count = min(max(map(len, columns.values())), MOST_ROWS)
    return [{part: texts[at] if at < len(texts) else "" for part, texts in columns.items()} for at in range(count)]


def _typed(mark: Mark, form: PaperForm) -> Mapping[Part, str]:
    """Write a mark so that it can be typed again."""
    known = mark.category in form.categories
    return {
        Part.CELL: mark.cell,
        Part.CATEGORY: str(form.categories.index(mark.category) + 1) if known and mark.category else "",
        Part.WHEN: rows.typed_when(mark.weekdays, mark.times_of_day),
        Part.WORDS: mark.words,
    }


def _words(row: Row) -> str:
    return " ".join(row.typed.get(Part.WORDS, "").split())


def _held(row: Row, abroad: set[str], *, is_confirmed: bool) -> Row:
    faults = list(row.faults)
    if row.mark is not None and row.mark.cell in abroad:
        faults.append(Fault(Part.CELL, Wrong.NO_LAND, row.mark.cell))
    if not is_confirmed and (found := personal(_words(row))):
        faults.append(Fault(Part.WORDS, Wrong.PERSONAL, ", ".join(found)))
    return replace(row, faults=tuple(faults))


class WithdrawSheetForm(Form):
    """Why a sheet counts nowhere."""

    version = HiddenField()
    reason = StringField(
        _l("Reason"),
        [
            PlainText(),
            InputRequired(_l("Give the reason.")),
            Length(max=500, message=_l("Shorten it to 500 characters.")),
        ],
        description=_l("For example: a joke, or the sheet of another debate."),
    )

    def validate_version(self, field: Field) -> None:
        """Refuse what is no number of ours."""
        if not (field.data or "").isdecimal() or len(field.data) > 9:
            raise ValidationError(_l("The form has expired. Refresh the page and send it again."))

    @property
    def seen_version(self) -> int:
        """The version of the sheet that the reader saw."""
        return int(self.version.data or 0)


class ScansForm(KeyedForm):
    """Scans or photos of a sheet."""

    files = AttachmentsField(
        _l("Scans or photos of the sheet"),
        description=_l(
            "Up to 3 photos or PDF files at a time, 15 MB together. What a photo says about where and when it was "
            "taken is removed. Only the police see the files."
        ),
        most_bytes=MOST_SCAN_BYTES,
    )

    def validate_files(self, field: AttachmentsField) -> None:
        """Ask for a file."""
        if not field.held and not field.complaints:
            raise ValidationError(_("Choose at least one file."))
