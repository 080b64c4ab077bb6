"""Places and JSON that a stranger writes: whatever is no place of Poland is refused by its name, and nothing is moved."""

import json

import pytest

from consult.geo import Place, PlaceFault, PlaceRefused, read_json
from tests.factories import LASK, two_districts


def geometry(coordinates, kind="Point", **more):
    return json.dumps({"type": kind, "coordinates": coordinates, **more})


def refusal(text, read=Place.from_geojson):
    with pytest.raises(PlaceRefused) as refused:
        read(text)
    return refused.value.fault


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"Point","coordinates":[NaN,51]}',
        '{"type":"Point","coordinates":[Infinity,51]}',
        '{"type":"Point","coordinates":[19,-Infinity]}',
        '{"type":"Point","coordinates":[1e999,51]}',
    ],
)
def test_s20_numbers_without_end_are_no_position(text):
    assert refusal(text) is PlaceFault.NOT_FINITE


@pytest.mark.parametrize(
    ("coordinates", "fault"),
    [
        ([500, 200], PlaceFault.OUT_OF_RANGE),
        ([51.6, 19.1], PlaceFault.SWAPPED),
        ([True, False], PlaceFault.NOT_A_GEOMETRY),
        (["19", "51"], PlaceFault.NOT_A_GEOMETRY),
        ([], PlaceFault.NOT_A_GEOMETRY),
        ([19], PlaceFault.NOT_A_GEOMETRY),
        ([19, 51, 1, 2], PlaceFault.NOT_A_GEOMETRY),
        (None, PlaceFault.NOT_A_GEOMETRY),
        ({"0": 19, "1": 51}, PlaceFault.NOT_A_GEOMETRY),
        ([[19, 51]], PlaceFault.NOT_A_GEOMETRY),
        ([10**400, 51], PlaceFault.OUT_OF_RANGE),
    ],
)
def test_s21_what_is_no_position_is_refused(coordinates, fault):
    assert refusal(geometry(coordinates)) is fault


@pytest.mark.parametrize("more", [{"precision": -5}, {"validate": True}, {"crs": {"type": "name"}}, {"own": 1}])
def test_s22_members_that_mean_nothing_to_us_move_no_place(more):
    """RFC 7946 (6.1) lets a program write members of its own: they are left out, the place stays where it was."""
    place = Place.from_geojson(geometry(list(LASK), **more))
    assert place.lon_lat == LASK
    assert set(place.geojson) == {"type", "coordinates"}


@pytest.mark.parametrize(
    "kind", ["__name__", ["Point"], "GeoJSON", None, "point", "GeometryCollection", "Feature", {}, 1]
)
def test_s23_kinds_that_we_do_not_draw_are_refused(kind):
    assert refusal(geometry(list(LASK), kind)) is PlaceFault.NOT_A_GEOMETRY
    assert refusal('{"coordinates":[19.1,51.6]}') is PlaceFault.NOT_A_GEOMETRY


@pytest.mark.parametrize("text", ["[" * 20_000, '{"a":' * 5_000, "[" * 100_000])
def test_s24_brackets_without_end_are_refused_before_they_are_read(text):
    assert refusal(text, read_json) in {PlaceFault.TOO_DEEP, PlaceFault.TOO_LONG}


def test_s25_a_number_of_five_thousand_digits_is_refused():
    assert refusal('{"type":"Point","coordinates":[' + "9" * 5_000 + ",51]}") in set(PlaceFault)
    assert refusal("9" * 5_000, read_json) is PlaceFault.NOT_JSON


@pytest.mark.parametrize("text", ['{"a":NaN}', '{"a":[Infinity]}', '{"a":-1e999}'])
def test_s26_json_has_no_such_number(text):
    assert refusal(text, read_json) is PlaceFault.NOT_FINITE


@pytest.mark.parametrize(
    "text",
    ['{"type":"Point","type":"LineString","coordinates":[19.1,51.6]}', '{"a":{"b":1,"b":1}}', '{"a":1,"\\u0061":2}'],
)
def test_s27_a_name_that_stands_twice_is_refused(text):
    assert refusal(text, read_json) is PlaceFault.NOT_JSON


@pytest.mark.parametrize("ring", [[[19, 51], [19.1, 51.1], [19.1, 51], [19, 51.1], [19, 51]], [[19, 51], [19.1, 51.1]]])
def test_s28_an_area_that_crosses_itself_or_does_not_close_is_refused(ring):
    assert refusal(geometry([ring], "Polygon")) in {PlaceFault.SELF_CROSSING, PlaceFault.NOT_A_GEOMETRY}


@pytest.mark.parametrize("position", [(13.40, 52.52), (14.0, 54.3), (0, 0), (21.01, 52.23)])
def test_s29_a_report_from_elsewhere_is_not_taken(client, world, position):
    """Germany, the sea, nowhere; and Warsaw, which lies in no area that this installation serves."""
    from tests.online_reports.makers import RIGHT
    from tests.pages import Page

    answer = Page(client, "/online-reports/new").send(**{**RIGHT, "place": geometry(list(position))})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe{\x00}\x00", '{"a":"ż"}'.encode("cp1250"), b'{"a":"\xc3"}', b'{"a":"\xed\xa0\x80"}', b"\x00", b""],
    ids=["UTF-16", "another encoding", "half a letter", "half a pair", "zero", "nothing"],
)
def test_s31_bytes_that_are_no_utf_8_are_refused(content):
    assert refusal(content, read_json) is PlaceFault.NOT_JSON


def test_s31_the_mark_of_utf_8_is_no_part_of_what_was_written():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_s117_one_place_has_one_name_however_its_letters_are_written(app):
    import unicodedata

    from consult.words import folded

    two_districts()
    for word in ("Łódź", "Zażółć gęślą jaźń", "Łask"):
        spellings = {unicodedata.normalize(form, word) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        spellings |= {one.upper() for one in spellings} | {one.lower() for one in spellings}
        assert len({folded(one) for one in spellings}) == 1
