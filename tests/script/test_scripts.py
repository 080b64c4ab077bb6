"""What an operator reads when a script is used wrongly, and what the scripts count, log and collect."""

import runpy
import socket
import subprocess

import pytest
from babel.messages.catalog import Catalog

from consult.config import ROOT, Config


def run(*command, **settings):
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, env=settings or None
    )


def part(name):
    return runpy.run_path(str(ROOT / "script" / "parts" / f"{name}.py"))


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 80", "", "8000x", "٨٠"])
def test_a_bad_port_is_refused_with_the_way_to_write_it(port):
    answer = run("script/server", "--port", port)
    assert answer.returncode == 2
    assert f"'{port}' is not a port" in answer.stderr
    assert "script/server [--port N]" in answer.stderr


@pytest.mark.parametrize("arguments", [["--port"], ["--prot", "8000"], ["8000"]])
def test_the_server_explains_itself_when_called_wrongly(arguments):
    answer = run("script/server", *arguments)
    assert answer.returncode == 2
    assert "Usage: script/server [--port N]" in answer.stderr


def test_a_port_in_use_is_named_with_another_to_try():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = run("script/server", f"--port={port}")
    assert answer.returncode == 1
    assert f"Port {port} is already in use" in answer.stderr
    assert "script/server --port" in answer.stderr


@pytest.mark.parametrize("script", ["setup", "translations", "lock"])
def test_an_unknown_argument_gets_the_usage(script):
    answer = run(f"script/{script}", "--everything")
    assert answer.returncode == 2
    assert f"Usage: script/{script}" in answer.stderr


def test_an_unknown_trial_gets_the_list_of_trials():
    answer = run("script/trial", "nothing")
    assert answer.returncode == 2
    assert "installation" in answer.stderr
    assert "installation" in run("script/trial").stdout


def test_the_server_writes_no_access_log_of_its_own_and_no_address(tmp_path, monkeypatch):
    """What the application writes itself: tests/web/test_logs.py."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    settings = part("gunicorn_settings")
    assert settings["accesslog"] is None
    logger, said = settings["logger_class"].__new__(settings["logger_class"]), []
    logger.error_log = type("Log", (), {"warning": lambda _self, text, *_args, **_more: said.append(text)})()
    logger.warning("Invalid request from ip=203.0.113.9: no version")
    assert said == ["Invalid request from ip=…: no version"]


def test_failures_errors_and_skips_are_counted_apart(tmp_path):
    record = tmp_path / "counts.xml"
    record.write_text('<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>')
    assert part("test_counts")["counts"](record) == (3, 3, 3)


def test_a_database_is_started_for_the_first_time_once(tmp_path):
    first_start = part("first_start")
    database = tmp_path / "consult.db"
    config = Config(SECRET_KEY="x" * 32, SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{database}", INSTANCE=tmp_path)
    assert first_start["is_first_start"](config)
    database.touch()
    first_start["notes"](config).touch()
    assert not first_start["is_first_start"](config)
    database.unlink()
    assert first_start["is_first_start"](config)


def test_another_database_has_its_own_first_start(tmp_path):
    first_start = part("first_start")
    one = Config(SECRET_KEY="x" * 32, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://a/one", INSTANCE=tmp_path)
    two = Config(SECRET_KEY="x" * 32, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://a/two", INSTANCE=tmp_path)
    first_start["notes"](one).touch()
    assert not first_start["is_first_start"](one)
    assert first_start["is_first_start"](two)


def test_a_wrong_setting_is_named_before_anything_starts(tmp_path):
    answer = run(
        ".venv/bin/python",
        "script/parts/first_start.py",
        PYTHONPATH=".",
        INSTANCE_PATH=str(tmp_path / "instance"),
        DATABASE_URL="mysql://somewhere",
    )
    assert answer.returncode == 1
    assert "DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700


def test_a_translation_may_not_ask_for_a_value_its_english_text_has_not():
    catalogues = part("catalogues")
    polish = Catalog(locale="pl")
    polish.add("Accepted", "Przyjęto %(day)s")
    polish.add("%(num)s day", "%(num)s dzień")
    polish.add(("%(num)s voice", "%(num)s voices"), ("%(num)s głos", "%(num)s głosy", "%(num)s głosów"))
    strange = {str(message.id): catalogues["strange_places"](message) for message in polish if message.id}
    assert strange.pop("Accepted") == {"%(day)"}
    assert not any(strange.values())


def test_a_gap_filled_with_another_language_is_no_translation():
    is_of, strange = part("catalogues")["is_of"], Catalog(locale="uk")
    assert is_of("uk", strange.add("day", "день"))
    assert is_of("uk", strange.add("PDF", "PDF"))
    assert is_of("uk", strange.add("%(num)s m", "%(num)s m"))
    assert is_of("uk", strange.add("later", ""))
    assert not is_of("uk", strange.add("threat", "zagrożenie"))
    assert not is_of("en", strange.add("debate", "debata"))
    assert is_of("pl", strange.add("debates", "debaty"))


def test_a_plural_is_translated_only_when_all_its_forms_are():
    is_translated = part("catalogues")["is_translated"]
    polish = Catalog(locale="pl")
    assert is_translated(polish.add(("voice", "voices"), ("głos", "głosy", "głosów")))
    assert not is_translated(polish.add(("day", "days"), ("dzień", "dni", "")))
    assert not is_translated(polish.add("threat", ""))
