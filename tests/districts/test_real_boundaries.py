"""The real boundaries of Poland, and files as offices publish them; skipped where the reference data is absent."""

import json

import numpy as np
import pytest
import shapely

from consult.districts import boundary_file, queries
from consult.districts.boundary_file import BoundariesRefused, FaultKind
from consult.districts.models import Level
from consult.geo import Place
from tests.districts.makers import boundaries

COUNTS = {Level.VOIVODESHIP: 16, Level.DISTRICT: 380, Level.COMMUNE: 2477}
FILES = {Level.VOIVODESHIP: "pl_wojewodztwa", Level.DISTRICT: "pl_powiaty", Level.COMMUNE: "pl_gminy"}
RINGED = {"1863": "1816", "0262": "0209", "0463": "0415", "3064": "3021", "2061": "2002", "2661": "2604"}
"""Cities with the rights of a district, and the district that lies around each."""


@pytest.fixture(scope="module")
def outlines():
    return {}


@pytest.fixture
def poland(app, shared, outlines):
    """All three levels in force; the files are read once for all tests of this module."""
    for level, name in FILES.items():
        if level not in outlines:
            outlines[level] = boundary_file.read(shared / "boundaries" / f"{name}.geojson", level.value)
        boundaries(level, outlines[level])
    return outlines


def case(shared, beginning):
    [path] = (shared / "boundaries" / "import_cases").glob(f"{beginning}*")
    return path


def test_there_are_16_voivodeships_380_districts_and_2477_communes(poland):
    assert {level: len(found) for level, found in poland.items()} == COUNTS
    assert not any(outline.mended for found in poland.values() for outline in found)


def test_every_district_is_the_union_of_its_communes(poland):
    for region in queries.districts():
        communes = shapely.union_all([commune.shape for commune in queries.communes_of(region.code)])
        assert communes.symmetric_difference(region.shape).area < 1


def test_a_city_lies_in_itself_and_not_in_the_district_around_it(poland):
    for city, ring in RINGED.items():
        region = queries.district(city)
        found = queries.containing(Place.point(region.lon, region.lat))
        assert (found.district, found.commune[:4]) == (city, city)
        assert shapely.contains(
            shapely.Polygon(_largest(queries.outline(ring)).exterior), region.shape.representative_point()
        )


def _largest(shape):
    return max(shapely.get_parts(shape), key=shapely.area)


@pytest.mark.parametrize(
    ("lon", "lat", "commune"),
    [
        (19.1328, 51.5906, "1003023"),
        (22.0, 50.04, "1863011"),
        (17.8956, 52.1683, "3023083"),
        (21.0122, 52.2297, "1465011"),
    ],
)
def test_towns_lie_where_they_lie(poland, lon, lat, commune):
    found = queries.containing(Place.point(lon, lat))
    assert (found.voivodeship, found.district, found.commune) == (commune[:2], commune[:4], commune)


def test_every_areas_inner_point_lies_in_it_alone_and_in_bulk(poland):
    regions = queries.districts()
    lon, lat = np.array([(region.lon, region.lat) for region in regions]).T
    many = queries.containing_many(lon, lat)
    assert many.district.tolist() == [region.code for region in regions]
    assert [queries.containing(Place.point(*spot)).border_m for spot in zip(lon, lat, strict=True)] == pytest.approx(
        many.border_m, abs=0.1
    )


def test_names_that_occur_twice_carry_their_voivodeship(poland):
    labels = [region.label for region in queries.districts()]
    assert len(set(labels)) == 380
    assert "powiat opolski (lubelskie)" in labels


def test_a_geopackage_with_an_unnamed_coordinate_system_is_read(app, shared):
    found = boundary_file.read(case(shared, "prg_powiaty_380"), "district")
    assert (len(found), found[0].code, found[0].name) == (380, "0201", "bolesławiecki")
    assert sum(outline.shape.area for outline in found) / 1e6 == pytest.approx(312_480, abs=20)


def test_twelve_districts_of_lubuskie_are_repaired_and_named(app, shared):
    path = case(shared, "prg_powiaty_lubuskie")
    result = app.test_cli_runner().invoke(
        args=["districts", "import", str(path), "--level", "district", "--valid-from", "2022-10-13"]
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1])["new"] == 14
    named = [
        region for region in queries.districts() if any(region.code in line for line in result.stdout.splitlines())
    ]
    assert len(named) == 12
    assert all(region.shape.is_valid for region in queries.districts())


def test_a_file_without_codes_is_refused_row_by_row(shared):
    with pytest.raises(BoundariesRefused) as refused:
        boundary_file.read(case(shared, "powiaty_min"), "district")
    rows = {fault.row for fault in refused.value.faults if fault.kind is FaultKind.NO_CODE}
    assert rows == set(range(1, 381))


def test_a_city_together_with_its_districts_is_refused(shared):
    with pytest.raises(BoundariesRefused) as refused:
        boundary_file.read(case(shared, "warszawa"), "commune")
    [fault] = [fault for fault in refused.value.faults if fault.kind is FaultKind.WHOLE_AND_PARTS]
    assert fault.detail.startswith("Warszawa: ")
