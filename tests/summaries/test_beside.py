"""What stands beside a district's own figures: records, surveys, offices, the voivodeship, the application."""

import json
import secrets
from dataclasses import replace
from datetime import date, timedelta

import pytest

from consult.clock import now, today
from consult.db import db
from consult.districts.official import FigureKind
from consult.period import Period
from consult.summaries import gathering, operations, queries, tables
from consult.summaries.beside import Application, Beside, HotRow, SurveyAnswer, SurveyRow
from consult.summaries.figures import Edition
from consult.summaries.records import summary_of
from consult.threats.awaiting import PartnerOutcome
from surveys.models import Change
from surveys.operations import answering, mixing, releasing
from tests.accounts.makers import coordinator
from tests.factories import admit, days_later, metres_away
from tests.partners.makers import confirmed, handed_over, partner, said
from tests.police_records import makers as records
from tests.summaries.makers import LATER
from tests.surveys.makers import definition, survey
from tests.surveys.opinions import opinion

pytestmark = pytest.mark.usefixtures("world")

QUARTER = Period.parse("2026-Q3")
THIS = Period.quarter_of(today())
SCALE = """
| survey |
|        | type             | name  | label::Polski (pl)      | label::English (en)  | appearance |
|        | select_one scale | safe  | Czy jest bezpiecznie?   | Is it safe?          | likert     |
|        | select_one yesno | dark  | Czy po zmroku też?      | After dark too?      |            |
| choices |
|         | list_name | name | label::Polski (pl) | label::English (en) |
|         | scale     | 1    | wcale nie          | not at all          |
|         | scale     | 2    | raczej nie         | rather not          |
|         | scale     | 3    | ani tak, ani nie   | neither             |
|         | scale     | 4    | raczej tak         | rather              |
|         | scale     | 5    | zdecydowanie tak   | very                |
|         | yesno     | yes  | tak                | yes                 |
|         | yesno     | no   | nie                | no                  |
| settings |
|          | form_title           | form_id | default_language |
|          | Bezpieczna okolica   | okolica | Polski (pl) |
"""


def test_nothing_is_known_of_what_was_never_brought_in():
    found = gathering.beside("1003", QUARTER, "pl", LATER, is_public=True)
    assert found == Beside()


def test_records_are_of_the_last_whole_year_and_say_so():
    records.everything()
    found = gathering.recorded("1003", QUARTER)
    assert (found.period, found.is_period_asked) == ("2024", False)
    criminal = next(row for row in found.rows if row.count == 424)
    assert criminal.rate.value == pytest.approx(8.48)
    assert criminal.rate.low < 8.48 < criminal.rate.high
    assert criminal.change is None, "of 2023 nothing is known"


def test_a_rate_stands_beside_districts_where_people_speak_only(monkeypatch):
    records.taken(records.population(), FigureKind.POPULATION)
    for k in range(12):
        admit("parkowanie", metres_away(k * 700, 0), when=days_later(k))
    for k in range(15):
        admit("parkowanie", metres_away(12_000 + k * 300, 0), when=days_later(k))
    db.session.commit()
    assert gathering.spoken("1003", QUARTER, LATER, is_public=True) is None, "one other district is no comparison"
    monkeypatch.setattr(gathering, "FEWEST_DISTRICTS", 1)
    found = gathering.spoken("1003", QUARTER, LATER, is_public=True)
    assert (found.own.count, found.others.count, found.districts, found.year) == (12, 15, 1, 2024)
    assert found.own.value == pytest.approx(10_000 * 12 / 50_000, abs=0.01)
    assert gathering.spoken("1003", QUARTER, date(2026, 9, 30), is_public=True) is None, "the period is not over"


def test_protected_voices_count_for_staff_alone(monkeypatch):
    records.taken(records.population(), FigureKind.POPULATION)
    monkeypatch.setattr(gathering, "FEWEST_DISTRICTS", 0)
    for k in range(10):
        admit("parkowanie", metres_away(12_000 + k * 300, 0), when=days_later(k))
    admit("srodki_odurzajace", when=days_later(1))
    db.session.commit()
    counts = [gathering.spoken("1003", QUARTER, LATER, is_public=public).own.count for public in (True, False)]
    assert counts == [0, 1]


def a_survey(people):
    made = survey(SCALE, "okolica", author=coordinator(), area_codes=["1003"])
    for number in range(people):
        said = {"safe": "4" if number % 4 else "1", "dark": "yes" if number % 3 else "no"}
        answering.submit(made, made.published, definition(made), said, key=secrets.token_hex(16))
    db.session.commit()
    mixing.mix(made)
    db.session.commit()
    return made


def ended(made):
    made.closes_at = now() - timedelta(minutes=1)
    db.session.commit()


def test_a_survey_is_told_once_it_has_ended_and_is_released():
    made = a_survey(60)
    releasing.release(made)
    db.session.commit()
    assert list(gathering.survey_rows("1003", THIS, "pl")) == [], "it has not ended"
    ended(made)
    (told,) = gathering.survey_rows("1003", THIS, "pl")
    assert (told.title, told.people, told.sample, told.released_on) == ("Bezpieczna okolica", 60, "opt-in", today())
    scale, other = told.answers
    assert (scale.question, scale.answers, scale.percent) == ("Czy jest bezpiecznie?", ("raczej tak", "zdecydowanie tak"), 75)  # fmt: skip
    assert (other.answers, other.percent) == (("tak",), 67)
    assert list(gathering.survey_rows("1019", THIS, "pl")) == []
    assert list(gathering.survey_rows("1003", THIS.previous, "pl")) == []


def test_a_survey_without_a_release_is_not_told():
    ended(a_survey(60))
    assert list(gathering.survey_rows("1003", THIS, "pl")) == []


def test_what_was_handed_over_is_told_by_office_and_answer():
    roads, woods = partner("Zarząd Dróg"), partner("Nadleśnictwo", groups=["greenery"])
    first, second, third = (
        handed_over(confirmed(at=metres_away(900 * k, 0)), partner_id=one.id)
        for k, one in enumerate((roads, roads, woods))
    )
    said(first, outcome=PartnerOutcome.DONE)
    said(second, outcome=PartnerOutcome.NOT_THEIRS)
    third.awaited_on = today() - timedelta(days=3)
    db.session.commit()
    found = list(gathering.offices("1003", THIS, today(), is_public=True))
    assert [(row.name, row.handed, row.done, row.elsewhere, row.waiting, row.overdue) for row in found] == [
        ("Zarząd Dróg", 2, 1, 1, 0, 0),
        ("Nadleśnictwo", 1, 0, 0, 1, 1),
    ]
    assert list(gathering.offices("1019", THIS, today(), is_public=True)) == []


def test_opinions_are_told_in_fives_from_ten_on_with_what_changed():
    for _ in range(9):
        opinion()
    db.session.add(Change(title="Tryb ciemny", text="Jest.", changed_on=today(), is_published=True, author_id=1, created_at=now()))  # fmt: skip
    db.session.add(Change(title="Jeszcze nie", text="Nie.", changed_on=today(), is_published=False, author_id=1, created_at=now()))  # fmt: skip
    db.session.commit()
    found = gathering.application(THIS)
    assert found.opinions is None
    assert [one.title for one in found.changes] == ["Tryb ciemny"]
    for _ in range(4):
        opinion()
    assert gathering.application(THIS).opinions == 15
    assert gathering.application(THIS.previous) is None


def test_what_stands_out_is_for_staff_alone():
    assert not queries.current("1003", QUARTER, Edition.PUBLIC, on=LATER).beside.is_looked_at
    assert queries.current("1003", QUARTER, Edition.INTERNAL, on=LATER).beside.is_looked_at


WHOLE = Beside(
    surveys=(
        SurveyRow("Bezpieczna okolica", date(2026, 9, 1), date(2026, 9, 5), 60, "opt-in", (SurveyAnswer("Czy jest bezpiecznie?", ("raczej tak", "tak"), 97, ">"), SurveyAnswer("Po zmroku?", ("tak",), None))),
        SurveyRow("Mała ankieta", date(2026, 8, 1), date(2026, 8, 5), None, "", ()),
    ),
    application=Application(15, ()),
    hot=(HotRow("Łask, 0,8 km na północ", 21, "hot"),),
    is_looked_at=True,
)  # fmt: skip


def test_everything_is_printed_read_back_and_given_as_tables(shelf, renderer, monkeypatch):
    records.everything()
    monkeypatch.setattr(gathering, "beside", lambda code, period, *_a, **_k: replace(WHOLE, recorded=gathering.recorded(code, period)))  # fmt: skip
    written = operations.write("1003", QUARTER, Edition.INTERNAL, renderer=renderer)
    from pypdf import PdfReader

    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(written.pdf).pages)
    for words in ("Co zarejestrowała Policja", "Bezpieczna okolica", ">97", "Udział był dobrowolny", "Mała ankieta", "Łask, 0,8 km", "8,48"):  # fmt: skip
        assert words in text, words
    record = json.loads(written.json.read_text())
    read = summary_of(record)
    assert read.beside.surveys == WHOLE.surveys
    assert {"records", "surveys", "hot"} <= set(tables.tables_of(read))
    assert "offices" not in tables.tables_of(read), "a table of nothing would look like an answer"


def test_an_edition_from_before_has_nothing_beside():
    record = json.loads(json.dumps(queries.current("1003", QUARTER, on=LATER).record))
    del record["beside"]
    assert summary_of(record).beside == Beside()
