"""Reading what is published of surveys, and what the next release would be made of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from consult.clock import today
from consult.db import db
from consult.disclosure import SURVEY_BASE, Audience, in_fives
from consult.districts import queries as districts
from consult.districts.teryt import VOIVODESHIPS
from consult.period import day_of
from consult.releases import queries as releases
from consult.releases.models import Release, ReleaseKind
from consult.releases.polls import Before, key
from consult.releases.sealing import Record
from surveys import estimation, frozen
from surveys.counting import ALL, ASKED, cell_name
from surveys.estimation import Basis
from surveys.frozen import Polled
from surveys.models import Access, Mode, Survey
from surveys.queries import coding, methods, mixing, respondents, results
from surveys.queries.respondents import Standing
from surveys.results import Result, Results, series_of
from surveys.themes import ThemeResult


@dataclass(frozen=True)
class Field:
    """When a survey could be answered and in which ways people did, as far as everybody may know.

    The days are those on which it was open and not those of the first and the last answer, which are one person's.
    `modes` are those of at least ten people; `has_others` says that somebody came in another way.
    """

    first: date
    last: date
    modes: Sequence[Mode]
    has_others: bool


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


def weighted(survey: Survey) -> Mapping[str, Result]:
    """Give the weighted results of a survey's last release by question; none where it holds none."""
    found = last(survey)
    return {} if found is None else frozen.weighted_of(releases.figures(found), results.editions(survey))


def method(survey: Survey) -> Sequence[Record]:
    """Give the disclosure box of a survey's last release; none where it was written without one."""
    found = last(survey)
    return [] if found is None else frozen.method_of(releases.figures(found))


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


def weighing(survey: Survey, people: int) -> Standing:
    """Give what the weighted figures of a release stand on.

    Nothing where no weights are in force, nor where the same `people` were told with other weights before: every other
    set of weights is one more sum of the same answers, and from enough of them each group's answers follow.
    """
    run = methods.weighting(survey)
    is_told = run is None or _runs_told(survey, people) - {run.digest}
    return Standing() if is_told else respondents.standing(survey)


def _runs_told(survey: Survey, people: int) -> set[str]:
    """List the weights with which this very number of people, and so the same ones, were released."""
    chosen = select(Release).where(Release.kind == ReleaseKind.SURVEY, Release.subject == survey.slug)
    same = [
        releases.figures(one)
        for one in db.session.scalars(chosen)
        if one.bases.get(key(frozen.EVERYBODY, frozen.COUNTRY)) == people
    ]
    return {record["weighting"]["run"] for record in same if record.get("weighting")}


def field(survey: Survey) -> Field:
    """Say when and how a survey has been answered up to today."""
    begun = [version.published_at for version in survey.versions if version.published_at]
    first = day_of(max(min(begun), survey.opens_at) if survey.opens_at else min(begun))
    ends = [survey.closed_at, survey.closes_at - timedelta(seconds=1) if survey.closes_at else None]
    last = min([today(), *(day_of(end) for end in ends if end is not None)])
    modes = _modes(survey)
    told = [mode for mode in Mode if modes[mode] >= SURVEY_BASE]
    return Field(min(first, last), last, told, has_others=any(0 < modes[mode] < SURVEY_BASE for mode in Mode))


def _modes(survey: Survey) -> Mapping[Mode, int]:
    sizes: Counter[Mode] = Counter()
    for counted in results.people(results.editions(survey), [ALL]).values():
        for (_district, mode), people in counted[ALL].items():
            sizes[Mode(mode)] += people
    return sizes


def weighed(survey: Survey, counted: Polled, basis: Basis) -> Polled:
    """Add to what was counted what the weights in force make of it."""
    run = methods.weighting(survey)
    assert run is not None
    assert basis.weighted is not None, "weights are in force"
    found = basis.weighted.diagnosis
    weighting = {
        "run": run.digest,
        "spec": run.spec,
        "worth": in_fives(round(found.effective)),
        "design_effect": round(found.design_effect, 1),
    }
    return replace(counted, weights=estimation.weighed(basis, counted.results.questions), weighting=weighting)


def polled(survey: Survey) -> Polled:
    """Count what the next release of a survey would be made of, before weights."""
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
