"""A place out of an answer is blurred to its cell, and the accuracy stays honest."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from consult.geo import COARSE_CELL_M, COARSE_STEP_M, VAGUE_M, Place, PlaceKind, coarsened, shape_to_degrees

positions = st.tuples(st.floats(14.6, 23.6), st.floats(49.4, 54.2))
lengths = st.floats(0.0005, 0.05)


def drawn(kind, lon, lat, size, accuracy_m):
    corners = [[lon, lat], [lon + size, lat], [lon + size, lat + size / 2], [lon, lat]]
    geometry = {
        "point": {"type": "Point", "coordinates": [lon, lat]},
        "line": {"type": "LineString", "coordinates": corners[:3]},
        "area": {"type": "Polygon", "coordinates": [corners]},
    }[kind]
    return Place.from_mapping(geometry, accuracy_m, "ul. Ogrodowa 5")


@given(st.sampled_from(["point", "line", "area"]), positions, lengths, st.floats(1, 300))
def test_all_of_the_true_place_lies_within_the_accuracy(kind, position, size, accuracy_m):
    place = drawn(kind, *position, size, accuracy_m)
    blurred = coarsened(place)
    farthest_m = shapely.hausdorff_distance(blurred.metres, place.metres)
    assert farthest_m + accuracy_m <= blurred.accuracy_m + 0.5  # half a metre for six decimals of a degree
    assert blurred.accuracy_m >= COARSE_CELL_M * 2**-0.5
    assert blurred.accuracy_m % COARSE_STEP_M == 0
    assert (blurred.kind, blurred.words, blurred.code) == (PlaceKind.POINT, "", None)


@given(positions, st.floats(1, 124), st.floats(1, 124))
def test_all_places_of_a_cell_become_one(position, east, north):
    """Nothing of the position within the cell is left."""
    middle = coarsened(Place.point(*position))
    x, y = middle.x_y
    moved = shapely.Point(x + east, y - north)
    lon, lat = shapely.get_coordinates(shape_to_degrees(moved))[0]
    assert coarsened(Place.point(float(lon), float(lat))) == middle


def test_blurring_twice_is_blurring_once_but_for_the_accuracy():
    once = coarsened(Place.point(19.13, 51.59))
    assert coarsened(once).geometry == once.geometry


@pytest.mark.parametrize("kind", [PlaceKind.COMMUNE, PlaceKind.DISTRICT])
def test_a_whole_area_stays_whole_without_words(kind):
    place = Place.whole(kind, "1003023", 19.13, 51.59, 9_000, "gmina Łask, koło kościoła")
    assert coarsened(place) == Place.whole(kind, "1003023", 19.13, 51.59, 9_000)


def test_an_ordinary_point_can_still_be_joined_by_distance():
    blurred = coarsened(Place.point(19.13, 51.59))
    assert blurred.accuracy_m == 250
    assert not blurred.is_whole_area


def test_a_long_road_is_too_vague_to_be_joined():
    road = Place.from_mapping({"type": "LineString", "coordinates": [[19.13, 51.59], [19.18, 51.59]]})
    assert coarsened(road).accuracy_m > VAGUE_M
