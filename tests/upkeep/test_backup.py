"""A backup holds everything of one moment, is refused when a byte of it differs, and brings an installation back."""

import errno
import json
import os
import shutil
import signal
import subprocess
import threading
import time
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa

from consult.accounts import sessions
from consult.attachments.queries import folder
from consult.attachments.sifting import Kind
from consult.audit.models import AuditEntry
from consult.config import ROOT, VERSION
from consult.db import db, read_only
from consult.observations.models import Observation
from consult.upkeep import archive, database, operations, postgresql_copy, restoring
from tests.accounts.makers import officer, unit
from tests.factories import admit
from tests.upkeep.makers import PHOTO, checksums, installation, run


@pytest.fixture(scope="module")
def living(tmp_path_factory):
    """An installation whose backup is taken; no test here changes it for good."""
    with installation(tmp_path_factory.mktemp("living")) as app:
        yield app


@pytest.fixture(scope="module")
def backup(living, tmp_path_factory):
    path = tmp_path_factory.mktemp("backups") / "one.zip"
    with living.app_context():
        status, told, _said = run(living, "backup", "create", str(path))
    assert (status, told["engine"]) == (0, database_kind(living))
    return path


@pytest.fixture
def empty(tmp_path):
    """A fresh installation."""
    from tests.apart import application

    place = tmp_path / "empty"
    place.mkdir()
    with application(place) as app:
        yield app


def database_kind(app):
    with app.app_context():
        return database.engine()


def test_what_is_in_a_backup_and_what_is_not(living, backup):
    with zipfile.ZipFile(backup) as opened:
        names = set(opened.namelist())
        manifest = json.loads(opened.read("manifest.json"))
    files = {f"attachments/photos/a1/{PHOTO}", "reports/2026-Q3/1003-laski.pdf", "reports/2026-Q3/1003-laski.json"}
    assert names == {database.MEMBERS[manifest["engine"]], "manifest.json", *files}
    assert manifest["counts"]["observation"] == 3
    assert not [name for name in manifest["counts"] if name.startswith("traffic")]
    assert (manifest["version"], manifest["has_key"]) == (VERSION, False)
    assert manifest["marks"]["audit_trail"]["last"] >= 0
    assert living.config["SECRET_KEY"].encode() not in backup.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0, "what people said is readable by its owner only"
    assert list(backup.parent.iterdir()) == [backup], "nothing is left beside it"


def test_the_key_is_in_it_when_asked_for(living, tmp_path):
    path = tmp_path / "with-key.zip"
    with living.app_context():
        _status, told, _said = run(living, "backup", "create", str(path), "--with-key")
        assert told["with_key"]
        assert zipfile.ZipFile(path).read("secret_key").decode() == living.config["SECRET_KEY"]
        assert run(living, "backup", "verify", str(path))[0] == 0


def test_a_good_backup_is_told_so(living, backup):
    with living.app_context():
        status, told, _said = run(living, "backup", "verify", str(backup))
    assert status == 0
    assert told["intact"]
    assert told["faults"] == []
    assert told["rows"] > 3
    assert told["files"] == 3


def test_no_backup_is_written_over(living, backup):
    before = backup.read_bytes()
    with living.app_context():
        status, _told, said = run(living, "backup", "create", str(backup))
    assert status == 1
    assert "choose another name" in said
    assert backup.read_bytes() == before


def test_one_that_came_meanwhile_is_not_written_over_either(tmp_path):
    path = tmp_path / "b.zip"
    with pytest.raises(archive.ArchiveExists), archive.written(path):
        path.write_bytes(b"another")
    assert path.read_bytes() == b"another"
    assert list(tmp_path.iterdir()) == [path]


def test_two_do_not_write_one_file(tmp_path):
    with archive.written(tmp_path / "b.zip"):
        with pytest.raises(archive.ArchiveBusy), archive.written(tmp_path / "b.zip"):
            pass
        assert (tmp_path / "b.zip.part").exists()
    assert (tmp_path / "b.zip").exists()


def test_what_a_killed_backup_left_is_in_nobodys_way(living, tmp_path):
    (tmp_path / "b.zip.part").write_bytes(b"half" * 100_000)
    with living.app_context():
        assert run(living, "backup", "create", str(tmp_path / "b.zip"))[0] == 0
        assert run(living, "backup", "verify", str(tmp_path / "b.zip"))[0] == 0
    assert not (tmp_path / "b.zip.part").exists()


@pytest.mark.parametrize("place", [0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.999, 1.0])
def test_a_changed_byte_is_found_wherever_it_is(living, backup, tmp_path, place):
    changed = bytearray(backup.read_bytes())
    at = min(int(len(changed) * place), len(changed) - 1)
    changed[at] ^= 1
    path = tmp_path / "changed.zip"
    path.write_bytes(changed)
    with living.app_context():
        status, told, _said = run(living, "backup", "verify", str(path))
        assert (status, told["intact"]) == (1, False)
        status, _told, said = run(living, "backup", "restore", str(path), "--replace")
    assert status == 1
    assert "damaged" in said


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99, 0.9999])
def test_a_file_that_breaks_off_is_refused(living, backup, tmp_path, share):
    whole = backup.read_bytes()
    path = tmp_path / "short.zip"
    path.write_bytes(whole[: int(len(whole) * share)])
    with living.app_context():
        assert run(living, "backup", "verify", str(path))[0] == 1


def forged(backup, path, change=None, **manifest):
    """Write a backup anew, with a whole seal, but with other members or another manifest."""
    with archive.opened(backup) as reader, archive.written(path) as writer:
        for member in reader.manifest.members:
            with zipfile.ZipFile(backup).open(member.name) as source:
                name = (change or {}).get(member.name, member.name)
                if name:
                    writer.add(name, source, is_packed=True)
        writer.finish(replace(reader.manifest, members=writer.members, **manifest))
    return path


@pytest.mark.parametrize("name", ["../out", "/etc/out", "attachments/../../out", "else/where", "attachments\\..\\out"])
def test_no_name_leads_out_of_the_folder(living, backup, tmp_path, name):
    path = forged(backup, tmp_path / "forged.zip", {f"attachments/photos/a1/{PHOTO}": name})
    with living.app_context():
        status, told, _said = run(living, "backup", "verify", str(path))
    assert status == 1
    assert "no name of a file" in told["faults"][0]


def test_a_row_too_few_is_found(living, backup, tmp_path):
    with archive.opened(backup) as reader:
        counts = reader.manifest.counts | {"observation": 4}
    path = forged(backup, tmp_path / "forged.zip", counts=counts)
    with living.app_context():
        status, told, _said = run(living, "backup", "verify", str(path))
    assert status == 1
    assert told["faults"] == ["observation has 3 rows, not 4"]


@pytest.mark.parametrize("facts", [{"head": "9999"}, {"version": "99.0"}])
def test_a_backup_of_a_newer_version_is_refused(empty, backup, tmp_path, facts):
    path = forged(backup, tmp_path / "newer.zip", **facts)
    before = checksums()
    status, _told, said = run(empty, "backup", "restore", str(path))
    assert status == 1
    assert "install that version first" in said
    assert checksums() == before


def test_a_backup_of_the_other_engine_is_refused(empty, backup, tmp_path):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[database.engine()]
    path = forged(backup, tmp_path / "other.zip", engine=other)
    status, _told, said = run(empty, "backup", "restore", str(path))
    assert status == 1
    assert "set DATABASE_URL to a database of" in said


def test_a_fresh_folder_gets_everything_back(living, backup, empty):
    with living.app_context():
        before = checksums()
    status, told, said = run(empty, "backup", "restore", str(backup))
    assert (status, told.get("saved"), told.get("files")) == (0, None, 3), said
    after = checksums()
    assert {name: digest for name, digest in after.items() if name != "audit_entry"} == {
        name: digest for name, digest in before.items() if name != "audit_entry"
    }
    last = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.act, last.actor_id) == ("restore_backup", 0)
    assert folder().path(Kind.PHOTO, PHOTO).read_bytes() == b"a photo"
    assert (empty.config["REPORTS_OUT"] / "2026-Q3" / "1003-laski.pdf").read_bytes() == b"%PDF a summary"
    assert not list(empty.config["INSTANCE"].rglob(".re*"))
    assert not restoring.is_under_way()
    db.session.remove()
    read_only(False)
    admit("parkowanie")
    db.session.commit()


def test_what_is_here_is_only_replaced_when_asked_and_saved_before(living, backup, tmp_path):
    with installation(tmp_path / "other") as app:
        admit("alkohol")
        db.session.commit()
        folder().keep(Kind.PHOTO, "b2" * 16, b"newer")
        before = checksums()
        status, _told, said = run(app, "backup", "restore", str(backup))
        assert status == 1
        assert "--replace" in said
        assert checksums() == before
        status, told, said = run(app, "backup", "restore", str(backup), "--replace")
        assert status == 0, said
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 3
        assert not folder().path(Kind.PHOTO, "b2" * 16).exists()
        db.session.remove()
        status, _told, said = run(app, "backup", "restore", told["saved"], "--replace")
        assert status == 0, said
        assert {**checksums(), "audit_entry": ""} == {**before, "audit_entry": ""}
        assert folder().path(Kind.PHOTO, "b2" * 16).read_bytes() == b"newer"


def test_nobody_is_signed_in_after_a_restore(backup, empty):
    """The number of an account may be another person's afterwards."""
    chief = officer(unit("1003"))
    db.session.commit()
    token = sessions.begin(chief, "Firefox")
    assert sessions.find(token)
    db.session.remove()
    status, _told, said = run(empty, "backup", "restore", str(backup), "--replace")
    assert status == 0, said
    assert sessions.find(token) is None


def test_an_older_backup_is_brought_to_these_tables(tmp_path, empty):
    from flask_migrate import downgrade

    with installation(tmp_path / "older") as app:
        db.session.remove()
        downgrade(revision="0036")
        path = tmp_path / "older.zip"
        assert run(app, "backup", "create", str(path))[1]["head"] == "0036"
    with empty.app_context():
        head = database.head()
        status, _told, said = run(empty, "backup", "restore", str(path))
        assert status == 0, said
        assert database.head() == head
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 3


def test_a_restore_that_breaks_in_the_middle_leaves_the_old_state(living, backup, tmp_path, monkeypatch):
    with installation(tmp_path / "other") as app:
        before = checksums()
        monkeypatch.setattr(restoring, "_check_counts", lambda _manifest: exec("raise OSError(28, 'No space left')"))
        if database.engine() == "sqlite":
            assert run(app, "backup", "restore", str(backup), "--replace")[0] == 1
            assert checksums() == before
            monkeypatch.undo()
            assert restoring.is_under_way()
            assert run(app, "backup", "restore", str(backup), "--replace")[0] == 0
            assert not restoring.is_under_way()


def test_where_others_are_connected_nothing_is_restored(backup, tmp_path):
    with installation(tmp_path / "other") as app:
        if database.engine() == "sqlite":
            pytest.skip("SQLite does not know who has its file open")
        other = sa.create_engine(db.engine.url)
        with other.connect():
            status, _told, said = run(app, "backup", "restore", str(backup), "--replace")
        other.dispose()
        assert status == 1
        assert "stop the server and the worker first" in said


def test_no_space_is_said_and_leaves_nothing(living, tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "_seal", full)
    with living.app_context():
        status, _told, said = run(living, "backup", "create", str(tmp_path / "b.zip"))
    assert status == 1
    assert "no space left" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a small volume needs root")
def test_on_a_full_volume_nothing_is_left(living, tmp_path):
    """A real one: 200 kB, where the backup of the database alone needs more."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("this machine mounts no volumes")
    try:
        with living.app_context():
            status, _told, said = run(living, "backup", "create", str(small / "b.zip"))
        assert status == 1
        assert "no space left" in said.lower() or "full" in said.lower()
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_backup_under_load_holds_one_moment(tmp_path):
    """F12: people write meanwhile; each writes a pair, and no backup has half a pair."""
    with installation(tmp_path / "busy") as app:
        stop, written = threading.Event(), [0]
        pairs = sa.table("pair_of_rows", sa.column("n"), sa.column("side"))
        with db.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE pair_of_rows (n INTEGER NOT NULL, side TEXT NOT NULL)"))

        def write():
            with app.app_context():
                read_only(False)
                while not stop.is_set():
                    with db.engine.begin() as connection:
                        connection.execute(sa.insert(pairs).values(n=written[0], side="left"))
                        connection.execute(sa.insert(pairs).values(n=written[0], side="right"))
                    written[0] += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            while written[0] < 20:
                time.sleep(0.01)
            found = []
            for number in range(3):
                before = written[0]
                made = operations.create(tmp_path / f"{number}.zip")
                found.append((before, made.manifest.counts["pair_of_rows"], written[0]))
                assert operations.verify(made.path).is_intact
        finally:
            stop.set()
            writer.join()
        assert found[-1][2] > found[0][0], "somebody did write meanwhile"
        for before, rows, after in found:
            assert rows % 2 == 0
            assert before <= rows / 2 <= after + 1
        kept = _pairs(tmp_path / "2.zip", app, pairs)
        assert kept == {(n, side) for n in range(len(kept) // 2) for side in ("left", "right")}


def _pairs(path, app, pairs):
    with app.app_context():
        status, _told, said = run(app, "backup", "restore", str(path), "--replace")
        assert status == 0, said
        with db.engine.connect() as connection:
            return {(row.n, row.side) for row in connection.execute(sa.select(pairs))}


def test_a_killed_backup_leaves_no_file_of_its_name(living, tmp_path):
    environment = os.environ | {
        "DATABASE_URL": living.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(living.config["INSTANCE"]),
        "SECRET_KEY": "k" * 40,
        "KILL_AT": "_seal",
    }
    program = (
        "import os, signal\nfrom consult.app import create_app\nfrom consult.upkeep import archive, operations\n"
        "from pathlib import Path\nimport sys\n"
        "archive._seal = lambda file: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with create_app().app_context():\n    operations.create(Path(sys.argv[1]))\n"
    )
    path = tmp_path / "b.zip"
    ended = subprocess.run([ROOT / ".venv/bin/python", "-c", program, path], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not path.exists()
    with living.app_context():
        assert run(living, "backup", "create", str(path))[0] == 0
        assert run(living, "backup", "verify", str(path))[0] == 0


def test_what_happened_since_a_backup_is_repeated_after_restoring_it(living, backup, empty, monkeypatch):
    """F13: a part that keeps a ledger gets its place in it from the backup, and says what it did."""
    asked = []
    replay = lambda manifest: asked.append(manifest.marks["audit_trail"]) or "2 erasures were repeated"  # noqa: E731
    monkeypatch.setitem(empty.extensions, "replays", (replay,))
    status, _told, said = run(empty, "backup", "restore", str(backup))
    assert status == 0
    assert asked[0]["entries"] >= 0
    assert "2 erasures were repeated" in said


def test_a_program_that_is_too_old_is_named(monkeypatch):
    monkeypatch.setattr(postgresql_copy, "_places", lambda _name: {"/old/pg_dump"})
    monkeypatch.setattr(postgresql_copy, "_version", lambda _path: 12)
    with pytest.raises(postgresql_copy.ProgramMissing, match="postgresql-client-15"):
        postgresql_copy.program("pg_dump", 15)
    monkeypatch.setattr(postgresql_copy, "_places", lambda _name: set())
    with pytest.raises(postgresql_copy.ProgramMissing, match="not on this machine"):
        postgresql_copy.program("pg_dump", 15)
