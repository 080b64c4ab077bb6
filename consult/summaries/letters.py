"""Letters to the readers of a district when its summary is released: one for each version, with links and no file.

What is to be sent follows from the releases themselves, so that a letter speaks only of what is committed and whose
files lie where everybody reads them. That a letter goes is written down and committed before it goes, and taken back
when the mail server does not take it. A process that dies between the two costs one letter; the head of the unit sees
which.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import and_, or_, select, update

from consult.accounts import queries as accounts
from consult.clock import now
from consult.db import db, transaction
from consult.districts import queries as districts
from consult.mail.operations import send
from consult.receipts import hash_of, receipt_of
from consult.summaries import versions
from consult.summaries.models import LetterState, SummaryLetter, SummaryReader, SummaryVersion
from consult.summaries.operations import files_waiting, shelf_folder
from consult.summaries.shelf import DEFAULT_LANGUAGE
from consult.summaries.wording import period_label
from consult.web.addresses import public_url

GIVEN_UP_AFTER = timedelta(days=3)
"""A letter that no mail server took for so long is not sent any more."""

BROKEN_OFF_AFTER = timedelta(hours=1)
"""A letter that has been on its way for so long was broken off."""

TOLD_FOR = timedelta(days=183)
"""So long the head of the unit is told of a letter that did not go out."""

MOST_IN_A_ROW = 5
"""When so many letters one after another cannot be sent, the server is gone; the next round tries again."""


@dataclass(frozen=True)
class Told:
    """How many letters went out, how many wait for the mail server, and how many never reach their reader."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0


def tell_readers(at: datetime) -> Told:
    """Send what no reader has been told yet. Commits for each letter."""
    _give_up(at)
    count = dict.fromkeys(LetterState, 0)
    in_a_row = 0
    for version_id, reader_id in _due(at):
        state = _tell(version_id, reader_id) if in_a_row < MOST_IN_A_ROW else LetterState.WAITING
        in_a_row = in_a_row + 1 if state is LetterState.WAITING else 0
        if state is not None:
            count[state] += 1
    return Told(count[LetterState.SENT], count[LetterState.WAITING], count[LetterState.REFUSED])


def last_letters(code: str) -> dict[int, SummaryLetter]:
    """Give the last letter to each reader of a district, by the reader's number."""
    chosen = select(SummaryLetter).join(SummaryLetter.reader).where(SummaryReader.district_code == code)
    found = db.session.scalars(chosen.order_by(SummaryLetter.version_id, SummaryLetter.id)).unique()
    return {letter.reader_id: letter for letter in found}


def failed(codes: Collection[str], at: datetime) -> Sequence[SummaryLetter]:
    """List the letters of some districts that did not go out, the latest first, of readers that still stand."""
    chosen = (
        select(SummaryLetter)
        .join(SummaryLetter.reader)
        .where(
            SummaryReader.district_code.in_(codes),
            SummaryReader.ended_at.is_(None),
            SummaryLetter.tried_at > at - TOLD_FOR,
            or_(
                SummaryLetter.state.in_([LetterState.WAITING, LetterState.REFUSED, LetterState.GIVEN_UP]),
                and_(SummaryLetter.state == LetterState.SENDING, SummaryLetter.tried_at < at - BROKEN_OFF_AFTER),
            ),
        )
    )
    return db.session.scalars(chosen.order_by(SummaryLetter.tried_at.desc(), SummaryLetter.id)).unique().all()


def _give_up(at: datetime) -> None:
    """Leave off letters about what was released too long ago, or is replaced by now."""
    chosen = select(SummaryLetter).where(SummaryLetter.state == LetterState.WAITING)
    old = [
        letter.id
        for letter in db.session.scalars(chosen).unique()
        if not (_is_recent(letter.version, at) and _is_news(letter.version))
    ]
    db.session.commit()
    if old:
        own = (SummaryLetter.id.in_(old), SummaryLetter.state == LetterState.WAITING)
        with transaction():
            db.session.execute(update(SummaryLetter).where(*own).values(state=LetterState.GIVEN_UP))


def _due(at: datetime) -> list[tuple[int, int]]:
    """List what is to be sent: versions of late with the readers that stood on the list when they were released."""
    own = and_(SummaryLetter.version_id == SummaryVersion.id, SummaryLetter.reader_id == SummaryReader.id)
    chosen = (
        select(SummaryVersion, SummaryReader)
        .join(SummaryReader, SummaryReader.district_code == SummaryVersion.district_code)
        .outerjoin(SummaryLetter, own)
        .where(versions.PUBLIC, SummaryVersion.released_at > at - GIVEN_UP_AFTER, SummaryReader.ended_at.is_(None))
        .where(SummaryReader.entered_at <= SummaryVersion.released_at)
        .where(or_(SummaryLetter.id.is_(None), SummaryLetter.state == LetterState.WAITING))
        .order_by(SummaryVersion.id, SummaryReader.id)
    )
    wanted = [(version, one.id) for version, one in db.session.execute(chosen) if version.language in one.languages]
    every = {version.id: version for version, _reader_id in wanted}
    news = {version.id for version in every.values() if _is_news(version) and _is_public(version)}
    due = [(version.id, reader_id) for version, reader_id in wanted if version.id in news]
    db.session.commit()  # nothing was written: each letter has a transaction of its own
    return due


def _is_recent(version: SummaryVersion, at: datetime) -> bool:
    """Tell whether a version was released of late."""
    return version.released_at is not None and version.released_at > at - GIVEN_UP_AFTER


def _is_news(version: SummaryVersion) -> bool:
    """Tell whether no later version has been released."""
    last = versions.last_released(versions.slot_of(version))
    return last is not None and last.id == version.id


def _is_public(version: SummaryVersion) -> bool:
    """Tell whether the files of a released version lie where everybody reads them."""
    slot = versions.slot_of(version)
    return slot.find(shelf_folder()) is not None and not files_waiting(slot, version.stem).are_whole


def _tell(version_id: int, reader_id: int) -> LetterState | None:
    """Send one letter and say how it stands; None when another worker sends it, or the reader is gone."""
    with transaction():
        claimed = _claim(version_id, reader_id)
    if claimed is None:
        return None
    state = LetterState.SENT
    try:
        _send(claimed)
    except SMTPRecipientsRefused:
        state = LetterState.REFUSED
    except (SMTPException, OSError) as error:
        current_app.logger.warning("letter %s about a summary waits: %s", claimed.letter_id, type(error).__name__)
        state = LetterState.WAITING
    with transaction():
        facts = {"state": state, "tried_at": now()}
        db.session.execute(update(SummaryLetter).where(SummaryLetter.id == claimed.letter_id).values(**facts))
    return state


@dataclass(frozen=True)
class _Claimed:
    """A letter that is about to go: everything that it needs, read while its reader still stood on the list."""

    letter_id: int
    address: str
    language: str
    facts: dict[str, object]
    stop_url: str


def _claim(version_id: int, reader_id: int) -> _Claimed | None:
    """Write down that a letter goes, before it does; of two workers one gets it."""
    reader = db.session.get(SummaryReader, reader_id, with_for_update=True, populate_existing=True)
    version = db.session.get(SummaryVersion, version_id)
    if reader is None or reader.email is None or version is None:
        return None
    own = (SummaryLetter.version_id == version_id, SummaryLetter.reader_id == reader_id)
    letter = db.session.scalars(
        select(SummaryLetter).where(*own), execution_options={"populate_existing": True}
    ).first()
    if letter is not None and letter.state is not LetterState.WAITING:
        return None
    if letter is None:
        letter = SummaryLetter(version_id=version_id, reader_id=reader_id)
        db.session.add(letter)
    token = _stop_token(reader, version_id)
    letter.state, letter.tried_at, letter.stop_hash = LetterState.SENDING, now(), hash_of(token)
    db.session.flush()
    stop_url = public_url("readers.stop", token=token)
    return _Claimed(letter.id, reader.email, version.language, _facts(version, reader), stop_url)


def _stop_token(reader: SummaryReader, version_id: int) -> str:
    """Give the secret of the link that stops the letters: the same when a letter is tried again, kept nowhere."""
    words = f"{reader.key} {version_id}"
    return receipt_of("stop summaries", words, current_app.config["SECRET_KEY"])


def _facts(version: SummaryVersion, reader: SummaryReader) -> dict[str, object]:
    """Say what the letter tells."""
    code, period = version.district_code, version.period
    lang = None if version.language == DEFAULT_LANGUAGE else version.language
    with force_locale(version.language):
        label = period_label(period)
    before = next(
        (one for one in versions.of_slot(versions.slot_of(version)) if one.number == version.number - 1), None
    )
    return {
        "district": name_of(code),
        "period": label,
        "function": reader.function,
        "sender": sender_of(version),
        "number": version.number,
        "replaced_at": before.released_at if before else None,
        "because": version.because,
        "page_url": public_url("statistics.district", code=code, period=period),
        "pdf_url": public_url("summaries.pdf", code=code, period=period, lang=lang),
    }


def name_of(code: str) -> str:
    """Name a district; one that is no longer there keeps its code for a name."""
    return {region.code: region.label for region in districts.districts()}.get(code, code)


def sender_of(version: SummaryVersion) -> str:
    """Name the unit whose head released a version."""
    assert version.released_by_id is not None
    return accounts.account(version.released_by_id).unit.name


def _send(claimed: _Claimed) -> None:
    facts = claimed.facts | {"stop_link": claimed.stop_url}
    send(claimed.address, "mail/summary_released", claimed.language, stop_url=claimed.stop_url, **facts)
