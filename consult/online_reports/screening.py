"""What screening does to a report: the decision, the second look before words are withheld for good, taking it back.

Screening protects those whom words name: what is withheld leaves the heart, and so every page of staff, every export
and every internal edition; screeners read it until a second person agrees, then only for a reason that is noted, and
whoever has the receipt. Nothing here commits.
"""

from typing import Protocol

from sqlalchemy import select

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports import queries
from consult.online_reports.models import Decision, OnlineReport, Screening
from consult.threats import operations as threats
from consult.threats import queries as threat_queries
from consult.threats.workflow import ALLOWED, Status


class Screener(Protocol):
    """The person who decides."""

    @property
    def id(self) -> int: ...

    @property
    def scope(self) -> str: ...


class AlreadyDecided(Exception):
    """Somebody has decided about the report in the meantime, or taken the decision back."""


class NeedsAnother(Exception):
    """Whoever withheld words cannot be the second to look at them."""


class FoundTrue(Exception):
    """The police found the threat to be there, so that its only report is neither a joke nor a mistake."""


def decide(
    screener: Screener, report: OnlineReport, decision: Decision, *, reason: str, passed_to: str = ""
) -> Screening:
    """Decide about a report that waits, and do what follows.

    A joke ends the threat when nobody else speaks of it, with `reason` for whoever has the receipt; otherwise it only
    takes this voice away. Words are hidden at once. What is outside waits for the people of `passed_to`, a district.
    Raises AlreadyDecided or FoundTrue.
    """
    _lock(report)
    if report.screened_at is not None or report.withdrawn_at is not None:
        raise AlreadyDecided
    observation = _voice_of(report)
    screening = Screening(report_id=report.id, decision=decision, actor_id=screener.id, decided_at=now())
    if decision is Decision.JOKE:
        screening.closed_threat_id = _end_joke(observation, screener.id, reason)
    elif decision is Decision.PERSONAL:
        threats.withhold(observation)
    if decision is Decision.OUTSIDE:
        screening.passed_to = report.passed_to = passed_to
    else:
        report.screened_at = screening.decided_at
    db.session.add(screening)
    db.session.flush()  # of two decisions at once, the second finds this one
    _note(screener, "screen", report, decision=decision.value)
    return screening


def confirm(screener: Screener, screening: Screening) -> None:
    """Confirm, as the second person, that words stay withheld. Raises NeedsAnother or AlreadyDecided."""
    _lock(screening.report)
    db.session.refresh(screening)
    if screening.undone_at is not None or screening.confirmed_at is not None:
        raise AlreadyDecided
    if screening.actor_id == screener.id:
        raise NeedsAnother
    screening.confirmed_by_id, screening.confirmed_at = screener.id, now()
    _note(screener, "confirm_withheld", screening.report)


def undo(screener: Screener, screening: Screening, *, reason: str) -> None:
    """Take back the last decision about a report and what followed from it; the report waits again.

    `reason` is what whoever has the receipt reads about a threat that is no joke after all. Raises AlreadyDecided when
    another decision came later or somebody took this one back.
    """
    report = screening.report
    _lock(report)
    last = queries.last_screening(report)
    if last is None or last.id != screening.id:
        raise AlreadyDecided
    observation = _voice_of(report)
    if screening.decision is Decision.JOKE and report.withdrawn_at is None:
        _revive(screening, observation, screener.id, reason)
    elif screening.decision is Decision.PERSONAL:
        threats.give_back(observation, report.description, report.place)
    screening.undone_at, screening.undone_by_id = now(), screener.id
    db.session.flush()  # who waits where is asked of the decisions that still stand
    report.screened_at, report.passed_to = None, queries.passed_to(report)
    _note(screener, "undo_screening", report, decision=screening.decision.value)


def keeps_words_back(report: OnlineReport) -> bool:
    """Tell whether two people withheld the words of a report, which are still there."""
    last = queries.last_screening(report)
    return last is not None and last.is_kept_back and report.words_erased_at is None


def _lock(report: OnlineReport) -> None:
    """Let nobody else decide about a report until this transaction ends; SQLite has one writer anyway."""
    chosen = select(OnlineReport.id).where(OnlineReport.id == report.id).with_for_update()
    db.session.execute(chosen).scalar_one()
    db.session.refresh(report)


def _voice_of(report: OnlineReport) -> Observation:
    observation = queries.observation_of(report)
    assert observation is not None, "every report gave a voice"
    return observation


def _end_joke(observation: Observation, actor_id: int, reason: str) -> int | None:
    """Call the threat a joke if nobody else speaks of it, else take the voice away; give the threat that it ended."""
    threat = threat_queries.of_observation(observation)
    if threat is None or threat.observations > 1:
        threats.withdraw(observation, actor_id, reason)
        return None
    if threat.status is not Status.JOKE:
        if Status.JOKE not in ALLOWED[threat.status]:
            raise FoundTrue
        threats.change_status(threat, after=Status.JOKE, reason=reason, actor_id=actor_id)
    return threat.id


def _revive(screening: Screening, observation: Observation, actor_id: int, reason: str) -> None:
    """Let the threat be verified after all, or give the voice back to its threat."""
    if screening.closed_threat_id is None:
        threats.restore(observation, actor_id)
        return
    threat = threat_queries.threat(screening.closed_threat_id)
    if threat.status is Status.JOKE:
        threats.change_status(threat, after=Status.IN_VERIFICATION, reason=reason, actor_id=actor_id)


def _note(screener: Screener, act: str, report: OnlineReport, **detail: str) -> None:
    audit.note(screener.id, act, "online_report", report.id, screener.scope, **detail)
