"""The two pages of perceived beside recorded: areas for staff, one district for everybody; made-up figures."""

import pytest

from consult.db import db
from consult.districts.official import FigureKind
from consult.police_records import queries
from consult.police_records.beside import Doubt
from tests.accounts.makers import administrator, coordinator, officer, sign_in
from tests.factories import LASK, admit, metres_away
from tests.police_records import makers

STAFF = "/police-records/perceived"
PUBLIC = "/districts/1003/perceived-and-recorded"
EAST = metres_away(15_000, 0)


@pytest.fixture
def recorded(world):
    makers.taken("code;period;measure;count\n1003;2024;road;90\n1019;2024;road;60\n", FigureKind.OFFENCES)
    makers.taken(makers.population(), FigureKind.POPULATION)


def speak(count, category="predkosc", at=LASK, **more):
    for number in range(count):
        east, north = divmod(number, 5)
        admit(category, metres_away(700 * east, 700 * north, at), voice_key=f"{category}{at}{number}", **more)
    db.session.commit()


def row_of(code, category="predkosc"):
    return queries.comparisons("10", {category: "road"}, 2026, 2024)[category].of(code)


def test_voices_of_a_year_are_counted_by_people(recorded):
    speak(12)
    admit("predkosc", metres_away(5_000, 5_000), voice_key=f"predkosc{LASK}0")
    db.session.commit()
    row = row_of("1003")
    assert (row.place.voices, row.place.all_voices, row.place.recorded) == (12, 12, 90)
    assert row.place.people == 50_000
    assert (row_of("1019").place.voices, row_of("1019").doubt) == (0, Doubt.FEW_VOICES)


def test_two_districts_are_too_few_to_compare(recorded):
    speak(12)
    speak(12, at=EAST)
    assert row_of("1003").doubt is Doubt.FEW_AREAS


def test_staff_see_areas_and_their_doubts(client, recorded):
    speak(12)
    page = sign_in(client, coordinator()).get(STAFF)
    assert page.status_code == 200
    assert "powiat łaski" in page.text
    assert "Nieprawidłowe parkowanie" in page.text  # among the categories without records
    asked = {"within": "10", "category": "akty_wandalizmu", "year": "2025"}
    assert client.get(STAFF, query_string=asked).status_code == 200
    assert client.get(STAFF, query_string={"within": "zz", "year": "-1", "category": "'"}).status_code == 200


def test_without_communes_in_any_table_the_page_says_so(client, recorded):
    desk = sign_in(client, officer())
    before = desk.get(STAFF, query_string={"within": "1003"})
    assert "empty-state" in before.text
    makers.taken("code;period;measure;count\n1003023;2024;predkosc;5\n", FigureKind.OFFENCES)
    assert "empty-state" not in desk.get(STAFF, query_string={"within": "1003"}).text
    found = queries.comparisons("1003", {"predkosc": "predkosc"}, 2026, 2024)["predkosc"]
    assert [(row.place.code, row.place.recorded) for row in found.rows] == [("100302", 5), ("100304", None)]


def test_everybody_sees_exact_categories_of_one_district(client, recorded):
    speak(12)
    makers.taken("code;period;measure;count\n1003;2024;srodki_odurzajace;33\n", FigureKind.OFFENCES)
    page = client.get(PUBLIC)
    assert page.status_code == 200
    assert "Przekraczanie dozwolonej prędkości" in page.text
    assert "Używanie środków odurzających" not in page.text
    assert ">12<" in page.text.replace("\n", "").replace(" ", "")


def test_everybody_sees_no_few_voices(client, recorded):
    speak(3)
    speak(20, "parkowanie", at=metres_away(0, 8_000))
    page = client.get(PUBLIC)
    assert ">3<" not in page.text.replace("\n", "").replace(" ", "")


def test_before_anything_is_brought_in_both_pages_say_what_to_do(client, world):
    assert "empty-state" in client.get(PUBLIC).text
    assert client.get("/districts/9999/perceived-and-recorded").status_code == 404
    assert "empty-state" in sign_in(client, coordinator()).get(STAFF).text


def test_who_may_compare(client, world):
    assert client.get(STAFF).status_code == 302
    assert sign_in(client, administrator()).get(STAFF).status_code == 403
