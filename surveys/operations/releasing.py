"""Publishing what people answered: rounded, once for a day, and only when enough people came since the last time."""

from dataclasses import replace

from consult.audit import operations as audit
from consult.clock import now
from consult.releases import operations as releases
from consult.releases.models import Release, ReleaseKind
from surveys import frozen, method_wording
from surveys.frozen import Polled
from surveys.models import Survey
from surveys.queries import methods, mixing, surveys
from surveys.queries import releases as queries


class NotForEverybody(Exception):
    """Only staff could answer, or nobody could yet."""


class TooFewPeople(Exception):
    """Fewer than ten people answered: nothing of it may be told."""


class NotMixed(Exception):
    """The survey has ended and its submissions still stand in their order."""


def release(survey: Survey, actor_id: int = audit.MACHINE) -> Release:
    """Publish what everybody may see of a survey up to today: more people than last time, or other themes.

    Raises NotForEverybody, NotMixed, TooFewPeople, GrewTooLittle, AlreadyReleased and Unprotectable.
    """
    if not queries.may_be_public(survey):
        raise NotForEverybody
    releases.take_the_turn()
    if survey.has_closed_at(now()) and mixing.waiting(survey.id):
        raise NotMixed
    polled, before = queries.polled(survey), queries.before(survey)
    if polled.results.everybody is None:
        raise TooFewPeople
    has_grown = before.growth(frozen.EVERYBODY, frozen.COUNTRY, polled.exact[frozen.EVERYBODY]) != 0
    record, bases = frozen.record_of(_completed(survey, polled, polled.results.everybody.people), before)
    if not has_grown and frozen.themes_in(record) == queries.released_themes(survey):
        raise releases.AlreadyReleased(survey.slug)
    return releases.write(
        ReleaseKind.SURVEY,
        survey.slug,
        polled.cutoff,
        record,
        titles=polled.title,
        bases=bases,
        actor_id=actor_id,
    )


def _completed(survey: Survey, polled: Polled, people: int) -> Polled:
    """Add what the weights in force make of the figures, and the box that says how the survey was made."""
    standing = queries.weighing(survey, polled.exact[frozen.EVERYBODY])
    definition = surveys.listed(survey).definition
    if standing.basis is not None:
        polled = queries.weighed(survey, polled, standing.basis)
    box = method_wording.published(methods.facts(survey), queries.field(survey), people, definition, standing)
    return replace(polled, method=box)
