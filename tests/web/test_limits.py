"""Rate limits: exact with several processes, kept apart from the work, and blind to who knocks."""

import logging
import multiprocessing
import secrets
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import request
from limits import parse
from sqlalchemy import text

from consult.app import create_app
from consult.clock import today
from consult.config import Config
from consult.db import db
from consult.web import limits, traffic
from consult.web.roles import public
from tests.conftest import Client
from tests.pages import Page

SIGN_IN = "/accounts/sign-in"
PROCESSES = 4


def knocks(config, key, barrier, let_in):
    """Knock forty times from a process of its own, with an application and connections of its own."""
    with create_app(config).app_context():
        barrier.wait(60)
        let_in.put(sum(limits.limiter.limiter.hit(parse("5/minute"), key) for _ in range(40)))


@pytest.fixture
def config(migrated, tmp_path):
    return Config(
        SECRET_KEY=secrets.token_hex(32),
        SQLALCHEMY_DATABASE_URI=migrated.config["SQLALCHEMY_DATABASE_URI"],
        INSTANCE=tmp_path,
        TESTING=True,
    )


@pytest.fixture
def limited(config):
    """An application that counts, on the database of the tests and with counters of its own."""
    app = create_app(config)
    app.test_client_class = Client
    yield app
    with app.app_context():
        traffic.forget_all()
        db.session.remove()
        db.engine.dispose()


def from_network(app, address):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def knock(client, email="anna@policja.example"):
    return Page(client, SIGN_IN).send(email=email, password="wrong").status_code


def test_the_sixth_password_for_a_name_within_a_minute_waits(limited):
    client = from_network(limited, "192.0.2.1")
    assert [knock(client) for _ in range(6)] == [422] * 5 + [429]


def test_whoever_has_to_wait_is_told_how_long(limited):
    client = from_network(limited, "192.0.2.2")
    answers = [Page(client, SIGN_IN).send(email="a@policja.example", password="wrong") for _ in range(6)]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


def test_another_network_and_another_name_still_get_in(limited):
    client = from_network(limited, "192.0.2.3")
    assert [knock(client) for _ in range(6)][-1] == 429
    assert knock(from_network(limited, "192.0.2.4")) == 422
    assert knock(client, "other@policja.example") == 422


def test_the_case_of_a_name_is_no_way_around(limited):
    client = from_network(limited, "192.0.2.5")
    names = ["anna@policja.example", "ANNA@policja.example", " anna@policja.example", "Anna@policja.example"]
    assert [knock(client, name) for name in [*names, names[0], names[1]]][-1] == 429


def test_a_network_that_guesses_names_waits_after_thirty(limited):
    client = from_network(limited, "192.0.2.6")
    assert [knock(client, f"name{number}@policja.example") for number in range(31)] == [422] * 30 + [429]


def test_looking_at_the_page_counts_nothing(limited):
    client = from_network(limited, "192.0.2.7")
    assert {client.get(SIGN_IN).status_code for _ in range(15)} == {200}
    assert knock(client) == 422


def test_the_hash_is_not_computed_for_whoever_has_to_wait(limited, monkeypatch):
    client = from_network(limited, "192.0.2.8")
    for _ in range(5):
        knock(client)
    monkeypatch.setattr("consult.accounts.passwords.matches", lambda *_: pytest.fail("the limit comes first"))
    assert knock(client) == 429


def test_letters_for_one_name_are_few_from_however_many_networks(limited):
    page = "/accounts/forgotten-password"
    answers = [
        Page(from_network(limited, f"198.51.100.{number}"), page).send(email="nobody@policja.example").status_code
        for number in range(6)
    ]
    assert answers == [302] * 5 + [429]


def test_a_limit_is_exact_with_four_processes(limited, config):
    forks = multiprocessing.get_context("fork")
    barrier, let_in = forks.Barrier(PROCESSES), forks.SimpleQueue()
    together = (config, secrets.token_hex(8), barrier, let_in)
    processes = [forks.Process(target=knocks, args=together) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert sum(let_in.get() for _ in processes) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "unix:", True),
    ],
)
def test_a_household_is_one_network(app, one, other, same):
    keys = set()
    for address in (one, other):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            keys.add(limits.network_key())
    assert (len(keys) == 1) is same


def test_no_address_is_stored_or_logged(limited, config, caplog):
    caplog.set_level(logging.DEBUG)
    client = from_network(limited, "203.0.113.77")
    for _ in range(7):
        knock(client, "zofia@policja.example")
    with limited.app_context(), limited.extensions["traffic"].connection() as connection:
        stored = str([connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables()])
    files = b"".join(path.read_bytes() for path in config.INSTANCE.rglob("*") if path.is_file())
    for secret in ("203.0.113", "zofia"):
        assert secret not in stored
        assert secret.encode() not in files
        assert secret not in caplog.text


def tables():
    return ("traffic_limit", "traffic_secret", "traffic_refusal")


def test_the_secret_dies_with_the_day_and_every_count_begins_anew(limited, monkeypatch):
    client = from_network(limited, "192.0.2.9")
    assert [knock(client) for _ in range(6)][-1] == 429
    with limited.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.9"}):
        before = limits.network_key()
    monkeypatch.setattr(traffic, "today", lambda: today() + timedelta(days=40))
    with limited.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.9"}):
        assert limits.network_key() != before
        with limited.extensions["traffic"].connection() as connection:
            assert len(connection.execute(text("SELECT * FROM traffic_secret")).all()) == 1
            assert connection.execute(text("SELECT count(*) FROM traffic_limit")).scalar_one() == 0
            connection.execute(text("DELETE FROM traffic_secret"))
    assert knock(client) == 422


def test_a_window_ends(limited, monkeypatch):
    with limited.app_context():
        assert [traffic.hit("door", 60) for _ in range(3)] == [1, 2, 3]
        assert traffic.hits("door")[0] == 3
        late = traffic.hits("door")[1] + 0.001
        monkeypatch.setattr("consult.web.traffic.time.time", lambda: late)
        assert traffic.hits("door")[0] == 0
        assert traffic.hit("door", 60) == 1
        traffic.forget("door")
        assert traffic.hit("door", 60) == 1


def test_counting_does_not_wait_for_the_work(limited):
    """The work holds its write lock; the door still counts."""
    with limited.app_context(), db.engine.connect() as writer:
        writer.exec_driver_sql("SELECT 1")
        assert traffic.hit("door", 60) == 1


def test_the_tables_are_left_alone_by_the_migrations(limited):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from consult.db import Model

    with limited.app_context(), db.engine.connect() as connection:
        traffic.hit("door", 60)
        options = {"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("traffic_")}
        context = MigrationContext.configure(connection, opts=options)
        assert "traffic_" not in str(compare_metadata(context, Model.metadata))


def test_s112_one_reader_prints_so_many_documents_of_all_kinds_and_others_go_on(limited, monkeypatch):
    for kind in ("poster", "minutes"):
        limited.add_url_rule(f"/{kind}.pdf", kind, public(limits.prints()(lambda: {"printed": True})))
    reader = SimpleNamespace(is_authenticated=True, get_id=lambda: request.args["who"])
    monkeypatch.setattr(limits, "current_user", reader)
    client, most = from_network(limited, "192.0.2.9"), int(limits.PRINTS.split("/")[0])
    asked = [client.get(f"/{('poster', 'minutes')[turn % 2]}.pdf?who=1") for turn in range(most + 1)]
    assert [answer.status_code for answer in asked] == [200] * most + [429]
    assert 0 < int(asked[-1].headers["Retry-After"]) <= 601
    monkeypatch.setattr("tests.conftest.check_page", lambda _text: None)  # an empty page has no heading
    assert client.head("/poster.pdf?who=1").status_code == 429, "it would be printed just the same"
    assert client.get("/poster.pdf?who=2").status_code == 200, "a colleague in the same office"
    assert from_network(limited, "192.0.2.10").get("/poster.pdf?who=1").status_code == 429, "from wherever"
