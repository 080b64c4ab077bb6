"""The questionnaire on paper: numbers, boxes with codes, conditions in words, and room to write."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from consult.db import db
from consult.documents.rendering import DocumentRefused, Renderer
from surveys import paper, presets
from surveys.models import Access
from surveys.operations import papers
from surveys.paper import Item, Note, Shape, Table
from surveys.skips import SkipTeller
from tests.accounts.makers import coordinator, head, officer, sign_in, unit
from tests.surveys.makers import SMALL, defined, survey

FORMS = sorted(Path(presets.__file__).parent.glob("*.md"))

CONDITIONS = """
| survey |
|  | type | name | label::Polski (pl) | relevant | calculation | kmzb::missing |
|  | begin_group | a | A | | | |
|  | select_one yesno | one | Jeden? | | | 98 |
|  | select_multiple yesno | two | Dwa? | ${one}='yes' | | |
|  | integer | three | Trzy? | ${one}='yes' | | |
|  | calculate | sum | | | ${three} + 1 | |
|  | end_group | | | | | |
|  | begin_group | b | B | ${three} > 5 | | |
|  | text | four | Cztery? | | | |
|  | text | five | Pięć? | selected(${two}, 'no') or selected(${two}, "yes") | | |
|  | note | said | Tylko niektórym. | ${one}='no' | | |
|  | note | told | Wszystkim tutaj. | | | |
|  | text | six | Sześć? | ${sum} = 3 | | |
|  | end_group | | | | | |
|  | begin_group | c | C | | | |
|  | text | seven | Siedem? | string-length(${four}) mod 2 = 1 | | |
|  | text | eight | Osiem? | true() | | |
|  | end_group | | | | | |
| choices |
|  | list_name | name | label::Polski (pl) |
|  | yesno | yes | tak |
|  | yesno | no | nie |
|  | yesno | 98 | trudno powiedzieć |
| settings |
|  | form_title | form_id | default_language |
|  | Warunki | warunki | Polski (pl) |
"""


def items(definition):
    for section in paper.sections(definition):
        for part in section.parts:
            yield from part.items if isinstance(part, Table) else [part] if isinstance(part, Item) else []


def pages(content):
    return [page.extract_text().replace("\xa0", " ") for page in PdfReader(io.BytesIO(content)).pages]


def plain(text):
    return re.sub(r"\s+", " ", text)


# --- the layout --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_question_of_a_preset_stands_once_with_its_number(path):
    definition = defined(path.read_text())
    found = [(item.question.name, item.number) for item in items(definition)]
    assert found == list(paper.numbers(definition).items())
    assert [number for _name, number in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_box_has_a_code_of_its_own(path):
    for question in defined(path.read_text()).questions:
        codes = [box.code for box in paper.boxes(question)]
        assert len(set(codes)) == len(codes)
        answers = [box.code for box in paper.boxes(question) if box.choice.name not in question.missing]
        assert answers == [str(place) for place in range(1, len(answers) + 1)]
        assert all(int(box.code) >= 90 for box in paper.boxes(question) if box.choice.name in question.missing)


def test_missing_choices_keep_their_codes_or_get_a_free_one():
    text = SMALL.replace("| required | relevant |", "| required | kmzb::missing |").replace("${safe}='no'", "")
    text = text.replace(
        "| safe  | Czy jest bezpiecznie? | Is it safe?      | yes      |          |", "| safe | B? | S? | | no 98 |"
    )
    text = text.replace("| settings |", "|  | yesno | 98 | trudno | hard |\n| settings |")
    boxes = paper.boxes(defined(text).question("safe"))
    assert [(box.choice.name, box.code) for box in boxes] == [("yes", "1"), ("no", "99"), ("98", "98")]


def test_questions_with_one_set_of_answers_are_a_table():
    definition = defined((FORMS[0].parent / "application_satisfaction.md").read_text())
    (table,) = [part for section in paper.sections(definition) for part in section.parts if isinstance(part, Table)]
    assert len(table.items) == 10
    assert [box.code for box in table.boxes] == ["1", "2", "3", "4", "5"]


def test_a_repeat_has_room_for_three_rounds_at_most():
    definition = defined((FORMS[0].parent / "safety_perception.md").read_text())
    assert {section.rounds for section in paper.sections(definition)} == {1, 3}


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ("range | marks | a | a | |", Shape.SCALE),
        ("integer | marks | a | a | |", Shape.NUMBER),
        ("decimal | marks | a | a | |", Shape.NUMBER),
        ("date | marks | a | a | |", Shape.DATE),
        ("text | marks | a | a | |", Shape.LINE),
        ("rank yesno | marks | a | a | |", Shape.ORDER),
        ("select_multiple yesno | marks | a | a | |", Shape.SEVERAL),
        ("geotrace | marks | a | a | |", Shape.PLACE),
    ],
)
def test_each_kind_of_question_has_its_shape(row, shape):
    text = re.sub(r"\| range .*", f"| {row} |", SMALL)
    assert paper.shape(defined(text).question("marks")) is shape


def test_a_long_list_is_answered_in_words():
    rows = "".join(f"|  | many | m{n} | Miasto {n} | Town {n} |\n" for n in range(paper.MOST_BOXES + 1))
    text = SMALL.replace("range               | marks", "select_one many     | marks").replace(
        "| settings |", f"{rows}| settings |"
    )
    (item,) = [item for item in items(defined(text)) if item.question.name == "marks"]
    assert (item.shape, item.boxes) == (Shape.LINE, ())


# --- conditions --------------------------------------------------------------------------------------------------------


def told(app, language="pl"):
    definition = defined(CONDITIONS)
    teller = SkipTeller(definition, paper.numbers(definition), language)
    with app.test_request_context(), force_locale("en"):
        return {item.question.name: [teller.only(one) for one in item.only] for item in items(definition)}


def test_conditions_are_told_by_numbers_once_for_all_questions_that_share_them(app):
    said = told(app)
    assert said["one"] == []
    assert said["two"] == ["Questions 2–3 only if “tak” is marked in question 1."]
    assert said["three"] == []
    assert said["four"] == ["Questions 4–6 only if the answer to question 3 is more than 5."]
    assert said["five"] == ["Question 5 only if “nie” or “tak” is marked in question 2."]


def test_a_condition_that_has_no_plain_words_names_the_questions_it_depends_on(app):
    said = told(app)
    assert said["six"] == ["Question 6 only if it fits your answers to: 3."]
    assert said["seven"] == ["Question 7 only if it fits your answers to: 4."]
    assert said["eight"] == [""]


def test_words_that_only_some_answers_bring_up_are_not_printed():
    notes = [
        part.question.name
        for section in paper.sections(defined(CONDITIONS))
        for part in section.parts
        if isinstance(part, Note)
    ]
    assert notes == ["told"]


# --- the PDF -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def made(world):
    return survey()


def test_a_sheet_carries_title_version_digest_and_codes(made):
    found = pages(papers.print_paper(made, made.published, "pl"))
    text = plain(" ".join(found))
    for words in ("Krótka ankieta", made.published.digest[:12], "Komenda Powiatowa Policji w Łasku", "112"):
        assert words in text
    assert papers.typed_address(made) in text
    assert "1. Czy jest bezpiecznie?" in text
    assert "2. Dlaczego nie?" in text
    assert re.search(r"\b1 tak\b.*\b2 nie\b", text)
    assert re.search(r"1 / \d", found[0])


def test_a_survey_by_invitation_prints_no_address_to_answer_without_a_code(world):
    made = survey(access=Access.INVITATION)
    assert "/answer" not in " ".join(pages(papers.print_paper(made, made.published, "pl")))


@pytest.mark.printed
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_preset_is_printed_in_every_language(world, path, language):
    made = survey(path.read_text(), slug=path.stem.replace("_", "-"))
    content = papers.print_paper(made, made.published, language)
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = plain(" ".join(pages(content)))
    for number in paper.numbers(defined(path.read_text())).values():
        assert f"{number}. " in text
    assert len(reader.pages) <= 11


def test_the_square_code_leads_to_the_questionnaire(made, tmp_path):
    for program in ("pdftoppm", "zbarimg"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    (tmp_path / "paper.pdf").write_bytes(papers.print_paper(made, made.published, "pl"))
    subprocess.run(["pdftoppm", "-r", "120", "-png", "-singlefile", "paper.pdf", "page"], cwd=tmp_path, check=True)
    read = subprocess.run(
        ["zbarimg", "-q", "--raw", tmp_path / "page.png"], capture_output=True, text=True, check=False
    )
    assert read.stdout.strip() == papers.answer_url(made)


def test_what_somebody_wrote_into_a_question_is_text_on_paper_too(world):
    made = survey(SMALL.replace("Dlaczego nie?", "<b>Dlaczego</b> & <script>nie</script>?"))
    assert "<b>Dlaczego</b> & <script>nie</script>?" in plain(
        " ".join(pages(papers.print_paper(made, made.published, "pl")))
    )


# --- the page ----------------------------------------------------------------------------------------------------------

URL = "/surveys/krotka/paper.pdf"


@pytest.mark.parametrize("maker", [officer, head, coordinator])
def test_staff_print_the_sheet_in_a_language_of_the_survey(made, client, maker):
    sign_in(client, maker())
    answer = client.get(f"{URL}?language=en")
    assert answer.mimetype == "application/pdf"
    assert "krotka-v1-en.pdf" in answer.headers["Content-Disposition"]
    assert "Is it safe?" in plain(" ".join(pages(answer.data)))
    assert "krotka-v1-pl.pdf" in client.get(f"{URL}?language=uk").headers["Content-Disposition"]


def test_who_may_print_it(made, client, elsewhere):
    survey(slug="draft", published=False)
    db.session.commit()
    assert sign_in(client, officer()).get("/surveys/draft/paper.pdf").status_code == 404
    assert sign_in(elsewhere(), officer(unit("1019"))).get(URL).status_code == 404
    assert elsewhere().get(URL).status_code == 302


def test_a_press_that_fails_asks_to_come_back(made, client, monkeypatch):
    def refuse(*_):
        raise DocumentRefused("no ink")

    monkeypatch.setattr(Renderer, "print", refuse)
    sign_in(client, officer())
    assert client.get(URL).status_code == 503
    assert client.get("/surveys/krotka/poster.pdf").status_code == 503
