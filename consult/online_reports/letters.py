"""News of a report by e-mail: asked for on the receipt page, confirmed by a link, ended at any time.

`tell_news` follows the serial numbers of changes of status. Each change is told once to each address: that it is told
is written and committed before the letter goes, and taken back when the mail server does not take it. A process that
dies between the two costs one letter; the receipt page says the same.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update

from consult.audit import operations as audit
from consult.catalogue.models import Precision
from consult.clock import now
from consult.db import db, transaction
from consult.mail.operations import send
from consult.observations.models import Observation
from consult.online_reports import queries
from consult.online_reports.models import NewsRead, OnlineReport, Subscription
from consult.online_reports.outcomes import ASKED_FOR
from consult.online_reports.wording import STATES
from consult.receipts import hash_of, receipt_of
from consult.threats.models import Link, StatusChange
from consult.threats.news import SETTLED_AFTER, settled_until
from consult.threats.workflow import OPEN
from consult.web.addresses import public_url

CONFIRMED_WITHIN = timedelta(hours=48)
LONGEST = timedelta(days=366)
"""An address is forgotten after a year, however long the police take."""


GIVEN_UP_AFTER = timedelta(days=3)
"""A letter that no mail server took for so long is not sent any more."""

MOST_IN_A_ROW = 5
"""When so many letters one after another cannot be sent, the server is gone; the next round tries again."""

READER = "letters"

LETTERS = "letters"
"""What a restored backup is told of letters that were ended (`audit.note_erasure`)."""


class LinkSpent(Exception):
    """A one-time link was used before, is too old, or never was one."""


def report_key(report: OnlineReport) -> str:
    """Give the key that joins a report and its subscription; only whoever knows our secret can compute it."""
    return hash_of(receipt_of("subscription", report.natural_key, current_app.config["SECRET_KEY"]))


def subscription_of(report: OnlineReport) -> Subscription | None:
    """Find the subscription of a report, confirmed or not."""
    return db.session.scalar(select(Subscription).where(Subscription.report_key == report_key(report)))


def gets_letters(report: OnlineReport) -> bool:
    """Tell whether letters about a report go to a confirmed address."""
    found = subscription_of(report)
    return found is not None and found.confirmed_at is not None


def may_subscribe(report: OnlineReport) -> bool:
    """Tell whether letters about a report can be asked for: the threat is open, and none go out yet."""
    threat = queries.threat_of(report) if report.withdrawn_at is None else None
    return threat is not None and threat.status in OPEN and not gets_letters(report)


def subscribe(report: OnlineReport, address: str, language: str) -> str | None:
    """Note an address that is to be confirmed, and give the token of its link, which is kept nowhere.

    An earlier address that was not confirmed is forgotten. None when letters go out already or none can be asked for.
    """
    if not may_subscribe(report):
        return None
    end(report)
    token = secrets.token_urlsafe(32)
    db.session.add(
        Subscription(
            report_key=report_key(report),
            address=address,
            language=language,
            asked_at=now(),
            confirmation_hash=hash_of(token),
            ends_at=now() + CONFIRMED_WITHIN,
        )
    )
    return token


def end(report: OnlineReport) -> None:
    """Send no more letters about a report and forget the address; a second time changes nothing."""
    end_under(report_key(report))


def end_under(key: str) -> None:
    """End the letters about the report of a key (`report_key`)."""
    gone = db.session.connection().execute(delete(Subscription).where(Subscription.report_key == key))
    if gone.rowcount:
        audit.note_erasure(LETTERS, key)


def send_confirmation(address: str, token: str, number: str, language: str) -> None:
    """Ask an address whether it wants letters.

    Nothing in this letter was written by whoever typed the address, and it opens no report: it may reach a stranger.
    """
    url = public_url("following.confirm_letters", token=token)
    send(address, "mail/confirm_letters", language, url=url, number=number)


def confirms_some(token: str) -> bool:
    """Tell whether a link still confirms an address."""
    return db.session.scalar(select(Subscription.id).where(*_unconfirmed(token))) is not None


def _unconfirmed(token: str) -> tuple[ColumnElement[bool], ...]:
    return Subscription.confirmation_hash == hash_of(token), Subscription.ends_at > now()


def confirm(token: str) -> None:
    """Confirm an address once. Raises LinkSpent: of two clicks at once one comes too late."""
    found = db.session.scalar(select(Subscription).where(*_unconfirmed(token)))
    if found is None:
        raise LinkSpent
    facts = {"confirmation_hash": None, "confirmed_at": now(), "ends_at": _end_of(now(), found.closed_at)}
    spent = db.session.connection().execute(update(Subscription).where(*_unconfirmed(token)).values(**facts))
    if spent.rowcount != 1:
        raise LinkSpent
    db.session.refresh(found)


def _end_of(confirmed_at: datetime, closed_at: datetime | None) -> datetime:
    """Tell when an address is forgotten: fourteen days after the police are done, or after a year."""
    return confirmed_at + LONGEST if closed_at is None else closed_at + ASKED_FOR


def forget_ended(at: datetime) -> int:
    """Forget the addresses whose time is over, and count them."""
    return db.session.connection().execute(delete(Subscription).where(Subscription.ends_at <= at)).rowcount


@dataclass(frozen=True)
class Told:
    """How many letters went out, and how many wait for the mail server."""

    sent: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class News:
    """One change of status, and a report whose sender it concerns."""

    change: StatusChange
    report: OnlineReport

    @property
    def is_closed(self) -> bool:
        return self.change.after not in OPEN


def tell_news(at: datetime) -> Told:
    """Send what has not been told yet, and note how far that is. Commits for each letter."""
    start, until = _read_so_far(at), settled_until(at)
    sent, waiting, in_a_row, stuck_at = 0, 0, 0, None
    for news, subscription_id in list(_untold(start, until)):
        is_sent = in_a_row < MOST_IN_A_ROW and _tell(news, subscription_id)
        in_a_row = 0 if is_sent else in_a_row + 1
        sent, waiting = sent + is_sent, waiting + (not is_sent)
        if not is_sent and stuck_at is None and news.change.changed_at > at - GIVEN_UP_AFTER:
            stuck_at = news.change.id
    _note(until if stuck_at is None else stuck_at - 1)
    return Told(sent, waiting)


def _read_so_far(at: datetime) -> int:
    """Give the last serial number that was read; whoever reads for the first time begins with the first address."""
    known = db.session.get(NewsRead, READER)
    if known is not None:
        return known.change_id
    first = db.session.scalar(select(func.min(Subscription.asked_at))) or at - SETTLED_AFTER
    return db.session.scalar(select(func.max(StatusChange.id)).where(StatusChange.changed_at <= first)) or 0


def _note(change_id: int) -> None:
    with transaction():
        known = db.session.get(NewsRead, READER)
        if known is None:
            db.session.add(NewsRead(reader=READER, change_id=change_id))
        else:
            known.change_id = max(known.change_id, change_id)


def _untold(start: int, until: int) -> Iterator[tuple[News, int]]:
    """Give what subscriptions have not been told, in the order of the changes; keep in mind which threats closed."""
    if db.session.scalar(select(Subscription.id).limit(1)) is None:
        return
    for news in _news(start, until):
        subscription = subscription_of(news.report)
        if subscription is None or subscription.told_id >= news.change.id:
            continue
        if subscription.confirmed_at is None:
            _keep_in_mind(subscription, news)
        elif subscription.confirmed_at < news.change.changed_at:
            yield news, subscription.id


def _news(start: int, until: int) -> list[News]:
    chosen = (
        select(StatusChange, OnlineReport)
        .join(Link, Link.threat_id == StatusChange.threat_id)
        .join(Observation, Observation.id == Link.observation_id)
        .join(OnlineReport, OnlineReport.natural_key == Observation.source_key)
        .where(StatusChange.id > start, StatusChange.id <= until, Link.ended_at.is_(None))
        .where(Observation.source == queries.SOURCE, OnlineReport.receipt_hash.is_not(None))
        .order_by(StatusChange.id, OnlineReport.id)
    )
    return [News(change, report) for change, report in db.session.execute(chosen).unique()]


def _keep_in_mind(subscription: Subscription, news: News) -> None:
    """Note for an address that is not confirmed yet whether the police are done."""
    with transaction():
        subscription.closed_at = news.change.changed_at if news.is_closed else None


def _tell(news: News, subscription_id: int) -> bool:
    """Send one letter; tell whether there is nothing more to do about it."""
    with transaction():
        claimed = _claim(news, subscription_id)
    if claimed is None:
        return True  # another worker tells it, or the address is gone
    try:
        _send(news, claimed.address, claimed.language)
    except SMTPRecipientsRefused:  # there is no such mailbox any more
        with transaction():
            db.session.execute(delete(Subscription).where(Subscription.id == subscription_id))
    except (SMTPException, OSError) as error:
        current_app.logger.warning("a letter about a report waits: %s", type(error).__name__)
        with transaction():
            _unclaim(news, subscription_id, claimed.told_before)
        return False
    return True


@dataclass(frozen=True)
class _Claimed:
    address: str
    language: str
    told_before: int


def _claim(news: News, subscription_id: int) -> _Claimed | None:
    """Note that an address is told of a change, before it is; of two workers one gets it."""
    found = db.session.get(Subscription, subscription_id, with_for_update=True, populate_existing=True)
    if found is None or found.confirmed_at is None or found.told_id >= news.change.id:
        return None
    claimed = _Claimed(found.address, found.language, found.told_id)
    found.told_id = news.change.id
    found.closed_at = news.change.changed_at if news.is_closed else None
    found.ends_at = _end_of(found.confirmed_at, found.closed_at)
    return claimed


def _unclaim(news: News, subscription_id: int, told_before: int) -> None:
    own = (Subscription.id == subscription_id, Subscription.told_id == news.change.id)
    db.session.execute(update(Subscription).where(*own).values(told_id=told_before))


def _send(news: News, address: str, language: str) -> None:
    """Write the letter: what the receipt page says, with the address of that page."""
    key = queries.letter_key(news.report)
    kinds = (news.report.category, news.change.threat.category)  # staff may have put the threat under another one
    facts = {
        "number": news.report.number,
        "state": STATES[news.change.after],
        "reason": news.change.reason if all(kind.precision is Precision.EXACT for kind in kinds) else "",
        "asked_until": news.change.changed_at + ASKED_FOR if news.is_closed else None,
        "url": public_url("online_reports.receipt", receipt=key),
        "end_url": public_url("following.letters", receipt=key),
    }
    stop_url = public_url("following.stop_letters", key=queries.stop_key(news.report))
    send(address, "mail/report_news", language, stop_url=stop_url, **facts)
