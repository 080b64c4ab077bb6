"""Writing official figures: new ones are added, changed ones leave a trace, and what is there already stays untouched.

The tables of offences, population and land have one shape (a key, a number or a sign, the file it came with), so one
ledger writes all of them. Many figures are compared at once: a file has a hundred thousand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from consult.clock import now
from consult.db import db
from consult.districts.models import FigureFile, FigureRevision
from consult.districts.official import Figure, FigureKind

BATCH = 5_000
SHOWN_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is here and that a file says otherwise."""

    key: tuple[str, ...]
    before: float | None
    before_flag: str
    after: float | None
    after_flag: str


@dataclass
class Tally:
    """What a file would do, or did: figures new, unchanged and changed, and the first of the changes."""

    new: int = 0
    unchanged: int = 0
    changed: int = 0
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Ledger:
    """A table of official figures: `keys` are its columns that tell one figure from another, area and period first."""

    model: Any
    keys: tuple[str, ...]

    def compare(self, figures: Iterable[Figure], tally: Tally) -> None:
        """Count what figures would change; nothing is written."""
        for part in _parts(figures):
            self._divide(part, tally)

    def enter(self, figures: Iterable[Figure], tally: Tally, file: FigureFile) -> None:
        """Write figures that come with a file."""
        for part in _parts(figures):
            new, changed = self._divide(part, tally)
            if new:
                db.session.execute(insert(self.model), [self._row(figure, file.id) for figure in new])
            self._revise(changed, file)

    def _divide(self, part: Sequence[Figure], tally: Tally) -> tuple[list[Figure], list[tuple[Any, Figure]]]:
        """Tell new figures from those that are here and say something else."""
        known = self._known(part)
        new = [figure for figure in part if figure.key not in known]
        changed = [
            (row, figure)
            for figure in part
            if (row := known.get(figure.key)) and (row.value, row.flag) != (figure.value, figure.flag)
        ]
        tally.new += len(new)
        tally.changed += len(changed)
        tally.unchanged += len(part) - len(new) - len(changed)
        room = max(SHOWN_CHANGES - len(tally.changes), 0)
        tally.changes += [
            Change(figure.key, row.value, row.flag, figure.value, figure.flag) for row, figure in changed[:room]
        ]
        return new, changed

    def _known(self, part: Sequence[Figure]) -> dict[tuple[str, ...], Any]:
        """Read what is here of the areas and periods that a part speaks of."""
        columns = [getattr(self.model, name) for name in self.keys]
        chosen = select(self.model.id, self.model.value, self.model.flag, self.model.file_id, *columns)
        for place, column in enumerate(columns[:2]):
            chosen = chosen.where(column.in_({figure.key[place] for figure in part}))
        return {tuple(map(str, row[4:])): row for row in db.session.execute(chosen)}

    def _row(self, figure: Figure, file_id: int) -> dict[str, Any]:
        row: dict[str, Any] = dict(zip(self.keys, figure.key, strict=True))
        return row | {"value": figure.value, "flag": figure.flag, "file_id": file_id}

    def _revise(self, changed: Sequence[tuple[Any, Figure]], file: FigureFile) -> None:
        if not changed:
            return
        revisions = [
            {
                "kind": file.kind,
                "area_code": figure.key[0],
                "period": figure.key[1],
                "what": "\t".join(figure.key[2:]),
                "before": row.value,
                "before_flag": row.flag,
                "after": figure.value,
                "after_flag": figure.flag,
                "before_file_id": row.file_id,
                "file_id": file.id,
            }
            for row, figure in changed
        ]
        db.session.execute(insert(FigureRevision), revisions)
        table = self.model.__table__
        written = update(table).where(table.c.id == bindparam("known_id"))
        written = written.values({name: bindparam(f"now_{name}") for name in ("value", "flag", "file_id")})
        db.session.connection().execute(
            written,
            [
                {
                    "known_id": row.id,
                    "now_value": figure.value,
                    "now_flag": figure.flag,
                    "now_file_id": file.id,
                }
                for row, figure in changed
            ],
        )


def _parts(figures: Iterable[Figure]) -> Iterator[Sequence[Figure]]:
    """Give figures in parts, so that many are compared with what is here at once."""
    left = iter(figures)
    while part := list(islice(left, BATCH)):
        yield part


def begin_file(
    kind: FigureKind, *, name: str, source: str, updated_on: date | None, digest: str, actor_id: int
) -> FigureFile:
    """Write down that a file comes in; its counts follow when it is read."""
    file = FigureFile(
        kind=kind,
        name=name[:200],
        source=source[:300],
        updated_on=updated_on,
        digest=digest,
        imported_at=now(),
        actor_id=actor_id,
        read=0,
        new=0,
        changed=0,
    )
    db.session.add(file)
    db.session.flush()
    return file


def end_file(file: FigureFile, read: int, tally: Tally) -> None:
    """Write down what a file brought; one that was here before and brings nothing leaves no trace."""
    file.read, file.new, file.changed = read, tally.new, tally.changed
    db.session.flush()
    known = select(func.count(FigureFile.id)).where(FigureFile.digest == file.digest, FigureFile.id != file.id)
    if not tally.new and not tally.changed and db.session.scalar(known):
        db.session.execute(delete(FigureFile).where(FigureFile.id == file.id))
        db.session.expunge(file)
