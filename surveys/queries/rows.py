"""Reading mixed submissions one by one, for the coordinator's own computer."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from consult.db import db
from surveys.models import Submission, Survey, SurveyVersion, VersionState

READ_AT_ONCE = 1_000


def mixed(survey: Survey) -> Iterator[Row[Any]]:
    """Give version, mode, district and answers of each mixed submission, in the random order of their keys."""
    chosen = select(Submission.version_id, Submission.mode, Submission.district_code, Submission.answers)
    own = (Submission.survey_id == survey.id, Submission.generation > 0)
    found = db.session.execute(chosen.where(*own).order_by(Submission.id).execution_options(yield_per=READ_AT_ONCE))
    yield from found


def count_mixed(survey: Survey) -> int:
    """Count them."""
    own = (Submission.survey_id == survey.id, Submission.generation > 0)
    return db.session.scalar(select(func.count()).select_from(Submission).where(*own)) or 0


def answered_versions(survey: Survey) -> Sequence[SurveyVersion]:
    """List the versions that were ever published, oldest first."""
    return [version for version in survey.versions if version.state is not VersionState.DRAFT]
