"""`flask worker`: background jobs in a process of their own."""

import logging
import signal
import threading
import time
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from consult.clock import now
from consult.db import db
from consult.jobs import operations, working
from consult.jobs.models import RunState
from consult.jobs.schedule import Job

ROUND_S = 30.0
"""Seconds between two looks at what is due, and for tasks that were overlooked."""

QUEUE_S = 1.0
"""Seconds between two looks into an empty queue."""


@click.command("worker")
@click.option("--once", is_flag=True, help="One round: run what is due and end.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Run the background jobs, every night and whenever something is due, and the tasks that staff asked for.

    It ends when it is asked to: a job under way is finished first, and of a task the part at hand. With --once it does
    what there is to do; the exit status is 1 when a job failed. While a restore stands broken off it does not begin.
    """
    if why := current_app.extensions["why_closed"]():
        raise click.ClickException(why)
    current_app.logger.setLevel(logging.INFO)  # one line for each run
    jobs: tuple[Job, ...] = current_app.extensions["jobs"]
    if once:
        failed = any(outcome.state is RunState.FAILED for outcome in operations.run_due(jobs, now()))
        while working.one(lambda: False):
            pass
        raise SystemExit(int(failed))
    _run_until_asked(jobs)


def _run_until_asked(jobs: tuple[Job, ...]) -> None:
    asked = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's own way for threads
    minding = threading.Thread(target=_mind_tasks, args=(app, asked), name="tasks")
    minding.start()
    while not asked.is_set():
        _round(jobs)
        asked.wait(ROUND_S)
    minding.join()


def _mind_tasks(app: Flask, asked: threading.Event) -> None:
    """Work on tasks beside the jobs: neither waits for the other."""
    looked, found = 0.0, False
    with app.app_context():
        while not asked.is_set():
            looking = found or time.monotonic() - looked >= ROUND_S  # where one was overlooked there may be more
            looked = time.monotonic() if looking else looked
            found = _task(asked, looking=looking)
            if not found:
                asked.wait(QUEUE_S)


def _task(asked: threading.Event, *, looking: bool) -> bool:
    """Work on one task and tell whether there was one; a database that is away for the moment ends no worker."""
    try:
        return working.one(asked.is_set, looking=looking)
    except Exception as error:  # noqa: BLE001
        current_app.logger.error("a task was broken off: %s at %s", type(error).__name__, operations.origin(error))  # noqa: TRY400
        return False
    finally:
        db.session.remove()


def _round(jobs: tuple[Job, ...]) -> None:
    """Run what is due; a database that is away for the moment ends no worker."""
    try:
        operations.run_due(jobs, now())
    except Exception as error:  # noqa: BLE001
        current_app.logger.error("the round was broken off: %s", type(error).__name__)  # noqa: TRY400
    finally:
        db.session.remove()
