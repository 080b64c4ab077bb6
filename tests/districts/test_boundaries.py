"""Boundaries for the map in the browser: every border once, a label inside every area, kept by its digest."""

import pytest
import shapely

from consult.districts.models import Level
from tests.districts.makers import boundaries, four_communes

URL = "/districts/boundaries.geojson"


@pytest.fixture
def communes(app):
    boundaries()
    boundaries(Level.COMMUNE)


def features(client, url=URL, **properties):
    """The features of an answer that have these properties, as (geometry, properties)."""
    answer = client.get(url)
    assert answer.mimetype == "application/geo+json"
    return [
        (shapely.geometry.shape(feature["geometry"]), feature["properties"])
        for feature in answer.get_json(force=True)["features"]
        if all(feature["properties"].get(name) == value for name, value in properties.items())
    ]


def test_a_district_is_drawn_with_its_communes_and_neighbours(communes, client):
    url = f"{URL}?within=1003"
    land = [shape for shape, _ in features(client, url, level="district", own=True) if shape.geom_type == "Polygon"]
    labels = {given["label"]: shape for shape, given in features(client, url) if "label" in given}
    assert len(land) == 1
    assert set(labels) == {"Buczek", "Łask", "powiat bełchatowski", "powiat pabianicki"}
    assert land[0].contains(labels["Łask"])
    assert not land[0].contains(labels["powiat pabianicki"])


def test_every_border_is_drawn_once(communes, client):
    lines = [shape for shape, _ in features(client, f"{URL}?within=1003") if shape.geom_type == "LineString"]
    assert shapely.union_all(lines).length == pytest.approx(sum(line.length for line in lines))
    inner = [
        shape for shape, _ in features(client, f"{URL}?within=1003", level="commune") if shape.geom_type != "Point"
    ]
    assert len(inner) == 1


def test_a_communes_code_leads_to_its_district(communes, client):
    assert client.get(f"{URL}?within=1003023").data == client.get(f"{URL}?within=1003").data


def test_without_a_district_all_are_drawn(communes, client):
    labels = [given["label"] for _, given in features(client) if "label" in given]
    assert labels == ["powiat bełchatowski", "powiat łaski", "powiat pabianicki"]


def test_without_communes_the_district_stands_alone(app, client):
    boundaries()
    assert {
        given["level"] for shape, given in features(client, f"{URL}?within=1003") if shape.geom_type != "Point"
    } == {"district"}


def test_approximate_boundaries_say_so(app, client):
    boundaries(is_approximate=True)
    assert client.get(URL).get_json(force=True)["approximate"] is True


def test_an_unknown_district_is_not_found(communes, client):
    assert client.get(f"{URL}?within=9999").status_code == 404
    assert client.get(f"{URL}?within=%27").status_code == 404


def test_without_any_boundaries_the_map_is_empty(app, client):
    assert features(client) == []


def test_the_answer_may_be_kept_until_the_boundaries_change(communes, client):
    first = client.get(f"{URL}?within=1003")
    assert "public" in first.headers["Cache-Control"]
    assert client.get(f"{URL}?within=1003", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    moved = [outline for outline in four_communes() if outline.code != "1003012"]
    boundaries(Level.COMMUNE, moved)
    assert client.get(f"{URL}?within=1003").headers["ETag"] != first.headers["ETag"]
