"""What comes at once, waits, or is torn: presses of one button, a lock, halves of files."""

import os
import re
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime

from sqlalchemy import func, select, text

from benchmarks.faults.machine import databases, product
from consult.config import ROOT
from consult.db import db, is_sqlite
from consult.online_reports.models import OnlineReport
from tests.faults.load import Browser, Server, World


def tests(*names):
    """Run tests of this repository on the database of the moment; they print nothing but what fails."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ran.stdout.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    dots = sum(len(found[1]) for line in ran.stdout.splitlines() if (found := re.match(r"([.FEsx]+) *\[", line)))
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", ran.stdout, re.MULTILINE)
    words = told[-1].strip("= ") if told else f"{dots} tests"
    return ran.returncode == 0, f"{words}, failed {len(failed)} {' '.join(failed)}".strip()


def on_both(*names):
    """Run tests on each database."""
    for name, around in databases():
        with around():
            yield name, *tests(*names)


def one_code():
    """F07. Thirty people with one code are one answer, and a wrong way of taking it is caught by the same count."""
    yield from on_both("tests/faults/test_at_once.py", "-k", "code or right")


def one_button():
    """F08. Fifty presses of one button are one report with fifty equal receipts; other words are 409."""
    yield from on_both("tests/faults/test_at_once.py", "-k", "fifty")


def locked():
    """F09. Somebody holds the lock for fifteen seconds: 503 within eleven, with the words on the page."""
    for name, around in databases():
        with around(), product() as app:
            World.made(app)
            with Server(app).running() as server:
                yield name, *_locked(app, server)


def _locked(app, server):
    browser, key = Browser(server.port, timeout=60), uuid.uuid4().hex
    token = browser.token("/online-reports/new")
    words = "Auta na chodniku przy samej szkole"
    place = '{"type": "Point", "coordinates": [19.13, 51.59]}'
    said = {"category": "parkowanie", "place": place, "observed_on": datetime.now(UTC).date().isoformat()}
    fields = {"csrf_token": token, "key": key, "description": words, "step": "send", **said}
    held_s, let_go = 15, threading.Event()
    holder = threading.Thread(target=_hold, args=(app, held_s, let_go))
    holder.start()
    let_go.wait(20)
    began = time.monotonic()
    answer = browser.post("/online-reports/new", fields)
    took = time.monotonic() - began
    holder.join()
    again = browser.post("/online-reports/new", fields)
    with app.app_context():
        rows = db.session.scalar(select(func.count()).select_from(OnlineReport))
        db.session.remove()
    kept, later = words in answer.text, answer.headers.get("Retry-After")
    good = (answer.status, again.status, rows) == (503, 303, 1) and took < 11.5 and kept and later == "60"
    words = f"{answer.status} after {took:.1f} s, Retry-After {later}, text kept {kept}"
    return good, f"{words}; then {again.status}, rows {rows}"


def _hold(app, seconds, is_held):
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT 1" if is_sqlite() else "LOCK TABLE online_report IN EXCLUSIVE MODE"))
        is_held.set()
        time.sleep(seconds)
        connection.rollback()


def torn_files():
    """F18. Files and bodies torn off at every twentieth: 400, and nothing is kept."""
    yield from on_both("tests/faults/test_torn_files.py")
