"""What is nearby, asked among many threats: in the database, and through the page that shows it.

    .venv/bin/python -m benchmarks.nearby --size 100000 1000000 [--database URL] [--asked 400]

Prints for each size: a look-up of one threat by its primary key; the look-up of at most five public threats around a
place and day (`threats.nearby`), with its ratio to the former; the whole page of the check before a report is sent;
the report itself, sent, joined and durable; the first page of the list of threats. Of each the 50th and the 95th
percentile of the clock, and the median of our own processor time. The voices are those of
`benchmarks/heart.py`, each the only one of its threat; the places asked about lie some tens of metres from known
voices, so that there is something to find.
"""

import argparse
import json
import statistics
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

import numpy as np
import shapely
from flask_migrate import upgrade
from sqlalchemy import func, insert, literal, select, text

from benchmarks import heart
from consult.app import create_app
from consult.catalogue import operations as catalogue
from consult.catalogue import queries as categories
from consult.catalogue import sheet
from consult.clock import now
from consult.config import Config
from consult.db import db, transaction
from consult.districts import operations as districts
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import Place
from consult.observations.models import Observation
from consult.online_reports.rules import window
from consult.period import day_of
from consult.threats.models import Link, LinkedBy, Threat
from consult.threats.nearby import Seen, nearby
from consult.threats.workflow import Status

YEARS = timedelta(days=1_100)
LAST_YEAR = timedelta(days=360)
OF_ITS_VOICE = (
    "id", "category_code", "group_code", "lon", "lat", "x", "y", "accuracy_m", "district_code", "commune_code",
)  # fmt: skip
FIXED = {
    "status": Status.NEW, "observations": 1, "voices": 1, "independent": 1, "from_records": 0, "from_contact": 0,
    "from_online": 1, "is_whole_area": False, "is_settled": False,
}  # fmt: skip


def prepare(size):
    """Fill a database with threats of one voice each, over the last three years."""
    heart.START = now() - YEARS
    with transaction():
        rows = sheet.read((Path(categories.__file__).parent / "categories.csv").read_bytes())
        catalogue.load(rows, heart.START.date())
        square = Outline(1, "1003", "powiat łaski", shapely.box(100_000, 100_000, 900_000, 900_000))
        districts.record_set([square], level=Level.DISTRICT, valid_from=heart.START.date())
        heart.fill(size)
        _begin_threats()
    with transaction():
        db.session.execute(text("ANALYZE"))


def _begin_threats():
    voice, threat, link = Observation.__table__.c, Threat.__table__, Link.__table__
    came = dict.fromkeys(("status_at", "created_at", "arrived_at"), voice.admitted_at)
    moments = {**came, "first_at": voice.observed_from, "last_at": voice.observed_to}
    fixed = [literal(value, threat.c[name].type) for name, value in FIXED.items()]
    found = select(*(voice[name] for name in OF_ITS_VOICE), *fixed, *moments.values())
    db.session.execute(insert(threat).from_select([*OF_ITS_VOICE, *FIXED, *moments], found))
    if db.engine.dialect.name == "postgresql":  # its numbers go on after those that were given here
        top = func.pg_get_serial_sequence("threat", "id")
        db.session.execute(select(func.setval(top, select(func.max(threat.c.id)).scalar_subquery())))
    made = {"score": 1.0, "reasons": [], "made_by": LinkedBy.MACHINE, "actor_id": 0}
    said = [literal(value, link.c[name].type) for name, value in made.items()]
    found = select(voice.id, voice.id, *said, voice.admitted_at)
    db.session.execute(insert(link).from_select(["observation_id", "threat_id", *made, "made_at"], found))


def places(count):
    """Draw what residents report: a public kind, a day of the last year, a place near a known voice."""
    random = np.random.default_rng(11)
    chosen = select(Observation).where(Observation.observed_from > now() - LAST_YEAR)
    top = db.session.scalar(select(func.max(Observation.id)))
    while count:
        found = db.session.scalar(chosen.where(Observation.id >= int(random.integers(1, top))).limit(1))
        if found is None or "." in found.group_code:  # a protected kind is asked about nothing
            continue
        count -= 1
        lon, lat = found.lon + random.normal(0, 3e-4), found.lat + random.normal(0, 2e-4)
        yield found.id, found.category, Place.point(lon, lat), day_of(found.observed_from)


def seconds_of(action):
    """Seconds of the clock and of our own processor time that an action takes, and what it gave."""
    began, cpu = time.perf_counter(), time.process_time()
    result = action()
    return (time.perf_counter() - began, time.process_time() - cpu), result


def measure(app, size, asked):
    """Ask so many times; one line of figures."""
    by_key, looks, pages, found = [], [], [], 0
    drawn = list(places(asked))
    for number, category, place, day in drawn:
        seen = Seen(category, place, *window(day))
        db.session.expunge_all()
        by_key.append(seconds_of(lambda number=number: db.session.get(Threat, number))[0])
        db.session.expunge_all()
        took, near = seconds_of(lambda seen=seen: nearby(seen, now()))
        looks.append(took)
        found += len(near)
    db.session.rollback()
    client, sent = app.test_client(), []
    for _number, category, place, day in drawn[: asked // 4]:
        answers = {
            "category": category.code, "place": json.dumps(place.geojson), "observed_on": str(day), "key": "0" * 32,
            "description": "Tak jest co tydzień",
        }  # fmt: skip
        took, answer = seconds_of(lambda answers=answers: client.post("/online-reports/new", data=answers))
        assert answer.status_code == 200, answer.text
        pages.append(took)
        report = {**answers, "step": "send", "key": uuid.uuid4().hex}
        took, answer = seconds_of(lambda report=report: client.post("/online-reports/new", data=report))
        assert answer.status_code == 303, answer.text
        sent.append(took)
    lists = [seconds_of(lambda: client.get("/threats"))[0] for _ in range(20)]
    times, times_cpu = np.median(looks, axis=0) / np.median(by_key, axis=0)
    print(
        f"{size:>9,} threats | by key {_told(by_key)} | nearby {_told(looks)}, {times:.1f} x (cpu {times_cpu:.1f} x), "
        f"{found / asked:.1f} found on average | the page {_told(pages)} | "
        f"sent {_told(sent)} | list {_told(lists)}"
    )


def _told(measured):
    wall, cpu = zip(*measured, strict=True)
    half, most = (1e3 * float(np.quantile(wall, share)) for share in (0.5, 0.95))
    return f"p50 {half:.2f} ms, p95 {most:.2f} ms, cpu {1e3 * statistics.median(cpu):.2f} ms"


def main():
    """Measure each size in a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="+", default=[100_000])
    parser.add_argument("--database", help="an empty PostgreSQL database instead of SQLite files")
    parser.add_argument("--asked", type=int, default=400)
    chosen = parser.parse_args()
    for size in chosen.size:
        with tempfile.TemporaryDirectory() as folder:
            url = chosen.database or f"sqlite+pysqlite:///{folder}/nearby.db"
            config = Config(
                SECRET_KEY="b" * 40, SQLALCHEMY_DATABASE_URI=url, INSTANCE=Path(folder), RATELIMIT_ENABLED=False
            )
            app = create_app(config)
            app.config["WTF_CSRF_ENABLED"] = False
            with app.app_context():
                upgrade()
                prepare(size)
                measure(app, size, chosen.asked)
                db.session.remove()
                db.engine.dispose()


if __name__ == "__main__":
    main()
