"""Reading what waits to be mixed, and what mixing has taken out of answers."""

from datetime import datetime

from sqlalchemy import exists, func, or_, select

from consult.db import db
from consult.observations.models import Observation
from surveys.models import Draft, LooseEnd, Submission, Survey

SMALLEST_BATCH = 10
"""So many new submissions are mixed at least while a survey is open: fewer could be told apart by their day."""

_HAS_FRESH = exists().where(Submission.survey_id == Survey.id, Submission.generation == 0)
"""Asked survey by survey, since there are few of them and many submissions."""

SOURCE = "surveys.results"
"""The page that shows the places of a survey, as observations name it."""


def waiting(survey_id: int) -> int:
    """Count the submissions that were never mixed: until they are, their order could tell whose they are."""
    fresh = (Submission.survey_id == survey_id, Submission.generation == 0)
    return db.session.scalar(select(func.count()).select_from(Submission).where(*fresh)) or 0


def may_be_mixed(survey: Survey, moment: datetime) -> bool:
    """Tell whether enough submissions wait; at the close, however few there are."""
    least = 1 if survey.has_closed_at(moment) else SMALLEST_BATCH
    return waiting(survey.id) >= least


def due(moment: datetime) -> list[Survey]:
    """List the surveys to be mixed: closed ones with new submissions, open ones with at least ten of them."""
    found = db.session.scalars(select(Survey).where(_HAS_FRESH).order_by(Survey.id)).unique()
    return [survey for survey in found if may_be_mixed(survey, moment)]


def ended(moment: datetime) -> list[Survey]:
    """List the closed surveys of which something is left to do: submissions to be mixed, drafts to be deleted."""
    has_drafts = exists().where(Draft.survey_id == Survey.id)
    found = db.session.scalars(select(Survey).where(or_(has_drafts, _HAS_FRESH)).order_by(Survey.id)).unique()
    return [survey for survey in found if survey.has_closed_at(moment)]


def with_loose_ends() -> list[Survey]:
    """List the surveys of which places or words are on their way to the map or the desk."""
    has_loose = exists().where(LooseEnd.survey_id == Survey.id)
    return list(db.session.scalars(select(Survey).where(has_loose).order_by(Survey.id)).unique())


def loose_ends(survey_id: int) -> list[str]:
    """List the keys of a survey's loose ends; keys are drawn at random, and so is their order."""
    return list(db.session.scalars(select(LooseEnd.id).where(LooseEnd.survey_id == survey_id).order_by(LooseEnd.id)))


def places(survey: Survey) -> list[Observation]:
    """List the places of a survey that have come to the map."""
    own = Observation.source_key.startswith(f"{survey.slug}/", autoescape=True)
    return list(db.session.scalars(select(Observation).where(Observation.source == SOURCE, own)))
