"""The counts of the map's cells, kept current by whatever changes which voices stand where.

What a transaction changes is written at its very end, summed up, in one order of rows: the cells of a whole region are
rows that everybody writes to, so nobody may hold one while waiting for something else.
"""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Row, bindparam, delete, event, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from consult.db import db, is_sqlite
from consult.observations import pyramid
from consult.observations.models import Observation, PyramidCell
from consult.observations.pyramid import Counts

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


@event.listens_for(db.session, "before_commit")
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
    changed = {key: sums for key, sums in counts.items() if any(sums)}
    rows = [row for zoom, level in pyramid.levels(changed) for row in _rows(zoom, level)]
    if not rows:
        return
    connection = session.connection()
    connection.execute(_adding(connection.dialect.name), rows)
    emptied = [{f"its_{key.name}": row[key.name] for key in CELLS.primary_key} for row in rows if row["voices"] <= 0]
    if emptied:
        connection.execute(_CLEARING, emptied)


def _rows(zoom: int, counts: Counts) -> Iterator[dict[str, Any]]:
    """Give the rows of a zoom in the order of their keys."""
    for (category_code, cell, area_code), (voices, east, south) in sorted(counts.items()):
        yield {
            "zoom": zoom,
            "category_code": category_code,
            "cell": cell,
            "area_code": area_code,
            "voices": voices,
            "east": east,
            "south": south,
        }


@cache
def _adding(engine: str) -> Any:
    """Write the statement that adds to a count, or begins one."""
    adding = (sqlite if engine == "sqlite" else postgresql).insert(CELLS)
    sums = {name: CELLS.c[name] + adding.excluded[name] for name in ("voices", "east", "south")}
    return adding.on_conflict_do_update(index_elements=list(CELLS.primary_key), set_=sums)


_CLEARING = delete(CELLS).where(
    CELLS.c.voices == 0, *(key == bindparam(f"its_{key.name}", type_=key.type) for key in CELLS.primary_key)
)


# Anew, and looking whether all is right


def rebuild() -> int:
    """Count all voices that stand anew; give the number of counts. Whoever writes waits meanwhile."""
    finest = _counted_anew()
    db.session.info.pop(_PENDING, None)  # counted with the others
    db.session.execute(delete(CELLS))
    written = 0
    for zoom, counts in pyramid.levels(finest):
        rows = _rows(zoom, counts)
        while part := list(islice(rows, BATCH)):
            db.session.execute(insert(CELLS), part)
        written += len(counts)
    return written


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
        wrong += expected != [row.voices, row.east, row.south]
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
