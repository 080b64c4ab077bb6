"""Boundaries from files: what offices publish comes in, mended where it can be; the rest is refused by its rows."""

import json
from datetime import date

import numpy as np
import pyogrio
import pytest
import shapely

from consult.districts import boundary_file, operations, queries
from consult.districts.boundary_file import BoundariesRefused, FaultKind
from consult.districts.models import Level
from consult.districts.operations import SetRefused
from consult.geo import Place
from tests.districts.makers import SIDE, SOUTH, WEST, boundaries, degrees, geojson, square, three_districts


def refused(path, level="district", layer=None):
    """The faults of a file, as (row, kind)."""
    with pytest.raises(BoundariesRefused) as error:
        boundary_file.read(path, level, layer)
    return {(fault.row, fault.kind) for fault in error.value.faults}


def districts_file(path, **columns):
    """A GeoJSON file of two districts; a keyword names the columns' spelling."""
    code, name = columns.get("code", "terc"), columns.get("name", "name")
    return geojson(
        path,
        ({code: "1001", name: "powiat bełchatowski"}, degrees(square(0))),
        ({code: "1003", name: "powiat łaski"}, degrees(square(1))),
    )


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["districts", "import", *map(str, arguments)])


def summary(result):
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("terc", "name"),
        ("JPT_KOD_JE", "JPT_NAZWA_"),
        ("jpt_kod_je", "jpt_nazwa_"),
        ("TERYT", "NAZWA"),
        ("Code", "Name"),
    ],
)
def test_the_columns_of_every_publisher_are_known(tmp_path, code, name):
    outlines = boundary_file.read(districts_file(tmp_path / "a.geojson", code=code, name=name), "district")
    assert [(outline.code, outline.name) for outline in outlines] == [("1001", "bełchatowski"), ("1003", "łaski")]
    assert outlines[0].shape.area == pytest.approx(SIDE**2, rel=1e-6)


@pytest.mark.parametrize(
    ("level", "written", "code"),
    [
        ("voivodeship", "10", "10"),
        ("voivodeship", "1000000", "10"),
        ("district", "1003000", "1003"),
        ("district", 1003, "1003"),
        ("district", 201, "0201"),
        ("commune", "1003023", "1003023"),
        ("commune", "100302", "100302"),
        ("commune", 201011, "0201011"),
        ("beat", "R-17", "R-17"),
    ],
)
def test_codes_come_padded_and_as_numbers(tmp_path, level, written, code):
    shape = square(0) if not code.startswith("02") else shapely.box(260_000, 380_000, 270_000, 390_000)
    path = geojson(tmp_path / "a.geojson", ({"terc": written, "name": "X"}, degrees(shape)))
    assert [outline.code for outline in boundary_file.read(path, level)] == [code]


def test_missing_and_wrong_codes_are_refused_with_their_rows(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1001", "name": "A"}, degrees(square(0))),
        ({"terc": None, "name": "B"}, degrees(square(1))),
        ({"terc": "", "name": "C"}, degrees(square(2))),
        ({"terc": "1099001", "name": "D"}, degrees(square(3))),
        ({"terc": "9903", "name": "E"}, degrees(square(4))),
        ({"terc": "1001", "name": "F"}, degrees(square(5))),
    )
    assert refused(path) == {
        (2, FaultKind.NO_CODE),
        (3, FaultKind.NO_CODE),
        (4, FaultKind.NOT_A_CODE),
        (5, FaultKind.NOT_A_CODE),
        (1, FaultKind.TWICE),
        (6, FaultKind.TWICE),
    }


def test_two_kinds_of_one_commune_are_the_same_commune(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1003022", "name": "Łask"}, degrees(square(0))),
        ({"terc": "1003023", "name": "Łask"}, degrees(square(1))),
    )
    assert refused(path, "commune") == {(1, FaultKind.TWICE), (2, FaultKind.TWICE)}


def test_rings_that_cross_themselves_are_mended_and_named(app, tmp_path):
    west, south, east, north = square(0).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    path = geojson(tmp_path / "a.geojson", ({"terc": "1001", "name": "bełchatowski"}, degrees(bow)))
    [outline] = boundary_file.read(path, "district")
    assert outline.mended
    assert outline.shape.is_valid
    assert outline.shape.geom_type == "MultiPolygon"
    result = run(app, path, "--level", "district", "--valid-from", "2021-01-01")
    assert result.exit_code == 0
    assert "1001 bełchatowski" in result.stdout


def test_a_shape_that_collapses_is_no_area(tmp_path):
    west, south, east, _north = square(0).bounds
    flat = shapely.Polygon([(west, south), (east, south), (west, south)])
    path = geojson(tmp_path / "a.geojson", ({"terc": "1001", "name": "X"}, degrees(flat)))
    assert refused(path) == {(1, FaultKind.NO_SHAPE)}


def test_rows_without_an_area_are_refused(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1001", "name": "A"}, degrees(square(0))),
        ({"terc": "1003", "name": "B"}, None),
        ({"terc": "1008", "name": "C"}, shapely.LineString([(19, 51), (19.1, 51)])),
    )
    assert refused(path) == {(2, FaultKind.NO_SHAPE), (3, FaultKind.NOT_AN_AREA)}


def test_a_whole_and_its_parts_do_not_fit_one_layer(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1001", "name": "All"}, degrees(square(0, side=2 * SIDE))),
        ({"terc": "1003", "name": "A part"}, degrees(square(0))),
        ({"terc": "1008", "name": "Another"}, degrees(square(1))),
    )
    assert refused(path) == {(1, FaultKind.WHOLE_AND_PARTS)}


def pair(path, shift):
    """Two districts, the second moved west over the first."""
    moved = shapely.transform(square(1), lambda pairs: pairs - [shift, 0])
    return geojson(
        path, ({"terc": "1001", "name": "A"}, degrees(square(0))), ({"terc": "1003", "name": "B"}, degrees(moved))
    )


def test_two_areas_that_lie_on_each_other_are_refused_but_slivers_are_not(tmp_path):
    faults = refused(pair(tmp_path / "half.geojson", SIDE / 2))
    assert {kind for _row, kind in faults} == {FaultKind.OVERLAP}
    assert len(boundary_file.read(pair(tmp_path / "sliver.geojson", SIDE / 100), "district")) == 2


def swapped(shape):
    return shapely.transform(shape, lambda pairs: pairs[:, ::-1])


def test_swapped_axes_are_noticed_in_degrees_and_in_metres(tmp_path):
    row = {"terc": "1001", "name": "A"}
    assert refused(geojson(tmp_path / "a.geojson", (row, swapped(degrees(square(0)))))) == {(0, FaultKind.SWAPPED)}
    metres = geojson(tmp_path / "b.geojson", (row, swapped(square(0))), crs="urn:ogc:def:crs:EPSG::2180")
    assert refused(metres) == {(0, FaultKind.SWAPPED)}


def test_an_area_far_from_its_codes_voivodeship_is_refused(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1001", "name": "A"}, degrees(square(0))),
        ({"terc": "3201", "name": "B"}, degrees(square(1))),
    )
    assert refused(path) == {(2, FaultKind.ELSEWHERE)}


@pytest.mark.parametrize(
    "shape", [shapely.box(2, 48, 3, 49), shapely.box(19, 51, 200, 52), shapely.box(0, 0, 0.1, 0.1)]
)
def test_what_lies_outside_poland_is_refused(tmp_path, shape):
    path = geojson(tmp_path / "a.geojson", ({"terc": "1001", "name": "A"}, shape))
    assert refused(path) == {(0, FaultKind.OUTSIDE)}


def test_other_coordinate_systems_are_refused_by_name(tmp_path):
    row = ({"terc": "1001", "name": "A"}, shapely.box(2.1e6, 6.6e6, 2.11e6, 6.61e6))
    path = geojson(tmp_path / "a.geojson", row, crs="urn:ogc:def:crs:EPSG::3857")
    with pytest.raises(BoundariesRefused) as error:
        boundary_file.read(path, "district")
    assert error.value.faults[0].detail == "EPSG:3857"


def test_metres_are_read_as_they_are(tmp_path):
    path = geojson(tmp_path / "a.geojson", ({"terc": "1001", "name": "A"}, square(0)), crs="urn:ogc:def:crs:EPSG::2180")
    assert boundary_file.read(path, "district")[0].shape.equals(square(0))


def shapefile(path, encoding, cpg):
    """A shapefile in EPSG:2180 as the register publishes it: names in an old code page, no .cpg."""
    names = np.array(["powiat łaski", "powiat święciański"], dtype=object)
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([square(1), square(0)])),
        field_data=[np.array(["1003", "1001"], dtype=object), names],
        fields=np.array(["JPT_KOD_JE", "JPT_NAZWA_"]),
        geometry_type="Polygon",
        driver="ESRI Shapefile",
        crs="EPSG:2180",
        encoding=encoding,
    )
    if not cpg:
        path.with_suffix(".cpg").unlink(missing_ok=True)
        dbf = bytearray(path.with_suffix(".dbf").read_bytes())
        dbf[29] = 0
        path.with_suffix(".dbf").write_bytes(dbf)
    return path


@pytest.mark.parametrize("encoding", ["UTF-8", "CP1250", "ISO-8859-2"])
@pytest.mark.parametrize("cpg", [True, False])
def test_shapefiles_keep_their_polish_letters(tmp_path, encoding, cpg):
    outlines = boundary_file.read(shapefile(tmp_path / "powiaty.shp", encoding, cpg), "district")
    assert [(outline.code, outline.name) for outline in outlines] == [("1001", "święciański"), ("1003", "łaski")]
    assert outlines[1].shape.equals(square(1))


def test_a_geopackage_with_several_layers_asks_which(tmp_path):
    path = tmp_path / "many.gpkg"
    for layer, code in (("powiaty", "1003"), ("gminy", "1003023")):
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(np.array([square(1)])),
            field_data=[np.array([code], dtype=object)],
            fields=np.array(["terc"]),
            geometry_type="Polygon",
            driver="GPKG",
            layer=layer,
            crs="EPSG:2180",
            append=path.exists(),
        )
    assert refused(path) == {(0, FaultKind.SEVERAL_LAYERS)}
    assert refused(path, layer="nothing") == {(0, FaultKind.NO_LAYER)}
    assert [outline.code for outline in boundary_file.read(path, "commune", "gminy")] == ["1003023"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.vrt", b"<OGRVRTDataSource/>", FaultKind.FORMAT),
        ("a.geojson", b"not json", FaultKind.UNREADABLE),
        ("a.geojson", b"", FaultKind.UNREADABLE),
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", FaultKind.UNREADABLE),
        ("a.json", b'{"type":"Topology","objects":{},"arcs":[]}', FaultKind.UNREADABLE),
        ("a.shp", b"SQLite format 3\x00", FaultKind.UNREADABLE),
        ("a.geojson", b'{"type":"FeatureCollection","features":[]}', FaultKind.NO_AREAS),
        ("a.geojson", b"[" * 100_000 + b"]" * 100_000, FaultKind.UNREADABLE),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 100, FaultKind.UNREADABLE),
        ("a.shp", b"\x00" * 100, FaultKind.UNREADABLE),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == {(0, kind)}


def test_coordinates_without_end_are_refused(tmp_path):
    path = tmp_path / "a.geojson"
    ring = "[[19,51],[19.1,51],[19.1,1e309],[19,51]]"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"terc":"1001"},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}'
    )
    assert refused(path) & {(1, FaultKind.NOT_FINITE), (0, FaultKind.OUTSIDE), (0, FaultKind.UNREADABLE)}


def test_bombs_are_stopped_by_their_size(tmp_path, monkeypatch):
    path = districts_file(tmp_path / "a.geojson")
    monkeypatch.setattr(boundary_file, "MAX_AREAS", 1)
    assert refused(path) == {(0, FaultKind.TOO_LARGE)}
    monkeypatch.setattr(boundary_file, "MAX_AREAS", 10)
    monkeypatch.setattr(boundary_file, "MAX_VERTICES", 5)
    assert refused(path) == {(0, FaultKind.TOO_LARGE)}
    monkeypatch.setattr(boundary_file, "MAX_TEXT_BYTES", 100)
    assert refused(path) == {(0, FaultKind.TOO_LARGE)}


# Sets in time


def test_the_same_boundaries_twice_change_nothing(app):
    first, again = boundaries(), boundaries()
    assert (first.new, first.unchanged) == (3, 0)
    assert (again.new, again.unchanged) == (0, 3)
    assert len(queries.sets()) == 1


def test_a_new_set_closes_the_one_before_it_and_overwrites_nothing(app):
    boundaries(valid_from=date(2021, 1, 1))
    boundaries(valid_from=date(2024, 1, 1))
    boundaries(valid_from=date(2022, 1, 1))
    days = [(found.valid_from.year, found.valid_to and found.valid_to.year) for found in queries.sets()]
    assert days == [(2021, 2022), (2022, 2024), (2024, None)]
    assert queries.in_force(Level.DISTRICT, date(2023, 6, 1)).valid_from == date(2022, 1, 1)


def test_levels_do_not_close_each_other(app):
    boundaries(valid_from=date(2021, 1, 1))
    boundaries(Level.COMMUNE, valid_from=date(2024, 1, 1))
    assert queries.in_force(Level.DISTRICT).valid_to is None


def test_exact_boundaries_take_the_place_of_approximate_ones(app):
    boundaries(valid_from=date(2020, 1, 1), is_approximate=True)
    boundaries(valid_from=date(2016, 1, 1))
    assert queries.in_force(Level.DISTRICT).valid_from == date(2016, 1, 1)
    assert queries.in_force(Level.DISTRICT).valid_to is None
    assert len(queries.sets()) == 2


def test_better_boundaries_of_the_same_day_supersede_but_approximate_ones_do_not(app):
    boundaries()
    better = three_districts()[:2]
    assert boundaries(outlines=better).missing == ("1008",)
    assert len(queries.districts()) == 2
    with pytest.raises(SetRefused):
        boundaries(is_approximate=True)


def test_boundaries_that_were_superseded_come_back_when_imported_again(app):
    boundaries()
    boundaries(outlines=three_districts()[:2])
    assert boundaries().unchanged == 3
    assert len(queries.districts()) == 3
    assert len(queries.sets()) == 2


def test_an_area_knows_its_parent_its_size_and_a_point_inside(app):
    boundaries(Level.COMMUNE)
    area = next(area for found in queries.sets() for area in found.areas if area.code == "1003023")
    assert area.parent_code == "1003"
    assert area.area_km2 == pytest.approx(50)
    assert WEST < area.x_min < area.x_max
    assert area.y_min > SOUTH
    assert queries.containing(Place.point(area.lon, area.lat)).commune == "1003023"


# The command


def test_the_command_imports_once_and_says_what_it_did(app, tmp_path):
    arguments = (districts_file(tmp_path / "a.geojson"), "--level", "district", "--valid-from", "2021-01-01")
    first, again = run(app, *arguments), run(app, *arguments, "--quiet")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert summary(first) == {"read": 2, "new": 2, "unchanged": 0, "refused": 0}
    assert again.stdout.splitlines() == ['{"read": 2, "new": 0, "unchanged": 2, "refused": 0}']


def test_approximate_boundaries_are_taken_as_600_metres_exact_unless_told(app, tmp_path):
    arguments = (districts_file(tmp_path / "a.geojson"), "--level", "district", "--approximate", "--valid-from")
    run(app, *arguments, "2021-01-01")
    run(app, *arguments, "2022-01-01", "--accuracy", "75")
    assert [found.accuracy_m for found in queries.sets()] == [operations.APPROXIMATE_M, 75]


def test_a_dry_run_writes_nothing(app, tmp_path):
    path = districts_file(tmp_path / "a.geojson")
    result = run(app, path, "--level", "district", "--valid-from", "2021-01-01", "--dry-run")
    assert summary(result)["new"] == 2
    assert queries.sets() == []


def test_a_refused_file_names_its_rows_and_leaves_nothing(app, tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"terc": "1001", "name": "A"}, degrees(square(0))),
        ({"terc": "", "name": "Nienazwana"}, degrees(square(1))),
    )
    result = run(app, path, "--level", "district", "--valid-from", "2021-01-01")
    assert result.exit_code == 1
    assert "2" in result.stderr
    assert "Nienazwana" in result.stderr
    assert summary(result) == {"read": 2, "new": 0, "unchanged": 0, "refused": 1}
    assert queries.sets() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such.geojson", "--level", "district", "--valid-from", "2021-01-01"),
        (__file__, "--level", "county", "--valid-from", "2021-01-01"),
        (__file__, "--level", "district", "--valid-from", "01.01.2021"),
        (__file__, "--level", "district"),
    ],
)
def test_wrong_usage_ends_with_two(app, arguments):
    assert run(app, *arguments).exit_code == 2
