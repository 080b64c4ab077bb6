"""Jobs run once a day whoever runs them, a dead one is taken up again, and a failure is told and tried again."""

import os
import signal
import subprocess
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from consult.clock import now
from consult.config import ROOT
from consult.db import db
from consult.jobs import operations
from consult.jobs.models import JobRun, RunState
from consult.jobs.schedule import MOST_ATTEMPTS, Job
from consult.period import WARSAW
from tests.apart import application

NIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
"""Half past three in Warsaw."""


class Work:
    """A job's work that counts how often it is done, and fails as often as it is told to."""

    def __init__(self, failures=0, told="3 surveys"):
        self.times, self.failures, self.told = 0, failures, told

    def __call__(self):
        self.times += 1
        if self.times <= self.failures:
            raise ZeroDivisionError("what somebody wrote")
        return self.told


def run_of(job, day=date(2026, 11, 24)):
    db.session.expire_all()
    return db.session.get(JobRun, (job.name, day))


def test_once_a_day_after_its_hour(app):
    work = Work()
    job = Job("count", work, at_hour=3)
    assert operations.run_due([job], NIGHT - timedelta(hours=1)) == []
    assert [outcome.state for outcome in operations.run_due([job], NIGHT)] == [RunState.DONE]
    assert operations.run_due([job], NIGHT + timedelta(hours=9)) == []
    assert work.times == 1
    assert (run_of(job).result, run_of(job).attempt) == ("3 surveys", 1)
    operations.run_due([job], NIGHT + timedelta(days=1))
    assert work.times == 2


def test_the_day_is_the_one_of_warsaw(app):
    """At 23:30 UTC of the 23rd it is half past midnight of the 24th."""
    job = Job("count", Work())
    operations.run_due([job], datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    assert run_of(job).state is RunState.DONE


def test_a_watching_job_looks_at_every_round_and_keeps_what_it_told(app):
    work = Work()
    job = Job("watch", work, is_watching=True)
    for minute in range(3):
        operations.run_due([job], NIGHT + timedelta(minutes=minute))
        work.told = ""
    assert work.times == 3
    assert (run_of(job).result, run_of(job).attempt) == ("3 surveys", 1)


def test_a_failure_is_told_and_tried_again_but_not_for_ever(app):
    work = Work(failures=9)
    job = Job("stumble", work)
    for minute in range(6):
        operations.run_due([job], NIGHT + timedelta(minutes=minute))
    run = run_of(job)
    assert work.times == run.attempt == MOST_ATTEMPTS
    assert (run.state, run.result) == (RunState.FAILED, "ZeroDivisionError")


def test_what_fails_once_succeeds_the_next_time(app):
    job = Job("stumble", Work(failures=1))
    operations.run_due([job], NIGHT)
    operations.run_due([job], NIGHT + timedelta(minutes=1))
    assert (run_of(job).state, run_of(job).attempt, run_of(job).result) == (RunState.DONE, 2, "3 surveys")


def test_a_job_that_fails_keeps_no_other_from_running_and_quotes_nobody(app, caplog):
    fine = Work()
    operations.run_due([Job("stumble", Work(failures=1)), Job("fine", fine)], NIGHT)
    assert fine.times == 1
    assert "ZeroDivisionError at" in caplog.text
    assert "what somebody wrote" not in caplog.text


def test_what_a_failing_job_wrote_is_not_kept(app):
    def half():
        db.session.add(JobRun(name="half", day=date(2026, 1, 1), state=RunState.DONE, started_at=NIGHT))
        db.session.flush()
        raise ZeroDivisionError

    operations.run_due([Job("break", half)], NIGHT)
    assert db.session.get(JobRun, ("half", date(2026, 1, 1))) is None


def test_a_run_that_died_is_taken_up_after_an_hour(app):
    work = Work()
    job = Job("die", work)
    db.session.add(JobRun(name=job.name, day=date(2026, 11, 24), state=RunState.RUNNING, started_at=NIGHT))
    db.session.commit()
    operations.run_due([job], NIGHT + timedelta(minutes=59))
    assert work.times == 0
    operations.run_due([job], NIGHT + timedelta(minutes=61))
    assert (work.times, run_of(job).attempt, run_of(job).state) == (1, 2, RunState.DONE)


def test_of_two_workers_at_once_one_does_the_work(tmp_path):
    """Eight processes would do the same: each round in a thread has a connection and a transaction of its own."""
    done = []
    job = Job("count", lambda: done.append(1) or "counted")
    watching = Job("watch", lambda: time.sleep(0.2) or done.append(2) or "", is_watching=True)
    with application(tmp_path) as app:
        start = threading.Barrier(8)

        def work():
            with app.app_context():
                start.wait()
                operations.run_due([job, watching], NIGHT)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done.count(1) == 1
        assert run_of(job).state is RunState.DONE
        assert run_of(watching).state is RunState.DONE


@pytest.mark.parametrize(("failures", "status"), [(0, 0), (1, 1)])
def test_worker_once(app, monkeypatch, failures, status):
    work = Work(failures=failures)
    monkeypatch.setitem(app.extensions, "jobs", (Job("count", work),))
    answer = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert (answer.exit_code, work.times) == (status, 1)


def test_every_job_has_a_name_of_its_own(app):
    names = [job.name for job in app.extensions["jobs"]]
    assert len(names) == len(set(names)) >= 3
    assert max(len(name) for name in names) <= 60


def test_the_worker_runs_until_it_is_asked_to_end(tmp_path):
    """A process as the server starts it: it does its first round, and SIGTERM ends it cleanly."""
    with application(tmp_path) as app:
        db.session.remove()
        settings = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "INSTANCE_PATH": str(tmp_path),
        }
        log = tmp_path / "log"
        with log.open("w") as written:
            worker = subprocess.Popen([".venv/bin/flask", "worker"], cwd=ROOT, env=settings, stderr=written)
        try:
            due = {job.name for job in app.extensions["jobs"] if now().astimezone(WARSAW).hour >= job.at_hour}
            assert _within(60, lambda: due <= _ended() or worker.poll() is not None), log.read_text()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0, log.read_text()
        finally:
            worker.kill()
            worker.wait()
        assert due <= _ended(), log.read_text()
        assert {run.state for run in db.session.query(JobRun)} == {RunState.DONE}, log.read_text()


def _ended():
    """The names of the jobs whose run has ended."""
    names = {run.name for run in db.session.query(JobRun) if run.ended_at}
    db.session.rollback()  # on SQLite even reading holds the one write lock here
    return names


def _within(seconds, holds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False
