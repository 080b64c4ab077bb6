"""Tables of surveys: immutable versions, answers that lead back to nobody, texts to be coded, and the feedback desk.

What joins a person to answers is kept apart by construction. An invitation and a receipt know neither the time nor the
submission; a submission has a random key and a day; and *mixing* rewrites them all in random order in one transaction
(`surveys.operations.mixing`). On SQLite these tables have no row numbers, so that not even the order of rows tells.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.accounts.models import Unit
from consult.db import Key, Model
from surveys.questions import SampleKind
from surveys.themes import Turn

NO_ROW_NUMBERS = {"sqlite_with_rowid": False}
"""Rows stand in the order of their random keys; a row number would be the order in which people answered."""


class Access(StrEnum):
    """Who may answer a survey."""

    OPEN = "open"
    INVITATION = "invitation"
    STAFF = "staff"


class Mode(StrEnum):
    """How a submission came: by its sender on the web, typed in from paper, or asked by an officer."""

    WEB = "web"
    PAPER = "paper"
    INTERVIEW = "interview"


class VersionState(StrEnum):
    """Whether a version is still being written, is the one that is answered, or has been followed by another."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Survey(Model):
    """A questionnaire that people answer, from its first version to its last.

    `area_codes` are the TERYT codes of the areas that it is about: their communes are offered where a question asks for
    the respondent's. `meeting_code` is the key of the meeting whose debate it evaluates. `accepted` counts submissions,
    in the transaction that takes each. `generation` counts how often the submissions were mixed. `sample` says how
    people come to it; nobody may answer before somebody has said so.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", "opens_before_it_closes"),
        CheckConstraint("quota IS NULL OR quota > 0", "a_quota_lets_somebody_in"),
        CheckConstraint("accepted >= 0", "accepted_counted"),
        CheckConstraint("access <> 'open' OR sample IS NULL OR sample = 'opt-in'", "open_to_all_is_opt_in"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    access: Mapped[Access]
    sample: Mapped[SampleKind | None]
    area_codes: Mapped[list[str]]
    meeting_code: Mapped[str] = mapped_column(String(32), default="", index=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    quota: Mapped[int | None]
    accepted: Mapped[int] = mapped_column(default=0)
    generation: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int]
    created_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship(lazy="joined")
    versions: Mapped[list["SurveyVersion"]] = relationship(back_populates="survey", order_by="SurveyVersion.number")

    @property
    def unit_path(self) -> str:
        """The scope the survey belongs to."""
        return self.unit.path

    @property
    def published(self) -> "SurveyVersion | None":
        """The version that is answered now."""
        return next((version for version in self.versions if version.state is VersionState.PUBLISHED), None)

    @property
    def draft(self) -> "SurveyVersion | None":
        """The version that is being written."""
        return next((version for version in self.versions if version.state is VersionState.DRAFT), None)

    def has_closed_at(self, moment: datetime) -> bool:
        """Tell whether its time is over: the day has come, or the coordinator closed it."""
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= moment)

    def is_open_at(self, moment: datetime) -> bool:
        """Tell whether it may be answered, its quota aside."""
        has_begun = self.opens_at is None or self.opens_at <= moment
        return has_begun and not self.has_closed_at(moment) and self.published is not None


class SurveyMethod(Model):
    """What somebody states of how a survey is made, where the database cannot know it; empty is "not stated".

    The last five columns say how people were drawn: from how many (`population_size`, with its year and source), within
    the answers to which question (`strata`, `#district` for the district that people live in) with how many people in
    each, and together with whom (`clusters`).
    """

    __tablename__ = "survey_method"
    __table_args__ = (CheckConstraint("population_size IS NULL OR population_size > 0", "somebody_is_there"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    sponsor: Mapped[str] = mapped_column(Text, default="")
    population: Mapped[str] = mapped_column(Text, default="")
    recruitment: Mapped[str] = mapped_column(Text, default="")
    processing: Mapped[str] = mapped_column(Text, default="")
    limitations: Mapped[str] = mapped_column(Text, default="")
    population_size: Mapped[int | None]
    population_source: Mapped[str] = mapped_column(String(200), default="")
    strata: Mapped[str] = mapped_column(String(64), default="")
    stratum_sizes: Mapped[dict[str, Any]]
    clusters: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[int]
    changed_at: Mapped[datetime]


class SurveyWeighting(Model):
    """The margins that a survey's results are weighted to, until a later row of them or until it is withdrawn.

    `spec` holds the margins with year and source, `digest` that of its canonical JSON, `diagnostics` what the weights
    cost when they were made. No person's weight is kept: weights are computed of the answers with the results.
    """

    __tablename__ = "survey_weighting"

    id: Mapped[Key]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    spec: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    diagnostics: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    author_id: Mapped[int]
    withdrawn_at: Mapped[datetime | None]


class SurveyVersion(Model):
    """One edition of a questionnaire: the sheets of an XLSForm and the digest of their canonical JSON.

    A published or retired one never changes: triggers of the database refuse it. `changes` lists what distinguishes it
    from the version before, as `surveys.versions` finds it.
    """

    __tablename__ = "survey_version"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", "published_has_a_moment"),
    )

    id: Mapped[Key]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    state: Mapped[VersionState]
    sheets: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    changes: Mapped[list[dict[str, Any]]]
    author_id: Mapped[int]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None]

    survey: Mapped[Survey] = relationship(back_populates="versions")


class Invitation(Model):
    """The right to answer once. Only the HMAC of its code is kept; used or not, never when nor for what."""

    __tablename__ = "survey_invitation"
    __table_args__ = (NO_ROW_NUMBERS,)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    code_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    area_code: Mapped[str] = mapped_column(String(7), default="")
    is_used: Mapped[bool] = mapped_column(default=False)


class PrintedLetters(Model):
    """That the letters of a form were printed, so that a second press prints no further ones; nothing of the codes."""

    __tablename__ = "survey_letters"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)


class Receipt(Model):
    """That a submission was taken, not which: a form sent twice finds its receipt here.

    Until it is mixed, `body_hmac` tells a repeat from other answers. Its key is the form's own, which is kept nowhere.
    """

    __tablename__ = "survey_receipt"
    __table_args__ = (NO_ROW_NUMBERS,)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    receipt_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hmac: Mapped[str | None] = mapped_column(String(64))


class Draft(Model):
    """Answers that somebody asked us to keep for fourteen days, under the HMAC of a code."""

    __tablename__ = "survey_draft"
    __table_args__ = (NO_ROW_NUMBERS,)

    code_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    state: Mapped[dict[str, Any]]
    expires_on: Mapped[date] = mapped_column(index=True)


class Submission(Model):
    """The answers of one person to one version, as one JSON document.

    `generation` is 0 until it is mixed. Until then the page says that rows could be told apart by their order.
    """

    __tablename__ = "survey_submission"
    __table_args__ = (
        Index(None, "survey_id", "generation"),
        Index(None, "version_id", "district_code"),
        NO_ROW_NUMBERS,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"))
    received_on: Mapped[date]
    mode: Mapped[Mode]
    language: Mapped[str] = mapped_column(String(2))
    district_code: Mapped[str] = mapped_column(String(4), default="")
    answers: Mapped[dict[str, Any]]
    generation: Mapped[int] = mapped_column(default=0)


class Counter(Model):
    """How many submissions of a district and mode gave a value to a question: every screen of results reads this.

    Written in the transaction of the submission, from `surveys.counting.cells`; values that begin with # are not
    answers: #asked, #missing, #answered, in a repeat #rounds.
    """

    __tablename__ = "survey_counter"
    __table_args__ = (NO_ROW_NUMBERS,)

    version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    district_code: Mapped[str] = mapped_column(String(4), primary_key=True)
    mode: Mapped[Mode] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int]


class DayCount(Model):
    """How many submissions a day brought: all the trail that anonymous answers leave."""

    __tablename__ = "survey_day"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    mode: Mapped[Mode] = mapped_column(primary_key=True)
    n: Mapped[int]


class LooseKind(StrEnum):
    """What was taken out of answers when they were mixed."""

    PLACE = "place"
    WORDS = "words"


class LooseEnd(Model):
    """A place or words about the application, taken out of an answer by mixing, on the way to the map or the desk.

    It carries a random key and nothing of the submission. It is handed over in a transaction of its own, in random
    order, and then deleted.
    """

    __tablename__ = "survey_loose_end"
    __table_args__ = (NO_ROW_NUMBERS,)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    kind: Mapped[LooseKind]
    content: Mapped[dict[str, Any]]


class Coding(Model):
    """The work on one question's texts: who codes, how the themes have changed, whether it is finished.

    `edition` is the number of the last `ThemeEdition`. The two coders do not see each other's codes.
    """

    __tablename__ = "survey_coding"
    __table_args__ = (
        UniqueConstraint("survey_id", "question"),
        CheckConstraint("first_coder_id <> second_coder_id", "two_people_code"),
        CheckConstraint("(finished_at IS NULL) = (finished_by_id IS NULL)", "finished_by_somebody"),
    )

    id: Mapped[Key]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    question: Mapped[str] = mapped_column(String(255))
    first_coder_id: Mapped[int | None]
    second_coder_id: Mapped[int | None]
    edition: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int]
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None]

    survey: Mapped[Survey] = relationship(lazy="joined")
    themes: Mapped[list["Theme"]] = relationship(back_populates="coding", order_by="Theme.number")

    @property
    def in_force(self) -> list["Theme"]:
        """The themes that texts may be given now."""
        return [theme for theme in self.themes if theme.is_in_force]

    @property
    def merged(self) -> dict[str, str]:
        """What each merged theme became, by their codes."""
        return {theme.code: theme.merged_into.code for theme in self.themes if theme.merged_into is not None}

    def turn_of(self, person_id: int) -> Turn | None:
        """Tell which coder somebody is; None who is neither."""
        turns = {self.first_coder_id: Turn.FIRST, self.second_coder_id: Turn.SECOND}
        return turns.get(person_id)


class OpenText(Model):
    """What one person wrote to a question, alone: no key, time or order of the submission that it is from.

    `is_drawn` says that two people read it.
    """

    __tablename__ = "survey_open_text"
    __table_args__ = (NO_ROW_NUMBERS,)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    coding_id: Mapped[int] = mapped_column(ForeignKey("survey_coding.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    is_drawn: Mapped[bool]


class Theme(Model):
    """A theme of a question's texts: what belongs to it and what does not. Its number is its code.

    A merged one counts as the theme that it was merged into; a split one is followed by those that `origin` leads from.
    """

    __tablename__ = "survey_theme"
    __table_args__ = (
        UniqueConstraint("coding_id", "number"),
        CheckConstraint("merged_into_id IS NULL OR split_at IS NULL", "merged_or_split"),
        CheckConstraint("merged_into_id <> id", "merged_into_another"),
    )

    id: Mapped[Key]
    coding_id: Mapped[int] = mapped_column(ForeignKey("survey_coding.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    belongs: Mapped[str] = mapped_column(Text, default="")
    belongs_not: Mapped[str] = mapped_column(Text, default="")
    example: Mapped[str] = mapped_column(Text, default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("survey_theme.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("survey_theme.id"))
    split_at: Mapped[datetime | None]

    coding: Mapped[Coding] = relationship(back_populates="themes")
    merged_into: Mapped["Theme | None"] = relationship(remote_side="Theme.id", foreign_keys=[merged_into_id])
    origin: Mapped["Theme | None"] = relationship(remote_side="Theme.id", foreign_keys=[origin_id])

    @property
    def code(self) -> str:
        """What a text is given."""
        return str(self.number)

    @property
    def is_in_force(self) -> bool:
        """Whether texts may be given it now."""
        return self.merged_into_id is None and self.split_at is None


class ThemeAct(StrEnum):
    """What changed the themes of a question."""

    ADDED = "added"
    CHANGED = "changed"
    MERGED = "merged"
    SEPARATED = "separated"
    SPLIT = "split"


class ThemeEdition(Model):
    """The themes of a question as they stood after a change: an edition is kept and never changed."""

    __tablename__ = "survey_theme_edition"

    coding_id: Mapped[int] = mapped_column(ForeignKey("survey_coding.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[ThemeAct]
    themes: Mapped[list[dict[str, Any]]]
    author_id: Mapped[int]
    made_at: Mapped[datetime]


class TextCode(Model):
    """What one person gave one text: codes of themes, and pieces to be blacked out.

    `is_open` says that a theme of it was split since, and the text has to be read again.
    """

    __tablename__ = "survey_text_code"
    __table_args__ = (NO_ROW_NUMBERS,)

    text_id: Mapped[str] = mapped_column(ForeignKey("survey_open_text.id"), primary_key=True)
    turn: Mapped[Turn] = mapped_column(primary_key=True)
    codes: Mapped[list[str]]
    hidden: Mapped[list[str]]
    coder_id: Mapped[int]
    edition: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=False)


class Quote(Model):
    """Words of a text that somebody chose to stand for a theme."""

    __tablename__ = "survey_theme_quote"
    __table_args__ = (UniqueConstraint("theme_id", "text_id"),)

    id: Mapped[Key]
    theme_id: Mapped[int] = mapped_column(ForeignKey("survey_theme.id"))
    text_id: Mapped[str] = mapped_column(ForeignKey("survey_open_text.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int]

    theme: Mapped[Theme] = relationship()
    text: Mapped[OpenText] = relationship()


class FeedbackState(StrEnum):
    """How far the coordinator is with an opinion about the application."""

    NEW = "new"
    READ = "read"
    PLANNED = "planned"
    DONE = "done"
    DECLINED = "declined"
    SPAM = "spam"


class FeedbackSource(StrEnum):
    """Where an opinion about the application came from."""

    PAGE = "page"
    SURVEY = "survey"


class WishKind(StrEnum):
    """What many opinions ask for together."""

    FEATURE = "feature"
    CATEGORY = "category"
    THEME = "theme"


class Wish(Model):
    """A wished feature, a missing category or a theme that opinions share."""

    __tablename__ = "feedback_wish"
    __table_args__ = (UniqueConstraint("kind", "title"),)

    id: Mapped[Key]
    kind: Mapped[WishKind]
    title: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]

    feedback: Mapped[list["Feedback"]] = relationship(secondary="feedback_wish_link", back_populates="wishes")


class WishLink(Model):
    """An opinion asks for a wish."""

    __tablename__ = "feedback_wish_link"

    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"), primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("feedback_wish.id"), primary_key=True, index=True)


class Feedback(Model):
    """An opinion about the application: a mark from 1 to 5 for a page, words, or both, and the coordinator's review.

    `page` is the name of the page (its endpoint), never its address, which may hold a secret. `about` is what a survey
    asked for there: a wish, a missing category; empty where the words say themselves what they are. `voice_key` tells
    independent voices apart without knowing anybody; an opinion out of a survey has one of its own.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("rating IS NULL OR (rating >= 1 AND rating <= 5)", "a_mark_is_one_to_five"),
        CheckConstraint("rating IS NOT NULL OR length(words) > 0", "it_says_something"),
        Index(None, "state", "received_on"),
        Index(None, "received_on", "id"),
    )

    id: Mapped[Key]
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[FeedbackSource]
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"), index=True)
    rating: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="")
    page: Mapped[str] = mapped_column(String(80), default="")
    about: Mapped[str] = mapped_column(String(20), default="")
    app_version: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(2), default="pl")
    voice_key: Mapped[str] = mapped_column(String(64))
    received_on: Mapped[date]
    state: Mapped[FeedbackState] = mapped_column(default=FeedbackState.NEW)
    answer: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None]

    wishes: Mapped[list[Wish]] = relationship(
        secondary="feedback_wish_link", back_populates="feedback", order_by="Wish.title"
    )
    changes: Mapped[list["Change"]] = relationship(secondary="feedback_change_link", back_populates="feedback")


class AnswerTemplate(Model):
    """Words that the coordinator answers with again and again."""

    __tablename__ = "feedback_answer_template"

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(Text)


class Change(Model):
    """What was done in the application ("we changed this"), since when, and the opinions that it answers."""

    __tablename__ = "feedback_change"

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text)
    app_version: Mapped[str] = mapped_column(String(40), default="")
    changed_on: Mapped[date]
    wish_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_wish.id"))
    is_published: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int]
    created_at: Mapped[datetime]

    wish: Mapped[Wish | None] = relationship()
    feedback: Mapped[list[Feedback]] = relationship(secondary="feedback_change_link", back_populates="changes")


class ChangeLink(Model):
    """A change answers an opinion."""

    __tablename__ = "feedback_change_link"

    change_id: Mapped[int] = mapped_column(ForeignKey("feedback_change.id"), primary_key=True)
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id"), primary_key=True, index=True)
