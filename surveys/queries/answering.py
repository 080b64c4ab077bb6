"""What the public pages of a survey need to know of it, in one statement."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Row, Select, bindparam, exists, select
from sqlalchemy.exc import NoResultFound

from consult.accounts.models import Unit
from consult.db import db
from surveys.models import Access, Survey, SurveyVersion, VersionState
from surveys.queries.compiled import questionnaire_of
from surveys.questionnaire import Questionnaire

MOST_KEPT = 64
HEAD_KEPT_S = 1.0


@dataclass(frozen=True)
class Head:
    """A survey as whoever answers it meets it. `version_id` is None while nothing is published."""

    id: int
    slug: str
    access: Access
    unit_path: str
    unit_name: str
    area_codes: tuple[str, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    quota: int | None
    accepted: int
    version_id: int | None
    digest: str
    is_demonstration: bool

    @property
    def is_full(self) -> bool:
        """Whether as many have answered as were wanted."""
        return self.quota is not None and self.accepted >= self.quota

    def has_closed_at(self, moment: datetime) -> bool:
        """Tell whether its time is over."""
        return self.closed_at is not None or (self.closes_at is not None and self.closes_at <= moment)

    def has_begun_at(self, moment: datetime) -> bool:
        """Tell whether its time has come."""
        return self.opens_at is None or self.opens_at <= moment


def head(slug: str) -> Head:
    """Read a survey by its name in addresses, or raise NoResultFound."""
    row = db.session.connection().execute(_HEAD, {"slug": slug}).first()
    if row is None:
        raise NoResultFound(slug)
    return _head(row)


def recent_head(slug: str) -> Head:
    """Read a survey as it was at most a second ago: pages are looked at far more often than surveys change.

    Whatever writes asks the database again. Tests see every change at once.
    """
    if current_app.testing:
        return head(slug)
    known = _heads.get(slug)
    if known is None or known[0] < time.monotonic():
        if len(_heads) >= MOST_KEPT:
            _heads.clear()
        known = _heads[slug] = (time.monotonic() + HEAD_KEPT_S, head(slug))
    return known[1]


_heads: dict[str, tuple[float, Head]] = {}


def _head(row: Row[Any]) -> Head:
    facts = dict(row._mapping)  # noqa: SLF001  # the public name of a row as a mapping
    return Head(**facts | {"area_codes": tuple(facts["area_codes"]), "digest": facts["digest"] or ""})


def _statement() -> Select[Any]:
    published = (SurveyVersion.survey_id == Survey.id) & (SurveyVersion.state == VersionState.PUBLISHED)
    chosen = (
        select(
            Survey.id,
            Survey.slug,
            Survey.access,
            Unit.path.label("unit_path"),
            Unit.name.label("unit_name"),
            Survey.area_codes,
            Survey.opens_at,
            Survey.closes_at,
            Survey.closed_at,
            Survey.quota,
            Survey.accepted,
            SurveyVersion.id.label("version_id"),
            SurveyVersion.digest,
            exists().where(Unit.is_demonstration).correlate(None).label("is_demonstration"),
        )
        .join(Unit, Unit.id == Survey.unit_id)
        .outerjoin(SurveyVersion, published)
        .where(Survey.slug == bindparam("slug"))
    )
    return cast("Select[Any]", chosen)


_HEAD = _statement()


def questionnaire(found: Head, version_id: int) -> Questionnaire:
    """Give what a version asks, or raise NoResultFound when it is no version of this survey.

    Compiled ones are kept by their digest, since a published version never changes.
    """
    if version_id == found.version_id:
        return questionnaire_of(found.digest, lambda: _sheets(version_id))
    chosen = (SurveyVersion.id == version_id, SurveyVersion.survey_id == found.id, SurveyVersion.state != "draft")
    digest = db.session.execute(select(SurveyVersion.digest).where(*chosen)).scalar_one()
    return questionnaire_of(digest, lambda: _sheets(version_id))


def _sheets(version_id: int) -> dict[str, Any]:
    return db.session.execute(select(SurveyVersion.sheets).where(SurveyVersion.id == version_id)).scalar_one()
