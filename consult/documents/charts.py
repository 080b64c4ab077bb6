"""Charts as drawings: stacked, single and grouped bars, lines and sparklines, the same on the page and in print.

Numbers are written as their callers formatted them. Series differ in lightness as well as in colour, and every value is
written out, so that a black-and-white print says the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from consult.documents.lettering import drawing, fixed, length, lines, shortened, written

INK, QUIET, GRID, PAPER = "#1b1b1b", "#59626b", "#d5d9de", "#ffffff"
COLOURS = ("#0b3d75", "#6fa3d8", "#b3142a", "#f2c200", "#1d7a3a", "#8a939c", "#6b3a9b", "#d98a4a")
SIZE = 12.0
ROW = 26.0
BAR = 17.0


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of value with its name and colour; without a colour the next of our own is taken."""

    name: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a chart, or a moment on a time axis: a name, its values and how they are written. None: not known."""

    name: str
    values: Sequence[float | None]
    labels: Sequence[str] = ()

    def label(self, place: int) -> str:
        return self.labels[place] if place < len(self.labels) else ""


class Field(NamedTuple):
    """The part of a drawing in which values are drawn."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


def stacked_bars(
    rows: Sequence[Row], series: Sequence[Series], *, title: str, description: str = "", width: float = 680
) -> str:
    """Each row is one bar, its parts scaled to the whole: how opinions or states divide."""
    legend, top = _legend(series, width)
    field = Field(_name_room(rows, width), top, 0, 0)
    field = field._replace(width=width - field.left, height=ROW * len(rows))
    body = legend + "".join(_stacked(row, series, field, place) for place, row in enumerate(rows))
    return drawing(width, field.bottom + 2, title, description, body)


def _stacked(row: Row, series: Sequence[Series], field: Field, place: int) -> str:
    top = field.top + ROW * place
    total = sum(value or 0 for value in row.values)
    body, left = _row_name(row.name, field, top + BAR / 2), field.left
    for number, value in enumerate(row.values):
        if not value or total <= 0:
            continue
        long = field.width * value / total
        body += _box(left, top, max(long - 1, 0.5), BAR, _colour(series, number))
        body += _inside_label(row.label(number), left, top, long, _colour(series, number))
        left += long
    return body


def bars(
    rows: Sequence[Row], *, title: str, description: str = "", width: float = 680, colour: str = COLOURS[0]
) -> str:
    """One bar a row, the value written after it."""
    return grouped_bars(rows, [Series("", colour)], title=title, description=description, width=width)


def grouped_bars(
    rows: Sequence[Row], series: Sequence[Series], *, title: str, description: str = "", width: float = 680
) -> str:
    """Several bars a row on a common scale, each with its value: this period and the one before."""
    legend, top = _legend(series, width) if any(kind.name for kind in series) else ("", 2.0)
    tall = BAR if len(series) == 1 else 12.0
    step = tall * len(series) + (ROW - BAR)
    left = _name_room(rows, width)
    field = Field(left, top, width - left - _label_room(rows), step * len(rows))
    most = max((value or 0 for row in rows for value in row.values), default=0) or 1
    body = legend
    for place, row in enumerate(rows):
        start = field.top + step * place
        body += _row_name(row.name, field, start + tall * len(series) / 2)
        for number in range(len(series)):
            body += _single(row, number, series, field, start + tall * number, tall, most)
    axis = _rule(left, top - 1, left, field.bottom - 6)
    return drawing(width, field.bottom, title, description, body + axis)


def _rule(left: float, top: float, right: float, bottom: float) -> str:
    ends = f'x1="{fixed(left)}" y1="{fixed(top)}" x2="{fixed(right)}" y2="{fixed(bottom)}"'
    return f'<line {ends} stroke="{INK}"/>'


def _single(row: Row, number: int, series: Sequence[Series], field: Field, top: float, tall: float, most: float) -> str:
    value = row.values[number] if number < len(row.values) else None
    long = field.width * max(value or 0, 0) / most
    body = _box(field.left, top, long, tall - 1, _colour(series, number)) if long else ""
    return body + written(field.left + long + 5, top + tall / 2 + SIZE * 0.33, row.label(number), SIZE, INK)


def line(
    rows: Sequence[Row],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    width: float = 680,
    height: float = 220,
) -> str:
    """How values go on over time. The scale begins at zero; an unknown value is a gap; the last value is written."""
    legend, top = _legend(series, width) if len(series) > 1 else ("", 8.0)
    field = Field(6, top + 10, width - 12 - _label_room(rows), height - top - 34)
    most = max((value or 0 for row in rows for value in row.values), default=0) or 1
    body = legend + _time_axis(rows, field)
    for number in range(len(series)):
        spots = [_spot(row, number, place, len(rows), field, most) for place, row in enumerate(rows)]
        body += _trace(spots, _colour(series, number), 2.4, dashed=number % 2 == 1)
        body += _values(rows, number, spots, _colour(series, number))
    return drawing(width, height, title, description, body)


def _spot(row: Row, number: int, place: int, count: int, field: Field, most: float) -> tuple[float, float] | None:
    value = row.values[number] if number < len(row.values) else None
    if value is None:
        return None
    return field.left + field.width * place / max(count - 1, 1), field.bottom - field.height * value / most


def _values(rows: Sequence[Row], number: int, spots: Sequence[tuple[float, float] | None], colour: str) -> str:
    """A dot at each known value; the last one's number beside it, a lone series' other numbers above theirs."""
    known = [(row, spot) for row, spot in zip(rows, spots, strict=True) if spot]
    dots = "".join(f'<circle cx="{fixed(x)}" cy="{fixed(y)}" r="2.6" fill="{colour}"/>' for _, (x, y) in known)
    if not known:
        return dots
    if all(len(row.values) == 1 for row in rows):
        dots += "".join(written(x, y - 7, row.label(0), SIZE - 1, INK, anchor="middle") for row, (x, y) in known[:-1])
    row, (x, y) = known[-1]
    return dots + written(x + 6, y + SIZE * 0.33, row.label(number), SIZE, INK, bold=True)


def _time_axis(rows: Sequence[Row], field: Field) -> str:
    """A base line and as many names of moments as have room."""
    body, free = _rule(field.left, field.bottom, field.right, field.bottom), -1.0
    for place, row in enumerate(rows):
        x, half = field.left + field.width * place / max(len(rows) - 1, 1), length(row.name, SIZE - 1) / 2
        x = max(x, half)
        if x - half > free:
            body += written(x, field.bottom + 15, row.name, SIZE - 1, QUIET, anchor="middle")
            free = x + half + 8
    return body


def sparkline(values: Sequence[float | None], *, title: str, width: float = 120, height: float = 28) -> str:
    """A line the size of a word; the last value has a dot."""
    rows = [Row("", [value]) for value in values]
    field = Field(3, 4, width - 8, height - 8)
    most = max((value or 0 for value in values), default=0) or 1
    spots = [_spot(row, 0, place, len(rows), field, most) for place, row in enumerate(rows)]
    last = next((spot for spot in reversed(spots) if spot), None)
    dot = f'<circle cx="{fixed(last[0])}" cy="{fixed(last[1])}" r="2.8" fill="{COLOURS[0]}"/>' if last else ""
    return drawing(width, height, title, "", _trace(spots, COLOURS[0], 1.6) + dot)


def _trace(spots: Sequence[tuple[float, float] | None], colour: str, thickness: float, *, dashed: bool = False) -> str:
    """A line through the known spots, interrupted where one is missing."""
    runs: list[list[str]] = [[]]
    for spot in spots:
        if spot:
            runs[-1].append(f"{fixed(spot[0])} {fixed(spot[1])}")
        elif runs[-1]:
            runs.append([])
    data = "".join("M" + "L".join(run) for run in runs if len(run) > 1)
    dash = ' stroke-dasharray="6 3"' if dashed else ""
    stroke = f'stroke="{colour}" stroke-width="{fixed(thickness)}" stroke-linejoin="round"{dash}'
    return f'<path d="{data}" fill="none" {stroke}/>' if data else ""


def _box(left: float, top: float, wide: float, tall: float, fill: str) -> str:
    place = f'x="{fixed(left)}" y="{fixed(top)}" width="{fixed(wide)}" height="{fixed(tall)}"'
    return f'<rect {place} fill="{fill}"/>'


def _colour(series: Sequence[Series], number: int) -> str:
    return (series[number].colour if number < len(series) else "") or COLOURS[number % len(COLOURS)]


def _inside_label(label: str, left: float, top: float, long: float, fill: str) -> str:
    """The label in the middle of its part, if it has room there."""
    if not label or length(label, SIZE - 1, bold=True) + 4 > long:
        return ""
    ink = INK if is_light(fill) else PAPER
    return written(left + long / 2, top + BAR / 2 + SIZE * 0.3, label, SIZE - 1, ink, anchor="middle", bold=True)


def is_light(colour: str) -> bool:
    """Whether dark letters are read better on it than white ones (relative luminance as WCAG has it)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179


def _row_name(name: str, field: Field, middle: float) -> str:
    """The name to the left of its bars, in one or two lines."""
    room = field.left - 10
    if length(name, SIZE) <= room:
        return written(field.left - 7, middle + SIZE * 0.33, name, SIZE, INK, anchor="end")
    rows = lines(name, SIZE - 1.5, room, 2)
    first = middle + SIZE * 0.3 - (len(rows) - 1) * 5
    body = ""
    for place, row in enumerate(rows):
        body += written(field.left - 7, first + 10.5 * place, row, SIZE - 1.5, INK, anchor="end")
    return body


def _name_room(rows: Sequence[Row], wide: float) -> float:
    """As much as the longest name needs, at most two fifths of the drawing."""
    longest = max((length(row.name, SIZE) for row in rows), default=0)
    return min(longest + 12, wide * 0.4)


def _label_room(rows: Sequence[Row]) -> float:
    return max((length(label, SIZE, bold=True) for row in rows for label in row.labels), default=0) + 10


def _legend(series: Sequence[Series], wide: float) -> tuple[str, float]:
    """Names of the series in rows, and where the chart may begin below them."""
    body, bottom = "", 0.0
    for x, y, number, name in _legend_places(series, wide):
        body += _box(x, y + 1, 11, 11, _colour(series, number))
        body += written(x + 16, y + 10.5, shortened(name, SIZE, wide - 20), SIZE, INK)
        bottom = y + 24
    return body, bottom


def _legend_places(series: Sequence[Series], wide: float) -> Iterator[tuple[float, float, int, str]]:
    x, y = 0.0, 2.0
    for number, kind in enumerate(series):
        room = 16 + length(kind.name, SIZE) + 18
        if x > 0 and x + room > wide:
            x, y = 0.0, y + 18
        yield x, y, number, kind.name
        x += room
