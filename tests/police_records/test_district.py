"""A district's records for everybody, its chart and table, and what a summary is given; made-up figures."""

from datetime import date

import pytest

from consult.districts.official import FigureKind
from consult.period import Period
from consult.police_records import queries
from consult.police_records.rating import Break
from tests.accounts.makers import officer, sign_in
from tests.police_records import makers

WHERE = "/districts/1003/police-records"


@pytest.fixture
def recorded(world):
    makers.everything()


def of(code, period, measure="criminal"):
    [record] = [one for one in queries.records_of(code) if one.code == measure]
    return record.of(period)


def test_without_any_records_the_page_says_when_they_come(client, world):
    page = client.get(WHERE)
    assert page.status_code == 200
    assert "empty-state" in page.text
    assert client.get(f"{WHERE}/criminal.svg").status_code == 404
    assert client.get("/districts/9999/police-records").status_code == 404


def test_rates_stand_beside_those_of_the_voivodeship_and_the_country(recorded):
    row = of("1003", "2024")
    assert (row.own.count, row.own.people, row.own.published) == (424, 50_000, 8.48)
    assert row.own.rate.value == pytest.approx(8.48)
    assert row.voivodeship.rate is None  # only two of its 24 districts have people here
    assert (row.voivodeship.count, row.voivodeship.published, row.country.count) == (930, 9.3, 9300)
    assert row.breaks == (Break.BORDERS,)
    assert of("1003", "2023").own.flag == "-"
    assert of("1003", "2021").own.rate is None


def test_the_page_shows_all_of_it(client, recorded):
    page = client.get(WHERE)
    assert "8,48" in page.text
    assert "Wymyślone liczby do testów" in page.text
    assert "police-records/criminal.svg" in page.text
    assert client.get(WHERE, query_string={"measure": "nonsense"}).status_code == 200
    assert client.get(WHERE).text.count("<table") == 2


def test_the_chart_names_its_years_and_marks_breaks(client, recorded):
    drawn = client.get(f"{WHERE}/criminal.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "2024*" in drawn.text
    assert "8,48" in drawn.text


def test_the_table_holds_every_period_with_its_signs(client, recorded):
    head, *rows = client.get(f"{WHERE}.csv").data.decode("utf-8-sig").splitlines()
    assert head.startswith("code;period;measure;name;count;flag")
    by_period = {row.split(";")[1]: row.split(";") for row in rows}
    assert by_period["2023"][4:6] == ["", "'-"]  # as every text that a spreadsheet could compute
    assert by_period["2024"][4] == "424"
    assert by_period["2024"][13] == "borders"


def test_places_and_communes_are_for_the_police_alone(client, recorded):
    makers.taken(
        "code;period;measure;count;place\n1003023;2024;kradzież roweru;1;\n1003;2024;kradzież roweru;2;Park Miejski\n",
        FigureKind.OFFENCES,
    )
    assert "Park Miejski" not in client.get(WHERE).text
    assert "kradzież roweru" not in client.get(f"{WHERE}.csv").text
    page = sign_in(client, officer()).get(WHERE)
    assert "Park Miejski" in page.text


def test_a_quarter_of_a_table_of_the_police_has_a_count_and_no_rate(recorded):
    makers.taken("code;period;measure;count\n1003;2024-Q3;criminal;90\n", FigureKind.OFFENCES)
    row = of("1003", "2024-Q3")
    assert (row.own.count, row.own.rate, row.breaks) == (90, None, ())


def test_a_voivodeship_that_no_file_names_is_added_up_only_whole(world):
    codes = [f"10{number:02}" for number in [*range(1, 22), 61, 62, 63]]
    rows = "".join(f"{code};2023;road;10\n{code};2024;road;{'' if code == '1005' else 10}\n" for code in codes)
    makers.taken("code;period;measure;count\n" + rows, FigureKind.OFFENCES)
    assert of("1003", "2023", "road").voivodeship.count == 240
    assert of("1003", "2024", "road").voivodeship.count is None
    assert of("1003", "2023", "road").country.count is None


def test_the_number_of_queries_does_not_grow_with_the_figures(client, world, queries_counted):
    makers.taken("code;period;measure;count\n1003;2024;road;1\n", FigureKind.OFFENCES)
    few = queries_counted(lambda: client.get(WHERE))
    makers.everything()
    assert queries_counted(lambda: client.get(WHERE)) <= few + 2


def test_a_summary_is_given_the_last_whole_year_and_told_so(recorded):
    found = queries.for_summary("1003", Period.parse("2026-Q3"))
    assert (found.period, found.is_period_asked) == ("2024", False)
    [(record, row)] = found.rows
    assert (record.code, row.own.count, row.own.published) == ("criminal", 424, 8.48)
    assert found.changes == {"criminal": None}  # its borders moved
    assert found.source.endswith("Wymyślone liczby do testów")
    assert found.updated_on == date(2025, 5, 15)
    assert queries.for_summary("1003", Period.parse("2022")).period == "2022"
    assert queries.for_summary("1003", Period.parse("2022-Q3")).period == "2021"


def test_a_summary_is_given_its_own_period_where_the_police_count_it(recorded):
    makers.taken("code;period;measure;count\n1003;2026-Q3;criminal;90\n", FigureKind.OFFENCES)
    found = queries.for_summary("1003", Period.parse("2026-Q3"))
    assert (found.period, found.is_period_asked) == ("2026-Q3", True)
    assert found.source == "test.xlsx; GUS, Bank Danych Lokalnych: Wymyślone liczby do testów"


def test_a_summary_without_records_is_given_nothing(world):
    assert queries.for_summary("1003", Period.parse("2026-Q3")) is None
