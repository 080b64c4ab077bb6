"""Reading reports: by their receipt, and what an import has brought before."""

import hmac
import re
from collections.abc import Callable, Sequence

from flask import current_app
from sqlalchemy import and_, select
from sqlalchemy.exc import NoResultFound

from consult.db import db
from consult.observations import queries as observations
from consult.observations.models import Observation
from consult.online_reports.models import SPOKEN, Decision, OnlineReport, Screening
from consult.receipts import hash_of, receipt_of
from consult.threats import queries as threats
from consult.threats.models import Threat

SOURCE = "online_reports.receipt"
BATCH = 500
LETTER_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
NEWEST = 50
"""Entered reports that the list shows."""


def by_receipt(receipt: str) -> OnlineReport:
    """Give the report of a receipt or of a letter's key, or raise NoResultFound."""
    chosen = select(OnlineReport).where(OnlineReport.receipt_hash == hash_of(receipt))
    found = db.session.execute(chosen).unique().scalar_one_or_none()
    return found or _by_letter_key(receipt)


def opens(receipt: str) -> bool:
    """Tell whether a receipt or a letter's key leads to a report."""
    try:
        by_receipt(receipt)
    except NoResultFound:
        return False
    return True


def letter_key(report: OnlineReport) -> str:
    """Give the key to a report that stands in letters about it: the receipt itself is stored nowhere."""
    return f"{report.id}-{receipt_of('letter', report.natural_key, current_app.config['SECRET_KEY'])}"


def stop_key(report: OnlineReport) -> str:
    """Give the key that ends the letters about a report and opens nothing: mail programs and servers see it."""
    return f"{report.id}-{receipt_of('stop letters', report.natural_key, current_app.config['SECRET_KEY'])}"


def by_stop_key(key: str) -> OnlineReport:
    """Find the report whose letters a key ends, or raise NoResultFound."""
    return _by_key(key, stop_key)


def _by_letter_key(key: str) -> OnlineReport:
    return _by_key(key, letter_key)


def _by_key(key: str, key_of: Callable[[OnlineReport], str]) -> OnlineReport:
    number = key.partition("-")[0]
    report = db.session.get(OnlineReport, int(number)) if LETTER_NUMBER.fullmatch(number) else None
    if report is None or not hmac.compare_digest(key_of(report).encode(), key.encode("utf-8", "replace")):
        raise NoResultFound
    return report


def is_known(receipt: str) -> bool:
    """Tell whether a report has this receipt."""
    chosen = select(OnlineReport.id).where(OnlineReport.receipt_hash == hash_of(receipt))
    return db.session.scalar(chosen) is not None


def by_natural_key(natural_key: str) -> OnlineReport | None:
    """Find a report by what identifies it."""
    chosen = select(OnlineReport).where(OnlineReport.natural_key == natural_key)
    return db.session.execute(chosen).unique().scalar_one_or_none()


def known_digests(natural_keys: Sequence[str]) -> dict[str, str]:
    """Tell what the reports with these keys say, by digest."""
    found: dict[str, str] = {}
    for start in range(0, len(natural_keys), BATCH):
        part = natural_keys[start : start + BATCH]
        chosen = select(OnlineReport.natural_key, OnlineReport.body_digest).where(OnlineReport.natural_key.in_(part))
        found.update((key, digest) for key, digest in db.session.execute(chosen))
    return found


def observation_of(report: OnlineReport) -> Observation | None:
    """Find the voice that a report gave."""
    return observations.by_source(SOURCE, report.natural_key)


def threat_of(report: OnlineReport) -> Threat | None:
    """Find the threat that a report belongs to now."""
    observation = observation_of(report)
    return None if observation is None else threats.of_observation(observation)


def of_observation(observation_id: int) -> OnlineReport:
    """Give the report that a voice on the map came from, or raise NoResultFound."""
    key = select(Observation.source_key).where(Observation.id == observation_id, Observation.source == SOURCE)
    return db.session.execute(
        select(OnlineReport).where(OnlineReport.natural_key == key.scalar_subquery())
    ).unique().scalar_one()  # fmt: skip


def last_screening(report: OnlineReport) -> Screening | None:
    """Find the last decision about a report that nobody took back."""
    chosen = select(Screening).where(Screening.report_id == report.id, Screening.undone_at.is_(None))
    return db.session.scalar(chosen.order_by(Screening.id.desc()).limit(1))


def passed_to(report: OnlineReport) -> str | None:
    """Tell the district that a report was passed on to last, if that still stands."""
    chosen = (Screening.report_id == report.id, Screening.undone_at.is_(None), Screening.decision == Decision.OUTSIDE)
    return db.session.scalar(select(Screening.passed_to).where(*chosen).order_by(Screening.id.desc()).limit(1))


def entered(areas: Sequence[str]) -> Sequence[tuple[OnlineReport, Observation]]:
    """List the newest reports that the police entered for somebody, about places of these areas."""
    chosen = (
        select(OnlineReport, Observation)
        .join(Observation, and_(Observation.source == SOURCE, Observation.source_key == OnlineReport.natural_key))
        .where(OnlineReport.channel.in_(SPOKEN), threats.lies_within(areas, Observation))
        .order_by(OnlineReport.sent_at.desc(), OnlineReport.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(chosen.limit(NEWEST)).unique()]
