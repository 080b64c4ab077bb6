"""What stands on the shelf is read as it is at that moment, and nothing is published that might contradict it."""

import json
from pathlib import Path

import pytest

from consult.period import Period
from consult.summaries import operations, published, shelf, statistics
from consult.summaries.figures import Edition, summarise
from consult.summaries.published import EditionUnreadable
from tests.accounts.makers import officer, sign_in, unit
from tests.pages import Page
from tests.summaries.makers import a_case, some_material

QUARTER = "2026-Q3"
SPOILT = r"2026-Q2/1003-laski\.json"


def figures_of(*cases):
    """A data file as it is written beside a document."""
    record = json.loads(json.dumps(summarise(some_material(cases), Edition.PUBLIC).record))
    return json.dumps({**record, "digest": operations.digest_of(record)}).encode()


def threats_on(folder):
    found = published.newest(folder, "1003", QUARTER).summary
    return found and found.key_figures["threats"].value


@pytest.fixture
def folder(tmp_path):
    (tmp_path / QUARTER).mkdir()
    return tmp_path


def test_figures_are_there_before_the_document_that_shows_them(folder, monkeypatch):
    """Whoever looks between the two files finds the new figures, never a document without any."""
    seen = []
    replace = Path.replace

    def looked_at(draft, path):
        placed = replace(draft, path)
        known = published.newest(folder, "1003", QUARTER)
        seen.append(known and known.summary.key_figures["threats"].value)
        return placed

    monkeypatch.setattr(Path, "replace", looked_at)
    shelf.put(folder / QUARTER, "1003-laski", b"one", figures_of(a_case(1)))
    shelf.put(folder / QUARTER, "1003-laski", b"two", figures_of(a_case(1), a_case(2)))
    assert seen == [None, 1, 2, 2]


def test_a_failed_writing_leaves_no_draft(folder, monkeypatch):
    def refuse(*_):
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        shelf.put(folder / QUARTER, "1003-laski", b"one", b"{}")
    assert list((folder / QUARTER).iterdir()) == []


def test_a_look_that_failed_is_not_remembered(folder, caplog):
    (folder / QUARTER / "1003-laski.pdf").write_bytes(b"as an earlier program left it")
    assert threats_on(folder) is None
    assert "1003-laski.json cannot be read" in caplog.text
    (folder / QUARTER / "1003-laski.json").write_bytes(figures_of(a_case(1)))
    assert threats_on(folder) == 1


def test_other_figures_beside_the_same_document_are_seen_at_once(folder, app):
    _pdf, data = shelf.put(folder / QUARTER, "1003-laski", b"one", figures_of(a_case(1)))
    before = published.newest(folder, "1003", QUARTER)
    with app.test_request_context():
        table = statistics.content(before, "en", "statistics")
        data.write_bytes(figures_of(a_case(1), a_case(2)))
        after = published.newest(folder, "1003", QUARTER)
        assert after.summary.key_figures["threats"].value == 2
        assert statistics.content(after, "en", "statistics") != table


@pytest.fixture
def unreadable(shelf):
    """The public shelf with an earlier edition whose figures are spoilt."""
    (shelf / "2026-Q2").mkdir(parents=True)
    (shelf / "2026-Q2" / "1003-laski.pdf").write_bytes(b"published")
    (shelf / "2026-Q2" / "1003-laski.json").write_bytes(b'{"half of')
    return shelf


def test_nothing_is_published_while_an_earlier_edition_cannot_be_read(unreadable):
    with pytest.raises(EditionUnreadable, match=SPOILT):
        operations.prepare("1003", Period.parse(QUARTER), Edition.PUBLIC, "pl")
    (unreadable / "2026-Q2" / "1003-laski.json").unlink()
    with pytest.raises(EditionUnreadable, match=SPOILT):
        operations.prepare("1003", Period.parse(QUARTER), Edition.PUBLIC, "pl")
    assert operations.prepare("1003", Period.parse(QUARTER), Edition.INTERNAL, "pl")
    assert operations.prepare("1019", Period.parse(QUARTER), Edition.PUBLIC, "pl")


def test_figures_whose_document_was_not_finished_count_as_told(unreadable):
    """They could be fetched by their address; the next edition must not contradict them."""
    (unreadable / "2026-Q2" / "1003-laski.pdf").unlink()
    with pytest.raises(EditionUnreadable, match=SPOILT):
        published.told_months(unreadable, "1003")


def test_the_command_names_the_file_that_cannot_be_read(unreadable, app):
    result = app.test_cli_runner().invoke(args=["summaries", "write", "1003", "--period", QUARTER])
    assert result.exit_code == 1
    assert "2026-Q2/1003-laski.json" in result.stderr
    assert "EditionUnreadable" not in result.stderr
    assert not (unreadable / QUARTER).exists()


def test_the_page_names_the_file_that_cannot_be_read(unreadable, client):
    page = Page(sign_in(client, officer(unit("1003"))), "/summaries")
    answer = page.send(code="1003", period=QUARTER, edition="public", language="pl")
    assert answer.status_code == 422
    assert "2026-Q2/1003-laski.json" in answer.text
