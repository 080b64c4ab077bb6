"""Forgetting words: what people wrote goes when its threat has long been closed; place, time and category stay.

Joining needs the words no more: it compares the mask of their stems, which stays and from which nobody reads a word.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select, update

from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport, Outcome, Question
from consult.online_reports.queries import SOURCE
from consult.threats.models import Link, Threat
from consult.threats.workflow import CLOSED

BATCH = 500


def erase_words(at: datetime, days: int) -> int:
    """Erase the words of reports whose threat was closed, or whose voice was taken away, so many days ago; count them.

    These are the description, questions and answers about it, what was said after the threat was closed, and the name
    that people gave the place. A threat that came back since is not closed any more.
    """
    voices = db.session.execute(_due(at - timedelta(days=days))).all()
    reports = [report for report, _voice in voices]
    for report, voice in voices:
        report.description, report.place = "", replace(report.place, words="")
        report.words_erased_at = at
        voice.words, voice.place = "", replace(voice.place, words="")
    ids = [report.id for report in reports]
    if ids:
        asked = update(Question).where(Question.report_id.in_(ids))
        db.session.execute(asked.values(text=""))
        db.session.execute(asked.where(Question.answer.is_not(None)).values(answer=""))
        said = update(Outcome).where(Outcome.report_id.in_(ids))
        db.session.execute(said.values(words=""))
        db.session.execute(said.where(Outcome.review.is_not(None)).values(review=""))
    db.session.flush()
    return len(ids)


def _due(before: datetime) -> Select[OnlineReport, Observation]:
    return (
        select(OnlineReport, Observation)
        .join(Observation, and_(Observation.source == SOURCE, Observation.source_key == OnlineReport.natural_key))
        .outerjoin(Link, and_(Link.observation_id == Observation.id, Link.ended_at.is_(None)))
        .outerjoin(Threat, Threat.id == Link.threat_id)
        .where(
            OnlineReport.words_erased_at.is_(None),
            or_(and_(Threat.status.in_(CLOSED), Threat.status_at < before), Observation.withdrawn_at < before),
        )
        .order_by(OnlineReport.id)
        .limit(BATCH)
    )
