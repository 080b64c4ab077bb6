"""Tables of debates and meetings: minutes as statements, and the loop from proposal to answer.

`key` identifies a record for ever: the idempotency key of the form that made it, or what an imported record says of
itself. `body_digest` tells the same content sent twice from another one under the same key.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from consult.accounts.models import Unit
from consult.attachments.sifting import Kind
from consult.catalogue.models import Category, Precision
from consult.db import BigKey, Key, Model, choice_of
from consult.geo import Place
from consult.observations.models import Observation
from consult.partners.models import Partner
from consult.personal_data import pieces
from consult.threats.models import Link, StatusChange, Threat
from debates.deadlines import Reminder
from debates.notes import SpeakerRole, StatementKind
from debates.outcomes import UNFINISHED, WITHOUT_WORDS, Outcome, ProposalStatus, outcome_of
from debates.stages import WRITABLE, MeetingStage, SuggestionState


class MeetingKind(StrEnum):
    """What kind of meeting it was."""

    OPENING_DEBATE = "opening_debate"
    EVALUATING_DEBATE = "evaluating_debate"
    LOCAL_GOVERNMENT = "local_government"
    SAFETY_COMMISSION = "safety_commission"
    COUNCIL = "council"
    NGO = "ngo"
    SCHOOL = "school"
    RESIDENTS_HOURS = "residents_hours"
    WALK = "walk"


class MeetingLevel(StrEnum):
    """Whom a meeting was for."""

    VOIVODESHIP = "voivodeship"
    DISTRICT = "district"
    COMMUNE = "commune"
    LOCAL = "local"


class Meeting(Model):
    """A debate or meeting. Officials stand by function, residents only as a number.

    Of a meeting known from old papers the day may be unknown (`held_on` is None), or only the year is known: then
    `held_on` is its first day and `is_year_only` says so. `opened_again_because` is why approved minutes are being
    corrected, until they are approved anew. `version` counts corrections of its record and of its plan, so that of two
    people who correct it at once the second one is told.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("residents >= 0", "residents_counted"),
        CheckConstraint("questionnaires >= 0", "questionnaires_counted"),
        CheckConstraint("ends_at IS NULL OR starts_at IS NULL OR ends_at >= starts_at", "hours_in_order"),
        CheckConstraint("NOT is_year_only OR held_on IS NOT NULL", "a_year_is_known_or_not"),
        Index(None, "unit_id", "held_on"),
        Index(None, "stage", "held_on"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[MeetingKind]
    level: Mapped[MeetingLevel]
    stage: Mapped[MeetingStage] = mapped_column(default=MeetingStage.DRAFTING)
    title: Mapped[str] = mapped_column(String(200))
    series: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    held_on: Mapped[date | None] = mapped_column(index=True)
    is_year_only: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    venue: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[Place | None]
    organisers: Mapped[str] = mapped_column(Text, default="")
    officials: Mapped[str] = mapped_column(Text, default="")
    residents: Mapped[int | None]
    themes: Mapped[str] = mapped_column(Text, default="")
    announced: Mapped[str] = mapped_column(String(300), default="")
    questionnaires: Mapped[int | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    author_id: Mapped[int]
    created_at: Mapped[datetime]
    source_url: Mapped[str | None] = mapped_column(String(500))
    case_sign: Mapped[str] = mapped_column(String(80), default="")
    jrwa_symbol: Mapped[str] = mapped_column(String(20), default="")
    archival_category: Mapped[str] = mapped_column(String(6), default="")
    retain_until: Mapped[date | None]
    opened_again_because: Mapped[str] = mapped_column(String(1000), default="")
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship(lazy="joined")
    previous: Mapped["Meeting | None"] = relationship(remote_side="Meeting.id")
    districts: Mapped[list["MeetingDistrict"]] = relationship(
        back_populates="meeting", lazy="selectin", cascade="all, delete-orphan"
    )
    plan: Mapped["MeetingPlan | None"] = relationship(back_populates="meeting")
    statements: Mapped[list["Statement"]] = relationship(back_populates="meeting", order_by="Statement.position")
    proposals: Mapped[list["Proposal"]] = relationship(back_populates="meeting", order_by="Proposal.id")

    @property
    def unit_path(self) -> str:
        """The scope the meeting belongs to."""
        return self.unit.path

    @property
    def district_codes(self) -> tuple[str, ...]:
        """The districts the meeting counts in."""
        return tuple(sorted(entry.district_code for entry in self.districts))

    @property
    def is_planned(self) -> bool:
        """Whether it is still to come: nothing was said yet, and nothing counts."""
        return self.stage is MeetingStage.PLANNED

    @property
    def is_writable(self) -> bool:
        """Whether somebody may still write down what was said."""
        return self.stage in WRITABLE

    @property
    def is_approved(self) -> bool:
        """Whether everybody can read its minutes, and nobody edits them."""
        return self.stage is MeetingStage.APPROVED

    @property
    def has_lone_resident(self) -> bool:
        """Whether one resident came, whose words would lead back to that person."""
        return self.residents == 1

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and last day on which it may have been held; None when not even the year is known."""
        if self.held_on is None:
            return None
        return self.held_on, date(self.held_on.year, 12, 31) if self.is_year_only else self.held_on


class MeetingPlan(Model):
    """What is announced of a meeting before it is held: it stays as it was announced.

    `features` is a bit mask of what is known of the venue (VENUE_FEATURES), `agenda` a point a line (debates.agenda).
    Everybody may come to an open meeting, and it is announced to everybody. `sequence` grows with every change that
    those who wrote the day down have to learn of; the last one was at `changed_at`. A meeting that was called off and
    will be held after all says since when.
    """

    __tablename__ = "meeting_plan"
    __table_args__ = (
        CheckConstraint("features >= 0 AND features < 64", "features_are_six_bits"),
        CheckConstraint("(called_off_at IS NULL) = (called_off_because = '')", "calling_off_has_a_reason"),
        CheckConstraint("held_after_all_at IS NULL OR called_off_at IS NULL", "held_or_called_off"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    is_open: Mapped[bool]
    invited: Mapped[str] = mapped_column(Text, default="")
    features: Mapped[int] = mapped_column(default=0)
    access_note: Mapped[str] = mapped_column(String(300), default="")
    directions: Mapped[str] = mapped_column(String(500), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    called_off_at: Mapped[datetime | None]
    called_off_because: Mapped[str] = mapped_column(String(500), default="")
    held_after_all_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(back_populates="plan")

    @property
    def is_called_off(self) -> bool:
        """Whether the meeting will not be held."""
        return self.called_off_at is not None


class VenueFeature(StrEnum):
    """What helps people to come to a venue and to take part there."""

    STEP_FREE = "step_free"
    TOILET = "toilet"
    INDUCTION_LOOP = "induction_loop"
    SIGN_LANGUAGE = "sign_language"
    PARKING = "parking"
    PUBLIC_TRANSPORT = "public_transport"


VENUE_FEATURES = {feature.value: 1 << position for position, feature in enumerate(VenueFeature)}
"""The bit of each feature in a mask."""


class MeetingDistrict(Model):
    """A meeting may count in several districts; a total counts it once."""

    __tablename__ = "meeting_district"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    district_code: Mapped[str] = mapped_column(String(4), primary_key=True, index=True)

    meeting: Mapped[Meeting] = relationship(back_populates="districts")


SPEAKS_OF_A_THREAT = frozenset({StatementKind.THREAT, StatementKind.PROPOSAL})
"""Kinds that go on the map once they have a category and a place: who asks for something there sees a threat there."""


class Statement(Model):
    """One thing said at a meeting.

    A threat or a proposal with a category and a place is also an observation on the common map. The observation is
    never rewritten: a correction of the statement withdraws it and admits another one, counted by `revision`.
    `version` counts corrections of any kind, so that of two people who correct one statement the second one is told.
    A threat may wait for its category while the minutes are being written, and no longer. `said_of` is the day the
    speaker named, if any. A withdrawn statement stays in the minutes, crossed out; one that is withheld, with a reason
    for colleagues, stands in no public page. One that was written down while the minutes were being corrected says so
    wherever it is read (`added_in_correction`).
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("voices >= 1", "at_least_one_voice"),
        CheckConstraint("weekdays >= 0 AND weekdays < 128", "weekdays_are_seven_bits"),
        CheckConstraint("times_of_day >= 0 AND times_of_day < 16", "times_of_day_are_four_bits"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", "a_withdrawal_has_a_reason"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    kind: Mapped[StatementKind]
    text: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    place: Mapped[Place | None]
    said_of: Mapped[date | None]
    weekdays: Mapped[int] = mapped_column(default=0)
    times_of_day: Mapped[int] = mapped_column(default=0)
    voices: Mapped[int] = mapped_column(default=1)
    speaker: Mapped[SpeakerRole]
    answer: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int]
    recorded_at: Mapped[datetime]
    added_in_correction: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(String(500), default="")
    withheld_because: Mapped[str] = mapped_column(String(500), default="")
    observation_id: Mapped[int | None] = mapped_column(ForeignKey("observation.id"), index=True)

    meeting: Mapped[Meeting] = relationship(back_populates="statements")
    category: Mapped[Category | None] = relationship()
    observation: Mapped[Observation | None] = relationship()

    is_under_a_protected_threat: Mapped[bool] = column_property(
        select(Link.id)
        .join(Threat, Threat.id == Link.threat_id)
        .join(Category, Category.code == Threat.category_code)
        .where(Link.observation_id == observation_id, Link.ended_at.is_(None), Category.precision != Precision.EXACT)
        .correlate_except(Link, Threat, Category)
        .exists()
    )
    """Whether staff put the threat to which it belongs under a category whose places the public never sees."""

    @property
    def belongs_on_the_map(self) -> bool:
        """Whether the statement speaks of a threat at a place, on days that are known."""
        if self.withdrawn_at is not None or self.category_code is None or self.place is None:
            return False
        return self.kind in SPEAKS_OF_A_THREAT and self.days is not None

    @property
    def is_about_a_protected_threat(self) -> bool:
        """Whether the public never sees its places: by its category, its threat's, or for want of one."""
        if self.is_under_a_protected_threat:
            return True
        if self.category is None:
            return self.kind is StatementKind.THREAT
        return self.category.precision is not Precision.EXACT

    @property
    def words_are_public(self) -> bool:
        """Whether everybody may read what was said, once the minutes are approved."""
        hidden = self.withdrawn_at is not None or self.withheld_because or self.meeting.has_lone_resident
        return not (hidden or self.is_about_a_protected_threat)

    @property
    def lacks_a_category(self) -> bool:
        """Whether it tells of a threat of which nobody has said yet what kind it is."""
        return self.withdrawn_at is None and self.kind is StatementKind.THREAT and self.category_code is None

    @property
    def lacks_a_place(self) -> bool:
        """Whether it speaks of a threat but nobody said where: it stays in the minutes and is counted there."""
        return self.withdrawn_at is None and self.place is None and self.kind in SPEAKS_OF_A_THREAT

    @property
    def days(self) -> tuple[date, date] | None:
        """The days the statement speaks of: the one the speaker named, else those of the meeting.

        What is said at a meeting is known to hold on that day and on no other: a longer window would claim what
        nobody said, and joining looks weeks around by itself.
        """
        return (self.said_of, self.said_of) if self.said_of else self.meeting.days

    @property
    def unit_path(self) -> str:
        """The scope the statement belongs to."""
        return self.meeting.unit_path


class MeetingFile(Model):
    """A file that belongs to the minutes: the signed list of officials, a scan, a photo. Only the police see it.

    The file itself is an attachment of the same `name`. When it is withdrawn, its file is erased and this row stays.
    """

    __tablename__ = "meeting_file"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("number >= 1", "numbered_from_one"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", "a_withdrawal_has_a_reason"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[Kind]
    description: Mapped[str] = mapped_column(String(300))
    author_id: Mapped[int]
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(String(500), default="")

    meeting: Mapped[Meeting] = relationship()

    @property
    def unit_path(self) -> str:
        """The scope the file belongs to."""
        return self.meeting.unit_path


class MinutesEdition(Model):
    """Minutes as they were approved: what staff read and what everybody reads, never changed afterwards.

    `because` is why the minutes had been opened again. Who approved them stands there by function.
    """

    __tablename__ = "minutes_edition"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), CheckConstraint("number >= 1", "numbered_from_one"))

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    approved_at: Mapped[datetime]
    approved_by_id: Mapped[int]
    approved_by: Mapped[str] = mapped_column(String(120))
    because: Mapped[str] = mapped_column(String(1000), default="")
    full: Mapped[dict[str, Any]]
    public: Mapped[dict[str, Any]]
    full_digest: Mapped[str] = mapped_column(String(64))
    public_digest: Mapped[str] = mapped_column(String(64))

    meeting: Mapped[Meeting] = relationship()


class CorrectionLink(Model):
    """A secret link by which somebody who was invited to a meeting reads its minutes and suggests other words.

    It names a function, never a resident; of the link itself only a hash is kept.
    """

    __tablename__ = "correction_link"

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    function: Mapped[str] = mapped_column(String(200))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    author_id: Mapped[int]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    suggestions: Mapped[list["MinutesSuggestion"]] = relationship(
        back_populates="link", order_by="MinutesSuggestion.id"
    )

    @property
    def unit_path(self) -> str:
        """The scope the link belongs to."""
        return self.meeting.unit_path

    def is_open(self, at: datetime) -> bool:
        """Tell whether it opens the minutes at a moment: they are being corrected, and its time is not over."""
        return self.meeting.stage is MeetingStage.CORRECTING and at < self.ends_at


class MinutesSuggestion(Model):
    """What somebody invited would have written instead of a statement, or a remark on the whole, and the answer."""

    __tablename__ = "minutes_suggestion"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", "decided_at_a_moment"),
        CheckConstraint("state <> 'declined' OR length(reason) > 0", "declined_with_a_reason"),
        CheckConstraint("state = 'waiting' OR decided_by_id IS NOT NULL", "decided_by_somebody"),
    )

    id: Mapped[Key]
    link_id: Mapped[int] = mapped_column(ForeignKey("correction_link.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.WAITING)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]

    link: Mapped[CorrectionLink] = relationship(back_populates="suggestions")
    statement: Mapped[Statement | None] = relationship()

    @property
    def unit_path(self) -> str:
        """The scope the suggestion belongs to."""
        return self.link.unit_path

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.state is SuggestionState.WAITING


class AddresseeKind(StrEnum):
    """Who is asked to act."""

    POLICE = "police"
    COMMUNE = "commune"
    DISTRICT = "district"
    ROAD_OWNER = "road_owner"
    RAILWAY = "railway"
    FORESTS = "forests"
    SCHOOL = "school"
    OTHER = "other"


class Proposal(Model):
    """What was asked of whom, by when, and the answer. A refusal and a result say why.

    The addressee is a unit or a partner of the register, whose name is kept as it was then, or somebody named in
    words. State and answer are those of the newest `ProposalChange`; `version` counts changes and corrections, so that
    of two people who write at once the second one is told.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'no_answer') OR length(answer) > 0", "a_result_has_an_answer"),
        Index(None, "status", "due_on"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    addressee: Mapped[AddresseeKind]
    addressee_name: Mapped[str] = mapped_column(String(200), default="")
    addressee_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    due_on: Mapped[date | None]
    status: Mapped[ProposalStatus]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int]
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="proposals")
    statement: Mapped[Statement | None] = relationship()
    addressee_unit: Mapped[Unit | None] = relationship()
    partner: Mapped[Partner | None] = relationship()
    commitments: Mapped[list["Commitment"]] = relationship(back_populates="proposal", order_by="Commitment.id")
    changes: Mapped[list["ProposalChange"]] = relationship(back_populates="proposal", order_by="ProposalChange.id")
    hints: Mapped[list["ThreatHint"]] = relationship(order_by="ThreatHint.id")

    @property
    def unit_path(self) -> str:
        """The scope the proposal belongs to."""
        return self.meeting.unit_path

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody still owes a result."""
        return self.status in UNFINISHED

    @property
    def waits_for_answer(self) -> bool:
        """Whether nobody has answered it."""
        return self.status in WITHOUT_WORDS

    def outcome_on(self, day: date) -> Outcome:
        """Tell what everybody counts it as on a day."""
        return outcome_of(self.status, is_overdue=self.is_overdue(day))

    @property
    def addressee_code(self) -> str:
        """How a form names the addressee: a unit or a partner of the register, else a kind."""
        if self.addressee_unit_id is not None:
            return f"unit:{self.addressee_unit_id}"
        return f"partner:{self.partner_id}" if self.partner_id is not None else self.addressee.value

    @property
    def hint(self) -> StatusChange | None:
        """The newest change of its threat since somebody last wrote what became of it."""
        last = self.hints[-1].change if self.hints else None
        newest = self.newest
        return last if last is not None and (newest is None or newest.changed_at < last.changed_at) else None

    @property
    def told_on(self) -> date | None:
        """The day on which the residents were last told of it at a debate."""
        return max((change.reported_on for change in self.changes if change.reported_on), default=None)

    @property
    def newest(self) -> "ProposalChange | None":
        """The change that gave it its state, if there was any."""
        return self.changes[-1] if self.changes else None

    @property
    def is_about_a_protected_threat(self) -> bool:
        """Whether it came from a statement about a threat whose places the public never sees one by one."""
        return self.statement is not None and self.statement.is_about_a_protected_threat

    @property
    def words_are_public(self) -> bool:
        """Whether everybody may read what was asked and answered: the same rule as in a district's public summary."""
        return not (self.meeting.has_lone_resident or self.is_about_a_protected_threat or self.is_out_of_public_minutes)

    @property
    def is_out_of_public_minutes(self) -> bool:
        """Whether the statement it came from is crossed out or withheld."""
        said = self.statement
        return said is not None and (said.withdrawn_at is not None or bool(said.withheld_because))

    def is_overdue(self, day: date) -> bool:
        """Tell whether the deadline passed before a day without a result."""
        return self.is_unfinished and self.due_on is not None and self.due_on < day


class ProposalChange(Model):
    """What became of a proposal, once more: rows are added and never rewritten, and the newest stands.

    `answered_by` is the function or office that answered, whoever wrote it down; of what was passed on, `passed_to` and
    `answered_on` say to whom and since when. `meeting_id` and `reported_on` say at which debate and on which day the
    residents were told. Evidence is for the police until somebody publishes it.
    """

    __tablename__ = "proposal_change"
    __table_args__ = (
        CheckConstraint("after IN ('open', 'no_answer') OR length(answer) > 0", "a_result_has_an_answer"),
        CheckConstraint("NOT evidence_is_public OR length(evidence) + length(evidence_url) > 0", "public_evidence_is"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    before: Mapped[ProposalStatus] = mapped_column(choice_of(ProposalStatus, "status_before"))
    after: Mapped[ProposalStatus] = mapped_column(choice_of(ProposalStatus, "status_after"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    passed_to: Mapped[str] = mapped_column(String(200), default="")
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_url: Mapped[str] = mapped_column(String(500), default="")
    evidence_is_public: Mapped[bool] = mapped_column(default=False)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    reported_on: Mapped[date | None]
    actor_id: Mapped[int]
    changed_at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship(back_populates="changes")
    meeting: Mapped[Meeting | None] = relationship()

    @property
    def unit_path(self) -> str:
        """The scope the change belongs to."""
        return self.proposal.unit_path

    @property
    def has_evidence(self) -> bool:
        """Whether something shows that it was so."""
        return bool(self.evidence or self.evidence_url)


class Commitment(Model):
    """Who promised what by when in answer to a proposal, and whether it was kept.

    What came of it is that of the newest `CommitmentChange`; `version` counts them, so that of two people who write at
    once the second one is told.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("kept_on IS NULL OR length(outcome) > 0", "what_was_kept_is_said"),
        Index(
            "ix_commitment_open",
            "due_on",
            sqlite_where=text("kept_on IS NULL"),
            postgresql_where=text("kept_on IS NULL"),
        ),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    kept_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int]
    created_at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship(back_populates="commitments")
    changes: Mapped[list["CommitmentChange"]] = relationship(
        back_populates="commitment", order_by="CommitmentChange.id"
    )

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what came of it."""
        return self.kept_on is None and not self.outcome

    @property
    def words_are_public(self) -> bool:
        """Whether everybody may read it: where the request may be read, and nothing in it looks like a person's data.

        Who promised stands by function; promises of earlier years were written before anybody but the police read them.
        """
        if not self.proposal.words_are_public:
            return False
        return not any(kind for words in (self.who, self.what, self.outcome) for _piece, kind in pieces(words))

    def is_overdue(self, day: date) -> bool:
        """Tell whether the deadline passed before a day and nobody has said what came of it."""
        return self.is_open and self.due_on is not None and self.due_on < day

    @property
    def unit_path(self) -> str:
        """The scope the commitment belongs to."""
        return self.proposal.unit_path


class CommitmentChange(Model):
    """What came of a promise, once more: rows are added and never rewritten, and the newest stands."""

    __tablename__ = "commitment_change"
    __table_args__ = (CheckConstraint("length(outcome) > 0", "what_came_of_it_is_said"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    kept_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int]
    changed_at: Mapped[datetime]

    commitment: Mapped[Commitment] = relationship(back_populates="changes")

    @property
    def unit_path(self) -> str:
        """The scope the change belongs to."""
        return self.commitment.unit_path


class DeadlineReminder(Model):
    """Somebody was written to because of a deadline: once for each reason, and anew when the day is moved.

    The row is written before the letter leaves: a crash in between costs a letter and never sends a second one.
    """

    __tablename__ = "deadline_reminder"
    __table_args__ = (
        UniqueConstraint("account_id", "proposal_id", "due_on", "reminder"),
        UniqueConstraint("account_id", "commitment_id", "due_on", "reminder"),
        CheckConstraint("(proposal_id IS NULL) <> (commitment_id IS NULL)", "of_one_thing"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), index=True)
    due_on: Mapped[date]
    reminder: Mapped[Reminder]
    sent_at: Mapped[datetime]


class ThreatHint(Model):
    """The threat that a proposal's statement speaks of has changed: was the request done? Nothing follows by itself."""

    __tablename__ = "threat_hint"
    __table_args__ = (UniqueConstraint("proposal_id", "change_id"),)

    id: Mapped[Key]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    change_id: Mapped[int] = mapped_column(ForeignKey("status_change.id"), index=True)
    noted_at: Mapped[datetime]

    change: Mapped[StatusChange] = relationship(lazy="joined")


class ThreatsRead(Model):
    """How far the job of debates has read the changes of threats."""

    __tablename__ = "debates_threats_read"

    reader: Mapped[str] = mapped_column(String(40), primary_key=True)
    change_id: Mapped[int] = mapped_column(BigKey)
