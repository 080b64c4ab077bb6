"""Writing meetings down and correcting their record."""

from collections.abc import Iterable, Mapping
from typing import Any

from consult.accounts import queries as accounts
from consult.accounts.models import Unit
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.geo import Place
from debates import queries
from debates.models import (
    Meeting,
    MeetingDistrict,
    MeetingPlan,
)
from debates.operations.minuting import follow
from debates.operations.writing import Author, check, digest_of, hold, hold_minutes, known_by, unmoved, written
from debates.stages import MeetingStage, RequestsUnlisted, check_stage, ends_writing


class MeetingChanged(Exception):
    """Somebody else corrected the record or the plan of a meeting since the writer read it; nothing was written."""


def record_meeting(
    author: Author,
    *,
    key: str,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None = None,
    plan: Mapping[str, Any] | None = None,
    **said: Any,
) -> Meeting:
    """Write a meeting down, once for its key; raise Conflict when the key came with another content.

    With a plan it is one that is still to be held.
    """
    unit = _unit(unit_code)
    everything = {**said, **(plan or {}), "unit_code": unit_code, "place": place}
    digest = digest_of(everything | {"district_codes": set(district_codes)})
    hold(Unit, unit.id)
    if known := known_by(Meeting, key, digest):
        return known
    check(place)
    meeting = Meeting(
        key=key, body_digest=digest, unit=unit, place=place, author_id=author.id, created_at=now(), **said
    )
    _count_in(meeting, district_codes)
    if plan is None:
        return written(author, meeting, "record_meeting")
    meeting.stage, meeting.plan = MeetingStage.PLANNED, MeetingPlan(**plan, changed_at=now())
    return written(author, meeting, "plan_meeting")


def correct_meeting(
    author: Author,
    meeting: Meeting,
    *,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None,
    version: int | None = None,
    act: str = "correct_meeting",
    **said: Any,
) -> None:
    """Correct a meeting's record. When its day changes, what was said there moves with it on the map.

    `version` is the one that the author read; raises MeetingChanged when another one stands now, and MinutesApproved
    when nobody may correct it any more.
    """
    hold_minutes(meeting)
    if version is not None and says_already(meeting, version, unit_code, district_codes, place, said):
        return
    meeting.version += 1
    place = unmoved(meeting.place, place)
    check(place)
    days = meeting.days
    meeting.unit, meeting.place = _unit(unit_code), place
    meeting.is_year_only = meeting.is_year_only and said["held_on"] == meeting.held_on
    for name, value in said.items():
        setattr(meeting, name, value)
    _count_in(meeting, district_codes)
    if meeting.days != days:
        for statement in meeting.statements:
            follow(author, statement)
    audit.note(author.id, act, "meeting", meeting.id, meeting.unit_path)


def says_already(
    meeting: Meeting,
    version: int,
    unit_code: str,
    district_codes: Iterable[str],
    place: Place | None,
    said: Mapping[str, Any],
    plan: Mapping[str, Any] | None = None,
) -> bool:
    """Tell whether a second click says what stands already; raise MeetingChanged when somebody else was quicker."""
    db.session.refresh(meeting)
    if version == meeting.version:
        return False
    where = (meeting.unit.code, set(meeting.district_codes), meeting.place)
    told = (*((meeting, name, value) for name, value in said.items()), *((meeting.plan, *one) for one in _of(plan)))
    same = where == (unit_code, set(district_codes), unmoved(meeting.place, place))
    if same and all(getattr(record, name) == value for record, name, value in told):
        return True
    raise MeetingChanged


def _of(plan: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    return plan.items() if plan else ()


def _unit(code: str) -> Unit:
    unit = accounts.unit_by_code(code)
    assert unit is not None, "the form offers units that exist"
    return unit


def _count_in(meeting: Meeting, district_codes: Iterable[str]) -> None:
    wanted, there = set(district_codes), {entry.district_code: entry for entry in meeting.districts}
    meeting.districts = [there.get(code) or MeetingDistrict(district_code=code) for code in sorted(wanted)]


def change_stage(author: Author, meeting: Meeting, after: MeetingStage, *, leave_out: bool = False) -> None:
    """Move a meeting on; raise StageRefused when something has to be done first.

    Requests that stand in the minutes and not in their list are left out only by decision: `leave_out`. Without it
    RequestsUnlisted is raised.
    """
    hold(Meeting, meeting.id)
    db.session.refresh(meeting)  # of two who move it at once the second sees what the first did
    before = meeting.stage
    check_stage(before, after, queries.hindrances(meeting))
    if ends_writing(before, after) and (unlisted := queries.unasked(meeting)):
        if not leave_out:
            raise RequestsUnlisted
        audit.note(author.id, "leave_requests_out", "meeting", meeting.id, meeting.unit_path, requests=len(unlisted))
    meeting.stage = after
    audit.note(
        author.id, "change_stage", "meeting", meeting.id, meeting.unit_path, before=before.value, after=after.value
    )
