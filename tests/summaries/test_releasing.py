"""Drafts, looks and releases: nothing is public before the head says so, and what is public stays to be read."""

import json
import os
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from consult.audit.models import AuditEntry
from consult.db import db
from consult.period import Period
from consult.summaries import operations, releasing, shelf, versions
from consult.summaries.figures import Edition
from consult.summaries.models import SummaryVersion
from consult.summaries.operations import Unchanged, VersionLost
from consult.summaries.releasing import (
    AlreadyReleased,
    ChangedSinceSeen,
    NoReason,
    NotLookedAt,
    release,
)
from consult.summaries.shelf import Slot
from tests.accounts.makers import head, officer, unit
from tests.factories import admit, metres_away
from tests.pages import Page

QUARTER = Period.parse("2026-Q3")
SLOT = Slot("1003", "2026-Q3", Edition.PUBLIC, "pl")
REASON = "W lipcu policzono dwa razy jedno spotkanie."


@pytest.fixture
def draft(shelf, renderer):
    """A draft of a quarter with one voice."""
    admit()
    operations.write("1003", QUARTER, renderer=renderer)
    return versions.waiting(SLOT)


@pytest.fixture
def chief():
    return head(unit("1003"))


def corrected(renderer, because=""):
    """A draft that replaces what everybody reads."""
    admit("alkohol", metres_away(900, 400))
    operations.write("1003", QUARTER, renderer=renderer, because=because)
    return versions.waiting(SLOT)


def text_of(path):
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)


def test_it_is_written_looked_at_and_released_each_by_somebody(draft, chief, shelf):
    assert not SLOT.find(shelf)
    first = officer(unit("1003"))
    releasing.look(first, draft, draft.pdf_digest)
    before = operations.files_waiting(SLOT, draft.stem).pdf.read_bytes()
    release(chief, draft, seen=draft.pdf_digest)
    assert SLOT.find(shelf).read_bytes() == before
    assert (draft.looked_by_id, draft.released_by_id, draft.released_by) == (first.id, chief.id, "komendant")
    assert list((shelf / "drafts" / "2026-Q3").iterdir()) == []
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "summary").order_by(AuditEntry.id))
    assert [(one.act, one.actor_id) for one in acts] == [
        ("write", 0),
        ("look_at_draft", first.id),
        ("release", chief.id),
    ]


def test_nothing_is_released_that_nobody_has_looked_at(draft, chief, shelf):
    with pytest.raises(NotLookedAt):
        release(chief, draft, seen=draft.pdf_digest)
    assert not SLOT.find(shelf)
    release(chief, draft, seen=draft.pdf_digest, looked=True)
    with pytest.raises(AlreadyReleased):
        release(chief, draft, seen=draft.pdf_digest)


def test_what_was_shown_is_what_is_released(draft, chief, renderer):
    seen = draft.pdf_digest
    admit("alkohol", metres_away(900, 400))
    operations.write("1003", QUARTER, renderer=renderer)
    with pytest.raises(ChangedSinceSeen):
        release(chief, draft, seen=seen, looked=True)
    with pytest.raises(ChangedSinceSeen):
        releasing.look(chief, draft, seen)


def test_a_file_that_was_put_in_the_place_of_a_draft_is_not_released(draft, chief, shelf):
    operations.files_waiting(SLOT, draft.stem).pdf.write_bytes(b"%PDF something else")
    with pytest.raises(ChangedSinceSeen):
        release(chief, draft, seen=draft.pdf_digest, looked=True)
    assert not SLOT.find(shelf)


def test_a_corrected_version_says_why_and_the_earlier_one_stays(draft, chief, shelf, renderer, client):
    release(chief, draft, seen=draft.pdf_digest, looked=True)
    first, first_data = SLOT.find(shelf).read_bytes(), SLOT.find(shelf, "json").read_bytes()
    assert operations.write("1003", QUARTER, renderer=renderer) == Unchanged("1003", is_released=True)
    second = corrected(renderer)
    with pytest.raises(NoReason):
        release(chief, second, seen=second.pdf_digest, looked=True)
    release(chief, second, seen=second.pdf_digest, looked=True, because=REASON)
    words = text_of(SLOT.find(shelf))
    assert "wersja 2" in words or "version 2" in words
    assert REASON in words
    record = json.loads(SLOT.find(shelf, "json").read_bytes())
    assert record["version"]["number"] == 2
    assert record["version"]["because"] == REASON
    assert record["version"]["replaces"]["digest"] == json.loads(first_data)["digest"]
    key_figures = {
        (one["row"], one["column"]): (one["before"], one["after"])
        for one in record["version"]["differences"]
        if one["table"] == "Najważniejsze liczby"
    }
    assert key_figures["Obserwacje", "III kwartał 2026 r."] == ("1", "2")
    assert "Najważniejsze liczby: Obserwacje, III kwartał 2026 r.: 1 → 2" in words
    page = Page(client, "/districts/1003/statistics?period=2026-Q3")
    told = page.soup.select_one("#versions ~ ul").text
    assert "Obserwacje, III kwartał 2026 r.: 1 → 2" in " ".join(told.split())
    for address, wanted in (("1003.pdf?version=1", first), ("1003.json?version=1", first_data)):
        with client.get(f"/summaries/2026-Q3/{address}") as answer:
            assert answer.data == wanted
    with client.get("/summaries/2026-Q3/1003.pdf?version=2") as answer:
        assert answer.data == SLOT.find(shelf).read_bytes()
    assert client.get("/summaries/2026-Q3/1003.pdf?version=3").status_code == 404
    assert [one.number for one in versions.released("1003", "2026-Q3")] == [2, 1]


def test_a_reason_given_when_writing_is_printed_at_once(draft, chief, renderer, shelf):
    release(chief, draft, seen=draft.pdf_digest, looked=True)
    second = corrected(renderer, because=REASON)
    seen = operations.files_waiting(SLOT, second.stem).pdf.read_bytes()
    release(chief, second, seen=second.pdf_digest, looked=True)
    assert SLOT.find(shelf).read_bytes() == seen


def test_a_summary_from_before_versions_were_kept_is_the_first(draft, chief, renderer, shelf):
    waiting = operations.files_waiting(SLOT, draft.stem)
    record = json.loads(waiting.data.read_bytes())
    record.pop("version")
    folder = shelf / "2026-Q3"
    old, _data = putting(folder, waiting.stem, json.dumps(record).encode())
    os.utime(old, (1_790_000_000, 1_790_000_000))
    waiting.remove()
    db.session.delete(draft)
    assert operations.write("1003", QUARTER, renderer=renderer) == Unchanged("1003", is_released=True)
    second = corrected(renderer, because=REASON)
    assert second.number == 2
    release(chief, second, seen=second.pdf_digest, looked=True)
    assert SLOT.find(shelf, number=1).read_bytes() == b"%PDF from before"
    adopted = versions.released("1003", "2026-Q3")[-1]
    assert (adopted.number, adopted.released_at) == (1, datetime.fromtimestamp(1_790_000_000, UTC))


def putting(folder, stem, data):
    return shelf.put(folder, stem, b"%PDF from before", data)


def test_a_process_that_dies_before_the_files_moved_is_made_good(draft, chief, shelf, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(releasing, "settle", lambda _version: False)
        release(chief, draft, seen=draft.pdf_digest, looked=True)
    assert not SLOT.find(shelf)
    assert releasing.unsettled([draft]) == [draft]
    assert releasing.settle(draft)
    assert SLOT.find(shelf)
    assert not releasing.settle(draft)
    assert releasing.unsettled([draft]) == []


def test_nothing_is_written_or_released_while_what_everybody_should_read_is_lost(draft, chief, shelf, renderer, app):
    release(chief, draft, seen=draft.pdf_digest, looked=True)
    for path in (shelf / "2026-Q3").iterdir():
        path.unlink()
    with pytest.raises(VersionLost, match=r"2026-Q3/1003-laski\.json"):
        operations.write("1003", QUARTER, renderer=renderer)
    result = app.test_cli_runner().invoke(args=["summaries", "write", "1003", "--period", "2026-Q3"])
    assert result.exit_code == 1
    assert "2026-Q3/1003-laski.json" in result.stderr


def test_versions_are_kept_in_order_by_the_database(draft):
    for spoilt in ({"number": 0}, {"released_at": datetime(2026, 1, 1, tzinfo=UTC)}):
        with db.session.begin_nested() as saved:
            for name, value in spoilt.items():
                setattr(draft, name, value)
            with pytest.raises(Exception, match=r"(?i)check"):
                db.session.flush()
            saved.rollback()
        db.session.refresh(draft)
    assert isinstance(draft, SummaryVersion)
