"""Where the audit trail stood when figures were written down stands in the documents, and stays while the figures do."""

import json
import re

import pytest

from consult.audit import queries as trail
from consult.audit.chain import BEGINNING, anchors_in, verify
from consult.audit.operations import note
from consult.db import db
from consult.summaries import archiving, operations, printing, versions
from consult.summaries.figures import Edition
from consult.summaries.operations import Unchanged, Written
from consult.summaries.printing import digest_of
from consult.summaries.releasing import release
from consult.summaries.shelf import Slot
from tests.accounts.makers import head
from tests.factories import admit, metres_away
from tests.summaries.makers import QUARTER
from tests.summaries.test_write import text_of

DRAFT = Slot("1003", QUARTER.code, Edition.PUBLIC, "pl")


def something_happens(number=1):
    note(7, "move", "threat", number)
    db.session.commit()
    return trail.head()


@pytest.fixture
def written(shelf, renderer):
    admit()
    found = something_happens()
    made = operations.write("1003", QUARTER, renderer=renderer)
    db.session.commit()
    return made, found


def test_the_head_of_the_trail_stands_on_every_page_and_in_the_data_file(written):
    made, found = written
    record = json.loads(made.json.read_bytes())
    assert record["trail"] == {"entry": found.number, "digest": found.digest}
    assert all(f"{found.short}…" in page for page in text_of(made.pdf))
    *pages, last = [re.sub(r"[ -]", "", page) for page in text_of(made.pdf)]
    assert found.digest in last
    assert record["digest"] in last
    assert not [page for page in pages if re.search("[0-9a-f]{17,}", page)], (
        "long digests stand in the small print only"
    )
    digest = record.pop("digest")
    assert digest == digest_of(record)
    assert anchors_in([f"{found.number} {found.short}…", json.dumps(record["trail"])])
    assert verify(trail.each(), anchors_in([json.dumps(record["trail"])])).is_intact


def test_a_trail_that_has_grown_makes_no_draft_another_one(written, shelf, renderer):
    made, found = written
    before = made.pdf.read_bytes(), made.json.read_bytes()
    assert something_happens(2) != found
    assert operations.write("1003", QUARTER) == Unchanged("1003", is_released=False)
    made.pdf.unlink()
    again = operations.write("1003", QUARTER, renderer=renderer)
    assert (again.pdf.read_bytes(), again.json.read_bytes()) == before


def test_the_same_figures_printed_by_other_words_keep_their_head(written, renderer, monkeypatch):
    _made, found = written
    something_happens(2)
    monkeypatch.setattr(printing, "press_digest", lambda _language: "another press")
    again = operations.write("1003", QUARTER, renderer=renderer)
    assert isinstance(again, Written)
    assert json.loads(again.json.read_bytes())["trail"] == found.record
    assert versions.waiting(DRAFT).trail == found


def test_other_figures_are_written_down_with_the_head_of_their_time(written, renderer):
    _made, found = written
    admit("predkosc", metres_away(0, 3_000))
    later = something_happens(2)
    again = operations.write("1003", QUARTER, renderer=renderer)
    assert json.loads(again.json.read_bytes())["trail"] == later.record != found.record


def test_a_run_over_many_districts_has_one_head_whatever_order_they_come_in(shelf, renderer):
    found = something_happens()
    outcomes = list(operations.write_each(["1003", "1019"], QUARTER, Edition.PUBLIC, "pl", renderer))
    assert {json.loads(one.json.read_bytes())["trail"]["entry"] for one in outcomes} == {found.number}
    assert trail.head().number == found.number + 2


def test_a_corrected_reason_and_an_archival_copy_keep_the_head(written, shelf, renderer):
    chief = head()
    db.session.commit()
    draft = versions.waiting(DRAFT)
    release(chief, draft, seen=draft.pdf_digest, looked=True)
    admit("predkosc", metres_away(0, 3_000))
    found = something_happens(2)
    operations.write("1003", QUARTER, renderer=renderer)
    second = versions.waiting(DRAFT)
    something_happens(3)
    release(chief, second, seen=second.pdf_digest, looked=True, because="Dopisano zagrożenie.")
    public = DRAFT.find(operations.shelf_folder(), "json")
    assert json.loads(public.read_bytes())["trail"] == found.record
    (copied,) = archiving.archive_each(["1003"], QUARTER, Edition.PUBLIC, "pl", renderer)
    assert isinstance(copied, Written)
    assert f"{found.short}…" in text_of(copied.pdf)[0]


def test_while_nothing_was_noted_there_is_no_head_to_print(shelf, renderer):
    assert trail.head() is None
    made = operations.write("1003", QUARTER, renderer=renderer)
    assert "trail" not in json.loads(made.json.read_bytes())
    assert versions.waiting(DRAFT).trail == BEGINNING
    before = made.json.read_bytes()
    something_happens()
    made.pdf.unlink()
    assert operations.write("1003", QUARTER, renderer=renderer).json.read_bytes() == before
