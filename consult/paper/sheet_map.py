"""The map of a sheet as a drawing: land, names, and the lettered grid over it, in black, white and a few greys.

It is made to be written on and to survive a copier: nothing is told by colour alone, streets are white between grey
edges, the lines of the grid are black and thin. Everything is measured in EPSG:2180; a millimetre of paper is four
units of the drawing.
"""

import math
import re
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from consult.basemap.covering import Background
from consult.basemap.land import Kind, Piece
from consult.documents.lettering import FAMILY, drawing, escaped, fixed, length, shortened
from consult.documents.svg_map import ScaleBar, Town, View, path
from consult.paper.grid import Grid

MM = 4.0
CELL_MM = 13.0
EDGE_MM = 5.5
FOOT_MM = 5.5

INK, GREY, LINE, PAPER = "#111111", "#4a4a4a", "#333333", "#ffffff"
LETTER, TOWN, STREET, SPOT, CELL_NAME = 16.0, 13.0, 10.5, 10.0, 8.5
MOST_STREETS, MOST_SPOTS = 90, 30
STRAIGHT = 0.97
"""A name stands along a street where the way is hardly longer than the straight line."""

STEPS = 24

FILLS = {Kind.GREEN: "#eef1ec", Kind.WATER: "#cfd9e0", Kind.BUILDING: "#dcdcdc"}
EDGES = {Kind.WATER: ' stroke="#8a98a3" stroke-width="0.6"'}
STREAM = ' stroke="#8a98a3" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
PATH = ' stroke="#9a9a9a" stroke-width="0.9" stroke-dasharray="3 2" stroke-linejoin="round"'
WAYS = {Kind.STREET: (4.8, 3.4, "#8f8f8f"), Kind.ROAD: (8.4, 6.6, "#7d7d7d")}
"""The width of a way with its edges and without, and the grey of the edges."""

BORDER = f' stroke="{LINE}" stroke-width="1.8" stroke-dasharray="12 4 2.5 4" stroke-linejoin="round"'


@dataclass(frozen=True)
class Words:
    """The words of the map, in the reader's language."""

    title: str
    description: str
    north: str
    source: str = ""
    venue: str = ""


@dataclass(frozen=True)
class SheetMap:
    """All that is on the map of a sheet. `borders` are those of communes; `venue` is where the people sit."""

    grid: Grid
    words: Words
    background: Background = field(default_factory=Background)
    borders: Sequence[BaseGeometry] = ()
    towns: Sequence[Town] = ()
    venue: tuple[float, float] | None = None

    @property
    def view(self) -> View:
        """The frame of the grid in units of the drawing."""
        wide, tall = self.grid.columns * CELL_MM * MM, self.grid.rows * CELL_MM * MM
        return View(*self.grid.bounds, wide, tall)


@dataclass(frozen=True)
class _Name:
    """Words with the middle of their base line and their angle, clockwise."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    angle: float = 0.0
    ink: str = INK

    @property
    def box(self) -> shapely.Polygon:
        half = length(self.text, self.size, bold=self.bold) / 2 + 1
        upright = shapely.box(self.x - half, self.y - self.size * 0.8, self.x + half, self.y + self.size * 0.25)
        return rotate(upright, self.angle, origin=(self.x, self.y)) if self.angle else upright


def width_mm(grid: Grid) -> float:
    """How wide the drawing is on paper."""
    return grid.columns * CELL_MM + 2 * EDGE_MM


def draw(sheet: SheetMap) -> str:
    """Draw the map of a sheet, as large as it stands on paper."""
    view, edge = sheet.view, EDGE_MM * MM
    wide, tall = view.width + 2 * edge, view.height + 2 * edge + FOOT_MM * MM
    land = "".join((*_ground(sheet), *_borders(sheet), *_lines(sheet.grid), *_names(sheet)))
    size = f'width="{fixed(view.width)}" height="{fixed(view.height)}"'
    frame = (
        f'<svg x="{fixed(edge)}" y="{fixed(edge)}" {size} viewBox="0 0 {fixed(view.width)} {fixed(view.height)}"'
        f' overflow="hidden"><rect {size} fill="{PAPER}"/>{land}</svg>'
        f'<rect x="{fixed(edge)}" y="{fixed(edge)}" {size} fill="none" stroke="{INK}" stroke-width="2"/>'
    )
    body = f"{frame}{''.join(_edges(sheet.grid))}{_foot(sheet)}"
    return drawing(wide, tall, sheet.words.title, sheet.words.description, body, width_mm=wide / MM)


_PICTURE = re.compile(r'href="data:image/png;base64,([^"]*)"')


def picture_apart(svg: str, address: str) -> tuple[str, bytes]:
    """Take the picture out of a drawing and leave its address: the press reads pictures only beside a drawing."""
    found = _PICTURE.search(svg)
    return (_PICTURE.sub(f'href="{address}"', svg), b64decode(found[1])) if found else (svg, b"")


# --- land -----------------------------------------------------------------------------------------------------------


def _ground(sheet: SheetMap) -> Iterator[str]:
    """Draw the background: a picture as it is, shapes from the lowest to the highest."""
    view = sheet.view
    if sheet.background.picture:
        data = b64encode(sheet.background.picture).decode()
        size = f'width="{fixed(view.width)}" height="{fixed(view.height)}"'
        yield f'<image x="0" y="0" {size} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>'
    shapes = _by_kind(sheet.background.pieces)
    for kind, fill in FILLS.items():
        yield path(_simple(shapes[kind], view), view, fill, EDGES.get(kind, ""))
    yield path(_simple(shapes[Kind.STREAM], view), view, "none", STREAM)
    yield path(_simple(shapes[Kind.PATH], view), view, "none", PATH)
    yield from _ways(shapes, view)
    yield from _railways(_simple(shapes[Kind.RAILWAY], view), view)


def _by_kind(pieces: Iterable[Piece]) -> dict[Kind, list[BaseGeometry]]:
    found: dict[Kind, list[BaseGeometry]] = defaultdict(list)
    for piece in pieces:
        found[piece.kind].append(piece.geometry)
    return found


def _simple(shapes: Sequence[BaseGeometry], view: View) -> BaseGeometry:
    """Put shapes together with no more corners than ink can show, cut to the frame."""
    spare = 10 * view.metres_per_unit
    west, south, east, north = view.bounds
    frame = (west - spare, south - spare, east + spare, north + spare)
    cut = shapely.clip_by_rect(shapely.simplify(np.array(shapes, dtype=object), view.metres_per_unit * 0.4), *frame)
    return shapely.union_all(shapely.make_valid(cut))  # what two tiles share would be drawn twice


def _ways(shapes: dict[Kind, list[BaseGeometry]], view: View) -> Iterator[str]:
    """Draw all edges first, then all ways, so that crossings are open."""
    round_ends = 'stroke-linecap="round" stroke-linejoin="round"'
    ways = {kind: _simple(shapes[kind], view) for kind in WAYS}
    narrow = min(1.0, 4.0 / view.metres_per_unit)  # of a wide map streets must not become a white cloth
    for inner in (False, True):
        for kind, (outer_width, inner_width, grey) in WAYS.items():
            wide = (inner_width if inner else outer_width) * max(narrow, 0.45)
            colour = PAPER if inner else grey
            yield path(ways[kind], view, "none", f' stroke="{colour}" stroke-width="{fixed(wide)}" {round_ends}')


def _railways(lines: BaseGeometry, view: View) -> Iterator[str]:
    yield path(lines, view, "none", f' stroke="{LINE}" stroke-width="3.2"')
    yield path(lines, view, "none", f' stroke="{PAPER}" stroke-width="2" stroke-dasharray="9 9"')


def _borders(sheet: SheetMap) -> Iterator[str]:
    if sheet.borders:
        lines = shapely.union_all(shapely.boundary(np.array(sheet.borders, dtype=object)))
        yield path(_simple([shapely.line_merge(lines)], sheet.view), sheet.view, "none", BORDER)


# --- grid -----------------------------------------------------------------------------------------------------------


def _lines(grid: Grid) -> Iterator[str]:
    """Draw the lines of the grid and the name of each field in its corner."""
    side = CELL_MM * MM
    wide, tall = grid.columns * side, grid.rows * side
    moves = "".join(f"M{fixed(column * side)} 0V{fixed(tall)}" for column in range(1, grid.columns))
    moves += "".join(f"M0 {fixed(row * side)}H{fixed(wide)}" for row in range(1, grid.rows))
    yield f'<path d="{moves}" fill="none" stroke="{LINE}" stroke-width="0.9"/>'
    for name in _cell_names(grid):
        yield _written(name.text, name.x, name.y, name.size, name.ink, halo=2.2)


def _cell_names(grid: Grid) -> Iterator[_Name]:
    """Put the name of each field into its upper left corner."""
    side = CELL_MM * MM
    for text in grid.names():
        column, row = grid.position(text)
        x, y = (column - 1) * side + 2, (row - 1) * side + CELL_NAME + 1.5
        yield _Name(text, x + length(text, CELL_NAME) / 2, y, CELL_NAME, ink=GREY)


def _edges(grid: Grid) -> Iterator[str]:
    """Write letters above and below, numbers left and right."""
    side, edge = CELL_MM * MM, EDGE_MM * MM
    wide, tall = grid.columns * side, grid.rows * side
    drop = LETTER * 0.35
    for place, letter in enumerate(grid.letters):
        for y in (edge / 2, tall + edge * 1.5):
            yield _written(letter, edge + (place + 0.5) * side, y + drop, LETTER, INK, bold=True)
    for row in range(1, grid.rows + 1):
        for x in (edge / 2, wide + edge * 1.5):
            yield _written(str(row), x, edge + (row - 0.5) * side + drop, LETTER, INK, bold=True)


def _foot(sheet: SheetMap) -> str:
    """Draw the scale, the arrow to the north and the sources below the map."""
    view, edge = sheet.view, EDGE_MM * MM
    top = view.height + 2 * edge + 4
    bar = ScaleBar.of(view)
    half = bar.length / 2
    box = f'y="{fixed(top + 4)}" height="5" stroke="{INK}" stroke-width="1"'
    parts = [
        f'<rect x="{fixed(edge)}" {box} width="{fixed(half)}" fill="{INK}"/>',
        f'<rect x="{fixed(edge + half)}" {box} width="{fixed(half)}" fill="{PAPER}"/>',
        _written(bar.words, edge + bar.length + 6, top + 11, TOWN, INK, anchor="start"),
    ]
    x = edge + bar.length + 6 + length(bar.words, TOWN) + 26
    parts += [
        f'<path d="M{fixed(x)} {fixed(top - 3)}l6 16l-6 -4l-6 4z" fill="{INK}"/>',
        _written(sheet.words.north, x + 11, top + 11, TOWN, INK, anchor="start"),
    ]
    right = view.width + edge
    room = right - x - 24 - length(sheet.words.north, TOWN)
    source = shortened(sheet.words.source, CELL_NAME, room)
    parts.append(_written(source, right, top + 11, CELL_NAME, GREY, anchor="end"))
    return "".join(parts)


# --- names ----------------------------------------------------------------------------------------------------------


def _names(sheet: SheetMap) -> Iterator[str]:
    """Write the venue first, then towns, streets and spots, each where nothing is written yet."""
    view, taken = sheet.view, [name.box for name in _cell_names(sheet.grid)]
    if sheet.venue is not None:
        x, y = view.to_pixel(*sheet.venue)
        taken.append(shapely.Point(x, y).buffer(8))
        yield (
            f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="7" fill="{PAPER}" stroke="{INK}" stroke-width="2"/>'
            f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="3.2" fill="{INK}"/>'
        )
        yield from _placed(view, taken, _beside(sheet.words.venue, x, y, 12, TOWN, bold=True))
    for town in sheet.towns:
        x, y = view.to_pixel(town.x, town.y)
        yield from _placed(view, taken, _around(town.name, x, y, TOWN + 2 * (town.rank <= 1), bold=True))
    for candidates in _streets(sheet.background.pieces, view):
        yield from _placed(view, taken, candidates)
    yield from _spots(sheet.background.pieces, view, taken)


def _placed(view: View, taken: list[shapely.Polygon], candidates: Iterable[_Name]) -> Iterator[str]:
    """Write a name at the first of its places that is free and lies wholly in the frame."""
    frame = shapely.box(2, 2, view.width - 2, view.height - 2)
    for name in candidates:
        box = name.box
        if name.text and frame.contains(box) and not shapely.intersects(box, np.array(taken, dtype=object)).any():
            taken.append(box)
            yield _written(name.text, name.x, name.y, name.size, name.ink, bold=name.bold, angle=name.angle, halo=3)
            return


def _around(text: str, x: float, y: float, size: float, *, bold: bool) -> Iterator[_Name]:
    """On the place itself, as a name of a settlement stands, or close to it."""
    for down in (0, -1.2, 1.2, -2.4, 2.4):
        for right in (0, -0.5, 0.5):
            yield _Name(text, x + right * length(text, size, bold=bold), y + size * (0.33 + down), size, bold)


def _beside(text: str, x: float, y: float, gap: float, size: float, *, bold: bool = False) -> Iterator[_Name]:
    half = length(text, size, bold=bold) / 2 + gap
    for right, down in ((1, 0), (-1, 0), (0, -1), (0, 1)):
        yield _Name(text, x + right * half, y + size * 0.33 + down * (size * 0.6 + gap), size, bold)


def _streets(pieces: Iterable[Piece], view: View) -> Iterator[Iterator[_Name]]:
    """Give for each street the places where its name could run along it, the longest streets first."""
    named: dict[str, list[BaseGeometry]] = defaultdict(list)
    for piece in pieces:
        if piece.name and piece.kind in {Kind.STREET_NAME, Kind.STREET, Kind.ROAD}:
            named[piece.name].append(piece.geometry)
    ways = {name: shapely.clip_by_rect(shapely.union_all(parts), *view.bounds) for name, parts in named.items()}
    longest = sorted(ways, key=lambda name: (-ways[name].length, name))
    for name in longest[:MOST_STREETS]:
        yield _along(name, ways[name], view)


def _along(text: str, way: BaseGeometry, view: View) -> Iterator[_Name]:
    """Give the straight stretches of a street that are as long as its name, from the middle outwards."""
    need = length(text, STREET) * view.metres_per_unit
    merged = shapely.line_merge(way) if way.geom_type == "MultiLineString" else way
    lines = [line for line in shapely.get_parts([merged]) if line.geom_type == "LineString" and line.length > need]
    for line in sorted(lines, key=lambda line: -line.length):
        room = line.length - need
        for step in sorted(range(STEPS + 1), key=lambda step: abs(step - STEPS / 2)):
            start, end = (line.interpolate(room * step / STEPS + reach) for reach in (0, need))
            if start.distance(end) < STRAIGHT * need:
                continue
            (left, top), (right, bottom) = view.to_pixel(start.x, start.y), view.to_pixel(end.x, end.y)
            angle = math.degrees(math.atan2(bottom - top, right - left))
            angle = (angle + 90) % 180 - 90
            lowered = STREET * 0.33
            x = (left + right) / 2 - lowered * math.sin(math.radians(angle))
            y = (top + bottom) / 2 + lowered * math.cos(math.radians(angle))
            yield _Name(text, x, y, STREET, angle=angle)


def _spots(pieces: Iterable[Piece], view: View, taken: list[shapely.Polygon]) -> Iterator[str]:
    """Draw what people find their way by: schools, churches, stations, each with its name or not at all."""
    written = set[str]()
    for piece in pieces:
        if piece.kind is not Kind.SPOT or piece.name in written or len(written) >= MOST_SPOTS:
            continue
        x, y = view.to_pixel(*piece.geometry.centroid.coords[0])
        text = shortened(piece.name, SPOT, 130)
        name = "".join(_placed(view, taken, (_beside(text, x, y, 5, SPOT))))
        if name:
            written.add(piece.name)
            taken.append(shapely.Point(x, y).buffer(4))
            yield f'<rect x="{fixed(x - 2.2)}" y="{fixed(y - 2.2)}" width="4.4" height="4.4" fill="{INK}"/>{name}'


def _written(
    text: str,
    x: float,
    y: float,
    size: float,
    ink: str,
    *,
    anchor: str = "middle",
    bold: bool = False,
    angle: float = 0.0,
    halo: float = 0.0,
) -> str:
    """Write words, with a white edge around the letters where they stand on the map."""
    weight = ' font-weight="700"' if bold else ""
    turn = f' transform="rotate({fixed(angle)} {fixed(x)} {fixed(y)})"' if angle else ""
    shared = (
        f'x="{fixed(x)}" y="{fixed(y)}" font-family="{FAMILY}" font-size="{fixed(size)}"{weight}'
        f' text-anchor="{anchor}"{turn}'
    )
    words = escaped(text)
    edge = (
        f'<text {shared} fill="{PAPER}" stroke="{PAPER}" stroke-width="{fixed(halo)}" stroke-linejoin="round"'
        f' aria-hidden="true">{words}</text>'
    )
    return f'{edge if halo else ""}<text {shared} fill="{ink}">{words}</text>'
