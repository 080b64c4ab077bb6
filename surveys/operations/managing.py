"""Writing surveys: a new one, another version, its publication, its times and its end.

Whoever publishes, closes or changes the times holds the survey's row: of two clicks the second one finds what the
first one did. A published version is never touched again, which the database enforces too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from consult.accounts.models import Unit
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from surveys import reading
from surveys import sheets as xlsform
from surveys.models import Access, Invitation, PrintedLetters, Survey, SurveyVersion, VersionState
from surveys.queries import editions
from surveys.queries import surveys as queries
from surveys.queries.editions import Obstacle
from surveys.questions import SampleKind


class Author(Protocol):
    """Whoever writes: a coordinator, or the machine that reads a file."""

    @property
    def id(self) -> int: ...


class SlugTaken(Exception):
    """There is a survey with this name in its address already."""


class PublicationRefused(Exception):
    """A version may not be published; `obstacles` say why."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = tuple(obstacles)


class DraftReplaced(Exception):
    """Somebody has put another draft in the place of the one that was looked at."""


class QuotaTooLow(Exception):
    """More submissions were `accepted` than the quota lets in."""

    def __init__(self, accepted: int) -> None:
        super().__init__(str(accepted))
        self.accepted = accepted


class AccessFixed(Exception):
    """Somebody has answered: who may answer can no longer change."""


class OpenIsOptIn(Exception):
    """Where anybody may answer, people select themselves: neither a draw nor everybody was asked."""


class SurveyOver(Exception):
    """The survey has ended and its submissions were mixed: it cannot be opened again."""


class SurveyKept(Exception):
    """What was published or answered is never deleted."""


def create(
    author: Author,
    *,
    slug: str,
    unit: Unit,
    sheets: dict[str, Any],
    access: Access = Access.OPEN,
    sample: SampleKind | None = None,
    area_codes: Sequence[str] = (),
    meeting_code: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    quota: int | None = None,
) -> Survey:
    """Begin a survey with a first version that is not published yet, once however often the form is sent.

    Without `sample` the questionnaire's own word counts, and who may answer. Raises SlugTaken when the name stands for
    another survey, OpenIsOptIn, and DefinitionRefused.
    """
    survey = Survey(
        slug=slug,
        unit=unit,
        access=access,
        sample=_sample(access, sample or reading.sample_of(sheets)),
        area_codes=list(area_codes),
        meeting_code=meeting_code,
        opens_at=opens_at,
        closes_at=closes_at,
        quota=quota,
        author_id=author.id,
        created_at=now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(survey)
    except IntegrityError as error:
        if queries.is_draft_of(slug, author.id, sheets):
            return queries.by_slug(slug)
        raise SlugTaken(slug) from error
    _written(survey, sheets, author)
    audit.note(author.id, "create_survey", "survey", survey.id, survey.unit_path)
    return survey


def _sample(access: Access, wanted: SampleKind | None) -> SampleKind | None:
    """Settle how people come to a survey: where anybody may answer, nothing needs to be said."""
    if access is not Access.OPEN:
        return wanted
    if wanted not in {None, SampleKind.OPT_IN}:
        raise OpenIsOptIn
    return SampleKind.OPT_IN


def draft(author: Author, survey: Survey, sheets: dict[str, Any]) -> SurveyVersion:
    """Write the next version, in place of one that is not published yet; raise DefinitionRefused for a faulty one."""
    _hold(survey)
    version = _written(survey, sheets, author)
    audit.note(author.id, "draft_survey", "survey", survey.id, survey.unit_path, version=version.number)
    return version


def _written(survey: Survey, sheets: dict[str, Any], author: Author) -> SurveyVersion:
    reading.definition(sheets)  # what cannot be read is not kept either
    facts = {"sheets": sheets, "digest": xlsform.digest(sheets), "author_id": author.id, "created_at": now()}
    version = survey.draft
    if version is None:
        number = max((version.number for version in survey.versions), default=0) + 1
        version = SurveyVersion(number=number, state=VersionState.DRAFT, changes=[], **facts)
        survey.versions.append(version)
    else:
        for name, value in facts.items():
            setattr(version, name, value)
    db.session.flush()  # whoever publishes it finds it
    return version


def discard(author: Author, version: SurveyVersion) -> None:
    """Delete a draft; raise SurveyKept when it was published, or when nothing else is left of the survey."""
    survey = version.survey
    _hold(survey)
    if version.state is not VersionState.DRAFT or len(survey.versions) == 1:
        raise SurveyKept
    audit.note(author.id, "discard_draft", "survey", survey.id, survey.unit_path, version=version.number)
    survey.versions.remove(version)
    db.session.delete(version)
    db.session.flush()  # the survey's list of versions is right from now on


def remove(author: Author, survey: Survey) -> None:
    """Delete a survey that was never published; raise SurveyKept for any other."""
    _hold(survey)
    if not queries.may_remove(survey):
        raise SurveyKept
    audit.note(author.id, "remove_survey", "survey", survey.id, survey.unit_path)
    for of_survey in (Invitation, PrintedLetters):
        db.session.execute(delete(of_survey).where(of_survey.survey_id == survey.id))
    for version in list(survey.versions):
        db.session.delete(version)
    db.session.flush()  # the versions go before what they belong to
    db.session.delete(survey)
    db.session.flush()


def publish(author: Author, version: SurveyVersion, *, digest: str = "", accept_gaps: bool = False) -> None:
    """Let a version be answered from now on; the one before it is retired.

    The communes of the survey's areas are filled in first. Raises PublicationRefused with the reasons, and
    DraftReplaced when a digest is given and the draft has another one by now. Published twice is published once.
    """
    _hold(version.survey)
    if version.state is VersionState.PUBLISHED:
        return
    if digest and digest != version.digest:
        raise DraftReplaced
    review = editions.review(version)
    if obstacles := review.obstacles(accept_gaps=accept_gaps):
        raise PublicationRefused(obstacles)
    if before := version.survey.published:
        before.state = VersionState.RETIRED
    version.sheets, version.digest = review.sheets, xlsform.digest(review.sheets)
    version.changes = [change.record for change in review.changes]
    version.state, version.published_at, version.published_by_id = VersionState.PUBLISHED, now(), author.id
    db.session.flush()  # the database keeps it from now on
    facts = {"version": version.number, "digest": version.digest[:12]}
    audit.note(author.id, "publish_survey", "survey", version.survey_id, version.survey.unit_path, **facts)


def schedule(
    author: Author,
    survey: Survey,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    quota: int | None,
    access: Access | None = None,
) -> None:
    """Set when a survey opens and closes, how many it takes and, until somebody has answered, who may answer.

    A later end opens a survey that has ended again; raises SurveyOver when its submissions were mixed already. Raises
    QuotaTooLow, AccessFixed and OpenIsOptIn.
    """
    _hold(survey)
    if quota is not None and quota < survey.accepted:
        raise QuotaTooLow(survey.accepted)
    if access not in {None, survey.access} and survey.accepted:
        raise AccessFixed
    if _would_reopen(survey, closes_at) and not queries.may_reopen(survey):
        raise SurveyOver
    sample = _sample(access or survey.access, survey.sample)
    survey.opens_at, survey.closes_at, survey.quota = opens_at, closes_at, quota
    survey.access, survey.sample = access or survey.access, sample
    audit.note(author.id, "schedule_survey", "survey", survey.id, survey.unit_path)


def _would_reopen(survey: Survey, closes_at: datetime | None) -> bool:
    ended = survey.closed_at is None and survey.has_closed_at(now())
    return ended and (closes_at is None or closes_at > now())


def close(author: Author, survey: Survey) -> None:
    """End a survey at once. Closed twice is closed once."""
    _hold(survey)
    if survey.closed_at is None:
        survey.closed_at = now()
        audit.note(author.id, "close_survey", "survey", survey.id, survey.unit_path)


def reopen(author: Author, survey: Survey) -> None:
    """Take back that a survey was ended, while none of its last submissions has been mixed; else raise SurveyOver.

    Mixing at the close takes however few wait. Whoever could close and open at will could mix answers one by one, and
    see in the counts before and after what each of them said.
    """
    _hold(survey)
    if survey.closed_at is None:
        return
    if not queries.may_reopen(survey):
        raise SurveyOver
    survey.closed_at = None
    audit.note(author.id, "reopen_survey", "survey", survey.id, survey.unit_path)


def _hold(survey: Survey) -> None:
    """Let one person at a time change a survey, and see what the one before has written."""
    db.session.flush()  # what this request has written itself is not forgotten below
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    for version in survey.versions:
        db.session.expire(version)
    db.session.expire(survey)
