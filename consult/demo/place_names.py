"""The demonstration's gazetteer: the places of two districts and the seats around them, from the repository's list."""

import csv

from consult.demo.boundaries import GAZETTEER
from consult.districts.surroundings import around
from consult.places import operations
from consult.places.gazetteer import Entry
from consult.places.operations import Imported


def load_places() -> Imported:
    """Take in the list's places, those of the register first; twice changes nothing."""
    with GAZETTEER.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    entries = [_entry(row) for source in ("simc", "geonames") for row in rows if row["source"] == source]
    return operations.import_names(entries, around(entries))


def _entry(row: dict[str, str]) -> Entry:
    return Entry(
        source=row["source"],
        key=row["key"],
        name=row["name"],
        sort=row["sort"],
        commune=row["commune_code"][:6],
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
        population=int(row["population"]) if row["population"] else None,
    )
