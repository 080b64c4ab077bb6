"""Whoever finds a weakness learns where to tell of it (RFC 9116)."""

from datetime import datetime, timedelta

import pytest
from flask_babel import force_locale

from consult.clock import now
from consult.config import Config, ConfigurationRefused
from consult.upkeep import checkup

PATH = "/.well-known/security.txt"


def doctor_says():
    """What the terminal is told, in English."""
    with force_locale("en"):
        return next(one for one in checkup.findings() if one.name == "security contact")


def test_s128_the_contact_stands_there_and_has_not_expired(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "SECURITY_CONTACT", "mailto:security@example.pl")
    answer = client.get(PATH)
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.pl"
    assert fields["Canonical"].endswith(PATH)
    assert now() < datetime.fromisoformat(fields["Expires"]) < now() + timedelta(days=365)


def test_s128_without_a_contact_there_is_no_such_file(app, client, monkeypatch):
    assert client.get(PATH).status_code == 404
    with app.test_request_context():
        assert "SECURITY_CONTACT is empty" in doctor_says().told
        assert doctor_says().state is checkup.State.WELL
        monkeypatch.setitem(app.config, "PUBLIC_URL", "https://mapa.example.pl")
        assert doctor_says().state is checkup.State.SOON


@pytest.mark.parametrize(
    ("typed", "contact"),
    [("security@example.pl", "mailto:security@example.pl"), ("https://example.pl/bezpieczenstwo",) * 2, ("", "")],
)
def test_s128_an_address_or_a_page_is_a_contact(tmp_path, typed, contact):
    config = Config.from_environment({"INSTANCE_PATH": str(tmp_path), "SECURITY_CONTACT": typed})
    assert contact == config.SECURITY_CONTACT


@pytest.mark.parametrize(
    "typed", ["http://example.pl", "javascript:alert(1)", "a@example.pl\nContact: b@example.pl", "x"]
)
def test_s128_anything_else_is_none(tmp_path, typed):
    with pytest.raises(ConfigurationRefused, match="SECURITY_CONTACT"):
        Config.from_environment({"INSTANCE_PATH": str(tmp_path), "SECURITY_CONTACT": typed})
