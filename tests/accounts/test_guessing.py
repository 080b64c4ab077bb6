"""Whoever guesses learns nothing, holds up nobody, and waits; files and forms of staff are given to nobody else."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from consult.accounts import operations, passwords
from consult.accounts.models import LinkPurpose
from consult.app import create_app
from consult.config import Config
from consult.db import db
from consult.web import traffic
from consult.web.keys import KeyConverter
from tests.accounts.makers import PASSWORD, account, administrator, head, officer, sign_in, unit, without_tokens
from tests.apart import application
from tests.conftest import Client
from tests.pages import Page

SIGN_IN = "/accounts/sign-in"


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """An application that really commits, and its configuration."""
    with application(tmp_path_factory.mktemp("guessing")) as app:
        app.test_client_class = Client
        yield app


@pytest.fixture
def limited(apart):
    """The same, counting attempts; with somebody who may sign in."""
    config = {name: apart.config[name] for name in ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "INSTANCE", "REPORTS_OUT")}
    app = create_app(Config(**config, TESTING=True))
    app.test_client_class = Client
    with app.app_context():
        app.person = officer().email
        db.session.remove()
    yield app
    with app.app_context():
        traffic.forget_all()
        db.session.remove()
        db.engine.dispose()


def browser(app, address="192.0.2.1"):
    client = app.test_client()
    client.set_cookie("language", "en")
    client.environ_base["REMOTE_ADDR"] = address
    return client


def test_nothing_of_staff_is_given_without_a_session(client):
    """S57: every address of staff, downloads among them, leads a stranger to the sign-in before it looks at anything."""
    adapter = client.application.url_map.bind("localhost")
    seen = 0
    for rule in client.application.url_map.iter_rules():
        view = client.application.view_functions[rule.endpoint]
        if getattr(view, "audience", "public") == "public" or "GET" not in rule.methods:
            continue
        values = {name: _example(rule._converters[name]) for name in rule.arguments}
        answer = client.get(adapter.build(rule.endpoint, values, "GET"))
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, SIGN_IN), rule.rule
        seen += 1
    assert seen > 100


def _example(converter):
    if isinstance(converter, KeyConverter):
        return 7
    if type(converter).__name__ == "AnyConverter":
        return min(converter.items)
    return "1003"


@pytest.mark.parametrize("address", ["//evil.com", "///evil.com", "/\\evil.com", "\\\\evil.com", "https:///evil.com",
    "/%09/evil", "/\t/evil", "/\n/evil", "javascript:alert(1)", "/" + "a" * 600])  # fmt: skip
def test_signing_in_never_leads_out_of_the_house(client, address):
    """S72: the way on is a page of ours, else the day's work."""
    answer = Page(client, SIGN_IN).send(email=account().email, password=PASSWORD, next=address)
    assert answer.location == "/today"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
def test_no_foreign_host_gets_into_a_page(apart, headers):
    """S73: a forged Host is refused, a forged X-Forwarded-Host is not read; no page names it."""
    apart.config["TRUSTED_HOSTS"] = ["localhost"]
    try:
        for address in ("/", SIGN_IN, "/accounts/forgotten-password"):
            answer = apart.test_client().get(address, headers=headers)
            assert answer.status_code == (400 if "Host" in headers else 200)
            assert "evil" not in answer.text
    finally:
        apart.config["TRUSTED_HOSTS"] = None


def test_unknown_and_known_names_cannot_be_told_apart(client):
    """S74: the same words, the same status, and the same time within a fifth, over forty tries of each."""
    names = {"known": account().email, "unknown": "nobody@policja.example"}
    times, words = {kind: [] for kind in names}, {}
    for _try in range(40):
        for kind, email in names.items():
            page = Page(client, SIGN_IN)
            begin = time.process_time()
            answer = page.send(email=email, password="not the right one")
            times[kind].append(time.process_time() - begin)
            assert answer.status_code == 422
            words[kind] = without_tokens(answer.text, email)
    assert words["known"] == words["unknown"]
    known, unknown = (statistics.median(times[kind]) for kind in names)
    assert abs(known - unknown) < 0.2 * known


def test_a_forgotten_password_of_nobody_is_answered_alike(client, letters):
    """S75: the same answer in the same time: what differs is done when the answer has gone."""
    known, page = account().email, "/accounts/forgotten-password"
    answers = {email: Page(client, page).send(email=email) for email in (known, "nobody@policja.example")}
    for answer in answers.values():
        assert (answer.status_code, answer.location) == (302, f"{page}/sent")
        answer.close()
    first, second = (dict(answer.headers) for answer in answers.values())
    assert {name for name in first if name != "Date"} == {name for name in second if name != "Date"}
    assert [letter.to for letter in letters] == [[known]]


def test_whether_a_forgotten_password_is_known_is_asked_after_the_answer(client, monkeypatch):
    """S75: the address is not looked up while anybody waits for the answer."""
    asked = []
    monkeypatch.setattr("consult.accounts.views.signing_in.after_answer", lambda *work: asked.append(work))
    monkeypatch.setattr("consult.accounts.queries.by_email", lambda _email: pytest.fail("too early"))
    assert Page(client, "/accounts/forgotten-password").send(email=account().email).status_code == 302
    assert len(asked) == 1


def test_an_address_that_is_taken_says_nothing_of_whose_it_is(client):
    """S76: nobody registers here; a head who opens an account learns the same of every address that is taken."""
    elsewhere = unit("1019", "KPP Zduńska Wola")
    taken = [account().email, account(unit=elsewhere).email, administrator(elsewhere).email]
    sign_in(client, head())
    answers = set()
    for email in taken:
        page = Page(client, "/accounts/new")
        answer = page.send(email=email, function="dzielnicowy", role="officer")
        assert answer.status_code == 422
        answers.add(without_tokens(answer.text, email))
    assert len(answers) == 1
    assert "Zduńska" not in answers.pop()


def test_twenty_wrong_passwords_wait_and_the_right_one_elsewhere_gets_in(limited):
    """S77: who guesses is told when to come back; the owner, in another network, is not locked out."""
    guesser, email = browser(limited, "192.0.2.7"), limited.person
    answers = [Page(guesser, SIGN_IN).send(email=email, password=f"guess number {one}") for one in range(20)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 15
    assert all(1 <= int(answer.headers["Retry-After"]) <= 61 for answer in answers[5:])
    assert Page(guesser, SIGN_IN).send(email=email, password=PASSWORD).status_code == 429
    assert Page(browser(limited, "192.0.2.8"), SIGN_IN).send(email=email, password=PASSWORD).status_code == 302


def test_no_more_than_two_hashes_are_computed_at_once(monkeypatch):
    """S78: fifty wait their turn."""
    running, most, guard = [0], [0], threading.Lock()

    class Slow:
        def verify(self, _kept, _password):
            with guard:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.002)
            with guard:
                running[0] -= 1

    monkeypatch.setattr(passwords, "HASHER", Slow())
    with ThreadPoolExecutor(50) as crowd:
        assert all(crowd.map(lambda _one: passwords.matches("kept", PASSWORD), range(50)))
    assert most[0] == passwords.AT_ONCE == 2


def test_fifty_who_sign_in_at_once_hold_up_nobody(apart):
    """S78: while all turns are taken, whoever opens pages or writes is answered; nobody who waits holds a lock."""
    email = officer().email
    db.session.commit()
    db.session.remove()
    turns = passwords._turns
    for _turn in range(passwords.AT_ONCE):
        turns.acquire()
    try:
        with ThreadPoolExecutor(50) as crowd:
            waiting = [
                crowd.submit(lambda: Page(browser(apart), SIGN_IN).send(email=email, password=PASSWORD).status_code)
                for _one in range(50)
            ]
            time.sleep(1)
            times = [_seconds(lambda: browser(apart).get(SIGN_IN)) for _one in range(20)]
            times.append(_seconds(lambda: _write(apart)))
            assert not [one for one in waiting if one.done()]
            assert sorted(times)[int(0.95 * len(times))] < 1
            for _turn in range(passwords.AT_ONCE):
                turns.release()
            assert {one.result(60) for one in waiting} == {302}
    finally:
        assert turns.acquire(timeout=0)
        turns.release()


def _write(app):
    with app.app_context():
        operations.create_unit("W1", "Pisząca", "pl/w1/")
        db.session.commit()
        db.session.remove()


def _seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def test_ten_megabytes_of_password_are_refused_before_hashing(client, monkeypatch):
    """S79: nothing so large reaches the hash."""
    page = Page(client, SIGN_IN)
    monkeypatch.setattr(passwords, "HASHER", None)
    assert page.send(email="anna.nowak@policja.example", password="x" * 10_000_000).status_code == 413


@pytest.mark.parametrize(
    "password", ["gęś żółw źrebię ćma łoś " * 2 + "jeż w lesie ciemną", "六 seven " * 8, "🦔 jeż i 🦉 sowa w nocy"]
)
def test_long_and_foreign_passwords_are_taken_as_they_are(client, password):
    """S79: 64 characters and any alphabet."""
    person = account()
    token = operations.issue_link(person, LinkPurpose.FIRST_PASSWORD, 0)
    db.session.commit()
    answer = Page(client, f"/accounts/set-password/{token}").send(password=password, again=password)
    assert answer.location == SIGN_IN
    assert Page(client, SIGN_IN).send(email=person.email, password=password[:-1]).status_code == 422
    assert Page(client, SIGN_IN).send(email=person.email, password=password).status_code == 302


def test_a_thousand_guessed_links_lead_nowhere(limited, monkeypatch):
    """S80: each is gone as every other one is, and soon the network waits."""
    monkeypatch.setattr(passwords, "HASHER", None)
    client = browser(limited, "192.0.2.9")
    form = {"csrf_token": Page(client, SIGN_IN).fields()["csrf_token"], "password": PASSWORD, "again": PASSWORD}
    seen = [
        client.post(f"/accounts/set-password/{operations._new_key()}", data=form).status_code for _one in range(1000)
    ]
    assert set(seen) == {410, 429}
    assert seen.count(410) == 20


def test_used_expired_and_unknown_links_are_told_alike(client, monkeypatch):
    """S81: one page for all of them."""
    person = account()
    used, unknown = operations.issue_link(person, LinkPurpose.FORGOTTEN_PASSWORD, 0), operations._new_key()
    operations.set_password(used, PASSWORD)
    expired = operations.issue_link(person, LinkPurpose.FORGOTTEN_PASSWORD, 0)
    operations.queries.link(expired).expires_at = operations.now()
    db.session.commit()
    pages = [client.get(f"/accounts/set-password/{token}") for token in (used, expired, unknown)]
    assert {page.status_code for page in pages} == {410}
    assert len({without_tokens(page.text, used, expired, unknown) for page in pages}) == 1
