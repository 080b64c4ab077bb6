"""Reading results: counters only, never the answers of anybody; what a reader may see of them is a list of districts.

A district's rows are found through the questions' names, which stand before it in the key: one statement reads a page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce

from consult.accounts.rights import is_within
from consult.clock import today
from consult.db import db
from consult.disclosure import Audience, Part
from consult.threats.queries import areas_within
from surveys.counting import ALL, ASKED, SUS, cell_name
from surveys.estimation import Basis
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

UNWEIGHTED: Mapping[str, float] = {}
"""How many people those asked each question are worth, where nobody is weighted: as many as they are."""

Sizes = dict[str, dict[tuple[str, str], int]]
"""How many people were asked each question, of each district and mode."""


def editions(survey: Survey) -> list[Edition]:
    """List the versions that were or are answered."""
    published = [version for version in survey.versions if version.state is not VersionState.DRAFT]
    return [Edition(version.id, version.number, definition_of(version)) for version in published]


def seen_districts(unit_path: str, scope: str) -> Districts:
    """List the districts whose answers somebody may see: all in a survey of the own scope, else those served."""
    if is_within(unit_path, scope):
        return None
    return frozenset(code[:4] for code in areas_within(scope, today()))


def found(
    survey: Survey, districts: Districts = None, part: Part | None = None, worth: Mapping[str, float] = UNWEIGHTED
) -> Results:
    """Give what staff may see of a survey, of everybody in some districts or of a part of them."""
    of = editions(survey)
    who = asked(of, districts) if part is not None else {}
    return survey_results(Material(of, counts(of, districts, part), who, worth), Audience.STAFF, part)


def worth(
    survey: Survey, basis: Basis | None, part: Part | None = None, districts: Districts = None
) -> Mapping[str, float]:
    """Say how many people those asked each question are worth, where they are weighted (Kish)."""
    if basis is None or basis.weighted is None:
        return UNWEIGHTED
    some = basis.respondents.of(part, districts)
    names = {question.name for edition in editions(survey) for question in edition.definition.questions}
    return {cell_name(name): basis.effective(name, some) for name in names} | {ALL: basis.effective_of(some)}


def publishable(survey: Survey) -> Results:
    """Give what everybody could see of a survey if it were released now (`queries.releases`)."""
    of = editions(survey)
    return survey_results(Material(of, counts(of), {}), Audience.PUBLIC)


def table(survey: Survey, name: str, districts: Districts = None) -> list[Row]:
    """Give one question's results in each district, or raise KeyError where it was never asked."""
    question, of = series_of(editions(survey), name)
    tally, who = by_district(of, name, districts)
    return cross_table(question, of, tally, who, Audience.STAFF)


def counts(of: Sequence[Edition], districts: Districts = None, part: Part | None = None) -> Tally:
    """Count each value of each question, of everybody in some districts or of a part of them."""
    chosen = [Counter.version_id.in_(_versions(of, part)), Counter.question.in_(_questions(of)), *_seen(districts)]
    if part is not None and part[0] != VERSION:
        chosen.append(Counter.district_code == part[1] if part[0] == DISTRICT else Counter.mode == Mode(part[1]))
    columns = (Counter.version_id, Counter.question, Counter.value)
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for version_id, question, value, count in _read(select(*columns, _SUM).where(*chosen).group_by(*columns)):
        found[version_id][question][value] = int(count)
    return found


def asked(of: Sequence[Edition], districts: Districts = None) -> Asked:
    """Count who was asked each question, by district and mode.

    Whoever answered at all counts once in `#all`. A question with as many people was asked of all of them, so only the
    others need counting.
    """
    everybody = people(of, [ALL], districts)
    found = {edition.id: {ALL: everybody[edition.id][ALL]} for edition in of}
    wanted = (Counter.version_id.in_(_versions(of, None)), Counter.value == ASKED, *_seen(districts))
    columns = (Counter.version_id, Counter.question)
    some = set()
    for version_id, name, count in _read(select(*columns, _SUM).where(*wanted).group_by(*columns)):
        found[version_id][name] = found[version_id][ALL]
        if count != sum(found[version_id][ALL].values()):
            some.add(name)
    for version_id, counted in (people(of, some, districts) if some else {}).items():
        found[version_id] |= counted
    return found


def people(of: Sequence[Edition], cells: Collection[str], districts: Districts = None) -> dict[int, Sizes]:
    """Count who was asked some questions, by version and of each district and mode."""
    chosen = (Counter.version_id.in_(_versions(of, None)), Counter.question.in_(sorted(cells)), Counter.value == ASKED)
    columns = (Counter.version_id, Counter.question, Counter.district_code, _MODE, Counter.n)
    found: dict[int, Sizes] = defaultdict(lambda: defaultdict(dict))
    for version_id, name, district, mode, count in _read(select(*columns).where(*chosen, *_seen(districts))):
        found[version_id][name][district, mode] = count
    return found


def by_district(of: Sequence[Edition], name: str, districts: Districts = None) -> tuple[Mapping[str, Cells], Asked]:
    """Count one question in each district, and who was asked it: the table of a whole country is one statement."""
    cell = cell_name(name)
    chosen = (Counter.version_id.in_(_versions(of, None)), Counter.question == cell, *_seen(districts))
    columns = (Counter.version_id, Counter.district_code, _MODE, Counter.value, Counter.n)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    who: dict[int, Sizes] = defaultdict(lambda: {cell: {}})
    for version_id, district, mode, value, count in _read(select(*columns).where(*chosen)):
        row = found[district]
        row[value] = row.get(value, 0) + count
        if value == ASKED:
            who[version_id][cell][district, mode] = count
    return found, who


_SUM = func.sum(Counter.n)
_MODE = type_coerce(Counter.mode, String)
"""The mode as it is written: thousands of rows need no enumeration."""


def _read(statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return db.session.connection().execute(statement).all()


def _versions(of: Iterable[Edition], part: Part | None) -> list[int]:
    return [edition.id for edition in of if part is None or part[0] != VERSION or part[1] == str(edition.number)]


def _questions(of: Iterable[Edition]) -> list[str]:
    names = {
        cell_name(question.name) for edition in of for question in edition.definition.questions if question.is_asked
    }
    return [ALL, SUS, *sorted(names)]


def _seen(districts: Districts) -> list[ColumnElement[bool]]:
    return [] if districts is None else [Counter.district_code.in_(sorted(districts))]
