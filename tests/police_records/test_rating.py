"""Rows of records: what is divided from the year before, what stands out, and what may be subtracted."""

from consult.police_records.rating import Break, Facts, RecordRow, breaks_of, change, marked, stands_out

NIDZICA = (403, 512, 742, 610, 498, 530, 441, 600, 590, 515, 702)
"""Made up between the two ends that were published."""


def record(counts, land=None):
    rows = [RecordRow(str(year), Facts(count), Facts(), Facts()) for year, count in counts.items()]
    return marked("criminal", "", rows, land or {})


def test_a_year_of_one_case_with_many_acts_stands_out():
    assert stands_out(3_376, NIDZICA)
    assert not any(stands_out(count, (*NIDZICA, 3_376)) for count in NIDZICA)


def test_few_offences_waver_without_standing_out():
    assert not stands_out(9, (3, 2, 4, 3))
    assert not stands_out(0, (3, 2, 4, 3))
    assert stands_out(40, (3, 2, 4, 3))
    assert stands_out(20, (300, 320, 310))


def test_two_other_years_say_nothing():
    assert not stands_out(3_376, (403, 742))


def test_years_after_which_something_is_counted_otherwise():
    assert breaks_of(2014, {}) == (Break.MINORS,)
    assert breaks_of(2020, {}) == (Break.CENSUS,)
    assert breaks_of(2019, {2018: 100.0, 2019: 100.0}) == ()
    assert breaks_of(2017, {2016: 97.0, 2017: 149.0}) == (Break.BORDERS,)
    assert breaks_of(2021, {2020: 84.0, 2021: 85.0}) == ()
    assert breaks_of(2021, {2020: 1_304.0, 2021: 1_303.0}) == ()


def test_a_change_is_said_only_where_both_years_were_counted_alike():
    found = record({2013: 10, 2014: 5, 2015: 8, 2016: None, 2020: 3, 2021: 9}, {2020: 100.0, 2021: 150.0})
    assert {row.period: change(found, row) for row in found.rows} == {
        "2013": None, "2014": None, "2015": 3, "2016": None, "2020": None, "2021": None,
    }  # fmt: skip


def test_the_census_divides_rates_and_not_counts():
    found = record({2019: 10, 2020: 12})
    assert change(found, found.of("2020")) == 2


def test_years_come_first_and_in_order():
    rows = [RecordRow(period, Facts(1), Facts(), Facts()) for period in ("2024-Q2", "2024", "2023", "2024-Q1")]
    assert [row.period for row in marked("x", "", rows, {}).rows] == ["2023", "2024", "2024-Q1", "2024-Q2"]
    assert [row.period for row in marked("x", "", rows, {}).years] == ["2023", "2024"]
