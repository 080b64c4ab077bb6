"""The read API over HTTP: threats, categories, districts, meetings, requests, and the document that describes it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from consult.api import documentation, queries, wording
from consult.api.resources import described
from consult.catalogue import queries as catalogue
from consult.clock import now
from consult.districts import queries as districts_queries
from consult.observations.models import Plane
from consult.period import midnight
from consult.threats import publication
from consult.threats import queries as threats_queries
from consult.threats.workflow import Status
from consult.web import parameters, programs
from consult.web.addresses import public_url
from consult.web.keys import LARGEST_KEY
from consult.web.parameters import ParameterRefused
from consult.web.roles import public
from debates.models import MeetingKind
from debates.outcomes import ProposalStatus

bp = Blueprint("api", __name__, url_prefix="/api")

MOST_ON_A_PAGE = 500
PAGE_SIZE = 100

AREA = parameters.coded(
    "district", "TERYT code of a district or a voivodeship", "[0-9]{2}|[0-9]{4}", "2 or 4 digits of TERYT"
)
FROM = parameters.day("from", "the first day")
TO = parameters.day("to", "the last day")
PAGING = (
    parameters.whole_number("after", "the number after which the page begins", 0, LARGEST_KEY, 0),
    parameters.whole_number("page_size", "how many are on a page at most", 1, MOST_ON_A_PAGE, PAGE_SIZE),
)
THREAT_FILTERS = (
    AREA,
    parameters.coded("category", "codes of categories", "[a-z0-9_]{1,40}", "codes of categories", several=True),
    parameters.one_of("status", "states", [status.value for status in Status], several=True),
    parameters.one_of("plane", "planes of information", [plane.value for plane in Plane], several=True),
    FROM,
    TO,
    parameters.rectangle("bbox", "west, south, east, north in degrees"),
    *PAGING,
)
MEETING_FILTERS = (
    AREA,
    parameters.one_of("kind", "kinds of meetings", [kind.value for kind in MeetingKind], several=True),
    FROM,
    TO,
    *PAGING,
)
PROPOSAL_FILTERS = (
    AREA,
    parameters.one_of("status", "what became of it", [status.value for status in ProposalStatus], several=True),
    *PAGING,
)


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """Describe the API."""
    root = public_url("desk.home").rstrip("/")
    return answer(documentation.document(current_app, root), kept_s=3600)


@bp.get("/threats")
@public
@described("Threats that the public sees one by one, in the order of their numbers", "Threats", THREAT_FILTERS)
def threats(asked: dict[str, Any]) -> Response:
    """List public threats page by page."""
    filters = threats_queries.Filters(
        district=asked["district"],
        categories=asked["category"],
        statuses=tuple(Status(word) for word in asked["status"]),
        planes=tuple(Plane(word) for word in asked["plane"]),
        since=midnight(asked["from"]) if asked["from"] else None,
        until=midnight(asked["to"] + timedelta(days=1)) if asked["to"] else None,
        bbox=asked["bbox"],
        visible=publication.public_condition(now()),
    )
    found, total = queries.threats(filters, asked["after"], asked["page_size"])
    return page("api.threats", found, asked, total, [wording.threat(one) for one in found])


@bp.get("/threats/<int:threat_id>")
@public
@described("A threat with the answers of the police", "ThreatWithHistory")
def threat(threat_id: int, asked: dict[str, Any]) -> Response:  # noqa: ARG001  # it reads no parameter
    """Give a public threat; one that became part of another leads on to it."""
    found = queries.public_threat(threat_id, publication.public_condition(now()))
    if found is not None and found.successor_id is not None:
        moved: Any = redirect(url_for("api.threat", threat_id=found.successor_id), 301)
        return moved
    if found is None or not publication.is_public(found, now()):
        abort(404, "There is no public threat of this number.")
    return answer(wording.threat_with_history(found, threats_queries.history_of(found)))


@bp.get("/categories")
@public
@described("All categories ever, in the order of the catalogue", "Categories")
def categories(asked: dict[str, Any]) -> Response:  # noqa: ARG001  # it reads no parameter
    """List the categories with their rules."""
    return answer([wording.category(category) for category in catalogue.everything()])


@bp.get("/districts")
@public
@described("The districts of today, by their codes", "Districts")
def districts(asked: dict[str, Any]) -> Response:  # noqa: ARG001  # it reads no parameter
    """List the districts."""
    return answer([wording.district(area) for area in districts_queries.districts()])


@bp.get("/meetings")
@public
@described("Debates and meetings, in the order of their numbers", "Meetings", MEETING_FILTERS)
def meetings(asked: dict[str, Any]) -> Response:
    """List meetings page by page."""
    kinds = [MeetingKind(word) for word in asked["kind"]]
    window = (asked["from"], asked["to"])
    found, total = queries.meetings(asked["district"], kinds, window, asked["after"], asked["page_size"])
    counts = queries.proposals_counted(found)
    return page("api.meetings", found, asked, total, [wording.meeting(one, counts.get(one.id, 0)) for one in found])


@bp.get("/proposals")
@public
@described("What residents asked for at meetings, and the answers", "Proposals", PROPOSAL_FILTERS)
def proposals(asked: dict[str, Any]) -> Response:
    """List what was asked for page by page."""
    statuses = [ProposalStatus(word) for word in asked["status"]]
    found, total = queries.proposals(asked["district"], statuses, asked["after"], asked["page_size"])
    return page("api.proposals", found, asked, total, [wording.proposal(one) for one in found])


@bp.get("/<path:anything>")
@public
def unknown(anything: str) -> ResponseReturnValue:
    """Answer an address that the API does not have as it answers all else."""
    abort(404, f"There is no resource {anything[:60]}; see /api/openapi.json.")


def answer(value: Any, links: dict[str, str] | None = None, kept_s: int = programs.KEPT_S) -> Response:
    """Answer with JSON."""
    return programs.answer(json.dumps(value, ensure_ascii=False, allow_nan=False), "application/json", links, kept_s)


def page(endpoint: str, found: Sequence[Any], asked: dict[str, Any], total: int, items: list[Any]) -> Response:
    """Answer with a page of a list; `found` has one more where there is a next page."""
    size = asked["page_size"]
    following = programs.other_page(public_url(endpoint), after=found[size - 1].id) if len(found) > size else None
    body = {"items": items[:size], "total": total, "next": following}
    return answer(body, {"next": following} if following else None)


def problem(status: int, title: str, detail: str, **more: str) -> Response:
    """Say what is wrong as a problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    made: Response = current_app.response_class(json.dumps(body), status, mimetype="application/problem+json")
    programs.open_to_all(made)
    return made


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """Put any refusal into a problem document."""
    return problem(error.code or 500, error.name, error.description or error.name)


@bp.errorhandler(ParameterRefused)
def wrong_parameter(error: ParameterRefused) -> Response:
    """Name the parameter that makes no sense."""
    return problem(400, "Bad Request", f"{error.name}: {error.expected}", parameter=error.name)
