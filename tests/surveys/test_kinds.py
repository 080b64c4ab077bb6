"""Every kind of question through every place that knows kinds: a new one fails where somebody forgot it.

`EXAMPLES` says of each kind what each place makes of it, so that none falls silently into what is done with the rest:
a year into numbers with a separator of thousands, a time into a line of words. docs/question-types.md tells the way.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import pytest
from bs4 import BeautifulSoup as Soup
from flask_babel import force_locale

from consult.geo import Place
from surveys import (
    answer_files,
    answer_rows,
    codebook,
    complaints,
    outline,
    overview,
    pages,
    paper,
    reading,
    sheets,
    titles,
    transcription,
    versions,
)
from surveys.answer_files import Answered as Row
from surveys.answer_files import Labels
from surveys.complaints import Spoken
from surveys.counting import cells
from surveys.operations import managing, papers
from surveys.paper import Shape
from surveys.questionnaire import Fault, Questionnaire, Refused, Wrong, value_of
from surveys.questions import CHOOSING, UNASKED, Definition, Kind, Question
from tests.accounts.makers import coordinator, unit
from tests.surveys.test_results import Answered
from tests.surveys.walker import Walker

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LABELS = Labels({"web": "w internecie"}, {"1003": "powiat łaski"}, ("Wersja", "Sposób", "Powiat"))
SPOT = Place.point(19.13, 51.59, 10).record
NAME, OTHER = "q", "other"


@dataclass(frozen=True)
class Example:
    """What the places make of a kind.

    In the order of the places: further cells of its row; what the browser sends, what is kept of it, what is wrong and
    why; the words of the kept answer in Polish; how a page asks and the field it draws; how paper asks, what it draws
    and what is typed from it; what is counted and told; the cells of a table, the variables of SPSS; ODK's element.
    """

    control: str
    field: str
    xform: str
    row: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Any = None
    refused: tuple[Mapping[str, Sequence[str]], Wrong] | None = None
    lacking: str = "Answer this question."
    words: str = ""
    shape: Shape | None = None
    printed: str = ""
    typed: str = ""
    counted: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    cells: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


_PLACE: dict[str, Any] = {
    "control": "place",
    "field": "input[name=q-words]",
    "kept": SPOT,
    "words": "punkt na mapie (51.59000, 19.13000)",
    "shape": Shape.PLACE,
    "printed": ".rest-line",
    "counted": frozenset({"#answered"}),
    "told": frozenset({"count"}),
}

EXAMPLES: Mapping[Kind, Example] = {
    Kind.SELECT_ONE: Example(
        control="radios",
        field="input[type=radio][name=q]",
        xform='<select1 ref="/data/q">',
        sent={NAME: ["b"]},
        kept="b",
        refused=({NAME: ["z"]}, Wrong.UNLISTED),
        lacking="Choose an answer.",
        words="hałas",
        shape=Shape.ONE,
        printed=".boxes li .box--round",
        typed="2",
        counted=frozenset({"b"}),
        told=frozenset({"lines"}),
        cells=("b",),
        variables={"q": 2},
    ),
    Kind.SELECT_MULTIPLE: Example(
        control="checkboxes",
        field="input[type=checkbox][name=q]",
        xform='<select ref="/data/q">',
        sent={NAME: ["b", "a"]},
        kept=["a", "b"],
        refused=({NAME: ["z"]}, Wrong.UNLISTED),
        lacking="Choose at least one answer.",
        words="śmieci\nhałas",
        shape=Shape.SEVERAL,
        printed=".boxes li .box:not(.box--round)",
        typed="1 2",
        counted=frozenset({"a", "b"}),
        told=frozenset({"lines"}),
        cells=("a b",),
        variables={"q.a": 1, "q.b": 1},
    ),
    Kind.RANK: Example(
        control="rank",
        field="select[name=q-2]",
        xform='<odk:rank ref="/data/q">',
        sent={"q-1": ["b"], "q-2": ["a"]},
        kept=["b", "a"],
        refused=({"q-1": ["a"], "q-2": ["a"]}, Wrong.TWICE),
        lacking="Choose an answer.",
        words="1. hałas\n2. śmieci",
        shape=Shape.ORDER,
        printed=".boxes li .box--wide",
        typed="2 1",
        counted=frozenset({"b@1", "a@2"}),
        told=frozenset({"ranks"}),
        cells=("b a",),
        variables={"q.a": 2, "q.b": 1},
    ),
    Kind.RANGE: Example(
        control="scale",
        field="input[type=radio][name=q][value='10']",
        xform='<range ref="/data/q" start="1" end="10" step="1">',
        sent={NAME: ["7"]},
        kept=7,
        refused=({NAME: ["11"]}, Wrong.OUT_OF_RANGE),
        lacking="Choose an answer.",
        words="7",
        shape=Shape.SCALE,
        printed=".scale .point",
        typed="7",
        counted=frozenset({"7"}),
        told=frozenset({"lines", "mean", "quartiles"}),
        cells=("7",),
        variables={"q": 7.0},
    ),
    Kind.INTEGER: Example(
        control="number",
        field="input[inputmode=numeric][name=q]",
        xform='<bind nodeset="/data/q" type="int"/>',
        sent={NAME: ["1 200"]},
        kept=1200,
        refused=({NAME: ["1,5"]}, Wrong.NOT_WHOLE),
        words="1 200",
        shape=Shape.NUMBER,
        printed=".short-line",
        typed="1200",
        counted=frozenset({"1200"}),
        told=frozenset({"quartiles"}),
        cells=("1200",),
        variables={"q": 1200.0},
    ),
    Kind.DECIMAL: Example(
        control="number",
        field="input[inputmode=decimal][name=q]",
        xform='<bind nodeset="/data/q" type="decimal"/>',
        sent={NAME: ["2,5"]},
        kept=2.5,
        refused=({NAME: ["dużo"]}, Wrong.NOT_A_NUMBER),
        words="2,5",
        shape=Shape.NUMBER,
        printed=".short-line",
        typed="2,5",
        counted=frozenset({"2.5"}),
        told=frozenset({"quartiles"}),
        cells=("2,5",),
        variables={"q": 2.5},
    ),
    Kind.DATE: Example(
        control="date",
        field="input[type=date][name=q]",
        xform='<bind nodeset="/data/q" type="date"/>',
        sent={NAME: ["31.05.2026"]},
        kept="2026-05-31",
        refused=({NAME: ["31.02.2026"]}, Wrong.NOT_A_DATE),
        words="31 maja 2026",
        shape=Shape.DATE,
        printed=".digits .digit",
        typed="31.05.2026",
        counted=frozenset({"2026-05"}),
        told=frozenset({"lines"}),
        cells=("2026-05-31",),
        variables={"q": date(2026, 5, 31)},
    ),
    Kind.TEXT: Example(
        control="line",
        field="input[type=text][name=q]",
        xform='<bind nodeset="/data/q" type="string"/>',
        row={"parameters": "max-length=20", "kmzb::publish": "yes"},
        sent={NAME: [" Hałas "]},
        kept="Hałas",
        refused=({NAME: ["a" * 21]}, Wrong.TOO_LONG),
        words="Hałas",
        shape=Shape.LINE,
        printed=".line",
        typed="Hałas",
        counted=frozenset({"#answered"}),
        told=frozenset({"count"}),
        cells=("Hałas",),
        variables={"q": "Hałas"},
    ),
    Kind.NOTE: Example(
        control="note",
        field=".survey-note",
        xform='<bind nodeset="/data/q" readonly="true()" type="string"/>',
        printed=".between",
    ),
    Kind.CALCULATE: Example(
        control="calculate",
        field="",
        xform='<bind nodeset="/data/q" type="string" calculate=" /data/other  * 2"/>',
        row={"label": "", "calculation": "${other} * 2"},
        kept="8",
        cells=("8",),
        variables={"q": "8"},
    ),
    Kind.GEOPOINT: Example(xform='<bind nodeset="/data/q" type="geopoint"/>', **_PLACE),
    Kind.GEOTRACE: Example(xform='<bind nodeset="/data/q" type="geotrace"/>', **_PLACE),
    Kind.GEOSHAPE: Example(xform='<bind nodeset="/data/q" type="geoshape"/>', **_PLACE),
}

ASKED = [kind for kind in Kind if kind not in UNASKED]
every_kind = pytest.mark.parametrize("kind", list(Kind))
every_asked_kind = pytest.mark.parametrize("kind", ASKED)


def form(kind):
    """A questionnaire of one question of a kind, and a number that is asked before it."""
    word = f"{kind.value} things" if kind in CHOOSING else kind.value
    first = {"type": "integer", "name": OTHER, "label": "Ile?"}
    return {
        "survey": [first, {"type": word, "name": NAME, "label": "Które to?", **EXAMPLES[kind].row}],
        "choices": [
            {"list_name": "things", "name": "a", "label": "śmieci"},
            {"list_name": "things", "name": "b", "label": "hałas"},
        ],
        "settings": [{"form_title": "Ankieta"}],
    }


def defined(kind) -> tuple[Definition, Question]:
    definition = reading.definition(sheets.read(sheets.to_xlsx(form(kind)), "form.xlsx"))
    return definition, definition.question(NAME)


def test_every_kind_has_an_example():
    assert [kind for kind in Kind if kind not in EXAMPLES] == [], "write one: docs/question-types.md"


@every_kind
def test_its_row_is_read_and_written_again(kind):
    """surveys/reading.py, outline.py, sheets.py"""
    definition, question = defined(kind)
    assert question.kind is kind
    rows = sheets.read(sheets.to_xlsx(form(kind)), "form.xlsx")
    assert sheets.digest(sheets.read(sheets.to_markdown(rows).encode(), "form.md")) == sheets.digest(rows)
    assert (kind in outline.ANSWERED) == question.is_asked
    assert versions.changes(definition, definition) == []


@every_kind
def test_odk_knows_it(kind):
    """surveys/sheets.py: to_xform"""
    assert EXAMPLES[kind].xform in sheets.to_xform(form(kind), "f", "1")


@every_asked_kind
def test_another_kind_under_its_name_breaks_the_series(kind):
    """surveys/versions.py"""
    other = Kind.DECIMAL if kind is Kind.INTEGER else Kind.INTEGER
    assert versions.breaking(versions.changes(defined(kind)[0], defined(other)[0]))


@every_asked_kind
def test_an_answer_is_read_kept_and_shown_in_its_field_again(kind):
    """surveys/questionnaire.py, pages.py"""
    example, (definition, question) = EXAMPLES[kind], defined(kind)
    places = {NAME: SPOT} if not example.sent else {}
    assert value_of(question, question.choices, example.sent, places) == example.kept
    assert Questionnaire(definition).pruned({NAME: example.kept}) == {NAME: example.kept}
    again = pages.texts_of(question, example.kept)
    assert value_of(question, question.choices, again, places) == example.kept
    assert bool(again) == bool(example.sent)


@every_asked_kind
def test_a_wrong_answer_is_refused_and_told(kind, app):
    """surveys/questionnaire.py, complaints.py"""
    example, question = EXAMPLES[kind], defined(kind)[1]
    with app.test_request_context(), force_locale("en"):
        assert complaints.message(Fault(question, Wrong.REQUIRED), Spoken("en")) == example.lacking
    if example.refused is None:
        return
    with pytest.raises(Refused) as refused:
        value_of(question, question.choices, example.refused[0], {})
    assert refused.value.wrong is example.refused[1]
    with app.test_request_context(), force_locale("pl"):
        fault = Fault(question, refused.value.wrong, 0, refused.value.detail)
        assert complaints.message(fault, Spoken("pl"))


@every_kind
def test_it_and_its_answers_have_words(kind, app):
    """surveys/titles.py, complaints.py, overview.py and the catalogues of words"""
    example, (definition, question) = EXAMPLES[kind], defined(kind)
    with app.test_request_context():
        with force_locale("en"):
            english = str(titles.in_words(kind))
        with force_locale("pl"):
            assert str(titles.in_words(kind)) != english, f"“{english}” is not translated"
            if question.is_asked:
                said = complaints.answer_in_words(question, example.kept, Spoken("pl"))
                assert said.replace("\u00a0", " ") == example.words
            listed = [entry.question for part in overview.sections(definition, "pl") for entry in part.entries]
            assert question in listed


@pytest.fixture
def published(world):
    author = coordinator()

    def publish(kind):
        made = managing.create(author, slug="rodzaj", unit=unit(), sheets=form(kind))
        managing.publish(author, made.draft, accept_gaps=True)

    return publish


@every_kind
def test_a_page_asks_it(kind, client, published):
    """surveys/pages.py: control, templates/surveys/questions.html"""
    example, question = EXAMPLES[kind], defined(kind)[1]
    assert pages.control(question) == example.control
    published(kind)
    walker, found = Walker(client, "rodzaj"), []
    for _ in range(2):
        found += walker.soup.select(f"main {example.field}") if example.field else []
        walker.send(**({OTHER: "4"} if OTHER in walker.asked else {}))
        walker = walker.follow() if walker.location else walker
    assert bool(found) == bool(example.field), "the field of this kind is on no page"
    if kind is Kind.CALCULATE:
        assert NAME not in walker.asked


@every_kind
def test_paper_asks_it(kind, app):
    """surveys/paper.py: shape, templates/surveys/paper_macros.html"""
    example, (definition, question) = EXAMPLES[kind], defined(kind)
    if example.shape is not None:
        assert paper.shape(question) is example.shape
    with app.test_request_context(), force_locale("pl"):
        facts = papers.questions_on_paper(definition, "pl")
        text = str(
            app.jinja_env.get_template("surveys/paper_macros.html").make_module(facts).questions(facts["sections"])
        )
    drawn = Soup(text, "lxml").select(".item, .between")
    asking = [one for one in drawn if "Które to?" in one.text]
    assert len(asking) == bool(example.printed)
    if example.printed and kind is not Kind.NOTE:
        assert asking[0].select(example.printed), "the field of this kind is not on the paper"


@every_asked_kind
def test_a_sheet_with_it_is_typed_in(kind):
    """surveys/transcription.py"""
    example, (definition, _question) = EXAMPLES[kind], defined(kind)
    places = {} if example.typed else {NAME: SPOT}
    read = transcription.read(definition, {NAME: example.typed}, places)
    assert (read.answers, read.faults) == ({NAME: example.kept}, {})


@every_asked_kind
def test_it_is_counted_and_told(kind):
    """surveys/counting.py, results.py, templates/surveys/results_macros.html"""
    example, (definition, _question) = EXAMPLES[kind], defined(kind)
    values = {value for (name, value) in cells(definition, {NAME: example.kept}, {NAME}) if name == NAME}
    assert values - {"#asked"} == example.counted
    result = Answered(definition).people(30, {NAME: example.kept}).of(NAME)
    told = {
        "count": result.is_only_counted,
        "lines": any(line.count for line in result.lines),
        "ranks": bool(result.ranks),
        "mean": result.scale.mean is not None,
        "quartiles": bool(result.scale.quartiles),
    }
    assert {name for name, is_told in told.items() if is_told} == example.told
    assert result.answered == 30


@every_kind
def test_answers_to_it_go_into_files(kind, tmp_path):
    """surveys/answer_rows.py, codebook.py, answer_files.py"""
    example, (definition, _question) = EXAMPLES[kind], defined(kind)
    answers = {NAME: example.kept}
    columns = [column for column in answer_rows.columns([definition]) if column.question.name == NAME]
    variables = codebook.variables(columns, "pl")
    assert tuple(answer_rows.row(("1", "web", "1003"), answers, columns)[3:]) == example.cells
    assert {one.name: one.cell(answers) for one in variables} == example.variables
    rows = [Row(1, "web", "1003", answers)]
    answer_files.write_sav(variables, rows, LABELS, "Ankieta", tmp_path / "a.sav")
    frame, _meta = pyreadstat.read_sav(str(tmp_path / "a.sav"))
    assert {name: value for name, value in frame.to_dict("records")[0].items() if name[0] == NAME} == example.variables
    answer_files.write_xlsx(columns, variables, rows, tmp_path / "a.xlsx")
    table, _codes = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert len(next(table.iter_rows(min_row=2, values_only=True))) == 3 + len(example.cells)


@every_kind
def test_the_documentation_tells_it(kind):
    """docs/formats.md"""
    assert f"`{kind.value}" in (DOCS / "formats.md").read_text(encoding="utf-8")


def test_the_way_to_a_new_kind_names_files_that_are_there():
    rows = (DOCS / "question-types.md").read_text(encoding="utf-8").split("|---|---|")[1]
    named = re.findall(r"`((?:surveys|consult|templates|tests|docs)/[^`]+)`", rows)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).is_file()] == []
