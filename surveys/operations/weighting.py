"""Writing weighting runs: which margins a survey is weighted to, and what the weights cost. No weight is kept."""

from collections.abc import Sequence

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from surveys import estimation, weighting
from surveys.models import Survey, SurveyWeighting
from surveys.operations.managing import Author
from surveys.queries import methods
from surveys.queries.respondents import respondents
from surveys.questions import SampleKind
from surveys.weighting import Margin


def weigh(author: Author, survey: Survey, *, margins: Sequence[Margin]) -> SurveyWeighting:
    """Weigh a survey's results to margins from now on; raise WeightingRefused or DesignUnclear where that cannot be.

    The same margins as those in force change nothing.
    """
    spec = weighting.spec_of(margins)
    in_force = methods.weighting(survey)
    if in_force is not None and in_force.digest == weighting.digest(spec):
        return in_force
    found = respondents(survey)
    draw = methods.draw_of(methods.stated(survey))
    basis = estimation.basis(survey.sample or SampleKind.OPT_IN, found, draw, margins)
    assert basis.weighted is not None, "there are margins"
    run = SurveyWeighting(
        survey_id=survey.id,
        spec=spec,
        digest=weighting.digest(spec),
        diagnostics=basis.weighted.diagnostics,
        made_at=now(),
        author_id=author.id,
    )
    db.session.add(run)
    db.session.flush()
    audit.note(author.id, "weigh_survey", "survey", survey.id, survey.unit_path, digest=run.digest[:12])
    return run


def withdraw(author: Author, survey: Survey) -> None:
    """Show a survey's results without weights again. Withdrawn twice is withdrawn once."""
    run = methods.weighting(survey)
    if run is not None:
        run.withdrawn_at = now()
        audit.note(author.id, "withdraw_weights", "survey", survey.id, survey.unit_path, digest=run.digest[:12])
