"""How fast the map counts threats by cells: a voivodeship, a district, the country, beside a look-up by key.

    .venv/bin/python -m benchmarks.cells DATABASE [DATABASE …]

Each database is an SQLite file or a PostgreSQL address that `flask demo load --observations N --districts all` filled.
Milliseconds by the clock, median and 95th percentile of `ROUNDS`, and × a look-up of a threat by its key.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from benchmarks.growth import application
from consult.clock import now
from consult.db import db, is_sqlite, read_only
from consult.threats import cells, publication, queries
from consult.threats.models import Threat
from consult.threats.queries import Filters

ROUNDS = 20
VOIVODESHIP, DISTRICT = "14", "1403"
HALF_A_VIEW_M = 15_000


def timed(action):
    """Median and 95th percentile of an action in ms, after one that warms."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return median(times), times[int(0.95 * (ROUNDS - 1))]


def view_of(district):
    """A view of 30 km about the middle of a district's threats, in EPSG:2180 metres."""
    middle = select(func.avg(Threat.x), func.avg(Threat.y)).where(queries.in_area(Threat.district_code, district))
    x, y = db.session.execute(middle).one()
    return x - HALF_A_VIEW_M, y - HALF_A_VIEW_M, x + HALF_A_VIEW_M, y + HALF_A_VIEW_M


def jobs(seen):
    """What is measured, by name; `seen` is what the public may see."""
    of_voivodeship, view = Filters(district=VOIVODESHIP, visible=seen), view_of(DISTRICT)
    parking = Filters(district=VOIVODESHIP, categories=("parkowanie",), visible=seen)
    number = db.session.scalar(select(func.max(Threat.id))) // 2
    return {
        "a threat by its key": lambda: queries.by_ids([number]),
        "cells of a district": lambda: cells.within(Filters(district=DISTRICT, visible=seen)),
        "cells of a voivodeship": lambda: cells.within(of_voivodeship),
        "  one kind of threats": lambda: cells.within(parking),
        "cells of a view of 30 km": lambda: cells.within(Filters(visible=seen), view),
        "cells of the country": lambda: cells.within(Filters(visible=seen)),
        "list of a voivodeship": lambda: queries.found(of_voivodeship),
        "count of a voivodeship": lambda: queries.count(of_voivodeship),
    }


def measure(address):
    """Print a line for each job on one database, and that the cells add up to the list."""
    with tempfile.TemporaryDirectory() as folder, application(address, Path(folder)).app_context():
        read_only(True)  # noqa: FBT003
        seen = publication.visible_condition(now(), ())
        threats = db.session.scalar(select(func.count()).select_from(Threat))
        print(f"\n{'SQLite' if is_sqlite() else 'PostgreSQL'}, {threats:,} threats (ms; × a look-up by key)")
        floor = None
        for job, action in jobs(seen).items():
            middle_ms, high = timed(action)
            floor = floor or middle_ms
            db.session.rollback()
            print(f"{job:28}{middle_ms:9.2f}  p95 {high:9.2f}  x{middle_ms / floor:9.1f}", flush=True)
        chosen = Filters(district=VOIVODESHIP, visible=seen)
        held, total = sum(cell.count for cell in cells.within(chosen)), queries.count(chosen)
        assert held + cells.placeless(chosen) == total
        print(f"voivodeship: {total} threats, {held} of them in cells")
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="+")
    for one in parser.parse_args().databases:
        measure(one)
