"""Writing official figures from files: looked at first, taken whole or not at all, nothing twice."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.db import db, take_turn
from consult.districts import figures as ledgers
from consult.districts import inhabitants
from consult.districts.figures import Ledger, Tally
from consult.districts.models import LandArea, Population
from consult.districts.official import Figure, FigureKind
from consult.police_records import reading
from consult.police_records.faults import FileRefused
from consult.police_records.models import RecordedFigure, RecordedMeasure
from consult.police_records.reading import Reading
from consult.words import folded

TURN = 71
"""Two files at once would each take the other's figures for new."""

LEDGERS = {
    FigureKind.OFFENCES: Ledger(RecordedFigure, ("area_code", "period", "measure_code", "place")),
    FigureKind.POPULATION: Ledger(Population, ("area_code", "period", "sex", "age")),
    FigureKind.AREA: Ledger(LandArea, ("area_code", "period")),
}


@dataclass(frozen=True)
class Plan:
    """What a file holds and would do. `is_older` says that figures of a later day are here already."""

    kind: FigureKind
    read: int
    tally: Tally
    source: str
    updated_on: date | None
    areas: frozenset[str]
    periods: tuple[str, ...]
    new_measures: tuple[str, ...]
    is_older: bool
    digest: str

    @property
    def writes(self) -> int:
        """How many figures would be written."""
        return self.tally.new + self.tally.changed


@dataclass(frozen=True)
class Origin:
    """What is said of a file beside its figures: its name, where they come from, their day, and who brings it."""

    name: str
    source: str = ""
    updated_on: date | None = None
    actor_id: int = audit.MACHINE
    unit_path: str = ""


def plan(content: bytes, kind: FigureKind, origin: Origin) -> Plan:
    """Say what a file would do; writes nothing. Raises FileRefused."""
    read, tally = begun(content, kind), Tally()
    LEDGERS[kind].compare(read.figures(), tally)
    return _planned(read, tally, origin)


def enter(read: Reading, figures: Iterable[Figure], origin: Origin) -> Plan:
    """Take the figures of a file; what the file itself says of source and day stands where nobody says otherwise.

    Raises FileRefused: whoever calls then takes the transaction back.
    """
    take_turn(TURN)
    tally = Tally()
    file = ledgers.begin_file(
        read.kind,
        name=origin.name,
        source=origin.source or read.title or origin.name,
        updated_on=origin.updated_on or read.updated_on,
        digest=read.digest,
        actor_id=origin.actor_id,
    )
    LEDGERS[read.kind].enter(_with_measures(read, figures), tally, file)
    planned = _planned(read, tally, origin)
    if planned.writes:
        facts = {"kind": read.kind.value, "read": read.read, "new": tally.new, "changed": tally.changed}
        audit.note(origin.actor_id, "import_figures", "figure_file", file.id, origin.unit_path, **facts)
    ledgers.end_file(file, read.read, tally)
    return planned


def begun(content: bytes, kind: FigureKind) -> Reading:
    """Begin to read a file; its figures follow one by one. Raises FileRefused."""
    return reading.begin(content, kind, today(), _categories())


def _categories() -> dict[str, str]:
    """Give the codes of the categories by all names they go by, folded."""
    return {
        " ".join(folded(name).split()): category.code
        for category in catalogue.everything()
        for name in (category.code, *(name for entry in category.names for name in (entry.pl, entry.en, entry.uk)))
    }


def _with_measures(read: Reading, figures: Iterable[Figure]) -> Iterator[Figure]:
    """Write each measure down before the first of its figures."""
    known = set(db.session.scalars(select(RecordedMeasure.code)))
    for figure in figures:
        if read.kind is FigureKind.OFFENCES and figure.key[2] not in known:
            found = read.measures[figure.key[2]]
            row = {"code": found.code, "name": found.name, "unit": found.unit, "of_code": found.of}
            db.session.execute(insert(RecordedMeasure), [row])
            known.add(found.code)
        yield figure


def _planned(read: Reading, tally: Tally, origin: Origin) -> Plan:
    if read.faults:
        raise FileRefused(read.faults, read.read)
    day = origin.updated_on or read.updated_on
    known = set(db.session.scalars(select(RecordedMeasure.code)))
    return Plan(
        read.kind,
        read.read,
        tally,
        origin.source or read.title or origin.name,
        day,
        frozenset(read.areas),
        tuple(sorted(read.periods)),
        tuple(read.measures[code].name for code in sorted(read.measures) if code not in known),
        bool(tally.changed) and _is_older(read.kind, day),
        _digest(read, tally),
    )


def _is_older(kind: FigureKind, day: date | None) -> bool:
    days = [file.updated_on for file in inhabitants.figure_files(kind) if file.updated_on]
    return bool(day and days and day < max(days))


def _digest(read: Reading, tally: Tally) -> str:
    """Name a file together with all that it would do now."""
    facts = f"{read.digest} {read.kind} {tally.new} {tally.changed} {tally.changes}"
    return hashlib.sha256(facts.encode()).hexdigest()
