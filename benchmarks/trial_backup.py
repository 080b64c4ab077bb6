"""Backups while people write: each is checked and restored, and must hold whole rows of one moment."""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from consult.app import create_app
from consult.config import Config
from consult.db import db, read_only
from consult.upkeep import archive, operations, restoring

WRITER = """
import os, sys, time, sqlalchemy as sa
from consult.app import create_app
from consult.config import Config
from pathlib import Path
who, url, place = sys.argv[1:4]
app = create_app(Config(SECRET_KEY="k" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=Path(place)))
from consult.db import db
with app.app_context():
    number = 0
    while True:
        with db.engine.begin() as connection:
            for side in ("left", "right"):
                row = {"who": who, "n": number, "side": side, "words": "zażółć " * 40}
                connection.execute(sa.text("INSERT INTO trial_pair VALUES (:who, :n, :side, :words)"), row)
        number += 1
        print(number, flush=True)
"""


def application(place: Path, url: str):
    """An installation on a database, with its tables."""
    place.mkdir(parents=True, exist_ok=True)
    config = Config(
        SECRET_KEY="k" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=place, REPORTS_OUT=place / "reports_out",
        BACKUPS_KEPT=0,
    )  # fmt: skip
    app = create_app(config)
    with app.app_context():
        read_only(False)  # noqa: FBT003
        upgrade()
        db.session.remove()
    return app


def pairs_whole(connection) -> tuple[int, int]:
    """Count the pairs and those of which a half is missing, or the words are not what was written."""
    rows = connection.execute(
        sa.text("SELECT who, n, count(*), min(words), max(words) FROM trial_pair GROUP BY who, n")
    )
    found = [tuple(row) for row in rows]
    return len(found), sum(1 for _who, _n, number, *words in found if number != 2 or set(words) != {"zażółć " * 40})


def damaged_ones_refused(path: Path, times: int) -> int:
    """Change one byte at a time, spread over the file, and count how often the check sees it."""
    whole, seen = path.read_bytes(), 0
    for number in range(times):
        changed = bytearray(whole)
        changed[(len(whole) - 1) * number // (times - 1)] ^= 1 << (number % 8)
        other = path.with_name("changed.zip")
        other.write_bytes(changed)
        try:
            with archive.opened(other):
                pass
        except archive.ArchiveDamaged:
            seen += 1
        other.unlink()
    return seen


def main() -> None:
    """Try it, print the counters, and end with 1 when anything was half."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--backups", type=int, default=20)
    asked.add_argument("--writers", type=int, default=3)
    asked.add_argument("--url", default="", help="an empty PostgreSQL database that others may see emptied")
    arguments = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(1 if tried(Path(folder), arguments) else 0)


def tried(folder: Path, arguments: argparse.Namespace) -> int:
    """Run the trial and tell how many things were wrong."""
    url = arguments.url or f"sqlite+pysqlite:///{folder / 'living' / 'trial.db'}"
    app, wrong, rows_before = application(folder / "living", url), 0, 0
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE trial_pair (who TEXT, n INTEGER, side TEXT, words TEXT)"))
        writers = [_writer(str(number), url, folder / "living") for number in range(arguments.writers)]
        try:
            _wait_for(arguments.writers)
            for number in range(arguments.backups):
                began = time.perf_counter()
                made = operations.create(folder / f"{number}.zip")
                took_s = time.perf_counter() - began
                rows = made.manifest.counts["trial_pair"]
                is_good = operations.verify(made.path).is_intact and rows % 2 == 0 and rows > rows_before
                wrong += not is_good
                print(
                    f"backup {number}: {rows} rows, {made.path.stat().st_size:,} bytes, {took_s:.2f} s, good: {is_good}"
                )
                rows_before = rows
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
        wrong += _restored(app, folder, arguments.backups)
        seen = damaged_ones_refused(folder / "0.zip", 200)
        print(f"changed bytes: 200, noticed: {seen}")
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE trial_pair"))
    print(f"wrong: {wrong + 200 - seen}")
    return wrong + 200 - seen


def _wait_for(writers: int) -> None:
    """Wait until everybody writes: a backup of rows that stand still proves nothing."""
    for _attempt in range(600):
        with db.engine.connect() as connection:
            if connection.scalar(sa.text("SELECT count(DISTINCT who) FROM trial_pair")) == writers:
                return
        time.sleep(0.1)
    sys.exit("the writers do not write")


def _writer(who: str, url: str, place: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, who, url, str(place)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": "."}, stdout=subprocess.DEVNULL)


def _restored(app, folder: Path, backups: int) -> int:
    """Restore the first, one of the middle and the last, and look at every pair."""
    wrong = 0
    for number in sorted({0, backups // 2, backups - 1}):
        path = folder / f"{number}.zip"
        restoring.restore(path, replace=True)
        with db.engine.connect() as connection:
            pairs, half = pairs_whole(connection)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        print(f"restored {number} ({digest}): {pairs} pairs, {half} half")
        wrong += half
    assert app
    return wrong


if __name__ == "__main__":
    main()
