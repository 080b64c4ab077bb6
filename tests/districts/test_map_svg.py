"""The drawn map: exactly as large as its frame, with the marked place, refusing frames beyond reason."""

import json
from xml.etree import ElementTree as ET

import pytest

from consult.districts import queries
from consult.districts.models import Level
from consult.documents.svg_map import View
from consult.geo import to_degrees
from tests.districts.makers import SIDE, SOUTH, WEST, boundaries
from tests.places.makers import gazetteer, positions

URL = "/districts/map.svg"
FRAME = f"{WEST},{SOUTH},{WEST + 3 * SIDE},{SOUTH + 2 * SIDE},600,400"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def land(app):
    boundaries()
    boundaries(Level.COMMUNE)
    gazetteer()
    gazetteer(positions())


def drawn(client, **arguments):
    answer = client.get(URL, query_string=arguments)
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    return ET.fromstring(answer.data)


def words(svg):
    return {text.text for text in svg.iter(f"{SVG}text")}


def test_the_picture_is_as_large_as_its_frame(land, client):
    svg = drawn(client, view=FRAME)
    assert (svg.get("width"), svg.get("height")) == ("600", "400")


def test_it_names_the_places_and_where_the_boundaries_come_from(land, client):
    assert {"Łask", "Kurówek", "test"} <= words(drawn(client, view=FRAME))


def test_approximate_boundaries_are_labelled_inside_the_frame(app, client):
    boundaries(is_approximate=True)
    labels = words(drawn(client, view=FRAME))
    assert any("test" in label and label != "test" for label in labels)


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon"])
def test_the_marked_place_is_drawn(land, client, kind):
    corners = [list(to_degrees(WEST + x, SOUTH + y)) for x, y in ((15_000, 5_000), (18_000, 5_000), (16_000, 8_000))]
    shape = {"Point": corners[0], "LineString": corners, "Polygon": [[*corners, corners[0]]]}[kind]
    marked = json.dumps({"type": kind, "coordinates": shape})
    assert (
        client.get(URL, query_string={"view": FRAME, "marked": marked}).data != client.get(f"{URL}?view={FRAME}").data
    )


def test_without_a_frame_the_district_is_shown(land, client):
    assert drawn(client, district="1003").get("width") == "640"
    assert drawn(client).get("height") == "440"


def test_the_frame_of_a_question_can_be_drawn_as_it_stands(land, client):
    view = queries.frame("1003")
    assert isinstance(view, View)
    text = ",".join(f"{number:.0f}" for number in (*view.bounds, view.width, view.height))
    assert drawn(client, view=text).get("width") == "640"


@pytest.mark.parametrize(
    "view",
    [
        "1,2,3",
        "a,b,c,d,e,f",
        "nan,0,1000,1000,640,440",
        "0,0,inf,1000,640,440",
        "1e309,0,1000,1000,640,440",
        "0,0,1000,1000,99999,440",
        "0,0,1000,1000,0,0",
        "0,0,10,10,640,440",
        "1000,1000,0,0,640,440",
        "0,0,9e9,9e9,640,440",
    ],
)
def test_frames_beyond_reason_are_refused(land, client, view):
    assert client.get(URL, query_string={"view": view}).status_code == 400


@pytest.mark.parametrize(
    "marked", ["{", "[]", '{"type":"Point","coordinates":[51,19]}', '{"type":"Point","coordinates":[NaN,1]}']
)
def test_what_is_no_place_is_refused(land, client, marked):
    assert client.get(URL, query_string={"view": FRAME, "marked": marked}).status_code == 400


def test_the_picture_may_be_kept(land, client):
    first = client.get(f"{URL}?view={FRAME}")
    assert "public" in first.headers["Cache-Control"]
    assert client.get(f"{URL}?view={FRAME}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_map_without_boundaries_is_empty_but_drawn(app, client):
    assert drawn(client, view=FRAME).get("width") == "600"
