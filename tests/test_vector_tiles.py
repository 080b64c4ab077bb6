"""Vector tiles, read back by a decoder that is not ours."""

import mapbox_vector_tile
from hypothesis import given
from hypothesis import strategies as st

from consult.vector_tiles import Point, encoded

values = st.one_of(st.integers(0, 2**60), st.text(max_size=12))
points = st.builds(
    Point,
    st.integers(-4096, 8191),
    st.integers(-4096, 8191),
    st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=4).map(lambda one: tuple(one.items())),
    st.one_of(st.none(), st.integers(1, 2**40)),
)


def read(data):
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})


@given(st.lists(points, min_size=1, max_size=8))
def test_what_is_written_is_read_back(written):
    layer = read(encoded("voices", written))["voices"]
    assert (layer["version"], layer["extent"]) == (2, 4096)
    assert [tuple(one["geometry"]["coordinates"]) for one in layer["features"]] == [(one.x, one.y) for one in written]
    assert [one["geometry"]["type"] for one in layer["features"]] == ["Point"] * len(written)
    assert [one["properties"] for one in layer["features"]] == [dict(one.properties) for one in written]
    assert [one.get("id") or None for one in layer["features"]] == [one.id for one in written]


def test_nothing_is_an_empty_tile():
    assert encoded("voices", []) == b""


def test_a_value_that_many_share_is_written_once():
    one, many = (encoded("voices", [Point(1, 1, (("kind", "x" * 100),))] * times) for times in (1, 50))
    assert len(many) < len(one) + 50 * 20


def test_the_fullest_tile_stays_below_twenty_kilobytes():
    """A point in each of the 1,024 cells, with counts as a country of a million has them."""
    full = [
        Point(column * 128, row * 128, (("count", 7 * column + 211 * row % 450),))
        for column in range(32)
        for row in range(32)
    ]
    assert len(encoded("voices", full)) < 20_000
