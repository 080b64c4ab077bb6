"""Files of other systems as rows of our own: layers of the KMZB, exports of Open311 and of FixMyStreet.

What they call something else is renamed here; what a row must hold is the matter of `rows`. The names of people, which
some of these files carry, are not read. Ids get the system's name before them: two systems may number alike.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

from lxml import etree

from consult.geo import to_degrees
from consult.online_reports import files
from consult.online_reports.files import FileRefused, Format, Ignored, Row, Stream, Unreadable, number_in
from consult.online_reports.rules import Fault, Wrong
from consult.period import WARSAW, WEEKDAYS
from consult.words import folded

Cells = dict[str, Any]

DEGREES = 180.0
"""A number up to this is degrees; in metres of EPSG:2180 no place of Poland has such a small coordinate."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

KMZB_NAMES = {
    "typ": "category",
    "status": "status",
    "data zdarzenia": "observed_at",
    "data utworzenia": "created_at",
    "pora dnia": "time_of_day",
    "dni tygodnia": "weekdays",
}
"""Attributes of the layer, folded; those left out (modification, TERYT) say nothing that we do not know better."""

KMZB_MOMENTS = ("observed_at", "created_at")
KMZB_IDS = ("globalid", "objectid", "fid")
WEEKDAY_WORDS = {
    "codziennie": ",".join(WEEKDAYS),
    "weekend": "sat,sun",
    "weekendy": "sat,sun",
    "dni robocze": "mon,tue,wed,thu,fri",
}
_HOURS = re.compile(r"(?:od\s*)?(\d{1,2})(?::\d\d)?\s*(?:-|–|do)\s*\d{1,2}(?::\d\d)?", re.IGNORECASE)

OPEN311_NAMES = {
    "service_request_id": "id",
    "service_code": "category",
    "service_name": "category_name",
    "description": "description",
    "requested_datetime": "created_at",
}
OPEN311_LISTS = ("service_requests", "requests")

FIXMYSTREET_NAMES = {
    "report id": "id",
    "category": "category_name",
    "subcategory": "category",
    "created": "created_at",
    "status": "status",
}
FIXMYSTREET_NEEDED = ("report id", "title", "category", "created", "latitude", "longitude")
FOREIGN_STATUSES = {
    "open": "new",
    "confirmed": "new",
    "investigating": "in_verification",
    "in progress": "in_verification",
    "action scheduled": "in_verification",
    "planned": "in_verification",
    "fixed": "eliminated",
    "fixed - council": "eliminated",
    "fixed - user": "eliminated",
    "not responsible": "handed_over",
    "internal referral": "handed_over",
}
"""States of other systems in ours. What is only "closed" may have been anything: then there is none."""


def read(path: Any, file_format: Format, ignored: Ignored) -> Iterator[Row]:
    """Give the rows of a file of any format one by one, or raise FileRefused as soon as it turns out unreadable."""
    return files.read(path, _READERS[file_format], ignored)


# KMZB


def _kmzb(file: TextIO, _ignored: Ignored) -> Iterator[Row]:
    """Read a layer as ArcGIS gives it, in its own JSON or as GeoJSON: features with attributes and metres."""
    yield from _listed(Stream(file), ("features",), _kmzb_row)


def _kmzb_row(number: int, feature: Any, faults: tuple[Fault, ...]) -> Row:
    attributes = feature.get("attributes", feature.get("properties")) if isinstance(feature, dict) else None
    if not isinstance(attributes, dict):
        return Row(number, faults=(*faults, Fault("", Wrong.NOT_A_RECORD)))
    said = {" ".join(folded(str(name)).replace("_", " ").split()): value for name, value in attributes.items()}
    cells: Cells = {ours: said[theirs] for theirs, ours in KMZB_NAMES.items() if said.get(theirs) is not None}
    for name in KMZB_MOMENTS:
        if name in cells:
            cells[name] = _moment(cells[name])
    cells["id"] = _named("kmzb", next((said[name] for name in KMZB_IDS if said.get(name) is not None), None))
    cells["weekdays"] = _weekdays(cells.get("weekdays"))
    cells["time_of_day"] = _hours(cells.get("time_of_day"))
    return Row(number, cells, _kmzb_place(feature.get("geometry")), faults, is_wordless=True)


def _moment(value: Any) -> Any:
    """Turn milliseconds into ISO 8601; what falls on a midnight is a day, since nobody knows its hour."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        moment = EARLIEST + timedelta(milliseconds=value)
    except (OverflowError, ValueError):
        return str(value)
    local = moment.astimezone(WARSAW)
    for at_home in (local, moment):
        if (at_home.hour, at_home.minute, at_home.second, at_home.microsecond) == (0, 0, 0, 0):
            return at_home.date().isoformat()
    return moment.isoformat(timespec="seconds")


def _weekdays(value: Any) -> Any:
    return WEEKDAY_WORDS.get(folded(value).strip(), value) if isinstance(value, str) else value


def _hours(value: Any) -> Any:
    """Turn "18:00-22:00" into its first hour, which lies in the part of the day that is meant."""
    if not isinstance(value, str):
        return value
    return _HOURS.sub(lambda found: f"{int(found[1]):02}:00", value)


def _kmzb_place(geometry: Any) -> Any:
    """Turn a point in metres into one in degrees; anything else is left for the strict reader of places."""
    if not isinstance(geometry, dict):
        return geometry
    pair: Any = (
        geometry.get("coordinates") if geometry.get("type") == "Point" else [geometry.get("x"), geometry.get("y")]
    )
    if not _is_pair(pair):
        return geometry
    x, y = pair[:2]
    if abs(x) > DEGREES or abs(y) > DEGREES:
        x, y = to_degrees(x, y)
    return {"type": "Point", "coordinates": [x, y]}


def _is_pair(pair: Any) -> bool:
    if not isinstance(pair, list) or len(pair) < 2:
        return False
    return all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in pair[:2])


# Open311


def _open311(file: TextIO, _ignored: Ignored) -> Iterator[Row]:
    """Read service requests, as JSON (a list, or an object around it) or as XML."""
    first = file.read(1000).lstrip()[:1]
    file.seek(0)
    if first == "<":
        yield from _open311_xml(file)
    else:
        yield from _listed(Stream(file), OPEN311_LISTS, _open311_row)


def _open311_xml(file: TextIO) -> Iterator[Row]:
    """Read XML request by request; it may define and fetch nothing."""
    events = etree.iterparse(
        file.buffer, events=("end",), tag="request", resolve_entities=False, no_network=True, load_dtd=False
    )
    number = 0
    try:
        for number, (_event, element) in enumerate(events, 1):
            said = {child.tag: child.text for child in element if isinstance(child.tag, str)}
            element.clear()
            yield _open311_row(number, said, ())
    except etree.XMLSyntaxError as error:
        raise FileRefused(Unreadable.NOT_XML, line=error.lineno) from error
    if not number:
        raise FileRefused(Unreadable.NOT_A_LIST)


def _open311_row(number: int, said: Any, faults: tuple[Fault, ...]) -> Row:
    if not isinstance(said, dict):
        return Row(number, faults=(*faults, Fault("", Wrong.NOT_A_RECORD)))
    cells: Cells = {ours: said[theirs] for theirs, ours in OPEN311_NAMES.items() if said.get(theirs) not in (None, "")}
    cells["id"] = _named("open311", cells.get("id"))
    cells["status"] = _foreign_status(said.get("status"))
    return Row(number, cells, _position(said.get("long"), said.get("lat")), faults)


# FixMyStreet


def _fixmystreet(file: TextIO, ignored: Ignored) -> Iterator[Row]:
    """Read the table that a council's dashboard exports."""
    names: list[str] = []
    for number, cells in files.table(file):
        if isinstance(cells, Fault):
            yield Row(number, faults=(cells,))
        elif names:
            yield _fixmystreet_row(number, names, cells)
        else:
            names = files.header(cells, FIXMYSTREET_NEEDED, FIXMYSTREET_NEEDED)
    ignored.names.clear()  # what these tables hold beside is known, and not wanted


def _fixmystreet_row(number: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(names):
        return Row(number, faults=(Fault("", Wrong.CELLS, {"found": len(cells), "expected": len(names)}),))
    said = dict(zip(names, (cell.strip() for cell in cells), strict=True))
    row: Cells = {ours: said[theirs] for theirs, ours in FIXMYSTREET_NAMES.items() if said.get(theirs)}
    row["id"] = _named("fixmystreet", row.get("id"))
    row["status"] = _foreign_status(row.get("status"))
    row["description"] = _titled(said["title"], said.get("detail", ""))
    return Row(number, row, _position(said["longitude"], said["latitude"]))


def _titled(title: str, detail: str) -> str:
    """Put a title and the text below it together, unless the text begins with the title."""
    return detail if detail.startswith(title) else f"{title}\n{detail}".strip()


# All of them


def _named(system: str, number: Any) -> str | None:
    """Put the system's name before its number, so that two systems may number alike."""
    return None if number is None or number == "" else f"{system}:{number}"


def _foreign_status(status: Any) -> Any:
    return FOREIGN_STATUSES.get(status.strip().lower(), "") if isinstance(status, str) else status


def _position(lon: Any, lat: Any) -> Mapping[str, Any] | None:
    """Make a point of two numbers or their texts; without them there is no place."""
    numbers = [number_in(one) if isinstance(one, str) else one for one in (lon, lat)]
    return None if None in numbers else {"type": "Point", "coordinates": numbers}


def _listed(
    stream: Stream, members: Sequence[str], made: Callable[[int, Any, tuple[Fault, ...]], Row]
) -> Iterator[Row]:
    """Give the elements of a list that is the whole document, or the member of these names of its object."""
    if not stream.is_next("{"):
        yield from stream.elements(made, Unreadable.NOT_A_LIST)
        stream.end()
        return
    stream.expect("{")
    has_list = False
    while True:
        if stream.name() in members and not has_list:
            has_list = True
            yield from stream.elements(made, Unreadable.NOT_A_LIST)
        else:
            stream.value()
        if not stream.takes(","):
            break
    stream.expect("}")
    stream.end()
    if not has_list:
        raise FileRefused(Unreadable.NOT_A_LIST)


_READERS: Mapping[Format, files.Reader] = {
    Format.GEOJSON: files.features,
    Format.CSV: files.lines,
    Format.KMZB: _kmzb,
    Format.OPEN311: _open311,
    Format.FIXMYSTREET: _fixmystreet,
}
