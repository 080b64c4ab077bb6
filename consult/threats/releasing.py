"""The month's release of protected categories: counted once, when the month is over, and never again."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select

from consult.audit import operations as audit
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category, Precision
from consult.clock import today
from consult.db import db, transaction
from consult.districts import queries as districts
from consult.districts.teryt import VOIVODESHIPS
from consult.observations.models import Observation
from consult.period import Period
from consult.releases import operations, queries
from consult.releases.cube import Counted, record_of
from consult.releases.models import Release, ReleaseKind
from consult.threats.models import Link, Threat
from consult.threats.workflow import Status

AFTER_DAYS = 3
"""So many days after a month's end its release is written by itself: what was noted on paper is entered by then."""


class MonthNotOver(Exception):
    """The month still runs: its figures would change."""


def write_month(month: Period, actor_id: int = audit.MACHINE) -> Release:
    """Publish the counts of a month. Raises MonthNotOver, AlreadyReleased, Unprotectable."""
    if today() < month.end:
        raise MonthNotOver(month.code)
    operations.take_the_turn()
    if queries.of_month(month.code) is not None:
        raise operations.AlreadyReleased(month.code)
    return operations.write(ReleaseKind.THREATS, month.code, month.last, record_of(counted(month)), actor_id=actor_id)


def counted(month: Period) -> Counted:
    """Count the threats of protected categories of which somebody spoke in a month; a joke or mistake is none."""
    kinds = {category.code: category for category in catalogue.everything()}
    protected = {code: kind for code, kind in kinds.items() if kind.precision is not Precision.EXACT}
    begin, end = month.moments
    chosen = (
        select(Threat.district_code, Threat.category_code, func.count(Threat.id.distinct()).label("threats"))
        .join(Link, Link.threat_id == Threat.id)
        .join(Observation, Observation.id == Link.observation_id)
        .where(
            Threat.category_code.in_(protected),
            Threat.district_code.is_not(None),
            Threat.status != Status.JOKE,
            Threat.observations > 0,
            Link.ended_at.is_(None),
            Observation.withdrawn_at.is_(None),
            Observation.observed_from < end,
            Observation.observed_to >= begin,
        )
        .group_by(Threat.district_code, Threat.category_code)
    )
    return Counted(
        month,
        {(row.district_code, row.category_code): row.threats for row in db.session.execute(chosen)},
        {code: _names(kind) for code, kind in protected.items() if kind.precision is Precision.GENERALISED},
        {code: _names(kind) for code, kind in protected.items() if kind.precision is Precision.NEVER},
        {**VOIVODESHIPS, **{region.code: region.label for region in districts.districts()}},
    )


def _names(category: Category) -> dict[str, str]:
    return {tongue: category.name(tongue) for tongue in ("pl", "en", "uk")}


def unreleased(first: Period, on: date) -> Iterator[Period]:
    """List the months from one on that are over and not released."""
    month = first
    while month.end <= on:
        if queries.of_month(month.code) is None:
            yield month
        month = Period(month.end, 1)


def release_last_month() -> str:
    """Publish the last month once it is over for some days; nothing is written twice."""
    last = Period((today() - timedelta(days=AFTER_DAYS)).replace(day=1), 1).previous
    with transaction():
        waiting = queries.of_month(last.code) is None
        made = write_month(last) if waiting and districts.districts() else None
    return f"{made.subject} {made.digest}" if made else ""
