"""Reading those who answered as a whole, mixed and only while nobody waits: what weights and intervals stand on.

The counters beside these figures hold everybody. Were a few people in the counters and not here, the difference of the
two would tell of those few; so nothing is read as long as anybody waits to be mixed.
"""

from dataclasses import dataclass

from consult.estimates.designs import DesignUnclear
from surveys.estimation import Basis, basis
from surveys.models import Survey
from surveys.queries import methods, mixing, rows
from surveys.queries.results import editions
from surveys.questions import SampleKind
from surveys.respondents import Respondents
from surveys.results import Edition
from surveys.weighting import Unfit, WeightingRefused

Refusal = WeightingRefused | DesignUnclear


@dataclass(frozen=True)
class Standing:
    """What a survey's estimates stand on, or why there are none; neither where counts say all that is to be told."""

    basis: Basis | None = None
    refusal: Refusal | None = None


def standing(survey: Survey) -> Standing:
    """Give what the estimates beside counts stand on: nothing where nobody was drawn and nobody is weighted."""
    is_plain = survey.sample in {None, SampleKind.OPT_IN} and not methods.margins(survey)
    return Standing() if is_plain else whole(survey)


def whole(survey: Survey) -> Standing:
    """Give what tables of two questions and comparisons with other surveys stand on."""
    try:
        found = respondents(survey)
        draw, margins = methods.draw_of(methods.stated(survey)), methods.margins(survey)
        return Standing(basis(survey.sample or SampleKind.OPT_IN, found, draw, margins))
    except (WeightingRefused, DesignUnclear) as refusal:
        return Standing(refusal=refusal)


def respondents(survey: Survey) -> Respondents:
    """Give all who answered a survey; raise WeightingRefused as long as somebody waits to be mixed, or nobody came."""
    if mixing.waiting(survey.id):
        raise WeightingRefused(Unfit.NOT_MIXED)
    by_id: dict[int, Edition] = {edition.id: edition for edition in editions(survey)}
    found = Respondents(
        (by_id[row.version_id], row.mode.value, row.district_code, row.answers) for row in rows.mixed(survey)
    )
    if not found.people:
        raise WeightingRefused(Unfit.NO_RESPONDENTS)
    return found
