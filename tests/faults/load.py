"""The product served as in production, people who send things to it all the time, and the counting afterwards.

Whoever gets no answer, or is told that the service is busy, sends the same form again until it is taken: as people do.
"""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.clock import today
from consult.config import ROOT
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.threats.models import Link
from debates.models import Statement
from surveys import codes
from surveys.carried import Carried
from surveys.models import DayCount, Receipt, Submission, Survey
from surveys.views.visits import CHECK
from tests.accounts.makers import PASSWORD, coordinator, officer
from tests.debates.makers import meeting
from tests.factories import LASK, catalogue_of_27, metres_away, two_districts
from tests.online_reports.makers import geometry
from tests.surveys import makers

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BUSY = (429, 500, 502, 503)
"""After these people send the same form again."""

KINDS = ("report", "answer", "statement")
GIVES_UP_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The production server on a port of its own, in a process group that can be killed as a whole."""

    def __init__(self, app, *, workers=2, wrapper=(), **environment):
        self.port, self.workers, self.wrapper = free_port(), workers, wrapper
        config = app.config
        self.environment = {
            **os.environ,
            "DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"],
            "SECRET_KEY": config["SECRET_KEY"],
            "INSTANCE_PATH": str(config["INSTANCE"]),
            "REPORTS_OUT": str(config["REPORTS_OUT"]),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            **environment,
        }
        self.log = (config["INSTANCE"] / "server.log").open("ab")
        self.process = None

    def start(self):
        words = ["gunicorn", "benchmarks.serving.product:app", "--config", "script/parts/gunicorn_settings.py"]
        words += ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers)]
        self.process = subprocess.Popen(
            [*self.wrapper, sys.executable, "-m", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.wait_until_it_answers()

    def wait_until_it_answers(self, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, f"the server did not start: {self._last_words()}"
            try:
                if Browser(self.port).get("/online-reports/new").status:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def _last_words(self):
        return Path(self.log.name).read_text(errors="replace").strip().rpartition("\n")[2]

    def kill(self):
        """End all its processes at once, whatever they are doing."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self):
        self.kill()
        self.log.close()

    @contextmanager
    def running(self):
        try:
            self.start()
            yield self
        finally:
            self.close()


@dataclass
class Answer:
    status: int
    location: str
    headers: dict
    text: str


class Browser:
    """Somebody's browser: it keeps cookies, follows nothing, and says that its forms stand on our pages."""

    def __init__(self, port, timeout=30):
        self.port, self.timeout, self.cookies = port, timeout, {}

    def get(self, path):
        return self._ask("GET", path, None)

    def post(self, path, fields):
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def token(self, path):
        """Read the token of a page's form."""
        return TOKEN.search(self.get(path).text)[1]

    def _cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(self, method, path, body):
        headers = {"Accept": "text/html", "Origin": f"http://127.0.0.1:{self.port}", "Accept-Language": "pl"}
        if self.cookies:
            headers["Cookie"] = self._cookie()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except http.client.HTTPException as broken:
            raise ConnectionError(type(broken).__name__) from broken
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.headers.get("Location", ""), dict(answer.headers), text)


class Careless(Browser):
    """The browser of somebody whose line is cut: within what is sent, or after it and before the answer."""

    def __init__(self, port, timeout=30, dice=None):
        super().__init__(port, timeout)
        self.dice = dice or random.Random(id(self))

    def post(self, path, fields):
        chance = self.dice.random()
        if chance < 0.25:
            self._cut(path, urlencode(fields, doseq=True).encode(), is_whole=chance < 0.15)
        return super().post(path, fields)

    def _cut(self, path, body, *, is_whole):
        """Send a form, whole or a part of it, hear no answer, and hang up. Raises ConnectionError."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nOrigin: http://127.0.0.1:{self.port}\r\n"
        head += f"Accept: text/html\r\nCookie: {self._cookie()}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), self.timeout) as line:
            line.sendall(head.encode() + (body if is_whole else body[: self.dice.randrange(len(body))]))
            time.sleep(0.05 * self.dice.random())
        raise ConnectionError("cut")


@dataclass
class World:
    """What people send to: a survey, a meeting with its officer, two districts."""

    secret: str
    slug: str
    survey_id: int
    version_id: int
    meeting_id: int
    email: str
    day: Callable = today
    """The day on which people see what they report."""

    @classmethod
    def made(cls, app):
        catalogue_of_27()
        two_districts()
        survey = makers.survey(slug="pod-obciazeniem", author=coordinator())
        author = officer()
        numbers = survey.id, survey.published.id, meeting(author).id
        found = cls(app.config["SECRET_KEY"], survey.slug, *numbers, author.email)
        db.session.commit()
        db.session.remove()
        return found

    def path(self, kind):
        return {
            "report": "/online-reports/new",
            "answer": f"/surveys/{self.slug}/answer",
            "statement": f"/debates/{self.meeting_id}/statements",
        }[kind]

    def fields(self, kind, key, dice):
        """What a form of this kind sends; its words hold the key, so that a second row of it would be seen."""
        where = geometry(*metres_away(dice.randint(-3_000, 3_000), dice.randint(-3_000, 3_000), LASK))
        if kind == "report":
            said = {"category": "parkowanie", "observed_on": self.day().isoformat(), "step": "send"}
            return {"key": key, "place": where, "description": f"Auta {key}", **said}
        if kind == "answer":
            carried = Carried(self.version_id, "pl", {"safe": "yes", "marks": 5}, key=key, opened=int(time.time()) - 60)
            return {"-state": carried.signed(self.secret), "-page": CHECK, "-go": "send"}
        said = {"kind": "threat", "category_code": "parkowanie", "voices": "1", "speaker": "resident", "place": where}
        return {"key": key, "text": f"Auta {key}", **said}


@dataclass
class Tally:
    """What was sent and what was acknowledged, by kind."""

    sent: dict = field(default_factory=lambda: {kind: set() for kind in KINDS})
    acknowledged: dict = field(default_factory=lambda: {kind: set() for kind in KINDS})
    states: Counter = field(default_factory=Counter)
    strange: list = field(default_factory=list)
    forms: list = field(default_factory=list)
    """What was taken: its kind, its fields, and where the answer led."""
    slowest_s: float = 0.0

    @property
    def n(self):
        return sum(map(len, self.acknowledged.values()))


class Load:
    """People who send reports, answers and statements, each the next thing as soon as the last one was taken."""

    def __init__(self, world, port, *, people=16, kinds=KINDS, patience_s=GIVES_UP_S, browser=Browser, given_up=()):
        self.world, self.port, self.tally, self.patience_s = world, port, Tally(), patience_s
        self.browser, self.given_up = browser, given_up
        self.ending, self.lock = threading.Event(), threading.Lock()
        self.threads = [
            threading.Thread(target=self._live, args=(kinds[number % len(kinds)], number), daemon=True)
            for number in range(people)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join(2 * self.patience_s)

    def wait_for_more(self, n, seconds=60):
        """Wait until so many more were acknowledged."""
        goal, until = self.tally.n + n, time.monotonic() + seconds
        while self.tally.n < goal and time.monotonic() < until:
            time.sleep(0.02)

    def _live(self, kind, number):
        dice, browser, token = random.Random(number), self.browser(self.port), None
        while not self.ending.is_set():
            key = uuid.uuid4().hex
            fields = self.world.fields(kind, key, dice)
            with self.lock:
                self.tally.sent[kind].add(key)
            token = self._send(kind, key, fields, browser, token)

    def _send(self, kind, key, fields, browser, token):
        """Send it until it is taken; give up only long after everybody was asked to end."""
        began = time.monotonic()
        while time.monotonic() < began + self.patience_s or not self.ending.is_set():
            try:
                token = token or self._begin(kind, browser)
                asked = time.monotonic()
                answer = browser.post(self.world.path(kind), {**fields, "csrf_token": token})
                state, took = answer.status, time.monotonic() - asked
            except (OSError, TypeError):
                state, took = 0, 0.0
            with self.lock:
                self.tally.states[state] += 1
                self.tally.slowest_s = max(self.tally.slowest_s, took)
            if state in {302, 303} and "sign-in" not in answer.location:
                with self.lock:
                    self.tally.acknowledged[kind].add(key)
                    self.tally.forms.append((kind, fields, answer.location))
                return token
            if state in self.given_up:
                return None
            if state and state not in BUSY:
                token = self._look_closer(kind, answer)
            time.sleep(0.05 + 0.1 * random.random())
        return token

    def again(self, kind, fields):
        """Send a form that was taken once more, from another browser, and tell where the answer leads."""
        browser = Browser(self.port)
        return browser.post(self.world.path(kind), {**fields, "csrf_token": self._begin(kind, browser)}).location

    def _begin(self, kind, browser):
        if kind == "statement":
            browser.cookies.clear()
            fields = {"email": self.world.email, "password": PASSWORD, "csrf_token": browser.token("/accounts/sign-in")}
            browser.post("/accounts/sign-in", fields)
        return browser.token("/feedback/new" if kind == "answer" else self.world.path(kind))

    def _look_closer(self, kind, answer):
        """Nothing but a lost session may come in between; whatever else it is, the test has to tell of it."""
        if answer.status not in {400, 401, 302}:
            with self.lock:
                self.tally.strange.append((kind, answer.status, _complaint(answer.text)))


def _complaint(page):
    """What a page says is wrong, or at least its heading."""
    soup = BeautifulSoup(page, "lxml")
    told = soup.select_one(".govuk-error-summary") or soup.h1
    return told.get_text(" ", strip=True) if told else page[:200]


@dataclass
class Held:
    """What the database says in the end, compared with what people were told."""

    acknowledged: int
    lost: int
    duplicated: int
    leaked: int
    half: int
    """Things of which a part is missing: a report without its voice, a statement without its line in the trail."""

    @property
    def is_whole(self):
        return self.acknowledged > 0 and self.lost == self.duplicated == self.leaked == self.half == 0

    def __str__(self):
        return (
            f"acknowledged {self.acknowledged}, lost {self.lost}, duplicated {self.duplicated}, "
            f"leaked {self.leaked}, half {self.half}"
        )


def held(world, tally):
    """Count, inside an application context."""
    db.session.remove()

    def receipt_kept(key):
        return codes.hmac_of(codes.receipt_of(key, world.secret), world.secret, codes.RECEIPTS)

    parts = [
        _compared(tally, kind, rows, known)
        for kind, rows, known in (
            ("report", _marked(OnlineReport.description), str),
            ("answer", Counter(db.session.scalars(select(Receipt.receipt_hmac))), receipt_kept),
            ("statement", _marked(Statement.text), str),
        )
    ]
    lost, duplicated, leaked = (sum(part[k] for part in parts) for k in range(3))
    whole = Held(tally.n, lost, duplicated, leaked, _half(world))
    db.session.remove()
    return whole


def _compared(tally, kind, rows, key_of):
    """Compare the rows of a kind, by their keys, with what was sent and what was acknowledged."""
    acknowledged = {key_of(key) for key in tally.acknowledged[kind]}
    sent = {key_of(key) for key in tally.sent[kind]}
    return len(acknowledged - rows.keys()), sum(n - 1 for n in rows.values()), len(rows.keys() - sent)


def _marked(column):
    """Count rows by the key that their words end in."""
    return Counter(words.rpartition(" ")[2] for words in db.session.scalars(select(column)))


def _count(model, *which):
    return db.session.scalar(select(func.count()).select_from(model).where(*which))


def _half(world):
    """Count what is there without what belongs to it; everything goes in one transaction, so nothing may be."""
    reports, statements = _count(OnlineReport), _count(Statement)
    survey = db.session.execute(select(Survey).where(Survey.id == world.survey_id)).unique().scalar_one()
    submissions = _count(Submission)
    days = db.session.scalar(select(func.coalesce(func.sum(DayCount.n), 0)))
    voices = _count(Observation)
    linked = db.session.scalar(select(func.count(func.distinct(Link.observation_id))).where(Link.ended_at.is_(None)))
    noted = _count(AuditEntry, AuditEntry.act == "record_statement")
    return sum(
        abs(first - second)
        for first, second in (
            (voices, reports + statements),
            (linked, voices),
            (noted, statements),
            (submissions, _count(Receipt)),
            (submissions, survey.accepted),
            (submissions, days),
        )
    )
