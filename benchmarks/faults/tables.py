"""What becomes of tables: every step of the migrations with a year of rows, and steps that are killed half way."""

import hashlib
import logging
import os
import random
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from benchmarks.faults.machine import databases, product
from consult.audit import operations as audit
from consult.config import ROOT
from consult.db import db
from consult.demo import operations as demo
from consult.geo import Place
from consult.online_reports.models import OnlineReport
from consult.upkeep import database
from tests.upkeep.makers import checksums, fill
from tests.upkeep.test_upgrading import OLDER, killed

ROWS = int(os.environ.get("ROWS", "50000"))
LONGEST_STEP_S = 120
AT_ONCE = 1_000
"""So many values of a column are marked together; one by one, and as objects of Python, they took most of the time."""
KILLS = 12
WITHHELD = "UPDATE statement SET withheld_because = 'wskazuje osobę' WHERE id = (SELECT min(id) FROM statement)"
DECIDED = {"0025": "UPDATE statement SET withheld_because = ''"}
"""What a person has to take back before a step back that would otherwise show what is protected."""

TOLD_OTHERWISE = {
    "0021": {"pyramid_cell"},  # sums of the same voices, kept for other zooms
    "0026": {"meeting", "meeting_district"},  # planned meetings go: the version before cannot tell them from held ones
}
"""What a step says in its own words that it does to rows."""


# Every step


def every_step():
    """F14. Each step goes down and up again with a year of rows and 50,000 reports more, and they stay as they are."""
    for name, around in databases():
        with around(), product() as app:
            app.logger.setLevel(logging.CRITICAL)
            demo.load()
            db.session.commit()
            _fill_reports(ROWS)
            db.session.execute(sa.text(WITHHELD))
            db.session.commit()
            yield name, *_stepped()


def _stepped():
    """Go down step by step; after each one up and down once more, which has to change neither tables nor rows."""
    newest_first = sorted(_revisions(), reverse=True)
    above, shape, filled = _columns(), _shape(), _filled()
    changed, told, refused, times = [], [], [], []
    for newer, older in pairwise(newest_first):
        known = TOLD_OTHERWISE.get(newer, set())
        seconds = _timed(downgrade, older)
        if seconds is None:
            refused.append(newer)
            _decide(newer)
            above, seconds = _columns(), _timed(downgrade, older)
        below, lower = _columns(), _shape()
        times += [(seconds, newer), (_timed(upgrade, newer), newer)]
        lost = _differences(above, below)
        again = _differences(below, _columns())
        told += [newer] * bool(known & (lost | again))
        changed += [f"{newer} {name}" for name in sorted((lost | again) - known)]
        changed += [f"{newer} up again {name}" for name in sorted(_differences(shape, _shape(), all_of_them=True))]
        times.append((_timed(downgrade, older), newer))
        changed += [f"{newer} down again {name}" for name in _differences(below, _columns(), all_of_them=True)]
        changed += [f"{newer} down again {name}" for name in _differences(lower, _shape(), all_of_them=True)]
        above, shape = below, lower
    times.append((_timed(upgrade, "head"), "head"))
    changed += [f"to the head {name}" for name in sorted(_differences(above, _columns()))]
    slowest, which = max(times)
    words = (
        f"{len(newest_first)} revisions, {filled} tables with rows, {ROWS} reports more, {len(times)} steps, slowest "
        f"{slowest:.1f} s ({which}); refused until a person decides: {', '.join(refused) or 0}; rows changed as the "
        f"step says: {', '.join(told) or 0}; changed otherwise: {', '.join(changed) or 0}"
    )
    good = not changed and refused == [*DECIDED] and slowest < LONGEST_STEP_S
    return good and audit.verify().is_intact, words


def _revisions():
    return [re.match(r"\d{4}", path.name)[0] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")]


def _timed(act, to):
    """Take a step and tell how long it took; None where it was refused."""
    db.session.remove()
    began = time.monotonic()
    try:
        act(revision=to)
    except SystemExit:
        return None
    return time.monotonic() - began


def _decide(revision):
    db.session.execute(sa.text(DECIDED[revision]))
    db.session.commit()


def _tables(connection):
    known = sa.MetaData()
    known.reflect(connection)
    return [table for table in known.sorted_tables if table.name != "alembic_version" and "traffic" not in table.name]


def _columns():
    """A mark of each column with all its rows, in the order of their keys."""
    db.session.remove()
    found = {}
    with db.engine.connect() as connection:
        for table in _tables(connection):
            marks = [hashlib.blake2b(digest_size=16) for _column in table.c]
            rows = connection.execute(sa.select(*map(_as_text, table.c)).order_by(*(table.primary_key or table.c)))
            for part in rows.partitions(AT_ONCE):
                for mark, values in zip(marks, zip(*part, strict=True), strict=True):
                    mark.update(repr(values).encode())
            found |= {(table.name, c.name): mark.digest() for c, mark in zip(table.c, marks, strict=True)}
    return found


def _as_text(column):
    """Let the database itself write a value as text."""
    return column if isinstance(column.type, sa.LargeBinary) else sa.cast(column, sa.Text)


def _filled():
    with db.engine.connect() as connection:
        return sum(connection.execute(sa.select(table).limit(1)).first() is not None for table in _tables(connection))


def _shape():
    """What each table is: its columns, keys, indexes and checks."""
    asked = sa.inspect(db.engine)
    parts = (
        asked.get_multi_indexes(),
        asked.get_multi_check_constraints(),
        asked.get_multi_unique_constraints(),
        asked.get_multi_foreign_keys(),
    )
    keys = asked.get_multi_pk_constraint()
    return {
        (name, "table"): (
            sorted(repr((one["name"], str(one["type"]), one["nullable"])) for one in columns),
            *(sorted(_plain(one) for one in part.get((schema, name), [])) for part in parts),
            keys[schema, name]["constrained_columns"],
        )
        for (schema, name), columns in asked.get_multi_columns().items()
    }


def _plain(found):
    """Write what was found as text: the condition of an index comes as an object."""
    return str(
        {key: {k: str(v) for k, v in one.items()} if isinstance(one, dict) else one for key, one in found.items()}
    )


def _differences(first, second, *, all_of_them=False):
    """Name the tables that differ; what only one side has differs only where all has to be there."""
    names = first.keys() | second.keys() if all_of_them else first.keys() & second.keys()
    return {name[0] for name in names if first.get(name) != second.get(name)}


def _fill_reports(n):
    words = ("Zażółć gęślą jaźń: ŁÓDŹ ŚĆĄĘŃ źółw " * 20)[:500]
    moment = datetime.now(UTC).replace(microsecond=0)
    rows = [
        {
            "channel": "page" if number % 3 else "import",
            "natural_key": f"{number:064x}",
            "receipt_hash": f"{number:064x}" if number % 3 else None,
            "body_digest": "d" * 64,
            "category_code": "parkowanie",
            "place": Place.point(19.13, 51.59),
            "observed_from": moment,
            "observed_to": moment,
            "weekdays": 0,
            "times_of_day": 0,
            "description": words if number % 2 else "",
            "language": "pl",
            "voice_key": None,
            "sent_at": moment + timedelta(seconds=number),
        }
        for number in range(n)
    ]
    for start in range(0, n, 5_000):
        db.session.execute(sa.insert(OnlineReport).execution_options(render_nulls=True), rows[start : start + 5_000])
    db.session.commit()


# Half a step


def killed_steps(n=KILLS):
    """F15. A migration is killed after any of its changes: the tables are as they were, and the next try succeeds."""
    for name, around in databases():
        with around():
            with product() as app:
                statements = _changes(app)
            with product() as app:
                yield name, *_killed_steps(app, n, statements)


def _changes(app):
    """Count the changes of a migration that nobody kills."""
    db.session.remove()
    downgrade(revision=OLDER)
    db.engine.dispose()
    return int(killed(app, after=-1).stdout.split()[-1])


def _killed_steps(app, n, statements):
    fill(app)
    db.session.remove()
    newest = database.head()
    downgrade(revision=OLDER)
    before, dice, half = checksums(), random.Random(1), 0
    for after in dice.sample(range(1, statements + 1), n):
        db.session.remove()
        db.engine.dispose()
        was_killed = killed(app, after).returncode == -signal.SIGKILL
        half += not (was_killed and database.head() == OLDER and checksums() == before)
    db.session.remove()
    upgrade()
    good = half == 0 and database.head() == newest and audit.verify().is_intact
    return good, f"{n} kills within the {statements} changes from {OLDER} to {newest}; half done {half}"
