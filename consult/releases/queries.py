"""Reading releases: what is published is read from here and counted nowhere else."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from consult.db import db
from consult.releases import cube
from consult.releases.models import Release, ReleaseKind
from consult.releases.sealing import Record

PAGE_SIZE = 50
KEPT = 64
"""Releases that a process keeps in mind: five years of months, some 40 kB each."""

TOGETHER = ""
"""Where the categories that are only counted together stand among the counts of a district."""

_kept: dict[str, Record] = {}
"""Figures by their digest: under one digest they are the same for ever."""


def release(release_id: int) -> Release:
    """Find a release, or raise NoResultFound."""
    return db.session.execute(select(Release).where(Release.id == release_id)).scalar_one()


def listed(page: int = 1) -> Sequence[Release]:
    """List releases, the latest first."""
    chosen = select(Release).order_by(Release.created_at.desc(), Release.id.desc())
    return db.session.scalars(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()


def everything() -> Sequence[int]:
    """List the numbers of all releases in the order in which they were written."""
    return db.session.scalars(select(Release.id).order_by(Release.id)).all()


def count() -> int:
    """Count all releases."""
    return db.session.scalar(select(func.count(Release.id))) or 0


def of_month(month: str) -> Release | None:
    """Find the release of a month's threats."""
    return latest(ReleaseKind.THREATS, month)


def latest(kind: ReleaseKind, subject: str) -> Release | None:
    """Find the latest release of a subject."""
    chosen = select(Release).where(Release.kind == kind, Release.subject == subject)
    return db.session.scalars(chosen.order_by(Release.cutoff_on.desc(), Release.id.desc()).limit(1)).first()


def latest_month() -> Release | None:
    """Find the release of the latest month."""
    chosen = select(Release).where(Release.kind == ReleaseKind.THREATS)
    return db.session.scalars(chosen.order_by(Release.cutoff_on.desc()).limit(1)).first()


def figures(found: Release) -> Record:
    """Give the figures of a release."""
    if found.digest not in _kept:
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[found.digest] = json.loads(found.figures)
    return _kept[found.digest]


def told(district: str, months: Iterable[str]) -> dict[str, dict[str, int | None]]:
    """Give what is published of a district's protected categories, by month and category; unreleased months are absent.

    Under "" stand those that are only counted together.
    """
    chosen = select(Release).where(Release.kind == ReleaseKind.THREATS, Release.subject.in_(list(months)))
    found = {}
    for one in db.session.scalars(chosen):
        counts = cube.of_district(figures(one), district)
        if counts is not None:
            found[one.subject] = counts
    return found
