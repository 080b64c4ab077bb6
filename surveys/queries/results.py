"""Reading results: counters only, never the answers of anybody; what a reader may see of them is a list of districts.

A district's rows are found through the questions' names, which stand before it in the key: one statement reads a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select

from consult.accounts.rights import is_within
from consult.clock import today
from consult.db import db
from consult.disclosure import Audience, Part
from consult.threats.queries import areas_within
from surveys.counting import ALL, ASKED, SUS, cell_name
from surveys.models import Counter, Mode, Survey, VersionState
from surveys.queries.surveys import definition_of
from surveys.results import (
    DISTRICT,
    VERSION,
    Asked,
    Cells,
    Edition,
    Material,
    Results,
    Row,
    Tally,
    cross_table,
    series_of,
    survey_results,
)

Districts = Collection[str] | None
"""The districts that a reader may see; None: everything, also those who named no district."""


def editions(survey: Survey) -> list[Edition]:
    """List the versions that were or are answered."""
    published = [version for version in survey.versions if version.state is not VersionState.DRAFT]
    return [Edition(version.id, version.number, definition_of(version)) for version in published]


def seen_districts(unit_path: str, scope: str) -> Districts:
    """List the districts whose answers somebody may see: all in a survey of the own scope, else those served."""
    if is_within(unit_path, scope):
        return None
    return frozenset(code[:4] for code in areas_within(scope, today()))


def found(survey: Survey, districts: Districts = None, part: Part | None = None) -> Results:
    """Give what staff may see of a survey, of everybody in some districts or of a part of them."""
    of = editions(survey)
    who = asked(of, districts) if part is not None else {}
    return survey_results(Material(of, counts(of, districts, part), who), Audience.STAFF, part)


def table(survey: Survey, name: str, districts: Districts = None) -> list[Row]:
    """Give one question's results in each district, or raise KeyError where it was never asked."""
    question, of = series_of(editions(survey), name)
    return cross_table(
        question, of, by_district(of, name, districts), asked(of, districts, cell_name(name)), Audience.STAFF
    )


def counts(of: Sequence[Edition], districts: Districts = None, part: Part | None = None) -> Tally:
    """Count each value of each question, of everybody in some districts or of a part of them."""
    chosen = [Counter.version_id.in_(_versions(of, part)), Counter.question.in_(_questions(of)), *_seen(districts)]
    if part is not None and part[0] != VERSION:
        chosen.append(Counter.district_code == part[1] if part[0] == DISTRICT else Counter.mode == Mode(part[1]))
    columns = (Counter.version_id, Counter.question, Counter.value)
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for version_id, question, value, count in db.session.execute(
        select(*columns, func.sum(Counter.n)).where(*chosen).group_by(*columns)
    ):
        found[version_id][question][value] = int(count)
    return found


def asked(of: Sequence[Edition], districts: Districts = None, cell: str | None = None) -> Asked:
    """Count who was asked each question, or that of one cell, by district and mode."""
    chosen = [Counter.version_id.in_(_versions(of, None)), Counter.value == ASKED, *_seen(districts)]
    if cell is not None:
        chosen.append(Counter.question == cell)
    columns = (Counter.version_id, Counter.question, Counter.district_code, Counter.mode, Counter.n)
    found: dict[int, dict[str, dict[tuple[str, str], int]]] = defaultdict(lambda: defaultdict(dict))
    for version_id, name, district, mode, count in db.session.execute(select(*columns).where(*chosen)):
        found[version_id][name][district, mode.value] = count
    return found


def by_district(of: Sequence[Edition], question: str, districts: Districts = None) -> Mapping[str, Cells]:
    """Count the values of one question in each district: the cross table of a whole country is one statement."""
    chosen = [Counter.version_id.in_(_versions(of, None)), Counter.question == cell_name(question), *_seen(districts)]
    columns = (Counter.district_code, Counter.value)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for district, value, count in db.session.execute(
        select(*columns, func.sum(Counter.n)).where(*chosen).group_by(*columns)
    ):
        found[district][value] = int(count)
    return found


def _versions(of: Iterable[Edition], part: Part | None) -> list[int]:
    return [edition.id for edition in of if part is None or part[0] != VERSION or part[1] == str(edition.number)]


def _questions(of: Iterable[Edition]) -> list[str]:
    names = {
        cell_name(question.name) for edition in of for question in edition.definition.questions if question.is_asked
    }
    return [ALL, SUS, *sorted(names)]


def _seen(districts: Districts) -> list[ColumnElement[bool]]:
    return [] if districts is None else [Counter.district_code.in_(sorted(districts))]
