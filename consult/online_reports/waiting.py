"""What waits for a screener, and what was decided: reports beside their voices, as far as a person's area goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import Channel, Decision, FileDecision, FileScreening, OnlineReport, Screening
from consult.online_reports.queries import SOURCE
from consult.threats import queries as threats

PAGE_SIZE = 20
"""Reports on a page of the queue: as many as one looks at without losing the thread."""


@dataclass(frozen=True)
class Card:
    """A report to look at: what was sent, where it lies, and the number of its threat."""

    report: OnlineReport
    voice: Observation
    threat_id: int | None
    screening: Screening | None = None

    @property
    def words(self) -> str:
        """Everything that a resident wrote, what the place was called included."""
        return "\n".join(filter(None, (self.report.description, self.report.place.words)))


@dataclass(frozen=True)
class Backlog:
    """How many wait, and since when the first of them does."""

    count: int
    oldest_at: datetime | None


def backlog(areas: Sequence[str]) -> Backlog:
    """Count what waits for the people of these areas."""
    count, oldest = db.session.execute(_waiting(select(func.count(), func.min(OnlineReport.sent_at)), areas)).one()
    return Backlog(count, oldest)


def waiting(areas: Sequence[str], page: int = 1) -> list[Card]:
    """List a page of the reports that wait for the people of these areas, the oldest first."""
    chosen = _waiting(select(OnlineReport, Observation), areas).order_by(OnlineReport.sent_at, OnlineReport.id)
    rows = db.session.execute(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).unique().all()
    known = threats.threats_of([voice.id for _report, voice in rows])
    return [Card(report, voice, known.get(voice.id)) for report, voice in rows]


def waiting_report(areas: Sequence[str], report_id: int) -> Card:
    """Give a report that the people of these areas screen, decided or not; raises NoResultFound for any other."""
    chosen = _with_voice(select(OnlineReport, Observation)).where(OnlineReport.id == report_id, _screened_by(areas))
    report, voice = db.session.execute(chosen).unique().one()
    return Card(report, voice, threats.threats_of([voice.id]).get(voice.id))


def withheld(areas: Sequence[str]) -> list[Card]:
    """List the words that one person withheld and a second has not looked at yet, the oldest first."""
    conditions = (
        Screening.decision == Decision.PERSONAL,
        Screening.confirmed_at.is_(None),
        Screening.undone_at.is_(None),
    )
    return _cards(_decided(areas).where(*conditions).order_by(Screening.decided_at).limit(PAGE_SIZE))


def withheld_files(areas: Sequence[str]) -> list[OnlineReport]:
    """List the reports with a file that one person withheld and a second has not looked at yet, the oldest first."""
    unconfirmed = select(FileScreening.report_id).where(
        FileScreening.decision == FileDecision.WITHHELD,
        FileScreening.confirmed_at.is_(None),
        FileScreening.undone_at.is_(None),
    )
    chosen = _with_voice(select(OnlineReport)).where(OnlineReport.id.in_(unconfirmed), _screened_by(areas))
    return list(db.session.scalars(chosen.order_by(OnlineReport.id).limit(PAGE_SIZE)).unique())


def decided(areas: Sequence[str], page: int = 1) -> list[Card]:
    """List a page of the decisions about reports of these areas, the newest first, those taken back among them."""
    chosen = _decided(areas).order_by(Screening.id.desc())
    return _cards(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))


def count_decided(areas: Sequence[str]) -> int:
    """Count the decisions about reports of these areas."""
    joined = _with_voice(select(func.count(Screening.id)).select_from(OnlineReport)).join(
        Screening, Screening.report_id == OnlineReport.id
    )
    return db.session.scalar(joined.where(_ours(areas))) or 0


def decision(areas: Sequence[str], screening_id: int) -> Screening:
    """Give a decision about a report of these areas, or raise NoResultFound."""
    chosen = _decided(areas).where(Screening.id == screening_id)
    return db.session.execute(chosen).unique().one()[0]


def last_of(actor_id: int, areas: Sequence[str]) -> Screening | None:
    """Find what a person decided last, unless it was taken back."""
    chosen = _decided(areas).where(Screening.actor_id == actor_id, Screening.undone_at.is_(None))
    row = db.session.execute(chosen.order_by(Screening.id.desc()).limit(1)).unique().first()
    return None if row is None else row[0]


def _decided(areas: Sequence[str]) -> Select[*tuple[Any, ...]]:
    joined = _with_voice(select(Screening, OnlineReport, Observation).select_from(OnlineReport))
    joined = joined.join(Screening, Screening.report_id == OnlineReport.id).where(_ours(areas))
    return joined.options(joinedload(Screening.report))


def _cards(chosen: Select[*tuple[Any, ...]]) -> list[Card]:
    rows = db.session.execute(chosen).unique().all()
    known = threats.threats_of([voice.id for _screening, _report, voice in rows])
    return [Card(report, voice, known.get(voice.id), screening) for screening, report, voice in rows]


def _waiting(chosen: Select[*tuple[Any, ...]], areas: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Narrow to what residents sent by the page and nobody has looked at: files were screened where they come from."""
    return _with_voice(chosen.select_from(OnlineReport)).where(
        OnlineReport.screened_at.is_(None),
        OnlineReport.withdrawn_at.is_(None),
        OnlineReport.channel == Channel.PAGE,
        _screened_by(areas),
    )


def _with_voice(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    is_its = and_(Observation.source == SOURCE, Observation.source_key == OnlineReport.natural_key)
    return chosen.join(Observation, is_its)


def _screened_by(areas: Sequence[str]) -> ColumnElement[bool]:
    """Tell who screens a report: the people of the district it was passed on to, else those of its place."""
    passed = [OnlineReport.passed_to.startswith(code, autoescape=True) for code in areas if len(code) <= 4]
    return or_(and_(OnlineReport.passed_to.is_(None), threats.lies_within(areas, Observation)), *passed)


def _ours(areas: Sequence[str]) -> ColumnElement[bool]:
    """Tell whose decisions a person sees: those about the own places, and about what was passed on here."""
    return or_(threats.lies_within(areas, Observation), _screened_by(areas))
