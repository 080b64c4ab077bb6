"""Satisfaction: how pages are rated, version by version and page by page, and what surveys that ask for it score.

Every figure passes the one rule of surveys: a version or a page that few people rated shows nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Text, cast, func, or_, select
from sqlalchemy.orm import selectinload

from consult.accounts.rights import is_within
from consult.db import db
from consult.disclosure import Audience, Crowd, Figures, Share, survey_figures
from surveys.models import Feedback, FeedbackSource, FeedbackState, Survey, SurveyVersion
from surveys.queries import results
from surveys.questions import Definition, Role, Texts
from surveys.results import VERSION as OF_VERSION
from surveys.results import (
    Edition,
    Material,
    Recommendation,
    Results,
    Usability,
    newest_first,
    survey_results,
)

VERSION, PAGE = 0, 1
"""Ways of telling those who rated apart."""

SATISFIED = ("4", "5")


@dataclass(frozen=True)
class Rated:
    """A version or a page, since when it is rated, and its figures if they may be shown."""

    name: str
    since: date
    until: date
    figures: Figures | None

    @property
    def satisfied(self) -> Share | None:
        """The share of those for whom it works well or very well."""
        return self.figures.share(self.figures.count(*SATISFIED)) if self.figures else None


@dataclass(frozen=True)
class Satisfaction:
    """Ratings of pages: each version, the latest first, and each page, the most rated first."""

    everybody: Figures | None
    versions: list[Rated]
    pages: list[Rated]


def satisfaction() -> Satisfaction:
    """Count the ratings that people gave on pages; spam counts nowhere."""
    rows = _rows()
    sizes: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        sizes[row.app_version, row.page] += row.n
    crowd = Crowd(sizes)
    by_version = [_rated(rows, crowd, VERSION, name) for name in {row.app_version for row in rows}]
    by_page = [_rated(rows, crowd, PAGE, name) for name in {row.page for row in rows}]
    return Satisfaction(
        survey_figures(Audience.STAFF, _counts(rows), crowd),
        sorted(by_version, key=lambda one: (one.until, one.since, one.name), reverse=True),
        sorted(by_page, key=lambda one: (-crowd.people((PAGE, one.name)), one.name)),
    )


def _rows() -> list[Row[str, str, int, date, date, int]]:
    first, last = func.min(Feedback.received_on), func.max(Feedback.received_on)
    columns = (Feedback.app_version, Feedback.page, Feedback.rating)
    chosen = select(*columns, first.label("first"), last.label("last"), func.count().label("n")).where(
        Feedback.source == FeedbackSource.PAGE, Feedback.rating.is_not(None), Feedback.state != FeedbackState.SPAM
    )
    return list(db.session.execute(chosen.group_by(*columns)))


def _rated(rows: list[Row[str, str, int, date, date, int]], crowd: Crowd, way: int, name: str) -> Rated:
    own = [row for row in rows if row[way] == name]
    figures = survey_figures(Audience.STAFF, _counts(own), crowd, (way, name))
    return Rated(name, min(row.first for row in own), max(row.last for row in own), figures)


def _counts(rows: list[Row[str, str, int, date, date, int]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[str(row.rating)] += row.n
    return counts


# Surveys that score


@dataclass(frozen=True)
class Scored:
    """A version of a survey with its scores; a score that few people stand behind is None."""

    survey: Survey
    title: Texts
    version: int
    usability: Usability | None
    recommendation: Recommendation | None
    recommended_by: int


def scores(scope: str) -> list[Scored]:
    """List the scores of surveys that concern a scope: all answers to its own, those from its districts to others'.

    Counters are read in the same few statements, however many surveys there are.
    """
    asking = _asking_for_scores()
    own = [survey for survey in asking if is_within(survey.unit_path, scope)]
    above = [survey for survey in asking if survey not in own and is_within(scope, survey.unit_path)]
    found = list(_scored(own, None))
    if above:
        found += _scored(above, results.seen_districts(above[0].unit_path, scope))
    return found


def _asking_for_scores() -> Sequence[Survey]:
    """List the surveys in which some version has a question for a score, the latest first."""
    sheets = cast(SurveyVersion.sheets, Text)
    asking = select(SurveyVersion.survey_id).where(
        or_(sheets.contains(f'"{Role.SUS.value}"'), sheets.contains(f'"{Role.NPS.value}"'))
    )
    chosen = select(Survey).where(Survey.id.in_(asking)).options(selectinload(Survey.versions))
    return db.session.scalars(chosen.order_by(Survey.id.desc())).unique().all()


def _scored(surveys: Sequence[Survey], districts: results.Districts) -> Iterator[Scored]:
    editions = {
        survey.id: [one for one in results.editions(survey) if _asks_for_scores(one.definition)] for survey in surveys
    }
    every = [edition for of in editions.values() for edition in of]
    tally, asked = results.counts(every, districts), results.asked(every, districts)
    for survey in surveys:
        material = Material(editions[survey.id], tally, asked)
        for edition in newest_first(editions[survey.id]):
            part = (OF_VERSION, str(edition.number))
            yield _told(survey, edition, survey_results(material, Audience.STAFF, part))


def _asks_for_scores(definition: Definition) -> bool:
    return bool(definition.with_role(Role.SUS) or definition.with_role(Role.NPS))


def _told(survey: Survey, edition: Edition, found: Results) -> Scored:
    asked = next((one for one in found.questions if one.question.role is Role.NPS), None)
    recommendation = asked.scale.recommendation if asked else None
    answered = asked.answered if asked else 0
    return Scored(survey, edition.definition.title, edition.number, found.usability, recommendation, answered)
