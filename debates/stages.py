"""Stages of a meeting, from its plan to approved minutes: one table of allowed changes, no exceptions elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class MeetingStage(StrEnum):
    """How far a meeting and its minutes are."""

    PLANNED = "planned"
    DRAFTING = "drafting"
    CORRECTING = "correcting"
    APPROVED = "approved"


ALLOWED: dict[MeetingStage, tuple[MeetingStage, ...]] = {
    MeetingStage.PLANNED: (MeetingStage.DRAFTING,),
    MeetingStage.DRAFTING: (MeetingStage.CORRECTING, MeetingStage.APPROVED),
    MeetingStage.CORRECTING: (MeetingStage.DRAFTING, MeetingStage.APPROVED),
    MeetingStage.APPROVED: (MeetingStage.CORRECTING,),
}
"""From each stage, the stages that may follow. Approved minutes open again only for a new version."""

WRITABLE = frozenset({MeetingStage.DRAFTING, MeetingStage.CORRECTING})
"""Stages in which somebody writes down what was said."""

HELD = (MeetingStage.DRAFTING, MeetingStage.CORRECTING, MeetingStage.APPROVED)
"""Stages of a meeting that took place: only these count."""

AFTER_WRITING = frozenset({MeetingStage.CORRECTING, MeetingStage.APPROVED})


class Hindrance(StrEnum):
    """Why minutes cannot go on: what has to be done first."""

    NO_CATEGORY = "no_category"
    NO_STATUS = "no_status"
    UNANSWERED = "unanswered"


class SuggestionState(StrEnum):
    """What became of another wording that somebody invited suggested."""

    WAITING = "waiting"
    TAKEN = "taken"
    DECLINED = "declined"


@dataclass(eq=False)
class StageRefused(Exception):
    """A change of stage is not allowed: `hindrances` come first, or there are none and the table forbids it."""

    hindrances: tuple[Hindrance, ...] = ()


class RequestsUnlisted(Exception):
    """Minutes would go on without requests that stand in them and not in the list, and nobody has decided so."""


class MinutesApproved(Exception):
    """Approved minutes are not edited by anybody; they are opened again first."""


def ends_writing(before: MeetingStage, after: MeetingStage) -> bool:
    """Tell whether a change ends the writing of minutes: what is missing then is missed for good."""
    return after in AFTER_WRITING and before in WRITABLE


def check_stage(before: MeetingStage, after: MeetingStage, hindrances: Sequence[Hindrance]) -> None:
    """Refuse a change that the table does not allow, or the end of writing while something is missing."""
    if after not in ALLOWED[before]:
        raise StageRefused
    if ends_writing(before, after) and hindrances:
        raise StageRefused(tuple(hindrances))
