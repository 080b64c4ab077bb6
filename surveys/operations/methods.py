"""Writing what somebody states of how a survey is made."""

from collections.abc import Mapping

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from surveys.models import Access, Survey
from surveys.operations.managing import Author, OpenIsOptIn
from surveys.queries import methods
from surveys.questions import SampleKind


def state(
    author: Author,
    survey: Survey,
    *,
    sample: SampleKind,
    sponsor: str,
    population: str,
    recruitment: str,
    processing: str,
    limitations: str,
    population_size: int | None,
    population_source: str,
    strata: str,
    stratum_sizes: Mapping[str, int],
    clusters: str,
) -> None:
    """State how a survey is made, in place of what was stated before; raise OpenIsOptIn for a draw anybody may join.

    What somebody states may be put right later, too: the trail keeps who said what kind of sample it is.
    """
    if survey.access is Access.OPEN and sample is not SampleKind.OPT_IN:
        raise OpenIsOptIn
    survey.sample = sample
    stated = methods.stated(survey)
    stated.sponsor, stated.population, stated.recruitment = sponsor, population, recruitment
    stated.processing, stated.limitations = processing, limitations
    stated.population_size, stated.population_source = population_size, population_source
    stated.strata, stated.stratum_sizes, stated.clusters = strata, dict(stratum_sizes), clusters
    stated.author_id, stated.changed_at = author.id, now()
    db.session.add(stated)
    db.session.flush()
    audit.note(author.id, "state_survey_method", "survey", survey.id, survey.unit_path, sample=sample.value)
