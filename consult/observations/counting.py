"""The counts of the map's cells, kept current by whatever changes which voices stand where.

What a transaction changes is written at its very end, summed up, in one order of rows: the cells of a whole region are
rows that everybody writes to, so nobody may hold one while waiting for something else.
"""

from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, Row, delete, event, func, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from consult.db import db, is_sqlite
from consult.observations import pyramid
from consult.observations.models import Observation, PyramidCell
from consult.observations.pyramid import EVERY_KIND, STORED, Counts
from consult.tiles import FINEST

COLUMNS = (
    Observation.category_code,
    Observation.lon,
    Observation.lat,
    Observation.cell,
    Observation.district_code,
    Observation.commune_code,
)
"""What counting needs of a voice. None of it ever changes but the areas, when boundaries do."""

_NAMES = tuple(column.key for column in COLUMNS)
of_observation, of_columns = attrgetter(*_NAMES), itemgetter(*_NAMES)

BATCH = 20_000
_PENDING = "pyramid"

CELLS: Any = PyramidCell.__table__


def count(voice: Any, times: int = 1) -> None:
    """Count a voice that stands now, or (`times` -1) one that does not any more: what `COLUMNS` name of it."""
    pyramid.add(_changed(db.session()), voice, times)


def _changed(session: Session) -> Counts:
    """Give what the transaction at hand has changed so far; a savepoint has changes of its own."""
    transaction = _transaction(session) or session.begin()
    changes: dict[SessionTransaction, Counts] = session.info.setdefault(_PENDING, {})
    return changes.setdefault(transaction, {})


def _transaction(session: Session) -> SessionTransaction | None:
    return session.get_nested_transaction() or session.get_transaction()


@event.listens_for(db.session, "before_commit", insert=True)  # before the turn of the audit trail, which is taken last
def _settle(session: Session) -> None:
    """Write what a transaction changed; what a savepoint changed becomes its transaction's."""
    changes, transaction = session.info.get(_PENDING), _transaction(session)
    if not changes or transaction is None or transaction not in changes:
        return
    counts = changes.pop(transaction)
    if transaction.nested and transaction.parent is not None:
        pyramid.merge(changes.setdefault(transaction.parent, {}), counts)
    else:
        _write(session, counts)


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """Drop what was rolled back."""
    session.info.get(_PENDING, {}).pop(transaction, None)


def _write(session: Session, counts: Counts) -> None:
    """Add to the cells of every zoom, always in one order of rows, so that two writers never wait crosswise.

    The finest zoom comes first, and within a zoom it goes area by area, cell by cell and category by category.
    """
    finest = {key: sums for key, sums in counts.items() if any(sums)}
    if len(finest) == 1:
        _write_one(session.connection(), *next(iter(finest.items())))
    elif finest:
        _write_many(session.connection(), finest)


def _write_one(connection: Connection, key: pyramid.Key, sums: list[int]) -> None:
    """Add what one cell of the finest zoom says to all of them within one statement."""
    connection.execute(_ADDING, _facts(key, sums))
    if sums[0] <= 0:
        connection.execute(_CLEARING, _facts(key, sums))


def _write_many(connection: Connection, finest: Counts) -> None:
    """Add up zoom by zoom first: of a thousand voices many stand in one cell of the coarser ones."""
    for zoom, counts in pyramid.levels(finest):
        changed = [(key, sums) for key, sums in sorted(counts.items(), key=_area_by_area) if any(sums)]
        rows = [_row(zoom, key, sums) for key, sums in changed]
        for start in range(0, len(rows), BATCH):
            connection.execute(_ADDING_EACH, rows[start : start + BATCH])
        fewer = [row for row in rows if row["observations"] <= 0]
        if fewer:
            connection.execute(_CLEARING_EACH, fewer)


def _area_by_area(entry: tuple[pyramid.Key, list[int]]) -> tuple[str, int, str]:
    category_code, cell, area_code = entry[0]
    return area_code, cell, category_code


def _facts(key: pyramid.Key, sums: list[int]) -> dict[str, Any]:
    category_code, cell, area_code = key
    west, north = pyramid.west_and_north(key)
    voices, east, south = sums
    return {
        "category_code": category_code,
        "cell": cell,
        "area_code": area_code,
        "west": west,
        "north": north,
        "voices": voices,
        "east": east,
        "south": south,
    }


_LEVEL = "WITH level (zoom, every) AS (VALUES {})".format(
    ", ".join(f"({zoom}, {every})" for zoom in reversed(STORED) for every in (f"'{EVERY_KIND}'", "NULL"))
)
"""Every stored zoom twice: for all categories together, and for the voice's own."""

_OR_MORE = """
ON CONFLICT (zoom, category_code, cell, area_code) DO UPDATE SET
    observations = pyramid_cell.observations + excluded.observations,
    east = pyramid_cell.east + excluded.east,
    south = pyramid_cell.south + excluded.south
"""

# A voice is counted at every stored zoom by one statement, as whoever sends it waits for that: `pyramid.levels`, within
# the database. 14 is the finest zoom, a cell of which is 2^7 units wide; with every coarser zoom it is twice as wide.
_ADDING = text(
    """
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, observations, east, south)
{level}
SELECT
    zoom, coalesce(every, :category_code), CAST(:cell AS BIGINT) >> (2 * (14 - zoom)), :area_code, :voices,
    :east + :voices * (CAST(:west AS BIGINT) & ((CAST(1 AS BIGINT) << (21 - zoom)) - 1)),
    :south + :voices * (CAST(:north AS BIGINT) & ((CAST(1 AS BIGINT) << (21 - zoom)) - 1))
FROM level WHERE true
{or_more}
""".replace("{level}", _LEVEL).replace("{or_more}", _OR_MORE)
)
_CLEARING = text(
    """
DELETE FROM pyramid_cell
WHERE observations = 0 AND area_code = :area_code AND (zoom, category_code, cell) IN (
    {level}
    SELECT zoom, coalesce(every, :category_code), CAST(:cell AS BIGINT) >> (2 * (14 - zoom)) FROM level)
""".replace("{level}", _LEVEL)
)

_ADDING_EACH = text(
    """
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, observations, east, south)
VALUES (:zoom, :category_code, :cell, :area_code, :observations, :east, :south)
{or_more}
""".replace("{or_more}", _OR_MORE)
)
_CLEARING_EACH = text("""
DELETE FROM pyramid_cell WHERE observations = 0
AND zoom = :zoom AND category_code = :category_code AND cell = :cell AND area_code = :area_code
""")


# Anew, and looking whether all is right


def rebuild() -> int:
    """Count all voices that stand anew; give the number of counts. Whoever writes waits meanwhile."""
    finest = _counted_anew()
    db.session.info.pop(_PENDING, None)  # counted with the others
    db.session.execute(delete(CELLS))
    rows = (_row(FINEST, key, sums) for key, sums in sorted(finest.items()))
    while part := list(islice(rows, BATCH)):
        db.session.execute(insert(CELLS), part)
    for finer, zoom in zip(STORED[:0:-1], STORED[-2::-1], strict=True):
        db.session.execute(_COARSER, {"finer": finer, "steps": finer - zoom})
    db.session.execute(_TOGETHER)
    return size()


def _row(zoom: int, key: pyramid.Key, sums: list[int]) -> dict[str, Any]:
    (category_code, cell, area_code), (observations, east, south) = key, sums
    return {
        "zoom": zoom,
        "category_code": category_code,
        "cell": cell,
        "area_code": area_code,
        "observations": observations,
        "east": east,
        "south": south,
    }


# `steps` is one or two; in two, the second bit of column and row is that of the cell around.
_COARSER = text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, observations, east, south)
SELECT
    zoom - :steps, category_code, cell >> (2 * :steps), area_code, sum(observations),
    sum(east + observations * ((cell & 1) + ((cell >> 1) & (2 * (:steps - 1)))) * (CAST(1 AS BIGINT) << (21 - zoom))),
    sum(south + observations * (((cell >> 1) & 1) + ((cell >> 2) & (2 * (:steps - 1))))
        * (CAST(1 AS BIGINT) << (21 - zoom)))
FROM pyramid_cell WHERE zoom = :finer GROUP BY 1, 2, 3, 4
""")
_TOGETHER = text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, observations, east, south)
SELECT zoom, '', cell, area_code, sum(observations), sum(east), sum(south)
FROM pyramid_cell GROUP BY zoom, cell, area_code
""")


def differences() -> int:
    """Tell how many counts are not what counting anew gives: 0 when all is right. Whoever writes waits meanwhile."""
    return sum(_differing(zoom, counts) for zoom, counts in pyramid.levels(_counted_anew()))


def size() -> int:
    """Tell how many counts there are."""
    return db.session.scalar(select(func.count()).select_from(CELLS)) or 0


def _differing(zoom: int, counts: Counts) -> int:
    chosen = select(CELLS).where(CELLS.c.zoom == zoom).execution_options(yield_per=BATCH)
    wrong, missing = 0, len(counts)
    for row in db.session.execute(chosen):
        expected = counts.get(_key(row))
        missing -= expected is not None
        wrong += expected != [row.observations, row.east, row.south]
    return wrong + missing


def _key(row: Row[Any]) -> pyramid.Key:
    return row.category_code, row.cell, row.area_code


def _counted_anew() -> Counts:
    """Count the voices that stand, at the finest zoom, while nobody else writes counts."""
    db.session.flush()
    if not is_sqlite():
        db.session.execute(text("LOCK TABLE pyramid_cell IN EXCLUSIVE MODE"))
    counts: Counts = {}
    chosen = select(*COLUMNS).where(Observation.withdrawn_at.is_(None), Observation.cell.is_not(None))
    for voice in db.session.execute(chosen.execution_options(yield_per=BATCH)):
        pyramid.add(counts, voice)
    return counts
