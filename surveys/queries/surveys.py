"""Reading surveys and their versions: of a scope for staff, open now for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.exc import NoResultFound

from consult.accounts.models import Unit
from consult.clock import now, today
from consult.db import db
from surveys import composing
from surveys import sheets as xlsform
from surveys.composing import Composition
from surveys.models import Access, DayCount, Mode, Survey, SurveyVersion, VersionState
from surveys.queries import mixing
from surveys.queries.compiled import questionnaire_of
from surveys.questions import Definition, Role, text_in
from surveys.sheets import DefinitionRefused, Sheets
from surveys.themes import may_be_coded

PAGE_SIZE = 25
QUESTION_SECONDS = 15
"""How long one question takes, reading and thinking included: people are told the time before they begin."""


UNREADABLE = Definition(title={}, intro={}, thanks={}, closed={}, languages=(), questions=(), pages=())
"""What stands for a draft that was kept before the rules became stricter, and that they refuse now."""


class Phase(StrEnum):
    """Where a survey stands in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True)
class Listed:
    """A survey in a list, with the edition that is answered, else the one that is being written."""

    survey: Survey
    definition: Definition
    phase: Phase

    def title(self, language: str) -> str:
        """Name the survey in a language."""
        return text_in(self.definition.title, language) or self.survey.slug

    @property
    def questions(self) -> int:
        """How many questions it can ask at most, repeats once."""
        return sum(question.is_asked for question in self.definition.questions)

    @property
    def minutes(self) -> int:
        """How long it takes, about."""
        return max(1, round(self.questions * QUESTION_SECONDS / 60))


@dataclass(frozen=True)
class Page:
    """One page of a list of surveys."""

    items: Sequence[Listed]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class Day:
    """How many submissions a day brought, by how they came."""

    day: date
    by_mode: dict[Mode, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_mode.values())


def by_slug(slug: str) -> Survey:
    """Give a survey by its name in addresses, or raise NoResultFound."""
    return db.session.execute(select(Survey).where(Survey.slug == slug)).unique().scalar_one()


def is_for_residents(slug: str) -> bool:
    """Tell whether a survey has a questionnaire that residents open by themselves, before, in or after its time."""
    chosen = select(Survey.id).where(Survey.slug == slug, Survey.access != Access.STAFF, _is_published())
    return db.session.scalar(chosen) is not None


def of_meeting(code: str, unit_path: str) -> Survey | None:
    """Find the newest survey about a meeting that was published, else the newest one that is being written.

    Anybody may copy the key of a meeting: only a survey of the unit that held it, or of one above, is about it.
    """
    own = Survey.unit_id.in_(select(Unit.id).where(Unit.path.in_(_upwards(unit_path))))
    chosen = select(Survey).where(Survey.meeting_code == code, own).order_by(_is_published().desc(), Survey.id.desc())
    return db.session.scalars(chosen).unique().first() if code else None


def known_slug(slug: str) -> bool:
    """Tell whether a name is taken."""
    return db.session.scalar(select(Survey.id).where(Survey.slug == slug)) is not None


def is_draft_of(slug: str, author_id: int, sheets: Sheets) -> bool:
    """Tell whether a name stands for a survey of this author with this very draft and nothing else."""
    chosen = select(SurveyVersion).join(Survey).where(Survey.slug == slug, Survey.author_id == author_id)
    found = db.session.scalars(chosen).all()
    return [(one.state, one.digest) for one in found] == [(VersionState.DRAFT, xlsform.digest(sheets))]


def compositions(survey: Survey) -> list[Composition]:
    """List what the versions of a survey ask as the screen shows it, the last first; none where that one holds more."""
    found = [composing.composed(xlsform.without_communes(one.sheets)) for one in reversed(survey.versions)]
    return [one for one in found if one is not None] if found[0] is not None else []


def version(version_id: int) -> SurveyVersion:
    """Give a version, or raise NoResultFound."""
    return db.session.execute(select(SurveyVersion).where(SurveyVersion.id == version_id)).scalar_one()


def numbered(survey: Survey, number: int) -> SurveyVersion:
    """Give a version of a survey by its number, or raise NoResultFound."""
    found = next((version for version in survey.versions if version.number == number), None)
    if found is None:
        raise NoResultFound(number)
    return found


def definition_of(edition: SurveyVersion) -> Definition:
    """Give what a version asks; kept in memory by its digest, because a published version never changes."""
    return questionnaire_of(edition.digest, lambda: edition.sheets).definition


# Lists


def of_scope(scope: str, phase: Phase | None = None, page: int = 1) -> Page:
    """List the surveys that concern a scope, newest first: those of its units, and those of units above it."""
    found = db.session.scalars(select(Survey).where(_concerns(scope)).order_by(Survey.id.desc())).unique().all()
    if phase is not None:
        moment, published = now(), _published_among(found)
        found = [survey for survey in found if _phase(survey, moment, is_published=survey.id in published) is phase]
    return _page(found, page)


def answered_of_scope(scope: str, most: int) -> Sequence[Survey]:
    """List the surveys that concern a scope and that somebody answered, the latest first."""
    chosen = select(Survey).where(_concerns(scope), Survey.accepted > 0).order_by(Survey.id.desc()).limit(most)
    return db.session.scalars(chosen).unique().all()


def open_now(area_code: str = "", page: int = 1) -> Page:
    """List the surveys that people may answer now in a district, or anywhere; those that end first come first."""
    return _page([survey for survey in _open() if concerns_area(survey, area_code)], page)


def districts_asked() -> list[str]:
    """List the codes of the districts in which a survey is open now."""
    return sorted({code[:4] for survey in _open() for code in areas_of(survey) if len(code) >= 4})


def _open() -> list[Survey]:
    """List what is open now for residents: surveys for staff are not."""
    moment = now()
    chosen = select(Survey).where(Survey.access != Access.STAFF, Survey.closed_at.is_(None), _is_published())
    ordered = chosen.order_by(Survey.closes_at.is_(None), Survey.closes_at, Survey.id)
    found = db.session.scalars(ordered).unique().all()
    return [survey for survey in found if _phase(survey, moment, is_published=True) is Phase.OPEN]


def _published_among(found: Sequence[Survey]) -> set[int]:
    chosen = select(SurveyVersion.survey_id).where(SurveyVersion.state == VersionState.PUBLISHED)
    return set(db.session.scalars(chosen.where(SurveyVersion.survey_id.in_([survey.id for survey in found]))))


def _is_published() -> ColumnElement[bool]:
    return exists().where(SurveyVersion.survey_id == Survey.id, SurveyVersion.state == VersionState.PUBLISHED)


def _concerns(scope: str) -> ColumnElement[bool]:
    within = or_(Unit.path.startswith(scope, autoescape=True), Unit.path.in_(_upwards(scope)))
    return Survey.unit_id.in_(select(Unit.id).where(within))


def _upwards(path: str) -> list[str]:
    """List the paths of a unit and of all above it."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[:length]) + "/" for length in range(1, len(parts) + 1)]


def _page(found: Sequence[Survey], number: int) -> Page:
    pages = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(1, number), pages)
    shown = found[PAGE_SIZE * (number - 1) : PAGE_SIZE * number]
    return Page(_listed(shown), number, pages, len(found))


def _listed(found: Sequence[Survey]) -> list[Listed]:
    """Give surveys their titles, in one query however many they are."""
    ids = [survey.id for survey in found]
    chosen = select(SurveyVersion).where(SurveyVersion.survey_id.in_(ids), SurveyVersion.state != VersionState.RETIRED)
    chosen = chosen.order_by(SurveyVersion.state)  # what is published comes last
    editions = {edition.survey_id: edition for edition in db.session.scalars(chosen)}
    moment = now()
    return [_entry(survey, editions[survey.id], moment) for survey in found]


def _entry(survey: Survey, edition: SurveyVersion, moment: datetime) -> Listed:
    is_published = edition.state is VersionState.PUBLISHED
    phase = _phase(survey, moment, is_published=is_published)
    try:
        return Listed(survey, definition_of(edition), phase)
    except DefinitionRefused:
        return Listed(survey, UNREADABLE, phase)


# One survey


def listed(survey: Survey) -> Listed:
    """Give a survey its title and its phase."""
    return _listed([survey])[0]


def phase_of(survey: Survey, moment: datetime) -> Phase:
    """Tell where a survey stands at a moment."""
    return _phase(survey, moment, is_published=survey.published is not None)


def _phase(survey: Survey, moment: datetime, *, is_published: bool) -> Phase:
    if survey.has_closed_at(moment):
        return Phase.CLOSED
    if not is_published:
        return Phase.DRAFT
    if survey.opens_at is not None and moment < survey.opens_at:
        return Phase.SCHEDULED
    return Phase.FULL if survey.quota is not None and survey.accepted >= survey.quota else Phase.OPEN


def areas_of(survey: Survey) -> tuple[str, ...]:
    """List the codes of the areas that a survey is about: its own, else those that its unit serves today."""
    return tuple(survey.area_codes) or survey.unit.area_codes(today())


def concerns_area(survey: Survey, area_code: str) -> bool:
    """Tell whether a survey is about an area, a part of it or what it is a part of; a survey without areas is."""
    codes = areas_of(survey)
    return not codes or any(code.startswith(area_code) or area_code.startswith(code) for code in codes)


def days_of(survey: Survey) -> list[Day]:
    """Count the submissions of each day that brought some, newest first."""
    counts: dict[date, dict[Mode, int]] = {}
    for count in db.session.scalars(select(DayCount).where(DayCount.survey_id == survey.id)):
        counts.setdefault(count.day, {})[count.mode] = count.n
    return [Day(day, counts[day]) for day in sorted(counts, reverse=True)]


def may_reopen(survey: Survey) -> bool:
    """Tell whether a survey that has ended may be opened again: nothing of it was mixed at its end.

    Once it was, nothing waits; a survey that nobody has answered has nothing to mix.
    """
    return survey.accepted == 0 or mixing.waiting(survey.id) > 0


def may_remove(survey: Survey) -> bool:
    """Tell whether a survey may be deleted: it was never published, hence never answered."""
    return survey.accepted == 0 and all(edition.state is VersionState.DRAFT for edition in survey.versions)


def asks_for_words(survey: Survey) -> bool:
    """Tell whether the version that is answered has a question of own words whose themes may be found."""
    return survey.published is not None and any(map(may_be_coded, definition_of(survey.published).questions))


def asks_for_places(survey: Survey) -> bool:
    """Tell whether the version that is answered has a question whose places go on the map."""
    return survey.published is not None and bool(definition_of(survey.published).with_role(Role.THREAT))
