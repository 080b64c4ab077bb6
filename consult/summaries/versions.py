"""Reading the versions of summaries: drafts that wait for their release, and what everybody may read."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from consult.db import db
from consult.summaries.figures import Edition
from consult.summaries.models import SummaryVersion
from consult.summaries.shelf import Slot

PUBLIC = SummaryVersion.edition == Edition.PUBLIC


def version(version_id: int) -> SummaryVersion:
    """Give a version, or raise NoResultFound."""
    return db.session.execute(select(SummaryVersion).where(SummaryVersion.id == version_id)).scalar_one()


def slot_of(version: SummaryVersion) -> Slot:
    """Say where a version belongs on the shelf."""
    return Slot(version.district_code, version.period, version.edition, version.language)


def of_slot(slot: Slot) -> Sequence[SummaryVersion]:
    """List the versions of one summary by number, the draft last."""
    own = (
        SummaryVersion.district_code == slot.code,
        SummaryVersion.period == slot.period,
        SummaryVersion.edition == slot.edition,
        SummaryVersion.language == slot.language,
    )
    return db.session.scalars(select(SummaryVersion).where(*own).order_by(SummaryVersion.number)).all()


def last_released(slot: Slot) -> SummaryVersion | None:
    """Find the version that everybody reads."""
    return next((one for one in reversed(of_slot(slot)) if one.is_released), None)


def waiting(slot: Slot) -> SummaryVersion | None:
    """Find what was written and not released: the draft, or the edition for staff."""
    return next((one for one in of_slot(slot) if not one.is_released), None)


def drafts(codes: Collection[str], period: str = "") -> Sequence[SummaryVersion]:
    """List what waits for its release in some districts, of one period or of all, the latest period first."""
    chosen = select(SummaryVersion).where(
        PUBLIC, SummaryVersion.released_at.is_(None), SummaryVersion.district_code.in_(codes)
    )
    if period:
        chosen = chosen.where(SummaryVersion.period == period)
    order = (SummaryVersion.period.desc(), SummaryVersion.district_code, SummaryVersion.language)
    return db.session.scalars(chosen.order_by(*order)).all()


def released(code: str, period: str) -> Sequence[SummaryVersion]:
    """List the released versions of a district's summary, the latest first."""
    own = (PUBLIC, SummaryVersion.district_code == code, SummaryVersion.period == period)
    chosen = select(SummaryVersion).where(*own, SummaryVersion.released_at.is_not(None))
    order = (SummaryVersion.number.desc(), SummaryVersion.language)
    return db.session.scalars(chosen.order_by(*order)).all()
