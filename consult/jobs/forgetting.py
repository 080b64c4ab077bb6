"""What is kept of tasks that ended: for a while, so that whoever asked can see what became of them."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from consult.db import db
from consult.jobs import queries
from consult.jobs.models import Task, TaskPart
from consult.jobs.retention import Regime, Rule

KEPT_DAYS = 90
PART = 500


def erase_ended(at: datetime, days: int) -> int:
    """Erase one part of the tasks that ended so many days ago, and give how many."""
    numbers = queries.ended_before(at - timedelta(days=days), PART)
    db.session.execute(delete(TaskPart).where(TaskPart.task_id.in_(numbers)))
    db.session.execute(delete(Task).where(Task.id.in_(numbers)))
    return len(numbers)


RETENTION = (Rule("tasks", Regime.RODO, lambda: KEPT_DAYS, erase_ended),)
