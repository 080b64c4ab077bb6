"""Which district and commune a place lies in, how far the border is, and which other district it may be."""

import json
from datetime import date

import numpy as np
import pytest
import shapely
from sqlalchemy.exc import NoResultFound

from consult.districts import queries
from consult.districts.boundary_file import Outline
from consult.districts.models import Level
from consult.geo import Place, PlaceFault, PlaceKind, PlaceRefused, to_degrees
from tests.districts.makers import SIDE, SOUTH, WEST, boundaries, square, three_districts


def place(east, north, accuracy_m=30.0):
    """A place so many kilometres east and north of the first square's corner."""
    return Place.point(*to_degrees(WEST + east * 1000, SOUTH + north * 1000), accuracy_m)


@pytest.fixture
def districts(app):
    boundaries()


@pytest.fixture
def communes(districts):
    boundaries(Level.COMMUNE)


def test_a_place_has_its_voivodeship_district_and_commune(communes):
    found = queries.containing(place(15, 8))
    assert (found.voivodeship, found.district, found.commune) == ("10", "1003", "1003023")
    assert (found.district_name, found.commune_name) == ("powiat łaski", "Łask")


def test_the_way_to_the_districts_border_is_measured(communes):
    found = queries.containing(place(15, 3))
    assert found.border_m == pytest.approx(3000, abs=1)
    assert found.neighbour is None


def test_within_the_accuracy_of_a_place_the_neighbour_is_named(districts):
    assert queries.containing(place(19.8, 5, accuracy_m=250)).neighbour == "1008"
    assert queries.containing(place(19.8, 5, accuracy_m=150)).neighbour is None
    assert queries.containing(place(10.1, 5, accuracy_m=250)).neighbour == "1001"


def test_a_line_across_the_border_names_the_other_district(districts):
    ends = [list(to_degrees(WEST + east, SOUTH + 5000)) for east in (15_000, 21_000)]
    road = Place.from_mapping({"type": "LineString", "coordinates": ends}, 10)
    found = queries.containing(road)
    assert (found.district, found.neighbour) == ("1003", "1008")


def test_on_a_shared_border_the_smallest_code_answers(districts):
    atlas = queries._sheets(None).districts.atlas
    assert atlas.codes[atlas.at(WEST + SIDE, SOUTH + 5000)] == "1001"
    x, y = np.array([WEST + SIDE, WEST + 2 * SIDE]), np.array([SOUTH + 5000.0] * 2)
    assert [atlas.codes[k] for k in atlas.at_many(x, y)] == ["1001", "1003"]


def test_a_place_outside_all_districts_is_refused(districts):
    with pytest.raises(PlaceRefused) as refused:
        queries.containing(place(35, 5))
    assert refused.value.fault is PlaceFault.OUTSIDE_BOUNDARIES


def test_without_any_boundaries_every_place_is_outside(app):
    with pytest.raises(PlaceRefused) as refused:
        queries.containing(place(15, 5))
    assert refused.value.fault is PlaceFault.OUTSIDE_BOUNDARIES


def test_inexact_boundaries_take_in_what_lies_just_outside(app):
    boundaries(is_approximate=True, accuracy_m=600)
    assert queries.containing(place(15, -0.4)).district == "1003"
    assert queries.containing(place(15, -0.4)).is_approximate
    assert queries.containing(place(19.5, 5)).neighbour == "1008"
    with pytest.raises(PlaceRefused):
        queries.containing(place(15, -0.7))


def test_whole_communes_and_districts_go_by_their_code(communes):
    commune = queries.containing(Place.whole(PlaceKind.COMMUNE, "100302", 19.1, 51.5, 9000))
    assert (commune.district, commune.commune, commune.neighbour) == ("1003", "1003023", None)
    district = queries.containing(Place.whole(PlaceKind.DISTRICT, "1003", 19.1, 51.5, 20_000))
    assert (district.district, district.commune) == ("1003", None)


@pytest.mark.parametrize(("kind", "code"), [(PlaceKind.COMMUNE, "1003999"), (PlaceKind.DISTRICT, "9999")])
def test_an_unknown_code_is_outside(communes, kind, code):
    with pytest.raises(PlaceRefused):
        queries.containing(Place.whole(kind, code, 19.1, 51.5, 9000))


def test_districts_without_communes_and_communes_without_districts_do(app):
    boundaries(Level.COMMUNE)
    found = queries.containing(place(15, 8))
    assert (found.district, found.commune) == ("1003", "1003023")
    assert found.border_m == pytest.approx(2000, abs=1)
    assert [region.code for region in queries.districts()] == ["1001", "1003", "1008"]


def test_commune_boundaries_of_another_year_never_contradict_the_district(districts):
    moved = [Outline(1, "1001012", "Bełchatów", square(0, side=SIDE + 500)), Outline(2, "1003023", "Łask", square(1))]
    boundaries(Level.COMMUNE, moved)
    assert queries.containing(place(10.2, 5)).commune == "1003023"
    lon, lat = place(10.2, 5).lon_lat
    many = queries.containing_many(np.array([lon]), np.array([lat]))
    assert (many.district[0], many.commune[0]) == ("1003", "1003023")


def test_each_day_has_the_boundaries_of_its_day(districts):
    later = [Outline(1, "1001", "bełchatowski", square(0)), Outline(2, "1003", "łaski", square(2))]
    boundaries(outlines=later, valid_from=date(2024, 1, 1))
    assert queries.containing(place(25, 5), on=date(2023, 12, 31)).district == "1008"
    assert queries.containing(place(25, 5), on=date(2024, 1, 1)).district == "1003"
    assert queries.containing(place(25, 5), on=date(2010, 1, 1)).district == "1008"


def test_many_places_with_a_point_outside_are_refused(communes):
    places = [place(5, 5)] * queries.MANY
    assert queries.containing_each(places) == [queries.containing(places[0])] * queries.MANY
    with pytest.raises(PlaceRefused):
        queries.containing_each([*places, place(35, 5)])


def test_many_points_among_other_places_are_located_as_each_alone(communes):
    spots = np.random.default_rng(8).uniform((0.1, 0.1), (29.9, 9.9), (queries.MANY + 50, 2))
    places = [place(east, north, 400) for east, north in spots]
    areas = [region for region in queries.communes() if region.code[:4] == "1003"]
    places[10] = Place.whole(PlaceKind.COMMUNE, areas[0].code, areas[0].lon, areas[0].lat, 9000)
    ends = [list(place(east, 5).lon_lat) for east in (9.5, 10.5)]
    places[20] = Place.from_mapping({"type": "LineString", "coordinates": ends})
    found = queries.containing_each(places)
    assert found == [queries.containing(each) for each in places]
    assert found[10].commune == areas[0].code
    assert found[20].neighbour is not None


def test_many_places_are_located_as_each_alone(communes):
    spots = np.random.default_rng(7).uniform((0, -2), (32, 12), (400, 2))
    places = [place(east, north, 200) for east, north in spots]
    lon, lat = np.array([each.lon_lat for each in places]).T
    many = queries.containing_many(lon, lat, 200)
    for k, each in enumerate(places):
        try:
            alone = queries.containing(each)
        except PlaceRefused:
            assert many.district[k] == many.commune[k] == many.neighbour[k] == ""
            assert np.isnan(many.border_m[k])
            continue
        assert (many.district[k], many.commune[k]) == (alone.district, alone.commune)
        assert (many.neighbour[k] or None) == alone.neighbour
        assert many.border_m[k] == pytest.approx(alone.border_m, abs=0.1)


def test_areas_are_found_by_code(communes):
    assert queries.district("1003").label == "powiat łaski"
    assert queries.commune("100302").label == "Łask"
    assert queries.outline("1003").area == pytest.approx(SIDE**2)
    assert queries.outline("1003012").area == pytest.approx(SIDE**2 / 2)
    assert [region.name for region in queries.communes_of("1003")] == ["Buczek", "Łask"]
    assert [region.code for region in queries.neighbours_of("1003")] == ["1001", "1008"]
    with pytest.raises(NoResultFound):
        queries.district("9999")


def test_areas_are_named_by_any_code(communes):
    assert queries.names(["1003", "1003023", "100301", "9999"]) == {
        "1003": "powiat łaski",
        "1003023": "Łask",
        "100301": "Buczek",
    }


def test_the_edges_of_a_district_are_given_in_degrees(communes):
    west, south, east, north = queries.bounds("1003")
    assert (west, south) == pytest.approx(to_degrees(WEST + SIDE, SOUTH), abs=0.01)
    assert (east, north) == pytest.approx(to_degrees(WEST + 2 * SIDE, SOUTH + SIDE), abs=0.01)
    assert queries.bounds(None)[0] < west


def test_a_region_is_shown_at_a_point_inside_it(communes):
    for region in queries.districts():
        assert queries.containing(Place.point(region.lon, region.lat)).district == region.code
        assert SIDE * 0.7 < region.reach_m < SIDE


def test_names_that_two_districts_share_come_with_their_voivodeship(app):
    boundaries(outlines=[Outline(1, "1016", "tomaszowski", square(0)), Outline(2, "1063", "Skierniewice", square(1))])
    assert [region.label for region in queries.districts()] == ["powiat tomaszowski (łódzkie)", "Skierniewice"]


def test_a_town_and_the_commune_around_it_are_told_apart(districts):
    boundaries(Level.COMMUNE, [Outline(1, "1003011", "Łask", square(1)), Outline(2, "1003022", "Łask", square(0))])
    assert {region.label for region in queries.communes_of("1003")} == {"Łask (miasto)", "Łask (gmina)"}


def test_a_place_question_offers_the_communes_and_the_whole_district(communes):
    choices = queries.communes_to_choose("1003")
    assert [choice.label for choice in choices] == ["Buczek", "Łask", "powiat łaski"]
    assert choices[-1].place.kind is PlaceKind.DISTRICT
    assert len(queries.communes_to_choose(None)) == 4
    view = queries.frame("1003")
    assert (view.width, view.height) == (640, 440)
    assert view.west < WEST + SIDE < WEST + 2 * SIDE < view.east
    assert queries.frame(None).west < WEST


def test_a_place_question_works_before_any_boundaries_are_there(app):
    assert queries.communes_to_choose("1003") == []
    assert queries.frame("1003").west < WEST
    assert queries.bounds("1003") is None
    assert queries.districts() == queries.communes_of("1003") == queries.neighbours_of("1003") == []
    with pytest.raises(NoResultFound):
        queries.district("1003")


def test_the_command_prints_what_a_position_lies_in(communes, app):
    lon, lat = place(15, 8).lon_lat
    result = app.test_cli_runner().invoke(args=["districts", "locate", str(lon), str(lat)])
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer.pop("set") == queries.containing(place(15, 8)).digest
    assert answer == {"voivodeship": "10", "district": "1003", "commune": "1003023", "border_m": 2000}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("51.6", "19.1"), 1), (("nan", "51"), 1), (("1e309", "51"), 1), (("2", "48"), 1), (("a", "51"), 2), (("19",), 2)],
)
def test_the_command_refuses_what_is_no_place_in_poland(communes, app, arguments, code):
    result = app.test_cli_runner().invoke(args=["districts", "locate", "--", *arguments])
    assert result.exit_code == code
    assert result.stderr
    assert not result.stdout


def test_one_question_costs_one_query(communes, app):
    queries.containing(place(15, 8))
    statements = []
    from sqlalchemy import event

    from consult.db import db

    listener = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    queries.containing(place(16, 8))
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len(statements) == 1


def test_shapes_of_the_maker_are_what_they_say():
    assert shapely.area([outline.shape for outline in three_districts()]).sum() == pytest.approx(3 * SIDE**2)
