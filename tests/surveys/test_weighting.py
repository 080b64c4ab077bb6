"""Weights: pasted tables, what is refused and how, what they change in results, and that no person's weight is kept."""

import json

import pytest
from sqlalchemy import select, text

from consult.db import db
from surveys import estimation, weighting
from surveys.models import SurveyWeighting
from surveys.operations import weighting as operations
from surveys.queries import methods, respondents, results
from surveys.questions import SampleKind
from surveys.weighting import Cell, LinesUnclear, Margin, Unfit, WeightingRefused, read_cells
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.pages import Page
from tests.surveys import drawn

SEX = {"k": ["kobieta", "woman"], "m": ["mężczyzna", "man"]}
AGES = {"a": ["18–24"], "b": ["25–34"], "c": ["35+"]}
HALVES = Margin("sex", 2025, "GUS", (Cell(("k",), 50), Cell(("m",), 50)))


def test_a_table_is_pasted_as_people_have_it():
    assert read_cells("Kobieta;12 345\n\nm\t9\u00a0000", SEX) == (Cell(("k",), 12345), Cell(("m",), 9000))
    assert read_cells("18–24 + b: 7\n35+ | 3", AGES) == (Cell(("a", "b"), 7), Cell(("c",), 3))


def test_what_cannot_be_read_is_named_line_by_line():
    with pytest.raises(LinesUnclear) as unclear:
        read_cells("kobieta 5\nmężczyzna; 0\ninne; 3\nkobieta; 4\nk; 5", SEX)
    assert unclear.value.lines == (1, 2)
    assert unclear.value.unknown == ("inne",)
    assert unclear.value.twice == ("k",)


@pytest.fixture
def made(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.four_kinds(found)
    drawn.close(found)
    return found


def weigh(made, *margins):
    run = operations.weigh(coordinator(), made, margins=margins)
    db.session.commit()
    return run


def test_women_and_men_get_their_halves(made):
    """Of 60 women 45 trust, of 40 men 10: 55 of 100 as they came, and a half of 75 and of 25 per cent together: 50."""
    weigh(made, HALVES)
    basis = respondents.standing(made).basis
    told = estimation.estimates(basis, _shown(made))["trust"]
    assert told.top.value == pytest.approx(0.5)
    assert sum(told.lines[name].value for name in "1234") == pytest.approx(1)
    assert basis.weighted.diagnosis.effective == pytest.approx(100**2 / (60 * (50 / 60) ** 2 + 40 * (50 / 40) ** 2))


def _shown(made):
    return results.found(made).questions


def test_a_run_keeps_margins_digest_and_costs_and_nothing_of_anybody(made):
    run = weigh(made, HALVES)
    assert run.digest == weighting.digest(run.spec)
    (margin,) = run.diagnostics["margins"]
    assert [(cell["respondents"], cell["before"], cell["after"]) for cell in margin["cells"]] == [
        (60, pytest.approx(0.6), pytest.approx(0.5)),
        (40, pytest.approx(0.4), pytest.approx(0.5)),
    ]
    columns = {column.name for column in SurveyWeighting.__table__.columns}
    assert columns == {"id", "survey_id", "spec", "digest", "diagnostics", "made_at", "author_id", "withdrawn_at"}
    assert len(json.dumps(run.diagnostics)) < 2_000, "a weight for each of a hundred people would not fit in here"


def test_the_same_margins_are_one_run_and_others_a_new_one(made):
    first = weigh(made, HALVES)
    assert weigh(made, HALVES).id == first.id
    third = weigh(made, Margin("sex", 2026, "GUS", HALVES.cells))
    assert methods.weighting(made).id == third.id
    operations.withdraw(coordinator(), made)
    operations.withdraw(coordinator(), made)
    assert methods.weighting(made) is None
    assert respondents.standing(made).basis is None


def test_small_cells_are_merged_and_people_without_an_answer_keep_their_weight(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.answer(found, 30, sex="k", age="young", trust="4")
    drawn.answer(found, 30, sex="k", age="old", trust="4")
    drawn.answer(found, 5, age="old", trust="1")
    drawn.close(found)
    cells = (Cell(("young",), 60), Cell(("old",), 40))
    weighted = weighting.weigh(respondents.respondents(found), [Margin("age", 2025, "GUS", cells)])
    assert [group.after for group in weighted.groups["age"]] == [pytest.approx(0.6), pytest.approx(0.4)]
    with pytest.raises(WeightingRefused) as refused:
        weighting.weigh(respondents.respondents(found), [HALVES])
    assert (refused.value.reason, refused.value.cells) == (Unfit.CELL_EMPTY, ("m",))


def test_people_outside_a_margin_are_neither_lifted_nor_lowered(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.answer(found, 60, sex="k", trust="4")
    drawn.answer(found, 40, sex="m", trust="4")
    drawn.answer(found, 10, trust="1")
    drawn.close(found)
    weighted = weighting.weigh(respondents.respondents(found), [HALVES])
    assert weighted.unplaced["sex"] == 10
    weights = sorted(set(weighted.weights.round(9)))
    assert weights == pytest.approx([50 / 60, 1, 50 / 40])


def test_a_margin_with_one_group_left_is_refused(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.answer(found, 30, sex="k", trust="4")
    drawn.answer(found, 5, sex="m", trust="4")
    drawn.close(found)
    with pytest.raises(WeightingRefused) as refused:
        weighting.weigh(respondents.respondents(found), [HALVES])
    assert refused.value.reason is Unfit.ONE_CELL


def test_as_long_as_somebody_waits_to_be_mixed_nothing_is_weighted(world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.four_kinds(found)
    with pytest.raises(WeightingRefused) as refused:
        operations.weigh(coordinator(), found, margins=[HALVES])
    assert refused.value.reason is Unfit.NOT_MIXED


def test_whoever_is_asked_only_on_a_condition_is_the_whole_of_that_question(made):
    told = estimation.estimates(respondents.whole(made).basis, _shown(made))["seen"]
    assert told.lines["yes"].value == pytest.approx(25 / 60)


# The page


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def test_the_page_weighs_and_shows_what_it_costs(desk, made):
    page = Page(desk, "/surveys/zaufanie/weights")
    sent = page.send(question_1="sex", year_1="2025", source_1="GUS", table_1="kobieta; 500\nmężczyzna; 500")
    assert sent.status_code == 302
    shown = Page(desk, "/surveys/zaufanie/weights")
    rows = [[cell.text.strip() for cell in row.select("th, td")] for row in shown.soup.select("table tbody tr")]
    assert rows == [
        ["kobieta", "60", "60\u00a0%", "50\u00a0%", "50\u00a0%"],
        ["mężczyzna", "40", "40\u00a0%", "50\u00a0%", "50\u00a0%"],
    ]
    assert "96" in shown.soup.select_one(".key-figures").text, "100 people are worth 96"
    assert "k; 500" in shown.soup.select_one("#table_1").text
    assert db.session.scalars(select(SurveyWeighting)).one().author_id > 0


def test_results_stand_weighted_beside_unweighted_and_without_any_interval(desk, made):
    weigh(made, HALVES)
    shown = Page(desk, "/surveys/zaufanie/results")
    trust = next(part for part in shown.soup.select(".outcome") if "Czy ufa" in part.h2.text)
    rows = {row.th.text.strip(): [cell.text.strip() for cell in row.select("td")] for row in trust.select("tbody tr")}
    assert rows["zdecydowanie tak"] == ["35", "35\u00a0%", "33\u00a0%"]
    assert "±" not in shown.text
    assert "przedział" not in trust.text.lower()
    assert "błędu z próby" in shown.soup.select_one(".govuk-inset-text").text


def test_the_command_prints_the_same(made, app):
    weigh(made, HALVES)
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["surveys", "results", "zaufanie"]).output
    assert "33\u00a0%" in next(line for line in printed.splitlines() if "zdecydowanie tak" in line)
    record = json.loads(runner.invoke(args=["surveys", "results", "zaufanie", "--json"]).output)
    assert record["sample"] == "opt-in"
    assert record["weighting"]["margins"] == ["sex"]
    trust = next(question for question in record["questions"] if question["name"] == "trust")
    assert trust["estimates"]["answers"]["4"] == {"percent": 33.3, "effective": 96.0}
    assert trust["estimates"]["top"]["percent"] == 50


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "question_1"),
        ({"question_1": "sex"}, "year_1"),
        ({"question_1": "sex", "year_1": "2025"}, "source_1"),
        ({"question_1": "sex", "year_1": "2025", "source_1": "GUS", "table_1": "kobieta; 5"}, "table_1"),
        ({"question_1": "sex", "year_1": "2025", "source_1": "GUS", "table_1": "kobieta 5"}, "table_1"),
        ({"question_1": "sex", "year_1": "2025", "source_1": "GUS", "table_1": "ktoś; 5"}, "table_1"),
        ({"question_1": "nonsense", "year_1": "2025", "source_1": "GUS", "table_1": "k; 5"}, "question_1"),
        ({"table_1": "k; 5"}, "question_1"),
    ],
)
def test_a_margin_that_is_not_whole_is_refused_at_its_field(desk, made, fields, said):
    page = Page(desk, "/surveys/zaufanie/weights")
    answer = desk.post("/surveys/zaufanie/weights", data={**page.fields(), **fields})
    assert answer.status_code == 422
    assert f'href="#{said}"' in answer.text
    assert db.session.scalar(select(SurveyWeighting)) is None


def test_one_question_twice_is_refused(desk, made):
    one = {"question": "sex", "year": "2025", "source": "GUS", "table": "k; 5\nm; 5"}
    fields = {f"{name}_{place}": value for place in (1, 2) for name, value in one.items()}
    page = Page(desk, "/surveys/zaufanie/weights")
    assert desk.post("/surveys/zaufanie/weights", data={**page.fields(), **fields}).status_code == 422


def test_an_empty_cell_is_said_in_a_sentence(desk, world):
    found = drawn.survey(SampleKind.OPT_IN)
    drawn.answer(found, 40, sex="k", trust="4")
    drawn.close(found)
    page = Page(desk, "/surveys/zaufanie/weights")
    sent = {"question_1": "sex", "year_1": "2025", "source_1": "GUS", "table_1": "k; 5\nm; 5"}
    answer = desk.post("/surveys/zaufanie/weights", data={**page.fields(), **sent})
    assert answer.status_code == 422
    assert "mężczyzna" in Page.of(desk, "", answer).soup.select_one(".govuk-error-summary").text


def test_weights_are_withdrawn_with_one_press(desk, made):
    weigh(made, HALVES)
    page = Page(desk, "/surveys/zaufanie/weights")
    form = page.soup.select_one("form[action$='/weights/withdraw']")
    assert desk.post(form["action"], data=page.fields(form)).status_code == 302
    assert methods.weighting(made) is None


def test_groups_are_not_shown_beside_results_that_a_few_people_more_stand_behind(desk, made):
    weigh(made, HALVES)
    db.session.execute(text("UPDATE survey SET accepted = accepted + 3"))
    db.session.commit()
    assert not Page(desk, "/surveys/zaufanie/weights").soup.select("table")


def test_only_the_coordinator_weighs(client, made):
    signed = sign_in(client, officer(unit("1003")))
    assert signed.get("/surveys/zaufanie/weights").status_code == 403
