"""What backups are good for: they are taken while people write, and restored."""

import os
import random
import subprocess
import time

from benchmarks.faults.machine import MORE, PEOPLE, databases, end, folder, judged, product
from consult.audit import operations as audit
from consult.config import ROOT
from consult.db import db, read_only
from consult.upkeep import operations, restoring
from tests.apart import application
from tests.faults.load import Load, Server, Tally, World, held
from tests.upkeep import test_erasing_again as erasing
from tests.upkeep.makers import fill

BACKUPS, RESTORES = 6, 6


def busy_backups(n=BACKUPS):
    """F12. Backups are taken while people send: each holds all that was acknowledged before it, and nothing half."""
    for name, around in databases():
        with around(), folder() as where:
            with product() as app:
                world = World.made(app)
                with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
                    taken = [_taken(where / f"{number}.zip", load) for number in range(n)]
                    end(load)
            with folder() as place, application(place):
                yield name, *_each_restored(world, load, taken)


def _each_restored(world, load, taken):
    """Restore each into another installation; of the last one the counters are told."""
    whole_ones = 0
    for path, tally in taken:
        restoring.restore(path, replace=True)
        tally.sent = load.tally.sent  # what was under way when it was taken may be in it, or not
        whole_ones += held(world, tally).is_whole and audit.verify().is_intact
    good, words = judged(held(world, tally), tally, f"{len(taken)} backups, restored whole {whole_ones}; the last")
    return good and whole_ones == len(taken), words


def _taken(path, load):
    """Take a backup while people send; what they were told before it began has to be in it."""
    load.wait_for_more(MORE)
    with load.lock:
        before = Tally(acknowledged={kind: set(keys) for kind, keys in load.tally.acknowledged.items()})
    operations.create(path)
    return path, before


def old_backups(n=RESTORES):
    """F13. A backup older than erasures is restored, and killed at it: nothing is served before all is erased again."""
    for name, around in databases():
        with around(), folder() as where, product() as app:
            fill(app)
            erasing.everything()
            path = where / "old.zip"
            operations.create(path)
            read_only(False)  # noqa: FBT003
            erasing.erased()
            yield name, *_restored_again_and_again(app, path, n)


def _restored_again_and_again(app, path, n):
    dice, expected, broken_off, served, wrong = random.Random(1), erasing.left(), 0, 0, 0
    process = _exchanging(app, path)
    usual_s = _until(lambda: not restoring.is_under_way())
    process.wait()
    for _ in range(n):
        process = _exchanging(app, path)
        time.sleep(usual_s * dice.random())
        process.kill()
        process.wait()
        if restoring.is_under_way():
            broken_off += 1
            served += _begun(app)
        _completed(app, path)
        wrong += erasing.left() != expected or restoring.is_under_way() or not audit.verify().is_intact
    words = f"{n} kills of a restore, {broken_off} within the exchange; begun to serve or send before its end {served}"
    return not (served or wrong) and broken_off > 0, f"{words}; erased things back after it {wrong}"


def _environment(app):
    config = app.config
    return os.environ | {
        "DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(config["INSTANCE"]),
        "REPORTS_OUT": str(config["REPORTS_OUT"]),
        "SECRET_KEY": config["SECRET_KEY"],
    }


def _restoring(app, path):
    db.session.remove()
    db.engine.dispose()
    words = [".venv/bin/flask", "backup", "restore", str(path), "--replace"]
    return subprocess.Popen(
        words, cwd=ROOT, env=_environment(app), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _exchanging(app, path):
    """Begin a restore, and wait until it exchanges what is here: give its process."""
    process = _restoring(app, path)
    _until(lambda: restoring.is_under_way() or process.poll() is not None)
    return process


def _until(comes):
    """Wait until something is so, and tell how many seconds that took."""
    began = time.monotonic()
    while not comes():
        time.sleep(0.001)
    return time.monotonic() - began


def _begun(app):
    """Tell whether the worker or the server begins its work."""
    worker = [".venv/bin/flask", "worker", "--once"]
    ended = subprocess.run(worker, cwd=ROOT, env=_environment(app), capture_output=True, check=False)
    try:
        with Server(app).running():
            return True
    except AssertionError:
        return ended.returncode != 1


def _completed(app, path, attempts=20):
    """Restore it to the end; PostgreSQL may still be ending the connection of a process that was killed."""
    for _attempt in range(attempts):
        if _restoring(app, path).wait() == 0:
            return
        time.sleep(0.5)
    raise AssertionError("the restore is not completed by the same command")
