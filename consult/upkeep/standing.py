"""How the installation stands: whether it can work, and how much of everything there is. Numbers, never people."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from consult.clock import now
from consult.config import ROOT
from consult.db import db, is_sqlite
from consult.jobs.models import JobRun, RunState
from consult.jobs.operations import DEAD_AFTER
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.period import day_of
from consult.summaries.models import LetterState, SummaryLetter
from consult.upkeep import restoring
from consult.upkeep.operations import LAST_BACKUP
from consult.web import room
from surveys.models import Submission

SEEN_WITHIN = timedelta(minutes=5)
"""The worker looks around every half a minute; after so long without a sign it is not there."""


@cache
def newest_migration() -> str:
    """Tell to which migration this version brings the tables."""
    return str(ScriptDirectory(str(ROOT / "migrations")).get_current_head())


def items() -> dict[str, str]:
    """Tell whether each thing that the product cannot work without is well: "ok", "failed", or "unknown"."""
    found = {"restore": "failed" if restoring.is_under_way() else "ok", "disk": "ok" if room.has_room() else "failed"}
    try:
        present = present_migration()
        found |= {"database": "ok", "migrations": "ok" if present == newest_migration() else "failed"}
        found["worker"] = "unknown" if not present else "ok" if is_worker_there() else "failed"
    except SQLAlchemyError:
        db.session.rollback()
        found = {"database": "failed", "migrations": "unknown", "worker": "unknown"} | found
    return found


def present_migration() -> str:
    """Ask the database for its last migration."""
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")) or "")


def is_worker_there() -> bool:
    """Tell whether the background jobs have been at work lately, or are at a long one."""
    seen = worker_seen_at()
    return seen is not None and seen > now() - SEEN_WITHIN


def worker_seen_at() -> datetime | None:
    """Tell when the worker was last seen: its watching jobs write down every round; a long job counts as now."""
    at_work = (JobRun.state == RunState.RUNNING, JobRun.started_at > now() - DEAD_AFTER)
    if db.session.scalar(select(func.count()).where(*at_work)):
        return now()
    began, ended = db.session.execute(select(func.max(JobRun.started_at), func.max(JobRun.ended_at))).one()
    return max((moment for moment in (began, ended) if moment), default=None)


def jobs_of_today() -> dict[str, int]:
    """Count the jobs of today by how they stand."""
    counted = select(JobRun.state, func.count()).where(JobRun.day == day_of(now())).group_by(JobRun.state)
    found = {state.value: number for state, number in db.session.execute(counted)}
    return {state.value: found.get(state.value, 0) for state in RunState}


def observations_by_plane() -> dict[str, int]:
    """Count the voices by where they came from."""
    counted = select(Observation.plane, func.count()).group_by(Observation.plane)
    return {plane.value: number for plane, number in db.session.execute(counted)}


def submissions() -> int:
    """Count all that was answered to surveys."""
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def online_reports() -> int:
    """Count the reports of residents."""
    return db.session.scalar(select(func.count()).select_from(OnlineReport)) or 0


def letters_waiting() -> int:
    """Count the letters about summaries that no mail server has taken yet."""
    waiting = SummaryLetter.state == LetterState.WAITING
    return db.session.scalar(select(func.count()).select_from(SummaryLetter).where(waiting)) or 0


def database_bytes() -> int:
    """Tell how large the database is on its disk."""
    if is_sqlite():
        path = Path(make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).database or "")
        files = (path, path.with_name(f"{path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.is_file())
    return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def last_backup_at() -> datetime | None:
    """Tell when the last backup was made by command."""
    path: Path = current_app.config["INSTANCE"] / LAST_BACKUP
    try:
        return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
