"""Where a report stands for whoever follows it: what was done, what is asked of them, and what they may still do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consult.catalogue.models import Precision
from consult.online_reports import asking, letters, outcomes, queries
from consult.online_reports.models import OnlineReport, Outcome, Question
from consult.threats import hand_overs
from consult.threats import queries as threats
from consult.threats.models import PartnerAnswer, StatusChange
from consult.threats.wording import answer_in_words, handed_in_words
from consult.threats.workflow import Status


@dataclass(frozen=True)
class Step:
    """One thing that was done: when, the state that followed, what the police wrote, how often they were there.

    `to_whom` says to which office it was handed over, `heard` what the office answered. Without a state and without an
    answer it is the report itself.
    """

    at: datetime
    status: Status | None = None
    words: str = ""
    checks: int = 0
    to_whom: str = ""
    heard: str = ""


@dataclass(frozen=True)
class Standing:
    """What the page of a receipt shows beside the report itself."""

    steps: Sequence[Step]
    waiting: Question | None
    answered: Sequence[Question]
    asked_about: StatusChange | None
    asked_until: datetime | None
    said: Outcome | None
    gets_letters: bool
    may_subscribe: bool


def standing_of(report: OnlineReport, at: datetime) -> Standing:
    """Tell where a report stands at a moment."""
    questions = asking.questions_of(report)
    about = outcomes.asked_about(report, at)
    return Standing(
        steps=_steps(report),
        waiting=next((question for question in questions if question.answered_at is None), None),
        answered=[question for question in questions if question.answered_at is not None],
        asked_about=about,
        asked_until=about.changed_at + outcomes.ASKED_FOR if about else None,
        said=outcomes.last_said(report),
        gets_letters=letters.gets_letters(report),
        may_subscribe=letters.may_subscribe(report),
    )


def _steps(report: OnlineReport) -> list[Step]:
    """List what was done and where the report stands among it, oldest first.

    Of a protected kind only what came after the report, without words: a report of one's own must not open what was
    found about others.
    """
    sending = Step(report.sent_at)
    threat = queries.threat_of(report) if report.withdrawn_at is None else None
    if threat is None:
        return [sending]
    changes = threats.history_of(threat)
    if threat.category.precision is Precision.EXACT:
        handed_over = hand_overs.of_threat(threat)
        offices = {handed.change_id: handed_in_words(handed) for handed in handed_over}
        steps = [
            Step(one.changed_at, one.after, one.reason, one.checks, to_whom=offices.get(one.id, "")) for one in changes
        ]
        steps += [_heard(answer) for handed in handed_over for answer in handed.answers]
    else:
        steps = [Step(one.changed_at, one.after) for one in changes if one.changed_at > report.sent_at]
    return sorted([sending, *steps], key=lambda step: step.at)


def _heard(answer: PartnerAnswer) -> Step:
    return Step(answer.entered_at, words=answer.public_words, heard=answer_in_words(answer))
