"""`flask surveys import`, `publish` and `export`: from a file to a published questionnaire and out again."""

import csv
import json

import pytest
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.db import db
from surveys import answer_rows, presets, sheets
from surveys.models import Access, Mode, Submission, Survey, VersionState
from surveys.queries import surveys as queries
from tests.accounts.makers import unit
from tests.surveys.makers import SMALL, defined, survey

pytestmark = pytest.mark.usefixtures("world")

NEW = ("--slug", "krotka", "--unit", "1003")


@pytest.fixture
def run(app, tmp_path):
    """Run a command; give its exit code, its last line as figures and what it complained of."""
    unit()

    def ran(*words):
        result = app.test_cli_runner().invoke(args=["surveys", *map(str, words)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        db.session.expire_all()
        last = (result.stdout.strip().splitlines() or ["null"])[-1]
        return result.exit_code, json.loads(last) if last[0] in "{n" else last, result.stderr

    return ran


@pytest.fixture
def bring(run, tmp_path):
    """Import a text or the bytes of a workbook."""

    def brought(content, *options, name="form.md"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("import", path, *options)

    return brought


def count():
    return db.session.scalar(select(func.count(Survey.id)))


def the_survey():
    return queries.by_slug("krotka")


# Import


def test_a_file_becomes_a_survey(bring):
    code, told, complaints = bring(SMALL, *NEW, "--access", "invitation", "--area", "1003042")
    made = the_survey()
    assert (code, told) == (0, {"read": 3, "new": 3, "unchanged": 0, "refused": 0})
    assert complaints.count("\n") == 1, "the one title that is not translated"
    assert (made.access, made.area_codes, made.draft.number, made.published) == (
        Access.INVITATION,
        ["1003042"],
        1,
        None,
    )
    assert db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.act == "create_survey")).one() == 0


def test_the_same_file_again_changes_nothing(bring):
    bring(SMALL, *NEW)
    before = the_survey().draft.created_at
    code, told, _ = bring(SMALL, "--slug", "krotka")
    assert (code, told) == (0, {"read": 3, "new": 0, "unchanged": 3, "refused": 0})
    assert the_survey().draft.created_at == before


def test_the_same_file_again_changes_nothing_once_the_communes_are_filled_in(bring, run):
    form = presets.content("safety_perception")
    bring(form, *NEW)
    assert run("publish", "krotka")[0] == 0
    assert bring(form, "--slug", "krotka")[1]["new"] == 0
    assert (len(the_survey().versions), the_survey().draft) == (1, None)


def test_another_file_is_the_next_version(bring, run):
    bring(SMALL, *NEW)
    run("publish", "krotka", "--accept-gaps")
    code, told, _ = bring(SMALL.replace("Ile punktów?", "Ile punktów dajesz?"), *NEW)
    assert (code, told) == (0, {"read": 3, "new": 1, "unchanged": 2, "refused": 0})
    assert [one.state for one in the_survey().versions] == [VersionState.PUBLISHED, VersionState.DRAFT]


def test_a_workbook_is_read_as_well(bring):
    book = sheets.to_xlsx(sheets.read(SMALL.encode(), "form.md"))
    assert bring(book, *NEW, name="form.xlsx")[1]["new"] == 3


def test_a_dry_run_writes_nothing(bring):
    code, told, _ = bring(SMALL, *NEW, "--dry-run")
    assert (code, told["new"]) == (0, 3)
    assert count() == 0


def test_quiet_says_nothing_but_the_figures(bring):
    assert bring(SMALL, *NEW, "--quiet")[2] == ""


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_faults_are_told_one_a_line(bring, dry):
    text = SMALL.replace("| text                | why", "| image               | why").replace("'no'", "no(")
    code, told, complaints = bring(
        text.replace("| range               | marks", "| range               | ma rks"), *NEW, *dry
    )
    assert (code, told) == (1, {"read": 0, "new": 0, "unchanged": 0, "refused": 2})
    first, second, *_ = complaints.splitlines()
    assert first.startswith("form.md: ")
    assert "4" in first
    assert "image" in first
    assert "7" in second
    assert count() == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--slug", "krotka"),
        ("--slug", "krotka", "--unit", "9999"),
        ("--slug", "Krótka", "--unit", "1003"),
        (*NEW, "--area", "9999"),
    ],
    ids=["no unit", "an unknown unit", "no name for an address", "an unknown area"],
)
def test_what_cannot_be_is_refused(bring, options):
    code, _, complaints = bring(SMALL, *options)
    assert code == 1
    assert options[-2] in complaints or "--slug" in complaints or "--unit" in complaints
    assert count() == 0


@pytest.mark.parametrize("options", [("--unit", "1019"), ("--access", "staff"), ("--area", "1003")])
def test_a_version_changes_neither_owner_nor_readers(bring, options):
    unit("1019")
    bring(SMALL, *NEW)
    code, _, complaints = bring(SMALL.replace("Ile", "Jak wiele"), "--slug", "krotka", *options)
    assert code == 1
    assert options[0] in complaints
    assert len(the_survey().versions) == 1


def test_a_wrong_call_is_code_2(run, bring):
    assert run("import", "/nowhere.md", "--slug", "krotka")[0] == 2
    assert bring(SMALL, *NEW, "--access", "everybody")[0] == 2
    assert run("export", "krotka", "--format", "dta", "--out", "x")[0] == 2


# Publish


def test_publishing_lists_gaps_and_needs_a_word(bring, run):
    bring(SMALL, *NEW)
    code, _, complaints = run("publish", "krotka")
    assert code == 1
    assert "Krótka ankieta" in complaints
    assert the_survey().published is None
    code, told, _ = run("publish", "krotka", "--accept-gaps")
    assert (code, told["version"], told["published"], told["gaps"]) == (0, 1, True, 1)


def test_publishing_twice_is_publishing_once(bring, run):
    bring(SMALL, *NEW)
    digest = run("publish", "krotka", "--accept-gaps")[1]["digest"]
    code, told, _ = run("publish", "krotka", "--accept-gaps")
    assert (code, told) == (0, {"version": 1, "digest": digest, "published": False, "changes": 0, "gaps": 0})


def test_a_breaking_change_is_refused_by_its_name(bring, run):
    bring(SMALL, *NEW)
    run("publish", "krotka", "--accept-gaps")
    bring(SMALL.replace("| range               | marks", "| text                | marks"), "--slug", "krotka")
    code, _, complaints = run("publish", "krotka", "--accept-gaps")
    assert code == 1
    assert "marks" in complaints
    assert the_survey().published.number == 1


def test_a_survey_that_is_not_there(run, tmp_path):
    assert run("publish", "nie-ma")[0] == 1
    assert run("export", "nie-ma", "--format", "md", "--out", tmp_path / "x")[0] == 1


# Export of the questionnaire


@pytest.mark.parametrize(("file_format", "name"), [("xlsform", "form.xlsx"), ("md", "form.md")])
def test_the_form_comes_out_as_it_went_in(run, tmp_path, file_format, name):
    survey()
    assert run("export", "krotka", "--format", file_format, "--out", tmp_path / name)[0] == 0
    again = sheets.read((tmp_path / name).read_bytes(), name)
    assert sheets.digest(again) == sheets.digest(sheets.read(SMALL.encode(), "form.md"))


def test_the_form_comes_out_for_odk(run, tmp_path):
    survey()
    assert run("export", "krotka", "--format", "xform", "--out", tmp_path / "form.xml")[0] == 0
    text = (tmp_path / "form.xml").read_text()
    assert 'id="krotka"' in text
    assert 'version="1"' in text


# Export of answers

ASKED = """
| survey |
|        | type                  | name  | label      | kmzb::publish | kmzb::max | calculation | parameters |
|        | select_multiple signs | seen  | Co widać?  |               |           |             |            |
|        | integer               | age   | Wiek?      |               |           |             |            |
|        | decimal               | km    | Ile km?    |               |           |             |            |
|        | text                  | words | Słowa?     | yes           |           |             |            |
|        | text                  | read  | Uwagi?     |               |           |             |            |
|        | integer               | kept  | Dochód?    | no            |           |             |            |
|        | geopoint              | spot  | Gdzie?     |               |           |             |            |
|        | calculate             | both  |            |               |           | ${age} + 1  |            |
|        | calculate             | told  |            |               |           | ${read}     |            |
|        | begin_repeat          | more  | Jeszcze?   |               | 2         |             |            |
|        | range                 | much  | Ile?       |               |           |             | start=0 end=5 |
|        | end_repeat            |       |            |               |           |             |            |
| choices |
|         | list_name | name | label |
|         | signs     | a    | A     |
|         | signs     | b    | B     |
"""
ANSWERS = {
    "seen": ["a", "b"],
    "age": -4,
    "km": 2.5,
    "words": "=SUM(A1)",
    "read": "Jan Kowalski",
    "kept": 4000,
    "spot": {"kind": "point"},
    "both": -3,
    "told": "Jan Kowalski",
    "more": [{"much": 1}, {"much": 5}],
}


def answered(made, number, *, mixed):
    """So many people have answered; their submissions are mixed or not."""
    from datetime import date

    for person in range(number):
        row = Submission(
            id=f"{len(answered.keys):032x}",
            survey_id=made.id,
            version_id=made.published.id,
            received_on=date(2026, 11, 3),
            mode=Mode.PAPER if person % 2 else Mode.WEB,
            language="pl",
            district_code="1003",
            answers=ANSWERS | {"age": person - 4},
            generation=int(mixed),
        )
        answered.keys.append(row.id)
        db.session.add(row)
    db.session.commit()


answered.keys = []


def table(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_answers_come_out_mixed_and_without_what_tells_people(run, tmp_path):
    made = survey(ASKED)
    answered(made, 10, mixed=True)
    answered(made, 3, mixed=False)
    code, told, _ = run("export", "krotka", "--format", "csv", "--out", tmp_path / "answers.csv")
    rows = table(tmp_path / "answers.csv")
    assert (code, told["rows"], len(rows)) == (0, 10, 10)
    assert list(rows[0]) == [*answer_rows.ABOUT, "seen", "age", "km", "words", "both", "much.1", "much.2"]
    first = next(row for row in rows if row["age"] == "-4")
    assert first == {
        "kmzb_version": "1",
        "kmzb_mode": "web",
        "kmzb_district": "1003",
        "seen": "a b",
        "age": "-4",
        "km": "2,5",
        "words": "'=SUM(A1)",
        "both": "-3",
        "much.1": "1",
        "much.2": "5",
    }
    text = (tmp_path / "answers.csv").read_text()
    for secret in ("Kowalski", "4000", "2026", "point", *answered.keys):
        assert secret not in text
    assert (tmp_path / "answers.csv").stat().st_mode & 0o077 == 0, "for its owner alone"
    assert list(tmp_path.glob(".*")) == []


def test_a_few_answers_do_not_come_out(run, tmp_path):
    made = survey(ASKED)
    answered(made, 9, mixed=True)
    answered(made, 20, mixed=False)
    code, _, complaints = run("export", "krotka", "--format", "csv", "--out", tmp_path / "answers.csv")
    assert code == 1
    assert "9" in complaints
    assert not (tmp_path / "answers.csv").exists()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_nothing_is_computed_by_a_spreadsheet(text):
    definition = defined(ASKED)
    wanted = answer_rows.columns([definition])
    row = answer_rows.row(["1", "web", ""], {"words": text, "seen": [text]}, wanted)
    assert f"'{text}" in row
    assert text not in row


def test_two_versions_have_their_columns_side_by_side():
    other = ASKED.replace("| decimal               | km ", "| decimal               | way")
    names = [column.name for column in answer_rows.columns([defined(ASKED), defined(other)])]
    assert {"km", "way"} <= set(names)
    assert len(names) == len(set(names))
