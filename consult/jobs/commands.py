"""`flask worker`: background jobs in a process of their own."""

import logging
import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from consult.clock import now
from consult.db import db
from consult.jobs import operations
from consult.jobs.models import RunState
from consult.jobs.schedule import Job

ROUND_S = 30.0
"""Seconds between two looks at what is due."""


@click.command("worker")
@click.option("--once", is_flag=True, help="One round: run what is due and end.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Run the background jobs: every night and whenever something is due, until the process is asked to end.

    A job under way is finished first. With --once the exit status is 1 when a job failed.
    """
    current_app.logger.setLevel(logging.INFO)  # one line for each run
    jobs: tuple[Job, ...] = current_app.extensions["jobs"]
    if once:
        failed = any(outcome.state is RunState.FAILED for outcome in operations.run_due(jobs, now()))
        raise SystemExit(int(failed))
    _run_until_asked(jobs)


def _run_until_asked(jobs: tuple[Job, ...]) -> None:
    asked = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    while not asked.is_set():
        _round(jobs)
        asked.wait(ROUND_S)


def _round(jobs: tuple[Job, ...]) -> None:
    """Run what is due; a database that is away for the moment ends no worker."""
    try:
        operations.run_due(jobs, now())
    except Exception as error:  # noqa: BLE001
        current_app.logger.error("the round was broken off: %s", type(error).__name__)  # noqa: TRY400
    finally:
        db.session.remove()
