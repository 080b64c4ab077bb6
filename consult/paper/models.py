"""Tables of sheets with a map: the form that is printed, its numbered sheets, and what was typed in from them.

A sheet has a row only once it was typed in: how many were printed is known of the form. Nobody knows who filled in
which sheet, and nothing here leads to a person but to those who typed.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.models import Unit
from consult.catalogue.models import Category
from consult.db import Key, Model
from consult.observations.models import Observation
from consult.paper.grid import MOST_COLUMNS, MOST_ROWS, Grid
from debates.models import Meeting
from surveys.models import SurveyVersion

LONGEST_WORDS = 300
"""What fits a line of the sheet, written small."""


class PaperForm(Model):
    """A form of sheets: one map under one grid, one list of categories, any number of numbered copies.

    Without a meeting it belongs to a unit alone. `categories` are codes in the order in which they are numbered on the
    sheet, from one. The frame is in EPSG:2180 metres. `survey_version_id` is the questionnaire on the back, if any.
    Once closed, no further copies are printed and no sheet is typed in.
    """

    __tablename__ = "paper_form"
    __table_args__ = (
        CheckConstraint(f"columns BETWEEN 1 AND {MOST_COLUMNS}", "columns_have_letters"),
        CheckConstraint(f"rows BETWEEN 1 AND {MOST_ROWS}", "rows_have_numbers"),
        CheckConstraint("x_max > x_min AND y_max > y_min", "the_frame_is_no_line"),
        CheckConstraint("copies >= 0", "copies_counted"),
        Index(None, "unit_id", "created_at"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    survey_version_id: Mapped[int | None] = mapped_column(ForeignKey("survey_version.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(200))
    place_name: Mapped[str] = mapped_column(String(200), default="")
    x_min: Mapped[float]
    y_min: Mapped[float]
    x_max: Mapped[float]
    y_max: Mapped[float]
    columns: Mapped[int]
    rows: Mapped[int]
    categories: Mapped[list[str]]
    copies: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    meeting: Mapped[Meeting | None] = relationship()
    unit: Mapped[Unit] = relationship(lazy="joined")
    survey_version: Mapped[SurveyVersion | None] = relationship()
    sheets: Mapped[list["PaperSheet"]] = relationship(back_populates="form", order_by="PaperSheet.number")

    @property
    def unit_path(self) -> str:
        """The scope the form belongs to."""
        return self.unit.path

    @property
    def grid(self) -> Grid:
        """The fields of its map."""
        return Grid(self.x_min, self.y_min, self.x_max, self.y_max, self.columns, self.rows)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more is printed or typed in."""
        return self.closed_at is not None

    def has_printed(self, number: int) -> bool:
        """Tell whether a sheet of this number exists on paper."""
        return 1 <= number <= self.copies


class Turn(IntEnum):
    """Whose reading of a sheet it is: the first person's, the second one's, or that of whoever settled it otherwise."""

    FIRST = 1
    SECOND = 2
    CORRECTED = 3


class SheetState(StrEnum):
    """How far a sheet is."""

    READ_ONCE = "read_once"
    AWAITED = "awaited"
    DIFFERING = "differing"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class PaperSheet(Model):
    """One sheet that came back, by the number printed on it.

    A sampled sheet is typed in a second time by somebody else. Where the two differ, somebody settles what stands on
    the paper (`settled_at`): the reading of `standing_turn`, whose marks are on the map. A withdrawn sheet counts
    nowhere. `version` rises with every change, so that of two who decide at once the second one is told.
    """

    __tablename__ = "paper_sheet"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        CheckConstraint("number >= 1", "numbered_from_one"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", "a_withdrawal_has_a_reason"),
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", "settling_has_a_person"),
        CheckConstraint("standing_turn IN (1, 2, 3)", "a_turn_stands"),
    )

    id: Mapped[Key]
    form_id: Mapped[int] = mapped_column(ForeignKey("paper_form.id"))
    number: Mapped[int]
    is_sampled: Mapped[bool] = mapped_column(default=False)
    has_questionnaire: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(String(500), default="")
    standing_turn: Mapped[int] = mapped_column(default=Turn.FIRST, server_default="1")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    form: Mapped[PaperForm] = relationship(back_populates="sheets")
    entries: Mapped[list["PaperEntry"]] = relationship(back_populates="sheet", order_by="PaperEntry.turn")

    def reading(self, turn: int) -> "PaperEntry | None":
        """Give what was typed in that turn, None when nobody has yet."""
        return next((entry for entry in self.entries if entry.turn == turn), None)

    @property
    def first(self) -> "PaperEntry":
        """What the first person typed."""
        return self.entries[0]

    @property
    def second(self) -> "PaperEntry | None":
        """What the second person typed, None as long as nobody has."""
        return self.reading(Turn.SECOND)

    @property
    def standing(self) -> "PaperEntry":
        """The reading whose marks count."""
        return next(entry for entry in self.entries if entry.turn == self.standing_turn)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it counts nowhere."""
        return self.withdrawn_at is not None

    @property
    def is_compared(self) -> bool:
        """Whether two people have typed it in."""
        return self.second is not None

    @property
    def state(self) -> SheetState:
        """How far it is."""
        if self.is_withdrawn:
            return SheetState.WITHDRAWN
        if self.settled_at is not None:
            return SheetState.SETTLED
        if self.is_compared:
            return SheetState.DIFFERING
        return SheetState.AWAITED if self.is_sampled else SheetState.READ_ONCE

    def may_be_seen_by(self, account_id: int) -> bool:
        """Tell whether somebody may read what the first person typed: nobody who may yet have to type it in unseen."""
        is_over = self.is_compared or (self.form.is_closed and not self.is_sampled)
        return is_over or self.first.author_id == account_id

    @property
    def unit_path(self) -> str:
        """The scope the sheet belongs to."""
        return self.form.unit_path


class PaperEntry(Model):
    """What one person typed in from a sheet: the first turn, the second one that checks it, or what settled both."""

    __tablename__ = "paper_entry"
    __table_args__ = (UniqueConstraint("sheet_id", "turn"), CheckConstraint("turn IN (1, 2, 3)", "one_of_three_turns"))

    id: Mapped[Key]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("paper_sheet.id"))
    turn: Mapped[int]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int]
    made_at: Mapped[datetime]

    sheet: Mapped[PaperSheet] = relationship(back_populates="entries")
    marks: Mapped[list["PaperMark"]] = relationship(
        back_populates="entry", order_by="PaperMark.position", cascade="all, delete-orphan"
    )

    @property
    def unit_path(self) -> str:
        """The scope the entry belongs to."""
        return self.sheet.unit_path


class PaperMark(Model):
    """One line of a sheet: a field of the grid, a category if somebody wrote its number, when, and a few words."""

    __tablename__ = "paper_mark"
    __table_args__ = (
        UniqueConstraint("entry_id", "position"),
        CheckConstraint("position >= 1", "counted_from_one"),
        CheckConstraint("weekdays >= 0 AND weekdays < 128", "weekdays_are_seven_bits"),
        CheckConstraint("times_of_day >= 0 AND times_of_day < 16", "times_of_day_are_four_bits"),
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("paper_entry.id"))
    position: Mapped[int]
    cell: Mapped[str] = mapped_column(String(4))
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    weekdays: Mapped[int] = mapped_column(default=0)
    times_of_day: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS), default="")
    observation_id: Mapped[int | None] = mapped_column(ForeignKey("observation.id"), index=True)

    entry: Mapped[PaperEntry] = relationship(back_populates="marks")
    category: Mapped[Category | None] = relationship()
    observation: Mapped[Observation | None] = relationship()
