"""Reading forms of sheets, and what is offered to whoever makes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from consult.accounts.models import Unit
from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.db import db
from consult.observations.models import Observation
from consult.paper.models import PaperForm, PaperSheet
from consult.period import midnight
from debates.models import Meeting
from surveys.models import SurveyVersion
from surveys.queries import surveys
from surveys.queries.surveys import Listed, Phase

PAGE_SIZE = 25


@dataclass(frozen=True)
class Counted:
    """A form with how many of its sheets were typed in."""

    form: PaperForm
    typed: int


def forms(scope: str, page: int = 1) -> Pagination:
    """List the forms of a scope, newest first, page by page."""
    within = select(Unit.id).where(Unit.path.startswith(scope, autoescape=True))
    chosen = select(PaperForm).where(PaperForm.unit_id.in_(within)).options(joinedload(PaperForm.meeting))
    newest = chosen.order_by(PaperForm.created_at.desc(), PaperForm.id.desc())
    return db.paginate(newest, page=page, per_page=PAGE_SIZE, max_per_page=PAGE_SIZE, error_out=False)


def forms_of(meeting: Meeting) -> Sequence[PaperForm]:
    """List the forms of a meeting, newest first."""
    chosen = select(PaperForm).where(PaperForm.meeting_id == meeting.id)
    return db.session.scalars(chosen.order_by(PaperForm.created_at.desc(), PaperForm.id.desc())).all()


def counted(found: Sequence[PaperForm]) -> list[Counted]:
    """Count the sheets of some forms that were typed in and stand, in one query however many forms they are."""
    standing = select(PaperSheet.form_id, func.count()).where(PaperSheet.withdrawn_at.is_(None))
    chosen = standing.where(PaperSheet.form_id.in_([one.id for one in found])).group_by(PaperSheet.form_id)
    counts = dict(db.session.execute(chosen).all())
    return [Counted(one, counts.get(one.id, 0)) for one in found]


def categories_of(of: PaperForm) -> list[Category]:
    """List the categories of a form in the order of their numbers."""
    known = {category.code: category for category in catalogue.everything()}
    return [known[code] for code in of.categories if code in known]


def frequent_categories(area_codes: Sequence[str], today: date, since: date, most: int) -> list[str]:
    """List the categories that people spoke of most in some districts, filled up in the catalogue's order."""
    valid = [category.code for category in catalogue.valid_on(today)]
    districts = sorted({code[:4] for code in area_codes if len(code) >= 4})
    spoken = select(Observation.category_code, func.sum(Observation.voices)).where(
        Observation.district_code.in_(districts),
        Observation.observed_from >= midnight(since),
        Observation.withdrawn_at.is_(None),
    )
    voices = dict(db.session.execute(spoken.group_by(Observation.category_code)).all())
    frequent = sorted(valid, key=lambda code: (-voices.get(code, 0), valid.index(code)))[:most]
    return sorted(frequent, key=valid.index)


def questionnaires(scope: str) -> list[Listed]:
    """List the surveys of a scope whose published version may be printed on the back and typed in."""
    offered: list[Listed] = []
    for phase in (Phase.OPEN, Phase.SCHEDULED):
        page = 1
        while True:
            found = surveys.of_scope(scope, phase, page)
            offered += [entry for entry in found.items if entry.survey.published is not None]
            if page >= found.pages:
                break
            page += 1
    return offered


def version(version_id: int) -> SurveyVersion:
    """Give a version of a questionnaire, or raise NoResultFound."""
    return surveys.version(version_id)
