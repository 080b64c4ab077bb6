"""`flask doctor` finds what is broken, and says of nothing else that it is."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from consult.audit import operations as audit
from consult.audit import queries as entries
from consult.clock import now, today
from consult.db import db, is_sqlite, transaction
from consult.jobs.models import JobRun, RunState
from consult.upkeep import checkup, restoring
from consult.upkeep.checkup import State
from tests.audit.unguarded import unguarded
from tests.catalogue.makers import in_force
from tests.upkeep.makers import run


@pytest.fixture(autouse=True)
def terminal(app):
    """The terminal speaks English."""
    with force_locale("en"):
        yield


@pytest.fixture
def whole(world, monkeypatch):
    """An installation in which everything is well but for mail and backups, which a fresh one lacks."""
    monkeypatch.setattr(checkup, "_printing", lambda: (State.WELL, ""))
    monkeypatch.setattr(checkup, "_translations", lambda: (State.WELL, ""))
    if db.engine.dialect.name == "postgresql":  # the tests' own cluster writes without waiting for the disk
        monkeypatch.setattr(checkup, "_postgresql", lambda: (State.WELL, ""))
    db.session.add(JobRun(name="watch", day=today(), state=RunState.DONE, started_at=now(), ended_at=now()))
    db.session.commit()
    return world


def told(app, *arguments):
    status, answer, _said = run(app, "doctor", "--json", *arguments)
    assert status == (0 if answer["well"] else 1)
    return {one["name"]: (one["state"], one["told"]) for one in answer["findings"]}


def broken(app):
    return {name for name, (state, _told) in told(app).items() if state == "broken"}


def test_a_good_installation_has_nothing_broken(whole):
    found = told(whole)
    assert {name: told for name, (state, told) in found.items() if state == "broken"} == {}
    assert found["mail"][0] == found["last backup"][0] == "warning"
    assert found["boundaries"][1] == "in force today: districts 2, communes 4"
    assert found["categories"][1] == f"in force today: {len(in_force())}"


def test_the_table_has_a_line_for_each(whole):
    done = whole.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == len(checkup.findings())


def test_what_is_broken_is_found(whole, monkeypatch):
    db.session.execute(text("UPDATE job_run SET started_at = :at, ended_at = :at"), {"at": now() - timedelta(hours=3)})
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    monkeypatch.setitem(whole.config, "TRUSTED_HOSTS", ["elsewhere.example"])
    monkeypatch.setitem(whole.config, "DISK_FLOOR_MB", 10_000_000)
    monkeypatch.setitem(whole.config, "MAIL_URL", "smtp://127.0.0.1:1")
    monkeypatch.setattr(checkup.catalogue, "valid_on", lambda _day: [])
    monkeypatch.setattr(checkup.districts, "districts", lambda: 1 / 0)
    note = whole.config["INSTANCE"] / restoring.NOTE
    note.write_text("{}")
    monkeypatch.setattr(checkup, "EmailMessage", Refusing)
    try:
        assert broken(whole) == {
            "worker", "migrations", "settings", "disk", "mail", "categories", "boundaries", "restore",
        }  # fmt: skip
    finally:
        note.unlink()


class Refusing:
    """A letter whose mail server is not there."""

    def __init__(self, **_facts):
        pass

    def get_connection(self):
        return self

    def open(self):
        raise ConnectionRefusedError

    def close(self):
        pass


def test_it_prints_a_page(app):
    state, said = checkup._printing()
    assert (state, said) == (State.WELL, "a page was printed, with its fonts")


def test_a_library_that_loses_commits_is_told(whole, monkeypatch):
    """Which releases do stands in tests/test_production.py."""
    if not is_sqlite():
        pytest.skip("a matter of SQLite's library")
    monkeypatch.setattr(checkup, "has_safe_log", lambda _version: False)
    with monkeypatch.context() as patch:
        patch.setattr(checkup, "text", lambda words: text(words.replace("PRAGMA journal_mode", "SELECT 'wal'")))
        state, said = checkup._database()
    assert state is State.BROKEN
    assert "pysqlite3" in said


def test_a_trail_that_somebody_touched_is_told_with_its_entry(whole):
    for number in range(3):
        audit.note(audit.MACHINE, "sign_in", "account", number)
    db.session.commit()
    (entry,) = entries.of_object("account", 2)
    last = entry.id
    assert checkup._trail() == (State.WELL, f"as it was written; entries: {entries.count()}")
    with transaction(), unguarded():
        db.session.execute(text("UPDATE audit_entry SET act = 'sign_out' WHERE id = :last"), {"last": last})
    state, said, command = checkup._trail()
    assert (state, f"entry {last} " in said, command) == (State.BROKEN, True, "flask audit verify")
