"""F17, F04: a shelf of summaries that is gone or full is said on the pages that need it; everything else works."""

import errno

import pytest

from consult.db import db
from consult.period import Period
from consult.summaries.models import SummaryVersion
from tests.accounts.makers import officer, sign_in
from tests.factories import admit
from tests.online_reports.makers import RIGHT
from tests.pages import Page
from tests.summaries.makers import publish

QUARTER = Period.parse("2026-Q3")
OWN = {"Origin": "http://localhost", "Accept": "text/html"}
WRITING = {"code": "1003", "period": "2026-Q3", "edition": "public", "language": "pl"}


@pytest.fixture
def gone(world, tmp_path, monkeypatch):
    """A shelf that can be neither read nor written: its folder would lie below a file."""
    (tmp_path / "disk").write_text("not a folder")
    monkeypatch.setitem(world.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(world.config, "REPORTS_OUT", tmp_path / "disk" / "reports_out")


def test_without_its_shelf_only_the_pages_of_summaries_are_closed(client, gone):
    admit()
    db.session.commit()
    signed_in = sign_in(client, officer())
    answer = Page(signed_in, "/summaries").send(**WRITING)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert db.session.query(SummaryVersion).count() == 0, "nothing half-written stays"
    for path in ("/", "/threats", "/districts/1003", "/today"):
        assert signed_in.get(path).status_code == 200, path
    assert Page(signed_in, "/online-reports/new").send(**RIGHT, step="send").status_code == 303


def test_a_released_summary_whose_file_is_gone_is_away_for_a_while_and_not_unknown(
    client, world, tmp_path, monkeypatch
):
    monkeypatch.setitem(world.config, "REPORTS_OUT", tmp_path / "reports_out")
    admit()
    publish("1003", QUARTER)
    db.session.commit()
    with client.get("/summaries/2026-Q3/1003.pdf") as answer:
        assert answer.status_code == 200
    monkeypatch.setitem(world.config, "REPORTS_OUT", tmp_path / "another_disk")
    assert client.get("/summaries/2026-Q3/1003.pdf").status_code == 503
    assert client.get("/summaries/2026-Q2/1003.pdf").status_code == 404
    assert client.get("/").status_code == 200


def test_a_full_disk_is_said_and_the_words_stay(client, world, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(world.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("consult.online_reports.operations.report", full)
    page = Page(client, "/online-reports/new")
    answer = client.post(page.url, data={**page.fields(), **RIGHT, "step": "send"}, headers=OWN)
    assert answer.status_code == 503
    assert "Auta na chodniku przy szkole" in answer.text
