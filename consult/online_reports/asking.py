"""The police ask whoever sent a report, who answers once. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport, Question
from consult.online_reports.queries import SOURCE
from consult.threats import queries as threats

MOST_SHOWN = 50


@dataclass(frozen=True)
class Answered:
    """A question that was answered, and where its report is found."""

    question: Question
    report: OnlineReport
    observation_id: int


class CannotAsk(Exception):
    """A report takes no question: it was taken back, nobody can follow it, or another question waits."""


class AlreadyAnswered(Exception):
    """The question has its answer."""


def questions_of(report: OnlineReport) -> Sequence[Question]:
    """List the questions about a report, oldest first."""
    return db.session.scalars(select(Question).where(Question.report_id == report.id).order_by(Question.id)).all()


def waiting_question(report: OnlineReport) -> Question | None:
    """Find the question that waits for an answer."""
    chosen = select(Question).where(Question.report_id == report.id, Question.answered_at.is_(None))
    return db.session.scalar(chosen)


def has_answered(report: OnlineReport, text: str) -> bool:
    """Tell whether the newest question was answered in these words."""
    said = text.replace("\r\n", "\n").strip()
    return any(one.answer == said for one in questions_of(report)[-1:] if said)


def answered_since(areas: Sequence[str], moment: datetime) -> Sequence[Answered]:
    """List the answers that came from these areas since a moment, the newest first."""
    chosen = (
        select(Question, OnlineReport, Observation.id)
        .join(OnlineReport, OnlineReport.id == Question.report_id)
        .join(Observation, Observation.source_key == OnlineReport.natural_key)
        .where(Observation.source == SOURCE, Question.answered_at >= moment, threats.lies_within(areas, Observation))
        .order_by(Question.answered_at.desc(), Question.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Answered(*row) for row in db.session.execute(chosen).unique()]


def may_ask(report: OnlineReport) -> bool:
    """Tell whether whoever sent a report can be asked something now."""
    can_be_followed = report.receipt_hash is not None and report.withdrawn_at is None
    return can_be_followed and waiting_question(report) is None


def ask(report: OnlineReport, text: str, actor_id: int) -> Question:
    """Ask whoever sent a report, on the page of the receipt. Raises CannotAsk."""
    if not may_ask(report):
        raise CannotAsk
    asked = Question(report_id=report.id, text=text, asked_by_id=actor_id, asked_at=now())
    try:
        with db.session.begin_nested():
            db.session.add(asked)
    except IntegrityError as error:  # a colleague asked at the same moment
        raise CannotAsk from error
    audit.note(actor_id, "ask_reporter", "report", report.id)
    return asked


def answer(question: Question, text: str) -> None:
    """Answer a question once; the same words again change nothing. Raises AlreadyAnswered."""
    waiting = (Question.id == question.id, Question.answered_at.is_(None))
    answered = db.session.connection().execute(update(Question).where(*waiting).values(answer=text, answered_at=now()))
    db.session.refresh(question)
    if answered.rowcount != 1 and question.answer != text:
        raise AlreadyAnswered
