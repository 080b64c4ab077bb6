"""Plain functions that make a small world: two square districts, a unit in each, voices wherever a test wants them."""

import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shapely import box, unary_union

from consult.catalogue import operations as loading
from consult.catalogue import queries as catalogue
from consult.catalogue import sheet
from consult.catalogue.models import Category, CategoryGroup, CategoryName
from consult.clock import now
from consult.districts import operations as boundaries
from consult.districts.boundary_file import Outline
from consult.districts.models import Area, BoundarySet, Level
from consult.geo import Place, to_metres
from consult.observations.models import Plane
from consult.observations.operations import Voice
from consult.period import WARSAW
from consult.threats import operations as threats
from consult.threats import response
from consult.threats.checking import Finding
from tests.putting_back import made_once

LASK = (19.13, 51.59)
"""A position in the first district of the small world."""

BEFORE = datetime(2026, 7, 15, 18, 0, tzinfo=UTC)


def voice(category="parkowanie", at=LASK, when=BEFORE, text="", key=None, plane=Plane.ONLINE, accuracy_m=30.0, **more):
    """A voice about a place, ready to be admitted; `at` is a position or a Place."""
    place = at if isinstance(at, Place) else Place.point(*at, accuracy_m=accuracy_m)
    found = catalogue.by_code(category)
    assert found is not None, f"no category {category}"
    return Voice(
        source="tests.voice",
        source_key=key or uuid.uuid4().hex,
        plane=plane,
        category=found,
        place=place,
        observed_from=when,
        observed_to=more.pop("until", when),
        text=text,
        **more,
    )


def admit(*args, **kwargs):
    """Admit a voice and return its observation."""
    return threats.admit(voice(*args, **kwargs))


def metres_away(east, north, origin=LASK):
    """A position some metres from another."""
    lon, lat = origin
    return lon + east / 69_200, lat + north / 111_250


def days_later(days, moment=BEFORE):
    """A moment some days later."""
    return moment + timedelta(days=days)


@made_once(CategoryGroup, Category, CategoryName)
def catalogue_of_27():
    """Load the catalogue that ships with the product."""
    rows = sheet.read((Path(catalogue.__file__).parent / "categories.csv").read_bytes())
    loading.load(rows, BEFORE.date())


@made_once(BoundarySet, Area)
def two_districts():
    """Bring two square districts into force, side by side, each with two communes: 1003 west of 1019."""
    x, y = to_metres(*LASK)
    west = [("1003023", "Łask", x - 15_000, x), ("1003042", "Widawa", x, x + 10_000)]
    east = [("1019042", "Szadek", x + 10_000, x + 20_000), ("1019052", "Zapolice", x + 20_000, x + 40_000)]
    areas = [
        Outline(row, code, name, box(a, y - 20_000, b, y + 20_000))
        for row, (code, name, a, b) in enumerate(west + east, 1)
    ]
    districts = [
        Outline(1, "1003", "powiat łaski", unary_union([area.shape for area in areas[:2]])),
        Outline(2, "1019", "powiat zduńskowolski", unary_union([area.shape for area in areas[2:]])),
    ]
    for level, outlines in ((Level.DISTRICT, districts), (Level.COMMUNE, areas)):
        boundaries.record_set(outlines, level=level, valid_from=date(2016, 1, 1), source="two squares")


def looked(threat, finding=Finding.NOT_SEEN, at=None, actor_id=7):
    """Record that somebody was on the spot, by default a minute ago."""
    at = (at or now() - timedelta(minutes=1)).astimezone(WARSAW)
    clock = at.time().replace(tzinfo=None)
    return response.record_check(threat, uuid.uuid4().hex, at.date(), clock, finding, "", actor_id)


def looked_in_vain(threat, actor_id=7):
    """Record as many checks as a threat needs before it may be called not confirmed: no one of its voices names a time."""
    for days_ago in (2, 1, 1):
        looked(threat, at=now() - timedelta(days=days_ago), actor_id=actor_id)
