"""Counting threats by cells: what the map shows adds up to the list, in every view and by every filter."""

import gzip
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import mapbox_vector_tile
import pytest
import shapely
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from consult.catalogue.models import Category
from consult.clock import now
from consult.db import db
from consult.districts import queries as districts
from consult.geo import box_to_degrees, to_degrees
from consult.observations.models import Plane
from consult.threats import cells, publication, queries
from consult.threats.filtering import chosen_filters
from consult.threats.models import Threat
from consult.threats.queries import Filters
from consult.threats.workflow import Status
from consult.tiles import PARALLEL_52_M, tiles_over
from tests.factories import LASK, admit, metres_away
from tests.pages import Page

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
CODES = ("1003", "1019")


def spread(count=400):
    """Threats all over the two districts, some on one spot, some of a whole commune, of every kind and state."""
    dice = random.Random(2026)
    categories = [(one.code, one.group_code) for one in db.session.query(Category).order_by(Category.code)]
    spots = [spot_in(dice) for _ in range(count // 2)]
    rows = []
    for number in range(count):
        x, y, code = spots[number % len(spots)] if number % 3 else spot_in(dice)
        lon, lat = to_degrees(x, y)
        category, group = dice.choice(categories)
        planes = {name: int(dice.random() < 0.4) for name in ("from_records", "from_contact", "from_online")}
        seen = AT - timedelta(hours=dice.randrange(4_000))
        rows.append(
            {
                "category_code": category, "group_code": group, "status": dice.choice(list(Status)),
                "status_at": AT - timedelta(days=dice.randrange(60)), "created_at": seen, "arrived_at": seen,
                "first_at": seen,
                "last_at": seen + timedelta(hours=dice.randrange(300)), "observations": int(dice.random() < 0.95),
                "voices": 1, "independent": 1, **planes, "is_whole_area": dice.random() < 0.05, "lon": lon, "lat": lat,
                "x": x, "y": y, "accuracy_m": 20.0, "district_code": code, "commune_code": None, "is_settled": False,
            }
        )  # fmt: skip
    db.session.execute(insert(Threat), rows)


def spot_in(dice):
    code = dice.choice(CODES)
    region = next(one for one in districts.districts() if one.code == code)
    west, south, east, north = region.shape.bounds
    return dice.uniform(west, east), dice.uniform(south, north), code


codes = st.sampled_from([None, "10", "1003", "1019", "30"])
filters = st.builds(
    Filters,
    district=codes,
    categories=st.lists(st.sampled_from(["parkowanie", "predkosc", "alkohol", "zebractwo"]), max_size=2).map(tuple),
    statuses=st.lists(st.sampled_from(list(Status)), max_size=3).map(tuple),
    planes=st.lists(st.sampled_from(list(Plane)), max_size=2).map(tuple),
    since=st.none() | st.datetimes(datetime(2026, 5, 1), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001
    until=st.none() | st.datetimes(datetime(2026, 5, 1), datetime(2026, 11, 20), timezones=st.just(UTC)),  # noqa: DTZ001
    visible=st.sampled_from(["everything", "public", "own"]),
)


@pytest.fixture
def threats(world):
    spread()


def test_cells_and_those_without_a_place_add_up_to_the_list(threats):
    """`script/trial cells` asks ten thousand times."""

    seen = {
        "everything": None,
        "public": publication.visible_condition(AT, ()),
        "own": publication.visible_condition(AT, ("1003",)),
    }

    @given(filters)
    def adds_up(drawn):
        chosen = replace(drawn, visible=seen[drawn.visible])
        held = sum(cell.count for cell in cells.within(chosen))
        assert held + cells.placeless(chosen) == queries.count(chosen)

    adds_up()


def test_a_view_holds_what_lies_in_it_and_no_cell_crosses_a_border(threats):
    by_id = {threat.id: threat for threat in db.session.query(Threat)}

    @given(st.sampled_from([500, 3_000, 20_000, 90_000]), st.floats(0, 1), st.floats(0, 1))
    def holds(span, right, up):
        regions = districts.districts()
        west = regions[0].shape.bounds[0] + right * 50_000
        south = regions[0].shape.bounds[1] + up * 40_000
        view = (west, south, west + span, south + span)
        found = cells.within(Filters(), view)
        inside = {
            threat.id
            for threat in by_id.values()
            if threat.observations and not threat.is_whole_area
            and west <= threat.x <= west + span and south <= threat.y <= south + span
        }  # fmt: skip
        assert sum(cell.count for cell in found) >= len(inside)
        for one in inside:
            x, y = by_id[one].x, by_id[one].y
            assert any(cell.bounds[0] <= x < cell.bounds[2] and cell.bounds[1] <= y < cell.bounds[3] for cell in found)
        assert {cell.threat_id for cell in found if cell.count == 1} <= by_id.keys()

    holds()


def test_a_square_on_a_border_is_two_cells(world):
    border = next(one for one in districts.districts() if one.code == "1003").shape.bounds[2]
    y = next(one for one in districts.districts() if one.code == "1003").shape.centroid.y
    side = cells.side_m(100_000)
    spread(2)
    for number, threat in enumerate(db.session.query(Threat).order_by(Threat.id)):
        threat.x, threat.y, threat.district_code = border - 1 + 2 * number, y, CODES[number]
        threat.is_whole_area, threat.observations = False, 1
    db.session.flush()
    found = cells.within(Filters(), (border - 50_000, y - 50_000, border + 50_000, y + 50_000))
    assert [cell.count for cell in found] == [1, 1]
    assert int((border - 1) // side) == int((border + 1) // side), "the two lie in one square"


@pytest.mark.parametrize(("span", "side"), [(800_000, 65_536), (100_000, 8_192), (50_000, 4_096), (16, 4), (0, 4)])
def test_squares_double_from_step_to_step(span, side):
    assert cells.side_m(span) == side


def test_counting_is_one_statement(threats, queries_counted):
    assert queries_counted(lambda: cells.within(Filters())) == 1


def test_the_filters_of_an_address_count_alike(threats):
    for arguments in (
        {"district": "1003"},
        {"status": "new,confirmed"},
        {"plane": "online"},
        {"period": "2026-Q3"},
        {},
    ):
        chosen, _shown = chosen_filters(arguments, ())
        held = sum(cell.count for cell in cells.within(chosen))
        assert held + cells.placeless(chosen) == queries.count(chosen)


def test_the_map_of_a_view_counts_what_is_dense_and_shows_what_stands_alone(client, world):
    for k in range(4):
        admit("parkowanie", at=metres_away(k * 400, 0), when=now())
    admit("parkowanie", at=metres_away(-12_000, 0), when=now())
    lon, lat = LASK
    answer = client.get("/threats/cells.geojson", query_string={"view": f"{lon - 1},{lat - 1},{lon + 1},{lat + 1}"})
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    shown = [one["properties"] for one in answer.json["features"]]
    assert sum(one.get("count", 1) for one in shown) == 5
    group = max(shown, key=lambda one: one.get("count", 1))
    assert group["count"] > 1, "the four near ones are counted together"
    assert any(one.get("status") == "new" for one in shown), "the far one stands alone"
    west, south, east, north = group["bounds"]
    assert west < east
    assert south < north
    assert len(Page(client, group["url"]).soup.select(".result")) >= group["count"]
    near = {"view": f"{lon - 0.01},{lat - 0.005},{lon + 0.02},{lat + 0.005}"}
    features = client.get("/threats/cells.geojson", query_string=near).json["features"]
    assert not any("count" in one["properties"] for one in features)


@pytest.mark.parametrize(
    "view",
    ["", "1,2,3", "a,b,c,d", "nan,nan,nan,nan", "inf,0,inf,1", "24,55,14,48", "-180,-90,180,90", "0,0,1,1", "٣,٣,٤,٤"],
)
def test_an_odd_view_shows_everything(client, world, view):
    admit("parkowanie", when=now())
    found = client.get("/threats/cells.geojson", query_string={"view": view}).json
    assert len(found["features"]) == 1
    assert found["placeless"] == 0


def test_what_has_no_place_is_counted_beside_the_map(client, world):
    admit("parkowanie", when=now())
    observation = admit("predkosc", when=now())
    queries.of_observation(observation).is_whole_area = True
    db.session.flush()
    assert client.get("/threats/cells.geojson").json["placeless"] == 1
    for page in ("/", "/districts/1003"):
        assert "1 zagrożenie nie ma punktu na mapie" in Page(client, page).text


def test_no_view_tells_of_a_protected_place(client, world):
    for code in ("zebractwo", "srodki_odurzajace"):
        admit(code, when=now())
    assert client.get("/threats/cells.geojson").json["features"] == []
    assert client.get("/threats/cells.geojson").json["placeless"] == 0


def test_the_drawn_map_tells_how_many_lie_together(client, world):
    for k in range(3):
        admit("parkowanie", at=metres_away(k * 400, 0), when=now())
    drawn = BeautifulSoup(client.get("/threats/map.svg?district=1003").text, "xml")
    told = [title.text for title in drawn.select("g > title")]
    assert any("w tej części mapy" in one for one in told), told


def around_the_districts():
    return shapely.union_all([one.shape for one in districts.districts()]).bounds


@pytest.mark.parametrize("zoom", [5, 8, 10, 11])
def test_tiles_hold_every_cell_that_views_show_once_and_no_other(threats, zoom):
    filters, _shown = chosen_filters({}, ())
    side = cells.side_m(PARALLEL_52_M / 2**zoom)
    west, south, east, north = around_the_districts()
    step = side * cells.ACROSS
    views = [
        (x, y, x + step, y + step)
        for x in range(int(west) - 1, int(east), step)
        for y in range(int(south) - 1, int(north), step)
    ]
    viewed = {
        (cell.count, round(cell.x, 3), round(cell.y, 3), cell.bounds)
        for view in views
        for cell in cells.within(filters, view)
    }
    over = tiles_over(box_to_degrees((west, south, east, north)), zoom)
    tiled = [
        (cell.count, round(cell.x, 3), round(cell.y, 3), cell.bounds)
        for tile in over
        for cell in cells.of_tile(filters, tile)
    ]
    assert len(tiled) == len(set(tiled))
    assert set(tiled) == viewed


def test_a_tile_says_what_the_map_of_the_same_squares_says(client, threats):
    """The same figures as the GeoJSON: numbers, threats that stand alone and their states."""
    db.session.commit()
    box = box_to_degrees(around_the_districts())
    view = client.get("/threats/cells.geojson", query_string={"view": ",".join(map(str, box))}).json["features"]
    said = Counter((one["properties"].get("count", 1), one.get("id"), one["properties"].get("status")) for one in view)
    found = Counter()
    for tile in tiles_over(box, 8):
        answer = client.get(f"/threats/cells/{tile.z}/{tile.x}/{tile.y}.mvt")
        for one in mapbox_vector_tile.decode(answer.data).get("threats", {"features": []})["features"]:
            found[one["properties"]["count"], one.get("id") or None, one["properties"].get("status")] += 1
    assert found == said


def test_a_tile_may_be_kept_and_is_asked_again_by_its_name(client, threats):
    db.session.commit()
    (tile,) = tiles_over((*LASK, *LASK), 9)
    address = f"/threats/cells/9/{tile.x}/{tile.y}.mvt"
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert plain.mimetype == "application/vnd.mapbox-vector-tile"
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert client.get(address, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert len(client.get(address + "?category=parkowanie").data) < len(plain.data)


def test_a_tile_without_threats_is_empty_and_what_is_no_tile_is_not_there(client, world):
    assert client.get("/threats/cells/9/283/169.mvt").status_code == 204
    for path in ("3/4/2", "19/1/1", "9/512/1", "9/1/512", "9/-1/1"):
        assert client.get(f"/threats/cells/{path}.mvt").status_code == 404
