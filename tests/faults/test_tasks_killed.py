"""F10: the worker is killed while it writes summaries; the next one goes on, and each stands once, whole."""

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select, update

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.config import ROOT
from consult.db import db
from consult.jobs import queries
from consult.jobs.models import Task, TaskState
from consult.period import Period
from consult.summaries import writing_all
from consult.summaries.figures import Edition
from consult.summaries.models import SummaryVersion
from tests.accounts.makers import coordinator, unit
from tests.apart import application
from tests.factories import admit, catalogue_of_27, two_districts

NAMES = {"1003": "powiat łaski", "1019": "powiat zduńskowolski"}


def test_a_task_whose_worker_is_killed_is_done_once(tmp_path):
    with application(tmp_path) as app:
        number = asked()
        with worker(app, tmp_path) as first:
            wait_until(lambda: stands(number) is TaskState.RUNNING, first)
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        assert stands(number) is TaskState.RUNNING, "nobody could say that it ended"
        long_ago = now() - timedelta(minutes=3)
        db.session.execute(update(Task).values(seen_at=long_ago))
        db.session.commit()
        with worker(app, tmp_path) as second:
            wait_until(lambda: stands(number) is TaskState.DONE, second)
            second.send_signal(signal.SIGTERM)
            assert second.wait(60) == 0
        task = queries.task(number)
        assert (task.attempt, task.settled, task.refused) == (2, 2, 0)
        assert sorted(db.session.scalars(select(SummaryVersion.district_code))) == ["1003", "1019"]
        written = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "write")
        assert db.session.scalar(written) == 2
        files = sorted((tmp_path / "reports_out").rglob("*.pdf"))
        assert [path.read_bytes()[:8] for path in files] == [b"%PDF-1.7"] * 2


def asked():
    """Summaries of two districts are asked for, as by the page."""
    catalogue_of_27()
    two_districts()
    unit("1003")
    unit("1019", "Komenda w Zduńskiej Woli")
    asker = coordinator(unit("10", "Komenda Wojewódzka", areas=[]))
    admit()
    task = writing_all.ask(asker, NAMES, Period.parse("2026-Q3"), Edition.PUBLIC, "pl")
    db.session.commit()
    return task.id


@contextmanager
def worker(app, folder):
    """`flask worker` in a process group of its own."""
    settings = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(folder),
        "REPORTS_OUT": str(app.config["REPORTS_OUT"]),
    }
    with (folder / "worker.log").open("a") as log:
        process = subprocess.Popen(
            [".venv/bin/flask", "worker"], cwd=ROOT, env=settings, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def stands(number):
    db.session.rollback()
    try:
        return db.session.scalar(select(Task.state).where(Task.id == number))
    finally:
        db.session.rollback()  # on SQLite even reading holds the one write lock here


def wait_until(is_so, process, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("the worker ended, or it took too long")
