"""The queue carries numbers on each of its storages, and a bad address of it stops the start."""

import os
import threading

import pytest
from sqlalchemy import make_url

from consult import config
from consult.config import Config, ConfigurationRefused
from consult.jobs import queue
from tests.apart import application


@pytest.fixture
def embedded(app, monkeypatch, tmp_path):
    """The queue as an installation has it that names none."""
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    monkeypatch.setitem(app.extensions, "queue", None)
    monkeypatch.setattr(app, "testing", False)
    return app


def handed_over(app, count=50):
    """Put numbers into the queue, and let four threads take them out."""
    taken = []
    for number in range(count):
        queue._queue().enqueue(str(number).encode())

    def take():
        with app.app_context():
            while (number := queue.received()) is not None:
                taken.append(number)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue._queue().close()
    return sorted(taken)


def test_the_queue_of_one_host_is_a_file(embedded, tmp_path):
    assert handed_over(embedded) == list(range(50))
    assert [path.name for path in tmp_path.iterdir()] == ["queue.db"]


def test_the_queue_of_several_hosts_is_a_database(tmp_path, monkeypatch):
    if not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("PostgreSQL has its own pass")
    with application(tmp_path) as app:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
        monkeypatch.setitem(app.config, "QUEUE_URL", url.render_as_string(hide_password=False))
        assert handed_over(app) == list(range(50))


@pytest.mark.parametrize("url", ["amqp://host", "queue.db", "sqlite:///queue.db", "http://host"])
def test_an_address_that_is_no_queue_stops_the_start(tmp_path, url):
    with pytest.raises(ConfigurationRefused, match=r"^QUEUE_URL: begins with postgresql:// or redis://"):
        Config.from_environment({"INSTANCE_PATH": str(tmp_path), "QUEUE_URL": url})


@pytest.mark.parametrize("url", ["postgresql://me@host/consult", "postgres://other:word@host/consult?sslmode=require"])
def test_the_queue_is_not_in_the_database_of_the_data(tmp_path, url):
    settings = {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": "postgresql://consult@host/consult", "QUEUE_URL": url}
    with pytest.raises(ConfigurationRefused, match=r"^QUEUE_URL: is the database of DATABASE_URL"):
        Config.from_environment(settings)
    read = Config.from_environment(settings | {"QUEUE_URL": "postgresql://me@host/queue"})
    assert read.QUEUE_URL.endswith("/queue")


@pytest.mark.parametrize("url", ["redis://host:6379/0", "rediss://host"])
def test_redis_asks_for_its_package_before_the_start(tmp_path, monkeypatch, url):
    settings = {"INSTANCE_PATH": str(tmp_path), "QUEUE_URL": url}
    monkeypatch.setattr(config, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationRefused, match=r"^QUEUE_URL: .*pip install redis$"):
        Config.from_environment(settings)
    monkeypatch.setattr(config, "find_spec", lambda _name: "there")
    read = Config.from_environment(settings)
    assert url == read.QUEUE_URL
