"""Files of reports as screeners see them: each is shown to colleagues or withheld by itself, and that can be undone.

Nobody outside the police ever sees a file; residents are told so. Inside, a file is seen like the words of its report:
while those are withheld, it is for screeners only, until one of them shows it. A photo alone can name somebody too, so
any file can be withheld whatever became of the words, for good once a second person agrees: from then on screeners too
open it only for a reason, which the trail keeps. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from consult.attachments import queries as attachments
from consult.attachments.models import Attachment
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import FileDecision, FileScreening, OnlineReport
from consult.online_reports.queries import SOURCE
from consult.online_reports.screening import AlreadyDecided, NeedsAnother, Screener
from consult.threats.models import Link, Threat
from consult.threats.workflow import CLOSED

BATCH = 500


def standing(report: OnlineReport) -> dict[str, FileScreening]:
    """Give the decision that stands about each file of a report, by the files' names."""
    chosen = select(FileScreening).where(FileScreening.report_id == report.id, FileScreening.undone_at.is_(None))
    return {one.file_name: one for one in db.session.scalars(chosen)}


def files_of(report: OnlineReport) -> Sequence[Attachment]:
    """List the files of a report, withheld ones among them."""
    return attachments.of(SOURCE, report.natural_key)


def kept_back(report: OnlineReport) -> list[Attachment]:
    """List the files of a report that two people withheld."""
    known = standing(report)
    return [file for file in files_of(report) if file.name in known and known[file.name].is_kept_back]


def is_kept_back(report: OnlineReport, name: str) -> bool:
    """Tell whether two people withheld a file."""
    one = standing(report).get(name)
    return one is not None and one.is_kept_back


def for_colleagues(report: OnlineReport, *, words_are_withheld: bool) -> list[Attachment]:
    """List the files of a report that everybody sees who works on its threat."""
    known = standing(report)
    return [file for file in files_of(report) if _is_shown(known.get(file.name), words_are_withheld=words_are_withheld)]


def _is_shown(decided: FileScreening | None, *, words_are_withheld: bool) -> bool:
    return not words_are_withheld if decided is None else decided.decision is FileDecision.SHOWN


def counted(reports: Sequence[OnlineReport]) -> Mapping[int, int]:
    """Count the files of reports, by the reports' numbers; those without any are left out."""
    keys = {report.natural_key: report.id for report in reports}
    chosen = select(Attachment.source_key).where(
        Attachment.source == SOURCE, Attachment.source_key.in_(keys), Attachment.gone_at.is_(None)
    )
    found: dict[int, int] = {}
    for key in db.session.scalars(chosen):
        found[keys[key]] = found.get(keys[key], 0) + 1
    return found


def decide(screener: Screener, report: OnlineReport, name: str, decision: FileDecision) -> None:
    """Show a file or withhold it; another decision about the same file takes the one before back."""
    before = _locked(report).get(name)
    if before is not None:
        if before.decision is decision:
            raise AlreadyDecided
        before.undone_at, before.undone_by_id = now(), screener.id
        db.session.flush()  # only one decision stands
    made = FileScreening(report_id=report.id, file_name=name, decision=decision, actor_id=screener.id, decided_at=now())
    db.session.add(made)
    _note(screener, "screen_file", report, name, decision=decision.value)


def confirm(screener: Screener, report: OnlineReport, name: str) -> None:
    """Agree, as the second person, that a file stays withheld. Raises NeedsAnother or AlreadyDecided."""
    one = _locked(report).get(name)
    if one is None or one.decision is not FileDecision.WITHHELD or one.confirmed_at is not None:
        raise AlreadyDecided
    if one.actor_id == screener.id:
        raise NeedsAnother
    one.confirmed_by_id, one.confirmed_at = screener.id, now()
    _note(screener, "confirm_withheld_file", report, name)


def undo(screener: Screener, report: OnlineReport, name: str) -> None:
    """Take the decision about a file back: it is seen like the words again. Raises AlreadyDecided."""
    one = _locked(report).get(name)
    if one is None:
        raise AlreadyDecided
    one.undone_at, one.undone_by_id = now(), screener.id
    _note(screener, "undo_file_screening", report, name, decision=one.decision.value)


def _locked(report: OnlineReport) -> dict[str, FileScreening]:
    """Let nobody else decide about the files of a report until this transaction ends, and give what stands."""
    db.session.execute(select(OnlineReport.id).where(OnlineReport.id == report.id).with_for_update()).scalar_one()
    db.session.expire_all()
    return standing(report)


def _note(screener: Screener, act: str, report: OnlineReport, name: str, **detail: str) -> None:
    position = next((file.position for file in files_of(report) if file.name == name), 0)
    audit.note(screener.id, act, "online_report", report.id, screener.scope, file=position, **detail)


# Retention


def erase_old(at: datetime, days: int) -> int:
    """Erase the files of threats that were closed, and of voices that were taken away, so many days ago; count them.

    A threat that came back since is not closed any more.
    """
    before = at - timedelta(days=days)
    is_its = and_(Observation.source == SOURCE, Observation.source_key == Attachment.source_key)
    chosen = (
        select(Attachment.id)
        .join(Observation, is_its)
        .outerjoin(Link, and_(Link.observation_id == Observation.id, Link.ended_at.is_(None)))
        .outerjoin(Threat, Threat.id == Link.threat_id)
        .where(
            Attachment.source == SOURCE,
            Attachment.gone_at.is_(None),
            or_(
                and_(Threat.status.in_(CLOSED), Threat.status_at < before),
                Observation.withdrawn_at < before,
            ),
        )
        .limit(BATCH)
    )
    ids = list(db.session.scalars(chosen))
    if ids:
        db.session.execute(update(Attachment).where(Attachment.id.in_(ids)).values(gone_at=at))
    return len(ids)
