"""Searching places: own district first, in any case, with what sort of place it is and where."""

import json

import pytest
from sqlalchemy import select

from consult.db import db
from consult.districts import queries as districts
from consult.districts.models import Level
from consult.geo import PlaceFault, PlaceKind, PlaceRefused, to_degrees, to_metres
from consult.places import queries
from consult.places.models import PlaceName
from tests.districts.makers import boundaries
from tests.places.makers import gazetteer, positions, register


@pytest.fixture
def places(app):
    boundaries()
    boundaries(Level.COMMUNE)
    gazetteer()
    gazetteer(positions())


def rows_of(name):
    return db.session.scalars(select(PlaceName).where(PlaceName.name == name)).all()


def twin(row, key, **other):
    """Another row of the same name, sort and commune."""
    kept = {column.key: getattr(row, column.key) for column in PlaceName.__table__.columns if column.key != "id"}
    return PlaceName(**kept | {"source_key": key, "position_key": None} | other)


def north_of_the_middle(row, metres):
    """A position so far to the north of the middle of a row's commune, or to the south."""
    x, y = to_metres(row.area_lon, row.area_lat)
    return dict(zip(("lon", "lat"), to_degrees(x, y + metres), strict=True))


def labels(words, district=None, **kwargs):
    return [found.label for found in queries.search(words, district, **kwargs)]


def test_a_place_says_what_it_is_and_where(places):
    [town, part] = queries.search("Kolumna", "1003")[:1] + queries.search("Łask", "1003")[:1]
    assert town.sublabel.startswith("część miasta Łask, gmina Łask, powiat łaski")
    assert part.sublabel == "miasto, powiat łaski"


def test_the_own_district_comes_first(places):
    first = queries.search("stara wies", "1008")
    assert [found.place.code for found in first] == ["1008011", "1003012"]
    assert [found.place.code for found in queries.search("stara wies", "1003")] == ["1003012", "1008011"]


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("w Starej Wsi", "Stara Wieś"),
        ("m. Zielęcice", "Zielęcice"),
        ("zielecicach", "Zielęcice"),
        ("ziel", "Zielęcice"),
        ("do Łasku", "Łask"),
        ("KURÓWKU", "Kurówek"),
        ("w Rudzie", "Ruda"),
        ("kierowcy jeżdżą za szybko przez Zielęcice, codziennie wieczorem", "Zielęcice"),
    ],
)
def test_a_name_is_found_in_any_case_and_by_its_beginning(places, words, label):
    assert labels(words, "1003")[0] == label


def test_a_name_comes_before_longer_ones_that_begin_alike(places):
    assert labels("Łask")[:2] == ["Łask", "Łaskowo"]


def test_a_place_with_a_position_is_a_point_whose_accuracy_grows_with_the_town(places):
    lask, kurowek = queries.search("Łask")[0].place, queries.search("Kurówek")[0].place
    assert lask.kind is PlaceKind.POINT
    assert lask.words == "Łask"
    assert lask.accuracy_m > 2000 > kurowek.accuracy_m >= 600
    assert districts.containing(lask).commune == "1003023"


def test_a_place_without_a_position_stands_for_its_commune(places):
    found = queries.search("Zielęcice", "1003")[0]
    assert (found.place.kind, found.place.code, found.place.words) == (PlaceKind.COMMUNE, "1003023", "Zielęcice")
    assert found.place.is_whole_area
    assert districts.containing(found.place).commune == "1003023"


def test_keys_are_the_same_in_the_next_search(places):
    assert [found.key for found in queries.search("łask")] == [found.key for found in queries.search("łask")]
    assert len({found.key for found in queries.search("stara wieś")}) == 2


def test_a_place_that_two_sources_know_is_one_answer_whether_they_came_together_or_apart(places):
    gazetteer([*register(), *positions()])
    for words in ("Łask", "Kurówek"):
        found = [one for one in queries.search(words) if one.label == words]
        assert len(found) == 1
        assert found[0].place.kind is PlaceKind.POINT


def test_sources_that_are_taken_in_at_once_are_joined_in_the_gazetteer(app):
    boundaries()
    boundaries(Level.COMMUNE)
    gazetteer([*register(), *positions()])
    assert [row.position_key for row in rows_of("Łask")] == ["geonames:g1"]


def test_a_place_that_stands_in_the_gazetteer_twice_is_one_answer_with_its_position(places):
    db.session.add(twin(rows_of("Kurówek")[0], "twin", lon=None, lat=None))
    db.session.flush()
    [found] = [one for one in queries.search("Kurówek") if one.label == "Kurówek"]
    assert found.place.kind is PlaceKind.POINT


def test_two_places_of_one_name_in_one_commune_say_in_which_part_of_it_they_lie(places):
    [row] = rows_of("Kurówek")
    db.session.add_all(twin(row, str(metres), **north_of_the_middle(row, metres)) for metres in (4_000, -4_000))
    db.session.delete(row)
    db.session.flush()
    found = [one.sublabel for one in queries.search("Kurówek") if one.label == "Kurówek"]
    assert len(set(found)) == 2
    assert {one.rpartition(", ")[2] for one in found} == {str(queries.SIDES[0]), str(queries.SIDES[4])}


def test_no_more_than_asked_for(places):
    assert len(queries.search("stara wieś", limit=1)) == 1


@pytest.mark.parametrize("words", ["51.59, 19.13", "51,59 19,13", "19.13 51.59", "51.59° N, 19.13° E", " 51.59;19.13 "])
def test_a_position_may_be_typed(app, words):
    [found] = queries.search(words)
    assert found.place.lon_lat == (19.13, 51.59)
    assert found.place.accuracy_m == pytest.approx(555)


def test_more_decimals_are_more_exact(app):
    assert queries.search("51.5906, 19.1328")[0].place.accuracy_m == 30


@pytest.mark.parametrize(
    "words",
    [
        "",
        "  ",
        "%",
        "_",
        "'; DROP TABLE place_name; --",
        "\x00",
        "999, 999",
        "1e309 51",
        "a" * 5000,
        "ł",
    ],
)
def test_what_is_no_place_finds_nothing(places, words):
    assert queries.search(words, "1003") == []


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("ul. Lipowa 5, Zielęcice", "ul. Lipowa 5"),
        ("Zielęcice, Lipowa 5", "Lipowa 5"),
        ("w Zielęcicach przy ul. Zielęcickiej", "ul. Zielęcickiej"),
        ("98-100 Łask, ul. Łaskowska", "ul. Łaskowska"),
        ("Zielęcice 12a", "12a"),
        ("Kolumna, Łask", ""),
        ("w Starej Wsi", ""),
        ("ziel", ""),
        ("wieś Zielęcice gmina Łask powiat łaski", ""),
        ("51.59° N, 19.13° E", ""),
        ("kierowcy jeżdżą za szybko przez Zielęcice, codziennie wieczorem i nocą", ""),
        ("kierowcy jeżdżą za szybko przez Zielęcice ulicą Lipową, codziennie wieczorem", "ul. Lipowa"),
    ],
)
def test_what_no_place_answers_to_is_told(places, words, rest):
    assert queries.not_found(words, queries.search(words, "1003")) == rest


@pytest.mark.parametrize("words", ["48.85, 2.35", "2.35 48.85", "40.7, -74.0", "999.1, 999.1"])
def test_a_position_typed_outside_poland_is_refused_as_such(places, words):
    with pytest.raises(PlaceRefused) as refused:
        queries.search(words, "1003")
    assert refused.value.fault is PlaceFault.OUTSIDE_POLAND


def test_names_outside_all_boundaries_are_not_offered(app):
    gazetteer()
    assert queries.search("Zielęcice") == []


def test_without_communes_a_place_stands_for_its_district(app):
    boundaries()
    gazetteer()
    place = queries.search("Zielęcice")[0].place
    assert (place.kind, place.code) == (PlaceKind.DISTRICT, "1003")
    assert districts.containing(place).district == "1003"


def test_the_largest_places_of_a_frame_are_listed(places):
    assert [town.name for town in queries.towns_within((14, 49, 24, 55))] == ["Łask", "Kurówek"]
    assert queries.towns_within((14, 49, 15, 50)) == []


def test_a_search_costs_three_queries_at_most(places):
    from sqlalchemy import event

    from consult.db import db

    statements = []
    listener = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    queries.search("w Starej Wsi", "1003")
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len(statements) == 3


@pytest.mark.shared
def test_villages_named_at_real_debates_are_among_the_first_three(app, shared, tmp_path):
    import csv
    import gzip

    requests = json.loads((shared / "debates" / "police_debate_requests.json").read_text(encoding="utf-8"))
    wanted = {request["powiat_teryt"] for request in requests}
    source = shared / "gazetteer" / "SIMC_2020-09-26.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file, delimiter=";") if row[:1] == ["WOJ"] or "".join(row[:2]) in wanted]
    part = tmp_path / "simc.csv"
    part.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    run = app.test_cli_runner().invoke
    powiaty = str(shared / "boundaries" / "pl_powiaty.geojson")
    assert (
        run(args=["districts", "import", powiaty, "--level", "district", "--valid-from", "2021-01-01"]).exit_code == 0
    )
    assert run(args=["places", "import", str(part), "--kind", "simc"]).exit_code == 0
    named = [(request, place) for request in requests for place in request["places"] if "simc" in place]
    assert len(named) == 9
    for request, place in named:
        right = {f"simc-{simc['sym']}" for simc in place["simc"]}
        for words in (place["form"], place["lemma"], request["request"]):
            found = {found.key for found in queries.search(words, request["powiat_teryt"])[:3]}
            assert right & found, words
