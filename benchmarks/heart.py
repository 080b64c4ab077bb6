"""The heart under load: admitting one voice into 10k, 100k or 1M, and joining all of them anew.

    .venv/bin/python -m benchmarks.heart --size 10000 100000 [--database URL] [--admitted 300]

Prints a table: `flask threats join --all` on untouched and on joined data with the ratio to reading the same voices,
and `admit` of one observation before the commit (median and 99th percentile by the clock and in processor time of its
process, statements, and the ratio to a look-up of one row by its primary key in the same database). `admit` is measured
in a process of its own, as a voice is admitted by a worker that has not joined the country just before: what joining
leaves in memory would be looked through again and again by the collector of garbage. Data are generated: threats in
sparse towns with a few voices each (the generator of `benchmarks/linking.py`), shifted into one big square district;
the country of `flask demo load` has neither words nor streets to join by, and is joined as it is loaded. With
`--only-admit` voices are admitted into that country, or into whatever else `--database` holds.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from flask_migrate import upgrade
from sqlalchemy import event, insert, select

from benchmarks.linking import planted_towns
from consult import geo
from consult.app import create_app
from consult.catalogue import operations as catalogue
from consult.catalogue import queries as categories
from consult.catalogue import sheet
from consult.config import Config
from consult.db import db, transaction
from consult.districts import operations as districts
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import Place
from consult.observations import queries as observations
from consult.observations.models import Observation, Plane
from consult.observations.operations import Voice, order_key
from consult.observations.queries import Spot
from consult.threats import joining, operations, queries

START = datetime(2023, 1, 1, tzinfo=UTC)
BATCH = 20_000
NEAR_M = 400.0
WARMING = 20
"""So many voices are admitted first and not counted: the first one imports what is imported when needed."""


def rows_of(size, codes):
    """Plain rows of voices as admit_many would write them, without the cost of making a million objects."""
    planted = planted_towns(size)
    voices = planted.voices
    lon, lat = geo._back().transform(voices.x, voices.y)  # noqa: SLF001
    for k in range(len(voices)):
        place = {"kind": "point", "geometry": {"type": "Point", "coordinates": [round(lon[k], 6), round(lat[k], 6)]}}
        moment = START + timedelta(days=float(voices.start_day[k] - voices.start_day.min()))
        code = codes[int(voices.category[k]) % len(codes)]
        key = f"{k}"
        yield {
            "source": "benchmark.voice", "source_key": key, "order_key": order_key("benchmark.voice", key),
            "plane": Plane.ONLINE, "category_code": code.code, "group_code": code.group_code,
            "observed_from": moment, "observed_to": moment, "weekdays": 0, "times_of_day": 0, "voices": 1,
            "voice_key": None, "words": "", "words_mask": int(voices.words.view(np.int64)[k]),
            "street_code": int(voices.street[k]), "place": Place.from_record({**place, "accuracy_m": 30.0}),
            "accuracy_m": float(voices.accuracy_m[k]), "lon": float(lon[k]), "lat": float(lat[k]),
            "x": float(voices.x[k]), "y": float(voices.y[k]), "cell": geo.cell(voices.x[k], voices.y[k]),
            "extent_m": 0.0, "district_code": "1003", "commune_code": None, "border_m": 5_000.0,
            "neighbour_code": None, "boundary_digest": "benchmark", "admitted_at": START,
        }  # fmt: skip


def fill(size):
    """Write the voices of a size into the database, in parts."""
    codes = categories.valid_on(START.date())
    part = []
    for row in rows_of(size, codes):
        part.append(row)
        if len(part) == BATCH:
            db.session.execute(insert(Observation), part)
            part.clear()
    if part:
        db.session.execute(insert(Observation), part)


def timed(action):
    """Seconds of CPU and of the clock that an action takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def admissions(count):
    """Seconds, CPU seconds and statements of admitting voices one by one next to known ones, none of them committed.

    Beside them the seconds of a look-up by key and of one for all voices within NEAR_M.
    """
    random = np.random.default_rng(7)
    total = db.session.scalar(select(Observation.id).order_by(Observation.id.desc()).limit(1))
    ids = random.integers(1, total + 1, count)
    seconds, cpus, statements, lookups, nearby = [], [], [], [], []
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *_call: asked.append(1))
    for k, number in enumerate(ids.tolist()):
        db.session.expunge_all()
        found, wall, _cpu = timed(lambda number=number: db.session.get(Observation, number))
        lookups.append(wall)
        if found is None:
            continue
        spot = Spot(found.group_code, found.x + 20, found.y - 10, NEAR_M, found.observed_from, found.observed_to)
        _rows, wall, _cpu = timed(lambda spot=spot: observations.near(spot))
        nearby.append(wall)
        lon, lat = found.lon + random.normal(0, 3e-4), found.lat + random.normal(0, 2e-4)
        voice = Voice(
            source="benchmark.admit", source_key=f"{count}.{k}", plane=Plane.ONLINE, category=found.category,
            place=Place.point(lon, lat), observed_from=found.observed_from, observed_to=found.observed_to, text="",
        )  # fmt: skip
        asked.clear()
        _admitted, wall, cpu = timed(lambda voice=voice: operations.admit(voice))
        seconds.append(wall)
        cpus.append(cpu)
        statements.append(len(asked))
    return seconds, cpus, statements, lookups, nearby


def measure(size):
    """Fill and join twice; one line of figures."""
    with transaction():
        sheet_file = Path(categories.__file__).parent / "categories.csv"
        catalogue.load(sheet.read(sheet_file.read_bytes()), START.date())
        square = Outline(1, "1003", "powiat łaski", shapely.box(100_000, 100_000, 900_000, 900_000))
        districts.record_set([square], level=Level.DISTRICT, valid_from=START.date())
        _, filling, _ = timed(lambda: fill(size))
    _, reading, reading_cpu = timed(queries.standing_voices)
    with transaction():
        first, wall, cpu = timed(joining.join)
    with transaction():
        again, wall_again, cpu_again = timed(joining.join)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{size:>9,} voices, {first.threats:,} threats, {first.suggested:,} suggestions | filled in {filling:.1f} s | "
        f"join {wall:.1f} s (cpu {cpu:.1f}), again {wall_again:.1f} s (cpu {cpu_again:.1f}, {again.changed} changed), "
        f"{cpu_again / reading_cpu:.1f} x reading ({reading:.1f} s) | peak {peak:,.0f} MB",
        flush=True,
    )


def measure_admissions(count):
    """Admit voices into the database that is there, and take all of them back; one line of figures."""
    admissions(WARMING)
    seconds, cpus, statements, lookups, nearby = admissions(count)
    db.session.rollback()
    base, near = statistics.median(lookups), statistics.median(nearby)
    print(
        f"{'':9} admit p50 {1e3 * statistics.median(seconds):.2f} ms, p99 {1e3 * np.quantile(seconds, 0.99):.2f} ms, "
        f"cpu p50 {1e3 * statistics.median(cpus):.2f} ms, p99 {1e3 * np.quantile(cpus, 0.99):.2f} ms, "
        f"statements p50 {statistics.median(statements):.0f}, most {max(statements)}, "
        f"{statistics.median(seconds) / base:.0f} x a look-up by key ({1e3 * base:.2f} ms); "
        f"voices within {NEAR_M:.0f} m p50 {1e3 * near:.2f} ms, {near / base:.1f} x",
        flush=True,
    )


def application(url, folder):
    """Give the application over a database."""
    return create_app(Config(SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=Path(folder)))


def main():
    """Measure each size in a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--database", help="an empty PostgreSQL database instead of SQLite files")
    parser.add_argument("--admitted", type=int, default=300)
    parser.add_argument("--keep", help="a folder in which the SQLite files stay")
    parser.add_argument("--only-admit", action="store_true", help="admit into what --database holds, nothing else")
    chosen = parser.parse_args()
    if chosen.only_admit:
        with tempfile.TemporaryDirectory() as folder, application(chosen.database, folder).app_context():
            measure_admissions(chosen.admitted)
        return
    for size in chosen.size:
        with tempfile.TemporaryDirectory() as folder:
            url = chosen.database or f"sqlite+pysqlite:///{chosen.keep or folder}/heart-{size}.db"
            with application(url, folder).app_context():
                upgrade()
                measure(size)
                db.session.remove()
                db.engine.dispose()
            alone = [sys.executable, "-m", "benchmarks.heart", "--only-admit", "--database", url]
            subprocess.run([*alone, "--admitted", str(chosen.admitted)], check=True)


if __name__ == "__main__":
    main()
