"""What counts as production, and what it refuses to start with. A laptop starts with two commands, as before."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from consult import db
from consult.app import create_app
from consult.config import Config, ConfigurationRefused, is_production

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = {"PUBLIC_URL": "https://konsultacje.example.pl", "TRUSTED_HOSTS": "konsultacje.example.pl"}
GOOD_KEY = secrets.token_urlsafe(48)


def read(folder, **settings):
    return Config.from_environment({"INSTANCE_PATH": str(folder), **settings})


@pytest.mark.parametrize(
    ("address", "real"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("http://[::1]:8000", False),
        ("https://localhost", True),
        ("https://konsultacje.example.pl", True),
        ("http://konsultacje.example.pl", True),
        ("http://192.0.2.7:8000", True),
    ],
)
def test_production_is_https_or_another_machine_than_this(address, real):
    assert is_production(address) is real


@pytest.mark.parametrize(
    "key",
    ["", "short", "k" * 64, "changeme" * 8, "0123456789abcdef" * 4, "my-secret-key-that-nobody-knows-xyz", "ab" * 32],
)
def test_a_key_that_can_be_guessed_is_refused(tmp_path, key):
    """S127: unset is well (one is drawn and kept), short, typed or known is not."""
    with pytest.raises(ConfigurationRefused, match="SECRET_KEY: "):
        read(tmp_path, **PUBLIC, SECRET_KEY=key)


def test_a_key_that_was_drawn_is_never_refused(tmp_path):
    """S127: no key of ours is refused by chance."""
    for _try in range(200):
        for key in (secrets.token_hex(32), secrets.token_urlsafe(48)):
            assert key == read(tmp_path, **PUBLIC, SECRET_KEY=key).SECRET_KEY


def test_without_a_key_one_is_drawn_and_kept_for_its_owner_alone(tmp_path):
    """S127: the same at the next start."""
    key = read(tmp_path, **PUBLIC).SECRET_KEY
    assert len(key) >= 64
    assert key == read(tmp_path, **PUBLIC).SECRET_KEY
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "TRUE"])
def test_debugging_is_refused(tmp_path, value):
    """S127: its pages show the inside of the program to everybody."""
    with pytest.raises(ConfigurationRefused, match="FLASK_DEBUG: "):
        read(tmp_path, **PUBLIC, SECRET_KEY=GOOD_KEY, FLASK_DEBUG=value)
    assert read(tmp_path, **PUBLIC, SECRET_KEY=GOOD_KEY, FLASK_DEBUG="0")


@pytest.mark.parametrize("hosts", [None, "", " ", "*", "*.example.pl", ".pl", ".gov.pl", "konsultacje.example.pl,*"])
def test_hosts_have_to_be_said(tmp_path, hosts):
    """S127: none, or a wildcard, is refused."""
    settings = {"PUBLIC_URL": PUBLIC["PUBLIC_URL"], "SECRET_KEY": GOOD_KEY} | (
        {"TRUSTED_HOSTS": hosts} if hosts is not None else {}
    )
    with pytest.raises(ConfigurationRefused, match="TRUSTED_HOSTS: "):
        read(tmp_path, **settings)


@pytest.mark.parametrize(
    "hosts", ["konsultacje.example.pl", "a.example.pl, b.example.pl", ".konsultacje.example.pl", "127.0.0.1"]
)
def test_own_hosts_are_taken(tmp_path, hosts):
    """S127: also those of one's own domain, and of a proxy on this machine."""
    assert read(tmp_path, PUBLIC_URL=PUBLIC["PUBLIC_URL"], TRUSTED_HOSTS=hosts).TRUSTED_HOSTS


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.45.0", False), ("3.50.6", False), ("3.50.7", True),
     ("3.51.2", False), ("3.51.3", True), ("3.53.4", True), ("4.0.0", True)],
)  # fmt: skip
def test_the_log_of_sqlite_is_known_by_its_version(version, is_safe):
    assert db.has_safe_log(version) is is_safe


def test_a_sqlite_that_can_lose_what_was_saved_is_refused(tmp_path, monkeypatch):
    """S127: in production; elsewhere, and on PostgreSQL, nobody asks."""
    monkeypatch.setattr("pysqlite3.dbapi2.sqlite_version", "3.40.1")
    with pytest.raises(ConfigurationRefused, match="DATABASE_URL: SQLite "):
        create_app(read(tmp_path, **PUBLIC, SECRET_KEY=GOOD_KEY))
    assert create_app(read(tmp_path, SECRET_KEY=GOOD_KEY))
    address = "postgresql://nobody@127.0.0.1:1/none"
    assert create_app(read(tmp_path, **PUBLIC, SECRET_KEY=GOOD_KEY, DATABASE_URL=address))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PUBLIC_URL": "https://konsultacje.example.pl"}, "TRUSTED_HOSTS: "),
        ({**PUBLIC, "SECRET_KEY": "k" * 40}, "SECRET_KEY: "),
        ({**PUBLIC, "FLASK_DEBUG": "1"}, "FLASK_DEBUG: "),
    ],
)
def test_the_server_ends_with_a_sentence_that_names_the_setting(tmp_path, settings, named):
    """S127: and not with 0."""
    environment = {"PATH": os.environ["PATH"], "INSTANCE_PATH": str(tmp_path), **settings}
    found = subprocess.run(
        [sys.executable, "-m", "gunicorn", "wsgi:app", "--preload", "--bind", "127.0.0.1:0"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.returncode != 0
    assert named in found.stderr


def test_a_laptop_starts_without_any_setting(tmp_path):
    """S127: its own key, its own hosts."""
    config = read(tmp_path)
    assert config.TRUSTED_HOSTS == ["localhost", "127.0.0.1"]
    assert create_app(config)
    assert read(tmp_path, SECRET_KEY="k" * 40, FLASK_DEBUG="1")
