"""Tiles of the map and their cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult import tiles
from consult.geo import POLAND
from consult.tiles import CELLS, EXTENT, FINEST, LOWEST, UNIT_BITS, Tile, tiles_over, units_of

positions = st.tuples(st.floats(POLAND[0], POLAND[2]), st.floats(POLAND[1], POLAND[3]))


def test_a_known_place_lies_in_its_known_tile():
    """Warsaw's Palace of Culture, as every map server numbers it."""
    assert (571, 337) in tiles_over((21.006, 52.232, 21.006, 52.232), 10)
    assert Tile(0, 0, 0).box == pytest.approx((-180, -85.051129, 180, 85.051129))


@given(positions, st.integers(0, 20))
def test_a_place_lies_in_the_box_of_its_tile(position, z):
    lon, lat = position
    over = tiles_over((lon, lat, lon, lat), z)
    tile = Tile(z, over.west, over.north)
    west, south, east, north = tile.box
    assert west <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9
    assert tile.holds(lon, lat)
    x, y = tile.units_to(lon, lat)
    assert 0 <= x < EXTENT
    assert 0 <= y < EXTENT


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_morton_numbers_lead_back(column, row):
    number = tiles.interleaved(column, row)
    assert tiles.deinterleaved(number) == (column, row)
    assert tiles.interleaved(column >> 1, row >> 1) == number >> 2  # the cell around it


def test_morton_numbers_are_those_that_everybody_draws():
    assert [tiles.interleaved(x, y) for y in (0, 1) for x in (0, 1)] == [0, 1, 2, 3]
    assert tiles.interleaved(2, 0) == 4


@given(positions, st.integers(LOWEST, FINEST))
def test_the_cells_of_a_tile_are_a_range(position, z):
    """A place's cell, coarsened from the finest zoom, is among those of the tile around the place."""
    x, y = units_of(*position)
    finest = tiles.interleaved(x >> UNIT_BITS, y >> UNIT_BITS)
    over = tiles_over((*position, *position), z)
    first, after = Tile(z, over.west, over.north).cells
    assert first <= finest >> 2 * (FINEST - z) < after
    assert after - first == CELLS == 32 * 32


@given(positions)
def test_a_position_leads_back(position):
    (tile,) = tiles_over((*position, *position), FINEST)
    assert tile.position_of(*tile.units_to(*position)) == pytest.approx(position, abs=1e-5)


def test_a_box_lists_its_tiles_once():
    over = tiles_over(POLAND, 6)
    listed = list(over)
    assert len(set(listed)) == len(listed) == (over.east - over.west + 1) * (over.south - over.north + 1)
    assert all((tile.x, tile.y) in over and tile.z == 6 for tile in listed)


def test_a_zoom_is_chosen_by_how_wide_its_cells_are():
    assert tiles.zoom_for(48_000) == LOWEST
    assert tiles.zoom_for(3_000) == 8
    assert tiles.zoom_for(47) == tiles.zoom_for(1) == FINEST


def test_tiles_beyond_the_scheme_do_not_exist():
    assert Tile(4, 15, 15).exists
    assert not Tile(4, 16, 0).exists
    assert not Tile(4, 0, -1).exists
    assert not Tile(-1, 0, 0).exists
    assert not Tile(90, 0, 0).exists
