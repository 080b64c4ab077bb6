"""The place question: where is it? Three equal ways to answer, all of them without scripts too.

By words (a search among place names), on a map (drawn in the browser, or by clicking on the server's drawing), or as a
whole commune with a description. Searching, clicking and zooming only help to answer: the form asks again and
saves nothing.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from flask import current_app, get_template_attribute, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field
from wtforms.validators import ValidationError

from consult import geo
from consult.geo import Place, PlaceFault, PlaceKind, PlaceRefused

MAP_ACCURACY_M = 30.0
"""How exactly a finger on the map tells the place when it was close enough."""

CLICK_PIXELS = 8
"""How far from the meant spot a click on a drawing lands."""

MOVES: Mapping[str, tuple[float, float, float]] = {
    "in": (2, 0, 0),
    "out": (0.5, 0, 0),
    "north": (1, 0, 0.4),
    "south": (1, 0, -0.4),
    "west": (1, -0.4, 0),
    "east": (1, 0.4, 0),
}
"""What each button of the drawn map does: zoom, shift right, shift up (shares of the frame)."""

SHAPES = ("point", "line", "polygon")

FAULTS: Mapping[PlaceFault, Any] = {
    PlaceFault.NOT_JSON: _l("The place from the map cannot be read. Mark it again."),
    PlaceFault.TOO_LONG: _l("The shape has too many corners. Draw a simpler one."),
    PlaceFault.TOO_DEEP: _l("The place from the map cannot be read. Mark it again."),
    PlaceFault.NOT_A_GEOMETRY: _l("The place from the map cannot be read. Mark it again."),
    PlaceFault.NOT_FINITE: _l("The place from the map cannot be read. Mark it again."),
    PlaceFault.OUT_OF_RANGE: _l("There is no such place on Earth. Mark it again."),
    PlaceFault.SWAPPED: _l("Longitude and latitude stand in the wrong order. Longitude comes first."),
    PlaceFault.OUTSIDE_POLAND: _l("This place lies outside Poland. Mark a place in Poland."),
    PlaceFault.OUTSIDE_BOUNDARIES: _l(
        "This place lies outside the area that the service covers. Mark a place inside it."
    ),
    PlaceFault.TOO_MANY_VERTICES: _l("The shape has too many corners. Draw a simpler one."),
    PlaceFault.SELF_CROSSING: _l("The edges of the area cross each other. Draw it again without crossing."),
    PlaceFault.TOO_SMALL: _l("The shape is too small to see. Draw it larger or mark a point."),
    PlaceFault.ACCURACY: _l("The accuracy of the place cannot be used. Mark the place again."),
}

OUTSIDE = (PlaceFault.OUTSIDE_POLAND, PlaceFault.OUTSIDE_BOUNDARIES)
"""What is wrong with a place that somebody else may be responsible for."""


@dataclass(frozen=True)
class Found:
    """A place that a search found, or a commune to choose. `key` tells it apart from others of the same search."""

    key: str
    label: str
    sublabel: str
    place: Place


class Frame(Protocol):
    """The part of the country that a drawn map shows, in EPSG:2180 metres, and its size in pixels."""

    def __init__(self, west: float, south: float, east: float, north: float, width: float, height: float) -> None: ...
    @property
    def width(self) -> float: ...
    @property
    def height(self) -> float: ...
    @property
    def bounds(self) -> tuple[float, float, float, float]: ...
    @property
    def metres_per_unit(self) -> float: ...
    def from_pixel(self, left: float, top: float) -> tuple[float, float]: ...
    def holds(self, left: float, top: float) -> bool: ...
    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> "Frame": ...
    def moved(self, right: float, up: float) -> "Frame": ...


Search = Callable[[str, str | None], Sequence[Found]]
"""Finds places; raises PlaceRefused when the words are the numbers of a place that cannot be taken."""


class PlaceField(Field):
    """A field whose data is a Place or nothing.

    `search(words, district)` finds places, `not_found(words, found)` gives what of the words none of them answers to;
    `communes(district)` lists what may be chosen whole, by TERYT code;
    A marked place is answered at once: `check(place)` raises PlaceRefused, `about(place)` says what its reader should
    know, `advice` where to turn with a place outside (the emergency number is put behind both); `answers_at` is the
    endpoint where the browser's map asks the same.
    `frame(district)` is the part of the country that the map shows at first; `district()` tells the reader's, if known.
    """

    data: Place | None

    def __init__(
        self,
        label: Any = None,
        validators: Any = (),
        *,
        search: Search,
        not_found: Callable[[str, Sequence[Found]], str] = lambda _words, _found: "",
        communes: Callable[[str | None], Sequence[Found]],
        frame: Callable[[str | None], Frame],
        district: Callable[[], str | None] = lambda: None,
        check: Callable[[Place], object] = lambda _place: None,
        about: Callable[[Place], str] = lambda _place: "",
        advice: Any = "",
        answers_at: str = "",
        shapes: Sequence[str] = ("point",),
        required: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.flags.required = required
        self._not_found, self._check, self._about = not_found, check, about
        self.advice, self._answers_at = advice, answers_at
        self._search, self._communes, self._start, self._district = search, communes, frame, district
        self.shapes = tuple(shape for shape in SHAPES if shape in shapes)
        self.asks_again = False
        self.words, self.described, self.commune, self.choice = "", "", "", ""
        self.shape, self.geometry = self.shapes[0], ""
        self.accuracy_m = MAP_ACCURACY_M
        self.found: Sequence[Found] | None = None
        self._known = ""
        self._frame: Frame | None = None
        self._fault: PlaceFault | None = None

    # What the template shows

    @property
    def error_target(self) -> str:
        """The element that the error summary leads to: the places found, or where to search."""
        return f"{self.id}-choice-1" if self.found else f"{self.id}-words"

    @property
    def district(self) -> str | None:
        """The reader's district, if known."""
        return self._district()

    @property
    def not_found(self) -> str:
        """What was searched for and is in no list, such as a street, where at least its town was found."""
        return self._not_found(self.words, self.found) if self.found else ""

    @property
    def communes(self) -> Sequence[Found]:
        """The communes that may be chosen whole."""
        return self._communes(self.district)

    @property
    def frame(self) -> Frame:
        """What the drawn map shows now."""
        if self._frame is None:
            self._frame = self._around_data(self._start(self.district))
        return self._frame

    @property
    def view(self) -> str:
        """The frame as text for the map's address and the hidden field: west, south, east, north, width, height."""
        return ",".join(f"{number:.0f}" for number in (*self.frame.bounds, self.frame.width, self.frame.height))

    @property
    def picture_url(self) -> str:
        """The address of the drawn map with what is marked on it, or nothing where the server draws none."""
        marked = {"marked": self.geometry} if self.geometry else {}
        return _address("districts.map_svg", view=self.view, **marked)

    @property
    def boundaries_url(self) -> str:
        """The address of the boundaries that the map in the browser shows."""
        return _address("districts.boundaries", within=self.district)

    @property
    def note(self) -> str:
        """What the reader should know of the place, or where to turn with one that lies outside."""
        outside = {str(FAULTS[fault]) for fault in OUTSIDE}
        return str(self.advice) if outside.intersection(map(str, self.errors)) else self._known

    @property
    def answers_url(self) -> str:
        """The address where the map in the browser asks about a place that was marked on it."""
        return _address(self._answers_at)

    @property
    def bounds(self) -> str:
        """The middle square of the frame, in degrees, for the map in the browser: west, south, east, north."""
        west, south, east, north = self.frame.bounds
        x, y, half = (west + east) / 2, (south + north) / 2, min(east - west, north - south) / 2
        corners = (*geo.to_degrees(x - half, y - half), *geo.to_degrees(x + half, y + half))
        return ",".join(f"{number:.5f}" for number in corners)

    @property
    def chosen_in_words(self) -> str:
        """The chosen place for people: its name, or its position on the map with the words that go with it."""
        place = self.data
        if place is None:
            return ""
        if place.kind in {PlaceKind.COMMUNE, PlaceKind.DISTRICT} or self.choice:
            return place.words
        lon, lat = place.lon_lat
        kinds = {PlaceKind.LINE: _("line on the map"), PlaceKind.AREA: _("area on the map")}
        spot = f"{kinds.get(place.kind, _('point on the map'))} ({lat:.5f}, {lon:.5f})"
        return _("%(spot)s, described as “%(words)s”", spot=spot, words=place.words) if place.words else spot

    def _value(self) -> str:
        return self.geometry

    def draw(self, **_overrides: Any) -> Markup:
        """Draw the whole question."""
        return Markup(get_template_attribute("macros/place.html", "place_question")(self))  # noqa: S704  # autoescaped

    # What was sent

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read all parts of the answer; the field's own name carries the geometry that was drawn."""
        super().process(formdata, *args, **kwargs)
        if self.data is not None:
            self._show(self.data)
        if formdata:
            self.data, self._fault = None, None
            self._read(
                {key.removeprefix(self.name): formdata.get(key) for key in formdata if key.startswith(self.name)}
            )

    def process_formdata(self, valuelist: list[str]) -> None:
        """Leave the reading to `process`, which sees all parts."""

    def _show(self, place: Place) -> None:
        """Fill the parts from a place that is already known."""
        if place.kind in {PlaceKind.COMMUNE, PlaceKind.DISTRICT}:
            self.commune, self.described = place.code or "", place.words
        else:
            self.geometry, self.accuracy_m, self.words = json.dumps(place.geojson), place.accuracy_m, place.words

    def _read(self, sent: Mapping[str, str]) -> None:
        self.words = _line(sent.get("-words", ""))
        self.described = _line(sent.get("-described", ""))
        self.commune, self.choice = sent.get("-commune", ""), sent.get("-choice", "")
        self.shape = sent.get("-shape", self.shape) if sent.get("-shape") in self.shapes else self.shapes[0]
        self.geometry, self.accuracy_m = sent.get("", ""), _accuracy(sent.get("-accuracy", ""))
        self._frame = self._frame_sent(sent.get("-view", ""))
        self._help(sent)
        self._resolve()
        is_unsearched = False
        if not self.asks_again and self.data is None and self._fault is None:
            self.asks_again = is_unsearched = bool(self.words) and self.words != _line(sent.get("-searched", ""))
        if self.words and self.found is None and (self.asks_again or self.data is None):
            self.found = self._searched()
        if self.asks_again and self.found and len(self.found) == 1 and not self.geometry:
            self.choice = self.found[0].key
        if is_unsearched and self._fault is None:
            self.errors = [self._said_of_search()]
        if self.asks_again:
            self._answer_at_once()

    def _searched(self) -> Sequence[Found] | None:
        """Search for the words; numbers of a place that cannot be taken are a fault and no empty list."""
        try:
            return self._search(self.words, self.district)
        except PlaceRefused as refused:
            self._fault = refused.fault
            return None

    def _answer_at_once(self) -> None:
        """Say now what is wrong with the place that a reader has just marked or found, and what they should know."""
        if self._fault is not None:
            self.errors = [str(FAULTS[self._fault])]
        only = self.found[0].place if self.found and len(self.found) == 1 and self.choice else None
        place = self.data or only
        if place is not None and not self.errors:
            try:
                self._check(place)
                self._known = self._about(place)
            except PlaceRefused as refused:
                self.refuse(refused)

    def _said_of_search(self) -> str:
        """Say what a search came to that nobody asked for by its button, so that the page does not come back mute."""
        if not self.found:
            return _(
                "There is no such place in our list of towns and villages. Check the spelling, write the name without "
                "a street, mark the map or choose a commune."
            )
        if len(self.found) == 1:
            return _("We looked for the place: is it this one? If so, go on.")
        return _("We looked for the place and found several. Choose one.")

    def _help(self, sent: Mapping[str, str]) -> None:
        """Do what the reader pressed short of sending: search, click on the drawing, move it, take back."""
        if "-search" in sent:
            self.choice = ""
        elif "-map.x" in sent:
            self._click(_pixel(sent.get("-map.x")), _pixel(sent.get("-map.y")))
        elif sent.get("-move") in MOVES:
            factor, right, up = MOVES[sent["-move"]]
            self._frame = self.frame.zoomed(factor).moved(right, up)
        elif sent.get("-move") == "undo":
            self._draw(self._corners()[:-1])
        elif "-clear" in sent:
            self.geometry = self.choice = self.commune = ""
        else:
            return
        self.asks_again = True

    def _click(self, left: float, top: float) -> None:
        if not self.frame.holds(left, top):
            return
        position = geo.to_degrees(*self.frame.from_pixel(left, top))
        before, corners = self.geometry, self._corners() if self.shape != "point" else []
        self._draw([*corners, [round(degree, geo.DECIMALS) for degree in position]])
        try:
            Place.from_geojson(self.geometry)
        except PlaceRefused as refused:
            self.geometry = before
            self.refuse(refused)
            return
        self.accuracy_m = max(MAP_ACCURACY_M, round(CLICK_PIXELS * self.frame.metres_per_unit))
        if self.choice:  # the words named the place that the mark has left
            self.words = ""
        self.choice = self.commune = ""

    def _corners(self) -> list[list[float]]:
        """List the positions drawn so far, in the order in which they were drawn."""
        try:
            Place.from_geojson(self.geometry)
        except PlaceRefused:
            return []
        shape = geo.read_json(self.geometry)
        coordinates: Any = shape["coordinates"]
        return {"Point": [coordinates], "LineString": coordinates}.get(shape["type"]) or list(coordinates[0][:-1])

    def _draw(self, corners: list[list[float]]) -> None:
        """Make the geometry that so many corners give: a point, a line, from three corners on an area."""
        if not corners:
            self.geometry = ""
        elif len(corners) == 1:
            self.geometry = json.dumps({"type": "Point", "coordinates": corners[0]})
        elif self.shape == "polygon" and len(corners) > 2:
            self.geometry = json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
        else:
            self.geometry = json.dumps({"type": "LineString", "coordinates": corners})

    def _resolve(self) -> None:
        """Find the place; what was said of it in words belongs to it however it was found."""
        self._find()
        if self.data is not None and self.data.code is None and self.described:
            self.data = replace(self.data, words=_line(", ".join(filter(None, (self.data.words, self.described)))))

    def _find(self) -> None:
        """Find the place that was meant: a found one, else a drawn one, else a whole commune."""
        if self.choice:
            self.found = (self._searched() if self.words else None) or []
            self.data = next((_named(found) for found in self.found if found.key == self.choice), None)
        if self.data is None and self.geometry:
            self._take_drawn()
        elif self.data is None and self.commune:
            whole = next((found for found in self.communes if found.key == self.commune), None)
            self.data = replace(whole.place, words=self.described or whole.label) if whole else None

    def _take_drawn(self) -> None:
        try:
            place = Place.from_geojson(self.geometry, self.accuracy_m, self.words)
        except PlaceRefused as refused:
            self._fault, self.geometry = refused.fault, ""
            return
        if {PlaceKind.POINT: "point", PlaceKind.LINE: "line"}.get(place.kind, "polygon") not in {"point", *self.shapes}:
            self._fault, self.geometry = PlaceFault.NOT_A_GEOMETRY, ""
            return
        self.data = place

    def _frame_sent(self, text: str) -> Frame | None:
        """Read the frame that the page showed; anything odd gives way to the first one."""
        start = self._start(self.district)
        try:
            west, south, east, north = (float(part) for part in text.split(",")[:4])
        except ValueError:
            return None
        if not all(map(math.isfinite, (west, south, east, north))) or not (
            100 <= east - west <= 3e6 and 100 <= north - south <= 3e6 and abs(west) < 3e6 and abs(south) < 3e6
        ):
            return None
        return type(start)(west, south, east, north, start.width, start.height)

    def _around_data(self, frame: Frame) -> Frame:
        """Centre the first frame on the place that is already known."""
        if self.data is None or self.data.is_whole_area:
            return frame
        west, south, east, north = frame.bounds
        x, y = self.data.x_y
        return frame.zoomed(4, x, y) if west < x < east and south < y < north else frame

    # What is wrong with it

    def pre_validate(self, _form: Any) -> None:
        """Refuse a faulty geometry, and nothing at all where an answer is needed."""
        if self._fault:
            raise ValidationError(FAULTS[self._fault])
        if self.choice and self.data is None:
            raise ValidationError(_("Choose a place from the list again: the search has changed."))
        if self.flags.required and self.data is None:
            raise ValidationError(_("Say where it is: search for a name, mark the map or choose a commune."))

    def refuse(self, refused: PlaceRefused) -> None:
        """Say what an operation found wrong with the place, such as that it lies outside the boundaries."""
        self.errors = [*self.errors, str(FAULTS[refused.fault])]


def _address(endpoint: str, **values: str | None) -> str:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""  # type: ignore[arg-type]


def _named(found: Found) -> Place:
    return replace(found.place, words=found.place.words or found.label)


def _line(text: str) -> str:
    """Read one line of text: no control characters, blanks joined, at most 200 characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:200]


def _accuracy(text: str) -> float:
    """Read how exact the map was when the place was marked; it never claims more than a map can give."""
    try:
        value = float(text)
    except ValueError:
        return MAP_ACCURACY_M
    return min(max(value, MAP_ACCURACY_M), 5_000.0) if math.isfinite(value) else MAP_ACCURACY_M


def _pixel(text: str | None) -> float:
    try:
        value = float(text or "0")
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
