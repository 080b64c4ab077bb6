"""Reading for Open311: public threats as service requests with what was answered and by whom; keys."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from consult.accounts.models import Unit, UnitArea
from consult.clock import now
from consult.db import db
from consult.online_reports import queries as reports
from consult.open311.models import ApiKey
from consult.threats import publication
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.threats.workflow import Status


@dataclass(frozen=True)
class Wanted:
    """What service requests are asked for; `since` and `until` bound the moment of the request, until not included."""

    jurisdiction: str | None = None
    categories: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] = ()


def service_requests(wanted: Wanted, page: int, size: int) -> Sequence[Threat]:
    """List a page of public threats, newest first, and one more when there is a next page."""
    filters = threats.Filters(
        district=wanted.jurisdiction,
        categories=wanted.categories,
        statuses=wanted.statuses,
        visible=publication.public_condition(now()),
    )
    chosen = threats.narrowed(select(Threat), filters).where(*_conditions(wanted))
    # Numbers grow with time, and the newest are found without looking at all the others.
    chosen = chosen.order_by(Threat.id.desc()).limit(size + 1).offset((page - 1) * size)
    return db.session.scalars(chosen).unique().all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.ids:
        conditions.append(Threat.id.in_(wanted.ids))
    if wanted.since:
        conditions.append(Threat.created_at >= wanted.since)
    if wanted.until:
        conditions.append(Threat.created_at < wanted.until)
    return conditions


def threat_by_number(number: int) -> Threat | None:
    """Find a threat, public or not."""
    return db.session.get(Threat, number)


def units_of(found: Sequence[Threat], day: date) -> dict[str, str]:
    """Name the unit that serves each area of these threats on a day, by district and by the six digits of a commune."""
    codes = {threat.district_code for threat in found} | {(threat.commune_code or "")[:6] for threat in found}
    chosen = (
        select(UnitArea.area_code, Unit.name)
        .join(Unit)
        .where(
            UnitArea.area_code.in_(codes),
            UnitArea.valid_from <= day,
            or_(UnitArea.valid_to.is_(None), UnitArea.valid_to > day),
        )
    )
    # Where several serve one area, the one highest in the tree answers: its path is the shortest.
    order = (func.length(Unit.path).desc(), Unit.path.desc())
    return {row.area_code: row.name for row in db.session.execute(chosen.order_by(*order))}


def threat_by_token(token: str) -> Threat | None:
    """Find the threat that a report belongs to now by the receipt that was given as its token."""
    return reports.threat_of(reports.by_receipt(token)) if reports.is_known(token) else None


def key_by_secret(secret: str) -> ApiKey | None:
    """Find the key in force of a secret."""
    chosen = (ApiKey.key_hash == hash_of(secret), ApiKey.revoked_at.is_(None))
    return db.session.scalar(select(ApiKey).where(*chosen))


def key_by_name(name: str) -> ApiKey | None:
    """Find a key by its name, revoked or not."""
    return db.session.scalar(select(ApiKey).where(ApiKey.name == name))


def every_key() -> Sequence[ApiKey]:
    """List all keys ever, oldest first."""
    return db.session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def hash_of(secret: str) -> str:
    """Give what is stored of a key: it is 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
