"""How a survey was made: what somebody stated of it, and what the database knows by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from consult.db import db
from consult.districts import queries as districts
from surveys.counting import ALL
from surveys.estimation import Draw
from surveys.models import Invitation, Mode, Survey, SurveyMethod, SurveyVersion, SurveyWeighting, VersionState
from surveys.queries import results, surveys
from surveys.queries.results import editions
from surveys.questions import Kind, Question, SampleKind
from surveys.respondents import DISTRICT_NAME
from surveys.results import Edition, series_of
from surveys.weighting import Margin, margins_of


@dataclass(frozen=True)
class Facts:
    """Everything that is known of how a survey was made; what is empty in `stated` nobody has stated."""

    survey: Survey
    kind: SampleKind | None
    stated: SurveyMethod
    versions: Sequence[SurveyVersion]
    questions: int
    languages: Sequence[str]
    areas: Sequence[str]
    letters: int
    modes: Sequence[Mode]
    first_on: date | None
    last_on: date | None
    weighting: SurveyWeighting | None


def stated(survey: Survey) -> SurveyMethod:
    """Give what somebody stated of a survey, or a statement that says nothing and is not kept."""
    found = db.session.get(SurveyMethod, survey.id)
    return found or SurveyMethod(
        survey_id=survey.id,
        sponsor="",
        population="",
        recruitment="",
        processing="",
        limitations="",
        population_size=None,
        population_source="",
        strata="",
        stratum_sizes={},
        clusters="",
    )


def draw_of(method: SurveyMethod) -> Draw:
    """Give how people were drawn, as far as it was stated."""
    sizes = {answer: int(size) for answer, size in method.stratum_sizes.items()}
    return Draw(method.population_size, method.strata, sizes, method.clusters)


def weighting(survey: Survey) -> SurveyWeighting | None:
    """Give the margins that a survey is weighted to now: the latest, unless it was withdrawn."""
    latest = weightings(survey)[:1]
    return latest[0] if latest and latest[0].withdrawn_at is None else None


def weightings(survey: Survey) -> Sequence[SurveyWeighting]:
    """List all weighting runs of a survey, the latest first."""
    chosen = select(SurveyWeighting).where(SurveyWeighting.survey_id == survey.id)
    return db.session.scalars(chosen.order_by(SurveyWeighting.id.desc())).all()


def margins(survey: Survey) -> list[Margin]:
    """Give the margins in force; none where nothing is weighted."""
    run = weighting(survey)
    return margins_of(run.spec) if run else []


def ways(survey: Survey) -> dict[str, dict[str, list[str]]]:
    """Name what people can be told apart by, each with its answers and what they are called.

    Those are the questions with one answer to choose that every version asks alike, and the district people live in.
    """
    of = editions(survey)
    found: dict[str, dict[str, list[str]]] = {}
    for question in of[-1].definition.questions if of else ():
        if question.kind is Kind.SELECT_ONE and not question.repeat and len(series_of(of, question.name)[1]) == len(of):
            found[question.name] = _answers(question)
    if homes := _homes(of):
        found[DISTRICT_NAME] = homes
    return found


def _answers(question: Question) -> dict[str, list[str]]:
    """List the answers to a question with their words in all languages, without those that are none."""
    return {
        choice.name: list(dict.fromkeys(choice.labels.values()))
        for choice in question.choices
        if choice.name not in question.missing
    }


def _homes(of: Sequence[Edition]) -> dict[str, list[str]]:
    """List the districts that people named as theirs."""
    sizes = results.people(of, [ALL]).values()
    codes = sorted({district for counted in sizes for district, _mode in counted[ALL] if district})
    named = districts.names(codes)
    return {code: [named.get(code, code)] for code in codes}


def facts(survey: Survey) -> Facts:
    """Gather what is known of a survey."""
    days = surveys.days_of(survey)
    published = [version for version in survey.versions if version.state is not VersionState.DRAFT]
    definition = surveys.listed(survey).definition
    named: Mapping[str, str] = districts.names(surveys.areas_of(survey))
    return Facts(
        survey,
        survey.sample,
        stated(survey),
        published,
        sum(question.is_asked for question in definition.questions),
        definition.languages,
        [named.get(code, code) for code in surveys.areas_of(survey)],
        _letters(survey),
        [mode for mode in Mode if any(mode in day.by_mode for day in days)],
        days[-1].day if days else None,
        days[0].day if days else None,
        weighting(survey),
    )


def _letters(survey: Survey) -> int:
    chosen = select(func.count()).select_from(Invitation).where(Invitation.survey_id == survey.id)
    return db.session.scalar(chosen) or 0
