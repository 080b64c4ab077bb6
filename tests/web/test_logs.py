"""The log has one line a request that recognises nobody, and an error's page and entry share a number."""

import json
import logging
import sys

import pytest

from consult.accounts import queries as accounts
from consult.config import Config, ConfigurationRefused
from consult.web import logs

RECEIPT = "abcd-efgh-jkmn-pqrs"


@pytest.fixture
def lines(app, capsys):
    """What stands in the log since, each line by itself."""
    capsys.readouterr()
    return lambda: [line for line in capsys.readouterr().err.splitlines() if line]


def test_a_line_names_the_rule_and_never_what_was_asked_for(client, world, lines):
    client.get(
        f"/online-reports/{RECEIPT}?who=somebody",
        headers={"User-Agent": "Secret/1.0", "Referer": "http://localhost/x"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    [line] = [line for line in lines() if "consult.requests" in line]
    assert "method=GET rule=/online-reports/<string:" in line
    assert "status=404" in line
    assert " ms=" in line
    for secret in (RECEIPT, "somebody", "Secret", "203.0.113.9", "localhost"):
        assert secret not in line


def test_what_no_page_answers_is_not_quoted_either(client, lines):
    client.get("/nothing-here/a-secret")
    [line] = [line for line in lines() if "consult.requests" in line]
    assert "rule=- endpoint=- status=404" in line


def test_as_json_each_line_is_one_object(app, lines, monkeypatch):
    monkeypatch.setitem(app.config, "LOG_FORMAT", "json")
    record = logging.LogRecord("consult.requests", logging.INFO, "x", 1, "", (), None)
    record.__dict__ |= {
        "request": "ab",
        "method": "GET",
        "rule": "/",
        "endpoint": "desk.home",
        "status": 200,
        "ms": 1.5,
    }
    told = json.loads(logs.Format(is_json=True).format(record))
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "info", "logger": "consult.requests", "request": "ab", "method": "GET", "rule": "/",
        "endpoint": "desk.home", "status": 200, "ms": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize("text", ["a\r\nb", "\x1b[31mred", "\x00", "\u2028", "\u202eright to left", "\x9bC1"])
def test_s105_nobody_writes_lines_or_colours_into_the_log(text, is_json):
    record = logging.LogRecord("consult.app", logging.WARNING, "x", 1, "said: %s", (text,), None)
    line = logs.Format(is_json=is_json).format(record)
    assert line.isprintable(), repr(line)
    assert not set(text) & set("\r\n\x1b\x00\u2028\u202e\x9b") & set(line)
    assert "zażółć" in logs.escaped("zażółć")


def test_an_invented_method_is_not_quoted(client, lines):
    client.open("/", method="EVIL\x1b")
    assert "EVIL" not in "".join(lines())


def test_s130_what_nobody_foresaw_has_a_number_on_the_page_and_in_the_log(app, lines, monkeypatch):
    def defect():
        raise ZeroDivisionError("what somebody wrote")

    monkeypatch.setattr(accounts, "has_demonstration", defect)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/?q=secret")
    assert answer.status_code == 500
    said = lines()
    [entry] = [line for line in said if "incident" in line]
    number = entry.partition("incident ")[2].split(":")[0]
    assert len(number) == 10
    assert f"<strong>{number}</strong>" in answer.text
    assert [line for line in said if f"request={number}" in line]
    assert "ZeroDivisionError" in entry
    assert "test_logs.py" in entry, "where it arose"
    assert "what somebody wrote" not in entry + answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_cause_of_an_error_is_told_too():
    try:
        try:
            raise KeyError("inner words")  # noqa: TRY301
        except KeyError as inner:
            raise ValueError("outer words") from inner
    except ValueError:
        told = logs.trace(sys.exc_info()[1])
    assert [line for line in told if ":" not in line] == ["ValueError", "KeyError"]
    assert "words" not in "".join(told)


def test_a_strange_setting_is_refused():
    with pytest.raises(ConfigurationRefused, match="LOG_FORMAT"):
        Config.from_environment({"SECRET_KEY": "kQ3vTz8mWb5nXc7rYd9sZf2gAh4jBk6lq1We", "LOG_FORMAT": "xml"})
