"""The queue: it tells workers of which tasks there is something to do. It carries their numbers and nothing else.

The queue is huey's, in a file of the instance folder, or, where `QUEUE_URL` names one, a PostgreSQL or Redis that the
workers of all hosts read. Of a number nothing can be unpacked that would run, so whoever can write there can at most
have a task looked at. A message that is lost, doubled or late harms nobody: the row of the task decides, and workers
look for rows that were overlooked (`working`).
"""

from typing import Any

from flask import Flask, current_app
from huey.storage import BaseStorage, MemoryStorage, PostgresStorage, RedisStorage, SqliteStorage
from sqlalchemy import event
from sqlalchemy.orm import Session

from consult.db import db

FILE = "queue.db"
PATIENCE_S = 3
"""So many seconds a page waits for a queue on another host that does not answer; what it saved is saved by then."""

_ANNOUNCED = "tasks_announced"


def init_app(app: Flask) -> None:
    """Connect to no queue yet: each process does when it first needs one."""
    app.extensions["queue"] = None


def announce(number: int) -> None:
    """Let workers hear of a task once the transaction at hand has committed."""
    db.session().info.setdefault(_ANNOUNCED, []).append(number)


def received() -> int | None:
    """Take the number of a task from the queue; None when nobody announced one."""
    found = _queue().dequeue()
    return None if found is None else int(found)


def _queue() -> BaseStorage:
    """Give this process's connection to the queue."""
    if current_app.extensions["queue"] is None:
        current_app.extensions["queue"] = _connected()
    return current_app.extensions["queue"]


def _connected() -> BaseStorage:
    url: str = current_app.config["QUEUE_URL"]
    if current_app.testing and not url:
        return MemoryStorage("tasks")
    if url.startswith("postgres"):
        more = {"table_prefix": "consult_queue", "connect_timeout": PATIENCE_S}
        return PostgresStorage("tasks", dsn=url, blocking=False, **more)
    if url:
        patience = f"socket_connect_timeout={PATIENCE_S}&socket_timeout={PATIENCE_S}"
        return RedisStorage("tasks", url=f"{url}{'&' if '?' in url else '?'}{patience}", blocking=False)
    # Without a write-ahead log: Python's own SQLite may have the one that can lose what was committed.
    return SqliteStorage("tasks", filename=str(current_app.config["INSTANCE"] / FILE), journal_mode="delete")


@event.listens_for(db.session, "after_commit")
def _send(session: Session) -> None:
    """Send what the transaction announced. What cannot be sent is found by a worker that looks for it."""
    numbers: list[int] = session.info.pop(_ANNOUNCED, [])
    try:
        for number in numbers:
            _queue().enqueue(str(number).encode())
    except Exception as error:  # noqa: BLE001  # whatever is wrong with the queue, what was asked for is saved
        current_app.logger.warning("the queue takes nothing: %s", type(error).__name__)


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_ANNOUNCED, None)


def size() -> Any:
    """Count the messages that wait; raises whatever the queue raises when it cannot be reached."""
    return _queue().queue_size()
