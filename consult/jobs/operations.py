"""Taking up jobs: each by one process at a time, once a day, and what came of it.

The row of a run is written before and after the work, in transactions of their own: a process that dies leaves it
running, and after an hour another one takes it up.
"""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import and_, case, or_, update
from sqlalchemy.exc import IntegrityError

from consult.clock import now
from consult.db import db, transaction
from consult.jobs.models import JobRun, RunState
from consult.jobs.schedule import MOST_ATTEMPTS, Job
from consult.period import WARSAW, day_of

DEAD_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Outcome:
    """How a run of a job ended; `told` says in one line what it did, or why it failed."""

    job: Job
    state: RunState
    told: str


def run_due(jobs: Iterable[Job], moment: datetime) -> list[Outcome]:
    """Run each job whose hour has come and that no one has done today, or is doing."""
    return [_run(job, day_of(moment)) for job in jobs if _is_time(job, moment) and _take_up(job, moment)]


def _is_time(job: Job, moment: datetime) -> bool:
    return moment.astimezone(WARSAW).hour >= job.at_hour


def _take_up(job: Job, moment: datetime) -> bool:
    """Claim today's run; of two processes one gets it."""
    day = day_of(moment)
    try:
        with transaction():
            if db.session.get(JobRun, (job.name, day)) is None:
                db.session.add(JobRun(name=job.name, day=day, state=RunState.RUNNING, started_at=moment))
                return True
    except IntegrityError:  # another process was quicker
        return False
    return _take_up_again(job, day, moment)


def _take_up_again(job: Job, day: date, moment: datetime) -> bool:
    """Claim a run that failed or whose process died; a watching job's also when it is done."""
    may_try = JobRun.attempt < MOST_ATTEMPTS
    failed = and_(JobRun.state == RunState.FAILED, may_try)
    died = and_(JobRun.state == RunState.RUNNING, JobRun.started_at < moment - DEAD_AFTER, may_try)
    done = JobRun.state == RunState.DONE
    ready = or_(failed, died, done) if job.is_watching else or_(failed, died)
    claim = update(JobRun).where(JobRun.name == job.name, JobRun.day == day, ready).returning(JobRun.name)
    again = {"state": RunState.RUNNING, "started_at": moment, "ended_at": None}
    with transaction():
        claimed = db.session.execute(claim.values(**again, attempt=case((done, 1), else_=JobRun.attempt + 1))).all()
    return bool(claimed)


def _run(job: Job, day: date) -> Outcome:
    try:
        outcome = Outcome(job, RunState.DONE, job.run())
    except Exception as error:  # noqa: BLE001  # whatever it is, the other jobs go on and the row tells
        db.session.rollback()
        outcome = Outcome(job, RunState.FAILED, type(error).__name__)
        current_app.logger.error("%s: failed, %s at %s", job.name, outcome.told, origin(error))  # noqa: TRY400
    else:
        if outcome.told:
            current_app.logger.info("%s: %s", job.name, outcome.told)
    _write_down(outcome, day)
    return outcome


def origin(error: BaseException) -> str:
    """Tell where an error came from. Its message stays out of the log: it may quote what somebody wrote."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"


def _write_down(outcome: Outcome, day: date) -> None:
    """Keep how the run ended; a watching job that found nothing to do leaves what it told before."""
    facts = {"state": outcome.state, "ended_at": now()} | ({"result": outcome.told} if outcome.told else {})
    with transaction():
        db.session.execute(update(JobRun).where(JobRun.name == outcome.job.name, JobRun.day == day).values(**facts))
