"""A survey wave, a reporting evening and a public map on election day, against the product as it is served.

    .venv/bin/python -m benchmarks.load [--seconds 20] [--people 8] [--country FILE] [--workers 2]

Each scene runs twice. Closed: so many people, each sending the next thing when the last one was answered; that tells
how much the server takes. Open: arrivals by chance (Poisson) at half and at four fifths of that, whatever the server
does meanwhile; each wait is counted from the moment at which somebody meant to send, so a stall counts for all whom it
kept waiting (no coordinated omission). Afterwards the database is asked what became of every acknowledged thing.

Where PostgreSQL is to be measured, TEST_DATABASE_URL names it, as for tests. `--country` is an SQLite file that
`flask demo load --observations N --districts all` filled; without it election day reads a small world. The senders run
on the same cores as the server.
"""

import argparse
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.growth import application as served
from tests.apart import application
from tests.faults.load import BUSY, Browser, Server, Tally, World, held

MOST_AT_ONCE = 64
SHARES = (0.5, 0.8)
MAP_PAGES = ("/", "/threats", "/threats?district=1003", "/districts/1003", "/threats.geojson?bbox=19.0,51.5,19.4,51.8")
"""What people look at when a public map is in the news; one request each, without the files that browsers keep."""


class Sending:
    """One kind of form that many people send, each with a key of its own."""

    def __init__(self, world, port, kind):
        self.world, self.port, self.kind, self.tally = world, port, kind, Tally()
        self.local, self.lock = threading.local(), threading.Lock()

    def __call__(self, dice):
        """Send one; tell the status of the answer."""
        key = uuid.uuid4().hex
        fields = self.world.fields(self.kind, key, dice)
        browser = Browser(self.port)
        token = browser.token("/feedback/new" if self.kind == "answer" else self.world.path(self.kind))
        with self.lock:
            self.tally.sent[self.kind].add(key)
        answer = browser.post(self.world.path(self.kind), {**fields, "csrf_token": token})
        if answer.status in {302, 303}:
            with self.lock:
                self.tally.acknowledged[self.kind].add(key)
            return 200
        return answer.status


class Looking:
    """Somebody who opens one of the pages of the map."""

    def __init__(self, port):
        self.port = port

    def __call__(self, dice):
        return Browser(self.port).get(dice.choice(MAP_PAGES)).status


def one(action, dice, since):
    """Do it; tell how long after the intended moment the answer came, in ms, and whether it was a good one."""
    try:
        status = action(dice)
    except OSError:
        status = 0
    return (time.monotonic() - since) * 1_000, status


def closed(action, people, seconds):
    """So many people without a pause; their waits and how many answers a second came."""
    until, found, lock = time.monotonic() + seconds, [], threading.Lock()

    def live(number):
        dice = random.Random(number)
        while time.monotonic() < until:
            told = one(action, dice, time.monotonic())
            with lock:
                found.append(told)

    with ThreadPoolExecutor(people) as pool:
        list(pool.map(live, range(people)))
    return found, len(found) / seconds


def opened(action, rate, seconds):
    """Arrivals at a rate by chance, whether or not the ones before were answered."""
    dice, began, at, waiting = random.Random(1), time.monotonic(), 0.0, []
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        while at < seconds:
            at += dice.expovariate(rate)
            time.sleep(max(began + at - time.monotonic(), 0))
            waiting.append(pool.submit(one, action, random.Random(len(waiting)), began + at))
        return [answer.result() for answer in waiting]


def told(name, found):
    """A line of figures."""
    waits = sorted(wait for wait, _status in found)
    cuts = quantiles(waits, n=100) if len(waits) > 1 else waits * 99
    busy = sum(status in BUSY for _wait, status in found)
    failed = sum(status != 200 and status not in BUSY for _wait, status in found)
    print(
        f"| {name} | {len(found):,} | {cuts[49]:.0f} | {cuts[94]:.0f} | {cuts[98]:.0f} | {waits[-1]:.0f}"
        f" | {busy} | {failed} |",
        flush=True,
    )


def scene(name, action, people, seconds):
    """A scene, closed and then open."""
    closed(action, people, min(seconds, 3))  # the first answers of a process import what they need
    found, rate = closed(action, people, seconds)
    told(f"{name}, closed, {people} people, {rate:.0f}/s", found)
    for share in SHARES:
        told(f"{name}, open, {rate * share:.0f}/s", opened(action, rate * share, seconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--country")
    chosen = parser.parse_args()
    print("| scene | answers | median ms | 95 % | 99 % | longest | busy | failed |")
    print("|---|---|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder, application(Path(folder)) as app:
        world = World.made(app)
        with Server(app, workers=chosen.workers).running() as server:
            kept = []
            for name, kind in (("survey wave", "answer"), ("reporting evening", "report")):
                sending = Sending(world, server.port, kind)
                scene(name, sending, chosen.people, chosen.seconds)
                kept.append((name, sending.tally))
            if not chosen.country:
                scene("election day", Looking(server.port), chosen.people, chosen.seconds)
        together = Tally()
        for _name, tally in kept:
            for kind, keys in tally.acknowledged.items():
                together.acknowledged[kind] |= keys
            for kind, keys in tally.sent.items():
                together.sent[kind] |= keys
        print(f"\n{held(world, together)}")
    if chosen.country:
        with TemporaryDirectory() as folder:
            app = served(chosen.country, Path(folder))
            with Server(app, workers=chosen.workers).running() as server:
                scene("election day", Looking(server.port), chosen.people, chosen.seconds)


if __name__ == "__main__":
    main()
