"""Reading tasks: those that somebody may see, and those that wait for a worker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from consult.db import db
from consult.jobs.models import PartState, Task, TaskPart, TaskState

PAGE_SIZE = 20
LEASE = timedelta(minutes=2)
"""Whoever works on a task gives signs; after so long without one its process is taken for dead."""

ON_THE_MIND = timedelta(days=7)
"""So long whoever asked for a task that failed is reminded of it."""

OVERLOOKED_AFTER = timedelta(seconds=30)
"""A task that has waited so long and that nobody took up: its message may be lost."""


@dataclass(frozen=True)
class TasksPage:
    """One page of a list of tasks."""

    tasks: Sequence[Task]
    number: int
    pages: int


def task(number: int) -> Task:
    """Give a task, or raise NoResultFound."""
    return db.session.execute(select(Task).where(Task.id == number)).scalar_one()


def seen_by(account_id: int, scope: str | None, number: int = 1) -> TasksPage:
    """List the tasks that somebody asked for, and with a scope those of its units, the newest first."""
    own: ColumnElement[bool] = Task.asked_by_id == account_id
    chosen = own if scope is None else or_(own, Task.unit_path.startswith(scope, autoescape=True))
    total = db.session.scalar(select(func.count()).select_from(Task).where(chosen)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, number), pages)
    ordered = select(Task).where(chosen).order_by(Task.id.desc()).limit(PAGE_SIZE).offset(PAGE_SIZE * (number - 1))
    return TasksPage(db.session.scalars(ordered).all(), number, pages)


def on_the_mind_of(account_id: int, moment: datetime) -> tuple[int, int]:
    """Count the tasks of somebody that are open, and those that failed in the last days."""
    failed = and_(Task.state == TaskState.FAILED, Task.ended_at > moment - ON_THE_MIND)
    counted = select(func.count().filter(Task.ended_at.is_(None)), func.count().filter(failed))
    is_open, has_failed = db.session.execute(counted.where(Task.asked_by_id == account_id)).one()
    return is_open, has_failed


def open_like(asked_by_id: int, kind: str, details: Mapping[str, Any], names: Iterable[str]) -> Task | None:
    """Find the task of somebody that does the same and has not ended."""
    chosen = (Task.asked_by_id == asked_by_id, Task.kind == kind, Task.ended_at.is_(None))
    wanted = (dict(details), set(names))
    for found in db.session.scalars(select(Task).where(*chosen)):
        if (found.details, {part.name for part in found.parts}) == wanted:
            return found
    return None


def count_open(asked_by_id: int) -> int:
    """Count the tasks of somebody that have not ended."""
    chosen = (Task.asked_by_id == asked_by_id, Task.ended_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(Task).where(*chosen)) or 0


def does_one_wait() -> bool:
    """Tell whether a task waits for a worker."""
    return db.session.scalar(select(Task.id).where(Task.state == TaskState.QUEUED).limit(1)) is not None


def ended_before(moment: datetime, most: int) -> Sequence[int]:
    """List tasks that ended before a moment, the oldest first."""
    chosen = select(Task.id).where(Task.ended_at < moment).order_by(Task.ended_at).limit(most)
    return db.session.scalars(chosen).all()


def is_dead(moment: datetime) -> ColumnElement[bool]:
    """Say of which tasks the process is taken for dead."""
    return and_(Task.state == TaskState.RUNNING, Task.seen_at < moment - LEASE)


def overlooked(moment: datetime) -> int | None:
    """Find the task that has waited longest for a worker although it should not."""
    queued = and_(Task.state == TaskState.QUEUED, Task.seen_at < moment - OVERLOOKED_AFTER)
    found = select(Task.id).where(or_(queued, is_dead(moment))).order_by(Task.seen_at).limit(1)
    return db.session.scalar(found)


def next_part(number: int) -> TaskPart | None:
    """Give the part of a task that comes next: those that failed come after those that nobody tried yet."""
    waiting = (TaskPart.task_id == number, TaskPart.state == PartState.WAITING)
    return db.session.scalar(select(TaskPart).where(*waiting).order_by(TaskPart.tries, TaskPart.id).limit(1))


def refused_parts(number: int) -> int:
    """Count the parts of a task that could not be done."""
    refused = (TaskPart.task_id == number, TaskPart.state == PartState.REFUSED)
    return db.session.scalar(select(func.count()).select_from(TaskPart).where(*refused)) or 0


def tasks_by_state() -> dict[str, int]:
    """Count all tasks that are kept by how they stand."""
    counted = select(Task.state, func.count()).group_by(Task.state)
    found = {state.value: number for state, number in db.session.execute(counted)}
    return {state.value: found.get(state.value, 0) for state in TaskState}
