"""How people come to a survey has to be said before anybody answers; what a reader has to know stands in one box."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.audit.models import AuditEntry
from consult.db import db
from surveys import presets, reading, sheets
from surveys.models import Access, Survey
from surveys.operations import managing
from surveys.queries.editions import Obstacle
from surveys.questions import SampleKind
from surveys.sheets import DefinitionRefused
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.pages import Page
from tests.surveys import drawn, makers

ITEMS = 11


@pytest.fixture
def desk(client, world):
    return sign_in(client, coordinator())


def test_where_everybody_may_answer_nobody_needs_to_say_it(world):
    assert makers.survey(sample=None).sample is SampleKind.OPT_IN


def test_without_a_word_of_it_nothing_is_published(world):
    made = makers.survey(access=Access.INVITATION, sample=None, published=False)
    with pytest.raises(managing.PublicationRefused) as refused:
        managing.publish(coordinator(), made.draft, accept_gaps=True)
    assert refused.value.obstacles == (Obstacle.NO_SAMPLE,)


@pytest.mark.parametrize("kind", [SampleKind.PROBABILITY, SampleKind.CENSUS])
def test_a_draw_that_anybody_may_join_is_none(world, kind):
    with pytest.raises(managing.OpenIsOptIn):
        makers.survey(sample=kind, published=False)
    db.session.rollback()
    made = makers.survey(access=Access.INVITATION, sample=kind)
    with pytest.raises(managing.OpenIsOptIn):
        managing.schedule(coordinator(), made, opens_at=None, closes_at=None, quota=None, access=Access.OPEN)
    assert made.access is Access.INVITATION
    made.access = Access.OPEN
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("preset", [preset.name for preset in presets.PRESETS])
def test_presets_say_that_respondents_select_themselves(preset):
    assert reading.sample_of(sheets.read(presets.content(preset), "p.md")) is SampleKind.OPT_IN


def test_a_form_may_say_it_and_says_it_rightly():
    said = makers.SMALL.replace("default_language |", "default_language | kmzb::sample |").replace(
        "| krotka | Polski (pl) |", "| krotka | Polski (pl) | census |"
    )
    assert reading.sample_of(sheets.read(said.encode(), "form.md")) is SampleKind.CENSUS
    with pytest.raises(DefinitionRefused):
        makers.defined(said.replace("census", "everybody"))


def test_the_form_of_a_new_survey_asks_and_insists(desk):
    page = Page(desk, "/surveys/new")
    fields = {**page.fields(), "start": "file", "access": "invitation"}
    answer = desk.post("/surveys/new", data={**fields, "start": "debate_short", "access": "open", "sample": "census"})
    assert answer.status_code == 422
    assert 'href="#sample' in answer.text
    assert page.send(start="debate_short", access="invitation", sample="probability").status_code == 302
    assert db.session.scalars(select(Survey)).one().sample is SampleKind.PROBABILITY


def test_commands_say_it_too(app, world, tmp_path):
    unit("1003")
    db.session.commit()
    path = tmp_path / "form.md"
    path.write_text(makers.SMALL, encoding="utf-8")
    runner = app.test_cli_runner()

    def run(*args):
        return runner.invoke(args=["surveys", *args])

    new = ("import", str(path), "--slug", "nowa", "--unit", "1003")
    assert run(*new, "--sample", "census").exit_code == 1
    assert run(*new, "--access", "invitation").exit_code == 0
    assert run("publish", "nowa", "--accept-gaps").exit_code == 1
    assert (
        run(
            "import", str(path), "--slug", "inna", "--unit", "1003", "--access", "staff", "--sample", "census"
        ).exit_code
        == 0
    )
    assert run("publish", "inna", "--accept-gaps").exit_code == 0


# The box


def test_the_box_has_eleven_items_and_says_what_nobody_has_stated(desk):
    made = drawn.survey(SampleKind.OPT_IN)
    box = Page(desk, "/surveys/zaufanie/method").soup.select_one(".disclosure")
    assert len(box.select("dt")) == ITEMS
    assert all(entry.text.strip() for entry in box.select("dd"))
    assert made.published.digest[:12] in box.text
    assert made.unit.name in box.text


def test_what_is_stated_stands_in_the_box_and_under_the_results(desk):
    made = drawn.survey(SampleKind.OPT_IN)
    drawn.answer(made, 12, sex="k", trust="4")
    page = Page(desk, "/surveys/zaufanie/method")
    stated = {
        "sample": "probability",
        "sponsor": "Komenda Wojewódzka",
        "population": "Dorośli mieszkańcy",
        "recruitment": "Losowanie z rejestru PESEL",
        "processing": "Dwukrotne wpisanie",
        "limitations": "Bez osób w szpitalach",
        "population_size": "4000",
        "population_source": "GUS 2025",
        "strata": "sex",
        "stratum_sizes": "kobieta; 2100\nmężczyzna; 1900",
    }
    assert page.send(**stated).status_code == 302
    for url in ("method", "results"):
        box = Page(desk, f"/surveys/zaufanie/{url}").soup.select_one(".disclosure").text
        for name in ("sponsor", "population", "recruitment", "processing", "limitations", "population_source"):
            assert stated[name] in box, name
    assert made.sample is SampleKind.PROBABILITY
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "state_survey_method")).all()
    assert len(acts) == 1
    again = Page(desk, "/surveys/zaufanie/method")
    assert again.soup.select_one("#stratum_sizes").text.strip() == "k; 2100\nm; 1900"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("sample", {"sample": "nonsense"}),
        ("population_size", {"population_size": "-5"}),
        ("stratum_sizes", {"stratum_sizes": "kobieta; 5"}),
        ("stratum_sizes", {"strata": "sex", "stratum_sizes": "kobieta; 5"}),
        ("stratum_sizes", {"strata": "sex", "stratum_sizes": "kobieta + mężczyzna; 5"}),
        ("stratum_sizes", {"strata": "sex", "stratum_sizes": "kobieta"}),
        ("strata", {"strata": "unknown"}),
        ("sponsor", {"sponsor": "x" * 1_001}),
    ],
)
def test_what_cannot_be_stated_is_refused_at_its_field(desk, field, fields):
    drawn.survey(SampleKind.PROBABILITY)
    page = Page(desk, "/surveys/zaufanie/method")
    answer = desk.post("/surveys/zaufanie/method", data={**page.fields(), **fields})
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text


def test_others_read_the_box_and_state_nothing(client, world):
    drawn.survey(SampleKind.OPT_IN)
    signed = sign_in(client, officer(unit("1003")))
    assert not Page(signed, "/surveys/zaufanie/method").soup.select("main form")
    made = db.session.scalars(select(Survey)).one()
    signed.post("/surveys/zaufanie/method", data={"sample": "census"})
    db.session.expire_all()
    assert made.sample is SampleKind.OPT_IN


def test_whoever_sees_one_district_only_gets_no_box_of_them_all(client, world):
    made = makers.survey(unit=unit("10", "Komenda Wojewódzka"), author=coordinator(unit("10")))
    assert made.unit.code == "10"
    shown = Page(sign_in(client, officer(unit("1003"))), "/surveys/krotka/results")
    assert not shown.soup.select(".disclosure")


def test_the_record_says_what_kind_of_sample_it_is(app, world):
    made = drawn.survey(SampleKind.CENSUS)
    drawn.answer(made, 12, sex="k", trust="4")
    printed = app.test_cli_runner().invoke(args=["surveys", "results", "zaufanie", "--json"]).output
    assert json.loads(printed)["sample"] == "census"
