"""Reading two surveys as waves of one: which others asked the same, and what both say."""

from collections.abc import Sequence

from surveys import estimation
from surveys.models import Survey
from surveys.queries import results, surveys
from surveys.queries.respondents import Refusal, whole
from surveys.waves import Wave

OFFERED = 50
"""So many surveys are looked through for the same questions, the latest."""


def comparable(survey: Survey, scope: str) -> Sequence[Survey]:
    """List other surveys of a scope that asked something under a name that this one asks, too."""
    own = _names(survey)
    found = surveys.answered_of_scope(scope, OFFERED)
    return [other for other in found if other.id != survey.id and own & _names(other)]


def _names(survey: Survey) -> set[str]:
    return {
        question.name
        for edition in results.editions(survey)
        for question in edition.definition.questions
        if question.is_asked and estimation.is_estimated(question)
    }


def wave(survey: Survey, scope: str) -> Wave | Refusal:
    """Give what a survey says to somebody, or why it says nothing."""
    standing = whole(survey)
    if standing.basis is None:
        assert standing.refusal is not None, "one of the two is there"
        return standing.refusal
    seen = results.seen_districts(survey.unit_path, scope)
    found = results.found(survey, seen)
    estimates = estimation.estimates(standing.basis, found.questions, None, seen)
    return Wave(found.questions, estimates, standing.basis)
