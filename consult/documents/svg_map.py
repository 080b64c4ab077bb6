"""The map as a drawing: areas, names and numbered marks as SVG, for paper, for pages without scripts, for print.

Everything is measured in EPSG:2180 (x metres east, y metres north). What goes in is plain; what comes out is a string
that is the same for the same input. Nothing is hidden: marks at one place are moved apart with a line to their true
place, or counted together.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from consult.documents.lettering import drawing, escaped, fixed, length, lines, written
from consult.documents.marks import INK_DROP, MARKS, REACH, Mark, outline

Bounds = tuple[float, float, float, float]
"""West, south, east and north; in a drawing left, top, right and bottom."""

NAME_SIZE = 12.0
SMALL_SIZE = 10.0
RADIUS = 8.0
DOT = 4.0
MARGIN = 10.0
ROUND_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class View:
    """The part of the country in a drawing's frame, and the way between metres and the drawing's units."""

    west: float
    south: float
    east: float
    north: float
    width: float
    height: float

    @classmethod
    def fitting(cls, bounds: Bounds, width: float = 680, height: float | None = None, margin: float = 0.05) -> Self:
        """A view that holds the bounds with a margin; without a height the drawing is as tall as the bounds need."""
        west, south, east, north = bounds
        wide, tall = max(east - west, 1.0) * (1 + 2 * margin), max(north - south, 1.0) * (1 + 2 * margin)
        if height is None:
            height = round(min(max(width * tall / wide, width * 0.5), width * 1.25))
        metres = max(wide / width, tall / height)
        return cls.centred((west + east) / 2, (south + north) / 2, metres, width, height)

    @classmethod
    def centred(cls, x: float, y: float, metres_per_unit: float, width: float, height: float) -> Self:
        """A view around a position at a given scale."""
        half_wide, half_tall = width * metres_per_unit / 2, height * metres_per_unit / 2
        return cls(x - half_wide, y - half_tall, x + half_wide, y + half_tall, width, height)

    @property
    def metres_per_unit(self) -> float:
        return (self.east - self.west) / self.width

    @property
    def bounds(self) -> Bounds:
        return self.west, self.south, self.east, self.north

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """From metres to the drawing: left to right, top to bottom."""
        return (x - self.west) / self.metres_per_unit, (self.north - y) / self.metres_per_unit

    def from_pixel(self, left: float, top: float) -> tuple[float, float]:
        """From a click on the drawing back to metres."""
        return self.west + left * self.metres_per_unit, self.north - top * self.metres_per_unit

    def holds(self, left: float, top: float) -> bool:
        """Whether a click lies in the frame; 0, 0 is what browsers send when no one pointed at anything."""
        return (left, top) != (0, 0) and 0 <= left <= self.width and 0 <= top <= self.height

    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> Self:
        """The same frame nearer (factor above 1) or farther, around a position or the middle."""
        middle_x = (self.west + self.east) / 2 if x is None else x
        middle_y = (self.south + self.north) / 2 if y is None else y
        return self.centred(middle_x, middle_y, self.metres_per_unit / factor, self.width, self.height)

    def moved(self, right: float, up: float) -> Self:
        """The same scale, moved by shares of the frame."""
        dx, dy = right * (self.east - self.west), up * (self.north - self.south)
        return replace(self, west=self.west + dx, east=self.east + dx, south=self.south + dy, north=self.north + dy)


@dataclass(frozen=True, slots=True)
class Area:
    """A district, commune or beat. `shade` 1 to 4 darkens it when areas are compared."""

    geometry: BaseGeometry
    name: str = ""
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What helps to find one's way, drawn quietly: water, forest, built, road, rail."""

    geometry: BaseGeometry
    kind: str


@dataclass(frozen=True, slots=True)
class Town:
    """A named place; a lower rank is more important and keeps its name first."""

    x: float
    y: float
    name: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark at a place. With a label (number or letter) it stands alone; without one, near ones are counted together.

    `within_m` draws the circle in which the true place lies; `extent` draws the line, area or cell that is meant.
    `key` names the symbol in the drawing (`data-key`), `title` tells what it is when pointed at.
    A `scale` above 1 makes the worst places stand out.
    """

    x: float
    y: float
    mark: Mark = MARKS["place"]
    label: str = ""
    title: str = ""
    within_m: float = 0.0
    extent: BaseGeometry | None = None
    key: str = ""
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A mark and the words that explain it."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the ground; marks keep theirs."""

    ground: str = "#f4f5f6"
    area: str = "#ffffff"
    area_line: str = "#8a939c"
    border: str = "#30363d"
    neighbour: str = "#e6e9ec"
    neighbour_line: str = "#b4bbc2"
    ink: str = "#1b1b1b"
    quiet: str = "#59626b"
    paper: str = "#ffffff"
    extent: str = "#30363d"
    mark_edge: str = "#1b1b1b"
    shades: tuple[str, ...] = ("#dbe8f5", "#b3cfea", "#7fadd8", "#4d88c0")


LIGHT = Palette()
DARK = Palette(
    ground="#15191d",
    area="#242a30",
    area_line="#6d7780",
    border="#c9d1d9",
    neighbour="#1b2025",
    neighbour_line="#3d454d",
    ink="#f0f3f6",
    quiet="#aab3bc",
    paper="#15191d",
    extent="#c9d1d9",
    mark_edge="#f0f3f6",
    shades=("#22384f", "#2a4d73", "#336399", "#4180bf"),
)
CONTEXT_FILLS = {"water": "#bcd8ea", "forest": "#e2ecd9", "built": "#ece7e1"}
CONTEXT_LINES = {"road": ("#c9b48a", 1.4), "rail": ("#8a939c", 0.9), "water": ("#8fb9d6", 1.0)}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on one map. `areas` are ours, `neighbours` lie around; the words come in the reader's language."""

    view: View
    title: str
    description: str = ""
    areas: Sequence[Area] = ()
    neighbours: Sequence[Area] = ()
    context: Sequence[Context] = ()
    towns: Sequence[Town] = ()
    symbols: Sequence[Symbol] = ()
    legend: Sequence[LegendEntry] = ()
    attribution: str = ""
    note: str = ""
    radius: float = RADIUS
    width_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A symbol where it is drawn; `true` is where it belongs, `count` how many it stands for."""

    symbol: Symbol
    x: float
    y: float
    true: tuple[float, float]
    radius: float
    count: int = 1

    @property
    def text(self) -> str:
        return self.symbol.label or (f"×{self.count}" if self.count > 1 else "")

    @property
    def is_moved(self) -> bool:
        return math.dist((self.x, self.y), self.true) > 0.5

    @property
    def box(self) -> Bounds:
        reach = self.radius * REACH
        return self.x - reach, self.y - reach, self.x + reach, self.y + reach


@dataclass(frozen=True, slots=True)
class Label:
    """A name where it is drawn: the middle of its base line."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    quiet: bool = False
    outside: bool = False

    @property
    def box(self) -> Bounds:
        half = length(self.text, self.size, bold=self.bold) / 2 + 1.5
        return self.x - half, self.y - self.size * 0.8, self.x + half, self.y + self.size * 0.3


def draw(scene: Scene, palette: Palette = LIGHT) -> str:
    """The map as SVG. The frame of the map is the drawing's top left part, exactly as large as the view."""
    placed = place_symbols(scene)
    bar = ScaleBar.of(scene.view)
    labels = place_labels(scene, [bar.box, *(mark.box for mark in placed)])
    strip, strip_height = _strip(scene, palette)
    frame = [
        _rectangle(0, 0, scene.view.width, scene.view.height, palette.ground),
        *_ground(scene, palette),
        *_extents(scene, palette),
        *(_town(scene.view, town, palette) for town in _visible_towns(scene)),
        *(_name(label, palette) for label in labels),
        *(_leader(mark, palette) for mark in placed if mark.is_moved),
        *(_symbol(mark, palette) for mark in placed),
        bar.drawn(palette),
    ]
    edge = (
        f'<rect x="0.5" y="0.5" width="{fixed(scene.view.width - 1)}" height="{fixed(scene.view.height - 1)}"'
        f' fill="none" stroke="{palette.area_line}"/>'
    )
    body = f"{_clipped(''.join(frame), scene.view)}{edge}{strip}"
    height = scene.view.height + strip_height
    return drawing(scene.view.width, height, scene.title, scene.description, body, width_mm=scene.width_mm)


def _clipped(body: str, view: View) -> str:
    """The frame as a nested drawing of its own, which cuts what reaches over its edge and needs no ids."""
    size = f'width="{fixed(view.width)}" height="{fixed(view.height)}"'
    return (
        f'<svg x="0" y="0" {size} viewBox="0 0 {fixed(view.width)} {fixed(view.height)}" overflow="hidden">{body}</svg>'
    )


def _rectangle(left: float, top: float, wide: float, tall: float, fill: str, extra: str = "") -> str:
    place = f'x="{fixed(left)}" y="{fixed(top)}" width="{fixed(wide)}" height="{fixed(tall)}"'
    return f'<rect {place} fill="{fill}"{extra}/>'


# --- the ground -------------------------------------------------------------------------------------------------------


def _ground(scene: Scene, palette: Palette) -> Iterator[str]:
    """Neighbours below, then our areas, what helps to find one's way, inner borders, and the outer border on top."""
    everything = [*scene.neighbours, *scene.areas]
    shapes = _simplified([area.geometry for area in everything], scene.view)
    around, own = shapes[: len(scene.neighbours)], shapes[len(scene.neighbours) :]
    quiet = f' stroke="{palette.neighbour_line}" stroke-width="0.8" stroke-linejoin="round"'
    for shape in around:
        yield path(shape, scene.view, palette.neighbour, quiet)
    for area, shape in zip(scene.areas, own, strict=True):
        fill = palette.shades[min(area.shade, len(palette.shades)) - 1] if area.shade else palette.area
        yield path(shape, scene.view, fill)
    for item in scene.context:
        yield _context(item, scene.view)
    if len(own):
        yield from _borders(own, scene.view, palette)


def _borders(own: NDArray[np.object_], view: View, palette: Palette) -> Iterator[str]:
    """Each inner border once, dashed; the outer one thick."""
    whole = shapely.union_all(shapely.make_valid(own))
    between = shapely.union_all(shapely.boundary(own)).difference(whole.boundary.buffer(view.metres_per_unit))
    dashes = f' stroke="{palette.area_line}" stroke-width="0.9" stroke-dasharray="5 2.5" stroke-linejoin="round"'
    yield path(shapely.line_merge(between), view, "none", dashes)
    yield path(whole, view, "none", f' stroke="{palette.border}" stroke-width="2" stroke-linejoin="round"')


def _simplified(shapes: Sequence[BaseGeometry], view: View) -> NDArray[np.object_]:
    """The shapes with no more corners than the drawing can show; common borders stay common."""
    if not shapes:
        return np.array([], dtype=object)
    coverage: NDArray[np.object_] = shapely.coverage_simplify(np.array(shapes, dtype=object), view.metres_per_unit)
    return coverage


def _context(item: Context, view: View) -> str:
    shape = shapely.simplify(item.geometry, view.metres_per_unit * 0.5)
    if item.geometry.geom_type.endswith("Polygon"):
        return path(shape, view, CONTEXT_FILLS.get(item.kind, "none"))
    colour, thickness = CONTEXT_LINES.get(item.kind, ("#b4bbc2", 0.8))
    return path(shape, view, "none", f' stroke="{colour}" stroke-width="{fixed(thickness)}" stroke-linejoin="round"')


def path(shape: BaseGeometry, view: View, fill: str, extra: str = "") -> str:
    """A shape in metres as one path, cut to a little more than the frame; nothing of it there, no path."""
    data = "".join(_strokes(shape, view))
    return f'<path d="{data}" fill="{fill}" fill-rule="evenodd"{extra}/>' if data else ""


def _strokes(shape: BaseGeometry, view: View) -> Iterator[str]:
    """The moves of a path, cut to a little more than the frame."""
    spare = 20 * view.metres_per_unit
    frame = (view.west - spare, view.south - spare, view.east + spare, view.north + spare)
    for part in shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(shape, *frame))):
        if isinstance(part, shapely.Polygon):
            for ring in (part.exterior, *part.interiors):
                yield _stroke(shapely.get_coordinates(ring)[:-1], view) + "Z"
        elif isinstance(part, shapely.LineString):
            yield _stroke(shapely.get_coordinates(part), view)


def _stroke(coordinates: NDArray[np.float64], view: View) -> str:
    spots = (coordinates - (view.west, view.north)) / (view.metres_per_unit, -view.metres_per_unit)
    return "M" + "L".join(f"{fixed(x)} {fixed(y)}" for x, y in spots.tolist())


def _extents(scene: Scene, palette: Palette) -> Iterator[str]:
    """The lines, areas and circles of uncertainty that marks speak of, below all marks."""
    for symbol in scene.symbols:
        tint = f'fill-opacity="0.16" stroke="{palette.extent}" stroke-width="1" stroke-dasharray="3 2"'
        reach = symbol.within_m / scene.view.metres_per_unit
        if symbol.extent is not None and not symbol.extent.is_empty:
            if symbol.extent.geom_type.endswith("Polygon"):
                yield path(symbol.extent, scene.view, symbol.mark.fill, f" {tint}")
            elif symbol.extent.geom_type != "Point":
                stroke = 'stroke-linecap="round" stroke-linejoin="round" stroke-opacity="0.75"'
                yield path(symbol.extent, scene.view, "none", f' stroke="{symbol.mark.fill}" stroke-width="5" {stroke}')
                yield path(symbol.extent, scene.view, "none", f' stroke="{palette.extent}" stroke-width="0.8"')
        elif reach > scene.radius:
            x, y = scene.view.to_pixel(symbol.x, symbol.y)
            yield f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="{fixed(reach)}" fill="{symbol.mark.fill}" {tint}/>'


# --- marks ------------------------------------------------------------------------------------------------------------


def place_symbols(scene: Scene) -> list[Placed]:
    """Where each mark is drawn: labelled ones first and each for itself, the rest counted together where they meet."""
    frame = (2.0, 2.0, scene.view.width - 2, scene.view.height - 2)
    bar = ScaleBar.of(scene.view).box
    spots = [(symbol, scene.view.to_pixel(symbol.x, symbol.y)) for symbol in scene.symbols]
    inside = [(symbol, spot) for symbol, spot in spots if _within(spot, (0, 0, scene.view.width, scene.view.height))]
    alone = [Placed(symbol, *spot, spot, _radius(symbol, scene)) for symbol, spot in inside if symbol.label]
    together = _counted([item for item in inside if not item[0].label], scene)
    placed: list[Placed] = []
    for mark in [*alone, *together]:
        placed.append(_freed(mark, placed, frame, bar))
    return placed


def _within(spot: tuple[float, float], box: Bounds) -> bool:
    return box[0] <= spot[0] <= box[2] and box[1] <= spot[1] <= box[3]


def _radius(symbol: Symbol, scene: Scene) -> float:
    """Long labels need a wider mark."""
    full = scene.radius * symbol.scale
    return full * (1 + 0.22 * max(len(symbol.label) - 2, 0)) if symbol.label else full * 0.55


def _counted(items: Sequence[tuple[Symbol, tuple[float, float]]], scene: Scene) -> list[Placed]:
    """Unlabelled marks that would cover one another, joined in the order given."""
    groups: list[list[tuple[Symbol, tuple[float, float]]]] = []
    heads = np.empty((len(items), 2))
    reach = scene.radius * 0.55 * 2.3
    for symbol, spot in items:
        near = np.nonzero(np.hypot(*(heads[: len(groups)] - spot).T) < reach)[0]
        if near.size:
            groups[int(near[0])].append((symbol, spot))
        else:
            heads[len(groups)] = spot
            groups.append([(symbol, spot)])
    return [_group(group, scene) for group in groups]


def _group(members: Sequence[tuple[Symbol, tuple[float, float]]], scene: Scene) -> Placed:
    symbol, spot = members[0]
    if len(members) == 1:
        return Placed(symbol, *spot, spot, _radius(symbol, scene))
    marks = {member.mark for member, _ in members}
    joined = replace(symbol, mark=marks.pop() if len(marks) == 1 else MARKS["group"], title="", key="")
    return Placed(joined, *spot, spot, scene.radius * 0.9, len(members))


def _freed(mark: Placed, others: Sequence[Placed], frame: Bounds, bar: Bounds) -> Placed:
    """The mark at its place, or at the nearest free spot on a spiral around it."""
    taken = np.array([(other.x, other.y, other.radius) for other in others]).reshape(-1, 3)
    reach = mark.radius * REACH
    for x, y in _spiral(mark.x, mark.y, mark.radius):
        tried = replace(
            mark, x=_held(x, frame[0] + reach, frame[2] - reach), y=_held(y, frame[1] + reach, frame[3] - reach)
        )
        gaps = np.hypot(taken[:, 0] - tried.x, taken[:, 1] - tried.y) - (taken[:, 2] + mark.radius) * 1.12
        if (gaps >= 0).all() and not _overlap(tried.box, bar):
            return tried
    return mark


def _held(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _spiral(x: float, y: float, radius: float) -> Iterator[tuple[float, float]]:
    """The place itself, then places on widening circles around it."""
    yield x, y
    for ring in range(1, 25):
        for step in range(6 + 3 * ring):
            angle = 2 * math.pi * step / (6 + 3 * ring) - math.pi / 4
            yield x + ring * radius * 0.8 * math.cos(angle), y + ring * radius * 0.8 * math.sin(angle)


def _leader(mark: Placed, palette: Palette) -> str:
    """A thin line from a moved mark to a dot at its true place."""
    x, y = mark.true
    ends = f'x1="{fixed(x)}" y1="{fixed(y)}" x2="{fixed(mark.x)}" y2="{fixed(mark.y)}"'
    return (
        f'<line {ends} stroke="{palette.ink}" stroke-width="0.9"/>'
        f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="1.8" fill="{palette.ink}"/>'
    )


def _symbol(mark: Placed, palette: Palette) -> str:
    """The mark with its number, and what it is for those who point at it."""
    symbol = mark.symbol
    body = outline(symbol.mark, mark.x, mark.y, mark.radius, halo=palette.paper, line=palette.mark_edge)
    if mark.text:
        size = min(mark.radius * 1.35, mark.radius * 2.5 / max(len(mark.text), 1))
        base = mark.y + size * 0.35 + INK_DROP.get(symbol.mark.shape, 0) * mark.radius
        body += written(mark.x, base, mark.text, size, symbol.mark.ink, anchor="middle", bold=True)
    title = f"<title>{escaped(symbol.title)}</title>" if symbol.title else ""
    key = f' data-key="{escaped(symbol.key)}"' if symbol.key else ""
    return f"<g{key}>{title}{body}</g>"


# --- names ------------------------------------------------------------------------------------------------------------


def place_labels(scene: Scene, taken: Sequence[Bounds]) -> list[Label]:
    """The names that find room, the most important first: our towns, our areas, then the neighbours."""
    frame = (3.0, 3.0, scene.view.width - 3, scene.view.height - 3)
    boxes = [*taken, *(_dot(scene.view, town) for town in _visible_towns(scene))]
    labels: list[Label] = []
    for candidates in _candidates(scene):
        for label in candidates:
            if any(label.text == other.text for other in labels):
                break
            if _inside(label.box, frame) and not any(_overlap(label.box, box) for box in boxes):
                labels.append(label)
                boxes.append(label.box)
                break
    return labels


def _candidates(scene: Scene) -> Iterator[Iterator[Label]]:
    """For each name, the most important first, the places it could stand."""
    for town in _visible_towns(scene):
        spot = shapely.Point(town.x, town.y)
        yield _beside(scene.view, town, outside=not any(area.geometry.covers(spot) for area in scene.areas))
    for area in scene.areas:
        if area.name:
            yield _across(scene.view, area, Label(area.name, 0, 0, NAME_SIZE, bold=True))
    for area in scene.neighbours:
        if area.name:
            yield _across(scene.view, area, Label(area.name, 0, 0, SMALL_SIZE, quiet=True))


def _visible_towns(scene: Scene) -> list[Town]:
    frame = (0, 0, scene.view.width, scene.view.height)
    inside = [town for town in scene.towns if _within(scene.view.to_pixel(town.x, town.y), frame)]
    return sorted(inside, key=lambda town: (town.rank, town.name, town.x, town.y))


def _beside(view: View, town: Town, *, outside: bool) -> Iterator[Label]:
    """Right, left, above and below the town's dot, then the corners, then a little farther."""
    x, y = view.to_pixel(town.x, town.y)
    bold = town.rank <= 1
    size = NAME_SIZE if bold else SMALL_SIZE
    half, tall = length(town.name, size, bold=bold) / 2 + DOT + 3, size * 1.05
    for right, down in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1), (0, -2), (0, 2)):
        yield Label(town.name, x + right * half, y + size * 0.33 + down * tall, size, bold=bold, outside=outside)


def _across(view: View, area: Area, label: Label) -> Iterator[Label]:
    """In the visible part of the area, wholly inside if that is possible, the nearest to its middle first."""
    visible = shapely.make_valid(shapely.clip_by_rect(area.geometry, *view.bounds))
    if visible.is_empty:
        return
    middle = visible.point_on_surface()
    west, south, east, north = visible.bounds
    columns, rows = np.meshgrid(np.linspace(west, east, 15)[1:-1], np.linspace(south, north, 15)[1:-1])
    spots = np.column_stack([columns.ravel(), rows.ravel()])
    spots = spots[shapely.contains_xy(visible, spots)]
    order = np.argsort(np.hypot(*(spots - (middle.x, middle.y)).T), kind="stable")
    spots = np.vstack([[(middle.x, middle.y)], spots[order]])
    reach = np.array([length(label.text, label.size, bold=label.bold) / 2, label.size * 0.6]) * view.metres_per_unit
    boxes = shapely.box(*(spots - reach).T, *(spots + reach).T)
    whole = shapely.contains(visible, boxes)
    for x, y in [*spots[whole].tolist(), *spots[~whole].tolist()]:
        left, top = view.to_pixel(x, y)
        yield replace(label, x=left, y=top + label.size * 0.33)


def _dot(view: View, town: Town) -> Bounds:
    x, y = view.to_pixel(town.x, town.y)
    return x - DOT, y - DOT, x + DOT, y + DOT


def _inside(box: Bounds, frame: Bounds) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _town(view: View, town: Town, palette: Palette) -> str:
    x, y = view.to_pixel(town.x, town.y)
    radius = DOT * (0.75 if town.rank <= 1 else 0.5)
    place = f'cx="{fixed(x)}" cy="{fixed(y)}" r="{fixed(radius)}"'
    return f'<circle {place} fill="{palette.paper}" stroke="{palette.ink}" stroke-width="1.2"/>'


def _name(label: Label, palette: Palette) -> str:
    """The name on a pale ground, so that borders below do not cut its letters."""
    left, top, right, bottom = label.box
    fill = palette.neighbour if label.quiet or label.outside else palette.area
    pale = _rectangle(left, top, right - left, bottom - top, fill, ' fill-opacity="0.78" rx="2"')
    ink = palette.quiet if label.quiet else palette.ink
    return pale + written(label.x, label.y, label.text, label.size, ink, anchor="middle", bold=label.bold)


# --- scale, legend, small print ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of a round length in the lower left corner of the frame."""

    metres: int
    length: float
    bottom: float

    @classmethod
    def of(cls, view: View) -> Self:
        """The longest round length that takes at most a quarter of the width."""
        room = max(view.metres_per_unit * view.width / 4, 1)
        power = math.floor(math.log10(room))  # may round up to the next power just below it
        rounds = (step * 10**exponent for exponent in (power - 1, power) for step in ROUND_STEPS)
        metres = max(int(length) for length in rounds if 1 <= length <= room)
        return cls(metres, metres / view.metres_per_unit, view.height)

    @property
    def words(self) -> str:
        return f"{self.metres // 1000} km" if self.metres >= 1000 else f"{self.metres} m"

    @property
    def box(self) -> Bounds:
        wide = max(self.length, length(self.words, SMALL_SIZE)) + 16
        return 6.0, self.bottom - 32, 6.0 + wide, self.bottom - 6

    def drawn(self, palette: Palette) -> str:
        """A bar in two halves, dark and light, as printed maps have it."""
        left, top, right, bottom = self.box
        start, base = left + 8, bottom - 10
        ground = _rectangle(left, top, right - left, bottom - top, palette.paper, ' fill-opacity="0.85" rx="3"')
        edge = f' stroke="{palette.ink}" stroke-width="0.8"'
        dark = _rectangle(start, base, self.length / 2, 4, palette.ink, edge)
        light = _rectangle(start + self.length / 2, base, self.length / 2, 4, palette.paper, edge)
        words = written(start, base - 4, self.words, SMALL_SIZE, palette.ink)
        return f'<g class="scale" data-metres="{self.metres}">{ground}{dark}{light}{words}</g>'


def _strip(scene: Scene, palette: Palette) -> tuple[str, float]:
    """Below the frame: the legend in columns, then the notes in small print."""
    if not (scene.legend or scene.attribution or scene.note):
        return "", 0.0
    top, body = scene.view.height + 20, ""
    for x, y, entry in _legend_places(scene, top):
        body += outline(entry.mark, x + 8, y - 4, 5.6, line=palette.mark_edge)
        body += written(x + 21, y, entry.words, SMALL_SIZE + 1, palette.ink)
        top = max(top, y + 18)
    for text in filter(None, (scene.note, scene.attribution)):
        for line in lines(text, SMALL_SIZE, scene.view.width - 8, 3):
            body += written(2, top - 3, line, SMALL_SIZE, palette.quiet)
            top += 13
    height = top - scene.view.height - 6
    return _rectangle(0, scene.view.height, scene.view.width, height, palette.paper) + body, height


def _legend_places(scene: Scene, top: float) -> Iterator[tuple[float, float, LegendEntry]]:
    """Entries one after another in rows, each row as full as it can be."""
    x, y = 2.0, top
    for entry in scene.legend:
        room = 21 + length(entry.words, SMALL_SIZE + 1) + 16
        if x > 2.0 and x + room > scene.view.width:
            x, y = 2.0, y + 18
        yield x, y, entry
        x += room
