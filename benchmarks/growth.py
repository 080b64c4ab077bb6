"""How pages grow with the country: statements, rows fetched and processor time of each, at several sizes.

    .venv/bin/python -m benchmarks.growth DATABASE [DATABASE …] [--rounds 5]

Each database is an SQLite file or a PostgreSQL address that `flask demo load --observations N --districts all` filled.
A page is asked once to warm and then `--rounds` times, as a resident or as the demonstration's officer or coordinator;
printed are the median processor time in ms of this process (and of PostgreSQL's own for its connections, where it runs
on this machine; parallel workers are off, so that they are not missed), the statements, and the rows that the database
gave. At the end of a line stands by how much the time grew between the first and the last size; a page whose rows grew
with the country by more than a half as fast is marked: it reads what it does not show.
"""

import argparse
import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event, func, select, text
from sqlalchemy.engine import CursorResult

from consult.accounts.models import Account
from consult.app import create_app
from consult.config import Config
from consult.db import db, is_sqlite
from consult.demo import people
from consult.observations.models import Observation
from consult.threats.models import Threat
from tests.accounts.makers import sign_in

PUBLIC = (
    ("first page", "/"),
    ("first page, one district", "/?district=1003"),
    ("list of threats", "/threats"),
    ("list of threats, page 20", "/threats?page=20"),
    ("list of one district", "/threats?district=1003"),
    ("list of a voivodeship", "/threats?district=14"),
    ("list of a past period", "/threats?period=2026-Q1"),
    ("list of a period of few", "/threats?period=2025-Q1"),
    ("list by category", "/threats?category=alkohol"),
    ("list of one district, one category", "/threats?district=1003&category=parkowanie"),
    ("map data of a view", "/threats.geojson?bbox=19.0,51.5,19.6,51.9"),
    ("page of a district", "/districts/1003"),
    ("statistics of a district", "/districts/1003/statistics"),
    ("what was asked for", "/proposals"),
    ("API: threats", "/api/threats"),
    ("Open311: requests", "/open311/v2/requests.json"),
)
STAFF = (
    ("today, officer", "dzielnicowy.lask@example.pl", "/today"),
    ("threats, officer", "dzielnicowy.lask@example.pl", "/threats"),
    ("today, coordinator", people.COORDINATOR, "/today"),
    ("threats, coordinator", people.COORDINATOR, "/threats"),
    ("suggestions, coordinator", people.COORDINATOR, "/threats/suggestions"),
    ("audit trail, head", "kierownik.lask@example.pl", "/audit"),
)


ALONE = "-c max_parallel_workers_per_gather=0"
SERVERS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")

FETCHING = ("_fetchiter_impl", "_fetchone_impl", "_fetchall_impl", "_fetchmany_impl")
"""All ways in which SQLAlchemy takes rows from a cursor."""


@contextmanager
def watched():
    """Count statements and rows within."""
    seen = {"statements": 0, "rows": 0}
    originals = {name: getattr(CursorResult, name) for name in FETCHING}

    def sent(*_args):
        seen["statements"] += 1

    event.listen(db.engine, "before_cursor_execute", sent)
    for name, original in originals.items():
        setattr(CursorResult, name, _counted(name, original, seen))
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", sent)
        for name, original in originals.items():
            setattr(CursorResult, name, original)


def _counted(name, original, seen):
    def one_by_one(rows):
        for row in rows:
            seen["rows"] += 1
            yield row

    def fetched(self, *args, **kwargs):
        found = original(self, *args, **kwargs)
        if name == "_fetchiter_impl":
            return one_by_one(found)
        seen["rows"] += (found is not None) if name == "_fetchone_impl" else len(found)
        return found

    return fetched


def application(address, folder):
    """The product on a database that is there."""
    url = address if "://" in address else f"sqlite+pysqlite:///{Path(address).resolve()}"
    return create_app(
        Config(
            SECRET_KEY="g" * 40, SQLALCHEMY_DATABASE_URI=url.replace("postgresql://", "postgresql+psycopg://"),
            INSTANCE=folder, REPORTS_OUT=folder / "out", TESTING=True, RATELIMIT_ENABLED=False,
            SQLALCHEMY_ENGINE_OPTIONS={} if url.startswith("sqlite") else {"connect_args": {"options": ALONE}},
        )
    )  # fmt: skip


def asked(client, address, rounds):
    """Median processor time in ms, statements and rows of a page; and its status."""
    client.get(address)
    with watched() as seen:
        status = client.get(address).status_code
    servers, spent = _servers(), []
    for _round in range(rounds):
        began = _spent_ms(servers)
        client.get(address)
        spent.append(_spent_ms(servers) - began)
    return statistics.median(spent), seen["statements"], seen["rows"], status


def _servers():
    """What tells of the processor time of PostgreSQL's processes for this program's connections, if it runs here."""
    if is_sqlite():
        return []
    with db.engine.connect() as connection:
        numbers = connection.scalars(SERVERS).all()
    told = [Path(f"/proc/{number}/schedstat") for number in numbers]
    return [
        path for path in told if path.with_name("comm").is_file() and "postgres" in path.with_name("comm").read_text()
    ]


def _spent_ms(servers):
    return 1_000 * time.process_time() + sum(int(path.read_text().split()[0]) for path in servers) / 1_000_000


def measured(address, rounds):
    """All pages of one database: how many voices and threats it has, and the figures by page."""
    with tempfile.TemporaryDirectory() as folder:
        app = application(address, Path(folder))
        with app.app_context():
            size = db.session.scalar(select(func.count()).select_from(Observation))
            threats = db.session.scalar(select(func.count()).select_from(Threat))
            figures = {name: asked(app.test_client(), url, rounds) for name, url in PUBLIC}
            for name, email, url in STAFF:
                account = db.session.scalars(select(Account).where(Account.email == email)).one()
                figures[name] = asked(sign_in(app.test_client(), account), url, rounds)
            db.session.remove()
            db.engine.dispose()
    return size, threats, figures


def _told(ms, statements, rows, status):
    refused = "" if status == 200 else f" ({status})"
    return f"{ms:.0f} ms, {statements} st., {rows:,} rows{refused}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("databases", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    os.environ.setdefault("FLASK_APP", "wsgi")
    sizes = [measured(address, chosen.rounds) for address in chosen.databases]
    sizes.sort(key=lambda one: one[0])
    print("| page | " + " | ".join(f"{size:,} voices, {threats:,} threats" for size, threats, _ in sizes) + " | |")
    print("|---" * (len(sizes) + 2) + "|")
    growth = sizes[-1][0] / sizes[0][0]
    for name in sizes[0][2]:
        cells = [figures[name] for _size, _threats, figures in sizes]
        told = " | ".join(_told(*cell) for cell in cells)
        grew = growth > 2 and cells[-1][2] > max(cells[0][2], 50) * growth / 2
        times = f"{cells[-1][0] / cells[0][0]:.1f} ×{', grows with the country' if grew else ''}"
        print(f"| {name} | {told} | {times if len(cells) > 1 else ''} |")


if __name__ == "__main__":
    main()
