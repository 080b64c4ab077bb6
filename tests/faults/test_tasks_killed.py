"""F21: the worker is killed while it writes summaries; the next one goes on, and each stands once, whole."""

import signal
import time

from consult.jobs import queries
from consult.jobs.models import TaskState
from tests.apart import application
from tests.faults.workers import Worker, asked, forget_signs, states, world, written


def test_a_task_whose_worker_is_killed_is_done_once(tmp_path):
    with application(tmp_path) as app:
        world()
        (number,) = asked("2026-Q3")
        with Worker(app) as first:
            wait_until(TaskState.RUNNING, first)
            first.kill()
        assert states() == {TaskState.RUNNING: 1}, "nobody could say that it ended"
        forget_signs()
        with Worker(app) as second:
            wait_until(TaskState.DONE, second)
            second.process.send_signal(signal.SIGTERM)
            assert second.process.wait(60) == 0
        task = queries.task(number)
        assert (task.attempt, task.settled, task.refused) == (2, 2, 0)
        assert written(tmp_path / "reports_out") == [2, 2, 2, 2]


def wait_until(state, worker, seconds=120):
    until = time.monotonic() + seconds
    while time.monotonic() < until and worker.process.poll() is None:
        if state in states():
            return
        time.sleep(0.1)
    raise AssertionError("the worker ended, or it took too long")
