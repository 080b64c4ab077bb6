"""Faults on purpose: kills, full disks, locks, torn files, wrong clocks; nothing acknowledged is lost or doubled.

    script/trial faults [F01 F02 …]

Each prints a line with its counters and for which database. SQLite is a file, PostgreSQL a temporary cluster of its own
that writes as a real one does. What a machine cannot do (mount a small disk, inject errors, wrong clocks) is named.
"""

import logging
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, insert, select, text

from consult.config import ROOT
from consult.db import db, is_sqlite
from consult.documents.rendering import LIMITS, Document, DocumentRefused, Renderer
from consult.jobs import operations as jobs
from consult.jobs.models import RunState, Task, TaskState
from consult.jobs.schedule import Job
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.summaries import shelf
from tests.apart import application
from tests.faults import workers
from tests.faults.load import Browser, Load, Server, World, held

KILLS, CLUSTER_KILLS, PEOPLE = 12, 5, 16
MORE = 30


class NotRun(Exception):
    """This machine cannot do it; the words say why."""


# PostgreSQL as it is run for real


class Cluster:
    """A temporary PostgreSQL with every sync on, in a folder of its own, reached through its socket alone."""

    def __init__(self, folder=None, *initdb):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            raise NotRun("PostgreSQL is not installed")
        self.binaries = found[-1]
        self.folder = Path(folder or tempfile.mkdtemp(prefix="faults-pg."))
        self.user = "postgres" if os.geteuid() == 0 else ""
        if self.user:
            shutil.chown(self.folder, self.user)
            self.folder.chmod(0o755)
        self._run("initdb", f"--pgdata={self.data}", "--username=consult", "--auth=trust", "--locale=C.UTF-8", *initdb)
        self.start()
        self._run("createdb", f"--host={self.folder}", "--username=consult", "consult_test")

    @property
    def data(self):
        return self.folder / "data"

    @property
    def url(self):
        return f"postgresql+psycopg://consult@/consult_test?host={self.folder}"

    def _run(self, program, *words, check=True):
        command = [str(self.binaries / program), *words]
        if self.user:
            command = ["runuser", "-u", self.user, "--", *command]
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=check)

    def start(self):
        """Start it, also where processes of a killed one still end: a machine that comes back has none."""
        settings = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=60"
        words = (f"--pgdata={self.data}", f"--log={self.folder}/log", "--wait", "start", "-o", settings)
        for _attempt in range(20):
            if self._run("pg_ctl", *words, check=False).returncode == 0:
                return
            time.sleep(0.5)
        raise AssertionError("PostgreSQL does not start again")

    def kill(self):
        """Kill the postmaster and every process of its session, as a machine that stops does."""
        leader = int((self.data / "postmaster.pid").read_text().split()[0])
        family = [leader, *(int(one) for one in _children(leader))]
        for number in family:
            with _already_gone():
                os.kill(number, signal.SIGKILL)
        until = time.monotonic() + 20
        while any(_is_alive(number) for number in family) and time.monotonic() < until:
            time.sleep(0.05)

    def is_running(self):
        return self._run("pg_ctl", f"--pgdata={self.data}", "status", check=False).returncode == 0

    def said(self, words):
        return (self.folder / "log").read_text(errors="replace").count(words)

    def close(self):
        self._run("pg_ctl", f"--pgdata={self.data}", "--mode=immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def _already_gone():
    try:
        yield
    except ProcessLookupError:
        return


def _children(number):
    return Path(f"/proc/{number}/task/{number}/children").read_text().split()


def _is_alive(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def cluster(folder=None, *initdb):
    made = Cluster(folder, *initdb)
    before = os.environ.get("TEST_DATABASE_URL")
    os.environ["TEST_DATABASE_URL"] = made.url
    try:
        yield made
    finally:
        if before is None:
            del os.environ["TEST_DATABASE_URL"]
        else:
            os.environ["TEST_DATABASE_URL"] = before
        made.close()


@contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="faults.") as name:
        yield Path(name)


@contextmanager
def product(where=None):
    """The product on an empty database: of the cluster that runs, or else a file."""
    with folder() as own, application(where or own) as app:
        yield app


# Killing


def kills(n=KILLS):
    with product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            for _ in range(n):
                load.wait_for_more(MORE)
                server.kill()
                server.start()
            load.wait_for_more(MORE)
            _end(load)
        return _whole(world, load, f"{n} kills of the server")


def _end(load):
    load.ending.set()
    for thread in load.threads:
        thread.join(2 * load.patience_s)


def _whole(world, load, words):
    found = held(world, load.tally)
    states = ", ".join(f"{state or 'no answer'}: {n}" for state, n in sorted(load.tally.states.items()))
    return found.is_whole and not load.tally.strange, f"{words}; {found}; {states}{_strange(load)}"


def _strange(load):
    return f"; UNEXPECTED {load.tally.strange[:3]}" if load.tally.strange else ""


def f01():
    """The server's process group is killed 12 times under load."""
    yield "sqlite", *kills()
    with cluster():
        yield "postgresql", *kills()


def f02():
    """PostgreSQL is killed five times under load and recovers."""
    with cluster() as made, product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            for _ in range(CLUSTER_KILLS):
                load.wait_for_more(MORE)
                made.kill()
                time.sleep(0.5)
                made.start()
            load.wait_for_more(MORE)
            _end(load)
        db.engine.dispose()
        yield "postgresql", *_whole(world, load, f"{CLUSTER_KILLS} kills of the database")


def f03():
    """SIGTERM: requests under way are finished, and the server ends within ten seconds."""
    for name, around in _databases():
        with around(), product() as app:
            world = World.made(app)
            with Server(app).running() as server, Load(world, server.port, people=PEOPLE, patience_s=3) as load:
                load.wait_for_more(MORE)
                began = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                code = server.process.wait(60)
                took = time.monotonic() - began
                server.process = None
                _end(load)
            whole, words = _whole(world, load, f"ended after {took:.1f} s with {code}")
            yield name, whole and took <= 10 and code == 0, words


def _databases():
    @contextmanager
    def nothing():
        yield None

    yield "sqlite", nothing
    yield "postgresql", cluster


# Disks


@contextmanager
def small_disk(megabytes):
    if os.geteuid() != 0:
        raise NotRun("mounting a small disk needs root")
    with folder() as where:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(where)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode:
            raise NotRun(f"mounting a small disk is refused: {mounted.stderr.strip()}")
        try:
            yield where
        finally:
            subprocess.run(["umount", "--lazy", str(where)], check=False)


def fill(where):
    """Write until nothing more fits."""
    with (where / "filler").open("ab", buffering=0) as filler:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue


def f04():
    """The disk of SQLite is full: nobody is thanked for what is not kept, and all goes on once there is room."""
    for told, floor_mb in (("without the guard", "0"), ("with the guard", "8")):
        with small_disk(60) as where, application(where) as app:
            world = World.made(app)
            server = Server(app, DISK_FLOOR_MB=floor_mb)
            with server.running(), Load(world, server.port, people=PEOPLE) as load:
                whole, words = _filled(world, load, where)
            yield "sqlite", whole, f"{told}: {words}"


def _filled(world, load, where, mend=lambda: None):
    load.wait_for_more(MORE)
    fill(where)
    refused = load.tally.states[503]
    time.sleep(5)
    load.wait_for_more(1, seconds=1)
    busy = load.tally.states[503] - refused
    (where / "filler").unlink()
    mend()
    load.wait_for_more(50)
    _end(load)
    whole, words = _whole(world, load, f"503 while full: {busy}")
    return whole and busy > 0, words


def f05():
    """The disk of PostgreSQL is full."""
    for told, floor_mb in (("without the guard", "0"), ("with the guard", "30")):
        with small_disk(250) as where:
            (where / "pg").mkdir()
            (where / "own").mkdir()
            with cluster(where / "pg", "--wal-segsize=4") as made, application(where / "own") as app:
                world = World.made(app)

                def mend(made=made):
                    if not made.is_running():
                        made.start()

                server = Server(app, DISK_FLOOR_MB=floor_mb)
                with server.running(), Load(world, server.port, people=PEOPLE) as load:
                    whole, words = _filled(world, load, where, mend)
                db.engine.dispose()
                panics = made.said("PANIC")
            good = whole and (floor_mb == "0" or panics == 0)
            yield "postgresql", good, f"{told}: {words}; PANIC {panics}"


def f06():
    """Five of a hundred writes and syncs fail."""
    if shutil.which("fiu-run") is None:
        raise NotRun("libfiu is not here: apt-get install fiu-utils")
    for name in ("posix/io/rw/pwrite", "posix/io/sync/fdatasync"):
        with product() as app:
            world = World.made(app)
            wrapper = ("fiu-run", "-x", "-c", f"enable_random name={name},probability=0.05")
            server = Server(app)
            with server.running(), Load(world, server.port, people=PEOPLE) as load:
                load.wait_for_more(MORE)
                server.kill()
                server.wrapper = wrapper
                server.start()
                load.wait_for_more(400, seconds=90)
                server.kill()
                server.wrapper = ()
                server.start()
                load.wait_for_more(MORE)
                _end(load)
            whole, words = _whole(world, load, name)
            sound = db.session.scalar(text("PRAGMA integrity_check"))
            yield "sqlite", whole and sound == "ok", f"{words}; integrity {sound}"


# At once, and waiting


def _tests(*names):
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


def _on_both(*names):
    for name, around in _databases():
        with around():
            yield name, *_tests(*names)


def f07():
    """Thirty people with one code are one answer, and a wrong way of taking it is caught by the same count."""
    yield from _on_both("tests/faults/test_at_once.py", "-k", "code or right")


def f08():
    """Fifty presses of one button are one report with fifty equal receipts; other words are 409."""
    yield from _on_both("tests/faults/test_at_once.py", "-k", "fifty")


def f09():
    """Somebody holds the lock for fifteen seconds: 503 within eleven, with the words on the page."""
    for name, around in _databases():
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


# Documents and jobs


def page(body):
    head = "<!DOCTYPE html><html lang=pl><head><title>t</title></head>"
    return Document(f"{head}<body>{body}</body></html>", {}, "pl", "t")


def f10(n=50):
    """The process that prints is killed at random: no half file is seen, and every run ends done or failed."""
    dice, ends, halves = random.Random(1), [], 0
    with product() as app, folder() as where, Renderer() as renderer:
        app.logger.setLevel(logging.CRITICAL)
        renderer.print(page("<h1>Pierwszy</h1>"))
        usual_s = _timed(renderer.print, document=page("<p>słowo</p>" * 400))
        for turn in range(n):
            stem = f"{turn:04d}-proba"
            renderer.print(page("<h1>Dalej</h1>"))  # the press stands ready: it dies while it prints

            def printing(stem=stem):
                shelf.put(where / "2026-Q3", stem, renderer.print(page("<p>słowo</p>" * 400)), b"{}\n")
                return "printed"

            killer = threading.Timer(usual_s * 1.5 * dice.random(), _kill_press)
            killer.start()
            (outcome,) = jobs.run_due([Job(f"print {turn}", printing)], datetime.now(UTC))
            killer.cancel()
            killer.join()
            ends.append(outcome.state)
            halves += sum(not path.read_bytes().rstrip().endswith(b"%%EOF") for path in where.rglob("*.pdf"))
            halves += sum(1 for path in where.rglob("*") if path.is_file() and path.suffix not in {".pdf", ".json"})
        last = renderer.print(page("<h1>Dalej</h1>")).startswith(b"%PDF")
    done, failed = ends.count(RunState.DONE), ends.count(RunState.FAILED)
    good = halves == 0 and last and done + failed == n and done and failed
    yield "sqlite", good, f"runs {n}, done {done}, failed {failed}, half files {halves}"


def _kill_press():
    for number in _children(os.getpid()):
        command = Path(f"/proc/{number}/cmdline")
        if command.exists() and b"press.py" in command.read_bytes():
            with _already_gone():
                os.kill(int(number), signal.SIGKILL)


def f11():
    """A poisoned document ends failed within 25 s, and the next one is printed."""
    with Renderer() as renderer:
        for name, body in (
            ("wide", "<table><tr><td colspan=1000000>x</td></tr></table>" * 40),
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


# Migrations


ROWS = 50_000


def f14():
    """Each migration goes down and up, and 50,000 rows with gaps, longest texts and Polish letters stay as they are."""
    for name, around in _databases():
        with around():
            yield name, *_tests("tests/test_migrations.py", "tests/test_house.py", "-k", "migration or step")
            with product() as app:
                World.made(app)
                app.logger.setLevel(logging.CRITICAL)
                yield name, *_stepped()


def _stepped():
    _fill_reports(ROWS)
    before = _digests()
    revisions = _revisions()
    lowest = revisions[-min(len(revisions), 6)]
    down = [_timed(downgrade, revision=to) for to in reversed(revisions[revisions.index(lowest) : -1])]
    up = _timed(upgrade)
    after = _digests()
    changed = [table for table in before if before[table] != after.get(table)]
    words = f"{ROWS} rows, {len(down)} steps down (slowest {max(down):.1f} s), up in {up:.1f} s"
    return not changed and max(*down, up) < 120, f"{words}, tables changed {changed or 0}"


def _timed(act, **more):
    db.session.remove()
    began = time.monotonic()
    act(**more)
    return time.monotonic() - began


def _revisions():
    return sorted(re.match(r"\d{4}", path.name)[0] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))


def _fill_reports(n):
    words = ("Zażółć gęślą jaźń: ŁÓDŹ ŚĆĄĘŃ źółw " * 20)[:500]
    moment = datetime.now(UTC).replace(microsecond=0)
    rows = [
        {
            "channel": "page",
            "natural_key": f"{number:064x}",
            "receipt_hash": None if number % 3 else f"{number:064x}",
            "body_digest": "d" * 64,
            "category_code": "parkowanie",
            "place": _place(),
            "observed_from": moment,
            "observed_to": moment,
            "weekdays": 0,
            "times_of_day": 0,
            "description": words if number % 2 else "",
            "language": "pl",
            "voice_key": None,
            "sent_at": moment + timedelta(seconds=number),
        }
        for number in range(n)
    ]
    for start in range(0, n, 5_000):
        db.session.execute(insert(OnlineReport).execution_options(render_nulls=True), rows[start : start + 5_000])
    db.session.commit()


def _place():
    from consult.geo import Place

    return Place.point(19.13, 51.59)


def _digests():
    """A mark of all rows of each table, whatever their order, without columns that the steps take away."""
    db.session.remove()
    known = MetaData()
    with db.engine.connect() as connection:
        known.reflect(connection)
        return {
            table.name: sum(hash(tuple(map(str, row))) for row in connection.execute(select(table)))
            for table in known.tables.values()
            if table.name in {"online_report", "observation", "unit", "category", "area", "statement", "meeting"}
        }


# Clocks


def f16():
    """The clock jumps back two hours and forward 400 days while people send; summer time begins and ends."""
    library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        raise NotRun("libfaketime is not here: apt-get install faketime")
    for name, around in _databases():
        for told, offset in (("back 2 h", "-2h"), ("on 400 days", "+400d"), *_nights()):
            with around(), product() as app:
                world = World.made(app)
                environment = {"LD_PRELOAD": str(library), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
                server = Server(app)
                with server.running(), Load(world, server.port, people=6, kinds=("report", "answer")) as load:
                    load.wait_for_more(20)
                    server.kill()
                    server.environment |= environment | {"FAKETIME": offset}
                    server.start()
                    load.wait_for_more(20)
                    server.kill()
                    server.environment.pop("LD_PRELOAD")
                    server.start()
                    load.wait_for_more(20)
                    _end(load)
                whole, words = _whole(world, load, told)
                negative = Observation.observed_to < Observation.observed_from
                reversed_ = db.session.scalar(select(func.count()).select_from(Observation).where(negative))
                receipts = db.session.scalar(select(func.count(func.distinct(OnlineReport.receipt_hash))))
                reports = db.session.scalar(select(func.count()).select_from(OnlineReport))
                good = whole and reversed_ == 0 and receipts == reports
                yield name, good, f"{words}; negative durations {reversed_}, receipts {receipts} of {reports}"


def _nights():
    """The two nights of 2026 in which the clock of Warsaw is changed, a minute before each."""
    now = datetime.now(UTC)
    for told, change in (
        ("night of 2026-03-29", datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)),
        ("night of 2026-10-25", datetime(2026, 10, 25, 0, 59, 30, tzinfo=UTC)),
    ):
        yield told, f"{int((change - now).total_seconds()):+d}"


# Files, restarts, syncs


def f17():
    """The shelf of summaries is missing or full: 503 there alone."""
    yield from _on_both("tests/faults/test_disks.py")


def f18():
    """Files and bodies torn off at every twentieth."""
    yield from _on_both("tests/faults/test_torn_files.py")


def f19():
    """PostgreSQL restarts while people send, three times: the pool recovers by itself."""
    with cluster() as made, product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            waits = []
            for _ in range(3):
                load.wait_for_more(MORE)
                made._run("pg_ctl", f"--pgdata={made.data}", "--mode=fast", "--wait", "restart")  # noqa: SLF001
                began = time.monotonic()
                load.wait_for_more(1)
                waits.append(time.monotonic() - began)
            load.wait_for_more(MORE)
            _end(load)
        db.engine.dispose()
        whole, words = _whole(world, load, f"first answer {statistics.median(waits):.1f} s after each of 3 restarts")
        yield "postgresql", whole, words


def f20():
    """Each acknowledged report has its sync, and the weaker setting of SQLite is seen by the same count."""
    if shutil.which("strace") is None:
        raise NotRun("strace is not here: apt-get install strace")
    for setting, relaxed in (("FULL", ""), ("NORMAL", "1")):
        with product() as app:
            world = World.made(app)
            trace = app.config["INSTANCE"] / "syncs"
            wrapper = ("strace", "-f", "-qq", "-y", "-e", "trace=fdatasync,fsync", "-o", str(trace))
            server = Server(app, wrapper=wrapper, workers=1, **({"RELAXED": relaxed} if relaxed else {}))
            with server.running():
                before = _syncs(trace)
                with Load(world, server.port, people=1, kinds=("report",)) as load:
                    load.wait_for_more(100, seconds=120)
                    _end(load)
                syncs = _syncs(trace) - before
            enough = syncs >= load.tally.n
            words = f"synchronous={setting}: acknowledged {load.tally.n}, syncs {syncs}"
            yield "sqlite", enough is not bool(relaxed), words


def f21(n=12):
    """Three workers write forty summaries; when all are at it one is killed, and all seem dead to the others."""
    periods = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 11)]
    for name, around in _databases():
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


def _syncs(trace):
    """Count syncs of the database's own files; the counters beside it are another matter."""
    return sum("apart.db" in line and "sync(" in line for line in trace.read_text(errors="replace").splitlines())


FAULTS = {
    "F01": f01, "F02": f02, "F03": f03, "F04": f04, "F05": f05, "F06": f06, "F07": f07, "F08": f08, "F09": f09,
    "F10": f10, "F11": f11, "F14": f14, "F16": f16, "F17": f17, "F18": f18, "F19": f19, "F20": f20,
    "F21": f21,
}  # fmt: skip


def run(name):
    """Run one fault on its databases; print a line for each, and tell whether all of them held."""
    held_all = True
    try:
        for database, is_good, words in FAULTS[name]():
            print(f"{name} {database:10} {'held  ' if is_good else 'BROKEN'} {words}", flush=True)
            held_all = held_all and is_good
    except NotRun as why:
        print(f"{name} {'':10} not run: {why}", flush=True)
    except Exception as problem:  # noqa: BLE001  # the other faults are tried all the same
        print(f"{name} {'':10} BROKEN {type(problem).__name__}: {problem}", flush=True)
        held_all = False
    return held_all


def main():
    """Run those that were named, or all."""
    wanted = sys.argv[1:] or sorted(FAULTS)
    unknown = [name for name in wanted if name not in FAULTS]
    if unknown:
        sys.exit(f"There is no fault {', '.join(unknown)}. These exist: {', '.join(FAULTS)}")
    os.environ.pop("TEST_DATABASE_URL", None)
    began = time.monotonic()
    broken = [name for name in wanted if not run(name)]
    print(f"{len(wanted) - len(broken)} of {len(wanted)} held, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
