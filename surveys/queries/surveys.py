"""Reading surveys and their versions."""


from sqlalchemy import select

from consult.db import db
from surveys import reading
from surveys.models import Survey, SurveyVersion
from surveys.questions import Definition

KEPT_DEFINITIONS = 64


def by_slug(slug: str) -> Survey:
    """Give a survey by its name in addresses, or raise NoResultFound."""
    return db.session.execute(select(Survey).where(Survey.slug == slug)).unique().scalar_one()


def known_slug(slug: str) -> bool:
    """Tell whether a name is taken."""
    return db.session.scalar(select(Survey.id).where(Survey.slug == slug)) is not None


def version(version_id: int) -> SurveyVersion:
    """Give a version, or raise NoResultFound."""
    return db.session.execute(select(SurveyVersion).where(SurveyVersion.id == version_id)).scalar_one()


def definition_of(edition: SurveyVersion) -> Definition:
    """Give what a version asks; kept in memory by its digest, because a published version never changes."""
    known = _kept.get(edition.digest)
    if known is None:
        known = reading.definition(edition.sheets)
        if len(_kept) >= KEPT_DEFINITIONS:
            _kept.pop(next(iter(_kept)))
        _kept[edition.digest] = known
    return known


_kept: dict[str, Definition] = {}
