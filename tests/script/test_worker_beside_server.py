"""script/server starts the background jobs beside the server, minds them, and stops both.

The scripts are the real ones, in a folder where the server and the worker are small stand-ins.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from consult.config import ROOT

PYTHON = f"""#!/usr/bin/env bash
case $1 in
    -) exec {sys.executable} "$@" ;;
    script/parts/first_start.py) printf 'notes\\nagain\\n' ;;
    *) address=${{!#}}; exec {sys.executable} -m http.server --protocol HTTP/1.1 --bind 127.0.0.1 "${{address##*:}}" ;;
esac
"""
FLASK = """#!/usr/bin/env bash
trap 'echo asked to end >>jobs; exit 0' TERM
echo "$$ $*" >>jobs
while :; do sleep 0.1; done
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "script").mkdir()
    shutil.copytree(ROOT / "script" / "parts", tmp_path / "script" / "parts")
    shutil.copy(ROOT / "script" / "server", tmp_path / "script" / "server")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    programs = {"script/setup": "#!/bin/sh\n", ".venv/bin/python": PYTHON, ".venv/bin/flask": FLASK}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "notes").touch()
    (tmp_path / "jobs").touch()
    return tmp_path


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def jobs(folder):
    return (folder / "jobs").read_text().splitlines()


def within(seconds, holds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_the_worker_starts_is_minded_and_stops_with_the_server(folder, port):
    log = folder / "log"
    with log.open("w") as written:
        server = subprocess.Popen(["script/server", "--port", str(port)], cwd=folder, stdout=written, stderr=written)
    try:
        assert within(30, lambda: len(jobs(folder)) == 1), log.read_text()
        first, command = jobs(folder)[0].split(maxsplit=1)
        assert command == "worker"
        os.kill(int(first), signal.SIGKILL)
        assert within(30, lambda: len(jobs(folder)) == 2), log.read_text()
        assert "start again" in log.read_text()
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0, log.read_text()
    finally:
        server.terminate()
        server.wait(30)
    assert jobs(folder)[-1] == "asked to end"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server has stopped too"
