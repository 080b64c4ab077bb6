"""The tables of runs and of tasks: whatever starts the work, the row here is the truth about it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Model):
    """One job on one day. Its key lets exactly one process take it up."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[RunState]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Text, default="")


class TaskState(StrEnum):
    """How a task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PartState(StrEnum):
    """How a part of a task stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class Task(Model):
    """Work that somebody of staff asked for and waits for, made of parts that are done one after another.

    `details` are what it was asked with, codes only. `attempt` counts who took it up: only the last one may write.
    `seen_at` is the last sign of whoever works on it, or when it was put into the queue; `deaths` counts workers that
    ended in it since a part was last done.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (state IN ('queued', 'running'))", "open_until_it_ends"),
        CheckConstraint("attempt >= 0 AND deaths >= 0", "counts"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    unit_path: Mapped[str] = mapped_column(String(200), index=True)
    state: Mapped[TaskState] = mapped_column(default=TaskState.QUEUED, index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cancel_asked_at: Mapped[datetime | None]

    parts: Mapped[list["TaskPart"]] = relationship(
        order_by="TaskPart.id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def is_open(self) -> bool:
        """Whether somebody works on it or will."""
        return self.ended_at is None

    @property
    def settled(self) -> int:
        """How many parts are done or refused."""
        return sum(part.state is not PartState.WAITING for part in self.parts)

    @property
    def refused(self) -> int:
        """How many parts could not be done."""
        return sum(part.state is PartState.REFUSED for part in self.parts)


class TaskPart(Model):
    """A part of a task: its name for the program, its label for people, and what became of it (`told`, a code)."""

    __tablename__ = "task_part"
    __table_args__ = (UniqueConstraint("task_id", "name"),)

    id: Mapped[Key]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    name: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(200))
    state: Mapped[PartState] = mapped_column(default=PartState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    told: Mapped[str] = mapped_column(String(40), default="")
