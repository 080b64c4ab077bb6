"""The drawn map of what was said at a meeting, for pages without scripts and for print."""

from collections.abc import Iterator, Sequence

import shapely
from flask_babel import gettext as _

from consult.districts import queries as districts
from consult.districts.atlas import Region
from consult.districts.drawing import ground
from consult.documents.marks import MARKS
from consult.documents.svg_map import Area, Scene, Symbol, Town, View, draw
from consult.geo import Place, PlaceKind, to_degrees, to_metres
from consult.places import queries as places
from debates.models import Meeting, Statement
from debates.wording import in_words

SIZE = (640.0, 440.0)
VENUE_SIZE = (640.0, 360.0)
AROUND_VENUE_M = 4_000.0
"""So much of the land around a venue is shown that the next towns are on the map."""

CLOSEST_M = 1_500.0
"""A single place is shown with so much of its surroundings on each side."""


def map_of(meeting: Meeting, statements: Sequence[Statement]) -> str:
    """Draw the places of a meeting's statements, each with its number in the minutes."""
    placed = [statement for statement in statements if statement.place and statement.withdrawn_at is None]
    view = View.fitting(_bounds(placed), *SIZE)
    source, is_approximate = districts.attribution()
    scene = Scene(
        view,
        _("What was said: %(title)s", title=meeting.title),
        areas=[_area(region) for region in districts.communes_within(view.bounds) or _around(view)],
        towns=list(_towns(view)),
        symbols=list(_symbols(placed)),
        attribution=source,
        note=_("approximate boundaries") if is_approximate else "",
    )
    return draw(scene)


def map_of_venue(meeting: Meeting) -> str:
    """Draw where a meeting is to be held, with the land around."""
    assert meeting.place is not None
    west, south, east, north = meeting.place.metres.buffer(AROUND_VENUE_M).bounds
    symbol = Symbol(*meeting.place.x_y, MARKS["place"], title=meeting.venue or _("Venue"))
    view = View.fitting((west, south, east, north), *VENUE_SIZE)
    return ground(view, meeting.district_codes[0][:4], symbols=[symbol], title=_("Where the meeting is held"))


def _towns(view: View) -> Iterator[Town]:
    """Name the towns in the frame, the largest first."""
    corners = (*to_degrees(view.west, view.south), *to_degrees(view.east, view.north))
    for rank, town in enumerate(places.towns_within(corners), 1):
        if town.lon is not None and town.lat is not None:
            yield Town(*to_metres(town.lon, town.lat), town.name, rank)


def _around(view: View) -> Sequence[Region]:
    return districts.districts_within(view.bounds)


def _area(region: Region) -> Area:
    return Area(region.shape, region.name)


def _bounds(statements: Sequence[Statement]) -> tuple[float, float, float, float]:
    shapes = [statement.place.metres.buffer(CLOSEST_M) for statement in statements if statement.place]
    if not shapes:
        return districts.frame(None).bounds
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    return west, south, east, north


def _symbols(statements: Sequence[Statement]) -> Iterator[Symbol]:
    for statement in statements:
        assert statement.place is not None
        yield _symbol(statement, statement.place)


def _symbol(statement: Statement, place: Place) -> Symbol:
    drawn = place.kind in {PlaceKind.LINE, PlaceKind.AREA}
    return Symbol(
        *place.x_y,
        mark=MARKS["place"],
        label=str(statement.position),
        title=f"{statement.position}. {in_words(statement.kind)}",
        within_m=0.0 if drawn or place.is_whole_area else place.accuracy_m,
        extent=place.metres if drawn else None,
        key=str(statement.id),
    )
