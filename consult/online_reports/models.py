"""Tables of residents' online reports: what was sent, the receipt, screening, and what was said after it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.catalogue.models import Category
from consult.db import BigKey, Key, Model
from consult.geo import Place
from consult.period import day_of
from consult.threats.models import StatusChange
from consult.threats.workflow import Status


class Channel(StrEnum):
    """How a report reached us."""

    PAGE = "page"
    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"
    IMPORT = "import"


SPOKEN = (Channel.PHONE, Channel.LETTER, Channel.VISIT)
"""Channels through which a person turned to the police directly; an officer entered the report."""


class OnlineReport(Model):
    """A resident's report. Its receipt is a secret link of which only the hash is kept.

    `natural_key` identifies the report for ever: the receipt's hash, or the other system's own id; under it the
    report's observation is found. `body_digest` tells the same content sent twice from another one under the same key.
    `joined_threat_id` is the threat of which the resident said "I see it too": such a report has no place of its own,
    and `place` is where the map showed that threat. `imported_status` is what the other system said when the report
    came; no status of ours follows from it. `screened_at` is None while nobody has looked at the
    report; `passed_to` is the district whose people look at it instead of those of its place.
    """

    __tablename__ = "online_report"
    __table_args__ = (
        CheckConstraint("length(description) <= 500", "description_is_short"),
        CheckConstraint("(channel = 'import') = (receipt_hash IS NULL)", "a_person_gets_a_receipt"),
        CheckConstraint("imported_status IS NULL OR channel = 'import'", "only_files_bring_a_status"),
        Index(
            "ix_online_report_waiting",
            "sent_at",
            sqlite_where=text("screened_at IS NULL AND withdrawn_at IS NULL AND channel = 'page'"),
            postgresql_where=text("screened_at IS NULL AND withdrawn_at IS NULL AND channel = 'page'"),
        ),
        {"sqlite_autoincrement": True},  # the number of a deleted report is never given again
    )

    id: Mapped[Key]
    channel: Mapped[Channel]
    natural_key: Mapped[str] = mapped_column(String(120), unique=True)
    receipt_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    place: Mapped[Place]
    observed_from: Mapped[datetime]
    observed_to: Mapped[datetime]
    weekdays: Mapped[int] = mapped_column(default=0)
    times_of_day: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(2), default="pl")
    voice_key: Mapped[str | None] = mapped_column(String(64))
    imported_status: Mapped[Status | None]
    joined_threat_id: Mapped[int | None] = mapped_column(ForeignKey("threat.id"))
    sent_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    screened_at: Mapped[datetime | None]
    words_erased_at: Mapped[datetime | None]
    passed_to: Mapped[str | None] = mapped_column(String(4))

    category: Mapped[Category] = relationship(lazy="joined")

    @property
    def number(self) -> str:
        """The number for talking about the report: it opens nothing. Numbers run on from year to year."""
        return f"ZG-{day_of(self.sent_at).year}-{self.id:06}"


class Decision(StrEnum):
    """What a screener decides about a report."""

    FIT = "fit"
    JOKE = "joke"
    PERSONAL = "personal_data"
    OUTSIDE = "outside"
    URGENT = "urgent"


class Screening(Model):
    """One decision about a report: who, when, what it did, and who took it back. Rows are never removed.

    To withhold words for good takes two people: until `confirmed_at` they are hidden, and somebody else looks.
    `closed_threat_id` is the threat that the decision called a joke; otherwise a joke withdrew the report's voice.
    """

    __tablename__ = "screening"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR decision = 'personal_data'", "only_withholding_is_confirmed"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> actor_id", "four_eyes"),
        CheckConstraint("(passed_to IS NOT NULL) = (decision = 'outside')", "what_is_outside_goes_somewhere"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", "somebody_takes_it_back"),
        Index(None, "report_id"),
        Index(
            "ix_screening_unconfirmed",
            "decided_at",
            sqlite_where=text("decision = 'personal_data' AND confirmed_at IS NULL AND undone_at IS NULL"),
            postgresql_where=text("decision = 'personal_data' AND confirmed_at IS NULL AND undone_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("online_report.id"))
    decision: Mapped[Decision]
    actor_id: Mapped[int]
    decided_at: Mapped[datetime] = mapped_column(index=True)
    passed_to: Mapped[str | None] = mapped_column(String(4))
    closed_threat_id: Mapped[int | None] = mapped_column(ForeignKey("threat.id"))
    confirmed_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]

    report: Mapped[OnlineReport] = relationship()

    @property
    def is_kept_back(self) -> bool:
        """Whether two people withheld it, and that stands."""
        return self.confirmed_at is not None and self.undone_at is None


class FileDecision(StrEnum):
    """What a screener decides about one file of a report."""

    SHOWN = "shown"
    WITHHELD = "withheld"


class FileScreening(Model):
    """One decision about one file, which its name names: who, when, and who took it back. Rows are never removed.

    At most one stands. To withhold a file for good takes two people, as it does for words.
    """

    __tablename__ = "file_screening"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR decision = 'withheld'", "only_withholding_is_confirmed"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> actor_id", "four_eyes"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", "somebody_takes_it_back"),
        Index(
            "uq_file_screening_standing",
            "file_name",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(None, "report_id"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("online_report.id"))
    file_name: Mapped[str] = mapped_column(String(32))
    decision: Mapped[FileDecision]
    actor_id: Mapped[int]
    decided_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]

    report: Mapped[OnlineReport] = relationship()

    @property
    def is_kept_back(self) -> bool:
        """Whether two people withheld it, and that stands."""
        return self.confirmed_at is not None and self.undone_at is None


class Question(Model):
    """What the police ask whoever sent a report, and the one answer. Nobody else ever sees either.

    A report has at most one question that waits.
    """

    __tablename__ = "report_question"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "an_answer_has_its_moment"),
        CheckConstraint("length(text) <= 500", "text_is_short"),
        CheckConstraint("length(answer) <= 500", "answer_is_short"),
        Index(
            "uq_report_question_waiting",
            "report_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index(None, "report_id"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("online_report.id"))
    text: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime | None]


class Says(StrEnum):
    """What whoever sent a report says of the threat after it was closed."""

    GONE = "gone"
    STILL_THERE = "still_there"
    UNKNOWN = "unknown"


class Outcome(Model):
    """Is it gone? Asked once for each closing, which `change_id` names.

    "Still there" waits until the head of the unit has looked at it; what is found then stands in `review`. The status
    of the threat follows from none of this.
    """

    __tablename__ = "report_outcome"
    __table_args__ = (
        UniqueConstraint("report_id", "change_id"),
        CheckConstraint("length(words) <= 500", "words_are_short"),
        CheckConstraint("reviewed_at IS NULL OR says = 'still_there'", "only_what_is_there_is_reviewed"),
        CheckConstraint("(reviewed_at IS NULL) = (review IS NULL)", "a_review_says_something"),
        Index(
            "ix_report_outcome_waiting",
            "said_at",
            sqlite_where=text("says = 'still_there' AND reviewed_at IS NULL"),
            postgresql_where=text("says = 'still_there' AND reviewed_at IS NULL"),
        ),
        Index(None, "change_id"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("online_report.id"))
    change_id: Mapped[int] = mapped_column(ForeignKey("status_change.id"))
    says: Mapped[Says]
    words: Mapped[str] = mapped_column(String(500), default="")
    said_at: Mapped[datetime]
    review: Mapped[str | None] = mapped_column(String(500))
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None]

    report: Mapped[OnlineReport] = relationship()
    change: Mapped[StatusChange] = relationship()


class Subscription(Model):
    """An address that wants letters about one report. It is kept apart: only `report_key` joins the two.

    That key can only be computed by whoever has the secret of the installation, so a copy of the database does not tell
    who sent which report. Until `confirmed_at` the address gets one letter, which asks whether it wants more. `told_id`
    is the last change of status that it was told of; `closed_at` when the threat was closed, if it is; from `ends_at`
    on the row is to be deleted.
    """

    __tablename__ = "report_subscription"
    __table_args__ = (
        CheckConstraint("(confirmation_hash IS NULL) = (confirmed_at IS NOT NULL)", "waits_or_is_confirmed"),
    )

    id: Mapped[Key]
    report_key: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime]
    confirmation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    told_id: Mapped[int] = mapped_column(BigKey, default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class NewsRead(Model):
    """How far a job of this door has read the changes of status."""

    __tablename__ = "report_news_read"

    reader: Mapped[str] = mapped_column(String(40), primary_key=True)
    change_id: Mapped[int] = mapped_column(BigKey)
