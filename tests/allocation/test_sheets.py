"""Sheets of proposed changes: versions, what has to be there before a decision, what is awaited after it."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from consult.allocation import operations, queries
from consult.allocation.operations import SheetChanged
from consult.allocation.sheet import (
    Content,
    Decision,
    Direction,
    Fault,
    Indicator,
    Kind,
    Measure,
    Opinion,
    Rows,
    Section,
    SheetRefused,
    Staffing,
    contradicts,
    due,
    without,
    written,
)
from consult.audit import queries as audit
from consult.clock import now, today
from consult.db import db
from consult.districts.official import FigureKind
from tests.accounts.makers import administrator, coordinator, head, officer, sign_in, unit
from tests.factories import admit
from tests.pages import Page
from tests.police_records import makers as figures

COMMANDER = {"stance": "conditions", "words": "Z obsadą.", "given_on": "2026-03-01"}
MEASURE = {"name": "kradzieże", "unit": "rocznie", "before": 40.0, "source": "KSIP"}
DECISION = {"verdict": "accepted", "reasons": "Uzasadnienie.", "decided_on": "2026-04-01"}
THEFTS = Indicator("kradzieże", "rocznie", 2025, 50.0, None, 40.0, "KSIP", "2026-01-15")


# The rules


def refused(content, section, values):
    with pytest.raises(SheetRefused) as caught:
        written(content, section, values)
    return caught.value.fault


def test_a_decision_needs_the_commander_and_measures_chosen_before():
    content = Content(title="Posterunek")
    assert refused(content, Section.DECISION, DECISION) is Fault.NO_COMMANDER
    content = written(content, Section.COMMANDER, COMMANDER)
    assert refused(content, Section.DECISION, DECISION) is Fault.NO_MEASURES
    content = written(content, Section.MEASURE, MEASURE)
    assert refused(content, Section.MEASURED, {"measure": 0, "months": 12, "value": 3.0}) is Fault.NOT_DECIDED
    decided = written(content, Section.DECISION, DECISION)
    assert refused(decided, Section.MEASURE, MEASURE) is Fault.DECIDED
    assert refused(decided, Section.DECISION, DECISION) is Fault.DECIDED
    with pytest.raises(SheetRefused):
        without(decided, Rows.MEASURES, 0)
    put_off = written(content, Section.DECISION, DECISION | {"verdict": "postponed"})
    assert written(put_off, Section.DECISION, DECISION).decision.verdict == "accepted"


def test_values_are_awaited_after_a_year_and_after_two():
    content = Content(measures=(Measure(**MEASURE),), decision=Decision("accepted", "…", "2024-02-29"))
    assert due(content, date(2025, 2, 28)) == []
    assert [(one.months, one.due_on) for one in due(content, date(2025, 3, 1))] == [(12, date(2025, 3, 1))]
    assert [one.months for one in due(content, date(2026, 3, 1))] == [12, 24]
    measured = written(content, Section.MEASURED, {"measure": 0, "months": 12, "value": 33.0})
    assert measured.measures[0].after_12 == 33
    assert [one.months for one in due(measured, date(2026, 3, 1))] == [24]
    assert due(replace(content, decision=Decision("refused", "…", "2024-02-29")), date(2026, 3, 1)) == []
    assert refused(content, Section.MEASURED, {"measure": 1, "months": 12, "value": 3.0}) is Fault.NO_SUCH_ROW


def test_what_goes_the_other_way_is_told():
    assert THEFTS.change == pytest.approx(-0.2)
    assert contradicts(Direction.UP, THEFTS)
    assert not contradicts(Direction.DOWN, THEFTS)
    assert not contradicts(Direction.SAME, THEFTS)
    assert replace(THEFTS, two_before=None).change is None
    assert replace(THEFTS, two_before=0.0).change is None


@pytest.mark.parametrize(
    ("hours", "available", "needed", "feasible"), [(168, 7, 11, False), (168, 11, 11, True), (40, 3, 3, True)]
)
def test_seven_officers_do_not_serve_round_the_clock(hours, available, needed, feasible):
    staffing = Staffing(hours, available, 0, "")
    assert (staffing.officers_needed, staffing.is_feasible) == (needed, feasible)


def test_a_sheet_is_read_as_it_was_written():
    content = Content(
        title="Posterunek", population=12_000, indicators=(THEFTS,), staffing=Staffing(80, 4, 1, ""),
        commander=Opinion(**COMMANDER), measures=(Measure(**MEASURE),), decision=Decision(**DECISION),
    )  # fmt: skip
    assert Content.from_record(content.record) == content
    assert without(content, Rows.INDICATORS, 0).indicators == ()
    with pytest.raises(SheetRefused):
        without(content, Rows.SHARES, 0)


# The pages


@pytest.fixture
def sheet(world):
    """A sheet of the unit 1003 with its first version."""
    return operations.propose(
        head().id, unit("1003"), area_code="1003", kind=Kind.OPEN, title="Posterunek w Widawie", proposal="Otworzyć."
    )


def post(client, sheet, section, **values):
    page = Page(client, f"/allocation/{sheet.id}/{section}/edit")
    return page.send(**values)


def test_somebody_proposes_and_writes_and_every_version_is_kept(world, client):
    chief = head()
    page = Page(sign_in(client, chief), "/allocation/new")
    assert page.send(kind="open", area_code="1003", title="", proposal="x").status_code == 422
    assert (
        page.send(kind="open", area_code="1003", title="Posterunek w Widawie", proposal="Otworzyć.").status_code == 302
    )
    (sheet,) = queries.sheets(chief.scope)
    assert (
        post(
            client, sheet, "basics", population="12000", population_source="GUS", population_on="2025-12-31"
        ).status_code
        == 302
    )
    for year in ("x", "1500"):
        assert (
            post(
                client,
                sheet,
                "indicator",
                name="kradzieże",
                unit="rocznie",
                last_year=year,
                last="40",
                source="KSIP",
                dated_on="2026-01-15",
            ).status_code
            == 422
        )
    assert (
        post(
            client,
            sheet,
            "indicator",
            name="kradzieże",
            unit="rocznie",
            last_year="2025",
            two_before="50",
            last="40",
            source="KSIP",
            dated_on="2026-01-15",
        ).status_code
        == 302
    )
    assert (
        post(
            client,
            sheet,
            "share",
            question="Boi się po zmroku",
            per_cent="31.5",
            people="412",
            source="ankieta",
            dated_on="2026-02-01",
        ).status_code
        == 302
    )
    assert post(client, sheet, "staffing", hours_a_week="168", officers_available="7", vacancies="2").status_code == 302
    assert post(client, sheet, "decision", **DECISION).status_code == 422, "nobody has asked the commander"
    assert post(client, sheet, "commander", **COMMANDER).status_code == 302
    assert post(client, sheet, "mayor", **COMMANDER).status_code == 302
    assert (
        post(client, sheet, "measure", name="kradzieże", unit="rocznie", before="40", source="KSIP").status_code == 302
    )
    day = today() - timedelta(days=370)
    assert (
        post(
            client,
            sheet,
            "decision",
            verdict="accepted",
            reasons="Tak.",
            decided_on=(today() + timedelta(days=1)).isoformat(),
        ).status_code
        == 422
    )
    assert (
        post(client, sheet, "decision", verdict="accepted", reasons="Tak.", decided_on=day.isoformat()).status_code
        == 302
    )
    assert "Posterunek w Widawie" in Page(client, "/today").soup.select_one("#measurements").parent.text
    assert post(client, sheet, "measured", measure="0", months="12", value="31").status_code == 302
    assert not Page(client, "/today").soup.select("#measurements")
    shown = Page(client, f"/allocation/{sheet.id}")
    assert "31" in shown.soup.select_one("#measures").parent.text
    db.session.expire_all()
    numbers = [version.number for version in queries.sheet(sheet.id).versions]
    assert numbers == list(range(1, 11))
    assert "kradzieże" not in Page(client, f"/allocation/{sheet.id}/versions/1").text
    acts = [entry.act for entry in audit.of_object("allocation_sheet", sheet.id)]
    assert sorted(set(acts)) == ["propose_allocation", "write_allocation"]
    assert len(acts) == 10


def test_nobody_overwrites_what_somebody_else_wrote(sheet, client):
    sign_in(client, officer(unit("1003")))
    page = Page(client, f"/allocation/{sheet.id}/basics/edit")
    operations.write(7, sheet, 1, Section.MAYOR, COMMANDER)
    assert page.send(title="Inny").status_code == 422
    assert queries.sheet(sheet.id).content.title == "Posterunek w Widawie"
    with pytest.raises(SheetChanged):
        operations.write(7, sheet, 1, Section.MAYOR, COMMANDER)
    taken = Page(client, f"/allocation/{sheet.id}")
    operations.write(7, sheet, 2, Section.MEASURE, MEASURE)
    token = taken.soup.select_one("[name=csrf_token]")["value"]
    old = client.post(f"/allocation/{sheet.id}/measures/0/take-out", data={"csrf_token": token, "version": "2"})
    assert old.status_code == 302
    db.session.expire_all()
    assert len(queries.sheet(sheet.id).content.measures) == 1
    client.post(f"/allocation/{sheet.id}/measures/0/take-out", data={"csrf_token": token, "version": "3"})
    db.session.expire_all()
    assert queries.sheet(sheet.id).content.measures == ()


def test_the_warning_of_too_few_voices_goes_only_with_voices(sheet, client):
    sign_in(client, head())
    warned = Page(client, f"/allocation/{sheet.id}").soup.select(".warning")
    assert len(warned) == 1
    for number in range(10):
        admit(when=now() - timedelta(days=3), voice_key=f"{number:02x}" * 20)
    assert not Page(client, f"/allocation/{sheet.id}").soup.select(".warning")
    found = queries.perceived("1003", today())
    assert (found.voices, found.voices_before) == (10, 0)
    assert {one.plane.value: (one.observations, one.voices) for one in found.planes}["online"] == (10, 10)
    assert queries.perceived("100304", today()).voices == 0


def test_figures_stand_beside_voices_only_where_these_can_be_compared(sheet, client):
    operations.write(
        7, sheet, 1, Section.INDICATOR, {name: getattr(THEFTS, name) for name in THEFTS.__dataclass_fields__}
    )
    sign_in(client, head())
    for number in range(3):
        admit(when=now() - timedelta(days=3), voice_key=f"{number:02x}" * 20)
    assert not queries.perceived("1003", today()).is_compared
    assert not Page(client, f"/allocation/{sheet.id}").soup.select("#beside ~ ul strong")
    admit(when=now() - timedelta(days=725), voice_key="9" * 40)
    admit(when=now() - timedelta(days=400), voice_key="8" * 40)
    assert queries.perceived("1003", today()).is_compared
    assert Page(client, f"/allocation/{sheet.id}").soup.select("#beside ~ ul strong"), "more voices, fewer thefts"


def test_a_sheet_belongs_to_its_unit_and_heads_decide(sheet, client, elsewhere):
    assert client.get("/allocation").status_code == 302
    other = sign_in(client, officer(unit("1019", "KPP w Zduńskiej Woli")))
    assert other.get(f"/allocation/{sheet.id}").status_code == 404
    assert "Widawie" not in Page(other, "/allocation").text
    assert sign_in(elsewhere(), administrator(unit("10", "KWP", areas=[]))).get("/allocation").status_code == 403
    above = sign_in(elsewhere(), coordinator(unit("KGP", "KGP", path="pl/")))
    assert "Widawie" in Page(above, "/allocation").text
    assert above.get(f"/allocation/{sheet.id}").status_code == 200
    assert above.get(f"/allocation/{sheet.id}/basics/edit").status_code == 403
    local = sign_in(elsewhere(), officer(unit("1003")))
    assert local.get(f"/allocation/{sheet.id}/decision/edit").status_code == 403
    assert local.get(f"/allocation/{sheet.id}/versions/2").status_code == 404
    assert local.get("/allocation/0").status_code == 404


def test_a_version_is_printed(sheet, client):
    operations.write(7, sheet, 1, Section.COMMANDER, COMMANDER)
    answer = sign_in(client, head()).get(f"/allocation/{sheet.id}/versions/2.pdf")
    assert answer.mimetype == "application/pdf"
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).replace("\xa0", " ")
    assert "Posterunek w Widawie" in words
    assert "Z obsadą." in words


def test_what_official_figures_know_is_filled_in_and_read_over(sheet, client):
    sign_in(client, head())
    assert "measure" not in Page(client, f"/allocation/{sheet.id}/indicator/edit").text
    figures.taken(figures.offences(), FigureKind.OFFENCES)
    figures.taken(figures.population(), FigureKind.POPULATION)
    basics = Page(client, f"/allocation/{sheet.id}/basics/edit").fields()
    assert (basics["population"], basics["population_on"]) == ("50000", "2024-12-31")
    assert basics["population_source"]
    page = Page(client, f"/allocation/{sheet.id}/indicator/edit?measure=criminal")
    filled = page.fields()
    known = {name: filled[name] for name in ("last_year", "last", "two_before", "dated_on")}
    assert known == {"last_year": "2024", "last": "424", "two_before": "410", "dated_on": "2025-05-15"}
    assert "powiat łaski" in filled["name"]
    assert page.send().status_code == 302
    db.session.expire_all()
    (indicator,) = queries.sheet(sheet.id).content.indicators
    assert (indicator.last, indicator.two_before) == (424, 410)
    nothing = Page(client, f"/allocation/{sheet.id}/indicator/edit?measure=such").fields()
    assert not nothing["last"]


def test_years_that_were_counted_otherwise_are_not_filled_in(sheet, client):
    figures.everything()  # in 2024 the land of the district is another one
    page = Page(sign_in(client, head()), f"/allocation/{sheet.id}/indicator/edit?measure=criminal")
    filled = page.fields()
    assert (filled["last"], filled["one_before"], filled["two_before"]) == ("424", "", "")
