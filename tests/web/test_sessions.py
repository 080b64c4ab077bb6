"""Session cookies: one signer for as long as the keys stay, and pages that a browser finds again when going back."""

from flask import Flask, session

from consult.web import sessions


def site():
    app = Flask("trial")
    app.secret_key = "one key, long enough for a trial"
    sessions.init_app(app)

    @app.get("/<kept>")
    def page(kept):
        session["seen"] = session.get("seen", 0) + 1
        return str(session["seen"]), {"Cache-Control": "private, no-cache"} if kept == "kept" else {}

    return app


def test_the_signer_is_made_once_and_anew_for_another_key():
    app = site()
    interface = app.session_interface
    first = interface.get_signing_serializer(app)
    assert interface.get_signing_serializer(app) is first
    app.secret_key = "another key, long enough as well"
    assert interface.get_signing_serializer(app) is not first


def test_without_a_key_nothing_is_signed():
    app = site()
    app.secret_key = None
    assert app.session_interface.get_signing_serializer(app) is None


def test_a_cookie_is_read_back_and_a_changed_key_forgets_it():
    app = site()
    client = app.test_client()
    assert [client.get("/page").text for _ in range(2)] == ["1", "2"]
    app.secret_key = "another key, long enough as well"
    assert client.get("/page").text == "1"


def test_a_page_that_one_browser_keeps_does_not_vary_by_its_cookie():
    client = site().test_client()
    assert "Cookie" in client.get("/page").headers["Vary"]
    kept = client.get("/kept")
    assert "Set-Cookie" in kept.headers
    assert "Cookie" not in kept.headers.get("Vary", "")
