"""Public pages of meetings to come: the list, an announcement, its map, its calendar file."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from consult.clock import today
from consult.districts import queries as districts
from consult.web.addresses import public_url
from consult.web.roles import public
from debates import announcing, queries
from debates.agenda import points
from debates.drawing import map_of_venue
from debates.models import Meeting, MeetingPlan
from debates.views import bp
from debates.views.access import page_number
from debates.wording import in_own_words


@bp.get("/debates/upcoming")
@public
def upcoming() -> ResponseReturnValue:
    """Show everybody which meetings are announced."""
    offered = districts.names(queries.districts_with_announcements(today()))
    district = request.args.get("district", "")
    district = district if district in offered else ""
    found = queries.announced(today(), district or None, page_number())
    return render_template(
        "debates/upcoming.html",
        found=found,
        district=district,
        districts=list(offered.items()),
        area_names=districts.names({code for meeting in found.items for code in meeting.district_codes}),
    )


@bp.get("/debates/<int:meeting_id>/announcement")
@public
def announcement(meeting_id: int) -> ResponseReturnValue:
    """Announce a meeting: what it is about, when and where, who may come and how."""
    meeting, plan = _announced(meeting_id)
    return render_template(
        "debates/announcement.html",
        meeting=meeting,
        plan=plan,
        agenda=in_own_words(points(plan.agenda)),
        districts=list(districts.names(meeting.district_codes).values()),
        is_over=meeting.held_on is not None and meeting.held_on < today(),
    )


@bp.get("/debates/<int:meeting_id>/announcement.svg")
@public
def announcement_svg(meeting_id: int) -> ResponseReturnValue:
    """Draw where the venue is."""
    meeting, _plan = _planned(meeting_id)
    return Response(map_of_venue(meeting) if meeting.place else abort(404), mimetype="image/svg+xml")


@bp.get("/debates/<int:meeting_id>/announcement.ics")
@public
def announcement_ics(meeting_id: int) -> ResponseReturnValue:
    """Give the meeting as a calendar file."""
    meeting, plan = _planned(meeting_id)
    url = public_url("debates.announcement", meeting_id=meeting.id)
    response = Response(announcing.calendar_file(meeting, plan, url), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename=debata-{meeting.id}.ics"
    return response


def _announced(meeting_id: int) -> tuple[Meeting, MeetingPlan]:
    """Give a meeting that is or was announced to everybody, or answer 404."""
    meeting = queries.meeting(meeting_id)
    if meeting.plan is None or not meeting.plan.is_open:
        abort(404)
    return meeting, meeting.plan


def _planned(meeting_id: int) -> tuple[Meeting, MeetingPlan]:
    """Give a meeting that is announced and was not held yet, or answer 404."""
    meeting, plan = _announced(meeting_id)
    return (meeting, plan) if meeting.is_planned else abort(404)
