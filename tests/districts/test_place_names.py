"""Names of places under new boundaries: found in the district they lie in now, under what its areas are called now."""

from datetime import date

import pytest
import shapely
from sqlalchemy import select

from consult.db import db
from consult.districts import moving, queries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import Place, PlaceKind, to_degrees
from consult.places.gazetteer import Entry
from consult.places.models import PlaceName
from consult.places.queries import search
from tests.districts.makers import SOUTH, WEST, boundaries, square, three_districts
from tests.places.makers import gazetteer, register

DAY = date(2017, 1, 1)
EASTERN = to_degrees(WEST + 18_000, SOUTH + 8_000)


@pytest.fixture
def names(app):
    """The register's names; one of them, in the east of the second district, with a position."""
    boundaries()
    boundaries(Level.COMMUNE)
    gazetteer()
    gazetteer([Entry("geonames", "g1", "Łask", "miasto", lon=EASTERN[0], lat=EASTERN[1], population=18_577)])
    moving.apply()


def reform():
    """The second district is gone: its western half is of the first, its eastern one a new district of one commune."""
    west, south, east, north = square(1).bounds
    middle = (west + east) / 2
    western, eastern = shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    districts = [
        Outline(1, "1001", "bełchatowski", shapely.union_all([square(0), western])),
        Outline(2, "1030", "nowy", eastern),
        Outline(3, "1008", "pabianicki", square(2)),
    ]
    communes = [
        Outline(1, "1001012", "Bełchatów", square(0)),
        Outline(2, "1001022", "Buczek", western),
        Outline(3, "1008011", "Pabianice", square(2)),
        Outline(4, "1030012", "Nowe", eastern),
    ]
    boundaries(outlines=districts, valid_from=DAY)
    boundaries(Level.COMMUNE, communes, valid_from=DAY)


def called(key):
    db.session.expire_all()
    return db.session.scalars(select(PlaceName).where(PlaceName.source_key == key)).one()


def test_a_name_with_a_position_lies_where_its_position_does(names):
    before = called("0001").accuracy_m
    reform()
    moving.apply()
    row = called("0001")
    assert (row.district_code, row.district_name) == ("1030", "powiat nowy")
    assert (row.commune_code, row.commune_name) == ("1030012", "Nowe")
    assert (row.lon, row.lat, row.accuracy_m) == (*EASTERN, before)
    (found, *_others) = search("w Łasku", "1030", limit=1)
    assert found.sublabel == "miasto, powiat nowy"


def test_a_name_without_a_position_keeps_its_commune_while_there_is_one(names):
    reform()
    moving.apply()
    assert (called("0005").district_code, called("0005").commune_code) == ("1008", "1008011")


def test_a_name_of_a_commune_that_is_gone_lies_where_the_middle_of_the_commune_did(names):
    row = called("0003")
    middle = Place.point(row.area_lon, row.area_lat)
    reform()
    moving.apply()
    row, now = called("0003"), queries.containing(middle)
    assert (row.district_code, row.commune_code) == (now.district, now.commune)
    assert row.commune_code in {"1001022", "1030012"}
    assert row.commune_name == now.commune_name
    region = queries.commune(row.commune_code)
    assert (row.area_lon, row.area_lat) == (region.lon, region.lat)
    assert row.accuracy_m == round(region.reach_m)
    (found, *_others) = search("Stara Wieś", row.district_code, limit=1)
    assert (found.place.kind, found.place.code) == (PlaceKind.COMMUNE, row.commune_code)


def test_what_a_set_would_move_is_counted_and_a_name_that_lies_nowhere_refuses_nothing(names):
    before = queries.in_force(Level.DISTRICT)
    boundaries(outlines=three_districts()[:2], valid_from=DAY)
    said = moving.compare(queries.in_force(Level.DISTRICT), before, [])
    (tally,) = [one for one in said.tallies if one.kind == moving.NAMES]
    assert (tally.total, tally.moved, tally.outside) == (len(register()), 0, 2)
    assert said.outside == 0


def test_a_name_that_lies_nowhere_any_more_keeps_what_it_has(names):
    boundaries(outlines=three_districts()[:2], valid_from=DAY)
    moving.apply()
    assert called("0006").district_code == "1008"
