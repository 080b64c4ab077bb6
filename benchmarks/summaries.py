"""How long a district's summary takes: counted and drawn, printed, and for many districts with several processes.

    python benchmarks/summaries.py [--voices 5000] [--districts 20] [--workers 2]

A country of square districts is made in a database of its own; the first district has the voices asked for, the
others a hundred each.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from shapely import box

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from consult.app import create_app  # noqa: E402
from consult.catalogue import operations as catalogue  # noqa: E402
from consult.catalogue import queries as categories  # noqa: E402
from consult.catalogue import sheet  # noqa: E402
from consult.catalogue.commands import CATEGORIES  # noqa: E402
from consult.config import Config  # noqa: E402
from consult.db import transaction  # noqa: E402
from consult.districts import operations as boundaries  # noqa: E402
from consult.districts.boundary_file import Outline  # noqa: E402
from consult.districts.models import Level  # noqa: E402
from consult.documents.rendering import Renderer  # noqa: E402
from consult.geo import Place, to_degrees  # noqa: E402
from consult.observations.models import Plane  # noqa: E402
from consult.observations.operations import Voice  # noqa: E402
from consult.period import Period  # noqa: E402
from consult.summaries import operations  # noqa: E402
from consult.summaries.figures import Edition  # noqa: E402
from consult.threats import joining  # noqa: E402
from consult.threats import operations as threats  # noqa: E402

PERIOD = Period.parse("2026-Q3")
SIDE_M = 25_000
CORNER = (400_000, 350_000)
OTHERS = 100


def made_country(folder: Path, voices: int, districts: int) -> tuple[Flask, list[str]]:
    """Make an application with boundaries, voices and the threats joined of them."""
    url = f"sqlite+pysqlite:///{folder / 'benchmark.db'}"
    config = Config(
        SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=folder, REPORTS_OUT=folder / "out", TESTING=True
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        codes = [f"10{number:02}" for number in range(1, districts + 1)]
        with transaction():
            catalogue.load(sheet.read(CATEGORIES.read_bytes()), date(2026, 1, 1))
            _bound(codes)
            for number in range(districts):
                threats.admit_many(_voices(number, voices if number == 0 else OTHERS))
        with transaction():
            joining.join()
    return app, codes


def _square(number: int) -> tuple[float, float]:
    return CORNER[0] + SIDE_M * (number % 10), CORNER[1] + SIDE_M * (number // 10)


def _bound(codes: list[str]) -> None:
    squares = []
    for number, code in enumerate(codes):
        x, y = _square(number)
        squares.append(Outline(number + 1, code, f"benchmark {code}", box(x, y, x + SIDE_M, y + SIDE_M)))
    boundaries.record_set(squares, level=Level.DISTRICT, valid_from=date(2016, 1, 1), source="squares")


def _voices(number: int, count: int) -> list[Voice]:
    rng = random.Random(number)
    kinds = [categories.by_code(code) for code in ("parkowanie", "predkosc", "alkohol", "dzikie_wysypiska")]
    x, y = _square(number)
    spots = [
        (x + rng.uniform(500, SIDE_M - 500), y + rng.uniform(500, SIDE_M - 500)) for _spot in range(max(count // 4, 1))
    ]
    found = []
    for voice in range(count):
        spot = spots[min(int(rng.expovariate(4 / len(spots))), len(spots) - 1)]
        lon, lat = to_degrees(spot[0] + rng.gauss(0, 15), spot[1] + rng.gauss(0, 15))
        when = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(180 * 24))
        kind = kinds[hash(spot) % len(kinds)]
        assert kind is not None
        place = Place.point(lon, lat)
        found.append(Voice("benchmarks", f"{number}-{voice}", Plane.ONLINE, kind, place, when, when))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=int, default=5_000)
    parser.add_argument("--districts", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, codes = made_country(Path(folder), chosen.voices, chosen.districts)
        with app.app_context():
            _one(codes[0], chosen.voices)
            _many(codes, chosen.workers)


def _one(code: str, voices: int) -> None:
    prepared = operations.prepare(code, PERIOD, Edition.PUBLIC, "pl")
    counted = [_timed(lambda: operations.prepare(code, PERIOD, Edition.PUBLIC, "pl")) for _round in range(5)]
    with Renderer() as renderer:
        first = _timed(lambda: renderer.print(prepared.document))
        printed = [_timed(lambda: renderer.print(prepared.document)) for _round in range(5)]
        size = len(renderer.print(prepared.document))
    print(f"one district, {voices} voices: counted and drawn in {statistics.median(counted):.2f} s (median of 5),")
    print(f"  printed in {statistics.median(printed):.2f} s (median of 5; {first:.2f} s with a new process)")
    print(f"  size {size // 1024} kB")


def _many(codes: list[str], workers: int) -> None:
    for count in sorted({1, workers}):
        with Renderer(workers=count) as renderer:
            started = time.perf_counter()
            outcomes = list(operations.write_each(codes, PERIOD, Edition.PUBLIC, "pl", renderer))
            took = time.perf_counter() - started
        written = sum(isinstance(outcome, operations.Written) for outcome in outcomes)
        print(f"{written} of {len(codes)} districts, {count} printing: {took:.1f} s, {took / len(codes):.2f} s each")


def _timed(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
