"""A site with the demonstration, served on this machine, and Chromium to look at it."""

import json
import os
import threading
from pathlib import Path

import pytest
from flask_migrate import upgrade
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from consult.app import create_app
from consult.config import Config
from consult.db import db
from tests.browser import looking

EVERYTHING = bool(os.environ.get("BROWSE_EVERYTHING"))
"""Whether every reader opens every page, as `script/trial browser` asks; the gate leaves out what differs little."""

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """async ([part, tags]) =>
    (await axe.run(part, {runOnly: tags, resultTypes: ["violations"]})).violations"""
"""What axe finds wrong and nothing else: to tell of all that is right takes it four times as long."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


HALF_SENT = r"ignore:Exception ignored in. <_io.FileIO name='[^']*/static/dist/:pytest.PytestUnraisableExceptionWarning"
"""A window that closes in the middle of a file: the server of these tests then forgets to close the file."""


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.filterwarnings(HALF_SENT))


class Site:
    """The served demonstration: its address, the application behind it, and who may sign in."""

    def __init__(self, app, url, people):
        self.app, self.url, self.people = app, url, people

    def address(self, endpoint, **values):
        """The address of a page, by its endpoint's name."""
        with self.app.test_request_context():
            from flask import url_for

            return self.url + url_for(endpoint, **values)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Serve the demonstration from a thread of this process."""
    folder = tmp_path_factory.mktemp("site")
    app = demonstration(folder)
    server = make_server("127.0.0.1", 0, finishing(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}", people_of(folder))
    server.shutdown()
    thread.join(5)
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def demonstration(folder):
    """An application with the demonstration in it, whose files lie in a folder."""
    config = Config(
        SECRET_KEY="a key for the browser, 32 characters or more",
        SQLALCHEMY_DATABASE_URI=f"sqlite+pysqlite:///{folder / 'site.db'}",
        INSTANCE=folder,
        REPORTS_OUT=folder / "reports_out",
        RATELIMIT_ENABLED=False,
    )
    app = create_app(config)
    with app.app_context():
        upgrade()
        db.session.remove()
    loaded = app.test_cli_runner().invoke(args=["demo", "load"])
    assert loaded.exit_code == 0, loaded.output
    return app


def finishing(app):
    """Let an answer end when its last byte has gone out, as the servers of the product do.

    Werkzeug's server first drains the connection, and forgets what was to follow the answer (a letter) when the browser
    has hung up on a redirect.
    """

    def answered(environ, start_response):
        answer = app(environ, start_response)
        try:
            yield from answer
        finally:
            answer.close()

    return answered


def people_of(folder):
    """The demonstration's sign-ins by role, from the file that the demonstration leaves for its operator."""
    found = json.loads((folder / "demonstration_sign_in.txt").read_text(encoding="utf-8"))
    return {person["role"]: (person["email"], person["password"]) for person in reversed(found)}


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser window, who notices requests to other hosts and errors of the page."""

    def __init__(self, browser, site, **options):
        self.site, self.has_scripts = site, options.get("java_script_enabled", True)
        self.context = browser.new_context(locale="pl-PL", **options)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(f"({looking.WATCH})()")
        self.page = self.context.new_page()
        self.strangers, self.complaints = [], []
        self.page.on("request", self._notice)
        self.page.on("console", self._listen)
        self.page.on("response", lambda got: got.status >= 400 and self.complaints.append(f"{got.status} {got.url}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, said):
        """Keep what the page complains about; a resource that is missing is kept with its address by `response`."""
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.complaints.append(said.text)

    def _notice(self, request):
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.strangers.append(request.url)

    def open(self, address):
        """Go to an address, or to a path of the site."""
        return self.page.goto(address if address.startswith("http") else self.site.url + address)

    def sign_in(self, role):
        """Sign in as one of the demonstration's people."""
        email, password = self.site.people[role]
        self.open(self.site.address("accounts.sign_in"))
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_load_state()

    def findings(self, within="html"):
        """What axe finds wrong with the page, or with a part of it, as readable lines."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(VIOLATIONS, [within, TAGS])
        return [f"{entry['id']}: {node['html'][:160]}" for entry in found for node in entry["nodes"]]

    def overflow(self):
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def troubles(self):
        """What is cut off, lies over something else, or has jumped since the page came."""
        if not self.has_scripts:
            return []
        return [*self.page.evaluate(looking.CUT), *(f"jumped: {one}" for one in self.page.evaluate(looking.JUMPED))]

    def close(self):
        """Close the window; nothing asked another host."""
        self.context.close()
        assert self.strangers == []


@pytest.fixture
def visit(chromium, site):
    """Open windows: `visit(width=320)`, `visit(java_script_enabled=False)`."""
    windows = []

    def opened(width=1280, height=900, role=None, **options):
        window = Visitor(chromium, site, viewport={"width": width, "height": height}, **options)
        windows.append(window)
        if role:
            window.sign_in(role)
        return window

    yield opened
    for window in windows:
        window.close()
