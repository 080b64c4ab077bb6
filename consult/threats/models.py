"""Tables of the heart: threats, the links that make them, decisions of people, and changes of status."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.catalogue.models import Category
from consult.db import BigKey, Key, Model, choice_of
from consult.observations.models import Observation
from consult.partners.models import Partner
from consult.period import day_of
from consult.threats.awaiting import PartnerOutcome
from consult.threats.checking import Finding
from consult.threats.deadlines import Deadline, Step, deadline
from consult.threats.workflow import Status

STEPS = {Status.NEW: Step.TAKE_UP, Status.IN_VERIFICATION: Step.VERIFY}
"""What is to be done next in each state that has a deadline."""


MAP_COLUMNS = (
    "district_code",
    "category_code",
    "status",
    "status_at",
    "is_whole_area",
    "observations",
    "x",
    "y",
)
"""All that the map counts by: a district's threats are counted in the index alone, without a look at their rows."""


class Threat(Model):
    """What observations are about: a set of links, each of which says why and can be taken back.

    Figures beside it (`observations`, `voices`, `independent`, planes, first and last day) are recomputed by
    `operations` whenever its links change. `successor_id` leads on from a threat whose observations went elsewhere.
    Deadlines count from `arrived_at`: when it was first heard of, or when it last came back after it was closed.
    `category_code` is what most of its voices call it, unless a person chose another (`chosen_category_code`).
    """

    __tablename__ = "threat"
    __table_args__ = (
        Index("ix_threat_map", *MAP_COLUMNS),
        Index("ix_threat_list", "independent", "last_at", "id"),
        Index("ix_threat_view", "lat", "lon"),
        Index(
            "ix_threat_whole_area",
            "district_code",
            sqlite_where=text("is_whole_area = 1"),
            postgresql_where=text("is_whole_area"),
        ),
        Index(None, "status", "arrived_at"),
        Index("ix_threat_category_list", "category_code", "independent", "last_at", "id"),
        Index("ix_threat_period", "last_at", "first_at"),
        CheckConstraint("successor_id IS NULL OR successor_id <> id", "no_own_successor"),
    )

    id: Mapped[Key]
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    chosen_category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    group_code: Mapped[str] = mapped_column(String(60))
    status: Mapped[Status]
    status_at: Mapped[datetime]
    created_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    observations: Mapped[int]
    voices: Mapped[int]
    independent: Mapped[int]
    from_records: Mapped[int] = mapped_column(default=0)
    from_contact: Mapped[int] = mapped_column(default=0)
    from_online: Mapped[int] = mapped_column(default=0)
    is_whole_area: Mapped[bool]
    lon: Mapped[float]
    lat: Mapped[float]
    x: Mapped[float]
    y: Mapped[float]
    accuracy_m: Mapped[float]
    district_code: Mapped[str] = mapped_column(String(4))
    commune_code: Mapped[str | None] = mapped_column(String(7))
    is_settled: Mapped[bool] = mapped_column(default=False)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("threat.id"))

    category: Mapped[Category] = relationship(lazy="joined", foreign_keys=[category_code])

    @property
    def came_back(self) -> bool:
        """Whether it was closed once and somebody spoke of it again."""
        return self.arrived_at > self.created_at

    @property
    def deadline(self) -> Deadline | None:
        """By when it is taken up or checked; None when neither is to be done."""
        return self.deadline_as(self.category)

    def deadline_as(self, category: Category) -> Deadline | None:
        """Tell by when it would be taken up or checked if it were of a category."""
        if self.status not in STEPS:
            return None
        step = STEPS[self.status]
        days = category.take_up_days if step is Step.TAKE_UP else category.verify_days
        return deadline(step, day_of(self.arrived_at), days)

    @property
    def planes(self) -> tuple[str, ...]:
        """The planes of information that speak of it, in their order."""
        counts = (
            ("police_records", self.from_records),
            ("direct_contact", self.from_contact),
            ("online", self.from_online),
        )
        return tuple(plane for plane, count in counts if count)


class LinkedBy(StrEnum):
    """Who made a link."""

    MACHINE = "machine"
    PERSON = "person"


class Link(Model):
    """An observation belongs to a threat, because …; an ended link stays as history."""

    __tablename__ = "link"
    __table_args__ = (
        Index(
            "uq_link_observation_id_open",
            "observation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_link_ended",
            "observation_id",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index("ix_link_threat_id_ended_at", "threat_id", "ended_at"),
        CheckConstraint("score >= 0 AND score <= 1", "score_is_a_share"),
    )

    id: Mapped[Key]
    observation_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"))
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]]
    made_by: Mapped[LinkedBy]
    actor_id: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(String(500))

    observation: Mapped[Observation] = relationship()
    threat: Mapped[Threat] = relationship()


class Suggestion(Model):
    """The machine is not sure: an observation may belong to a threat, and a person decides."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("observation_id", "threat_id"), Index(None, "threat_id"))

    id: Mapped[Key]
    observation_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"))
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]]
    made_at: Mapped[datetime]

    observation: Mapped[Observation] = relationship()
    threat: Mapped[Threat] = relationship()


class Verdict(StrEnum):
    """What a person decided about two observations."""

    SAME = "same"
    APART = "apart"


class Ruling(Model):
    """Two observations are of one threat, or are not: a person said so, and no joining ever undoes it."""

    __tablename__ = "ruling"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", "pair_in_order"),
        Index(None, "second_id"),
    )

    id: Mapped[Key]
    first_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    verdict: Mapped[Verdict]
    actor_id: Mapped[int]
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))


class StatusChange(Model):
    """A change of a threat's status; its id is the serial number that doors follow."""

    __tablename__ = "status_change"

    id: Mapped[Key]
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"), index=True)
    before: Mapped[Status] = mapped_column(choice_of(Status, "status_before"))
    after: Mapped[Status] = mapped_column(choice_of(Status, "status_after"))
    actor_id: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    checks: Mapped[int] = mapped_column(default=0)

    threat: Mapped[Threat] = relationship()


class Check(Model):
    """Somebody of the police was on the spot, or meant to be. A check entered by mistake is withdrawn, never deleted.

    The note is for colleagues; residents never see it.
    """

    __tablename__ = "threat_check"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"), index=True)
    checked_at: Mapped[datetime]
    finding: Mapped[Finding]
    note: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[int]
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Assignment(Model):
    """Who of the unit works on a threat; an ended row stays as history."""

    __tablename__ = "threat_assignment"
    __table_args__ = (
        Index(
            "uq_threat_assignment_threat_id_open",
            "threat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "threat_id"),
        Index(None, "account_id", "ended_at"),
    )

    id: Mapped[Key]
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    actor_id: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Note(Model):
    """What colleagues should know of a threat. Residents never see it, in no format."""

    __tablename__ = "threat_note"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"), index=True)
    actor_id: Mapped[int]
    written_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class HandOver(Model):
    """A threat was handed over to an office: one row for one change of status, with all that its letter says.

    What the letter was written from is frozen with it (`facts`, `map_svg`), so that it can be printed again as it was
    sent. `awaited_on` is the day until which an answer, or what was promised, is awaited; None when nothing is.
    """

    __tablename__ = "hand_over"
    __table_args__ = (Index(None, "awaited_on"), CheckConstraint("addressee <> ''", "has_an_addressee"))

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"), index=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("status_change.id"), unique=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    addressee: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(600))
    asked: Mapped[str] = mapped_column(Text)
    quoted: Mapped[str] = mapped_column(Text)
    expected_on: Mapped[date]
    awaited_on: Mapped[date | None]
    handed_over_at: Mapped[datetime]
    actor_id: Mapped[int]
    letter_number: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]
    map_svg: Mapped[str] = mapped_column(Text, deferred=True)

    threat: Mapped[Threat] = relationship()
    partner: Mapped[Partner | None] = relationship()
    answers: Mapped[list["PartnerAnswer"]] = relationship(
        back_populates="hand_over", lazy="selectin", order_by="PartnerAnswer.id"
    )

    @property
    def last_answer(self) -> "PartnerAnswer | None":
        """What the office said last."""
        return self.answers[-1] if self.answers else None


class PartnerAnswer(Model):
    """What an office answered. A promise is followed by a further answer; none is ever overwritten.

    `public_words` are read by residents, `internal_words` by colleagues alone, in no format by anybody else.
    """

    __tablename__ = "partner_answer"
    __table_args__ = (
        CheckConstraint("outcome <> 'will_be_done' OR done_by IS NOT NULL", "a_promise_has_its_day"),
        CheckConstraint("outcome <> 'passed_on' OR passed_to <> ''", "passed_on_to_somebody"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"), index=True)
    outcome: Mapped[PartnerOutcome]
    answered_on: Mapped[date]
    done_by: Mapped[date | None]
    passed_to: Mapped[str] = mapped_column(String(160))
    public_words: Mapped[str] = mapped_column(Text)
    internal_words: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int]
    entered_at: Mapped[datetime]

    hand_over: Mapped[HandOver] = relationship(back_populates="answers")


class ReasonTemplate(Model):
    """Words in Polish to answer residents with again and again, for one state: of a unit, or national without one."""

    __tablename__ = "reason_template"
    __table_args__ = (UniqueConstraint("unit_id", "status", "title"),)

    id: Mapped[Key]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[Status]
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


class Recategorisation(Model):
    """An act of a person: threats were put under another category, for a reason. It can be undone once."""

    __tablename__ = "recategorisation"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    actor_id: Mapped[int]
    unit_path: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    reason: Mapped[str] = mapped_column(String(500))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None]

    category: Mapped[Category] = relationship(lazy="joined")


class Undoing(StrEnum):
    """What an undoing did to one threat: gave it its category back, or left it, because …."""

    RESTORED = "restored"
    RENAMED = "renamed"
    ANSWERED = "answered"
    VOICES = "voices"
    OUTSIDE = "outside"


class Recategorised(Model):
    """One threat of an act, as it was before.

    What it was called, what a person had chosen for it, with which voices it was joined. `undoing` is None until the
    act is undone.
    """

    __tablename__ = "recategorised"
    __table_args__ = (Index(None, "threat_id"),)

    recategorisation_id: Mapped[int] = mapped_column(ForeignKey("recategorisation.id"), primary_key=True)
    threat_id: Mapped[int] = mapped_column(ForeignKey("threat.id"), primary_key=True)
    category_before: Mapped[str] = mapped_column(ForeignKey("category.code"))
    chosen_before: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    group_before: Mapped[str] = mapped_column(String(60))
    was_settled: Mapped[bool]
    undoing: Mapped[Undoing | None]

    act: Mapped[Recategorisation] = relationship()
    threat: Mapped[Threat] = relationship()
    before: Mapped[Category] = relationship(foreign_keys=[category_before])


class FittedRule(Model):
    """A rule of joining learnt from the voices that stood here: its weights, and what shows how far to trust it.

    The newest row is in force; earlier ones stay, since links name the digest that made them. `calibration` is a list
    of {"said", "found", "pairs"}, `accuracies` metres by kind of place, `kept` the evidence nothing was learnt about.
    """

    __tablename__ = "fitted_rule"
    __table_args__ = (CheckConstraint("share > 0 AND share < 1", "share_is_a_share"),)

    id: Mapped[Key]
    fitted_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    weights: Mapped[dict[str, Any]]
    accuracies: Mapped[dict[str, Any]]
    share: Mapped[float]
    voices: Mapped[int] = mapped_column(BigKey)
    pairs: Mapped[int] = mapped_column(BigKey)
    controls: Mapped[int] = mapped_column(BigKey)
    calibration: Mapped[list[dict[str, Any]]]
    kept: Mapped[list[str]]


class JoinRun(Model):
    """A run of `flask threats join`: when, over how much, with which weights; of one district or, None, of all."""

    __tablename__ = "join_run"

    id: Mapped[Key]
    ran_at: Mapped[datetime]
    observations: Mapped[int] = mapped_column(BigKey)
    threats: Mapped[int] = mapped_column(BigKey)
    suggested: Mapped[int] = mapped_column(BigKey)
    weights_digest: Mapped[str] = mapped_column(String(64))
    district_code: Mapped[str | None] = mapped_column(String(7))


class JoiningThresholds(Model):
    """From which score on the machine joins, and from which it asks: what the coordinator put into force, and why.

    The newest row holds; earlier ones stay. Without any, those of the product hold.
    """

    __tablename__ = "joining_thresholds"
    __table_args__ = (CheckConstraint("suggest > 0 AND suggest <= link AND link <= 1", "in_order"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    link: Mapped[float]
    suggest: Mapped[float]
    reason: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int]
    made_at: Mapped[datetime]


class JudgedSample(Model):
    """Pairs of voices drawn for people to judge, so that it can be said how true the joining is.

    `areas` are the TERYT codes that the pairs were drawn from, `scope` is that of whoever drew them, `strata` lists
    {"together", "bar", "pairs"}: how many pairs of each kind there were. The rule's digest tells what joined them.
    """

    __tablename__ = "judged_sample"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(32), unique=True)
    scope: Mapped[str] = mapped_column(String(200), index=True)
    areas: Mapped[list[str]]
    strata: Mapped[list[dict[str, Any]]]
    rule_digest: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int] = mapped_column(BigKey)
    drawn_at: Mapped[datetime]
    actor_id: Mapped[int]


class Likeness(StrEnum):
    """What a person says of a pair of voices that was drawn."""

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


class JudgedPair(Model):
    """A pair of a sample: what the rule held of it when it was drawn, and what a person says.

    It binds no joining: what is measured would otherwise be changed by measuring.
    """

    __tablename__ = "judged_pair"
    __table_args__ = (
        UniqueConstraint("sample_id", "first_id", "second_id"),
        Index(None, "second_id"),
        Index(None, "first_id"),
        CheckConstraint("first_id < second_id", "pair_in_order"),
        CheckConstraint("(likeness IS NULL) = (judged_at IS NULL)", "judged_with_its_moment"),
    )

    id: Mapped[Key]
    sample_id: Mapped[int] = mapped_column(ForeignKey("judged_sample.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("observation.id"))
    stratum: Mapped[int]
    turn: Mapped[int]
    score: Mapped[float | None]
    likeness: Mapped[Likeness | None]
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    first: Mapped[Observation] = relationship(foreign_keys=first_id)
    second: Mapped[Observation] = relationship(foreign_keys=second_id)
    sample: Mapped[JudgedSample] = relationship()
