"""Faults of reports in words, for the person who filled in the form or the table: which field, what, and what to do."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.geo import Place, PlaceFault, PlaceKind
from consult.online_reports.files import FileRefused, Unreadable
from consult.online_reports.models import Channel, Says
from consult.online_reports.rules import Fault, Kind, Wrong, day
from consult.threats.workflow import Status
from consult.web.languages import language

LONGEST_SHOWN = 40
_SPOT = re.compile(r"\[([\d. ]+)\]$")
"""Where a shape crosses itself, at the end of what the geometry library says."""

FIELDS = {
    "id": _l("id"),
    "category": _l("category"),
    "description": _l("description"),
    "observed_at": _l("date of observation"),
    "created_at": _l("date of report"),
    "status": _l("status"),
    "time_of_day": _l("time of day"),
    "weekdays": _l("days of the week"),
    "accuracy_m": _l("accuracy in metres"),
    "lon": _l("longitude"),
    "lat": _l("latitude"),
    "place": _l("place"),
    "properties": _l("properties"),
}

PLACES: Mapping[PlaceFault, Any] = {
    PlaceFault.NOT_A_GEOMETRY: _l("a Point, LineString or Polygon with coordinates [longitude, latitude] is needed"),
    PlaceFault.NOT_FINITE: _l("a coordinate is not a finite number"),
    PlaceFault.OUT_OF_RANGE: _l("%(value)s: there is no such place on Earth; degrees of WGS 84 are needed"),
    PlaceFault.SWAPPED: _l("%(value)s: longitude and latitude are swapped; longitude comes first"),
    PlaceFault.OUTSIDE_POLAND: _l("%(value)s lies outside Poland"),
    PlaceFault.OUTSIDE_BOUNDARIES: _l("the place lies outside the boundaries that are loaded"),
    PlaceFault.TOO_MANY_VERTICES: _l("the shape has too many corners (%(value)s); at most 2,000 are allowed"),
    PlaceFault.SELF_CROSSING: _l("the edges of the area cross each other: %(value)s"),
    PlaceFault.TOO_SMALL: _l("the shape has no length or no area"),
    PlaceFault.ACCURACY: _l("%(value)s is no accuracy: more than 0 and at most 100,000 metres"),
}


CHANNELS = {
    Channel.PAGE: _l("On the page"),
    Channel.PHONE: _l("By phone"),
    Channel.LETTER: _l("By letter"),
    Channel.VISIT: _l("In person"),
    Channel.IMPORT: _l("From a file"),
}

STATES = {
    Status.NEW: _l("The police have received it. A police officer will look into it."),
    Status.IN_VERIFICATION: _l("The police are checking it on the spot."),
    Status.CONFIRMED: _l("The police have confirmed it and are dealing with it."),
    Status.ELIMINATED: _l("The police have confirmed it. The threat is gone."),
    Status.HANDED_OVER: _l("The police have confirmed it and handed it over to whoever is responsible."),
    Status.NOT_CONFIRMED: _l("The police have checked it several times and found nothing."),
    Status.JOKE: _l("The police have marked it as a joke or a mistake."),
}
"""What a status means for whoever reported the threat."""

SAYS = {
    Says.GONE: _l("Yes, it is gone"),
    Says.STILL_THERE: _l("No, it is still there"),
    Says.UNKNOWN: _l("I do not know"),
}
"""The answers to "is it gone?" after the police have closed a threat."""


def place_in_words(place: Place) -> str:
    """Say where a place is: its name, or its position."""
    lon, lat = place.lon_lat
    position = f"{lat:.5f}, {lon:.5f}"
    if place.kind in {PlaceKind.COMMUNE, PlaceKind.DISTRICT}:
        return place.words
    if place.kind is PlaceKind.POINT:
        spot = _("point on the map (%(position)s)", position=position)
    else:
        spot = _("shape on the map (around %(position)s)", position=position)
    return f"{place.words}, {spot}" if place.words else spot


def message(fault: Fault) -> str:
    """Say beside a form's field what is wrong with it."""
    said = sentence(fault)
    return f"{said[0].upper()}{said[1:]}."


def shown(value: object) -> str:
    """Show a cell's content on a terminal: short, on one line, without anything that would control the terminal."""
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def sentence(fault: Fault) -> str:
    """Say what is wrong with one answer."""
    return _SENTENCES[fault.wrong](fault.detail)


def line(row: int, fault: Fault) -> str:
    """Say what is wrong in one row of a file: the row, the field, the fault."""
    said = sentence(fault)
    if not fault.name:
        return _("row %(row)s: %(said)s", row=row, said=said)
    return _("row %(row)s: %(field)s: %(said)s", row=row, field=field_in_words(fault.name), said=said)


def field_in_words(name: str) -> str:
    """Name a field in the reader's language, with the name of its column where that is another."""
    label = str(FIELDS.get(name, name))
    return label if name in {label, "place"} else f"{label} ({name})"


def _date(when: date | datetime) -> str:
    return str(format_date(day(when), "long"))


def _too_long(detail: Mapping[str, Any]) -> str:
    found = ngettext("it has %(num)s character", "it has %(num)s characters", detail["found"])
    return _("%(found)s; at most %(most)s are allowed", found=found, most=detail["most"])


def _category_ended(detail: Mapping[str, Any]) -> str:
    return _("the category “%(name)s” was in force until %(day)s", name=_name(detail), day=_date(detail["day"]))


def _category_to_come(detail: Mapping[str, Any]) -> str:
    return _("the category “%(name)s” is in force only from %(day)s", name=_name(detail), day=_date(detail["day"]))


def _name(detail: Mapping[str, Any]) -> str:
    category: Kind = detail["category"]
    return category.name(language())


def _too_old(detail: Mapping[str, Any]) -> str:
    when, oldest = _date(detail["when"]), _date(detail["oldest"])
    return _("%(when)s is too long ago; the earliest day is %(oldest)s", when=when, oldest=oldest)


def _place(detail: Mapping[str, Any]) -> str:
    fault = detail["fault"]
    sentence = PLACES.get(fault, PLACES[PlaceFault.NOT_A_GEOMETRY])
    spot = _SPOT.search(str(detail.get("value", "")))
    return str(sentence) % {"value": shown(spot[1] if spot else detail.get("value", ""))}


def _cells(detail: Mapping[str, Any]) -> str:
    return _(
        "the row has %(found)s cells and the header %(expected)s; text with a separator needs quotation marks",
        found=detail["found"],
        expected=detail["expected"],
    )


def _with_value(text: Callable[..., str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda detail: text(shown(detail.get("value", "")))


_SENTENCES: dict[Wrong, Callable[[Mapping[str, Any]], str]] = {
    Wrong.MISSING: lambda _detail: _("is missing"),
    Wrong.NOT_TEXT: lambda _detail: _("text is needed here"),
    Wrong.NOT_A_NUMBER: _with_value(lambda value: _("“%(value)s” is not a number", value=value)),
    Wrong.TOO_LONG: _too_long,
    Wrong.CONTROL_CHARACTERS: lambda _detail: _("there are control characters in the text; remove them"),
    Wrong.NEEDS_DESCRIPTION: lambda detail: _("the category “%(name)s” needs a description", name=_name(detail)),
    Wrong.UNKNOWN_CATEGORY: _with_value(lambda value: _("there is no category “%(value)s”", value=value)),
    Wrong.CATEGORY_ENDED: _category_ended,
    Wrong.CATEGORY_TO_COME: _category_to_come,
    Wrong.NOT_A_MOMENT: _with_value(
        lambda value: _("“%(value)s” is no date such as 2026-07-15 or 2026-07-15T18:30", value=value)
    ),
    Wrong.IN_THE_FUTURE: lambda detail: _("%(when)s is in the future", when=_date(detail["when"])),
    Wrong.NOT_YET: lambda detail: _(
        "this time of today has not come yet: if you saw it yesterday, change the day to %(yesterday)s; if today, "
        "choose another time of day",
        yesterday=_date(detail["day_before"]),
    ),
    Wrong.TOO_OLD: _too_old,
    Wrong.UNKNOWN_WEEKDAY: _with_value(
        lambda value: _("“%(value)s” is no day of the week such as mon, tue or pn, wt", value=value)
    ),
    Wrong.UNKNOWN_TIME_OF_DAY: _with_value(
        lambda value: _("“%(value)s” is none of morning, afternoon, evening, night, and no hour", value=value)
    ),
    Wrong.UNKNOWN_STATUS: _with_value(lambda value: _("there is no status “%(value)s”", value=value)),
    Wrong.PLACE: _place,
    Wrong.KEY_TWICE: lambda detail: _(
        "“%(value)s” stands in row %(row)s already", value=shown(detail["value"]), row=detail["row"]
    ),
    Wrong.OTHER_CONTENT: _with_value(
        lambda value: _("“%(value)s” was imported before with other content; a new report needs a new id", value=value)
    ),
    Wrong.CELLS: _cells,
    Wrong.QUOTES: lambda _detail: _("a quotation mark is not closed, or a cell is too long; reading stops here"),
    Wrong.NOT_A_FEATURE: lambda _detail: _("this is no GeoJSON Feature"),
    Wrong.NOT_A_RECORD: lambda _detail: _("this is no record with named fields"),
    Wrong.NOT_FINITE: _with_value(lambda value: _("%(value)s is not a finite number", value=value)),
    Wrong.REPEATED_KEY: lambda detail: _("the name “%(name)s” stands twice in one object", name=shown(detail["name"])),
}  # fmt: skip


def file_sentence(refused: FileRefused) -> str:
    """Say why a file as a whole cannot be read, and what to do."""
    return _FILES[refused.reason](refused.detail)


def _encoding(detail: Mapping[str, Any]) -> str:
    how = _("In a spreadsheet choose “Save as” and the type “CSV UTF-8”; in a text editor choose the encoding UTF-8.")
    if not detail["encoding"]:
        return _("The file is not text in UTF-8.") + " " + how
    found = _("The file is not in UTF-8; it looks like %(encoding)s.", encoding=detail["encoding"])
    return f"{found} {how}"


def _not_json(detail: Mapping[str, Any]) -> str:
    if not detail["row"]:
        return _("The file is not valid JSON: line %(line)s.", line=detail["line"])
    return _("The file is not valid JSON: line %(line)s, feature %(row)s.", line=detail["line"], row=detail["row"])


def _columns_missing(detail: Mapping[str, Any]) -> str:
    names = ", ".join(detail["names"])
    return ngettext(
        "The header has no column %(names)s.", "The header has no columns %(names)s.", len(detail["names"]), names=names
    )


_FILES: dict[Unreadable, Callable[[Mapping[str, Any]], str]] = {
    Unreadable.EMPTY: lambda _detail: _("The file is empty."),
    Unreadable.TOO_LARGE: lambda detail: _("The file is larger than %(most)s MB. Divide it.", most=detail["most"]),
    Unreadable.ENCODING: _encoding,
    Unreadable.NOT_JSON: _not_json,
    Unreadable.NOT_XML: lambda detail: _("The file is not valid XML: line %(line)s.", line=detail["line"]),
    Unreadable.NOT_A_LIST: lambda _detail: _("The file holds no list of records in this format."),
    Unreadable.NOT_A_COLLECTION: lambda _detail: _("The file is no GeoJSON FeatureCollection."),
    Unreadable.MEMBER_TWICE: lambda detail: _(
        "The member “%(name)s” stands twice in the collection.", name=shown(detail["name"])
    ),
    Unreadable.COORDINATES: lambda _detail: _(
        "The file names another coordinate system; GeoJSON needs WGS 84 (longitude, latitude in degrees)."
    ),
    Unreadable.TOO_DEEP: lambda detail: _("Feature %(row)s is nested too deeply.", row=detail["row"]),
    Unreadable.FEATURE_TOO_LARGE: lambda detail: _("Feature %(row)s is too large (over 8 MB).", row=detail["row"]),
    Unreadable.COLUMN_MISSING: _columns_missing,
    Unreadable.COLUMN_TWICE: lambda detail: _("The column %(name)s stands twice in the header.", name=detail["name"]),
}
