"""What stands on the shelf is read as it is at that moment."""

import json
from pathlib import Path

import pytest

from consult.period import Period
from consult.summaries import operations, published, shelf, statistics
from consult.summaries.figures import Edition, summarise
from tests.summaries.makers import a_case, some_material

QUARTER = "2026-Q3"


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


def test_an_earlier_edition_that_cannot_be_read_is_in_nobody_s_way(shelf):
    """What was told of protected categories stands in the releases, not on the shelf."""
    (shelf / "2026-Q2").mkdir(parents=True)
    (shelf / "2026-Q2" / "1003-laski.json").write_bytes(b'{"half of')
    assert operations.prepare("1003", Period.parse(QUARTER), Edition.PUBLIC, "pl")
