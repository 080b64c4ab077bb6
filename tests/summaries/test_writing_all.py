"""All summaries of a unit at once, in the background: each district is a part, and each is asked for its rights anew."""

import pytest

from consult.audit.models import AuditEntry
from consult.clock import now
from consult.db import db
from consult.documents.rendering import DocumentRefused, Renderer
from consult.jobs import working
from consult.jobs.models import Task, TaskState
from consult.summaries.models import SummaryVersion
from tests.accounts.makers import coordinator, officer, sign_in, unit
from tests.factories import admit
from tests.pages import Page

CHOSEN = {"code": "all", "period": "2026-Q3", "edition": "public", "language": "pl"}


@pytest.fixture
def asker(shelf, app, monkeypatch):
    """Whoever writes about both districts, and a queue of the test's own."""
    monkeypatch.setitem(app.extensions, "queue", None)
    unit("1003")
    unit("1019", "Komenda w Zduńskiej Woli")
    return coordinator(unit("10", "Komenda Wojewódzka", areas=[]))


def asked(client):
    answer = Page(client, "/summaries").send(**CHOSEN)
    assert answer.status_code == 302
    return answer.location


def work():
    while working.one(lambda: False):
        pass


def told():
    db.session.expire_all()
    task = db.session.scalars(db.select(Task)).one()
    return task.state, [(part.name, part.told) for part in task.parts]


def test_all_are_asked_for_by_one_press_and_each_is_written_once(client, asker, shelf):
    admit()
    address = asked(sign_in(client, asker))
    assert asked(client) == address, "the second press finds the first one's"
    assert not shelf.exists(), "nobody waits for it"
    work()
    assert told() == (TaskState.DONE, [("1003", "draft"), ("1019", "draft")])
    assert {version.written_by_id for version in db.session.scalars(db.select(SummaryVersion))} == {asker.id}
    assert len(list(shelf.rglob("*.pdf"))) == 2
    page = Page(client, address)
    link = page.soup.select_one("main a[href^='/summaries/drafts']")
    assert len(Page(client, link["href"]).soup.select("main tbody tr")) == 2
    assert asked(client) != address
    work()
    written = db.select(db.func.count()).select_from(AuditEntry).where(AuditEntry.act == "write")
    assert db.session.scalar(written) == 2, "what stands already is not written again"


def test_one_that_cannot_be_printed_stops_no_other_and_is_asked_for_again(client, asker, shelf, monkeypatch):
    printed = Renderer.print

    def jammed(self, document):
        if "zduńsk" in document.title.lower():
            raise DocumentRefused("out of ink")
        return printed(self, document)

    monkeypatch.setattr(Renderer, "print", jammed)
    address = asked(sign_in(client, asker))
    work()
    state, parts = told()
    assert state is TaskState.FAILED
    assert sorted(code for _name, code in parts) == ["draft", "not_printed"]
    monkeypatch.setattr(Renderer, "print", printed)
    page = Page(client, address)
    client.post(f"{address}/go-on", data=page.fields())
    work()
    assert told() == (TaskState.DONE, [("1003", "draft"), ("1019", "draft")])


def test_whoever_left_meanwhile_writes_nothing(client, asker, shelf):
    asked(sign_in(client, asker))
    asker.left_at = now()
    db.session.commit()
    work()
    assert told() == (TaskState.FAILED, [("1003", "not_yours"), ("1019", "not_yours")])
    assert not list(shelf.rglob("*.pdf"))


def test_one_district_alone_is_written_at_once(client, shelf):
    page = Page(sign_in(client, officer()), "/summaries")
    assert [option["value"] for option in page.soup.select("#code option")] == ["1003"]
    assert page.send(**CHOSEN).status_code == 422, "all is offered to those who have several"
