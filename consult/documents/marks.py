"""Marks: the shape, colour and symbol that stand for a state, alike on the map, in legends, in badges and on paper.

The shape alone tells the states apart, so that a black-and-white print loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from consult.documents.lettering import drawing, fixed


class Shape(StrEnum):
    """The outline of a mark."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    PENNANT = "pennant"
    SQUARE = "square"
    HEXAGON = "hexagon"
    FUNNEL = "funnel"


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape filled with a colour, and the ink in which a number is written on it."""

    shape: Shape
    fill: str
    ink: str = "#ffffff"


MARKS: Mapping[str, Mark] = {
    "new": Mark(Shape.CIRCLE, "#1d7a3a"),
    "checking": Mark(Shape.TRIANGLE, "#f2c200", "#1b1b1b"),
    "confirmed": Mark(Shape.DIAMOND, "#b3142a"),
    "passed_on": Mark(Shape.PENNANT, "#6b3a9b"),
    "eliminated": Mark(Shape.SQUARE, "#0052a5"),
    "unconfirmed": Mark(Shape.HEXAGON, "#d5d9de", "#1b1b1b"),
    "joke": Mark(Shape.FUNNEL, "#5c6670"),
    "group": Mark(Shape.CIRCLE, "#30363d"),
    "place": Mark(Shape.CIRCLE, "#0052a5"),
}
"""The states of a threat in the colours people know from the national map; a group of several marks; a chosen place."""

OUTLINES: Mapping[Shape, tuple[tuple[float, float], ...]] = {
    Shape.TRIANGLE: ((0, -1.22), (1.2, 0.92), (-1.2, 0.92)),
    Shape.DIAMOND: ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    Shape.PENNANT: ((-1.05, -0.9), (0.6, -0.9), (1.4, 0), (0.6, 0.9), (-1.05, 0.9)),
    Shape.SQUARE: ((-0.92, -0.92), (0.92, -0.92), (0.92, 0.92), (-0.92, 0.92)),
    Shape.HEXAGON: ((1.12, 0), (0.56, 0.97), (-0.56, 0.97), (-1.12, 0), (-0.56, -0.97), (0.56, -0.97)),
    Shape.FUNNEL: ((0, 1.22), (1.2, -0.92), (-1.2, -0.92)),
}

REACH = 1.53
"""How far the farthest corner of any shape lies from its middle, in radii."""

INK_DROP = {Shape.TRIANGLE: 0.34, Shape.FUNNEL: -0.32}
"""How much lower than the middle a number sits well, in radii."""

OUTLINE = "#1b1b1b"


def outline(mark: Mark, x: float, y: float, radius: float, *, halo: str = "", line: str = OUTLINE) -> str:
    """The mark at a place of a drawing, with a thin dark edge and, on a map, a light halo around it."""
    if mark.shape is Shape.CIRCLE:
        figure = f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="{fixed(radius)}"'
    else:
        corners = " ".join(f"{fixed(x + dx * radius)},{fixed(y + dy * radius)}" for dx, dy in OUTLINES[mark.shape])
        figure = f'<polygon points="{corners}" stroke-linejoin="round"'
    edge = max(radius / 9, 0.6)
    under = f'{figure} fill="{halo}" stroke="{halo}" stroke-width="{fixed(edge + 2.4)}"/>' if halo else ""
    return f'{under}{figure} fill="{mark.fill}" stroke="{line}" stroke-width="{fixed(edge)}"/>'


def icon(name: str, title: str, size: float = 16) -> str:
    """The mark of a state as a small drawing of its own."""
    middle = size / 2
    return drawing(size, size, title, "", outline(MARKS[name], middle, middle, size / 2 / (REACH + 0.05)))


@cache
def icons() -> Mapping[str, bytes]:
    """Every mark as an asset of printed documents: `asset:mark-confirmed.svg`."""
    return {f"mark-{name}.svg": icon(name, name).encode() for name in MARKS}
