"""Answers and marked places of a survey, ready to be written into a file for whoever decides on the survey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from consult.db import db
from consult.districts import queries as districts
from consult.observations.models import Observation
from surveys import answer_rows
from surveys.answer_files import Answered
from surveys.answer_rows import Column
from surveys.models import Submission, Survey
from surveys.queries import rows
from surveys.queries.mixing import SOURCE
from surveys.queries.surveys import definition_of
from surveys.questions import text_in

SMALLEST = 10
"""Fewer submissions than a published figure needs are not given one by one either."""


class TooFewMixed(Exception):
    """Fewer than SMALLEST submissions are mixed; `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True)
class Source:
    """What files are made of: the columns, how many rows there are, the districts named, the title."""

    survey: Survey
    title: str
    columns: Sequence[Column]
    count: int
    districts: dict[str, str]

    def submissions(self) -> Iterator[Answered]:
        """Read the mixed submissions one by one, in the random order of their keys."""
        numbers = {version.id: version.number for version in rows.answered_versions(self.survey)}
        for found in rows.mixed(self.survey):
            yield Answered(numbers[found.version_id], found.mode.value, found.district_code, found.answers)


def source(survey: Survey) -> Source:
    """Make a survey ready for files; raise TooFewMixed while too few of its submissions are mixed."""
    count = rows.count_mixed(survey)
    if count < SMALLEST:
        raise TooFewMixed(count)
    definitions = [definition_of(version) for version in rows.answered_versions(survey)]
    own = (Submission.survey_id == survey.id, Submission.generation > 0, Submission.district_code != "")
    named = db.session.scalars(select(Submission.district_code).where(*own).distinct()).all()
    known = districts.names(named)
    return Source(
        survey,
        text_in(definitions[-1].title, "pl") or survey.slug,
        answer_rows.columns(definitions),
        count,
        {code: known.get(code, code) for code in sorted(named)},
    )


def places(survey: Survey) -> Sequence[Observation]:
    """List the places that people marked in a survey, as the map has them: blurred, mixed, of no person."""
    own = (Observation.source == SOURCE, Observation.source_key.startswith(f"{survey.slug}/", autoescape=True))
    chosen = select(Observation).where(*own, Observation.withdrawn_at.is_(None))
    return db.session.scalars(chosen.order_by(Observation.source_key)).all()
