"""Before every migration the present state is saved; a migration that is killed in the middle leaves nothing of itself."""

import os
import signal
import subprocess
import time

import pytest
import sqlalchemy as sa
from flask_migrate import check, downgrade, upgrade

from consult.config import ROOT, Config, ConfigurationRefused
from consult.db import db, is_sqlite
from consult.upkeep import archive, database, operations, upgrading
from tests.apart import application
from tests.upkeep.makers import checksums, fill, run

OLDER = "0030"


@pytest.fixture
def installed(tmp_path):
    with application(tmp_path, backups_kept=2) as app:
        fill(app)
        yield app


def saved(app):
    found = (app.config["INSTANCE"] / "backups").glob("before-migration-*.zip")
    return sorted(found, key=lambda path: path.stat().st_mtime)


def test_the_first_tables_need_no_backup(tmp_path):
    with application(tmp_path, backups_kept=2) as app:
        assert saved(app) == []


def test_a_migration_saves_the_present_state_first_and_says_so(installed, capsys):
    newest = database.head()
    before = checksums()
    db.session.remove()
    downgrade(revision=OLDER)
    [path] = saved(installed)
    assert str(path) in capsys.readouterr().err
    with archive.opened(path) as reader:
        assert (reader.manifest.head, reader.manifest.has_key) == (newest, True)
    assert operations.verify(path).is_intact
    status, _told, said = run(installed, "backup", "restore", str(path), "--replace")
    assert status == 0, said
    assert {**checksums(), "audit_entry": ""} == {**before, "audit_entry": ""}


def test_looking_and_having_nothing_to_do_save_nothing(installed):
    db.session.remove()
    check()
    upgrade()
    assert saved(installed) == []


def test_the_oldest_of_them_go(installed):
    db.session.remove()
    newest = database.head()
    for revision in ("-1", "-1", "-1"):
        downgrade(revision=revision)
    kept = [path.name.split("-")[2] for path in saved(installed)]
    assert len(kept) == 2
    assert newest not in kept, "the first of the three"


def test_it_can_be_turned_off(installed, monkeypatch):
    monkeypatch.setitem(installed.config, "BACKUPS_KEPT", 0)
    db.session.remove()
    downgrade(revision="-1")
    assert saved(installed) == []
    assert Config.from_environment({"SECRET_KEY": "k" * 40, "BACKUPS_KEPT": "0"}).BACKUPS_KEPT == 0
    with pytest.raises(ConfigurationRefused, match="BACKUPS_KEPT"):
        Config.from_environment({"SECRET_KEY": "k" * 40, "BACKUPS_KEPT": "many"})


def test_where_it_cannot_be_saved_nothing_is_migrated(installed, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left on device")

    before = database.head()
    db.session.remove()
    monkeypatch.setattr(archive, "_seal", full)
    with pytest.raises(OSError, match="No space left"):
        downgrade(revision=OLDER)
    assert database.head() == before


KILLED = """
import os, signal, sys
from sqlalchemy import event
from flask_migrate import upgrade
from consult.app import create_app
from consult.db import db

app = create_app()
with app.app_context():
    sent = [0]
    def count(connection, cursor, statement, *more):
        if statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")):
            sent[0] += 1
            if sent[0] == int(sys.argv[1]):
                os.kill(os.getpid(), signal.SIGKILL)
    event.listen(db.engine, "after_cursor_execute", count)
    upgrade()
print(sent[0])
"""


def test_one_that_is_killed_in_the_middle_leaves_the_tables_as_they_were(installed):
    """F15: on both engines a migration is one transaction, the changes of tables with it."""
    db.session.remove()
    downgrade(revision=OLDER)
    before = checksums()
    for after in (1, 7, 40):
        db.session.remove()
        db.engine.dispose()
        ended = killed(installed, after)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        assert database.head() == OLDER
        assert checksums() == before
    upgrade()
    assert database.head() != OLDER
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM observation")) == 3


def killed(app, after):
    """Migrate in a process that kills itself after so many changes."""
    command = [ROOT / ".venv/bin/python", "-c", KILLED, str(after)]
    return subprocess.run(command, cwd=ROOT, env=settings(app), capture_output=True, text=True, check=False)


def settings(app):
    """What another process of the same installation is started with."""
    return os.environ | {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(app.config["INSTANCE"]),
        "SECRET_KEY": app.config["SECRET_KEY"],
        "BACKUPS_KEPT": "0",
        "PYTHONPATH": ".",
    }


WAITING = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid <> pg_backend_pid()"
)


def test_a_host_that_starts_while_another_migrates_waits_and_finds_it_done(installed):
    """Without its turn it would take the same step, and fail where the table is there already."""
    if is_sqlite():
        pytest.skip("one host, and one writer at a time")
    newest = database.head()
    db.session.remove()
    downgrade(revision="-1")
    command = [ROOT / ".venv/bin/flask", "--app", "wsgi", "db", "upgrade"]
    with db.engine.connect() as other_host:
        upgrading.wait_for_other_hosts(other_host)
        with subprocess.Popen(command, cwd=ROOT, env=settings(installed), stderr=subprocess.PIPE, text=True) as second:
            until = time.monotonic() + 60
            while not other_host.scalar(WAITING):
                assert second.poll() is None, "it did not wait"
                assert time.monotonic() < until
                time.sleep(0.05)
            other_host.rollback()
            _told, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert database.head() == newest
