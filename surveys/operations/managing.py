"""Writing surveys: a new one, another version, its publication, its times and its end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from consult.accounts.models import Unit
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from surveys import sheets as xlsform
from surveys.models import Access, Survey, SurveyVersion, VersionState


class Author(Protocol):
    """Whoever writes: a coordinator, or the machine that reads a file."""

    @property
    def id(self) -> int: ...


def create(
    author: Author,
    *,
    slug: str,
    unit: Unit,
    sheets: dict[str, Any],
    access: Access = Access.OPEN,
    area_codes: Sequence[str] = (),
    meeting_code: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    quota: int | None = None,
) -> Survey:
    """Begin a survey with a first version that is not published yet."""
    survey = Survey(
        slug=slug,
        unit=unit,
        access=access,
        area_codes=list(area_codes),
        meeting_code=meeting_code,
        opens_at=opens_at,
        closes_at=closes_at,
        quota=quota,
        author_id=author.id,
        created_at=now(),
    )
    db.session.add(survey)
    db.session.flush()  # the version and the trail need the survey's id
    draft(author, survey, sheets)
    audit.note(author.id, "create_survey", "survey", survey.id, survey.unit_path)
    return survey


def draft(author: Author, survey: Survey, sheets: dict[str, Any]) -> SurveyVersion:
    """Write the next version, in place of one that is not published yet."""
    version = survey.draft
    if version is None:
        number = max((version.number for version in survey.versions), default=0) + 1
        version = SurveyVersion(survey=survey, number=number, state=VersionState.DRAFT, changes=[])
        db.session.add(version)
    version.sheets, version.digest = sheets, xlsform.digest(sheets)
    version.author_id, version.created_at = author.id, now()
    db.session.flush()  # whoever publishes it finds it
    return version


def publish(author: Author, version: SurveyVersion) -> None:
    """Let a version be answered from now on; the one before it is retired."""
    before = version.survey.published
    if before is not None:
        before.state = VersionState.RETIRED
    version.state, version.published_at, version.published_by_id = VersionState.PUBLISHED, now(), author.id
    db.session.flush()  # the database keeps it from now on
    audit.note(author.id, "publish_survey", "survey", version.survey_id, version.survey.unit_path)
