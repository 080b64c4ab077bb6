"""The trail is a chain that the database only lets grow, and whoever changes it past the product is found out."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from consult.accounts.jobs import look_at_the_trail
from consult.audit import chain, chaining, queries
from consult.audit.chain import BEGINNING, AnchorRefused, Head, anchors_in
from consult.audit.models import AuditCheck, AuditEntry
from consult.audit.operations import MACHINE, check, note, verify
from consult.db import db, is_sqlite, transaction
from tests.apart import application
from tests.audit.unguarded import unguarded

COLUMNS = "id, at, 8, act, object_kind, object_id, unit_path, detail, prev, hash"
NEVER = "the trail is only added to"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A database of its own: what commits and what does not is the point here."""
    with application(tmp_path_factory.mktemp("trail")) as app:
        yield app


@pytest.fixture
def trail(alone):
    """Twenty entries, numbered 1 to 20, on an otherwise empty trail."""
    with alone.app_context():
        with tampering():
            db.session.execute(text("DELETE FROM audit_entry"))
            db.session.execute(text("DELETE FROM audit_check"))
        for number in range(20):
            with transaction():
                note(7, "change_status", "threat", number, "pl/10/1003/", before="new", after="confirmed")
        yield alone
        db.session.remove()


@contextmanager
def tampering():
    """Write past the product and commit it."""
    with transaction(), unguarded():
        yield


def run(app, *arguments):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def verified(app, *arguments):
    ran = run(app, "verify", *arguments)
    told = json.loads(ran.stdout.splitlines()[-1])
    assert ran.exit_code == (0 if told["intact"] else 1)
    assert set(told) == {"entries", "head", "intact", "broken_at"}
    return told


def test_the_chain_is_whole_and_numbered_without_gaps(trail):
    told = verified(trail)
    head = queries.head()
    assert told == {"entries": 20, "head": head.digest, "intact": True, "broken_at": None}
    assert db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all() == list(range(1, 21))
    assert db.session.get(AuditEntry, 1).prev == chain.START


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 8 WHERE id = 3",
        "UPDATE audit_entry SET hash = prev",
        "DELETE FROM audit_entry WHERE id = 20",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry CASCADE",
        f"INSERT OR REPLACE INTO audit_entry SELECT {COLUMNS} FROM audit_entry WHERE id = 3",
        f"INSERT INTO audit_entry SELECT {COLUMNS} FROM audit_entry WHERE id = 3 ON CONFLICT (id) DO UPDATE SET act = ''",
        "UPDATE audit_check SET broken_at = NULL",
        "DELETE FROM audit_check",
        "TRUNCATE audit_check",
    ],
)
def test_s98_the_database_refuses_to_change_remove_or_empty_the_trail(trail, statement):
    check()
    if is_sqlite() and statement.startswith("TRUNCATE"):
        statement = statement.replace("TRUNCATE", "DELETE FROM").removesuffix(" CASCADE")
    elif not is_sqlite() and "OR REPLACE" in statement:
        statement = "UPDATE audit_entry SET detail = '{}'"
    db.session.rollback()
    with pytest.raises(DatabaseError, match=NEVER), transaction():
        db.session.execute(text(statement))
    assert verified(trail)["intact"]
    assert verified(trail)["entries"] == 20


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", 8),
        ("act", "change_statuss"),
        ("object_kind", "treat"),
        ("object_id", "991"),
        ("unit_path", "pl/10/1004/"),
        ("detail", '{"before": "new", "after": "confirmee"}'),
        ("prev", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_s99_one_changed_byte_is_found_with_the_number_of_its_entry(trail, column, value):
    with tampering():
        value = f"'{value}'" if isinstance(value, str) else value
        db.session.connection().exec_driver_sql(f"UPDATE audit_entry SET {column} = {value} WHERE id = 11")
    told = verified(trail)
    assert (told["intact"], told["broken_at"], told["entries"]) == (False, 11, 20)


def test_s99_a_moved_moment_is_found(trail):
    with tampering():
        entry = db.session.get(AuditEntry, 11)
        db.session.execute(
            AuditEntry.__table__.update()
            .where(AuditEntry.__table__.c.id == 11)
            .values(at=entry.at + timedelta(microseconds=1))
        )
    assert verified(trail)["broken_at"] == 11


@pytest.mark.parametrize(("removed", "broken_at"), [((11,), 11), ((11, 12, 13), 11), ((1,), 1), ((1, 20), 1)])
def test_s99_entries_removed_from_the_middle_are_named(trail, removed, broken_at):
    with tampering():
        db.session.execute(text(f"DELETE FROM audit_entry WHERE id IN ({', '.join(map(str, removed))})"))
    assert verified(trail)["broken_at"] == broken_at


def test_s99_entries_removed_from_the_end_show_by_an_anchor(trail, tmp_path):
    kept = tmp_path / "anchors"
    kept.write_text(run(trail, "anchor").stdout)
    assert verified(trail, "--anchor", str(kept))["intact"]
    with tampering():
        db.session.execute(text("DELETE FROM audit_entry WHERE id > 17"))
    assert verified(trail)["intact"], "by itself a chain does not tell where it ended"
    assert verified(trail, "--anchor", str(kept))["broken_at"] == 18
    with transaction():
        note(7, "detach", "threat", 5)
        note(7, "detach", "threat", 6)
        note(7, "detach", "threat", 7)
    assert verified(trail)["intact"]
    ran = run(trail, "verify", "--anchor", str(kept))
    assert (ran.exit_code, json.loads(ran.stdout)["broken_at"]) == (1, 20)
    assert "one of no. 1 to 20" in ran.stderr


def recomputed(begin):
    """Write the chain anew from an entry on, as whoever owns the database could."""
    before = db.session.get(AuditEntry, begin - 1).hash
    for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.id >= begin).order_by(AuditEntry.id)).all():
        digest = chain.digest_of(entry.id, entry, before)
        values = {"prev": before, "hash": digest}
        db.session.execute(AuditEntry.__table__.update().where(AuditEntry.__table__.c.id == entry.id).values(values))
        before = digest


def test_s99_a_chain_made_anew_by_the_databases_owner_does_not_pass_the_anchors(trail, tmp_path):
    kept = tmp_path / "anchors"
    early = db.session.get(AuditEntry, 5)
    kept.write_text(f"# kept by the auditor\n\n5 {early.hash[:12]}…\n" + run(trail, "anchor").stdout)
    with tampering():
        db.session.execute(text("UPDATE audit_entry SET actor_id = 8 WHERE id = 11"))
        recomputed(11)
    db.session.expire_all()
    assert verified(trail)["intact"]
    ran = run(trail, "verify", "--anchor", str(kept))
    assert json.loads(ran.stdout)["broken_at"] == 20
    assert "one of no. 6 to 20" in ran.stderr


def test_what_is_no_anchor_is_refused_by_its_line(trail, tmp_path):
    wrong = tmp_path / "wrong"
    for line in (
        "x",
        "5",
        "5 abc",
        "5 " + "z" * 64,
        '{"entry": "5"}',
        '{"entry": 5, "digest": null}',
        "[1]",
        "5 " + "a" * 65,
    ):
        wrong.write_text(f"# one\n{line}\n")
        ran = run(trail, "verify", "--anchor", str(wrong))
        assert ran.exit_code == 1
        assert "line 2 is no anchor" in ran.stderr, line


@given(st.integers(1, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_an_anchor_is_read_as_it_was_printed(number, digest):
    head = Head(number, digest)
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    assert anchors_in([chain.anchor_line(head, moment)]) == [head]
    assert anchors_in([f"{number} {digest[:8]}…", f"{number}: {digest}"]) == [Head(number, digest[:8]), head]
    with pytest.raises(AnchorRefused):
        anchors_in([f"{number} {digest[:7]}"])


def test_s100_what_is_rolled_back_leaves_no_entry_and_no_gap(trail):
    note(7, "detach", "threat", 5)
    db.session.rollback()
    with transaction():
        note(7, "move", "threat", 5)
        savepoint = db.session.begin_nested()
        note(7, "detach", "threat", 5)
        savepoint.rollback()
        with db.session.begin_nested():
            note(7, "keep_apart", "threat", 5)
    told = verified(trail)
    assert (told["entries"], told["intact"]) == (22, True)
    newest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert [(entry.id, entry.act) for entry in newest] == [(22, "keep_apart"), (21, "move")]


def test_s100_what_cannot_be_noted_is_not_done(trail, monkeypatch):
    def fails(_key):
        raise RuntimeError

    monkeypatch.setattr(chaining, "take_turn", fails)
    db.session.add(AuditCheck(at=datetime.now(UTC), since_id=0, entry_id=1, entry_hash="a" * 64))
    note(7, "detach", "threat", 5)
    with pytest.raises(RuntimeError), transaction():
        db.session.flush()
    monkeypatch.undo()
    assert db.session.scalar(select(func.count()).select_from(AuditCheck)) == 0
    assert verified(trail)["entries"] == 20


CRASH = """
import os, sys
from pathlib import Path
from consult.app import create_app
from consult.config import Config
from consult.audit import chaining
from consult.audit.models import AuditCheck
from consult.audit.operations import note
from consult.clock import now
from consult.db import db

url, folder, where = sys.argv[1:]
app = create_app(Config(SECRET_KEY="a key for the tests, 32 characters or more", SQLALCHEMY_DATABASE_URI=url,
                        INSTANCE=Path(folder), REPORTS_OUT=Path(folder), TESTING=True, RATELIMIT_ENABLED=False))
with app.app_context():
    db.session.add(AuditCheck(at=now(), since_id=0, entry_id=1, entry_hash="a" * 64))
    note(7, "crashed", "threat", 5)
    if where == "after the change":
        db.session.flush()
        os.kill(os.getpid(), 9)
    if where == "after the entry":
        chaining.settle(db.session())
        os.kill(os.getpid(), 9)
    db.session.commit()
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(("where", "left"), [("after the change", 0), ("after the entry", 0), ("after the commit", 1)])
def test_s100_a_crash_leaves_change_and_entry_or_neither(trail, tmp_path, where, left):
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    ran = subprocess.run([sys.executable, "-c", CRASH, url, str(tmp_path), where], env=os.environ, check=False)
    assert ran.returncode == -signal.SIGKILL
    changes = db.session.scalar(select(func.count()).select_from(AuditCheck))
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "crashed"))
    assert (changes, entries) == (left, left)
    assert verified(trail)["entries"] == 20 + left


def test_eight_who_write_at_once_leave_one_chain_without_gaps(trail):
    each = 40

    def write(who):
        with trail.app_context():
            for number in range(each):
                note(who, "detach", "threat", number, count=number / 4)
                if number % 10 == 9:
                    db.session.rollback()
                else:
                    db.session.commit()
            db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(1, 9)))
    told = verified(trail)
    assert told["intact"]
    assert told["entries"] == 20 + 8 * each * 9 // 10
    assert queries.head().number == told["entries"]


def test_a_transaction_holds_the_turn_only_at_its_end(trail):
    """Somebody who noted long ago and still works keeps nobody waiting (on SQLite whoever writes does anyway)."""
    if is_sqlite():
        pytest.skip("SQLite has one writer, who has the turn from the beginning")

    def write():
        with trail.app_context():
            with transaction():
                note(8, "move", "threat", 5)
            db.session.remove()

    with transaction():
        note(7, "detach", "threat", 5)
        db.session.execute(
            text("INSERT INTO audit_check (at, since_id, entry_id, entry_hash) VALUES (now(), 0, 1, repeat('a', 64))")
        )
        with ThreadPoolExecutor(1) as pool:
            pool.submit(write).result(timeout=5)
    newest = db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert newest == ["detach", "move"]
    assert verified(trail)["intact"]


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e18, max_value=1e18),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)  # fmt: skip
DETAILS = st.dictionaries(
    st.text("abcąę_ ", min_size=1, max_size=8),
    st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3), max_leaves=6),
    max_size=4,
)  # fmt: skip


@given(DETAILS)
def test_whatever_details_a_database_gives_back_have_the_digest_they_were_written_with(alone, detail):
    with alone.app_context():
        begin = queries.head() or BEGINNING
        with transaction():
            chaining.add(chaining.Noted(datetime.now(UTC), 7, "move", "threat", "5", "", detail))
        assert verify(since=begin).is_intact
        db.session.remove()


def test_numbers_as_names_of_a_detail_are_ordered_as_text(trail):
    with transaction():
        note(7, "move", "threat", 5, counts={10: 1, 9: 2, 100: (1, 2)})
    assert verified(trail)["intact"]


def test_every_night_looks_at_what_is_new_and_once_a_week_at_everything(trail, monkeypatch):
    assert look_at_the_trail().startswith("whole, anchor: entry 20 digest ")
    with transaction():
        note(7, "move", "threat", 5)
    look_at_the_trail()
    seen = [(one.since_id, one.entry_id) for one in db.session.scalars(select(AuditCheck).order_by(AuditCheck.id))]
    assert seen == [(0, 20), (20, 21)]
    week_later = datetime.now(UTC) + timedelta(days=7)
    monkeypatch.setattr("consult.audit.operations.now", lambda: week_later)
    look_at_the_trail()
    assert queries.last_check().since_id == 0


def test_a_broken_chain_is_told_loudly_every_night_until_somebody_sees_to_it(trail, caplog):
    look_at_the_trail()
    with transaction():
        note(7, "move", "threat", 5)
        note(7, "move", "threat", 6)
    with tampering():
        db.session.execute(text("UPDATE audit_entry SET actor_id = 8 WHERE id = 21"))
    assert look_at_the_trail() == "broken at entry 21"
    assert "THE AUDIT TRAIL IS NOT AS IT WAS WRITTEN: entry 21" in caplog.text
    assert look_at_the_trail() == "broken at entry 21"
    assert queries.last_check().broken_at == 21


def test_an_old_entry_that_was_the_anchor_of_the_night_before_is_looked_at_again(trail):
    look_at_the_trail()
    with tampering():
        db.session.execute(text("UPDATE audit_entry SET actor_id = 8 WHERE id = 11"))
        recomputed(11)
    db.session.expire_all()
    assert look_at_the_trail() == "broken at entry 20", "the chain made anew follows itself, not the anchor"
    with tampering():
        db.session.execute(text("DELETE FROM audit_entry WHERE id > 15"))
    assert look_at_the_trail() == "broken at entry 16"


def test_an_empty_trail_is_whole_and_has_no_anchor(trail):
    with tampering():
        db.session.execute(text("DELETE FROM audit_entry"))
    assert verified(trail) == {"entries": 0, "head": chain.START, "intact": True, "broken_at": None}
    ran = run(trail, "anchor")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "whole, anchor: entry 0" in look_at_the_trail()
    with transaction():
        note(MACHINE, "fit", "fitted_rule", 1)
    assert "whole, anchor: entry 1" in look_at_the_trail()


def test_entries_from_before_the_chain_with_gaps_between_are_no_break(trail):
    """PostgreSQL left numbers out where a transaction had failed; the migration chained what there was."""
    with tampering():
        db.session.execute(text("UPDATE audit_entry SET id = id + 100 WHERE id > 10"))
        before = db.session.get(AuditEntry, 10).hash
        for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.id > 10).order_by(AuditEntry.id)).all():
            digest = chain.digest_of(entry.id, entry, before)
            db.session.execute(
                AuditEntry.__table__.update()
                .where(AuditEntry.__table__.c.id == entry.id)
                .values(prev=before, hash=digest)
            )
            before = digest
    db.session.expire_all()
    assert verified(trail)["intact"]
    with transaction():
        note(7, "move", "threat", 5)
    assert queries.head().number == 121
    with tampering():
        db.session.execute(text("DELETE FROM audit_entry WHERE id = 111"))
    assert verified(trail)["broken_at"] == 11
