"""The shape of data.police.uk: what was asked of the police in a district and what came of it, its debates, its border.

A voivodeship is a force, a district a neighbourhood. A priority is a request that residents made at a debate (issue)
with the answer to it (action), each with its date; requests whose words are not published are none. No persons are in
it, so `people` is always empty.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import force_locale
from shapely import Polygon
from werkzeug.exceptions import HTTPException

from consult.api import queries
from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.districts.teryt import VOIVODESHIPS, voivodeship_of
from consult.geo import Place, PlaceRefused, shape_to_degrees
from consult.web import parameters, programs
from consult.web.addresses import public_url
from consult.web.parameters import ParameterRefused
from consult.web.roles import public
from debates.models import Meeting, Proposal
from debates.wording import in_words

bp = Blueprint("police", __name__, url_prefix="/police")

DECIMALS = 6
DRAWN_M = 20.0
"""The border is drawn as exactly as this, in metres: nobody needs each of its ten thousand corners."""

EMERGENCY = "112"
POSITION = parameters.coded(
    "q", "latitude and longitude with a comma between them", r"-?\d{1,2}(\.\d{1,20})?,-?\d{1,3}(\.\d{1,20})?", "lat,lng"
)


@bp.get("/forces")
@public
def forces() -> Response:
    """List the voivodeships in which there is a district."""
    codes = sorted({voivodeship_of(area.code) for area in districts.districts()})
    return answer([{"id": code, "name": force_name(code)} for code in codes])


@bp.get("/forces/<string:force>")
@public
def one_force(force: str) -> Response:
    """Describe a voivodeship."""
    neighbourhoods_of(force)
    facts = {"id": force, "name": force_name(force), "url": public_url("desk.home"), "telephone": EMERGENCY}
    return answer({**facts, "description": None, "engagement_methods": []})


@bp.get("/forces/<string:force>/people")
@bp.get("/<string:force>/<string:neighbourhood>/people")
@public
def people(force: str, neighbourhood: str | None = None) -> Response:
    """List nobody: officers are not named in public."""
    if neighbourhood is None:
        neighbourhoods_of(force)
    else:
        area_of(force, neighbourhood)
    return answer([])


@bp.get("/<string:force>/neighbourhoods")
@public
def neighbourhoods(force: str) -> Response:
    """List the districts of a voivodeship."""
    return answer([{"id": area.code, "name": area.label} for area in neighbourhoods_of(force)])


@bp.get("/<string:force>/<string:neighbourhood>")
@public
def one_neighbourhood(force: str, neighbourhood: str) -> Response:
    """Describe a district."""
    area = area_of(force, neighbourhood)
    return answer(
        {
            "id": area.code,
            "name": area.label,
            "description": None,
            "url_force": public_url("desk.district", code=area.code),
            "population": None,
            "centre": {"latitude": degrees(area.lat), "longitude": degrees(area.lon)},
            "contact_details": {"telephone": EMERGENCY},
            "links": [],
            "locations": [],
        }
    )


@bp.get("/<string:force>/<string:neighbourhood>/boundary")
@public
def boundary(force: str, neighbourhood: str) -> Response:
    """Give the border of a district, of its largest part where it has several."""
    area_of(force, neighbourhood)
    shape = districts.outline(neighbourhood).simplify(DRAWN_M)
    largest: Polygon = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    corners = shape_to_degrees(largest).exterior.coords  # type: ignore[attr-defined]  # it is a polygon still
    return answer([{"latitude": degrees(lat), "longitude": degrees(lon)} for lon, lat in corners])


@bp.get("/<string:force>/<string:neighbourhood>/priorities")
@public
def priorities(force: str, neighbourhood: str) -> Response:
    """List what was asked for at the debates of a district, and the answers, newest first."""
    area_of(force, neighbourhood)
    return answer([priority(proposal) for proposal in queries.priorities(neighbourhood) if proposal.words_are_public])


@bp.get("/<string:force>/<string:neighbourhood>/events")
@public
def events(force: str, neighbourhood: str) -> Response:
    """List the debates and meetings of a district whose day is known, newest first."""
    area_of(force, neighbourhood)
    return answer([event(meeting) for meeting in queries.events(neighbourhood)])


@bp.get("/locate-neighbourhood")
@public
def locate_neighbourhood() -> Response:
    """Tell the district of a position."""
    text = parameters.read((POSITION,), request.args)["q"]
    if text is None:
        raise ParameterRefused("q", POSITION.expected)
    lat, lon = (float(part) for part in text.split(","))
    try:
        located = districts.containing(Place.point(lon, lat))
    except PlaceRefused:
        abort(404)
    return answer({"force": located.voivodeship, "neighbourhood": located.district})


def answer(value: Any) -> Response:
    """Answer with JSON."""
    return programs.answer(json.dumps(value, ensure_ascii=False), "application/json")


def force_name(code: str) -> str:
    """Name a voivodeship in full."""
    return f"województwo {VOIVODESHIPS[code]}"


def neighbourhoods_of(force: str) -> Sequence[Region]:
    """List the districts of a voivodeship; one without any is not there."""
    found = [area for area in districts.districts() if voivodeship_of(area.code) == force]
    if not found:
        abort(404)
    return found


def area_of(force: str, neighbourhood: str) -> Region:
    """Give a district of a voivodeship."""
    found = next((area for area in neighbourhoods_of(force) if area.code == neighbourhood), None)
    if found is None:
        abort(404)
    return found


def priority(proposal: Proposal) -> Mapping[str, Any]:
    """Write a request with its answer."""
    return {
        "issue": proposal.text,
        "issue-date": stamp(proposal.meeting.held_on),
        "action": proposal.answer or None,
        "action-date": stamp(proposal.answered_on) if proposal.answer else None,
    }


def event(meeting: Meeting) -> Mapping[str, Any]:
    """Write a meeting."""
    with force_locale("pl"):
        kind = str(in_words(meeting.kind))
    return {
        "title": meeting.title,
        "type": kind,
        "description": meeting.unit.name,
        "address": meeting.venue or None,
        "start_date": stamp(meeting.held_on, meeting.starts_at),
        "end_date": stamp(meeting.held_on, meeting.ends_at) if meeting.ends_at else None,
        "contact_details": {},
    }


def stamp(day: date | None, hour: time | None = None) -> str | None:
    """Write a day and hour of Warsaw without a zone, as this shape has them; an unknown hour is midnight."""
    return datetime.combine(day, hour or time()).isoformat(timespec="seconds") if day else None


def degrees(number: float) -> str:
    """Write a coordinate as text, as this shape has it."""
    return f"{number:.{DECIMALS}f}"


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """Say what is wrong as JSON."""
    return refusal(error.code or 500, error.name)


@bp.errorhandler(ParameterRefused)
def wrong_parameter(error: ParameterRefused) -> Response:
    """Name the parameter that makes no sense."""
    return refusal(400, f"{error.name}: {error.expected}")


def refusal(status: int, sentence: str) -> Response:
    """Write a refusal."""
    made = Response(json.dumps({"error": sentence}), status, mimetype="application/json")
    programs.open_to_all(made)
    return made
