"""The land as the server draws it: for pages without scripts and for marking a place by a click."""

import math
from collections.abc import Iterator, Sequence

import shapely
from flask_babel import gettext as _

from consult.districts import queries
from consult.districts.atlas import Region
from consult.documents.lettering import length, shortened, written
from consult.documents.marks import MARKS
from consult.documents.svg_map import LIGHT, Area, Scene, Symbol, Town, View, draw
from consult.geo import Place, PlaceKind, to_degrees, to_metres
from consult.places import queries as places

MOST_PIXELS = (1_200.0, 900.0)
LEAST_PIXELS = 50.0
LEAST_M, MOST_M = 100.0, 1_500_000.0
FARTHEST_M = 5_000_000.0
NEAR_BELOW_M = 160_000.0
"""A frame narrower than this shows one district with its communes, a wider one districts alike."""

AROUND_M = 5_000.0

MOST_NAMES = 60
MOST_TOWNS = 40
SMALL_PRINT = 9.5


class ViewRefused(ValueError):
    """The text is no frame of a map: six numbers within reason."""


def view_of(text: str) -> View:
    """Read a frame: west, south, east, north in EPSG:2180 metres, width and height in pixels."""
    try:
        west, south, east, north, width, height = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ViewRefused(text[:80]) from error
    numbers = (west, south, east, north, width, height)
    sized = LEAST_PIXELS <= width <= MOST_PIXELS[0] and LEAST_PIXELS <= height <= MOST_PIXELS[1]
    if not all(map(math.isfinite, numbers)) or not sized:
        raise ViewRefused(text[:80])
    spans = LEAST_M <= east - west <= MOST_M and LEAST_M <= north - south <= MOST_M
    if not spans or max(map(abs, numbers)) > FARTHEST_M:
        raise ViewRefused(text[:80])
    return View(west, south, east, north, width, height)


def ground(
    view: View,
    district_code: str | None = None,
    marked: Place | None = None,
    symbols: Sequence[Symbol] = (),
    title: str = "",
) -> str:
    """Draw the land in a frame, exactly as large as the frame, with a place marked on it or with symbols.

    A near frame shows one district with its communes (by default the one in the middle) and the others around it.
    """
    towns = list(_towns(view))
    own, around = _regions(view, district_code)
    source, is_approximate = queries.attribution()
    scene = Scene(
        view,
        title or _("Map of the area"),
        areas=[Area(region.shape, _name(region, len(own), towns)) for region in own],
        neighbours=[Area(region.shape, _name(region, len(around), towns)) for region in around],
        towns=towns,
        symbols=[_mark(marked)] if marked else list(symbols),
    )
    small_print = " · ".join(filter(None, (_("approximate boundaries") if is_approximate else "", source)))
    drawn = draw(scene).removesuffix("</svg>")
    return f"{drawn}{_inside(view, small_print)}</svg>"


def frame(district_code: str | None, marked: Place | None) -> View:
    """Choose the frame when none is asked for: the district, what lies around the place, or everything."""
    if district_code is None and marked is not None:
        west, south, east, north = marked.metres.buffer(AROUND_M).bounds
        return View.fitting((west, south, east, north), *queries.FRAME_SIZE)
    return queries.frame(district_code)


def _regions(view: View, district_code: str | None) -> tuple[Sequence[Region], Sequence[Region]]:
    """List what the frame shows: one district's communes with the districts around them, or all districts alike."""
    districts = queries.districts_within(view.bounds)
    middle = shapely.Point((view.west + view.east) / 2, (view.south + view.north) / 2)
    own = next((region for region in districts if region.code == district_code), None)
    own = own or next((region for region in districts if shapely.covers(region.shape, middle)), None)
    if own is None or view.east - view.west > NEAR_BELOW_M:
        return districts, []
    return queries.communes_of(own.code) or [own], [region for region in districts if region is not own]


def _name(region: Region, together: int, towns: Sequence[Town]) -> str:
    """Name an area, unless its town does, or the map would be nothing but names."""
    named = {town.name for town in towns}
    return "" if together > MOST_NAMES or region.name in named else region.name


def _towns(view: View) -> Iterator[Town]:
    west, south = to_degrees(view.west, view.south)
    east, north = to_degrees(view.east, view.north)
    for place in places.towns_within((west, south, east, north), MOST_TOWNS):
        assert place.lon is not None
        assert place.lat is not None
        x, y = to_metres(place.lon, place.lat)
        yield Town(x, y, place.name, _rank(place.population or 0))


def _rank(population: int) -> int:
    return sum(population < least for least in (100_000, 20_000, 5_000))


def _mark(place: Place) -> Symbol:
    x, y = place.x_y
    extent = None if place.kind is PlaceKind.POINT else place.metres
    reach = 0.0 if extent is not None else place.accuracy_m
    return Symbol(x, y, MARKS["place"], title=_("Chosen place"), within_m=reach, extent=extent)


def _inside(view: View, text: str) -> str:
    """Write where the boundaries come from into the lower right corner, since nothing may stand below the frame."""
    if not text:
        return ""
    words = shortened(text, SMALL_PRINT, view.width * 0.7)
    wide = length(words, SMALL_PRINT) + 8
    left, top = view.width - wide - 1, view.height - 15
    place = f'x="{left:.0f}" y="{top:.0f}" width="{wide:.0f}" height="14"'
    paper = f'<rect {place} fill="{LIGHT.paper}" fill-opacity="0.85"/>'
    return paper + written(left + 4, top + 10.5, words, SMALL_PRINT, LIGHT.quiet)
