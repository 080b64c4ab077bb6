"""What a device fetches of the map before a debate: which tiles, in which order, and whose."""

from hypothesis import given
from hypothesis import strategies as st

from consult.basemap.sources import Sheet
from consult.districts import queries as districts
from consult.tiles import tiles_over
from debates import ahead
from tests.accounts.makers import officer, sign_in, unit
from tests.debates.makers import meeting

edges = st.tuples(st.floats(14.2, 22), st.floats(49.1, 53), st.floats(0.01, 2), st.floats(0.01, 1.5)).map(
    lambda found: (found[0], found[1], found[0] + found[2], found[1] + found[3])
)


@given(edges, st.integers(0, 10), st.integers(8, 18))
def test_tiles_come_zoom_by_zoom_from_the_middle_each_once(box, lowest, highest):
    tiles = ahead.tiles_around(box, lowest, highest)
    assert len(set(tiles)) == len(tiles) <= ahead.MOST_TILES
    zooms = [tile.z for tile in tiles]
    assert zooms == sorted(zooms)
    assert all(max(lowest, ahead.WIDEST) <= zoom <= min(highest, ahead.CLOSEST) for zoom in zooms)
    for zoom in set(zooms[:-1]) - {zooms[-1]}:
        over = tiles_over(box, zoom)
        own = [tile for tile in tiles if tile.z == zoom]
        assert set(own) == set(over), "a zoom is whole before the next one begins"
        far = [max(abs(2 * one.x - over.west - over.east), abs(2 * one.y - over.north - over.south)) for one in own]
        assert far == sorted(far)


def test_a_box_holds_all_boxes():
    assert ahead.around([(1.0, 2.0, 3.0, 4.0), (0.0, 3.0, 2.0, 5.0)]) == (0.0, 2.0, 3.0, 5.0)


class Nowhere:
    """A background that says only what it is made of."""

    sheet = Sheet("image/png", 5, 10, "")


def test_the_page_names_borders_and_background_of_all_districts_of_a_meeting(app, desk, account, monkeypatch):
    made = meeting(account, district_codes=["1003", "1019"])
    told = desk.get(f"/debates/{made.id}/ahead").json
    assert told["tiles"] == [], "there is no background"
    assert len(told["boundaries"]) == 2
    assert all(desk.get(address).status_code == 200 for address in told["boundaries"])
    monkeypatch.setitem(app.extensions, "basemap", Nowhere())
    told = desk.get(f"/debates/{made.id}/ahead").json
    both = ahead.around(districts.bounds(code) for code in ("1003", "1019"))
    wanted = [f"/basemap/{one.z}/{one.x}/{one.y}" for zoom in range(7, 11) for one in tiles_over(both, zoom)]
    assert sorted(told["tiles"]) == sorted(wanted)
    assert told["bytes"] == 10 * 1024 * 1024
    assert told["area"].count(",") == 1


def test_nobody_of_another_unit_is_told(client, account):
    made = meeting(account)
    sign_in(client, officer(unit("1019", "Komenda w Zduńskiej Woli"), email="obcy@example.pl"))
    assert client.get(f"/debates/{made.id}/ahead").status_code == 404
