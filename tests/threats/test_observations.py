"""The map of observations: for the police, within their areas, the same numbers as tiles, drawing and table."""

from collections import defaultdict
from statistics import mean

import mapbox_vector_tile
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from consult.db import db
from consult.geo import POLAND, Place, PlaceKind
from consult.observations import mapping
from consult.observations.models import Observation
from consult.threats import operations
from consult.tiles import tiles_over
from tests.accounts.makers import administrator, coordinator, officer, sign_in, unit
from tests.factories import LASK, admit, metres_away
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("world")

WEST, EAST, SOUTH = (metres_away(east, north) for east, north in ((-8_000, 0), (15_000, 0), (5_000, -9_000)))


@pytest.fixture
def observed():
    """Three observations in the west of 1003, one in its east, two in 1019, and one of a whole commune."""
    for at in (WEST, WEST, metres_away(-8_010, 4), SOUTH, EAST, EAST):
        admit("bezdomny_pomoc" if at is SOUTH else "parkowanie", at=at)
    admit(at=Place.whole(PlaceKind.COMMUNE, "1003023", *LASK, 8_000))
    db.session.commit()


def tiles_at(zoom):
    """The tiles of the country, of the two districts, and close by those around whatever was observed."""
    if zoom < 7:
        return tiles_over(POLAND, zoom)
    if zoom < 12:
        return tiles_over((LASK[0] - 0.3, LASK[1] - 0.2, LASK[0] + 0.4, LASK[1] + 0.2), zoom)
    boxes = [(lon - 0.03, lat - 0.02, lon + 0.03, lat + 0.02) for lon, lat in (WEST, SOUTH, EAST, LASK)]
    return list(dict.fromkeys(tile for box in boxes for tile in tiles_over(box, zoom)))


def counts(client, zoom, query=""):
    """All counts of a zoom that a person gets, the largest first."""
    found = []
    for tile in tiles_at(zoom):
        answer = client.get(f"/threats/observations/{tile.z}/{tile.x}/{tile.y}.mvt{query}")
        assert answer.status_code == (200 if answer.data else 204)
        if answer.data:
            assert answer.mimetype == "application/vnd.mapbox-vector-tile"
            layers = mapbox_vector_tile.decode(answer.data)
            found += [one["properties"]["count"] for one in layers["observations"]["features"]]
    return sorted(found, reverse=True)


@pytest.mark.parametrize("zoom", mapping.ZOOMS)
def test_a_tile_counts_what_lies_in_each_of_its_cells(observed, zoom):
    """At zooms whose cells are stored and at those between, the middle a unit beside the true one at most."""
    for number in range(12):
        admit(at=metres_away(-9_000 + number * 2_300, number * 700))
    db.session.commit()
    expected = defaultdict(list)
    for one in db.session.scalars(select(Observation).where(Observation.cell.is_not(None))):
        (tile,) = tiles_over((one.lon, one.lat, one.lon, one.lat), zoom)
        x, y = tile.units_to(one.lon, one.lat)
        expected[tile, x >> 7, y >> 7].append((x, y))
    found = {
        (tile, cell.x >> 7, cell.y >> 7): cell
        for tile in {tile for tile, _column, _row in expected}
        for cell in mapping.cells_of(tile, None)
    }
    assert found.keys() == expected.keys()
    for key, cell in found.items():
        assert cell.observations == len(expected[key])
        assert (cell.x, cell.y) == pytest.approx([mean(axis) for axis in zip(*expected[key], strict=True)], abs=1)


@pytest.mark.parametrize("zoom", [4, 9, 14])
def test_an_officer_gets_what_lies_in_the_own_area(client, observed, zoom):
    sign_in(client, officer(unit("1003")))
    assert sum(counts(client, zoom)) == 4
    assert sum(counts(client, zoom, "?category=bezdomny_pomoc")) == 1
    assert sum(counts(client, zoom, "?category=bezdomny_pomoc,parkowanie")) == 4
    assert counts(client, zoom, "?category=predkosc") == []


def test_two_units_get_their_own_and_share_nothing(client, observed):
    """The cells of the country are cut at the border of what a reader may see."""
    west, east = (counts(sign_in(client, officer(unit(code))), 4) for code in ("1003", "1019"))
    assert (west, east) == ([4], [2])


def test_a_station_of_one_commune_gets_that_commune(client, observed):
    sign_in(client, officer(unit("KP4", path="pl/10/1003/4/", areas=["100304"])))
    assert counts(client, 4) == [1]
    assert counts(client, 14) == [1]


def test_a_unit_of_a_whole_voivodeship_gets_all_its_districts(client, observed):
    """As on the list of threats: 10 is what begins with 10."""
    sign_in(client, officer(unit("KWP", path="pl/10/", areas=["10"])))
    assert sum(counts(client, 4)) == 6
    page = Page(client, "/threats/observations")
    assert [row.td.text for row in page.soup.select("tbody tr")] == ["4", "2"]
    assert client.get(page.soup.select_one("kmzb-map img")["src"]).status_code == 200
    assert client.get(page.soup.select_one("kmzb-map")["boundaries"]).status_code == 200
    other = sign_in(client, officer(unit("KWP2", path="pl/30/", areas=["30"])))
    assert counts(other, 4) == []


def test_who_has_no_area_gets_nothing(client, observed):
    sign_in(client, officer(unit("KP0", areas=[])))
    assert counts(client, 4) == []
    assert Page(client, "/threats/observations").soup.select("tbody tr") == []


def test_what_is_withdrawn_leaves_the_tile(client, observed):
    gone = admit(at=SOUTH)
    db.session.commit()
    sign_in(client, officer(unit("1003")))
    before = sum(counts(client, 14))
    operations.withdraw(gone, 7, "said so")
    db.session.commit()
    assert sum(counts(client, 14)) == before - 1


@pytest.mark.parametrize(
    "path", ["/threats/observations", "/threats/observations.svg", "/threats/observations/4/8/5.mvt"]
)
def test_nobody_else_sees_the_map(client, observed, path):
    assert client.get(path).status_code == 302
    assert sign_in(client, administrator(unit("1003"))).get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["3/4/2", "15/18000/10000", "4/16/5", "4/8/16", "4/-1/5", "4/8/5.5", "14/99999999999999999999/1"]
)
def test_what_is_no_tile_is_not_there(client, path):
    sign_in(client, officer(unit("1003")))
    assert client.get(f"/threats/observations/{path}.mvt").status_code == 404


def test_the_page_says_the_same_numbers(client, observed):
    sign_in(client, officer(unit("1003")))
    page = Page(client, "/threats/observations")
    rows = [(row.th.text, row.td.text) for row in page.soup.select("tbody tr")]
    assert rows == [("Łask", "3"), ("Widawa", "1")]
    assert page.soup.select_one("kmzb-map")["tiles"] == "/threats/observations/{z}/{x}/{y}.mvt"
    drawn = client.get(page.soup.select_one("kmzb-map img")["src"])
    assert drawn.mimetype == "image/svg+xml"
    titles = [title.text.split()[0] for title in BeautifulSoup(drawn.data, "xml").find_all("title")]
    assert sorted(int(title) for title in titles if title.isdigit()) == [1, 3]


def test_a_category_is_kept_from_the_page_to_its_tiles(client, observed):
    sign_in(client, officer(unit("1003")))
    page = Page(client, "/threats/observations?category=bezdomny_pomoc")
    assert [row.td.text for row in page.soup.select("tbody tr")] == ["1"]
    assert page.soup.select_one("kmzb-map")["tiles"].endswith("/{z}/{x}/{y}.mvt?category=bezdomny_pomoc")
    assert page.soup.select_one("option[selected]")["value"] == "bezdomny_pomoc"


def test_what_has_no_spot_is_said_beside_the_map(observed):
    """One of the western district speaks of a whole commune."""
    assert mapping.placeless(["1003"]) == mapping.placeless(["100302"], ["parkowanie"]) == 1
    assert mapping.placeless(["1019"]) == mapping.placeless(["1003"], ["predkosc"]) == mapping.placeless([]) == 0


def test_the_coordinator_sees_districts(client, observed):
    for code in ("1003", "1019"):
        unit(code)
    sign_in(client, coordinator(unit("10")))
    page = Page(client, "/threats/observations")
    assert [row.td.text for row in page.soup.select("tbody tr")] == ["4", "2"]
    assert sum(counts(client, 4)) == 6
    assert "od pierwszej do dzisiaj" in page.soup.main.text, "whoever reads a number is told of which time"


def test_the_middle_of_a_cell_is_that_of_its_observations(observed):
    (tile,) = (tile for tile in tiles_over((*WEST, *WEST), 14))
    (cell,) = (one for one in mapping.cells_of(tile, ["1003"]) if one.observations == 3)
    lon, lat = tile.position_of(cell.x, cell.y)
    assert lon == pytest.approx(WEST[0] - 10 / 3 / 69_200, abs=1e-5)
    assert lat == pytest.approx(WEST[1] + 4 / 3 / 111_250, abs=1e-5)
