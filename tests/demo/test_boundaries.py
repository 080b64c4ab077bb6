"""The demonstration's boundaries: derived from places, marked as approximate, giving way to better ones."""

import pytest
import shapely

from consult.demo import boundaries as demo
from consult.districts import queries
from consult.districts.models import Level
from consult.geo import Place
from tests.districts.makers import boundaries


@pytest.fixture
def geography(app):
    return demo.load_boundaries()


@pytest.mark.parametrize(
    ("lon", "lat", "commune", "name"),
    [
        (19.1328, 51.5906, "1003023", "Łask"),
        (19.1642, 51.5023, "1003012", "Buczek"),
        (17.8956, 52.1683, "3023083", "Zagórów"),
        (17.8719, 52.2873, "3023011", "Słupca (miasto)"),
    ],
)
def test_towns_lie_in_their_own_commune(geography, lon, lat, commune, name):
    found = queries.containing(Place.point(lon, lat))
    assert (found.district, found.commune, found.commune_name) == (commune[:4], commune, name)
    assert found.is_approximate


def test_both_districts_have_all_their_communes_and_their_neighbours(geography):
    assert len(queries.communes_of("1003")) == 5
    assert len(queries.communes_of("3023")) == 8
    assert {region.code for region in queries.neighbours_of("1003")} >= {"1001", "1008", "1011", "1014", "1019"}
    assert {region.code for region in queries.neighbours_of("3023")} >= {"3003", "3010", "3030"}


def test_districts_are_made_of_their_communes_without_overlap(geography):
    for region in queries.districts():
        communes = [commune.shape for commune in queries.communes_of(region.code)]
        assert shapely.area(communes).sum() == pytest.approx(region.shape.area)
        assert shapely.union_all(communes).symmetric_difference(region.shape).area < 1


def test_their_source_is_named_wherever_they_show(geography):
    source, is_approximate = queries.attribution()
    assert is_approximate
    assert "GeoNames CC BY 4.0" in source
    assert queries.in_force(Level.DISTRICT).accuracy_m == 3000


def test_loading_twice_changes_nothing_and_gives_the_same_boundaries(geography):
    first = queries.digest()
    assert demo.load_boundaries() == []
    assert queries.digest() == first


def test_boundaries_that_are_there_already_stay(app):
    boundaries()
    boundaries(Level.COMMUNE)
    assert demo.load_boundaries() == []
    assert not queries.attribution()[1]


def test_imported_boundaries_replace_the_derived_ones(geography):
    boundaries()
    assert not queries.in_force(Level.DISTRICT).is_approximate
    assert len(queries.districts()) == 3
