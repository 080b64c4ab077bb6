"""Working on tasks: one worker at a time, part after part, each once, until the task ends or somebody breaks it off.

Who takes a task up raises its `attempt`; with every part the worker gives a sign under that number. A process that
dies gives none, and after `LEASE` another one takes the task up where it stands. Should the first one only have been
slow, its number is not the last any more: what it did since is rolled back.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import case, update
from sqlalchemy.exc import OperationalError

from consult.clock import now
from consult.db import db, reading, transaction
from consult.jobs import queries, queue
from consult.jobs.models import PartState, Task, TaskPart, TaskState
from consult.jobs.operations import origin
from consult.jobs.tasks import Asked, Kind, Result

MOST_DEATHS = 3
"""A task in which so many workers ended one after another, without a part being done, is not taken up again."""

MOST_TRIES = 3
"""So often a part is tried that ends by an error."""

TURN_S = 60.0
"""After so long a task lets another one that waits come first, so that a small one does not wait for the country."""

SIGN_S, MOST_SIGNS = 30.0, 30
"""Between two signs within a part, and how many there are: a part that hangs is taken for dead in the end."""

ERROR = "error"


class TaskLost(Exception):
    """Another worker has taken the task up meanwhile."""


class TaskCancelled(Exception):
    """Somebody asked to break the task off."""


@dataclass(frozen=True)
class Turn:
    """A worker's time with a task."""

    number: int
    attempt: int
    until: float


def one(is_ending: Callable[[], bool], *, looking: bool = True) -> bool:
    """Work on the task that comes next, if there is one, and tell whether there was.

    The queue says which; when `looking`, rows that were overlooked are found, too.
    """
    number = _announced()
    if number is None and looking:
        number = _overlooked()
    if number is None:
        return False
    run(number, is_ending)
    return True


def _announced() -> int | None:
    try:
        return queue.received()
    except Exception as error:  # noqa: BLE001  # rows are found without a queue, only later
        current_app.logger.warning("the queue gives nothing: %s", type(error).__name__)
        return None


def _overlooked() -> int | None:
    with reading():
        return queries.overlooked(now())


def run(number: int, is_ending: Callable[[], bool] = lambda: False) -> None:
    """Take a task up, unless another worker has it, and work on it until it ends or the worker is asked to."""
    turn = _take_up(number)
    if turn is None:
        return
    try:
        _work(turn, is_ending)
    except TaskCancelled:
        _leave(turn, TaskState.CANCELLED)
    except TaskLost:
        current_app.logger.warning("task %s: another worker goes on with it", number)


def _take_up(number: int) -> Turn | None:
    moment = now()
    died = queries.is_dead(moment)
    claim = update(Task).where(Task.id == number, died | (Task.state == TaskState.QUEUED))
    taken = {"state": TaskState.RUNNING, "attempt": Task.attempt + 1, "seen_at": moment}
    counted = case((died, Task.deaths + 1), else_=Task.deaths)
    with transaction():
        row = db.session.execute(claim.values(**taken, deaths=counted).returning(Task.attempt, Task.deaths)).first()
    if row is None:
        return None
    turn = Turn(number, row.attempt, time.monotonic() + TURN_S)
    if row.deaths >= MOST_DEATHS:
        _leave(turn, TaskState.FAILED)
        return None
    return turn


def _work(turn: Turn, is_ending: Callable[[], bool]) -> None:
    kind, asked = _asked(turn)
    with kind.begin(asked) as do:
        while part := _next(turn):
            if is_ending() or _is_over(turn):
                _leave(turn, TaskState.QUEUED)
                return
            _do(turn, part, do)
    with transaction():
        failed = queries.refused_parts(turn.number)
    _leave(turn, TaskState.FAILED if failed else TaskState.DONE)


def _is_over(turn: Turn) -> bool:
    """Tell whether it is another task's turn."""
    if time.monotonic() < turn.until:
        return False
    with reading():
        return queries.does_one_wait()


def _asked(turn: Turn) -> tuple[Kind, Asked]:
    with transaction():
        task = queries.task(turn.number)
        asked = Asked(turn.number, dict(task.details), task.asked_by_id, task.unit_path)
        kind: Kind = current_app.extensions["kinds"][task.kind]
    return kind, asked


def _next(turn: Turn) -> tuple[int, str] | None:
    """Give a sign, and the number and name of the part that comes next. Raises TaskCancelled and TaskLost."""
    with transaction():
        _sign(turn)
        part = queries.next_part(turn.number)
        return (part.id, part.name) if part else None


def _do(turn: Turn, part: tuple[int, str], do: Callable[[str], Result]) -> None:
    number, name = part
    try:
        with _signing(turn), transaction():
            result = do(name)
            _mark(turn, number, result)
    except (TaskCancelled, TaskLost, OperationalError):  # a database that is away is no fault of the part
        raise
    except Exception as error:  # noqa: BLE001  # whatever it is, the other parts go on and the row tells
        told = type(error).__name__
        current_app.logger.error("task %s, %s: %s at %s", turn.number, name, told, origin(error))  # noqa: TRY400
        with transaction():
            _stumble(turn, number)


@contextmanager
def _signing(turn: Turn) -> Iterator[None]:
    """Let another thread give signs while a part takes long."""
    app, done = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]  # noqa: SLF001

    def sign() -> None:
        with app.app_context():
            for _number in range(MOST_SIGNS):
                if done.wait(SIGN_S):
                    return
                # Whoever holds the one write lock of SQLite keeps others from taking the task up just as well.
                with suppress(OperationalError, TaskLost), transaction():
                    _sign(turn, is_asked=False)

    thread = threading.Thread(target=sign, name="signs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _mark(turn: Turn, number: int, result: Result) -> None:
    """Write down what became of a part, in the transaction of what it did."""
    _sign(turn, is_asked=False, deaths=0)
    state = PartState.REFUSED if result.is_refused else PartState.DONE
    _change(number, state=state, told=result.told)


def _stumble(turn: Turn, number: int) -> None:
    """Count a try of a part that ended by an error; after the last one it is refused."""
    _sign(turn, is_asked=False)
    is_last = TaskPart.tries + 1 >= MOST_TRIES
    state = case((is_last, PartState.REFUSED), else_=PartState.WAITING)
    _change(number, tries=TaskPart.tries + 1, told=ERROR, state=state)


def _change(number: int, **values: object) -> None:
    changed = update(TaskPart).where(TaskPart.id == number).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _sign(turn: Turn, *, is_asked: bool = True, **values: object) -> None:
    """Say that work goes on. Raises TaskLost, and TaskCancelled if that `is_asked`."""
    own = (Task.id == turn.number, Task.attempt == turn.attempt, Task.state == TaskState.RUNNING)
    signed = update(Task).where(*own).values(seen_at=now(), **values).returning(Task.cancel_asked_at)
    row = db.session.execute(signed.execution_options(synchronize_session=False)).first()
    if row is None:
        raise TaskLost
    if is_asked and row.cancel_asked_at is not None:
        raise TaskCancelled


def _leave(turn: Turn, state: TaskState) -> None:
    """Write down how a task stands when its worker turns to another; nothing if it is another's already."""
    own = (Task.id == turn.number, Task.attempt == turn.attempt, Task.state == TaskState.RUNNING)
    moment = now()
    ended_at = None if state is TaskState.QUEUED else moment
    with transaction():
        left = update(Task).where(*own).values(state=state, seen_at=moment, ended_at=ended_at)
        db.session.execute(left.execution_options(synchronize_session=False))
        if state is TaskState.QUEUED:
            queue.announce(turn.number)
    current_app.logger.info("task %s: %s", turn.number, state.value)
