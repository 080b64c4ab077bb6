"""What a clock does that is set: it jumps while people send, and summer time begins and ends."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from benchmarks.faults.machine import MORE, databases, end, product, whole, wrong_clock
from consult.db import db
from consult.observations.models import Observation
from consult.online_reports.models import OnlineReport
from consult.period import day_of
from consult.threats.models import Threat
from tests.accounts.makers import PASSWORD
from tests.faults.load import Browser, Load, Server, World

BACK, ON_A_LOT = -2 * 3600, 400 * 86_400
NIGHT_S = 20
"""From ten seconds before the clocks of Warsaw are changed until ten seconds after."""
KNOCKS = 8
"""Five a minute are let in."""


def set_clocks():
    """F16. The clock jumps while people send: two hours back, 400 days on, through both nights of summer time."""
    for name, around in databases():
        with around(), product() as app:
            yield name, *_jumped(app)
        with around(), product() as app:
            yield name, *_limited(app)


class Clock:
    """The clock of a server: its error stands in a file that the server's processes read each time they ask."""

    def __init__(self, folder):
        self.file, self.offset_s = folder / "clock", 0
        self.set(0)

    def set(self, offset_s):
        """Set it, whole or not at all."""
        self.offset_s = offset_s
        part = self.file.with_suffix(".part")
        part.write_text(f"{offset_s:+d}\n")
        part.replace(self.file)

    def day(self):
        """Which day it is by this clock."""
        return day_of(datetime.now(UTC) + timedelta(seconds=self.offset_s))


def _jumped(app):
    world, clock = World.made(app), Clock(app.config["INSTANCE"])
    world.day = clock.day
    server = Server(app, **wrong_clock(clock.file))
    with server.running(), Load(world, server.port, people=9, given_up=(422,)) as load:
        load.wait_for_more(MORE)
        officer = _signed_in(world, server)
        sessions = [officer.get("/today").status]
        for offset_s in (BACK, ON_A_LOT, 0):
            clock.set(offset_s)
            load.wait_for_more(MORE)
            sessions.append(officer.get("/today").status)
        for moment in _nights():
            clock.set(int((moment - datetime.now(UTC)).total_seconds()) - NIGHT_S // 2)
            began = time.monotonic()
            load.wait_for_more(MORE)
            time.sleep(max(0.0, began + NIGHT_S - time.monotonic()))
        clock.set(0)
        load.wait_for_more(MORE)
        end(load)
    good, words = whole(world, load, "3 jumps and 2 nights")
    negative, (receipts, reports) = _below_zero(), _receipts()
    words = f"{words}; durations below zero {negative}, receipts {receipts} of {reports} reports"
    good = good and negative == 0 and receipts == reports and sessions[0] == 200 and sessions[2:] == [302, 302]
    return good, f"{words}; the session at first, 2 h back, 400 days on, right again: {sessions}"


def _nights():
    """The next two moments at which the clocks of Warsaw are changed."""
    now = datetime.now(UTC)
    last_days = [datetime(year, month, 31, 1, tzinfo=UTC) for year in (now.year, now.year + 1) for month in (3, 10)]
    sundays = [day - timedelta(days=(day.weekday() + 1) % 7) for day in last_days]
    return [moment for moment in sundays if moment > now][:2]


def _signed_in(world, server):
    browser = Browser(server.port)
    fields = {"email": world.email, "password": PASSWORD, "csrf_token": browser.token("/accounts/sign-in")}
    browser.post("/accounts/sign-in", fields)
    return browser


def _below_zero():
    return sum(
        db.session.scalar(select(func.count()).select_from(model).where(last < first))
        for model, first, last in (
            (Observation, Observation.observed_from, Observation.observed_to),
            (OnlineReport, OnlineReport.observed_from, OnlineReport.observed_to),
            (Threat, Threat.first_at, Threat.last_at),
        )
    )


def _receipts():
    counted = select(func.count(func.distinct(OnlineReport.receipt_hash)), func.count()).select_from(OnlineReport)
    return tuple(db.session.execute(counted).one())


def _limited(app):
    """Knock until the door is shut, and set the clock: whoever is shut out is so for no longer than the jump."""
    world, clock = World.made(app), Clock(app.config["INSTANCE"])
    found = {}
    with Server(app, LIMITED="1", **wrong_clock(clock.file)).running() as server:
        for words, offset_s in (
            ("at first", 0),
            ("two hours back", BACK),
            ("400 days on", ON_A_LOT),
            ("right again", 0),
        ):
            clock.set(offset_s)
            states = [_knock(world, server) for _ in range(KNOCKS)]
            found[words] = states[0], states[-1]
    shut = {words: last for words, (_first, last) in found.items() if last != 429}
    still = {words: first for words, (first, _last) in found.items() if first == 429 and words != "two hours back"}
    told = ", ".join(f"{words} {first} to {last}" for words, (first, last) in found.items())
    return not shut and not still, f"the limit of sign-ins, first and last of {KNOCKS} knocks: {told}"


def _knock(world, server):
    browser = Browser(server.port)
    fields = {"email": world.email, "password": "not this one", "csrf_token": browser.token("/accounts/sign-in")}
    return browser.post("/accounts/sign-in", fields).status
