"""Who may open which survey: the unit's scope decides, and what lies outside does not exist."""

from flask import request
from flask_login import current_user

from consult.accounts.denying import demand, deny
from consult.accounts.models import Account
from consult.accounts.rights import Action, can, is_within
from consult.web.roles import Role
from surveys.models import Survey, SurveyVersion
from surveys.queries import surveys as queries

READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
MOST_PAGES = 100_000


def page_number() -> int:
    """Read which page of a list is wanted; anything odd is the first or the last."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def may_see(person: Account, survey: Survey) -> bool:
    """Tell whether a survey concerns a person: it is of the scope, or of a unit above that asks there too."""
    return can(person, Action.SEE, survey) or (
        person.is_active and person.role in READERS and is_within(person.scope, survey.unit_path)
    )


def may_manage(person: Account, survey: Survey) -> bool:
    """Tell whether a person decides on a survey: the coordinator of its scope."""
    return person.role is Role.COORDINATOR and can(person, Action.DECIDE, survey)


def seen_survey(slug: str) -> Survey:
    """Give a survey that concerns the reader, or answer 404."""
    survey = queries.by_slug(slug)
    if not may_see(current_user, survey):
        deny(Action.SEE, survey, survey.unit_path)
    return survey


def own_survey(slug: str) -> Survey:
    """Give a survey inside the reader's scope, of which all answers may be read, or answer 404."""
    survey = queries.by_slug(slug)
    demand(Action.SEE, survey)
    return survey


def managed_survey(slug: str) -> Survey:
    """Give a survey that the reader decides on, or answer 404."""
    survey = queries.by_slug(slug)
    if not may_manage(current_user, survey):
        deny(Action.DECIDE, survey, survey.unit_path)
    return survey


def seen_version(slug: str, number: int) -> SurveyVersion:
    """Give a version of a survey that concerns the reader, or answer 404."""
    return queries.numbered(seen_survey(slug), number)


def managed_version(slug: str, number: int) -> SurveyVersion:
    """Give a version of a survey that the reader decides on, or answer 404."""
    return queries.numbered(managed_survey(slug), number)
