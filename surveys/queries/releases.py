"""Reading what is published of surveys, and what the next release would be made of."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from consult.clock import today
from consult.db import db
from consult.disclosure import SURVEY_BASE, Audience
from consult.districts import queries as districts
from consult.districts.teryt import VOIVODESHIPS
from consult.releases import queries as releases
from consult.releases.models import Release, ReleaseKind
from consult.releases.polls import Before
from surveys import frozen
from surveys.counting import ALL, ASKED, cell_name
from surveys.frozen import Polled
from surveys.models import Access, Survey
from surveys.queries import coding, mixing, results
from surveys.results import Results, series_of
from surveys.themes import ThemeResult


def last(survey: Survey) -> Release | None:
    """Find what was released last of a survey."""
    return releases.latest(ReleaseKind.SURVEY, survey.slug)


def released(survey: Survey) -> Results | None:
    """Give what everybody may see of a survey: its last release, or None."""
    found = last(survey)
    return None if found is None else frozen.results_of(releases.figures(found), results.editions(survey))


def released_themes(survey: Survey) -> dict[str, Any]:
    """Give the themes that the last release holds, by question."""
    found = last(survey)
    return {} if found is None else frozen.themes_in(releases.figures(found))


def before(survey: Survey) -> Before:
    """Give the numbers of people behind the last release; none where there is none."""
    found = last(survey)
    return Before({} if found is None else found.bases)


def may_be_public(survey: Survey) -> bool:
    """Tell whether residents could answer: what only staff were asked is told to nobody else."""
    return survey.published is not None and survey.access is not Access.STAFF


def waiting(moment: datetime) -> list[Survey]:
    """List the evaluations of debates that have ended, are mixed and are not released."""
    known = select(Release.subject).where(Release.kind == ReleaseKind.SURVEY)
    chosen = select(Survey).where(Survey.meeting_code != "", Survey.accepted >= SURVEY_BASE, Survey.slug.not_in(known))
    found = db.session.scalars(chosen.order_by(Survey.id)).unique()
    return [
        survey
        for survey in found
        if survey.has_closed_at(moment) and may_be_public(survey) and not mixing.waiting(survey.id)
    ]


def polled(survey: Survey) -> Polled:
    """Count what the next release of a survey would be made of."""
    of = results.editions(survey)
    found = results.publishable(survey)
    told = [result.question.name for result in found.questions if result.figures is not None]
    tally = results.counts(of)
    exact = {frozen.EVERYBODY: sum(cells.get(ALL, {}).get(ASKED, 0) for cells in tally.values())}
    for result in found.questions:
        if result.figures is not None:
            within = [edition.id for edition in of if edition.number in result.versions]
            name = cell_name(result.question.name)
            exact[result.question.name] = sum(tally[one].get(name, {}).get(ASKED, 0) for one in within if one in tally)
    regions = {region.code: region.label for region in districts.districts()}
    newest = max(of, key=lambda edition: edition.number)
    return Polled(
        survey.slug,
        newest.definition.title,
        today(),
        found,
        exact,
        {name: results.by_district(series_of(of, name)[1], name)[0] for name in told},
        {**VOIVODESHIPS, **regions},
        _themes(survey, found),
    )


def _themes(survey: Survey, told: Results) -> dict[str, ThemeResult]:
    """Give the finished themes that everybody may see; a question that is not to be published has none."""
    kept = {result.question.name for result in told.questions if result.question.publish == "no"}
    return {name: one for name, one in coding.found(survey, Audience.PUBLIC).items() if name not in kept}
