"""The list of offices that are told of a district's summaries: who stands on it, entering, withdrawing and stopping."""

import zlib
from collections.abc import Collection, Sequence

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from consult.accounts import queries as accounts
from consult.accounts.models import Account
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db, take_turn
from consult.receipts import hash_of, receipt_of
from consult.summaries.models import SummaryLetter, SummaryReader
from consult.web.errors import Conflict

LIST = zlib.crc32(b"readers of summaries")
"""The turn of whoever enters a reader: an address is looked for in all of the list."""

ENDED = "reader"
"""What a restored backup is told of readers whose address was erased (`audit.note_erasure`)."""

STANDS = SummaryReader.ended_at.is_(None)


class AlreadyListed(Exception):
    """The address stands on the list of the district."""


class StoppedBefore(Exception):
    """The office has stopped the letters itself, and nobody says that it wants them again."""


def reader(reader_id: int) -> SummaryReader:
    """Give a reader, or raise NoResultFound."""
    return db.session.execute(select(SummaryReader).where(SummaryReader.id == reader_id)).scalar_one()


def of_district(code: str) -> Sequence[SummaryReader]:
    """List the readers of a district: those that are written to by function, then those of the past, the last first."""
    order = (SummaryReader.ended_at.desc(), func.lower(SummaryReader.function), SummaryReader.id)
    found = db.session.scalars(select(SummaryReader).where(SummaryReader.district_code == code).order_by(*order)).all()
    return sorted(found, key=lambda one: not one.stands)


def counts(codes: Collection[str]) -> dict[str, int]:
    """Count the readers of some districts that are written to."""
    chosen = select(SummaryReader.district_code, func.count()).where(STANDS, SummaryReader.district_code.in_(codes))
    return dict(db.session.execute(chosen.group_by(SummaryReader.district_code)).all())


def stopped_by(token: str) -> SummaryReader:
    """Find the reader whose letters a link stops, or raise NoResultFound."""
    chosen = select(SummaryReader).join(SummaryLetter, SummaryLetter.reader_id == SummaryReader.id)
    return db.session.execute(chosen.where(SummaryLetter.stop_hash == hash_of(token))).scalar_one()


def enter(
    head: Account,
    district_code: str,
    *,
    key: str,
    function: str,
    email: str,
    languages: Collection[str],
    asked_again: bool = False,
) -> SummaryReader:
    """Enter an office; the same key again is the same one. Raises AlreadyListed, StoppedBefore, and Conflict."""
    take_turn(LIST)
    email = email.lower()
    known = _found(SummaryReader.key == key)
    if known is not None:
        if (known.district_code, known.email, known.function) != (district_code, email, function):
            raise Conflict
        return known
    if _found(SummaryReader.district_code == district_code, SummaryReader.email == email) is not None:
        raise AlreadyListed
    before = _found(SummaryReader.stopped_hash == _trace(district_code, email))
    if before is not None and not asked_again:
        raise StoppedBefore
    if before is not None:
        before.stopped_hash = None
    entered = SummaryReader(
        key=key,
        district_code=district_code,
        function=function,
        email=email,
        languages=sorted(languages),
        entered_at=now(),
        entered_by_id=head.id,
    )
    db.session.add(entered)
    db.session.flush()  # the trail needs its number
    audit.note(head.id, "enter_reader", "summary_reader", entered.id, head.scope, district=district_code)
    return entered


def withdraw(head: Account, listed: SummaryReader) -> None:
    """Take an office off the list and erase its address; a second time changes nothing."""
    _hold(listed)
    if listed.stands:
        listed.email, listed.ended_at, listed.ended_by_id = None, now(), head.id
        audit.note_erasure(ENDED, listed.key)
        audit.note(head.id, "withdraw_reader", "summary_reader", listed.id, head.scope, district=listed.district_code)


def stop(listed: SummaryReader) -> None:
    """End the letters because the office wants none, and erase its address; a second time changes nothing."""
    _hold(listed)
    if listed.email is not None:
        listed.stopped_hash = _trace(listed.district_code, listed.email)
        listed.email, listed.ended_at = None, now()
        audit.note_erasure(ENDED, listed.key)
        scope = accounts.account(listed.entered_by_id).scope
        audit.note(audit.MACHINE, "stop_reader", "summary_reader", listed.id, scope, district=listed.district_code)


def stop_again(key: str) -> None:
    """Erase the address of a reader that a restored backup holds although it was erased since.

    Who ended the letters is not known any more: as after a stop, nobody enters the address unless it is asked for anew.
    """
    listed = _found(SummaryReader.key == key)
    if listed is not None:
        stop(listed)


def _found(*chosen: ColumnElement[bool]) -> SummaryReader | None:
    return db.session.scalars(select(SummaryReader).where(*chosen)).first()


def _hold(listed: SummaryReader) -> None:
    """Let nobody end it or write to it meanwhile, and see whether somebody has ended it."""
    db.session.refresh(listed, with_for_update=True)


def _trace(district_code: str, email: str) -> str:
    """Give what is kept of an address that wants no letters; only whoever knows our secret can compute it."""
    words = f"{district_code} {email}"
    return hash_of(receipt_of("stopped summaries", words, current_app.config["SECRET_KEY"]))
