"""What stops in the middle: the server, the database, a line between them, a line to somebody's browser."""

import random
import signal
import statistics
import time

from benchmarks.faults.machine import CLUSTER_KILLS, KILLS, MORE, PEOPLE, cluster, databases, end, product, whole
from consult.db import db
from tests.faults.load import Careless, Load, Server, World


def killed_servers(n=KILLS):
    """F01. The server's process group is killed twelve times under load."""
    for name, around in databases():
        with around(), product() as app:
            world = World.made(app)
            with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
                for _ in range(n):
                    load.wait_for_more(MORE)
                    server.kill()
                    server.start()
                load.wait_for_more(MORE)
                end(load)
            yield name, *whole(world, load, f"{n} kills of the server")


def killed_databases(n=CLUSTER_KILLS):
    """F02. PostgreSQL is killed five times under load and recovers."""
    with cluster() as made, product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            for _ in range(n):
                load.wait_for_more(MORE)
                made.kill()
                time.sleep(0.5)
                made.start()
            load.wait_for_more(MORE)
            end(load)
        db.engine.dispose()
        yield "postgresql", *whole(world, load, f"{n} kills of the database")


def ended_servers():
    """F03. SIGTERM: requests under way are finished, and the server ends within ten seconds."""
    for name, around in databases():
        with around(), product() as app:
            world = World.made(app)
            with Server(app).running() as server, Load(world, server.port, people=PEOPLE, patience_s=3) as load:
                load.wait_for_more(MORE)
                began = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
                code = server.process.wait(60)
                took = time.monotonic() - began
                server.process = None
                end(load)
            good, words = whole(world, load, f"ended after {took:.1f} s with {code}")
            yield name, good and took <= 10 and code == 0, words


def restarted_databases(n=3):
    """F19. PostgreSQL restarts while people send, three times: the pool recovers by itself."""
    with cluster() as made, product() as app:
        world = World.made(app)
        with Server(app).running() as server, Load(world, server.port, people=PEOPLE) as load:
            waits = []
            for _ in range(n):
                load.wait_for_more(MORE)
                made.restart()
                began = time.monotonic()
                load.wait_for_more(1)
                waits.append(time.monotonic() - began)
            load.wait_for_more(MORE)
            end(load)
        db.engine.dispose()
        words = f"first answer {statistics.median(waits):.1f} s after each of {n} restarts"
        yield "postgresql", *whole(world, load, words)


def cut_lines(n=20 * MORE, repeats=60):
    """F22. Lines are cut within forms and before answers; forms that were taken come again, late and in any order."""
    for name, around in databases():
        with around(), product() as app:
            world = World.made(app)
            with Server(app).running() as server, Load(world, server.port, people=PEOPLE, browser=Careless) as load:
                load.wait_for_more(n, seconds=120)
                end(load)
                again = random.Random(1).sample(load.tally.forms, min(repeats, len(load.tally.forms)))
                other = sum(load.again(kind, fields) != first for kind, fields, first in again)
            cut = load.tally.states[0]
            good, words = whole(
                world, load, f"{cut} lines cut, {len(again)} old forms again, {other} answered otherwise"
            )
            yield name, good and cut > 0 and other == 0, words
