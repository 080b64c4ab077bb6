"""What has happened before a walk begins: a report at a spot of its own, and how far the police are with it."""

import email
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select

from consult.accounts.models import Account
from consult.catalogue import queries as catalogue
from consult.clock import now, retelling, today
from consult.db import db
from consult.geo import Place
from consult.online_reports import asking, letters, operations, queries, screening
from consult.online_reports.jobs import tell_news
from consult.online_reports.models import Decision
from consult.receipts import receipt_of
from consult.threats import response
from tests.factories import metres_away

OFFICER = "dzielnicowy.lask@example.pl"
_spots = count(1)


@dataclass
class Case:
    """A report of five days ago, its threat and voice by number, and the path of its receipt."""

    site: object
    id: int
    number: str
    threat_id: int
    observation_id: int
    receipt: str

    @property
    def receipt_path(self):
        return f"/online-reports/{self.receipt}"

    def report(self):
        return queries.by_receipt(self.receipt)

    def told(self, *states, words="Patrol był na miejscu (dane próbne)."):
        """Let the police change the state, one after another."""
        with at_work(self.site) as officer:
            for after in states:
                response.change_status(queries.threat_of(self.report()), after, words, officer)
        return self

    def asked(self, text):
        """Let the police ask whoever sent the report."""
        with at_work(self.site) as officer:
            asking.ask(self.report(), text, officer)
        return self

    def gets_letters(self, address):
        """Let whoever sent the report have a confirmed address."""
        with at_work(self.site):
            letters.confirm(letters.subscribe(self.report(), address, "pl"))
        return self


class at_work:  # noqa: N801  # reads as what it is: with at_work(site) as officer
    """The application at work for the demonstration's officer, whose number it gives; what was written is kept."""

    def __init__(self, site):
        self.context = site.app.app_context()

    def __enter__(self):
        self.context.push()
        return db.session.scalar(select(Account.id).where(Account.email == OFFICER))

    def __exit__(self, kind, *_error):
        if kind is None:
            db.session.commit()
        db.session.remove()
        self.context.pop()


def new_case(site, *, is_screened=True):
    """A report of badly parked cars where nobody has reported anything yet, sent five days ago."""
    number = next(_spots)
    receipt = receipt_of("walk", str(number), "k")
    with retelling(now() - timedelta(days=5)), at_work(site) as officer:
        place = Place.point(*metres_away(-6_000 + 600 * (number % 20), -4_000 + 600 * (number // 20)), accuracy_m=20.0)
        sent = operations.report(
            receipt,
            category=catalogue.by_code("parkowanie"),
            place=place,
            observed_on=today(),
            description=f"Auta na chodniku, sprawa {number} (dane próbne).",
            voice_key=f"walk {number}",
        )
        if is_screened:
            screening.decide(db.session.get_one(Account, officer), sent, Decision.FIT, reason="")
        threat, voice = queries.threat_of(sent), queries.observation_of(sent)
        return Case(site, sent.id, sent.number, threat.id, voice.id, receipt)


def letters_to(site, address, patience_s=10):
    """The letters to an address, the oldest first, as plain words; a letter leaves just after the page."""
    until = time.monotonic() + patience_s
    while not (found := _letters_to(site, address)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _letters_to(site, address):
    folder = Path(site.app.config["MAIL_FILE_PATH"])
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns) if folder.is_dir() else []
    found = [email.message_from_bytes(path.read_bytes()) for path in files]
    return [one.get_payload(decode=True).decode("utf-8") for one in found if one["To"] == address]


def news_goes_out(site):
    """Let the job that tells reporters run, two minutes later."""
    with site.app.app_context(), retelling(now() + timedelta(minutes=2)):
        tell_news()
        db.session.remove()


def first_link(letter):
    """The path of the first address in a letter."""
    return re.search(r"https?://[^/\s]+(/\S+)", letter)[1]
