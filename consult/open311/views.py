"""Open311 GeoReport v2 over HTTP, in JSON and XML: discovery, services, service requests, and a post with a key."""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException

from consult.catalogue import queries as catalogue
from consult.catalogue.models import Category
from consult.clock import now, today
from consult.districts import queries as districts
from consult.geo import PlaceRefused
from consult.online_reports.operations import OtherContent
from consult.open311 import operations, queries, wording
from consult.open311.forms import RequestForm, place_sentence
from consult.open311.models import WHOLE_COUNTRY, ApiKey
from consult.open311.operations import OutsideJurisdiction
from consult.open311.writing import MIMETYPES, written
from consult.period import day_of, midnight
from consult.receipts import receipt_of
from consult.threats import publication
from consult.threats import queries as threats
from consult.threats.models import Threat
from consult.threats.workflow import CLOSED, OPEN, Status
from consult.web import parameters, programs, traffic
from consult.web.addresses import public_url
from consult.web.forms import checks_its_token
from consult.web.limits import limited
from consult.web.parameters import ParameterRefused
from consult.web.roles import public
from consult.web.security import from_anywhere

bp = Blueprint("open311", __name__, url_prefix="/open311/v2")

WINDOW = timedelta(days=90)
"""Who names no dates gets the requests of so many days, as the specification says."""

MOST_ROWS = 1_000
MOST_IDS = 500
"""So many numbers may be asked for at once: an address has no room for more."""
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{8,200}")

JURISDICTION = parameters.coded(
    "jurisdiction_id",
    "TERYT code of a district or voivodeship, or pl for the whole country",
    r"pl|[0-9]{2}|[0-9]{4}",
    "pl, or the TERYT code of a voivodeship (2 digits) or district (4 digits)",
)
FILTERS = (
    JURISDICTION,
    parameters.coded(
        "service_request_id", "numbers of requests", "[0-9]{1,30}", "numbers of requests", several=True, most=MOST_IDS
    ),
    parameters.coded("service_code", "codes of services", "[a-z0-9_]{1,40}", "codes of services", several=True),
    parameters.moment("start_date", "earliest moment of the request"),
    parameters.moment("end_date", "latest moment of the request"),
    parameters.one_of("status", "state", ("open", "closed"), several=True),
    parameters.whole_number("page", "number of the page", 1, 100_000, 1),
    parameters.whole_number("page_size", "requests on a page", 1, MOST_ROWS, MOST_ROWS),
)


@bp.get("/discovery.<any(json, xml):form>")
@public
def discovery(form: str) -> Response:
    """Tell other systems where this service is and who answers for it."""
    root = public_url("open311.services", form="json").removesuffix("/services.json")
    return answer(form, "discovery", wording.discovery(root), kept_s=3600)


@bp.get("/services.<any(json, xml):form>")
@public
def services(form: str) -> Response:
    """List the categories in force."""
    jurisdiction_asked()
    return answer(form, "services", [wording.service(category) for category in catalogue.valid_on(today())])


@bp.get("/services/<string:service_code>.<any(json, xml):form>")
@public
def service_definition(service_code: str, form: str) -> Response:
    """Tell what a category asks beyond place and description."""
    jurisdiction_asked()
    return answer(form, "service_definition", wording.definition(category_named(service_code)))


@bp.get("/requests.<any(json, xml):form>")
@public
def service_requests(form: str) -> Response:
    """List public threats by the filters of the specification, newest first."""
    asked = parameters.read(FILTERS, request.args, strictly=False)
    page, size = asked["page"], asked["page_size"]
    found = queries.service_requests(wanted(asked), page, size)
    return answer(form, "service_requests", in_words(found[:size]), links(form, page, more=len(found) > size))


@bp.get("/requests/<string:service_request_id>.<any(json, xml):form>")
@public
def service_request(service_request_id: str, form: str) -> ResponseReturnValue:
    """Give one request; one that became part of another leads on to it."""
    jurisdiction = jurisdiction_asked()
    threat = queries.threat_by_number(number_in(service_request_id))
    if threat is not None and threat.successor_id is not None:
        return redirect(url_for("open311.service_request", service_request_id=threat.successor_id, form=form), 301)
    if (
        threat is None
        or not publication.is_public(threat, now())
        or not threat.district_code.startswith(jurisdiction or "")
    ):
        abort(404, "service_request_id: there is no public request of this number")
    return answer(form, "service_requests", in_words([threat]))


@bp.get("/tokens/<string:token>.<any(json, xml):form>")
@public
@limited("60/hour", methods=("GET", "HEAD"), counts=lambda made: made.status_code == 404)
def token(token: str, form: str) -> Response:
    """Give the number of the request that a token stands for, where the public may see it."""
    threat = queries.threat_by_token(token)
    if threat is None or not publication.is_public(threat, now()):
        abort(404, "token: there is no public request for this token")
    given = [{"service_request_id": str(threat.id), "token": token}]
    made = answer(form, "service_requests", given)
    made.headers["Cache-Control"] = "no-store"
    return made


@bp.post("/requests.<any(json, xml):form>")
@from_anywhere
@checks_its_token
@public
@limited("60/hour", counts=lambda made: made.status_code == 403)
@limited("300/hour", key=lambda: traffic.key_of("open311", given_key()))
def report(form: str) -> Response:
    """Take a report from another system. The same one again, or the same Idempotency-Key, is taken once."""
    key = key_in_force()
    sent = RequestForm(request.form)
    with force_locale("en"):
        if not sent.validate_on_submit():
            return refusal(400, *sent.sentences)
        receipt = receipt_for(key, sent)
        try:
            threat = operations.take(key, receipt, **sent.values, voice_key=voice_key(key))
        except PlaceRefused as refused:
            return refusal(400, f"lat, long: {place_sentence(refused)}")
    return taken(form, receipt, threat)


@bp.route("/<path:anything>", methods=["GET", "POST"])
@from_anywhere
@checks_its_token
@public
def unknown(anything: str) -> ResponseReturnValue:
    """Answer an address that Open311 does not have in Open311's own words."""
    abort(404, f"{anything[:60]}: there is no such resource")


def answer(form: str, root: str, value: Any, links: dict[str, str] | None = None, kept_s: int = 60) -> Response:
    """Answer in one of the two formats."""
    return programs.answer(written(form, root, value), MIMETYPES[form], links, kept_s)


def jurisdiction_asked() -> str | None:
    """Read the jurisdiction; None is the whole country. An unknown one is not there, as the specification says."""
    code: str | None = parameters.read((JURISDICTION,), request.values, strictly=False)["jurisdiction_id"]
    return known_jurisdiction(code)


def known_jurisdiction(code: str | None) -> str | None:
    """Give the TERYT code of a jurisdiction in which there is a district, None for the whole country."""
    if code in {None, WHOLE_COUNTRY}:
        return None
    if not any(area.code.startswith(str(code)) for area in districts.districts()):
        abort(404, "jurisdiction_id: there is no such jurisdiction")
    return code


def category_named(service_code: str) -> Category:
    """Give a category in force."""
    category = catalogue.by_code(service_code)
    if category is None or not category.is_valid_on(today()):
        abort(404, "service_code: there is no such service")
    return category


def wanted(asked: dict[str, Any]) -> queries.Wanted:
    """Put the filters into the query's terms; numbers of requests override all others."""
    jurisdiction = known_jurisdiction(asked["jurisdiction_id"])
    if asked["service_request_id"]:
        ids = {number_in(number) for number in asked["service_request_id"]}
        return queries.Wanted(jurisdiction, ids=tuple(sorted(ids)))
    since, until = window(asked["start_date"], asked["end_date"])
    return queries.Wanted(jurisdiction, asked["service_code"], statuses(asked["status"]), since, until)


def number_in(text: str) -> int:
    """Read the number of a request; 0, which no request has, where there is none that a request may have."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


def statuses(named: tuple[str, ...]) -> tuple[Status, ...]:
    """List the states that open and closed stand for."""
    if set(named) == {"open"}:
        return OPEN
    return CLOSED if set(named) == {"closed"} else ()


def window(start: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Give the moments between which a request must have come. Requests are dated by their day's midnight in Warsaw.

    So a start later than a midnight begins with the next day, and an end takes in the whole day that it lies in.
    """
    if start is None:
        start = (end or now()) - WINDOW
    first, last = midnight(day_of(start)), (midnight(day_of(end) + timedelta(days=1)) if end else None)
    return (first if first == start else midnight(day_of(start) + timedelta(days=1))), last


def in_words(found: Any) -> list[dict[str, Any]]:
    """Write threats as service requests."""
    answers, units = threats.newest_answers(found), queries.units_of(found, today())
    codes = {code for threat in found for code in (threat.district_code, threat.commune_code) if code}
    names = districts.names(codes)
    return [wording.service_request(threat, answers, units, names) for threat in found]


def links(form: str, page: int, *, more: bool) -> dict[str, str]:
    """Give the addresses of the pages before and after."""
    address = public_url("open311.service_requests", form=form)
    before = {"prev": programs.other_page(address, page=page - 1)} if page > 1 else {}
    return before | ({"next": programs.other_page(address, page=page + 1)} if more else {})


def given_key() -> str:
    """Read the key that the asker has."""
    return str(request.values.get("api_key", ""))[:200]


def key_in_force() -> ApiKey:
    """Give the key by which a report comes, or answer 403."""
    key = queries.key_by_secret(given_key())
    if key is None:
        abort(403, "api_key: this key is missing, wrong or revoked")
    jurisdiction_asked()
    return key


def receipt_for(key: ApiKey, sent: RequestForm) -> str:
    """Draw the receipt of a report from what its system calls it, else from what it says today."""
    named = request.headers.get("Idempotency-Key", "")
    if named and not IDEMPOTENCY_KEY.fullmatch(named):
        abort(400, "Idempotency-Key: 8 to 200 printable characters without blanks are needed")
    said = [sent.service_code.data, sent.long.data, sent.lat.data, sent.description.data, device(), today().isoformat()]
    mark = named or hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return receipt_of(f"open311 {key.id}", mark, current_app.config["SECRET_KEY"])


def device() -> str:
    """Read by what the other system tells its people apart; it is hashed with the secret of the day, never stored."""
    return str(request.form.get("account_id") or request.form.get("device_id") or "")[:200]


def voice_key(key: ApiKey) -> str | None:
    """Give the key under which one person's voices of one day count as one, where the system tells its people apart."""
    return traffic.key_of("open311 person", str(key.id), device()) if device() else None


def taken(form: str, receipt: str, threat: Threat | None) -> Response:
    """Tell the number of the request, or a token where the public does not see the threat one by one.

    The notice holds the link by which whoever reported follows the report: the other system hands it on.
    """
    is_shown = threat is not None and publication.is_public(threat, now())
    name = {"service_request_id": str(threat.id)} if threat is not None and is_shown else {"token": receipt}
    notice = f"{wording.NOTICE} {public_url('online_reports.receipt', receipt=receipt)}"
    made = make_response(written(form, "service_requests", [{**name, "service_notice": notice, "account_id": None}]))
    made.mimetype = MIMETYPES[form]
    return made


def refusal(code: int, *sentences: str) -> Response:
    """Say what is wrong in the format that was asked for."""
    form = (request.view_args or {}).get("form") or ("json" if request.path.endswith(".json") else "xml")
    made = make_response(written(form, "errors", wording.errors(code, *sentences)), code)
    made.mimetype = MIMETYPES[form]
    programs.open_to_all(made)
    return made


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """Put any refusal into Open311's form."""
    made = refusal(error.code or 500, error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow"}:
            made.headers[name] = value
    return made


@bp.errorhandler(ParameterRefused)
def wrong_parameter(error: ParameterRefused) -> Response:
    """Name the parameter that makes no sense."""
    return refusal(400, f"{error.name}: {error.expected}")


@bp.errorhandler(OtherContent)
def other_content(_error: OtherContent) -> Response:
    """Say that the same Idempotency-Key came with another report."""
    return refusal(409, "Idempotency-Key: another report was sent under this key before")


@bp.errorhandler(OutsideJurisdiction)
def outside(error: OutsideJurisdiction) -> Response:
    """Say that a key does not serve the place."""
    return refusal(403, f"api_key: this key serves {error} only")
