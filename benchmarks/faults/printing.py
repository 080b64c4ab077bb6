"""What prints and what works in the background: killed presses, poisoned documents, killed workers."""

import logging
import os
import random
import signal
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, update

from benchmarks.faults.machine import already_gone, children, databases, folder, is_alive, product
from consult.catalogue.models import CategoryName
from consult.db import db
from consult.documents.rendering import LIMITS, Document, DocumentRefused, Renderer
from consult.jobs import operations as jobs
from consult.jobs.models import RunState, Task, TaskState
from consult.jobs.schedule import Job
from consult.summaries import shelf
from tests.faults import workers


def page(body):
    head = "<!DOCTYPE html><html lang=pl><head><title>t</title></head>"
    return Document(f"{head}<body>{body}</body></html>", {}, "pl", "t")


def killed_presses(n=50):
    """F10. The process that prints is killed at random: no half file is seen, and every run ends done or failed."""
    for name, around in databases():
        with around(), product() as app, folder() as where, Renderer() as renderer:
            app.logger.setLevel(logging.CRITICAL)
            yield name, *_killed_presses(n, where, renderer)


def _killed_presses(n, where, renderer):
    dice, ends, halves = random.Random(1), [], 0
    renderer.print(page("<h1>Pierwszy</h1>"))
    usual_s = _timed(renderer)
    for turn in range(n):
        stem = f"{turn:04d}-proba"
        renderer.print(page("<h1>Dalej</h1>"))  # the press stands ready: it dies while it prints, or idle after that

        def printing(stem=stem):
            shelf.put(where / "2026-Q3", stem, renderer.print(page("<p>słowo</p>" * 400)), b"{}\n")
            return "printed"

        killer = threading.Timer(usual_s * 1.5 * dice.random(), _kill_press)
        killer.start()
        (outcome,) = jobs.run_due([Job(f"print {turn}", printing)], datetime.now(UTC))
        killer.join()
        ends.append(outcome.state)
        halves += sum(not path.read_bytes().rstrip().endswith(b"%%EOF") for path in where.rglob("*.pdf"))
        halves += sum(1 for path in where.rglob("*") if path.is_file() and path.suffix not in {".pdf", ".json"})
    last = renderer.print(page("<h1>Dalej</h1>")).startswith(b"%PDF")
    done, failed = ends.count(RunState.DONE), ends.count(RunState.FAILED)
    good = halves == 0 and last and done + failed == n and done and failed
    return good, f"runs {n}, done {done}, failed {failed}, half files {halves}"


def _timed(renderer):
    began = time.monotonic()
    renderer.print(page("<p>słowo</p>" * 400))
    return time.monotonic() - began


def _kill_press():
    for number in children(os.getpid()):
        command = Path(f"/proc/{number}/cmdline")
        if command.exists() and b"press.py" in command.read_bytes():
            with already_gone():
                os.kill(int(number), signal.SIGKILL)
            while is_alive(number):  # whoever prints next finds it dead, not dying
                time.sleep(0.001)


POISON = "<table><tr><td colspan=1000000>x</td></tr></table>" * 40


def poisoned():
    """F11. A poisoned document ends failed within 25 s, and the next one is printed; a poisoned name is only a name."""
    with Renderer() as renderer:
        for name, body in (
            ("wide", POISON),
            ("long", "słowo " * 3_000_000),
            ("pages", "<p style='break-before:page'>x</p>" * 50_000),
        ):
            renderer.print(page("<h1>Wcześniej</h1>"))  # the press stands ready: its start is not what is tried
            began = time.monotonic()
            try:
                renderer.print(page(body))
                told = "printed"
            except DocumentRefused as refused:
                told = type(refused).__name__
            took = time.monotonic() - began
            following = renderer.print(page("<h1>Dalej</h1>")).startswith(b"%PDF")
            good = took <= LIMITS.wall_s + 1 and told != "printed" and following
            yield "both", good, f"{name}: {told} after {took:.1f} s, next printed {following}"
    for name, around in databases():
        with around(), product() as app:
            workers.world()
            db.session.execute(update(CategoryName).values(pl=CategoryName.pl + POISON[:50]))
            db.session.commit()
            began, asked = time.monotonic(), workers.asked("2026-09")
            with workers.Worker(app):
                while workers.states().keys() - {TaskState.DONE, TaskState.FAILED} and time.monotonic() - began < 120:
                    time.sleep(0.2)
            ended, whole = workers.states(), workers.written(app.config["REPORTS_OUT"])[-1]
            good = ended == {TaskState.DONE: len(asked)} and whole == 2
            yield (
                name,
                good,
                f"in the names of categories: tasks done {ended.get(TaskState.DONE, 0)}, documents {whole}",
            )


def killed_workers(n=12):
    """F21. Three workers write forty summaries; when all are at it one is killed, and all seem dead to the others."""
    periods = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 11)]
    for name, around in databases():
        with around(), product() as app, ExitStack() as running:
            workers.world()
            tasks = [task for four in range(4) for task in workers.asked(*periods[four::4])]
            began, team = time.monotonic(), [running.enter_context(workers.Worker(app)) for _ in range(3)]
            dice, kills_done = random.Random(1), 0
            while workers.states().keys() - {TaskState.DONE, TaskState.FAILED} and time.monotonic() - began < 600:
                time.sleep(dice.random())
                if kills_done < n and workers.states().get(TaskState.RUNNING, 0) == len(team):
                    victim = dice.choice(team)
                    victim.kill()
                    workers.forget_signs()
                    victim.start()
                    kills_done += 1
            found, ended = workers.written(app.config["REPORTS_OUT"]), workers.states()
            attempts = db.session.scalar(select(func.sum(Task.attempt)))
            parts, versions, lines, whole = found
            good = found == [2 * len(tasks)] * 4 and ended == {TaskState.DONE: len(tasks)}
            yield (
                name,
                good,
                (
                    f"kills {kills_done}, tasks {len(tasks)}, taken up {attempts} times, parts done {parts}, "
                    f"versions {versions}, lines of the trail {lines}, whole documents {whole}"
                ),
            )
