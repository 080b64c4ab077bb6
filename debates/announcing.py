"""A meeting as it is announced: its calendar file, with what its page says."""

from urllib.parse import urlsplit

from flask_babel import gettext as _

from debates.agenda import points
from debates.calendar_file import Announced, calendar_of
from debates.models import Meeting, MeetingPlan
from debates.wording import in_own_words, in_words


def calendar_file(meeting: Meeting, plan: MeetingPlan, url: str) -> bytes:
    """Write the calendar file of a planned meeting; `url` is the address of its announcement."""
    assert meeting.held_on is not None
    assert meeting.starts_at is not None
    place = meeting.place
    return calendar_of(
        Announced(
            uid=f"{meeting.key}@{urlsplit(url).hostname}",
            sequence=plan.sequence,
            changed_at=plan.changed_at,
            day=meeting.held_on,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            title=f"{in_words(meeting.kind)}: {meeting.title}",
            description=description_of(meeting, plan),
            location=meeting.venue,
            url=url,
            lon_lat=place.lon_lat if place and not place.is_whole_area else None,
            is_called_off=plan.is_called_off,
        )
    )


def description_of(meeting: Meeting, plan: MeetingPlan) -> str:
    """Put what a meeting is about into plain lines; first that it was called off, and why, or is held after all."""
    agenda = "\n".join(point.line for point in in_own_words(points(plan.agenda)))
    news = (
        str(_("It was called off and will be held after all.")) if plan.held_after_all_at else plan.called_off_because
    )
    return "\n\n".join(filter(None, (news, meeting.themes, agenda, plan.directions)))
