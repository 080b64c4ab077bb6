"""Figures for Prometheus: requests of all processes of this host, and how much of everything the installation has.

Each process of the server counts its own requests in a file of its own; whoever is asked adds all files up
(prometheus_client's way for several processes). The server's settings name the folder (PROMETHEUS_MULTIPROC_DIR); a
server of one process needs none. The other figures are read from the database when somebody asks, and kept for half a
minute. No label names a person, a place or an address: a page is named by its endpoint.
"""

import os
import time
from collections.abc import Iterable

from flask import Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from consult.config import VERSION
from consult.jobs.queries import tasks_by_state
from consult.upkeep import standing
from consult.web import logs, room

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KEPT_S = 30.0
BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_own = CollectorRegistry()
REQUESTS = Counter("consult_requests", "Requests answered.", ["endpoint", "method", "status"], registry=_own)
SECONDS = Histogram("consult_request_seconds", "Time to an answer.", ["endpoint"], registry=_own, buckets=BUCKETS_S)


def init_app(app: Flask) -> None:
    """Count the requests of an application."""
    app.extensions["figures"] = None
    app.after_request(_count)


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "-"
    REQUESTS.labels(endpoint, logs.method(), response.status_code).inc()
    SECONDS.labels(endpoint).observe(logs.seconds())
    return response


def written() -> bytes:
    """Write all figures in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Known(list(_own.collect())))
    registry.register(_Known(_figures()))
    return generate_latest(registry)


class _Known(Collector):
    """Figures that are known already."""

    def __init__(self, figures: list[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures


def _figures() -> list[Metric]:
    """Read the figures of the installation, or give those of a moment ago."""
    kept = current_app.extensions["figures"]
    if kept is None or kept[0] < time.monotonic() or current_app.testing:
        kept = time.monotonic() + KEPT_S, _read()
        current_app.extensions["figures"] = kept
    return list(kept[1])


def _read() -> list[Metric]:
    seen, saved = standing.worker_seen_at(), standing.last_backup_at()
    told = [
        _by("consult_info", "The version that runs.", "version", {VERSION: 1}),
        _by("consult_jobs", "Background jobs of today by state.", "state", standing.jobs_of_today()),
        _by("consult_tasks", "What staff asked to be done in the background, by state.", "state", tasks_by_state()),
        _by("consult_observations", "Voices by plane.", "plane", standing.observations_by_plane()),
        _by("consult_disk_free_bytes", "Room on each volume.", "volume", room.free_bytes()),
        _one("consult_letters_waiting", "Letters that no mail server has taken yet.", standing.letters_waiting()),
        _one("consult_submissions", "Answers to surveys.", standing.submissions()),
        _one("consult_online_reports", "Reports of residents.", standing.online_reports()),
        _one("consult_database_bytes", "Size of the database.", standing.database_bytes()),
    ]
    if seen:
        told.append(_one("consult_worker_seen_timestamp_seconds", "When the worker was last seen.", seen.timestamp()))
    if saved:
        told.append(_one("consult_last_backup_timestamp_seconds", "When the last backup was made.", saved.timestamp()))
    return told


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
