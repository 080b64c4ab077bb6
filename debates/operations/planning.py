"""Planning a meeting: what is announced of it, its corrections, calling it off, and the step to its minutes."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from flask_babel import force_locale

from consult.audit import operations as audit
from consult.clock import now, today
from consult.db import db
from consult.geo import Place
from debates.agenda import USUAL_EVALUATING, USUAL_OPENING, Point, hours_of, text_of
from debates.models import Meeting, MeetingKind, MeetingPlan
from debates.operations import convening
from debates.operations.writing import Author, hold
from debates.stages import MeetingStage
from debates.wording import in_words

USUAL = {MeetingKind.OPENING_DEBATE: USUAL_OPENING, MeetingKind.EVALUATING_DEBATE: USUAL_EVALUATING}
PLANNED = ("is_open", "invited", "features", "access_note", "directions", "agenda")
"""What a plan holds beside the meeting's record."""


class NotPlanned(Exception):
    """The meeting is no longer one that is planned: it took place, or it was called off."""


class NotYet(Exception):
    """The day of the meeting has not come."""


def plan_meeting(author: Author, *, key: str, **said: Any) -> Meeting:
    """Plan a meeting, once for its key, with the usual agenda of its kind when none is written."""
    said["agenda"] = said["agenda"] or usual_agenda(said["kind"], said["starts_at"], said["ends_at"])
    plan = {name: said.pop(name) for name in PLANNED}
    return convening.record_meeting(author, key=key, plan=plan, **said)


def usual_agenda(kind: MeetingKind, starts_at: time, ends_at: time | None) -> str:
    """Write the usual agenda of a kind of meeting, in Polish as its announcement; nothing where none is usual."""
    usual = USUAL.get(kind, ())
    with force_locale("pl"):
        themes = [in_words(theme) for theme, _share in usual]
    return text_of([Point(*point) for point in zip(themes, hours_of(usual, starts_at, ends_at), strict=True)])


def correct_plan(
    author: Author,
    meeting: Meeting,
    *,
    version: int,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None,
    **said: Any,
) -> None:
    """Correct what is announced; who wrote the day down learns of it by its number.

    `version` is the one that the author read. Raises NotPlanned, and MeetingChanged when somebody else was quicker.
    """
    plan = _held_plan(meeting)
    new = {name: said.pop(name) for name in PLANNED}
    where: dict[str, Any] = {"unit_code": unit_code, "district_codes": list(district_codes), "place": place}
    if convening.says_already(meeting, version, said=said, plan=new, **where):
        return
    before = _announced(meeting, plan)
    for name, value in new.items():
        setattr(plan, name, value)
    convening.correct_meeting(author, meeting, act="correct_plan", **where, **said)
    if _announced(meeting, plan) != before:
        _count_change(plan)


def call_off(author: Author, meeting: Meeting, *, reason: str) -> None:
    """Call a planned meeting off; everybody can read why. Raises NotPlanned."""
    plan = _held_plan(meeting)
    plan.called_off_at, plan.called_off_because, plan.held_after_all_at = now(), reason, None
    _count_change(plan)
    audit.note(author.id, "call_off_meeting", "meeting", meeting.id, meeting.unit_path)


def hold_after_all(author: Author, meeting: Meeting) -> None:
    """Take the calling off back: the announcement says so, and calendars learn of it. Raises NotPlanned."""
    plan = _plan(meeting)
    if not plan.is_called_off:
        raise NotPlanned
    plan.called_off_at, plan.called_off_because, plan.held_after_all_at = None, "", now()
    _count_change(plan)
    audit.note(author.id, "hold_after_all", "meeting", meeting.id, meeting.unit_path)


def begin_minutes(author: Author, meeting: Meeting, **known: Any) -> None:
    """Say that a planned meeting took place, with what is known only now. Raises NotPlanned or NotYet."""
    _held_plan(meeting)
    if meeting.held_on is None or meeting.held_on > today():
        raise NotYet
    for name, value in known.items():
        setattr(meeting, name, value)
    convening.change_stage(author, meeting, MeetingStage.DRAFTING)


def _held_plan(meeting: Meeting) -> MeetingPlan:
    """Give the plan to one writer at a time, unless there is nothing to plan any more."""
    plan = _plan(meeting)
    if plan.is_called_off:
        raise NotPlanned
    return plan


def _plan(meeting: Meeting) -> MeetingPlan:
    """Give the plan to one writer at a time, called off or not, as it stands now."""
    hold(Meeting, meeting.id)
    db.session.refresh(meeting)
    if meeting.stage is not MeetingStage.PLANNED or meeting.plan is None:
        raise NotPlanned
    db.session.refresh(meeting.plan)
    return meeting.plan


def _count_change(plan: MeetingPlan) -> None:
    plan.sequence, plan.changed_at = plan.sequence + 1, now()


def _announced(meeting: Meeting, plan: MeetingPlan) -> tuple[Any, ...]:
    told = ("title", "kind", "held_on", "starts_at", "ends_at", "venue", "place", "themes", "organisers", "series")
    return (*(getattr(meeting, name) for name in told), *(getattr(plan, name) for name in PLANNED))
