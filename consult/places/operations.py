"""Writing the gazetteer: every place once, with the best position that any source has for it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from consult.db import db
from consult.places.gazetteer import Entry
from consult.places.inflection import plain, stem_of_name
from consult.places.models import PlaceName

LEAST_ACCURACY_M = 600.0
ACCURACY_PER_ROOT_M = 15.0
"""A place's name means its built-up land, whose radius grows with the square root of its people."""

_RANKS = {sort: rank for rank, sort in enumerate(("miasto", "wieś", "osada", "kolonia", "przysiółek"))}


@dataclass(frozen=True)
class Around:
    """The commune (or, without commune boundaries, the district) that a place lies in, and a point inside it."""

    commune_code: str
    commune_name: str
    district_code: str
    district_name: str
    lon: float
    lat: float
    reach_m: float


@dataclass(frozen=True)
class Imported:
    """What became of a gazetteer: names read, new, changed, unchanged, and how many lie outside all boundaries."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int = 0
    without_area: int = 0


def import_names(entries: Iterable[Entry], around: Sequence[Around | None]) -> Imported:
    """Take in a gazetteer of one source, each name with the area it lies in. Twice changes nothing.

    A name that another source has in the same commune is the same place: the register gives it its sort and key,
    the other one its position and number of people.
    """
    known = [dict(row) for row in db.session.execute(select(PlaceName.__table__)).mappings()]
    book = _Book(known)
    for entry, area in zip(entries, around, strict=True):
        book.take(entry, area)
    _write(book)
    missing = sum(area is None for area in around)
    return Imported(len(around), len(book.new), book.count_changed(), book.unchanged, without_area=missing)


class _Book:
    """The gazetteer while it is being written: rows as they were and as they shall be."""

    def __init__(self, known: list[dict[str, Any]]) -> None:
        self.new: list[dict[str, Any]] = []
        self.changed: dict[int, dict[str, Any]] = {}
        self.unchanged = 0
        self._by_key = {(row["source"], row["source_key"]): row for row in known}
        self._by_position = {row["position_key"]: row for row in known if row["position_key"]}
        self._by_name: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in known:
            self._by_name.setdefault((row["folded"], row["commune_code"][:6]), []).append(row)

    def take(self, entry: Entry, area: Around | None) -> None:
        """Put one entry in its place: a row of its own, or the row of the same place from another source."""
        wanted = _row(entry, area)
        own = self._by_key.get((entry.source, entry.key)) or self._by_position.get(_mark(entry))
        row = own or self._same_place(entry, wanted)
        if row is None:
            self.new.append(wanted)
            self._remember(wanted)
            self._by_name.setdefault((wanted["folded"], wanted["commune_code"][:6]), []).append(wanted)
        else:
            self._merge(row, wanted, entry)

    def count_changed(self) -> int:
        """Tell how many rows that were there are different now."""
        return len(self.changed)

    def _remember(self, row: dict[str, Any]) -> None:
        self._by_key[row["source"], row["source_key"]] = row
        if row["position_key"]:
            self._by_position[row["position_key"]] = row

    def _same_place(self, entry: Entry, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """Find the row of another source with the same name in the same commune, the most important one."""
        if not wanted["commune_code"] or entry.part_of:
            return None
        names = dict.fromkeys((wanted["folded"], *map(plain, entry.aliases)))
        others = [row for name in names for row in self._by_name.get((name, wanted["commune_code"][:6]), ())]
        fitting = [row for row in others if row["source"] != entry.source and not row["part_of"]]
        if entry.source == "simc":
            fitting = [row for row in fitting if row["source"] == "geonames"]
        else:
            fitting = [row for row in fitting if row["position_key"] is None]
        return min(fitting, key=lambda row: (_RANKS.get(row["sort"], 9), row["source_key"]), default=None)

    def _merge(self, row: dict[str, Any], wanted: dict[str, Any], entry: Entry) -> None:
        after = row | _merged(row, wanted, entry)
        if after == row:
            self.unchanged += 1
            return
        row.update(after)
        self._remember(row)
        if "id" in row:
            self.changed[row["id"]] = row


def _merged(row: dict[str, Any], wanted: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """Choose what an entry tells a row of the same place."""
    if entry.source != "simc" and row["source"] == "simc":
        told = ("lon", "lat", "position_key", "accuracy_m", "population")
        return {name: wanted[name] for name in told}
    if entry.source == "simc" and row["position_key"] and wanted["commune_code"][:6] == row["commune_code"][:6]:
        kept = {"lon", "lat", "position_key", "accuracy_m", "population"}
        return {name: value for name, value in wanted.items() if name not in kept}
    return wanted


def _row(entry: Entry, area: Around | None) -> dict[str, Any]:
    """Write an entry as a row of its own."""
    has_position = entry.lon is not None
    return {
        "source": entry.source,
        "source_key": entry.key,
        "name": entry.name,
        "folded": plain(entry.name),
        "stem": stem_of_name(entry.name),
        "sort": entry.sort,
        "part_of": entry.part_of,
        "district_code": area.district_code if area else entry.commune[:4],
        "district_name": area.district_name if area else "",
        "commune_code": area.commune_code if area else entry.commune,
        "commune_name": area.commune_name if area else "",
        "lon": entry.lon,
        "lat": entry.lat,
        "position_key": _mark(entry) if has_position else None,
        "area_lon": area.lon if area else None,
        "area_lat": area.lat if area else None,
        "accuracy_m": _accuracy_m(entry, area),
        "population": entry.population,
    }


def _mark(entry: Entry) -> str:
    return f"{entry.source}:{entry.key}"


def _accuracy_m(entry: Entry, area: Around | None) -> float:
    if entry.lon is None:
        return round(area.reach_m, 0) if area else 0.0
    return round(max(LEAST_ACCURACY_M, ACCURACY_PER_ROOT_M * math.sqrt(entry.population or 0)), 0)


def _write(book: _Book) -> None:
    if book.new:
        db.session.execute(insert(PlaceName), book.new)
    if book.changed:
        db.session.execute(update(PlaceName), list(book.changed.values()))
    db.session.flush()
    db.session.expire_all()
