"""Moran's I, local Moran and Gi*: equal to esda 2.9.0 with libpysal 4.14.1, on Columbus and on the districts of Poland."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from consult.hot_spots import neighbourhoods
from consult.hot_spots.autocorrelation import Background, dealt_out, gi_star, local_moran, moran


@pytest.fixture
def columbus(shared):
    """The 49 neighbourhoods of Columbus, Ohio (1980): their shapes and burglaries per thousand households."""
    found = json.loads((shared / "spatial" / "columbus.geojson").read_text())["features"]
    return [shape(one["geometry"]) for one in found], np.array([one["properties"]["CRIME"] for one in found])


def test_the_whole_of_columbus(columbus):
    shapes, crime = columbus
    near = neighbourhoods.touching(shapes)
    assert (near.count, near.weight.sum(), int(near.sizes[0])) == (49, 236, 2)
    found = moran(crime, near.standardised)
    assert found.i == pytest.approx(0.5001885571828611, abs=1e-12)
    assert found.expected == pytest.approx(-1 / 48)
    assert (found.z_normal, found.z_randomised) == pytest.approx((5.630312787738188, 5.58938267504451), abs=1e-9)
    assert (found.p_normal, found.p_randomised) == pytest.approx((1.7988309915890043e-08, 2.2787827007824768e-08))
    assert found.p_permuted == 0.001
    assert found == moran(crime, near.standardised), "the same figures give the same answer"
    plain = moran(crime, near)
    assert plain.i == pytest.approx(0.515461436886279, abs=1e-12)
    assert (plain.p_normal, plain.p_randomised) == pytest.approx((3.9607912841137993e-10, 5.24769363955562e-10))


def test_each_place_of_columbus(columbus):
    shapes, crime = columbus
    near = neighbourhoods.touching(shapes)
    local = [0.721781379, 0.517985646, 0.09193542, 0.00472258, 0.297410081, -0.177864996]
    assert local_moran(crime, near)[:6] == pytest.approx(local, abs=1e-8)
    z = gi_star(crime, near)
    assert z[:6] == pytest.approx(
        [-1.432779654, -1.340008097, -0.771998681, -0.131733364, 1.285362798, 0.068648044], abs=1e-8
    )
    assert (int(z.argmax()), z.max()) == (15, pytest.approx(3.475051356160124))


def test_other_neighbours_of_columbus(columbus):
    shapes, crime = columbus
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    nearest = neighbourhoods.nearest(x, y, 4)
    assert set(nearest.sizes) == {4}
    assert moran(crime, nearest.standardised, draws=9).i == pytest.approx(0.5825517270277237, abs=1e-12)
    assert neighbourhoods.within(x, y, 0.7).weight.sum() == 306
    reached = neighbourhoods.within(x, y, 1.0)
    assert reached.weight.sum() == 560
    assert gi_star(crime, reached)[:4] == pytest.approx(
        [-1.340008097, -1.440130014, 0.343705927, 0.475226799], abs=1e-8
    )


def test_values_that_are_all_the_same_are_refused():
    near = neighbourhoods.in_grid(np.arange(12) % 4, np.arange(12) // 4)
    with pytest.raises(ValueError, match="the same"):
        moran(np.ones(12), near)
    assert gi_star(np.ones(12), near).tolist() == [0] * 12


def test_an_island_has_no_neighbours_and_its_own_z():
    near = neighbourhoods.within(np.array([0.0, 1, 2, 50]), np.zeros(4), 1.1)
    assert near.sizes.tolist() == [1, 2, 1, 0]
    values = np.array([1.0, 2, 3, 9])
    assert gi_star(values, near)[3] == pytest.approx((9 - values.mean()) / values.std())


def test_places_at_one_spot_have_as_many_neighbours_as_others():
    near = neighbourhoods.nearest(np.array([0.0, 0, 0, 0, 5]), np.zeros(5), 2)
    assert near.sizes.tolist() == [2] * 5


@settings(max_examples=15)
@given(st.integers(2, 30), st.integers(1, 9), st.integers(0, 1000))
def test_chance_takes_no_place_twice(count, most, seed):
    picks = dealt_out(count, most, draws=50, seed=seed)
    assert picks.shape == (50, min(most, count))
    assert all(len(set(row)) == len(row) for row in picks.tolist())
    assert picks.min() >= 0
    assert picks.max() < count


def test_every_place_is_drawn_as_often_as_every_other():
    picks = dealt_out(6, 3, draws=20_000)
    shares = np.array([np.bincount(column, minlength=6) for column in picks.T]) / 20_000
    assert np.abs(shares - 1 / 6).max() < 0.01
    pairs = np.unique(np.sort(picks[:, :2], axis=1), axis=0, return_counts=True)[1] / 20_000
    assert len(pairs) == 15
    assert np.abs(pairs - 1 / 15).max() < 0.01


def test_chances_are_the_shares_of_all_ways_to_choose():
    """Two of four places with 1, 2, 4 and 8: six ways, and 10 or more is given by two of them."""
    background = Background(np.array([1.0, 2, 4, 8]), dealt_out(4, 2, draws=20_000))
    found = [background.chance(*asked, ()) for asked in ((10, 2), (3, 2), (13, 2), (8, 1), (0, 0))]
    assert found == pytest.approx([2 / 6, 1, 0, 1 / 4, 1], abs=0.01)


def test_places_are_compared_with_the_others_alone():
    """Of 1, 2, 4 and 8 without the 8 three pairs are left, one of which has 6."""
    picks = dealt_out(4, 2, draws=20_000)
    assert Background(np.array([1.0, 2, 4, 8]), picks).chance(6, 2, [3]) == pytest.approx(1 / 3, abs=0.01)
    assert Background(np.array([1.0, 2, 4, 8]), picks, [3]).chance(6, 2, [2]) < 0.001, "1 and 2 are left"
