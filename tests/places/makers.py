"""A small gazetteer for tests: villages of the made-up districts of tests/districts/makers.py."""

from consult.districts.surroundings import around
from consult.geo import to_degrees
from consult.places import operations
from consult.places.gazetteer import Entry
from tests.districts.makers import SOUTH, WEST

NAMES = (
    ("0001", "Łask", "miasto", "100302"),
    ("0002", "Kolumna", "część miasta", "100302"),
    ("0003", "Stara Wieś", "wieś", "100301"),
    ("0004", "Zielęcice", "wieś", "100302"),
    ("0005", "Stara Wieś", "wieś", "100801"),
    ("0006", "Kurówek", "wieś", "100801"),
    ("0007", "Łaskowo", "wieś", "100101"),
    ("0008", "Ruda", "osada", "100101"),
)


def register():
    """Names without positions, as the register has them."""
    parts = {"0002": "Łask"}
    return [Entry("simc", key, name, sort, commune, parts.get(key, "")) for key, name, sort, commune in NAMES]


def positions():
    """Two places with a position and a number of people."""
    lask, kurowek = to_degrees(WEST + 15_000, SOUTH + 8_000), to_degrees(WEST + 25_000, SOUTH + 5_000)
    return [
        Entry("geonames", "g1", "Lask", "miasto", lon=lask[0], lat=lask[1], population=18_577, aliases=("Łask",)),
        Entry("geonames", "g2", "Kurówek", "wieś", lon=kurowek[0], lat=kurowek[1], population=600),
    ]


def gazetteer(entries=None):
    """Take in names, by default those of the register."""
    entries = register() if entries is None else entries
    return operations.import_names(entries, around(entries))
