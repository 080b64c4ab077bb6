"""Intervals of drawn samples, and what they are beside: the design decides, and opt-in gets none."""

import json

import pytest

from consult.db import db
from consult.disclosure import Audience, Crowd, survey_figures
from consult.estimates.designs import DesignUnclear
from surveys import estimation
from surveys.estimation import Draw
from surveys.operations import methods as operations
from surveys.queries import respondents, results
from surveys.questions import SampleKind
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.pages import Page
from tests.surveys import drawn

NOTHING = {
    "sponsor": "", "population": "", "recruitment": "", "processing": "", "limitations": "", "population_size": None,
    "population_source": "", "strata": "", "stratum_sizes": {}, "clusters": "",
}  # fmt: skip


@pytest.fixture
def made(world):
    found = drawn.survey(SampleKind.PROBABILITY)
    drawn.four_kinds(found)
    drawn.close(found)
    return found


def told(made, draw=None, kind=SampleKind.PROBABILITY):
    basis = estimation.basis(kind, respondents.respondents(made), draw or Draw(), [])
    return estimation.estimates(basis, results.found(made).questions)


def test_a_plain_draw_has_the_interval_of_the_textbook(made):
    """55 of 100: p(1-p)/(n-1) is the variance of a plain draw."""
    top = told(made)["trust"].top
    assert (top.value, top.error) == (pytest.approx(0.55), pytest.approx((0.55 * 0.45 / 99) ** 0.5))
    assert top.korn_graubard[0] < 0.45 < 0.65 < top.korn_graubard[1]


def test_a_known_population_narrows_it_and_a_whole_one_leaves_nothing(made):
    plain, narrow = told(made)["trust"].top, told(made, Draw(population_size=200))["trust"].top
    assert narrow.error == pytest.approx(plain.error * 0.5**0.5)
    assert told(made, Draw(population_size=100))["trust"].top.error == 0
    with pytest.raises(DesignUnclear):
        told(made, Draw(population_size=99))


def test_strata_weigh_by_the_people_behind_those_drawn(made):
    """45 of 60 women and 10 of 40 men; as many women as men there are: a half."""
    top = told(made, Draw(strata="sex", stratum_sizes={"k": 1000, "m": 1000}))["trust"].top
    assert top.value == pytest.approx(0.5)
    women, men = 0.75 * 0.25 / 59 * (1 - 60 / 1000), 0.25 * 0.75 / 39 * (1 - 40 / 1000)
    assert top.error == pytest.approx((0.25 * women + 0.25 * men) ** 0.5)
    assert top.degrees == 98


def test_people_drawn_together_leave_few_degrees(made):
    assert told(made, Draw(clusters="age"))["trust"].top.degrees == 1
    assert told(made, Draw(strata="sex", stratum_sizes={"k": 1, "m": 1}, clusters="age"))["trust"].top.degrees == 2


def test_recommendation_is_a_mean_with_an_error(made):
    """60 promoters, 40 detractors of 100: 20, and the score varies as plus and minus a hundred do."""
    score = told(made)["nps"].score
    assert score.value == pytest.approx(20)
    assert score.error == pytest.approx((100**2 * (1 - 0.2**2) / 99) ** 0.5)


def state(made, kind, **facts):
    operations.state(coordinator(), made, sample=kind, **NOTHING | facts)
    db.session.commit()


def section(shown, words):
    return next(part for part in shown.soup.select(".outcome") if words in part.h2.text)


def test_the_page_shows_intervals_of_a_draw_and_none_of_those_who_came(client, made):
    signed = sign_in(client, coordinator())
    trust = section(Page(signed, "/surveys/zaufanie/results"), "Czy ufa")
    rows = {row.th.text.strip(): row.select("td")[-1].text.strip() for row in trust.select("tbody tr")}
    assert rows["zdecydowanie tak"] == "26–45\u00a0%", "Clopper and Pearson: 35 of 100"
    assert trust.find("th", string=lambda words: words and "95" in words)
    state(made, SampleKind.OPT_IN)
    trust = section(Page(signed, "/surveys/zaufanie/results"), "Czy ufa")
    assert len(trust.select("thead th")) == 3


def test_everybody_of_a_census_leaves_shares_alone(client, made):
    state(made, SampleKind.CENSUS, population_size=100)
    shown = Page(sign_in(client, coordinator()), "/surveys/zaufanie/results")
    assert "100" in shown.soup.select_one(".govuk-inset-text").text
    rows = {
        row.th.text.strip(): row.select("td")[-1].text.strip() for row in section(shown, "Czy ufa").select("tbody tr")
    }
    assert rows["zdecydowanie tak"] == "35\u00a0%"


def test_numbers_that_contradict_each_other_are_said_and_counts_stay(client, made):
    state(made, SampleKind.CENSUS, population_size=99)
    shown = Page(sign_in(client, coordinator()), "/surveys/zaufanie/results")
    assert len(section(shown, "Czy ufa").select("thead th")) == 3
    assert len(shown.soup.select(".govuk-inset-text p")) > 2


def test_as_long_as_somebody_waits_there_are_counts_alone(client, world):
    found = drawn.survey(SampleKind.PROBABILITY)
    drawn.answer(found, 12, sex="k", trust="4")
    shown = Page(sign_in(client, coordinator()), "/surveys/zaufanie/results")
    assert len(section(shown, "Czy ufa").select("thead th")) == 3


def test_the_record_holds_error_and_interval(app, made):
    printed = app.test_cli_runner().invoke(args=["surveys", "results", "zaufanie", "--json"]).output
    trust = next(one for one in json.loads(printed)["questions"] if one["name"] == "trust")
    assert trust["estimates"]["top"]["percent"] == 55
    assert trust["estimates"]["top"]["error"] == pytest.approx(5.0, abs=0.001)
    assert 44 < trust["estimates"]["top"]["low"] < 46


def test_nothing_of_a_part_with_few_people_is_estimated(client, made):
    shown = Page(sign_in(client, coordinator()), "/surveys/zaufanie/results?only=mode:paper")
    assert section(shown, "Czy ufa").select("tbody tr")
    assert estimation.estimates(respondents.standing(made).basis, []) == {}


def test_an_officer_elsewhere_sees_no_estimates(client, made):
    assert sign_in(client, officer(unit("1465", "KSP"))).get("/surveys/zaufanie/results").status_code == 404


def test_the_public_is_told_an_estimate_as_a_count_in_fives_and_only_from_thirty_worth():
    crowd = Crowd({("web",): 100})
    figures = survey_figures(Audience.PUBLIC, {}, crowd, effective=80)
    assert figures.estimated(0.337).per_cent == 35
    assert survey_figures(Audience.PUBLIC, {}, crowd, effective=29.9).estimated(0.337) is None
    assert survey_figures(Audience.STAFF, {}, crowd, effective=29.9).estimated(0.337).per_cent == pytest.approx(33.7)
