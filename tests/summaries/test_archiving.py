"""Archival copies, and the automatic rules of accessible and archival documents on a whole summary."""

import json
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from consult.period import Period
from consult.summaries import archiving, operations, versions
from consult.summaries.figures import Edition
from consult.summaries.operations import NotWritten, Unchanged, Written
from consult.summaries.shelf import Slot
from tests.accounts.makers import officer
from tests.documents import rules
from tests.factories import admit
from tests.summaries.makers import publish
from tests.summaries.test_write import a_summer

QUARTER = Period.parse("2026-Q3")
SLOT = Slot("1003", "2026-Q3", Edition.PUBLIC, "pl")
DOCS = Path(__file__).resolve().parents[2] / "docs"


def copied(renderer, *codes):
    return list(archiving.archive_each(codes or ["1003"], QUARTER, Edition.PUBLIC, "pl", renderer))


@pytest.fixture
def released(shelf, renderer):
    a_summer(officer())
    return publish("1003", QUARTER, renderer=renderer)


@pytest.mark.printed
def test_a_summary_keeps_every_rule_that_a_program_can_check(released, renderer):
    assert rules.broken(PdfReader(released.pdf), rules.ACCESSIBLE) == {}
    (copy,) = copied(renderer)
    pdf = PdfReader(copy.pdf)
    assert rules.broken(pdf, (*rules.ACCESSIBLE, *rules.ARCHIVAL)) == {}


def test_the_documentation_says_how_many_rules_there_are():
    words = (DOCS / "summaries.md").read_text(encoding="utf-8")
    assert re.findall(r"\b(\d+) rules of PDF/UA-1 and (\d+) of PDF/A-3a", words) == [
        (str(len(rules.ACCESSIBLE)), str(len(rules.ARCHIVAL)))
    ]


def test_a_copy_has_the_same_words_and_the_data_file_inside(released, renderer, client, shelf):
    (copy,) = copied(renderer)
    assert copy.pdf == shelf / "2026-Q3" / "1003-laski.archive.pdf"
    document, archived = PdfReader(released.pdf), PdfReader(copy.pdf)
    assert [page.extract_text() for page in archived.pages] == [page.extract_text() for page in document.pages]
    assert archived.attachments == {"1003-laski.json": [released.json.read_bytes()]}
    before = copy.pdf.read_bytes()
    assert copied(renderer) == [Unchanged("1003", is_released=False)]
    copy.pdf.unlink()
    assert copied(renderer)[0].pdf.read_bytes() == before
    with client.get("/summaries/2026-Q3/1003.pdf?form=archival") as answer:
        assert answer.data == before
    assert "form=archival" in client.get("/districts/1003/statistics?period=2026-Q3").text
    assert client.get("/summaries/2026-Q3/1019.pdf?form=archival").status_code == 404


def test_a_draft_takes_its_copy_along_and_a_corrected_version_has_its_own(shelf, renderer):
    admit()
    operations.write("1003", QUARTER, renderer=renderer)
    (copy,) = copied(renderer)
    assert copy.pdf == shelf / "drafts" / "2026-Q3" / "1003-laski.archive.pdf"
    publish("1003", QUARTER, renderer=renderer)
    first = SLOT.find(shelf, archival=True).read_bytes()
    admit("alkohol")
    publish("1003", QUARTER, renderer=renderer)
    assert SLOT.find(shelf, archival=True) is None
    assert SLOT.find(shelf, number=1, archival=True).read_bytes() == first
    assert [type(one) for one in copied(renderer)] == [Written]
    assert versions.waiting(SLOT) is None


def test_a_copy_that_would_show_another_map_is_refused(released, renderer):
    record = json.loads(released.json.read_bytes())
    record["digest"] = "of another map"
    released.json.write_text(json.dumps(record))
    (refused,) = copied(renderer)
    assert isinstance(refused, NotWritten)
    assert "MapChanged" in refused.reason


@pytest.mark.printed
def test_the_command_writes_copies_beside_the_documents(shelf, app):
    admit()
    asked = ["summaries", "write", "--all", "--period", "2026-Q3", "--archival"]
    result = app.test_cli_runner().invoke(args=asked)
    assert json.loads(result.stdout) == {"written": 2, "unchanged": 0, "refused": 0, "archived": 2}
    assert len(list((shelf / "drafts" / "2026-Q3").glob("*.archive.pdf"))) == 2
