"""What lies in a field, to check it by: villages, streets, else how far the nearest village is."""

import pytest
import shapely

from consult.basemap.land import Kind, Piece
from consult.db import db
from consult.geo import to_degrees
from consult.paper import around as looking
from consult.paper.around import Around, around, streets_in
from consult.paper.drawing import BackgroundMissing
from consult.paper.grid import Grid
from consult.paper.sheet_words import around_in_words
from consult.places.models import PlaceName


@pytest.fixture(autouse=True)
def _nothing_kept(app):
    """Rows of another test had the same numbers."""
    app.extensions.pop("paper_around", None)


GRID = Grid.around(500_000, 400_000, 200, 4, 4)
WEST, NORTH = 499_600, 400_400


def street(name, *spots, kind=Kind.STREET_NAME):
    return Piece(kind, shapely.LineString([(WEST + x, NORTH - y) for x, y in spots]), name)


def village(name, x, y):
    lon, lat = to_degrees(WEST + x, NORTH - y)
    facts = {"source": "tests", "source_key": name, "sort": "wieś", "part_of": "", "district_code": "1003"}
    names = {"folded": name.lower(), "stem": name.lower(), "district_name": "", "commune_code": "", "commune_name": ""}
    db.session.add(PlaceName(name=name, lon=lon, lat=lat, accuracy_m=500, population=None, **facts, **names))
    db.session.commit()


def test_a_field_names_the_streets_with_the_longest_way_in_it():
    pieces = [
        street("Krótka", (10, 10), (40, 10)),
        street("Lipowa", (0, 100), (390, 100)),
        street("Lipowa", (0, 120), (100, 120)),
        street("", (0, 50), (190, 50)),
        street("Rzeczna", (0, 60), (190, 60), kind=Kind.STREAM),
    ]
    found = streets_in(GRID, pieces)
    assert found["A1"] == ["Lipowa", "Krótka"]
    assert found["B1"] == ["Lipowa"]
    assert found["D4"] == []


def test_villages_come_before_streets_and_a_field_without_one_says_how_far_the_nearest_is(app):
    village("Wola", 100, 100)
    found = around(GRID)
    assert found["A1"].villages == ("Wola",)
    assert (found["D1"].nearest, found["D1"].metres) == ("Wola", 600)
    with app.test_request_context():
        assert around_in_words("A1", found["A1"]) == "A1: Wola"
        assert around_in_words("D1", found["D1"]).startswith("D1: 600 m")
        streets = Around((), ("Lipowa",), "Wola", 600)
        assert around_in_words("D1", streets).startswith("D1: Lipowa; 600 m")
        assert around_in_words("D1", Around()) == "D1"


def test_a_new_name_in_the_gazetteer_is_known_at_once(app):
    village("Wola", 100, 100)
    assert around(GRID)["D4"].villages == ()
    village("Zalesie", 700, 700)
    assert around(GRID)["D4"].villages == ("Zalesie",)


def test_a_silent_background_leaves_the_villages(app, monkeypatch, caplog):
    def silent(_grid):
        raise BackgroundMissing("nobody answers")

    village("Wola", 100, 100)
    monkeypatch.setattr(looking, "background_of", silent)
    assert around(GRID)["A1"] == Around(("Wola",), (), "Wola", pytest.approx(0, abs=100))
    assert "nobody answers" in caplog.text
