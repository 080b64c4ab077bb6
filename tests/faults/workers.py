"""Real workers, in processes that can be killed, and summaries that they write as tasks; for tests and trials."""

import os
import signal
import subprocess
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select, update

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.config import ROOT
from consult.db import db
from consult.jobs.models import PartState, Task, TaskPart, TaskState
from consult.period import Period
from consult.summaries import writing_all
from consult.summaries.figures import Edition
from consult.summaries.models import SummaryVersion
from tests.accounts.makers import coordinator, unit
from tests.factories import admit, catalogue_of_27, two_districts

NAMES = {"1003": "powiat łaski", "1019": "powiat zduńskowolski"}


class Worker:
    """`flask worker` in a process group of its own, on the database of an application."""

    def __init__(self, app):
        config = app.config
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
            "DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"],
            "INSTANCE_PATH": str(config["INSTANCE"]),
            "REPORTS_OUT": str(config["REPORTS_OUT"]),
        }
        self.log = (config["INSTANCE"] / "worker.log").open("ab")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        self.log.close()

    def start(self):
        words = [".venv/bin/flask", "worker"]
        self.process = subprocess.Popen(words, cwd=ROOT, env=self.environment, stderr=self.log, start_new_session=True)

    def kill(self):
        """End it and its press at once, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def world():
    """Two districts with a voice, and units that serve them."""
    catalogue_of_27()
    two_districts()
    unit("1003")
    unit("1019", "Komenda w Zduńskiej Woli")
    admit()
    db.session.commit()


def asked(*periods):
    """A coordinator asks for the summaries of both districts of some periods; gives the numbers of the tasks."""
    asker = coordinator(unit("10", "Komenda Wojewódzka", areas=[]))
    found = [writing_all.ask(asker, NAMES, Period.parse(code), Edition.PUBLIC, "pl") for code in periods]
    db.session.commit()
    return [task.id for task in found]


def states():
    """Count the tasks by how they stand."""
    try:
        return dict(db.session.execute(select(Task.state, func.count()).group_by(Task.state)).all())
    finally:
        db.session.rollback()  # on SQLite even reading holds the one write lock here


def forget_signs():
    """Let all who are at work seem dead."""
    long_ago = now() - timedelta(minutes=3)
    db.session.execute(update(Task).where(Task.state == TaskState.RUNNING).values(seen_at=long_ago))
    db.session.commit()


def written(folder):
    """What came of it: parts that are done, versions, lines of the trail, and documents that are whole."""
    counts = (
        select(func.count()).select_from(TaskPart).where(TaskPart.state == PartState.DONE),
        select(func.count()).select_from(SummaryVersion),
        select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "write"),
    )
    files = [path.read_bytes() for path in folder.rglob("*.pdf")]
    whole = sum(one.startswith(b"%PDF-1.7") and one.rstrip().endswith(b"%%EOF") for one in files)
    return [*(db.session.scalar(count) for count in counts), whole]
