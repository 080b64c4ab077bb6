"""The map of a sheet with what is known of the land: the background, boundaries, names of places, the venue."""

from collections.abc import Iterator

from flask_babel import gettext as _

from consult.basemap.covering import Background, BackgroundUnreadable, covering
from consult.basemap.sources import ServerSilent
from consult.basemap.views import source
from consult.districts import queries as districts
from consult.documents.svg_map import Town
from consult.geo import Place, box_to_degrees, to_metres
from consult.paper import sheet_map
from consult.paper.grid import Grid
from consult.paper.models import PaperForm
from consult.paper.sheet_map import SheetMap, Words
from consult.places import queries as places

PIXELS_A_CELL = 100
"""Of a background in pictures: about 190 pixels an inch of paper."""

BIG_TOWN = 20_000
SMALL_PLACES_BELOW_M = 30_000.0
"""A map wider than this names only whole towns and villages."""


class BackgroundMissing(Exception):
    """The background of the map cannot be had just now; a sheet without its streets helps nobody."""


def map_of_form(form: PaperForm) -> str:
    """Draw the map of a form, in the language of the moment. Raises BackgroundMissing."""
    venue = form.meeting.place if form.meeting else None
    return map_of(form.grid, form.title, venue)


def map_of(grid: Grid, title: str, venue: Place | None = None) -> str:
    """Draw the land under a grid, in the language of the moment. Raises BackgroundMissing."""
    background = background_of(grid)
    communes = districts.communes_within(grid.bounds) or districts.districts_within(grid.bounds)
    words = Words(
        title=_("Map with a lettered grid: %(title)s", title=title),
        description=_(
            "Columns %(first)s to %(last)s, rows 1 to %(rows)s. A field is %(metres)s metres wide.",
            first=grid.letters[0],
            last=grid.letters[-1],
            rows=grid.rows,
            metres=round(grid.cell_m),
        ),
        north=_("north"),
        source=_sources(background),
        venue=_("We are here"),
    )
    shown = venue is not None and not venue.is_whole_area and grid.at(*venue.x_y) is not None
    return sheet_map.draw(
        SheetMap(
            grid,
            words,
            background,
            borders=[region.shape for region in communes],
            towns=list(_towns(grid)),
            venue=venue.x_y if venue is not None and shown else None,
        )
    )


def background_of(grid: Grid) -> Background:
    """Give what lies below the grid; nothing where the installation has no background. Raises BackgroundMissing."""
    size = grid.columns * PIXELS_A_CELL, grid.rows * PIXELS_A_CELL
    try:
        return covering(source(), grid.bounds, size)
    except (ServerSilent, BackgroundUnreadable) as problem:
        raise BackgroundMissing(str(problem)) from problem


def has_streets() -> bool:
    """Tell whether maps of this installation have a background, and so streets."""
    return source() is not None


def _sources(background: Background) -> str:
    boundaries, is_approximate = districts.attribution()
    approximate = _("approximate boundaries") if is_approximate else ""
    return " · ".join(filter(None, (background.attribution, approximate, boundaries)))


def _towns(grid: Grid) -> Iterator[Town]:
    wide = grid.x_max - grid.x_min
    for row in places.named_within(box_to_degrees(grid.bounds)):
        if row.lon is None or row.lat is None:
            continue
        is_whole = row.sort in places.WHOLE_PLACES and not row.part_of
        if is_whole or wide <= SMALL_PLACES_BELOW_M:
            yield Town(*to_metres(row.lon, row.lat), row.name, _rank(row.population or 0, is_whole=is_whole))


def _rank(population: int, *, is_whole: bool) -> int:
    if population >= BIG_TOWN:
        return 0
    return 1 if population and is_whole else 2
