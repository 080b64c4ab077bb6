"""What a release says beside its figures: how the survey was made, and what weights make of them."""

import csv
import io
import json

import pytest

from consult.clock import today
from consult.db import db
from consult.disclosure import Audience, Crowd, survey_figures
from consult.releases import operations as releases
from consult.releases import queries as written
from consult.releases.models import ReleaseKind
from surveys import method_wording
from surveys.operations import methods, weighting
from surveys.operations.releasing import release
from surveys.queries import methods as facts_of
from surveys.queries import releases as queries
from surveys.questions import SampleKind
from surveys.weighting import Cell, Margin
from tests.accounts.makers import coordinator
from tests.pages import Page
from tests.surveys import drawn, makers

pytestmark = pytest.mark.usefixtures("world")

KNOWN = Margin("sex", 2025, "GUS", (Cell(("k",), 44), Cell(("m",), 56)))
LOPSIDED = Margin("sex", 2025, "GUS", (Cell(("k",), 95), Cell(("m",), 5)))


@pytest.fixture
def made():
    """Sixty women and forty men who came by themselves, all mixed."""
    found = drawn.survey(SampleKind.OPT_IN, is_open=True)
    drawn.four_kinds(found)
    drawn.close(found)
    return found


def weigh(survey, margin=KNOWN):
    run = weighting.weigh(coordinator(), survey, margins=[margin])
    db.session.commit()
    return run


def record_of(survey):
    made = release(survey)
    db.session.commit()
    return written.figures(made)


def question(record, name):
    return next(one for one in record["questions"] if one["name"] == name)


def said(record, name, language="en"):
    item = next(one for one in record["method"] if one["name"] == name)
    return " ".join(item["said"][language])


def test_the_box_is_frozen_with_the_figures_in_three_languages(made):
    record = record_of(made)
    assert [item["name"] for item in record["method"]] == [
        "collection", "sponsor", "questions", "population", "recruitment", "modes", "period", "size", "weighting",
        "processing", "limitations",
    ]  # fmt: skip
    for item in record["method"]:
        assert set(item["label"]) == set(item["said"]) == {"pl", "en", "uk"}
        assert all(lines and all(lines) for lines in item["said"].values()), item["name"]
    assert "no sampling error can be calculated" in said(record, "size")
    assert said(record, "sponsor").endswith("not stated.")


def test_what_is_stated_afterwards_changes_no_release(made):
    record = record_of(made)
    stated = {"population": "", "recruitment": "", "processing": "", "limitations": "", "population_size": None}
    drawn_ = {"population_source": "", "strata": "", "stratum_sizes": {}, "clusters": ""}
    methods.state(coordinator(), made, sample=SampleKind.OPT_IN, sponsor="Gmina Łask", **stated, **drawn_)
    db.session.commit()
    assert "Gmina" not in json.dumps(record, ensure_ascii=False)
    assert queries.last(made).is_intact
    assert "Gmina" not in json.dumps(queries.method(made), ensure_ascii=False)


def test_the_box_tells_no_number_of_people_but_in_fives_and_no_way_that_few_used():
    made = drawn.survey(SampleKind.OPT_IN, is_open=True)
    drawn.answer(made, 42, mode="web", sex="k", age="old", trust="3")
    drawn.answer(made, 9, sex="m", age="old", trust="3")
    drawn.close(made)
    record = record_of(made)
    assert "About 50 people" in said(record, "size")
    assert "51" not in said(record, "size")
    assert "on paper" not in said(record, "modes")
    assert "fewer than ten" in said(record, "modes")
    assert "on the web" in said(record, "modes")


def test_the_days_are_those_on_which_it_was_open(made):
    record = record_of(made)
    found = queries.field(made)
    assert (found.first, found.last) == (today(), today())
    assert str(today().year) in said(record, "period")
    assert "could be answered" in said(record, "period")


def test_weighted_shares_stand_beside_the_others_and_never_an_interval(made, client):
    """Of 60 women 25 trust very much, of 40 men 10: 35 of 100 as they came, 32 weighted to 44 and 56."""
    weigh(made)
    record = record_of(made)
    trust = question(record, "trust")
    assert trust["counts"] == {"#asked": 100, "1": 15, "2": 30, "3": 20, "4": 35}
    assert trust["weighted"] == {"reaches": 30, "counts": {"1": 10, "2": 40, "3": 15, "4": 30}}
    assert question(record, "sex")["weighted"]["counts"] == {"k": 45, "m": 55}
    assert queries.weighted(made)["trust"].lines[1].share.per_cent == 40
    page = Page(client, f"/releases/{queries.last(made).id}")
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.soup.select("tbody tr")]
    assert ["raczej nie", "30", "30\u00a0%", "40\u00a0%"] in rows
    assert "±" not in page.text
    assert not [cell for row in rows for cell in row if "(" in cell], "an interval would stand in brackets"


def test_the_box_says_what_the_answers_are_weighted_to_and_what_it_costs_in_fives(made):
    run = weigh(made)
    record = record_of(made)
    assert record["weighting"] == {"run": run.digest, "spec": run.spec, "worth": 90, "design_effect": 1.1}
    assert "Sex (2025, GUS)" in said(record, "weighting")
    assert "Płeć (2025, GUS)" in said(record, "weighting", "pl")
    assert "about 90 unweighted" in said(record, "weighting")


def test_without_weights_in_force_nothing_is_weighted(made, client):
    weigh(made)
    weighting.withdraw(coordinator(), made)
    record = record_of(made)
    assert record["weighting"] is None
    assert {one["weighted"] for one in record["questions"]} == {None}
    assert said(record, "weighting") == "Not weighted: every answer counts the same."
    assert queries.weighted(made) == {}


def test_while_answers_wait_to_be_mixed_a_release_is_not_weighted_and_says_so(made):
    weigh(made)
    made.closed_at = None
    db.session.commit()
    drawn.answer(made, 12, sex="m", age="old", trust="3")
    record = record_of(made)
    assert record["weighting"] is None
    assert question(record, "trust")["weighted"] is None
    assert "not mixed yet" in said(record, "weighting")


def test_the_same_people_are_never_told_with_other_weights_too(made):
    weigh(made)
    record_of(made)
    assert queries.weighing(made, 100).basis is not None
    weigh(made, Margin("sex", 2025, "GUS", (Cell(("k",), 50), Cell(("m",), 50))))
    standing = queries.weighing(made, 100)
    assert standing.basis is None
    assert queries.weighing(made, 110).basis is not None, "others have come"
    facts, definition = facts_of.facts(made), makers.definition(made)
    box = method_wording.published(facts, queries.field(made), 100, definition, standing)
    assert "other weights before" in said({"method": box}, "weighting")


def test_weights_that_leave_the_worth_of_fewer_than_thirty_give_no_shares():
    made = drawn.survey(SampleKind.OPT_IN, is_open=True)
    drawn.answer(made, 20, sex="k", age="old", trust="3")
    drawn.answer(made, 20, sex="m", age="old", trust="1")
    drawn.close(made)
    weigh(made, LOPSIDED)
    record = record_of(made)
    assert question(record, "trust")["reaches"] == 30, "forty people are enough without weights"
    assert question(record, "trust")["weighted"] is None
    assert "fewer than thirty" in said(record, "weighting")


def test_a_weight_lifts_nobody_out_of_what_rounds_to_nought():
    figures = survey_figures(Audience.PUBLIC, {"yes": 98, "rare": 2}, Crowd({(): 100}))
    assert figures.weighted({"yes": 0.94, "rare": 0.06}, 80).counts == {"yes": 95}
    assert figures.weighted({"yes": 0.94}, 29.9) is None


def test_a_drawn_sample_gets_no_interval_in_fives(made):
    found = drawn.survey(SampleKind.PROBABILITY, slug="losowa")
    drawn.four_kinds(found)
    drawn.close(found)
    found.access = makers.Access.INVITATION
    weigh(found)
    record = record_of(found)
    assert "no intervals are published" in said(record, "size")
    assert "intervals do not know" not in said(record, "limitations")
    assert set(question(record, "trust")["weighted"]) == {"reaches", "counts"}


def test_the_table_for_a_spreadsheet_has_weighted_counts(made, client):
    weigh(made)
    record_of(made)
    text = client.get(f"/releases/{queries.last(made).id}.csv").data.decode("utf-8-sig")
    rows = {
        (row["question"], row["area"], row["answer"]): row["weighted"]
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    }
    assert rows["trust", "PL", "2"] == "40"


@pytest.mark.parametrize(("language", "words"), [("pl", "Płeć (2025"), ("en", "Sex (2025")])
def test_the_page_tells_how_the_survey_was_made(made, client, language, words):
    weigh(made)
    record_of(made)
    client.set_cookie("language", language)
    page = Page(client, f"/releases/{queries.last(made).id}")
    box = page.soup.select_one("[aria-labelledby=method]")
    assert len(box.select("dt")) == 11
    assert words in box.text


def test_a_release_of_the_first_form_is_read_as_it_was_written(made, client):
    """Neither its text nor its digest is touched; there is no box, and nothing is weighted."""
    record = json.loads(json.dumps(record_of(made)))
    for one in record["questions"]:
        del one["weighted"], one["themes"]
    old = {key: value for key, value in record.items() if key not in {"method", "weighting"}} | {"form": 1}
    first = makers.survey(drawn.FORM, "dawna", sample=SampleKind.OPT_IN)
    one = releases.write(ReleaseKind.SURVEY, "dawna", today(), old, titles={"pl": "Dawna"}, bases={})
    db.session.commit()
    assert one.is_intact
    assert queries.method(first) == ()
    assert queries.weighted(first) == {}
    assert queries.released(first).everybody.people == 100
    page = Page(client, f"/releases/{one.id}")
    assert page.soup.select_one("[aria-labelledby=method]") is None
    assert "raczej nie" in page.text
    assert "raczej nie" in client.get(f"/releases/{one.id}.csv").text
    assert json.loads(client.get(f"/releases/{one.id}.json").data) == old
