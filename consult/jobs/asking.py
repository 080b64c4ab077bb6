"""Asking for a task, asking that it be broken off, and asking for what is missing of it: what staff do."""

import zlib
from collections.abc import Iterable

from sqlalchemy import update

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db, take_turn
from consult.jobs import queries, queue
from consult.jobs.models import PartState, Task, TaskPart, TaskState

MOST_OPEN = 5
"""So many tasks of one person may be open at once, so that nobody's wait behind them all day."""

ASKING = zlib.crc32(b"asking for tasks")
"""The turn of whoever asks for a task: of two presses of one button the second finds the first one's."""


class TooManyOpen(Exception):
    """Whoever asks has so many tasks open that one of them has to end first."""


def ask(actor_id: int, unit_path: str, kind: str, parts: Iterable[tuple[str, str]], **details: str) -> Task:
    """Put a task of these parts (name and label) into the queue, or give the open one that does the same.

    Raises TooManyOpen.
    """
    take_turn(ASKING)
    named = list(parts)
    found = queries.open_like(actor_id, kind, details, (name for name, _label in named))
    if found is not None:
        return found
    if queries.count_open(actor_id) >= MOST_OPEN:
        raise TooManyOpen
    moment = now()
    task = Task(kind=kind, details=details, asked_by_id=actor_id, unit_path=unit_path, asked_at=moment, seen_at=moment)
    task.parts = [TaskPart(name=name, label=label) for name, label in named]
    db.session.add(task)
    db.session.flush()
    _note(actor_id, "ask_task", task)
    queue.announce(task.id)
    return task


def cancel(actor_id: int, task: Task) -> bool:
    """Break a task off: at once while it waits, after the part at hand while it runs; False when it has ended."""
    moment = now()
    waits, runs = Task.state == TaskState.QUEUED, Task.state == TaskState.RUNNING
    ended = {"state": TaskState.CANCELLED, "ended_at": moment}
    found = _changed(task, waits, **ended) or _changed(task, runs, cancel_asked_at=moment)
    if found:
        _note(actor_id, "cancel_task", task)
    return found


def go_on(actor_id: int, task: Task) -> bool:
    """Put a task that failed or was broken off into the queue again, for the parts that are not done."""
    ended = Task.state.in_([TaskState.FAILED, TaskState.CANCELLED])
    again = {"state": TaskState.QUEUED, "ended_at": None, "cancel_asked_at": None, "deaths": 0, "seen_at": now()}
    if not _changed(task, ended, **again):
        return False
    refused = (TaskPart.task_id == task.id, TaskPart.state == PartState.REFUSED)
    db.session.execute(update(TaskPart).where(*refused).values(state=PartState.WAITING, tries=0, told=""))
    _note(actor_id, "repeat_task", task)
    queue.announce(task.id)
    return True


def _changed(task: Task, condition: object, **values: object) -> bool:
    """Change the row of a task if it stands as it should; what was read of it before is read anew."""
    changed = update(Task).where(Task.id == task.id, condition).values(**values).returning(Task.id)  # type: ignore[arg-type]
    found = db.session.scalar(changed.execution_options(synchronize_session=False)) is not None
    db.session.expire(task)
    return found


def _note(actor_id: int, act: str, task: Task) -> None:
    audit.note(actor_id, act, "task", task.id, task.unit_path, kind=task.kind, **task.details)
