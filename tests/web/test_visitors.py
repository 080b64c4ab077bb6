"""Voices are told apart without knowing anybody."""

import re
from datetime import timedelta

from flask import session

from consult.clock import today
from consult.web import traffic
from consult.web.visitors import voice_key


def key(app, address="192.0.2.1", **kept):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        session.update(kept)
        return voice_key(), dict(session)


def test_a_browser_with_our_cookie_is_one_voice_wherever_it_is(app):
    first, kept = key(app, csrf_token="x")
    assert key(app, "198.51.100.7", **kept)[0] == first


def test_a_fresh_cookie_makes_no_new_voice_on_one_network_and_day(app):
    assert key(app, csrf_token="x")[0] == key(app, csrf_token="y")[0] == key(app)[0]


def test_two_browsers_of_two_networks_stay_two_voices_when_they_meet_in_one(app):
    first, kept = key(app, csrf_token="x")
    second, other = key(app, "198.51.100.7", csrf_token="x")
    assert first != second
    assert key(app, **kept)[0] != key(app, **other)[0]


def test_without_a_cookie_a_network_is_one_voice_for_a_day(app, monkeypatch):
    first, kept = key(app)
    assert kept == {}
    assert key(app)[0] == first
    assert key(app, "192.0.2.2")[0] != first
    monkeypatch.setattr(traffic, "today", lambda: today() + timedelta(days=1))
    assert key(app)[0] != first
    monkeypatch.undo()


def test_a_key_tells_neither_the_cookie_nor_the_address(app):
    for found, kept in (key(app), key(app, csrf_token="x")):
        assert re.fullmatch(r"[0-9a-f]{40}", found)
        assert kept.get("visitor", "192.0.2.1") not in found
