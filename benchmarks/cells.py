"""How fast the map counts threats by cells: a voivodeship, a district, the country, beside a look-up by key.

    .venv/bin/python -m benchmarks.cells [--postgresql URL] [--threats 1000000]

Threats lie at random in 380 squares that stand for districts, denser in the middle of each. The URL names an empty
database that may be filled.
"""

import argparse
import os
import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from statistics import median

from shapely import box

STATES = ("new", "in_verification", "confirmed", "handed_over", "eliminated", "not_confirmed")
ROUNDS = 20
CODES = [f"{2 * (1 + n % 16):02}{1 + n // 16:02}" for n in range(380)]


def square(at):
    """The square that stands for a district, in EPSG:2180 metres."""
    west, south = 200_000 + 30_000 * (at % 20), 150_000 + 30_000 * (at // 20)
    return west, south, west + 30_000, south + 30_000


def rows(count, categories, codes):
    moment, dice = datetime(2026, 11, 1, tzinfo=UTC), random.Random(2026)
    for number in range(count):
        at = number % len(codes)
        code, group = categories[dice.randrange(len(categories))]
        west, south, _east, _north = square(at)
        x = west + min(max(dice.gauss(15_000, 6_000), 0), 29_999)
        y = south + min(max(dice.gauss(15_000, 6_000), 0), 29_999)
        seen = moment - timedelta(hours=dice.randrange(8_000))
        yield {
            "category_code": code, "group_code": group, "status": dice.choice(STATES), "status_at": seen,
            "created_at": seen, "arrived_at": seen, "first_at": seen, "last_at": seen,
            "observations": 1, "voices": 1, "independent": 1,
            "from_records": 0, "from_contact": 0, "from_online": 1, "is_whole_area": dice.random() < 0.03,
            "lon": 14 + x / 70_000, "lat": 49 + y / 111_000, "x": x, "y": y, "accuracy_m": 20.0,
            "district_code": codes[at], "commune_code": None, "is_settled": False,
        }  # fmt: skip


def fill(count):
    from sqlalchemy import insert, text

    from consult.catalogue.models import Category
    from consult.db import db
    from consult.districts import operations as boundaries
    from consult.districts.boundary_file import Outline
    from consult.districts.models import Level
    from consult.threats.models import Threat
    from tests.factories import catalogue_of_27

    catalogue_of_27()
    outlines = [Outline(n + 1, code, f"powiat {code}", box(*square(n))) for n, code in enumerate(sorted(CODES))]
    boundaries.record_set(outlines, level=Level.DISTRICT, valid_from=date(2016, 1, 1), source="squares")
    categories = [(one.code, one.group_code) for one in db.session.query(Category)]
    batch = []
    for row in rows(count, categories, sorted(CODES)):
        batch.append(row)
        if len(batch) == 20_000:
            db.session.execute(insert(Threat), batch)
            batch = []
    if batch:
        db.session.execute(insert(Threat), batch)
    db.session.commit()
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # what autovacuum does within minutes: without it PostgreSQL looks at the rows behind the index
        connection.execute(text("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE threat"))


def timed(action):
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return median(times), times[int(0.95 * (ROUNDS - 1))]


def measure(name, url, count):
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "INSTANCE_PATH": folder,
            "SECRET_KEY": "k" * 40,
            "DATABASE_URL": url or f"sqlite:///{folder}/b.db",
        }
        from flask_migrate import upgrade

        from consult.app import create_app
        from consult.config import Config
        from consult.db import db, read_only
        from consult.threats import cells, publication, queries
        from consult.threats.queries import Filters

        with create_app(Config.from_environment()).app_context():
            upgrade()
            fill(count)
            read_only(True)  # noqa: FBT003
            seen = publication.visible_condition(datetime(2026, 11, 2, tzinfo=UTC), ())
            middle = (320_000, 330_000, 350_000, 360_000)
            jobs = {
                "a threat by its key": lambda: queries.threat(count // 2),
                "cells of a district": lambda: cells.within(Filters(district="1403", visible=seen)),
                "cells of a voivodeship": lambda: cells.within(Filters(district="14", visible=seen)),
                "  one kind of threats": lambda: cells.within(
                    Filters(district="14", categories=("parkowanie",), visible=seen)
                ),
                "cells of a view of 30 km": lambda: cells.within(Filters(visible=seen), middle),
                "cells of the country": lambda: cells.within(Filters(visible=seen)),
                "list of a voivodeship": lambda: queries.found(Filters(district="14", visible=seen)),
                "count of a voivodeship": lambda: queries.count(Filters(district="14", visible=seen)),
            }
            print(f"\n{name}, {count:,} threats (ms; × a look-up by key)")
            floor = None
            for job, action in jobs.items():
                middle_ms, high = timed(action)
                floor = floor or middle_ms
                db.session.rollback()
                print(f"{job:28}{middle_ms:9.2f}  p95 {high:9.2f}  x{middle_ms / floor:9.1f}")
            held = sum(cell.count for cell in cells.within(Filters(district="14", visible=seen)))
            total = queries.count(Filters(district="14", visible=seen))
            assert held + cells.placeless(Filters(district="14", visible=seen)) == total
            print(f"voivodeship: {total} threats, {held} of them in cells")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", help="also on this database, for example postgresql://user@host/empty")
    parser.add_argument("--threats", type=int, default=1_000_000)
    given = parser.parse_args()
    measure("SQLite", "", given.threats)
    if given.postgresql:
        measure("PostgreSQL", given.postgresql, given.threats)
