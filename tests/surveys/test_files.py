"""Answers as files: table, workbook, SPSS, codebook, places; the same rows everywhere, and nothing that tells people."""

import csv
import hashlib
import io
import json
from datetime import date

import openpyxl
import pyreadstat
import pytest

from consult.audit.models import AuditEntry
from consult.db import db
from surveys import answer_files, answer_rows, codebook
from surveys.answer_files import Answered, Labels
from surveys.codebook import Scale
from surveys.models import Mode, Submission
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.conftest import unpacked
from tests.factories import voice
from tests.pages import Page, check_page
from tests.surveys.makers import defined, survey

pytestmark = pytest.mark.usefixtures("world")

ASKED = """
| survey |
|        | type                  | name   | label::Polski (pl)     | label::English (en)  | relevant | kmzb::publish | kmzb::missing |
|        | begin_group           | first  | O okolicy              | Around               |          |     |    |
|        | select_one scale      | safe   | Czy jest bezpiecznie?  | Is it safe?          |          |     | 99 |
|        | select_one yesno      | by     | Czy po zmroku też?     | After dark too?      | ${safe} >= 3 | | dk |
|        | select_multiple kinds | seen   | Co widać?              | What is seen?        |          |     |    |
|        | rank kinds            | first1 | Co najpierw?           | What first?          |          |     |    |
|        | integer               | age    | Ile lat?               | How old?             |          |     |    |
|        | date                  | day    | Którego dnia?          | On which day?        |          |     |    |
|        | text                  | words  | Inne                   | Anything else        |          | yes |    |
|        | text                  | secret | Uwagi                  | Remarks              |          | moderated | |
|        | geopoint              | spot   | Gdzie?                 | Where?               |          |     |    |
|        | end_group             |        |                        |                      |          |     |    |
| choices |
|         | list_name | name | label::Polski (pl) | label::English (en) |
|         | scale     | 1    | wcale nie          | not at all          |
|         | scale     | 2    | raczej nie         | rather not          |
|         | scale     | 3    | raczej tak         | rather              |
|         | scale     | 4    | zdecydowanie tak   | very                |
|         | scale     | 99   | trudno powiedzieć  | hard to say         |
|         | yesno     | yes  | tak                | yes                 |
|         | yesno     | no   | nie                | no                  |
|         | yesno     | dk   | nie wiem           | do not know         |
|         | kinds     | a    | śmieci             | litter              |
|         | kinds     | b    | =hałas             | =noise              |
| settings |
|          | form_title      | form_id | default_language |
|          | Krótka ankieta  | krotka  | Polski (pl) |
"""

ANSWERS = {
    "safe": "3", "by": "dk", "seen": ["a"], "first1": ["b", "a"], "age": 44, "day": "2026-10-03",
    "words": "=SUM(A1) zażółć", "secret": "Jan Kowalski", "spot": {"kind": "point"},
}  # fmt: skip
LABELS = Labels(
    {"web": "w internecie", "paper": "na papierze"}, {"1003": "powiat łaski"}, ("Wersja", "Sposób", "Powiat")
)


def columns(*texts):
    return answer_rows.columns([defined(text) for text in texts])


def submissions():
    return [Answered(1, "web", "1003", ANSWERS), Answered(1, "paper", "", {"safe": "99", "seen": [], "age": 17})]


def table(text):
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))


def test_a_file_for_spss_is_read_back_with_its_labels(tmp_path):
    variables = codebook.variables(columns(ASKED), "pl")
    out = tmp_path / "answers.sav"
    assert answer_files.write_sav(variables, submissions(), LABELS, "Krótka ankieta", out) == 2
    frame, meta = pyreadstat.read_sav(str(out), user_missing=True)
    assert list(frame.columns) == [
        "kmzb_version", "kmzb_mode", "kmzb_district", "safe", "by_", "seen.a", "seen.b", "first1.a", "first1.b", "age",
        "day", "words",
    ]  # fmt: skip
    first, second = frame.to_dict("records")
    assert (first["safe"], first["by_"], first["seen.a"], first["seen.b"]) == (3, 900, 1, 0)
    assert (first["first1.b"], first["first1.a"], first["age"], first["day"]) == (1, 2, 44, date(2026, 10, 3))
    assert first["words"] == "=SUM(A1) zażółć"
    assert second["safe"] == 900
    assert second["seen.a"] != second["seen.a"], "who gave no answer has none, not a no"
    assert meta.column_names_to_labels["safe"] == "Czy jest bezpiecznie?"
    assert meta.column_names_to_labels["seen.a"] == "śmieci (Co widać?)"
    assert meta.variable_value_labels["safe"][900] == "trudno powiedzieć"
    assert meta.variable_value_labels["by_"] == {1: "tak", 2: "nie", 900: "nie wiem"}
    assert meta.variable_value_labels["kmzb_district"] == {1003: "powiat łaski"}
    assert meta.variable_value_labels["kmzb_mode"] == {1: "w internecie", 2: "na papierze"}
    assert meta.missing_ranges["by_"] == [{"lo": 900, "hi": 900}]
    assert (meta.variable_measure["safe"], meta.variable_measure["age"]) == ("ordinal", "scale")
    assert meta.file_label == "Krótka ankieta"


def test_a_number_with_no_label_of_the_scale_stays_apart(tmp_path):
    safe = next(one for one in codebook.variables(columns(ASKED), "pl") if one.name == "safe")
    assert [(value.code, value.number, value.is_missing) for value in safe.options] == [
        ("1", 1, False), ("2", 2, False), ("3", 3, False), ("4", 4, False), ("99", 900, True),
    ]  # fmt: skip
    assert safe.scale is Scale.ORDINAL


def test_choices_of_an_older_version_keep_their_place():
    older = ASKED.replace("|         | kinds     | b    | =hałas             | =noise              |\n", "").replace(
        "| a    | śmieci ", "| c    | psy    "
    )
    seen = next(column for column in columns(older, ASKED) if column.name == "seen")
    assert [choice.name for choice in seen.question.choices] == ["a", "b", "c"]
    assert len(columns(older, ASKED)) == len(columns(ASKED))


def test_names_are_those_that_spss_takes():
    taken = set()
    names = [
        codebook.spss_name(text, taken) for text in ("by", "By", "a-b", "a.b.", "1st", "ą" * 80, "x" * 80, "x" * 80)
    ]
    assert names[:5] == ["by_", "By__2", "a_b", "a.b", "v1st"]
    assert all(len(name.encode()) <= 64 and name[0].isalpha() for name in names)
    assert len({name.upper() for name in names}) == len(names)


def test_texts_are_cut_between_characters():
    assert codebook.clipped("żółw", 5) == "żó"
    assert codebook.clipped("abc", 3) == "abc"


def test_a_workbook_has_answers_and_codebook_and_computes_nothing(tmp_path):
    out = tmp_path / "answers.xlsx"
    wanted = columns(ASKED)
    assert answer_files.write_xlsx(wanted, codebook.variables(wanted, "pl"), submissions(), out) == 2
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Odpowiedzi", "Opis zmiennych"]
    head, first, second = list(book["Odpowiedzi"].values)
    row = dict(zip(head, first, strict=True))
    assert (row["age"], row["seen"], row["words"]) == (44, "a", "'=SUM(A1) zażółć")
    assert row["day"].date() == date(2026, 10, 3)
    assert "secret" not in head
    assert "spot" not in head
    assert second[head.index("by")] is None
    described = list(book["Opis zmiennych"].values)
    assert described[0] == codebook.HEADER
    assert described[1][:3] == ("safe", "safe", "Czy jest bezpiecznie?")
    assert "'=hałas" in str(described)
    assert all(cell.data_type != "f" for sheet in book for cells in sheet.iter_rows() for cell in cells)


def test_the_codebook_says_when_a_question_was_asked():
    rows = table("".join(answer_files.codebook_as_csv(codebook.variables(columns(ASKED), "en"))))
    by = next(row for row in rows if row["variable"] == "by_")
    assert by["question"] == "by"
    assert by["text"] == "After dark too?"
    assert "${safe} >= 3" in by["asked_when"]
    unknown = next(row for row in rows if row["code"] == "dk")
    assert (unknown["number"], unknown["value"], unknown["is_missing"]) == ("900", "do not know", "yes")


# Taken along


def answered(made, count, generation=1):
    for number in range(count):
        row = Submission(
            id=f"{generation}{number:031x}", survey_id=made.id, version_id=made.published.id, received_on=date(2026, 10, 4),
            mode=Mode.WEB, language="pl", district_code="1003", answers=ANSWERS | {"age": number}, generation=generation,
        )  # fmt: skip
        db.session.add(row)
    db.session.commit()


NAMES = ("answers.csv", "answers.xlsx", "answers.sav", "codebook.csv", "places.geojson")


@pytest.fixture
def made(world):
    return survey(ASKED, author=coordinator(email="k@policja.example"))


def test_the_coordinator_takes_files_along_and_that_is_noted(client, made):
    answered(made, 12)
    answered(made, 3, generation=0)
    from consult.threats import operations as threats

    threats.admit(voice(key="tests", at=(19.13, 51.59)))
    sign_in(client, coordinator())
    page = Page(client, "/surveys/krotka/files")
    check_page(page.text)
    found = {name: client.get(f"/surveys/krotka/files/{name}") for name in NAMES}
    assert {name: answer.status_code for name, answer in found.items()} == dict.fromkeys(NAMES, 200)
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in found.values())
    assert all(f"krotka-{name}" in answer.headers["Content-Disposition"] for name, answer in found.items())
    rows = table(found["answers.csv"].get_data(as_text=True))
    assert len(rows) == 12
    assert sorted(int(row["age"]) for row in rows) == list(range(12))
    assert len(list(openpyxl.load_workbook(io.BytesIO(found["answers.xlsx"].data))["Odpowiedzi"].values)) == 13
    assert found["answers.sav"].data.startswith(b"$FL2")
    assert json.loads(found["places.geojson"].data)["features"] == [], "other voices are not of this survey"
    for answer in found.values():
        assert b"Kowalski" not in answer.data
        assert b"2026-10-04" not in answer.data
    entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.object_kind == "survey_answers")).all()
    assert [entry.detail["file"] for entry in entries] == list(NAMES)
    assert {entry.detail["rows"] for entry in entries} == {12}
    digests = [hashlib.sha256(unpacked(answer)).hexdigest() for answer in found.values()]
    assert [entry.detail["sha256"] for entry in entries] == digests


def test_fewer_than_ten_are_not_given(client, made):
    answered(made, 9)
    sign_in(client, coordinator())
    page = Page(client, "/surveys/krotka/files")
    check_page(page.text)
    assert "answers.csv" not in page.text
    assert client.get("/surveys/krotka/files/answers.csv").status_code == 404


def test_only_the_coordinator_of_the_survey_takes_files(client, made):
    answered(made, 12)
    sign_in(client, officer())
    assert client.get("/surveys/krotka/files").status_code == 403
    assert client.get("/surveys/krotka/files/answers.csv").status_code == 403
    sign_in(client, coordinator(unit("1019", "Komenda Powiatowa Policji w Zduńskiej Woli")))
    assert client.get("/surveys/krotka/files/answers.csv").status_code == 404
    sign_in(client, coordinator())
    assert client.get("/surveys/krotka/files/answers.exe").status_code == 404


def test_places_come_out_blurred_and_of_no_person(client, made):
    from consult.threats import operations as threats
    from surveys.queries.mixing import SOURCE

    for k in range(2):
        one = voice(at=(19.13 + k / 100, 51.59), accuracy_m=180.0)
        threats.admit(type(one)(**{**vars(one), "source": SOURCE, "source_key": f"krotka/{k}"}))
    threats.admit(type(one)(**{**vars(one), "source": SOURCE, "source_key": "krotka-2/1"}))
    answered(made, 10)
    sign_in(client, coordinator())
    found = json.loads(client.get("/surveys/krotka/files/places.geojson").data)
    assert len(found["features"]) == 2
    first = found["features"][0]
    assert first["geometry"]["coordinates"] == [19.13, 51.59]
    assert first["properties"] == {
        "category": "parkowanie", "month": "2026-07", "district": "1003", "commune": first["properties"]["commune"],
        "accuracy_m": 180,
    }  # fmt: skip
