"""F13: what people took back or had erased after a backup was made is erased again when it is restored, whatever breaks."""

import json
import os
import signal
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consult.app import ERASERS
from consult.attachments import operations as attachments
from consult.attachments.models import Attachment
from consult.attachments.sifting import sift
from consult.audit import operations as audit
from consult.audit import queries as trail
from consult.audit.models import Erasure
from consult.clock import now
from consult.config import ROOT
from consult.db import db, read_only
from consult.online_reports import letters
from consult.online_reports import operations as reports
from consult.online_reports.models import OnlineReport, Subscription
from consult.paper import scans
from consult.summaries import readers
from consult.summaries.models import SummaryReader
from consult.upkeep import retention
from debates.models import MeetingFile
from debates.operations import filing
from tests.accounts.makers import head, officer, unit
from tests.attachments.makers import photo
from tests.debates import makers as debates
from tests.online_reports.makers import report
from tests.paper import makers as paper
from tests.upkeep.makers import installation, run

ADDRESS = "ktos@example.org"


@pytest.fixture
def living(tmp_path):
    with installation(tmp_path / "living") as app:
        yield app


def everything():
    """Something of each kind that people take back or have erased."""
    author, chief = officer(unit("1003")), head(unit("1003"))
    for words in ("Auta na chodniku", "Auta przed bramą"):
        letters.subscribe(report(words), ADDRESS, "pl")
    for number, address in enumerate((ADDRESS, "inny@example.org")):
        readers.enter(chief, "1003", key=f"{number}" * 32, function="Starosta", email=address, languages=["pl"])
    debates.filed(author, debates.meeting(author), photo())
    form = paper.form(author)
    attachments.hold(scans.SOURCE, scans.waiting_key(author, "k"), [sift(photo(colour="blue"))])
    scans.add(author, form, 1, key="k")
    db.session.commit()


def erased():
    """Have all of it erased, but for one report whose sender only wants no letters any more."""
    author, chief = officer(unit("1003")), head(unit("1003"))
    taken_back, quiet = db.session.scalars(select(OnlineReport).where(OnlineReport.description != "").order_by("id"))
    reports.withdraw(taken_back)
    letters.end(quiet)
    stopped, withdrawn = db.session.scalars(select(SummaryReader).order_by(SummaryReader.id))
    readers.stop(stopped)
    readers.withdraw(chief, withdrawn)
    filing.withdraw_file(author, db.session.scalars(select(MeetingFile)).one(), reason="nie ta lista")
    scan = db.session.scalars(select(Attachment).where(Attachment.source == scans.SOURCE)).one()
    form_id, number = scans.sheet_of(scan)
    scans.remove(author, scan, db.session.get(paper.PaperForm, form_id), number)
    db.session.commit()


def left():
    """What of it is still there: standing reports, letters, addresses of readers, files of minutes, and files."""
    db.session.remove()
    counts = (
        select(func.count()).select_from(OnlineReport).where(OnlineReport.withdrawn_at.is_(None)),
        select(func.count()).select_from(Subscription),
        select(func.count()).select_from(SummaryReader).where(SummaryReader.email.is_not(None)),
        select(func.count()).select_from(MeetingFile).where(MeetingFile.withdrawn_at.is_(None)),
        select(func.count()).select_from(Attachment).where(Attachment.gone_at.is_(None)),
    )
    found = [db.session.scalar(count) for count in counts]
    db.session.remove()
    return found


def test_what_was_erased_since_a_backup_is_erased_again(living, tmp_path):
    everything()
    assert left() == [2, 2, 2, 1, 2]
    path = str(tmp_path / "before.zip")
    assert run(living, "backup", "create", path)[0] == 0
    read_only(False)
    erased()
    known = trail.erasures_since(now() - timedelta(hours=1))
    assert {kind for kind, _key in known} == ERASERS.keys(), "each of them is tried"
    assert left() == [1, 0, 0, 0, 0]
    status, _told, said = run(living, "backup", "restore", path, "--replace")
    assert status == 0, said
    assert f"{len(known)} things that people took back or had erased" in said
    assert left() == [1, 0, 0, 0, 0]
    assert audit.verify().is_intact


def test_a_backup_from_before_all_of_it_makes_no_later_one_forget(living, tmp_path):
    older, later = str(tmp_path / "older.zip"), str(tmp_path / "later.zip")
    assert run(living, "backup", "create", older)[0] == 0
    read_only(False)
    everything()
    assert run(living, "backup", "create", later)[0] == 0
    read_only(False)
    erased()
    known = trail.erasures_since(now() - timedelta(hours=1))
    assert run(living, "backup", "restore", older, "--replace")[0] == 0
    assert left() == [0, 0, 0, 0, 0]
    assert trail.erasures_since(now() - timedelta(hours=1)) == known
    assert run(living, "backup", "restore", later, "--replace")[0] == 0
    assert left() == [1, 0, 0, 0, 0]


KILLED = """
import os, signal, sys
from pathlib import Path
from consult.app import create_app
from consult.upkeep import restoring

setattr(restoring, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
with create_app().app_context():
    restoring.restore(Path(sys.argv[1]), replace=True)
"""


@pytest.mark.parametrize("step", ["_swap", "_erased_again"])
def test_nothing_is_served_or_sent_between_a_broken_restore_and_its_end(living, tmp_path, step):
    everything()
    path = str(tmp_path / "before.zip")
    assert run(living, "backup", "create", path)[0] == 0
    read_only(False)
    erased()
    db.session.remove()
    db.engine.dispose()
    environment = os.environ | {
        "DATABASE_URL": living.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(living.config["INSTANCE"]),
        "REPORTS_OUT": str(living.config["REPORTS_OUT"]),
        "SECRET_KEY": living.config["SECRET_KEY"],
        "PYTHONPATH": ".",
    }
    python = ROOT / ".venv/bin/python"
    ended = subprocess.run([python, "-c", KILLED, path, step], cwd=ROOT, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert left() != [1, 0, 0, 0, 0], "what was erased is here again"
    status, _told, said = run(living, "worker", "--once")
    assert status == 1
    assert "flask backup restore FILE --replace" in said
    if step == "_erased_again":
        serving = [python, "-m", "gunicorn", "wsgi:app", "--config", "script/parts/gunicorn_settings.py"]
        refused = subprocess.run(
            [*serving, "--bind", "127.0.0.1:0"], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False
        )
        assert refused.returncode != 0
        assert b"flask backup restore FILE --replace" in refused.stderr
    status, _told, said = run(living, "backup", "restore", path, "--replace")
    assert status == 0, said
    assert left() == [1, 0, 0, 0, 0]
    assert living.extensions["why_closed"]() == ""


def test_what_is_kept_of_an_erasure_goes_after_a_year(living):
    audit.note_erasure("letters", "a" * 64)
    db.session.commit()
    rules = [rule for rule in living.extensions["retention"] if rule.code == "erasures"]
    assert retention.run(rules, now() + timedelta(days=365)) == {"erasures": 0}
    assert retention.run(rules, now() + timedelta(days=367)) == {"erasures": 1}
    assert db.session.scalar(select(func.count()).select_from(Erasure)) == 0
    entry = trail.of_object("retention_rule", "erasures")[-1]
    assert json.loads(json.dumps(entry.detail))["count"] == 1
