"""The real sheets of the statistical office, read as they are: rates as published, sums, and the year of Nidzica."""

from collections import Counter
from datetime import date
from statistics import mean

import pytest

from consult.districts.official import COUNTRY, DISTRICTS, FigureKind
from consult.police_records import reading
from consult.police_records.measures import Offence, per_1000
from consult.police_records.rating import Break, breaks_of, stands_out
from consult.rates import mid_year

FILES = {
    FigureKind.OFFENCES: ("GUS_BDL_przestepstwa_2013-2024.xlsx", 26 * 12 * 397),
    FigureKind.POPULATION: ("GUS_BDL_ludnosc_2013-2024.xlsx", 24 * 12 * 380),
    FigureKind.AREA: ("GUS_BDL_powierzchnia_2013-2024.xlsx", 12 * 380),
}
COUNTED = [offence.value for offence in Offence if offence is not Offence.TOTAL]
TOLERANCE = 0.08
"""What the published rates, rounded to two decimals from people we do not see, may differ, for 1,000 people."""


@pytest.fixture(scope="module")
def real(request):
    shared = request.getfixturevalue("_shared_statistics")
    found = {}
    for kind, (name, count) in FILES.items():
        read = reading.begin((shared / name).read_bytes(), kind, date(2026, 11, 1), {})
        found[kind] = {figure.key: figure.value for figure in read.figures()}
        assert (read.read, len(found[kind]), read.faults) == (count, count, [])
        assert read.title.startswith("GUS, Bank Danych Lokalnych: ")
        assert read.updated_on.year == 2025
    return found


@pytest.fixture(scope="module")
def _shared_statistics():
    from tests.conftest import SHARED

    if not SHARED.is_dir():
        pytest.skip("the reference data ../shared/data is not here")
    return SHARED / "statistics"


@pytest.fixture(scope="module")
def people(real):
    found = Counter()
    for (code, period, _sex, age), value in real[FigureKind.POPULATION].items():
        if age == "all":
            found[code, int(period)] += value
    return found


def count(real, code, year, measure="criminal"):
    return real[FigureKind.OFFENCES][code, str(year), measure, ""]


def districts(real):
    return sorted({key[0] for key in real[FigureKind.OFFENCES] if len(key[0]) == 4})


def land(real, code):
    return {int(key[1]): value for key, value in real[FigureKind.AREA].items() if key[0] == code}


def errors(real, people, year, measure="criminal"):
    """How far our rate is from the published one, district by district."""
    return {
        code: abs(
            1_000 * count(real, code, year, measure) / mid_year(people[code, year - 1], people[code, year])
            - count(real, code, year, per_1000(measure))
        )
        for code in districts(real)
    }


@pytest.mark.shared
def test_published_rates_are_reproduced(real, people):
    """380 districts in three years without a change of borders or census."""
    found = [error for year in (2019, 2022, 2024) for error in errors(real, people, year).values()]
    print(f"{len(found)} rates: mean error {mean(found):.4f}, largest {max(found):.4f} for 1,000 people")  # noqa: T201  # read with -s
    assert len(found) == 3 * 380
    assert max(found) < TOLERANCE
    assert mean(found) < 0.008


@pytest.mark.shared
def test_the_people_of_one_day_would_be_worse(real, people):
    for year in (2019, 2022, 2024):
        by_end = [
            abs(1_000 * count(real, code, year) / people[code, year] - count(real, code, year, "criminal_per_1000"))
            for code in districts(real)
        ]
        assert mean(by_end) > 3 * mean(errors(real, people, year).values())


@pytest.mark.shared
def test_other_years_differ_only_where_the_census_or_borders_did(real, people):
    """Where borders moved, the office reckons with people in the new ones on both days; Sopot's land grew unseen."""
    for year in (2014, 2015, 2016, 2017, 2018, 2021, 2023):
        for code, error in errors(real, people, year).items():
            if error >= TOLERANCE and (code, year) not in {("2264", 2014), ("3209", 2023)}:
                assert Break.BORDERS in breaks_of(year, land(real, code)), (code, year, error)
    assert max(errors(real, people, 2020).values()) > TOLERANCE
    assert Break.CENSUS in breaks_of(2020, {})


@pytest.mark.shared
def test_the_country_and_voivodeships_are_the_sums_of_their_districts(real):
    codes = districts(real)
    assert Counter(code[:2] for code in codes) == DISTRICTS
    for year in (2013, 2024):
        for measure in COUNTED:
            assert sum(count(real, code, year, measure) for code in codes) == count(real, COUNTRY, year, measure)
            own = sum(count(real, code, year, measure) for code in codes if code[:2] == "10")
            assert own == count(real, "10", year, measure)


@pytest.mark.shared
def test_the_year_of_nidzica_stands_out_and_few_others_do(real):
    years = range(2013, 2025)
    out = {
        (code, year)
        for code in districts(real)
        for year in years
        if stands_out(int(count(real, code, year)), [int(count(real, code, other)) for other in years if other != year])
    }
    assert count(real, "2811", 2024) == 3_376
    assert ("2811", 2024) in out
    assert len(out) < 20
