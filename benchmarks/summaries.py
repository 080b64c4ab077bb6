"""How long a district's summary takes: counted and drawn, printed, and for many districts with several processes.

    python benchmarks/summaries.py [--voices 5000] [--districts 20] [--others 100] [--workers 2]

A country of square districts is made in a database of its own; the first district has the voices asked for, the
others as many as `--others` says: `--voices 2632 --districts 380 --others 2632` is a country of a million. The same
document is printed in turn as it is and with its map as inline SVG, as a plain template would have it. At last all
districts are written again although nothing changed.
"""

import argparse
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from operator import truediv
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from pypdf import PdfReader
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
from consult.documents.rendering import Document, Limits, Renderer  # noqa: E402
from consult.geo import Place, to_degrees  # noqa: E402
from consult.observations.models import Plane  # noqa: E402
from consult.observations.operations import Voice  # noqa: E402
from consult.period import Period  # noqa: E402
from consult.summaries import operations, queries  # noqa: E402
from consult.summaries.figures import Edition  # noqa: E402
from consult.threats import joining  # noqa: E402
from consult.threats import operations as threats  # noqa: E402

PERIOD = Period.parse("2026-Q3")
SIDE_M = 25_000
CORNER = (200_000, 180_000)
ROW = 20


def made_country(folder: Path, voices: int, districts: int, others: int) -> tuple[Flask, list[str]]:
    """Make an application with boundaries, voices and the threats joined of them."""
    url = f"sqlite+pysqlite:///{folder / 'benchmark.db'}"
    config = Config(
        SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=folder, REPORTS_OUT=folder / "out", TESTING=True
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        codes = [f"{2 * (1 + number // 50):02}{1 + number % 50:02}" for number in range(districts)]
        with transaction():
            catalogue.load(sheet.read(CATEGORIES.read_bytes()), date(2026, 1, 1))
            _bound(codes)
        for number in range(districts):
            with transaction():
                threats.admit_many(_voices(number, voices if number == 0 else others))
        with transaction():
            joining.join()
    return app, codes


def _square(number: int) -> tuple[float, float]:
    return CORNER[0] + SIDE_M * (number % ROW), CORNER[1] + SIDE_M * (number // ROW)


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
    parser.add_argument("--others", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app, codes = made_country(Path(folder), chosen.voices, chosen.districts, chosen.others)
        with app.app_context():
            _one(codes[0], chosen.voices)
            _many(codes, chosen.workers, Path(folder) / "out")


def _one(code: str, voices: int) -> None:
    prepared = operations.prepare(code, PERIOD, Edition.PUBLIC, "pl")
    figures = [_timed(lambda: queries.counted(code, PERIOD)) for _round in range(5)]
    drawn = [_timed(lambda: operations.prepare(code, PERIOD, Edition.PUBLIC, "pl")) for _round in range(5)]
    plain = _with_inline_map(prepared.document)
    ours, naive = [], []
    with Renderer(limits=Limits(documents=1000)) as renderer:
        first = _timed(lambda: renderer.print(prepared.document))
        printed = renderer.print(prepared.document)
        for _round in range(8):
            ours.append(_timed(lambda: renderer.print(prepared.document)))
            naive.append(_timed(lambda: renderer.print(plain)))
    pages = len(PdfReader(BytesIO(printed)).pages)
    once, ratio = statistics.median(ours), statistics.median(map(truediv, ours, naive))
    print(f"one district, {voices} voices: counted in {statistics.median(figures):.3f} s (median of 5),")
    print(f"  counted, drawn and worded in {statistics.median(drawn):.3f} s")
    print(f"  printed in {once:.2f} s (median of 8; {first:.2f} s with a new process), {pages} pages,")
    print(f"  {once / pages * 5:.2f} s for five pages; {ratio:.2f} × the map inline; {len(printed) >> 10} kB")


def _with_inline_map(document: Document) -> Document:
    """Put the map into the page itself, as a template that knows no better does."""
    drawn = document.assets["map.svg"].decode()
    html, count = re.subn(r'<img src="asset:map.svg"[^>]*>', lambda _match: drawn, document.html)
    assert count == 1
    return replace(document, html=html)


def _many(codes: list[str], workers: int, out: Path) -> None:
    for count in sorted({1, workers}):
        shutil.rmtree(out, ignore_errors=True)
        print(_told(codes, count))
    print(f"again: {_told(codes, workers)}")


def _told(codes: list[str], workers: int) -> str:
    with Renderer(workers=workers) as renderer:
        started = time.perf_counter()
        outcomes = list(operations.write_each(codes, PERIOD, Edition.PUBLIC, "pl", renderer))
        took = time.perf_counter() - started
    written = sum(isinstance(outcome, operations.Written) for outcome in outcomes)
    each = f"{took / len(codes):.3f} s each"
    return f"{written} of {len(codes)} districts written, {workers} printing: {took:.1f} s, {each}"


def _timed(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
