"""Files become sheets and sheets become files again; what could do harm on the way is refused by name."""

import io
import random
import re
import string
import time
import zipfile
from datetime import date, datetime

import pytest
import xlrd
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from pyxform import xls2xform

from surveys import reading, sheets, workbooks
from surveys.faults import DefinitionRefused, FaultKind
from tests.surveys.makers import SMALL

XLSX_TYPES = "[Content_Types].xml"


def read(text):
    return sheets.read(text.encode(), "form.md")


def table(survey, choices="", settings=""):
    """Markdown of the rows given, each written as cells between bars."""
    parts = (("survey", survey), ("choices", choices), ("settings", settings))
    return "\n".join(
        f"| {name} |\n" + "\n".join(f"| {line}" for line in rows.strip().splitlines()) for name, rows in parts if rows
    )


def workbook(pages, **more):
    """An .xlsx of pages, each a list of rows of plain values."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in pages.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    written = io.BytesIO()
    book.save(written)
    return repacked(written.getvalue(), **more)


def repacked(content, more=(), replaced=()):
    """The same archive with members added or replaced."""
    written = io.BytesIO()
    replaced = dict(replaced)
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, replaced.get(member.filename, old.read(member)))
        for name, data in dict(more).items():
            new.writestr(name, data)
    return written.getvalue()


QUESTION = [["type", "name", "label"], ["text", "why", "Dlaczego?"]]


def outcome(action):
    """What came of reading: the thing itself, or the faults."""
    try:
        return action(), ()
    except DefinitionRefused as refused:
        return None, refused.faults


def kinds(content, filename="form.xlsx"):
    with pytest.raises(DefinitionRefused) as refused:
        sheets.read(content, filename)
    return [fault.kind for fault in refused.value.faults]


def fault(content, filename="form.md"):
    with pytest.raises(DefinitionRefused) as refused:
        sheets.read(content.encode() if isinstance(content, str) else content, filename)
    (only,) = refused.value.faults
    return only


# There and back


def test_markdown_becomes_sheets_and_a_workbook_gives_the_same_sheets():
    made = read(SMALL)
    assert made["survey"][1] == {
        "type": "select_one yesno",
        "name": "safe",
        "label::Polski (pl)": "Czy jest bezpiecznie?",
        "label::English (en)": "Is it safe?",
        "required": "yes",
    }
    assert sheets.read(sheets.to_xlsx(made), "form.xlsx") == made
    assert sheets.read(sheets.to_markdown(made).encode(), "form.md") == made


def test_the_xform_of_a_workbook_read_back_is_the_same_to_the_byte():
    made = read(SMALL)
    again = sheets.read(sheets.to_xlsx(made), "form.xlsx")
    assert sheets.to_xform(again, "krotka", "3") == sheets.to_xform(made, "krotka", "3")
    assert 'version="3"' in sheets.to_xform(made, "krotka", "3")


def test_empty_rows_keep_the_numbers_of_the_others_and_count_for_nothing():
    gappy = sheets.read(workbook({"survey": [*QUESTION, [], [], ["integer", "age", "Wiek"]]}), "form.xlsx")
    tight = sheets.read(workbook({"survey": [*QUESTION, ["integer", "age", "Wiek"]]}), "form.xlsx")
    assert [number for number, _ in sheets.numbered(gappy["survey"])] == [2, 5]
    assert sheets.digest(gappy) == sheets.digest(tight)
    assert sheets.read(sheets.to_xlsx(gappy), "form.xlsx") == gappy


def test_the_digest_goes_by_what_is_said_not_by_the_order_of_columns():
    one = {"survey": [{"type": "text", "name": "why"}], "choices": [], "settings": []}
    other = {"settings": [], "survey": [{"name": "why", "type": "text", "label": ""}, {}]}
    assert sheets.digest(one) == sheets.digest(other)
    assert sheets.digest(one) != sheets.digest({"survey": [{"type": "text", "name": "how"}]})
    assert len(sheets.digest(one)) == 64


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=30
).map(lambda text: " ".join(text.split()))


@settings(max_examples=40)
@given(st.lists(st.tuples(cells.filter(bool), cells), min_size=1, max_size=8))
def test_any_text_survives_both_formats(rows):
    survey = [{"type": "note", "name": f"n{place}", "label": label} for place, (label, _) in enumerate(rows)]
    for row, (_, hint) in zip(survey, rows, strict=True):
        row.update({"hint": hint} if hint else {})
    made = {"survey": survey, "choices": [], "settings": []}
    assert sheets.read(sheets.to_xlsx(made), "form.xlsx") == made
    assert sheets.read(sheets.to_markdown(made).encode(), "form.md") == made


def test_a_formula_is_text_in_the_workbook_that_we_write():
    made = {
        "survey": [{"type": "note", "name": "n", "label": '=HYPERLINK("http://example.org")'}],
        "choices": [],
        "settings": [],
    }
    page = load_workbook(io.BytesIO(sheets.to_xlsx(made)))["survey"]
    assert page["C2"].data_type == "s"
    assert sheets.read(sheets.to_xlsx(made), "form.xlsx") == made


def test_a_line_break_is_a_blank_in_markdown_which_has_none():
    made = {"survey": [{"type": "note", "name": "n", "label": "raz\n  dwa | trzy"}], "choices": [], "settings": []}
    assert read(sheets.to_markdown(made))["survey"][0]["label"] == "raz dwa | trzy"


def test_our_own_columns_stay_behind_when_a_form_goes_to_odk():
    made = read(
        table(
            """
            | type | name | label | kmzb::role | kmzb::publish | parameters |
            | text | wish | Czego brakuje? | wish | no | max-length=50 |
            """,
            settings="| form_title | kmzb::intro::Polski (pl) |\n| Ankieta | Dzień dobry |",
        )
    )
    xform = sheets.to_xform(made, "ankieta", "1")
    assert "kmzb" not in xform
    assert "max-length" not in xform
    assert "<h:title>Ankieta</h:title>" in xform


EVERYTHING = """
| survey |
| | type | name | label | label::English (en) | hint | required | required_message | relevant | constraint | constraint_message | calculation | choice_filter | appearance | parameters | default | kmzb::max | kmzb::role |
| | note | hello | Dzień dobry | Hello | | | | | | | | | | | | | |
| | begin_group | g | Grupa | Group | | | | ${hello} = '' | | | | | | | | | |
| | select_one l or_other | one | Jedno | One | raz | yes | Trzeba | | | | | | likert | | yes | | |
| | select_multiple l | many | Wiele | Many | | | | selected(${one}, 'yes') | count-selected(.) < 3 | Najwyżej dwa | | | | | | | |
| | rank l | order | Kolejność | Order | | | | | | | | | | | | | |
| | select_one m | sub | Część | Part | | | | | | | | l=${one} | minimal | | | | |
| | end_group | | | | | | | | | | | | | | | | |
| | begin_group | b | Bateria | Battery | | | | | | | | | table-list | | | | |
| | select_one l | b1 | a | a | | | | | | | | | | | | | |
| | select_one l | b2 | b | b | | | | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | | | | |
| | range | points | Punkty | Points | | | | | | | | | | start=0 end=1 step=0.1 | | | |
| | integer | age | Wiek | Age | | ${points} > 0 | | | . > 0 | | | | | | 18 | | age |
| | date | day | Dzień | Day | | | | | . <= today() | | | | | | 2026-05-01 | | |
| | calculate | sum | | | | | | | | | ${age} + 1 | | | | | | |
| | begin_repeat | place | Miejsce | Place | | | | ${sum} > 3 | | | | | | | | 3 | |
| | geopoint | point | Gdzie | Where | | | | | | | | | placement-map | | | | threat |
| | geotrace | line | Którędy | Which way | | | | | | | | | | | | | |
| | geoshape | area | Teren | Area | | | | | | | | | | | | | |
| | text | words | Słowa | Words | | | | ${point} != '' | regex(., '^[a-z]+$') | | | | multiline | max-length=30 | | | |
| | end_repeat | | | | | | | | | | | | | | | | |
| choices |
| | list_name | name | label | label::English (en) | l |
| | l | yes | tak | yes | |
| | l | no | nie | no | |
| | m | a | a | a | yes |
| | m | b | b | b | no |
| settings |
| | form_title | default_language | style |
| | Wszystko | Polish | pages |
"""


def test_everything_that_we_can_ask_can_be_an_xform():
    text = EVERYTHING.replace("${hello} = ''", "")
    made = read(text)
    reading.definition(made)
    xform = sheets.to_xform(made, "wszystko", "1")
    for name in ("hello", "one_other", "order", "sub", "b2", "points", "sum", "place", "area", "words"):
        assert f"/{name}" in xform
    assert sheets.to_xform(sheets.read(sheets.to_xlsx(made), "f.xlsx"), "wszystko", "1") == xform


def test_what_cannot_be_an_xform_is_refused_in_pyxforms_words():
    with pytest.raises(DefinitionRefused) as refused:
        sheets.to_xform(
            {"survey": [{"type": "text", "name": "q", "label": "Co?", "relevant": "${nowhere}=1"}]}, "f", "1"
        )
    assert refused.value.faults[0].kind is FaultKind.XFORM
    assert "nowhere" in refused.value.faults[0].value


# Old spellings


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ("bind:relevant", "relevant"),
        ("bind::relevant", "relevant"),
        ("relevance", "relevant"),
        ("Constraint-Msg", "constraint_message"),
        ("constraint message", "constraint_message"),
        ("bind:jr:constraintMsg", "constraint_message"),
        ("bind::jr:requiredMsg", "required_message"),
        ("constraint_message::English (en)", "constraint_message::English (en)"),
        ("calculate", "calculation"),
        ("bind:calculate", "calculation"),
        ("control:appearance", "appearance"),
        ("label:english", "label::English (en)"),
        ("label::Polish (pl)", "label::Polski (pl)"),
        ("Label :: українська (uk)", "label::Українська (uk)"),
        ("hint:pl", "hint::Polski (pl)"),
        ("caption", "label"),
        ("label::chinese", "label::chinese"),
        ("kmzb:role", "kmzb::role"),
        ("KMZB::Role", "kmzb::role"),
        ("media::image", "media::image"),
    ],
)
def test_old_columns_of_the_survey_are_spelt_the_modern_way(old, modern):
    made = read(table(f"| type | name | {old} |\n| note | n | x |"))
    assert modern in made["survey"][0]


@pytest.mark.parametrize(
    ("old", "modern"),
    [
        ("begin group", "begin_group"),
        ("Begin Group", "begin_group"),
        ("end group", "end_group"),
        ("begin repeat", "begin_repeat"),
        ("select one from list", "select_one list"),
        ("select one list", "select_one list"),
        ("select_one   list", "select_one list"),
        ("select1 list", "select_one list"),
        ("add select one prompt using list", "select_one list"),
        ("select all that apply from list", "select_multiple list"),
        ("select multiple list", "select_multiple list"),
        ("select_one list or specify other", "select_one list or_other"),
        ("select_one list or_other", "select_one list or_other"),
        ("rank list", "rank list"),
        ("string", "text"),
        ("int", "integer"),
        ("gps", "geopoint"),
        ("trigger", "acknowledge"),
        ("photo", "image"),
        ("Text", "text"),
        ("select_one", "select_one"),
        ("select_one_from_file a.csv", "select_one_from_file a.csv"),
    ],
)
def test_old_types_are_spelt_the_modern_way(old, modern):
    assert read(table(f"| type | name |\n| {old} | n |"))["survey"][0]["type"] == modern


def test_old_choices_and_settings_are_spelt_the_modern_way():
    made = read(
        table(
            "| type | name |\n| note | n |",
            "| list name | value | label:Polski | Powiat |\n| l | a | A | 1003 |",
            "| title | id_string |\n| Tytuł | form |",
        )
    )
    assert made["choices"] == [{"list_name": "l", "name": "a", "label::Polski (pl)": "A", "Powiat": "1003"}]
    assert made["settings"] == [{"form_title": "Tytuł", "form_id": "form"}]


def test_typographic_quotation_marks_are_straight_in_rules_and_stay_in_texts():
    row = read(table("| type | name | label | relevant |\n| text | why | „Tak” | ${safe}=‘no’ |"))["survey"][0]
    assert row["relevant"] == "${safe}='no'"
    assert row["label"] == "„Tak”"


def test_the_default_language_has_the_name_that_its_columns_have():
    made = read(table("| type | name | label::pl |\n| note | n | A |", settings="| default_language |\n| polski |"))
    assert made["settings"] == [{"default_language": "Polski (pl)"}]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "_x000D_\n", "\u2028", "\x85"])
def test_a_line_ends_in_one_way_whatever_program_wrote_it(end):
    made = sheets.read(workbook({"survey": [*QUESTION, ["note", "n", f"raz{end}dwa"]]}), "form.xlsx")
    assert made["survey"][1]["label"] == "raz\ndwa"
    assert sheets.read(sheets.to_xlsx(made), "form.xlsx") == made


def test_numbers_and_days_of_a_workbook_become_the_text_that_was_meant():
    rows = [["type", "name", "label", "default", "hint"], ["integer", "n", 1.0, 2.5, True], ["date", "d", "Dzień", date(2026, 5, 1), datetime(2026, 5, 1, 8)]]  # fmt: skip  # noqa: DTZ001  # a cell knows no zone
    made = sheets.read(workbook({"survey": rows}), "form.xlsx")["survey"]
    assert made[0] == {"type": "integer", "name": "n", "label": "1", "hint": "TRUE", "default": "2.5"}
    assert (made[1]["default"], made[1]["hint"]) == ("2026-05-01", "2026-05-01 08:00:00")


# The real forms


def test_every_real_form_is_read_as_pyxform_reads_it_or_refused_by_name(shared):
    """Where pyxform converts the file itself, our sheets give an XForm equal to that of the file."""
    compared = 0
    for path in sorted((shared / "xlsform").glob("*.xls*")):
        made, faults = outcome(lambda path=path: sheets.read(path.read_bytes(), path.name))
        assert all(fault.sheet and fault.row for fault in faults), path.name
        if made is None:
            continue
        again = sheets.read(sheets.to_xlsx(made), "again.xlsx")
        assert again == made
        assert sheets.to_xform(again, "form", "1") == sheets.to_xform(made, "form", "1")
        compared += body(sheets.to_xform(made, "form", "1")) == body(xls2xform.convert(path.read_bytes()).xform)
    assert compared >= 5


def body(xform):
    """The questions and choices of an XForm, without its name and version."""
    return sorted(re.findall(r"<(?:label|hint|value|item|bind|select1|select|input)[ >/][^<]*", xform))


def test_every_real_form_becomes_a_questionnaire_or_names_row_and_reason(shared):
    outcomes = {}
    for path in sorted((shared / "xlsform").glob("*.xls*")):
        _, faults = outcome(lambda path=path: reading.definition(sheets.read(path.read_bytes(), path.name)))
        assert all(fault.sheet and fault.row for fault in faults), path.name
        outcomes[path.name.partition("__")[2]] = {fault.kind for fault in faults}
    assert outcomes["badly_named_choices_sheet.xls"] == set()
    assert outcomes["choice_filter_test.xlsx"] == set()
    assert outcomes["gps.xls"] == set()
    assert outcomes["text_and_integer.xlsx"] == set()
    assert outcomes["duplicate_columns.xlsx"] == {FaultKind.COLUMN_TWICE}
    assert outcomes["field-list.xlsx"] == {FaultKind.LANGUAGE}
    assert outcomes["or_other.xlsx"] == {FaultKind.UNKNOWN_COLUMN}
    assert FaultKind.TYPE in outcomes["widgets.xls"]
    assert len(outcomes) == 9


# Bad files


def test_a_file_over_one_mebibyte_is_refused_before_anything_is_read():
    assert kinds(b"x" * (1024 * 1024 + 1)) == [FaultKind.TOO_LARGE]


def test_the_five_hundred_and_first_row_is_one_too_many():
    rows = [["note", f"n{number}", "x"] for number in range(501)]
    assert sheets.read(workbook({"survey": [QUESTION[0], *rows[:500]]}), "form.xlsx")
    too_many = fault(workbook({"survey": [QUESTION[0], *rows]}), "form.xlsx")
    assert (too_many.kind, too_many.sheet, too_many.row) == (FaultKind.TOO_MANY_ROWS, "survey", 502)


def test_the_communes_filled_in_at_publication_do_not_count_as_rows():
    made = sheets.with_communes(read(SMALL), [(f"{code:07}", f"Gmina {code}") for code in range(2_479)])
    assert sheets.read(sheets.to_xlsx(made), "form.xlsx") == made


def test_rows_far_below_the_rest_are_refused_and_empty_ones_there_are_not():
    book = Workbook()
    page = book.active
    page.title = "survey"
    for row in QUESTION:
        page.append(row)
    page.cell(row=1_048_576, column=1).value = ""
    written = io.BytesIO()
    book.save(written)
    assert len(sheets.read(written.getvalue(), "form.xlsx")["survey"]) == 1
    page.cell(row=20_000, column=1).value = "note"
    written = io.BytesIO()
    book.save(written)
    assert kinds(written.getvalue()) == [FaultKind.TOO_MANY_ROWS]


def test_a_row_number_beyond_every_spreadsheet_ends_the_reading():
    sheet = "xl/worksheets/sheet1.xml"
    content = workbook({"survey": QUESTION})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = (
            archive.read(sheet)
            .decode()
            .replace('<row r="2"', '<row r="99999999999"')
            .replace('r="A2"', 'r="A99999999999"')
        )
    made = sheets.read(repacked(content, replaced={sheet: xml}), "form.xlsx")
    assert made["survey"] == []


def test_declared_dimensions_are_not_believed():
    sheet = "xl/worksheets/sheet1.xml"
    content = workbook({"survey": QUESTION})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(sheet).decode().replace('<dimension ref="A1:C2"', '<dimension ref="A1:XFD1048576"')
    assert "XFD1048576" in xml
    assert len(sheets.read(repacked(content, replaced={sheet: xml}), "form.xlsx")["survey"]) == 1


def test_a_bomb_is_refused_by_what_it_would_inflate_to():
    bomb = workbook({"survey": QUESTION}, more={"xl/media/zeros.bin": b"\0" * (20 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    assert kinds(bomb) == [FaultKind.BOMB]


def test_an_archive_of_a_thousand_members_is_refused():
    assert kinds(workbook({"survey": QUESTION}, more={f"m{number}": b"" for number in range(1_000)})) == [
        FaultKind.BOMB
    ]


@pytest.mark.parametrize(
    ("member", "before", "many"),
    [
        ("xl/styles.xml", "</cellXfs>", "<xf/>"),
        ("xl/styles.xml", "</fonts>", "<font/>"),
        ("xl/worksheets/sheet1.xml", "</sheetData>", "<row/>"),
    ],
)
def test_a_small_file_of_endless_styles_or_rows_is_refused(member, before, many):
    content = workbook({"survey": QUESTION})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(member).decode()
    assert before in xml
    assert kinds(repacked(content, replaced={member: xml.replace(before, many * 300_000 + before)})) == [FaultKind.BOMB]


def test_what_openpyxl_cannot_keep_is_no_warning_of_ours():
    """Excel writes data validation as an extension; in tests every warning is an error."""
    sheet = "xl/worksheets/sheet1.xml"
    content = workbook({"survey": QUESTION})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(sheet).decode()
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    assert sheets.read(repacked(content, replaced={sheet: xml.replace("</worksheet>", extension)}), "form.xlsx")[
        "survey"
    ]


def test_a_lie_about_the_size_of_a_member_makes_a_broken_workbook():
    """zipfile inflates no more than a member declares, and then its checksum is wrong."""
    content = bytearray(workbook({"survey": QUESTION}))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert kinds(bytes(content)) == [FaultKind.NOT_A_WORKBOOK]


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", XLSX_TYPES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_stand(member, encoding):
    content = workbook({"survey": QUESTION})
    evil = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert kinds(repacked(content, replaced={member: (prolog + evil).encode(encoding)})) == [FaultKind.ENTITIES]


def test_macros_are_refused_by_name_member_and_project():
    content = workbook({"survey": QUESTION})
    assert kinds(content, "form.xlsm") == [FaultKind.MACROS]
    assert kinds(repacked(content, more={"xl/vbaProject.bin": b"x"})) == [FaultKind.MACROS]
    assert kinds(repacked(content, more={"xl/macrosheets/sheet1.xml": b"<x/>"})) == [FaultKind.MACROS]
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT_CUR".encode("utf-16-le")
    assert kinds(old, "form.xls") == [FaultKind.MACROS]


@pytest.mark.parametrize(
    ("content", "filename", "kind"),
    [
        (b"", "form.xlsx", FaultKind.NOT_A_WORKBOOK),
        (b"%PDF-1.7", "form.xlsx", FaultKind.NOT_A_WORKBOOK),
        (b"PK\x03\x04 and nothing more", "form.xlsx", FaultKind.NOT_A_WORKBOOK),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "form.xls", FaultKind.NOT_A_WORKBOOK),
        (b"just words", "form.md", FaultKind.NOT_A_WORKBOOK),
        ("| survey |\n| | zażółć |".encode("iso-8859-2"), "form.md", FaultKind.NOT_UTF8),
        (b"a,b", "form.csv", FaultKind.FORMAT),
        (b"a", "form", FaultKind.FORMAT),
    ],
)
def test_what_is_no_questionnaire_is_refused(content, filename, kind):
    assert kinds(content, filename) == [kind]


def test_damaged_workbooks_are_refused_whatever_is_damaged(shared):
    """Hundreds of small damages to real files: each is read or refused, none ends in an error of ours."""
    chance = random.Random(7)
    originals = [workbook({"survey": QUESTION}), (shared / "xlsform" / "example_xls__widgets.xls").read_bytes()]
    for original in originals:
        for _ in range(150):
            content = bytearray(original)
            for _ in range(chance.randint(1, 12)):
                content[chance.randrange(8, len(content))] = chance.randrange(256)
            made, faults = outcome(lambda content=content: sheets.read(bytes(content), "form.xlsx"))
            assert made or faults


def test_a_sheet_is_found_by_its_name_whatever_the_case():
    made = sheets.read(
        workbook({"Survey": QUESTION, "CHOICES": [["list_name", "name", "label"], ["l", "a", "A"]]}), "f.xlsx"
    )
    assert len(made["choices"]) == 1


def test_a_missing_or_misspelt_sheet_is_named():
    missing = fault(workbook({"pytania": QUESTION}), "form.xlsx")
    assert (missing.kind, missing.sheet, missing.value) == (FaultKind.NO_SHEET, "survey", "pytania")
    misspelt = fault(workbook({"survey": QUESTION, "choises": [["list_name"]]}), "form.xlsx")
    assert (misspelt.kind, misspelt.sheet, misspelt.value) == (FaultKind.SHEET_NAME, "choices", "choises")
    assert kinds(workbook({"survey": QUESTION, "Survey ": QUESTION})) == [FaultKind.SHEET_TWICE]


def test_sheets_for_what_we_do_not_have_are_refused_and_notes_beside_are_not():
    assert kinds(workbook({"survey": QUESTION, "entities": [["list_name"], ["trees"]]})) == [FaultKind.SHEET]
    assert sheets.read(workbook({"survey": QUESTION, "uwagi": [["cokolwiek"]]}), "form.xlsx")


@pytest.mark.parametrize(
    "columns", ["label | label", "label | caption", "relevant | bind:relevant", "label | label::Polski (pl)"]
)
def test_a_column_twice_is_refused_however_it_is_spelt(columns):
    found = fault(table(f"| type | name | {columns} |\n| note | n | a | b |"))
    assert (found.kind, found.sheet, found.row) == (FaultKind.COLUMN_TWICE, "survey", 1)
    assert (found.column, found.detail) == (columns.split(" | ")[1], columns.split(" | ")[0])


def test_cells_without_a_heading_with_odd_characters_or_endless_text_are_named():
    assert fault(table("| type | name |\n| note | n | Tekst |")).kind is FaultKind.NO_HEADER
    odd = fault(table("| type | name | label |\n| note | n | a\u202eb |"))
    assert (odd.kind, odd.row, odd.column) == (FaultKind.CHARACTERS, 2, "label")
    long = fault(table(f"| type | name | label |\n| note | n | {'x' * 8_001} |"))
    assert (long.kind, long.row, long.column) == (FaultKind.TOO_LONG, 2, "label")


def test_columns_beyond_the_hundredth_are_refused():
    headers = ["type", "name", *(f"c{number}" for number in range(150))]
    assert kinds(workbook({"survey": [headers, ["note", "n"]]})) == [FaultKind.TOO_MANY_COLUMNS]


def test_every_fault_of_a_file_is_found_at_once():
    found = kinds(
        table(
            "| type | name | label | label |\n| note | n | a | b | c |\n| note | m | x\u202ex |",
            "| list_name | list name |\n| a | b |",
        ).encode(),
        "form.md",
    )
    assert set(found) == {FaultKind.COLUMN_TWICE, FaultKind.NO_HEADER, FaultKind.CHARACTERS}
    assert found.count(FaultKind.COLUMN_TWICE) == 2


def test_communes_are_filled_in_and_taken_out_again():
    made = read(SMALL)
    filled = sheets.with_communes(made, [("1003012", "Bełchatów"), ("1003022", "Drużbice")])
    assert filled["choices"][-1] == {
        "list_name": "communes",
        "name": "1003022",
        "label::Polski (pl)": "Drużbice",
        "label::English (en)": "Drużbice",
    }
    assert sheets.with_communes(filled, [])["choices"] == made["choices"]
    assert sheets.without_communes(filled) == made


def test_xlrd_takes_the_old_workbooks_alone():
    """The old library reads no new workbook: what is inside one is always checked before it is inflated."""
    with pytest.raises(xlrd.XLRDError):
        xlrd.open_workbook(file_contents=workbook({"survey": QUESTION}))
    assert sheets.read(workbook({"survey": QUESTION}), "renamed.xls")["survey"]


@pytest.mark.parametrize(
    "text",
    [
        "|" + "#" * 900_000 + "|",
        "| survey |\n| | type | name |\n| | " + "a " * 400_000 + "| q |",
        "| survey |\n| | type | name | parameters |\n" + ("| | range | q | " + "a" * 7_990 + " |\n") * 100,
        "| survey |\n| | type | name | label::" + "(" * 500_000 + " |\n| | note | n | x |",
        "| settings |\n| | default_language |\n| | "
        + "( " * 400_000
        + " |\n| survey |\n| | type | name |\n| | note | n |",
    ],
    ids=["remarks", "type", "parameters", "language", "default language"],
)
def test_no_text_keeps_the_reader_busy(text):
    begun = time.process_time()
    with pytest.raises(DefinitionRefused):
        reading.definition(read(text))
    assert time.process_time() - begun < 5


def test_remarks_and_rulers_of_markdown_are_no_rows():
    text = "# Tytuł\n| survey | # uwaga\n| | type | name | # uwaga | i dalej\n|---|:---:|---|\n# | | text | hidden |\n| | note | n | # koniec\n"
    assert read(text)["survey"] == [{"type": "note", "name": "n"}]


def test_what_is_written_inside_a_cell_can_break_no_table():
    made = {
        "survey": [{"type": "note", "name": "n", "label": letter * 3} for letter in string.punctuation],
        "choices": [],
        "settings": [],
    }
    assert read(sheets.to_markdown(made)) == made


def test_limits_are_those_of_the_reference():
    assert workbooks.MAX_BYTES == 1024 * 1024
    assert sheets.MOST_ROWS == 500
