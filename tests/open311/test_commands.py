"""Keys on the command line: shown once, kept as a hash, ended at once."""

import json

import pytest
from sqlalchemy import select

from consult.audit.models import AuditEntry
from consult.db import db
from consult.open311 import queries
from consult.open311.models import ApiKey


@pytest.fixture
def run(app):
    def command(*words):
        result = app.test_cli_runner().invoke(args=["open311", "keys", *words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


def test_a_key_is_shown_once_and_only_its_hash_is_kept(run):
    secret = run("create", "Miasto Łask", "--jurisdiction", "1003").stdout.strip()
    assert len(secret) >= 40
    kept = db.session.scalar(select(ApiKey))
    assert secret not in str(vars(kept))
    assert queries.key_by_secret(secret) is kept
    assert secret not in run("list").stdout
    assert [entry.act for entry in db.session.scalars(select(AuditEntry))] == ["create_api_key"]


def test_keys_are_listed_a_line_each(run):
    run("create", "Miasto")
    run("create", "Gmina", "--jurisdiction", "10")
    rows = [json.loads(line) for line in run("list").stdout.splitlines()]
    assert [(row["name"], row["jurisdiction"], row["revoked_at"]) for row in rows] == [
        ("Miasto", "pl", None),
        ("Gmina", "10", None),
    ]


def test_a_key_is_ended_once(run):
    secret = run("create", "Miasto").stdout.strip()
    assert json.loads(run("revoke", "Miasto").stdout) == {"revoked": True}
    assert json.loads(run("revoke", "Miasto").stdout) == {"revoked": False}
    assert queries.key_by_secret(secret) is None


@pytest.mark.parametrize(
    "words",
    [("create", "a\nb"), ("create", ""), ("create", "Miasto", "--jurisdiction", "łódzkie"), ("revoke", "Nobody")],
)
def test_what_makes_no_sense_is_refused(run, words):
    result = run(*words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert db.session.scalar(select(ApiKey)) is None


def test_a_name_is_never_given_twice(run):
    run("create", "Miasto")
    run("revoke", "Miasto")
    assert run("create", "Miasto").exit_code == 1
