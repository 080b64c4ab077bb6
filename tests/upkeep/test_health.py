"""What operators' programs are told: whether the process lives, whether it can work, and figures that name nobody."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from consult.clock import now, today
from consult.config import ROOT
from consult.db import db
from consult.jobs.models import JobRun, RunState
from consult.upkeep import restoring, standing
from tests.apart import application
from tests.factories import admit


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def worker(minutes_ago, state=RunState.DONE):
    at = now() - timedelta(minutes=minutes_ago)
    ended = None if state is RunState.RUNNING else at
    db.session.add(JobRun(name="watch", day=today(), state=state, started_at=at, ended_at=ended))
    db.session.flush()


def ready(client, status):
    answer = client.get("/ready")
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def test_the_process_lives_whatever_the_database_does(client, monkeypatch, queries_counted):
    assert queries_counted(lambda: client.get("/health")) == 0
    monkeypatch.setattr(standing, "present_migration", lambda: 1 / 0)
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_when_everything_is_well(client):
    worker(1)
    well = {"database": "ok", "migrations": "ok", "disk": "ok", "worker": "ok", "restore": "ok"}
    assert ready(client, 200) == {"ready": True, "items": well}


def test_not_ready_without_the_worker(client):
    assert ready(client, 503)["items"]["worker"] == "failed"
    worker(6)
    assert ready(client, 503) == {
        "ready": False,
        "items": {"database": "ok", "migrations": "ok", "disk": "ok", "worker": "failed", "restore": "ok"},
    }


def test_a_worker_at_a_long_job_is_there(client):
    worker(50, RunState.RUNNING)
    assert ready(client, 200)["items"]["worker"] == "ok"


def test_a_job_whose_process_died_is_no_worker(client):
    worker(70, RunState.RUNNING)
    assert ready(client, 503)["items"]["worker"] == "failed"


def test_not_ready_on_older_tables(client):
    worker(1)
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert ready(client, 503)["items"]["migrations"] == "failed"


def test_not_ready_without_a_database(client, monkeypatch):
    def away():
        raise OperationalError("SELECT", {}, Exception("no answer"))

    monkeypatch.setattr(standing, "present_migration", away)
    items = ready(client, 503)["items"]
    assert (items["database"], items["migrations"], items["worker"]) == ("failed", "unknown", "unknown")


def test_not_ready_without_room(client, app, monkeypatch):
    worker(1)
    app.extensions["room"].clear()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1000))
    assert ready(client, 503)["items"]["disk"] == "failed"
    app.extensions["room"].clear()


def test_not_ready_while_a_restore_was_broken_off(client, app):
    worker(1)
    note = app.config["INSTANCE"] / restoring.NOTE
    note.write_text("{}")
    try:
        assert ready(client, 503)["items"]["restore"] == "failed"
    finally:
        note.unlink()


def figures(client, **more):
    answer = client.get("/metrics", **more)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    families = list(text_string_to_metric_families(answer.text))
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_the_figures_of_the_installation(client, world):
    admit("parkowanie")
    worker(1)
    found = figures(client)
    assert found["consult_observations", (("plane", "online"),)] == 1
    assert found["consult_jobs", (("state", "done"),)] == 1
    assert found["consult_jobs", (("state", "failed"),)] == 0
    assert found["consult_submissions", ()] == 0
    assert found["consult_database_bytes", ()] > 100_000
    assert found["consult_disk_free_bytes", (("volume", "instance"),)] > 0
    assert time.time() - found["consult_worker_seen_timestamp_seconds", ()] < 120


def test_requests_are_counted_by_page_and_not_by_address(client, world):
    key = ("consult_requests_total", (("endpoint", "online_reports.receipt"), ("method", "GET"), ("status", "404")))
    before = figures(client).get(key, 0)
    client.get("/online-reports/abcd-efgh-jkmn-pqrs")
    client.open("/nothing", method="INVENTED")
    after = client.get("/metrics").text
    assert figures(client)[key] == before + 1
    assert "abcd" not in after
    assert "INVENTED" not in after
    labels = set(re.findall(r"(\w+)=\"", after))
    assert labels <= {"endpoint", "method", "status", "le", "plane", "state", "volume", "version"}


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("198.51.100.7", {}, 404),
        ("198.51.100.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("", {}, 404),
    ],
)
def test_only_known_addresses_read_them_and_no_header_makes_one_known(client, address, headers, status):
    """Behind a proxy that nobody named, everybody seems to be this machine."""
    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == status


SERVER = """
import sys
sys.argv = ["gunicorn", "wsgi:app", "--config", "script/parts/gunicorn_settings.py", "--bind", "127.0.0.1:" + sys.argv[1]]
from gunicorn.app.wsgiapp import run
run()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def got(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read().decode()


def until_it_answers(port, server):
    for _attempt in range(600):
        assert server.poll() is None
        try:
            return got(port, "/health")
        except OSError:
            time.sleep(0.1)
    raise AssertionError("no answer for a minute")


def test_several_processes_count_as_one_server_and_a_restored_folder_starts(tmp_path):
    """The server of the product, with three workers, on an installation that came out of a backup."""
    from tests.upkeep.makers import installation, run

    with installation(tmp_path / "living") as app:
        assert run(app, "backup", "create", str(tmp_path / "b.zip"))[0] == 0
    place = tmp_path / "fresh"
    place.mkdir()
    with application(place) as app:
        assert run(app, "backup", "restore", str(tmp_path / "b.zip"))[0] == 0
        settings = {
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "INSTANCE_PATH": str(place), "LOG_FORMAT": "json",
            "REPORTS_OUT": str(place / "reports_out"), "SECRET_KEY": "kQ3vTz8mWb5nXc7rYd9sZf2gAh4jBk6lq1We",
        }  # fmt: skip
        told = served(tmp_path / "log", settings)
        [counted] = re.findall(
            r'consult_requests_total{endpoint="threats.index",method="GET",status="200"} ([\d.]+)', told
        )
        assert float(counted) == 40
        said = (tmp_path / "log").read_text().splitlines()
        lines = [json.loads(line) for line in said if line.startswith("{")]
        mine = [line for line in lines if line.get("endpoint") == "threats.index"]
        assert len(mine) == 40
        assert "secret" not in json.dumps(lines)


def served(log, settings):
    """Start the server, ask it for a page forty times and for its figures, and stop it."""
    port = free_port()
    with log.open("w") as said:
        command = [sys.executable, "-c", SERVER, str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=said, stderr=said)
        try:
            until_it_answers(port, server)
            for _time in range(40):
                got(port, "/threats?q=secret")
            return got(port, "/metrics")
        finally:
            server.terminate()
            server.wait(timeout=60)
