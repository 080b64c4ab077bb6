"""Tiles of the map among a million voices: how large, how fast, by zoom; and what counting costs whoever sends one.

    .venv/bin/python -m benchmarks.tiles --size 1000000 [--database URL] [--tiles 60] [--inserts 1000]

Voices lie in generated towns (the generator of `benchmarks/linking.py`), in squares of 28.7 km that stand for 475
districts with communes of 11.2 km and in as many categories as the generator has. Prints for every zoom the size and
the time of tiles that are drawn by where the voices are, and of the fullest one, once for the whole country and once
for a unit with one district, beside a look-up by key; then what an insert with its commit costs with and without the
counts. The clock is read within one process, without the web server; CPU is that of our process.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from benchmarks.linking import planted_towns
from consult import geo, tiles
from consult.app import create_app
from consult.catalogue import operations as catalogue
from consult.catalogue import queries as categories
from consult.catalogue import sheet
from consult.config import Config
from consult.db import db, read_only, transaction
from consult.observations import counting, mapping, pyramid
from consult.observations.models import Observation, Plane, PyramidCell
from consult.tiles import FINEST, LOWEST, Tile

START = datetime(2023, 1, 1, tzinfo=UTC)
BATCH = 20_000
DISTRICT_M, COMMUNE_M = 28_700, 11_200
ACROSS = 1_000_000


def spots(size):
    """Positions in degrees, categories, and the codes of communes: 7 digits that begin with those of the district."""
    voices = planted_towns(size).voices
    codes = sorted(one.code for one in categories.valid_on(START.date()))
    lon, lat = geo._back().transform(voices.x, voices.y)  # noqa: SLF001
    districts = (voices.x // DISTRICT_M).astype(int) * 40 + (voices.y // DISTRICT_M).astype(int)
    numbers = {code: f"{1001 + k}" for k, code in enumerate(np.unique(districts).tolist())}
    communes = (voices.x % DISTRICT_M // COMMUNE_M).astype(int) * 3 + (voices.y % DISTRICT_M // COMMUNE_M).astype(int)
    for k in range(len(voices)):
        district = numbers[int(districts[k])]
        category = codes[int(voices.category[k]) % len(codes)]
        yield category, round(lon[k], 6), round(lat[k], 6), district, f"{district}{1 + communes[k]:02}2"


def row_of(number, spot):
    category, lon, lat, district, commune = spot
    return {
        "source": "benchmark.voice", "source_key": f"{number}", "order_key": number, "plane": Plane.ONLINE,
        "category_code": category, "group_code": "any", "observed_from": START, "observed_to": START, "weekdays": 0,
        "times_of_day": 0, "voices": 1, "voice_key": None, "words": "", "words_mask": 0, "street_code": -1,
        "place": geo.Place.from_record(
            {"kind": "point", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "accuracy_m": 30.0}
        ),
        "accuracy_m": 30.0, "lon": lon, "lat": lat, "x": 0.0, "y": 0.0, "cell": number, "extent_m": 0.0,
        "district_code": district, "commune_code": commune, "border_m": 5_000.0, "neighbour_code": None,
        "boundary_digest": "benchmark", "admitted_at": START,
    }  # fmt: skip


def fill(size):
    """Write the voices past the product, then count them as `flask threats pyramid` does."""
    with transaction():
        sheet_file = Path(categories.__file__).parent / "categories.csv"
        catalogue.load(sheet.read(sheet_file.read_bytes()), START.date())
        found, part = [], []
        for number, spot in enumerate(spots(size)):
            found.append(spot)
            part.append(row_of(number, spot))
            if len(part) == BATCH:
                db.session.execute(insert(Observation), part)
                part = []
        if part:
            db.session.execute(insert(Observation), part)
    began = time.perf_counter()
    with transaction():
        cells = counting.rebuild()
    print(f"{size:,} voices in {cells:,} cells, counted in {time.perf_counter() - began:.1f} s")
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # what autovacuum does within minutes: without it PostgreSQL knows nothing of the table
        connection.execute(text("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE pyramid_cell"))
    return found


def chosen_tiles(found, zoom, count):
    """The fullest tile of a zoom, and others as likely as they are full."""
    held = Counter()
    for _category, lon, lat, _district, _commune in found:
        x, y = tiles.units_of(lon, lat)
        held[x >> FINEST + tiles.EXTENT_BITS - zoom, y >> FINEST + tiles.EXTENT_BITS - zoom] += 1
    keys, numbers = list(held), np.array(list(held.values()))
    drawn = np.random.default_rng(2026).choice(len(keys), count, p=numbers / numbers.sum())
    (fullest, most), *_rest = held.most_common(1)
    return Tile(zoom, *fullest), most, [Tile(zoom, *keys[k]) for k in drawn.tolist()]


def timed(action):
    """Milliseconds of the clock and of our processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu)


def quantiles(numbers):
    return f"{statistics.median(numbers):6.2f} {np.quantile(numbers, 0.95):6.2f}"


def measure_tiles(found, count):
    read_only(True)  # noqa: FBT003
    one = Counter(spot[3] for spot in found).most_common(1)[0][0]
    lookups = [
        timed(lambda number=number: db.session.execute(select(Observation.id).where(Observation.id == number)).first())
        for number in range(1, 300)
    ]
    print(f"a look-up by key: clock {quantiles([wall for _r, wall, _c in lookups])}")
    print("                   the country                                          | one district")
    print("zoom  clock p50 p95   CPU p50 p95    bytes p50 max   fullest: voices, ms, bytes | clock p50 p95   one kind")
    kind = Counter(spot[0] for spot in found).most_common(1)[0][0]
    for zoom in range(LOWEST, FINEST + 1):
        fullest, most, drawn = chosen_tiles(found, zoom, count)
        for tile in drawn[:5]:
            mapping.encoded(tile, None)
        results = [timed(lambda tile=tile: mapping.encoded(tile, None)) for tile in drawn]
        own = [timed(lambda tile=tile: mapping.encoded(tile, [one])) for tile in drawn]
        kinds = [timed(lambda tile=tile: mapping.encoded(tile, None, [kind])) for tile in drawn]
        data, wall, _cpu = min(map(timed, [lambda tile=fullest: mapping.encoded(tile, None)] * 3), key=lambda r: r[1])
        sizes = [len(result) for result, _w, _c in results]
        print(
            f"{zoom:>4} {quantiles([w for _r, w, _c in results])}   {quantiles([c for _r, _w, c in results])}  "
            f"{int(statistics.median(sizes)):>7,} {max(*sizes, len(data)):>7,}   "
            f"{most:>9,} {wall:6.2f} {len(data):>7,} | "
            f"{quantiles([w for _r, w, _c in own])}   {quantiles([w for _r, w, _c in kinds])}"
        )
    db.session.rollback()
    read_only(False)  # noqa: FBT003


def measure_inserts(found, count):
    """One voice a transaction, by turns with and without its counts; the difference is what counting costs."""
    first = 1 + db.session.scalar(select(func.max(Observation.order_key)))
    times = {True: [], False: []}
    for step in range(2 * count):
        row = row_of(first + step, found[step * 997 % len(found)])
        counts = step % 2 == 0

        def send(row=row, counts=counts):
            db.session.execute(insert(Observation), [row])
            if counts:
                counting.count(counting.of_columns(row))
            db.session.commit()

        _result, wall, cpu = timed(send)
        times[counts].append((1e3 * wall, 1e3 * cpu))
    for name, counts in (("with its counts", True), ("without", False)):
        wall, cpu = zip(*times[counts], strict=True)
        print(f"insert and commit {name:16} clock {quantiles(wall)} µs   CPU {quantiles(cpu)} µs")
    db.session.rollback()
    paid = [statistics.median(column) for column in zip(*times[True], strict=True)]
    bare = [statistics.median(column) for column in zip(*times[False], strict=True)]
    print(f"counting costs {paid[0] - bare[0]:.0f} µs of the clock, {paid[1] - bare[1]:.0f} µs of our processor")
    connection, alone = db.session.connection(), []
    for step in range(count):
        finest = {}
        pyramid.add(finest, counting.of_columns(row_of(0, found[step * 991 % len(found)])))
        ((key, sums),) = finest.items()
        facts = counting._facts(key, sums)  # noqa: SLF001
        alone.append(timed(lambda facts=facts: connection.execute(counting._ADDING, facts))[1:])  # noqa: SLF001
    wall, cpu = ([1e3 * ms for ms in column] for column in zip(*alone, strict=True))
    print(f"its statement alone, 14 rows: clock {quantiles(wall)} µs   CPU {quantiles(cpu)} µs")
    db.session.rollback()


def main():
    """Measure one size in a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--database", help="an empty PostgreSQL database instead of a SQLite file")
    parser.add_argument("--tiles", type=int, default=60)
    parser.add_argument("--inserts", type=int, default=1_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.database or f"sqlite+pysqlite:///{folder}/tiles.db"
        app = create_app(Config(SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=Path(folder)))
        with app.app_context():
            upgrade()
            found = fill(chosen.size)
            size = db.session.scalar(select(func.count()).select_from(PyramidCell))
            print(f"{db.engine.dialect.name}, {size:,} counts")
            measure_tiles(found, chosen.tiles)
            measure_inserts(found, chosen.inserts)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
