"""Downloads: what the list of threats shows, as a file, in a public edition and in one for the police of an area."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import SEEK_END
from typing import IO, Any

from flask import Blueprint, Response, abort, current_app, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.accounts import taking
from consult.catalogue import queries as catalogue
from consult.clock import today
from consult.districts import queries as districts
from consult.period import day_of
from consult.threats import queries
from consult.threats.editions import EDITIONS, Line, formats_for
from consult.threats.filtering import chosen_filters
from consult.threats.models import Threat
from consult.threats.wording import STATUS_LABELS
from consult.threats.workflow import Status
from consult.web.addresses import public_url
from consult.web.languages import language
from consult.web.limits import limited
from consult.web.roles import Role, public

bp = Blueprint("downloads", __name__)

READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
STAFF, PUBLIC = "staff", "public"
RATE = "60/hour"

HEADINGS = {
    "id": _l("Number"),
    "category": _l("Code of the category"),
    "category_name": _l("Category"),
    "status": _l("Code of the status"),
    "status_name": _l("Status"),
    "status_since": _l("Status since"),
    "planes": _l("Planes of information"),
    "observations": _l("Observations"),
    "independent_voices": _l("Independent voices"),
    "first_on": _l("First seen"),
    "last_on": _l("Last seen"),
    "district": _l("TERYT of the district"),
    "district_name": _l("District"),
    "commune": _l("TERYT of the commune"),
    "commune_name": _l("Commune"),
    "lon": _l("Longitude"),
    "lat": _l("Latitude"),
    "accuracy_m": _l("Accuracy in metres"),
    "answer": _l("Answer of the police"),
    "url": _l("Address"),
}


@bp.get("/threats.csv")
@public
@limited(RATE, methods=("GET",))
def table() -> ResponseReturnValue:
    """Give the list as a CSV file."""
    return sent("csv")


@bp.get("/threats.xlsx")
@public
@limited(RATE, methods=("GET",))
def workbook() -> ResponseReturnValue:
    """Give the list as an Excel workbook."""
    return sent("xlsx")


@bp.get("/threats.gpkg")
@public
@limited(RATE, methods=("GET",))
def geopackage() -> ResponseReturnValue:
    """Give the list as a GeoPackage."""
    return sent("gpkg")


def sent(name: str) -> ResponseReturnValue:
    """Send the list that the filters of the address choose; the whole file is written before its first byte leaves."""
    edition = EDITIONS[name]
    if request.args.get("edition") == STAFF and not current_user.is_authenticated:
        asked_to_sign_in: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return asked_to_sign_in
    filters, _shown = chosen_filters(request.args, areas_of_edition())
    rows = queries.count(filters)
    if rows > edition.most_rows:
        return too_many(edition.most_rows)
    is_for_staff = request.args.get("edition") == STAFF
    if is_for_staff and (question := taking.asked_why(rows)):
        return question
    file = edition.write(lines(filters), {key: str(words) for key, words in HEADINGS.items()})
    if is_for_staff:
        try:
            _note(name, rows, filters, file)
        except BaseException:
            file.close()  # what cannot be noted is not given
            raise
    made: Response = send_file(file, edition.mimetype, as_attachment=True, download_name=f"threats-{today()}.{name}")
    made.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    made.headers["Cache-Control"] = "public, max-age=60"  # what the police get is never kept: see `web.security`
    made.headers["Vary"] = "Cookie"  # the names are in the language that the reader chose
    return made


def _note(name: str, rows: int, filters: queries.Filters, file: IO[bytes]) -> None:
    """Note who of staff takes a list along: of what, and how much; the filters as they were understood."""
    asked = {
        "district": filters.district,
        "category": ",".join(filters.categories),
        "status": ",".join(filters.statuses),
        "plane": ",".join(filters.planes),
        "since": day_of(filters.since).isoformat() if filters.since else "",
        "until": day_of(filters.until).isoformat() if filters.until else "",
        "bbox": " ".join(f"{edge:.3f}" for edge in filters.bbox or ()),
    }
    told = {about: value for about, value in asked.items() if value}
    taking.note_taking(file, "download", name, current_user.scope, rows=rows, **told)


def areas_of_edition() -> tuple[str, ...]:
    """List the areas of which the edition shows everything: none in the public one, the reader's own in the other."""
    if request.args.get("edition") != STAFF:
        return ()
    if current_user.role not in READERS:
        abort(403)
    return queries.areas_within(current_user.scope, today())


def too_many(most: int) -> Response:
    """Say in a sentence that the list is too long for a file."""
    said = _(
        "This list has more than %(most)s threats, too many for one file. Choose a district or a period.", most=most
    )
    return Response(f"{said}\n", 422, mimetype="text/plain")


@dataclass(frozen=True)
class Words:
    """What the rows of one file say alike: names in the reader's language, and the address before a threat's number."""

    categories: Mapping[str, str]
    statuses: Mapping[Status, str]
    address: str


def words_of_rows() -> Words:
    """Look up once what would take most of the time if it were looked up for each row."""
    return Words(
        categories={category.code: category.name(language()) for category in catalogue.everything()},
        statuses={status: str(label) for status, label in STATUS_LABELS.items()},
        address=public_url("threats.show", threat_id=0).removesuffix("0"),
    )


def lines(filters: queries.Filters) -> Iterator[Line]:
    """Write the threats that pass the filters as rows."""
    words = words_of_rows()
    for part in queries.each(filters):
        answers = queries.newest_answers(part)
        names = districts.names({code for threat in part for code in codes_of(threat)})
        for threat in part:
            yield line(threat, answers.get(threat.id, ""), names, words)


def codes_of(threat: Threat) -> Sequence[str]:
    """List the codes of the areas of a threat."""
    return [threat.district_code, *([threat.commune_code] if threat.commune_code else [])]


def line(threat: Threat, answer: str, names: Mapping[str, str], words: Words) -> Line:
    """Write a threat as a row."""
    commune = threat.commune_code or ""
    return Line(
        id=threat.id,
        category=threat.category_code,
        category_name=words.categories[threat.category_code],
        status=threat.status.value,
        status_name=words.statuses[threat.status],
        status_since=day_of(threat.status_at),
        planes=", ".join(threat.planes),
        observations=threat.observations,
        independent_voices=threat.independent,
        first_on=day_of(threat.first_at),
        last_on=day_of(threat.last_at),
        district=threat.district_code,
        district_name=names.get(threat.district_code, ""),
        commune=commune,
        commune_name=names.get(commune, ""),
        lon=None if threat.is_whole_area else threat.lon,
        lat=None if threat.is_whole_area else threat.lat,
        accuracy_m=None if threat.is_whole_area else round(threat.accuracy_m),
        answer=answer,
        url=f"{words.address}{threat.id}",
    )


def files(rows: int, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the files of a list: address, format, about how large. Whoever sees more in the list gets more."""
    sees_more = current_user.is_authenticated and current_user.role in READERS
    endpoints = {
        "csv": "downloads.table",
        "xlsx": "downloads.workbook",
        "geojson": "threats.collection",
        "gpkg": "downloads.geopackage",
    }
    edition = STAFF if sees_more else PUBLIC
    return [
        {"url": url_for(endpoints[name], edition=edition, **arguments), "format": name, "size": size_in_words(size)}
        for name, size in (formats_for(rows) if rows else ())
    ]


def size_in_words(size: int) -> str:
    """Write an estimated size without more digits than are known."""
    if size < 1_000_000:
        return f"{format_decimal(max(1, round(size / 1_000)))} kB"
    return f"{format_decimal(round(size / 1_000_000, 1))} MB"
