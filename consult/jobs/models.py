"""The table of runs: whatever starts the work, the row here is the truth about it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Model


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
