"""Lettering of drawings: text, numbers and lengths of words in SVG, the same on the page and in print."""

import re
import unicodedata
from functools import lru_cache

FAMILY = "'Source Sans Pro', 'Open Sans', sans-serif"

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}

WIDTHS = {
    "iIjl.,;:'|": 260,
    ' !()-ft"/[]°r': 340,
    "csvxyzJk": 470,
    "abdeghnopquLFEPTSVXYZ0123456789§_?*": 550,
    "ABCDGHKNOQRU+=<>&": 650,
    "wmWM%№—@…": 820,
}
LETTER_WIDTH = {letter: width for letters, width in WIDTHS.items() for letter in letters}
USUAL_WIDTH = 560
WIDER_FAMILY = 1.08
"""Pages are set in Open Sans, which is wider than the family of print: a drawing must hold in both."""
BOLDER = 1.1


def escaped(text: str) -> str:
    """The text as XML may hold it: marks replaced, characters that XML forbids left out."""
    return "".join(ENTITIES.get(letter, letter) for letter in UNPRINTABLE.sub("", text))


def fixed(value: float) -> str:
    """A coordinate with one decimal at most: the same number is always written the same way."""
    rounded = round(float(value), 1) + 0.0
    return f"{rounded:.1f}".removesuffix(".0")


def length(text: str, size: float, *, bold: bool = False) -> float:
    """How long the words get at this size: an estimate that is rather too long than too short."""
    return _units(text) / 1000 * size * WIDER_FAMILY * (BOLDER if bold else 1)


@lru_cache(maxsize=4096)
def _units(text: str) -> int:
    """The widths of the letters in thousandths of the size; accents add nothing."""
    plain = unicodedata.normalize("NFD", text.replace("ł", "l").replace("Ł", "L"))
    return sum(LETTER_WIDTH.get(letter, USUAL_WIDTH) for letter in plain if not unicodedata.combining(letter))


def shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text cut to the room, with an ellipsis when something is missing."""
    if length(text, size, bold=bold) <= room:
        return text
    while text and length(text + "…", size, bold=bold) > room:
        text = text[:-1].rstrip()
    return text + "…" if text else ""


def lines(text: str, size: float, room: float, most: int = 2) -> list[str]:
    """The text broken at spaces into at most so many lines; the last one is shortened."""
    rows: list[str] = []
    words = text.split()
    while words and len(rows) < most - 1:
        row = words.pop(0)
        while words and length(f"{row} {words[0]}", size) <= room:
            row = f"{row} {words.pop(0)}"
        rows.append(shortened(row, size, room))
    return [*rows, shortened(" ".join(words), size, room)] if words else rows


def written(x: float, y: float, text: str, size: float, fill: str, *, anchor: str = "start", bold: bool = False) -> str:
    """A text node. The family stands on each node, because renderers do not inherit it reliably."""
    weight = ' font-weight="700"' if bold else ""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{fixed(x)}" y="{fixed(y)}" font-family="{FAMILY}" font-size="{fixed(size)}"{weight}{place}'
        f' fill="{fill}">{escaped(text)}</text>'
    )


def drawing(width: float, height: float, title: str, description: str, body: str, *, width_mm: float = 0) -> str:
    """A whole SVG drawing with its name and description for those who do not see it."""
    size = f'width="{fixed(width)}" height="{fixed(height)}"'
    if width_mm:
        size = f'width="{fixed(width_mm)}mm" height="{fixed(width_mm * height / width)}mm"'
    told = f"<desc>{escaped(description)}</desc>" if description else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {fixed(width)} {fixed(height)}" role="img"'
        f' aria-label="{escaped(title)}"><title>{escaped(title)}</title>{told}{body}</svg>'
    )
