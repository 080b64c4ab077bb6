"""What a disk does: it is full, it is only read, it fails now and then, it writes late."""

import errno
import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager

from sqlalchemy import text

from benchmarks.faults.machine import (
    MORE,
    PEOPLE,
    NotRun,
    cluster,
    databases,
    end,
    failing_calls,
    fill,
    mounted_again,
    product,
    small_disk,
    whole,
)
from benchmarks.faults.waiting import on_both
from consult.db import db
from tests.accounts.makers import PASSWORD
from tests.apart import application
from tests.faults.load import Browser, Load, Server, World

# Full


def full_sqlite():
    """F04. The disk of SQLite is full: nobody is thanked for what is not kept, and all goes on once there is room."""
    for told, floor_mb in (("without the guard", "0"), ("with the guard", "8")):
        with small_disk(60) as where, application(where) as app:
            world = World.made(app)
            server = Server(app, DISK_FLOOR_MB=floor_mb)
            with server.running(), Load(world, server.port, people=PEOPLE) as load:
                good, words = _filled(world, load, where)
            yield "sqlite", good, f"{told}: {words}"


def full_postgresql():
    """F05. The disk of PostgreSQL is full."""
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
                    good, words = _filled(world, load, where, mend)
                db.engine.dispose()
                panics = made.said("PANIC")
            yield "postgresql", good and (floor_mb == "0" or panics == 0), f"{told}: {words}; PANIC {panics}"


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
    end(load)
    good, words = whole(world, load, f"503 while full: {busy}")
    return good and busy > 0, words


# Failing


def failing_disks():
    """F06. Five of a hundred writes and syncs of SQLite fail, and then all writes; one of a hundred of PostgreSQL."""
    for told, *how in (
        ("pwrite 5 %", "pwrite", 50, errno.EIO),
        ("sync 5 %", "sync", 50, errno.EIO),
        ("only read", "pwrite", 1000, errno.EROFS),
    ):
        with failing_calls(*how) as wrapper:
            yield "sqlite", *_failing_sqlite(told, wrapper)
    for told, *how in (("pwrite 1 %", "pwrite", 10, errno.EIO), ("sync 1 %", "sync", 10, errno.EIO)):
        with failing_calls(*how) as wrapper:
            yield "postgresql", *_failing_postgresql(told, wrapper)


def _failing_sqlite(told, wrapper, n=400, seconds=40):
    """Serve for a while on a disk that fails. The control: somebody must have been told so."""
    with product() as app:
        world = World.made(app)
        server = Server(app)
        with server.running(), Load(world, server.port, people=PEOPLE) as load:
            load.wait_for_more(MORE)
            server.kill()
            server.wrapper = wrapper
            _begun(server)
            refused = load.tally.states[503]
            load.wait_for_more(n, seconds=seconds)
            refused = load.tally.states[503] - refused
            server.kill()
            server.wrapper = ()
            server.start()
            load.wait_for_more(MORE)
            end(load)
        good, words = whole(world, load, f"{told}: 503 meanwhile {refused}")
        sound = db.session.scalar(text("PRAGMA integrity_check"))
        good = good and sound == "ok" and refused > 0 and not load.tally.states[500]
        return good, f"{words}; integrity {sound}"


def _begun(server, attempts=20):
    """Start a server whose disk fails: a start that meets a failure is refused, and begun again as systemd does."""
    for _attempt in range(attempts):
        try:
            server.start()
        except AssertionError:
            server.kill()
        else:
            return
    raise AssertionError("the server never started on a disk that fails")


def _failing_postgresql(told, wrapper, seconds=40):
    """PostgreSQL stops itself (PANIC) when it cannot write its log: it is started again, as systemd does."""
    with cluster() as made, product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            load.wait_for_more(MORE)
            made.kill()
            made.wrapper = wrapper
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if not made.is_running():
                    made.kill()
                    with _not_begun():
                        made.start(attempts=1)
                time.sleep(0.2)
            made.kill()
            made.wrapper = ()
            made.start()
            load.wait_for_more(MORE)
            end(load)
        db.engine.dispose()
        good, words = whole(world, load, told)
        said = {word: made.said(f"{word}: ") for word in ("ERROR", "PANIC", "FATAL")}
        good = good and said["ERROR"] + said["PANIC"] > 0 and not load.tally.states[500]
        return good, f"{words}; in its log {', '.join(f'{word} {n}' for word, n in said.items())}"


@contextmanager
def _not_begun():
    try:
        yield
    except AssertionError:
        return


# Only read


def read_only_shelf():
    """F17. The shelf of summaries is missing, full or only read: 503 there alone."""
    yield from on_both("tests/faults/test_disks.py")
    for name, around in databases():
        with around(), small_disk(20) as shelf, product() as app:
            world = World.made(app)
            with Server(app, REPORTS_OUT=str(shelf), DISK_FLOOR_MB="5").running() as server:
                yield name, *_only_read(world, server, shelf)


def _only_read(world, server, shelf):
    browser = Browser(server.port)
    fields = {"email": world.email, "password": PASSWORD, "csrf_token": browser.token("/accounts/sign-in")}
    browser.post("/accounts/sign-in", fields)
    wanted = {"code": "1003", "period": "2026-Q3", "edition": "internal", "language": "pl"}
    mounted_again(shelf, "ro")
    refused = browser.post("/summaries", {**wanted, "csrf_token": browser.token("/summaries")})
    others = {browser.get(path).status for path in ("/", "/threats", "/districts/1003", "/today")}
    with Load(world, server.port, people=3) as load:
        load.wait_for_more(MORE)
        end(load)
    mounted_again(shelf, "rw")
    written = browser.post("/summaries", {**wanted, "csrf_token": browser.token("/summaries")})
    good, words = whole(world, load, f"only read: {refused.status} there, {others} elsewhere; then {written.status}")
    return good and (refused.status, others, written.status) == (503, {200}, 302), words


# Late


def synced():
    """F20. Each acknowledged report has its sync, and the weaker setting is seen by the same count."""
    if shutil.which("strace") is None:
        raise NotRun("strace is not here: apt-get install strace")
    for setting, relaxed in (("FULL", ""), ("NORMAL", "1")):
        with product() as app:
            trace = app.config["INSTANCE"] / "syncs"
            wrapper = ("strace", "-f", "-qq", "-y", "-e", "trace=fdatasync,fsync", "-o", str(trace))
            yield "sqlite", *_synced(app, f"synchronous={setting}", trace, "apart.db", relaxed, wrapper)
    for setting, relaxed in (("on", ""), ("off", "1")):
        with cluster() as made, product() as app, _traced(made) as trace:
            yield "postgresql", *_synced(app, f"synchronous_commit={setting}", trace, "pg_wal", relaxed)


def _synced(app, told, trace, mark, relaxed, wrapper=()):
    world = World.made(app)
    server = Server(app, wrapper=wrapper, workers=1, **({"RELAXED": relaxed} if relaxed else {}))
    with server.running():
        before = _syncs(trace, mark)
        with Load(world, server.port, people=1, kinds=("report",)) as load:
            load.wait_for_more(100, seconds=120)
            end(load)
        syncs = _syncs(trace, mark) - before
    is_enough = syncs >= load.tally.n
    return is_enough is not bool(relaxed), f"{told}: acknowledged {load.tally.n}, syncs {syncs}"


def _syncs(trace, mark):
    """Count syncs of the database's own files; the counters beside it are another matter."""
    return sum(mark in line and "sync(" in line for line in trace.read_text(errors="replace").splitlines())


@contextmanager
def _traced(made):
    """Write down the syncs of all processes of a cluster, and of those that it starts."""
    trace = made.folder / "syncs"
    words = ["strace", "-f", "-qq", "-y", "-e", "trace=fdatasync,fsync", "-o", str(trace)]
    words += [word for number in made.processes() for word in ("-p", str(number))]
    with ExitStack() as ending:
        process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        ending.callback(process.wait)
        ending.callback(process.terminate)
        time.sleep(1)
        if process.poll() is not None:
            raise NotRun(f"strace may not look at other processes here: {process.stderr.read().strip()}")
        yield trace
