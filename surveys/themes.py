"""Themes of what people wrote in their own words: codes, what a text comes to, what is counted and what may be quoted.

Two people read without seeing each other's codes: the first one every text, the second one a drawn sample. Where they
differ, a third one looks. A text may speak of several themes, of none of them, or be unreadable; that it holds personal
data stands beside that. A merged theme counts as the one that it was merged into, and coming apart again brings back
what was coded before.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from consult.disclosure import SURVEY_BASE, Audience, Crowd, Figures, Share, survey_figures
from consult.personal_data import marks
from surveys.coders import Agreement
from surveys.loosening import FOR_THE_DESK
from surveys.questions import Kind, Question

NONE, UNREADABLE, PERSONAL = "none", "unreadable", "personal"
APART = (NONE, UNREADABLE)
"""What a text comes to where it speaks of no theme."""

OTHER = "other"
"""Themes of fewer than ten people, told together."""

FEWEST_TEXTS = SURVEY_BASE
FEWEST_DRAWN, SHARE_DRAWN = 50, 0.2
BLACK = "█████"
"""What stands for words that were blacked out: of one length, which tells nothing of them."""

GAP = "[…]"
_GAPS = re.compile(r"\[(?:…|\.\.\.)\]")

Codes = frozenset[str]


class Turn(StrEnum):
    """Who reads: the first coder every text, the second one a sample, the third one where they differ."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class Misfit(StrEnum):
    """Why codes do not go together."""

    NOTHING = "nothing"
    TOGETHER = "together"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Named:
    """A theme in force: its number as a code, and its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that somebody chose for a theme, and the text that they are from."""

    theme: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a text came to when all was read: its codes with merged themes followed."""

    key: str
    codes: Codes

    @property
    def is_personal(self) -> bool:
        """Whether somebody saw personal data in it."""
        return PERSONAL in self.codes


@dataclass(frozen=True, slots=True)
class Line:
    """A theme in the results: how many people spoke of it, their share of those who wrote, and quotes."""

    code: str
    name: str
    count: int
    share: Share | None
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """The themes of a question. `figures` are of those who wrote something; `apart` spoke of no theme."""

    figures: Figures
    lines: tuple[Line, ...]
    apart: tuple[Line, ...]
    agreement: Agreement | None


def may_be_coded(question: Question) -> bool:
    """Tell whether themes are made of a question: words, each person's once, and not about the application."""
    return question.kind is Kind.TEXT and not question.repeat and question.role not in FOR_THE_DESK


def drawn_number(texts: int) -> int:
    """Tell how many texts two people read: a fifth, at least fifty, or all there are."""
    return min(texts, max(FEWEST_DRAWN, ceil(SHARE_DRAWN * texts)))


def misfit(codes: AbstractSet[str], themes: AbstractSet[str]) -> Misfit | None:
    """Say what is wrong with the codes of a text; None where nothing is."""
    said = codes - {PERSONAL}
    if not said:
        return Misfit.NOTHING
    if said - themes - set(APART):
        return Misfit.UNKNOWN
    return Misfit.TOGETHER if len(said) > 1 and not said.isdisjoint(APART) else None


def typed(text: str) -> set[str]:
    """Read codes as they are typed: numbers of themes, 0 for none of them, ? for unreadable, ! for personal data."""
    signs = {"0": NONE, "?": UNREADABLE, "!": PERSONAL}
    found = re.findall(r"\d+|[?!]|[^\s\d?!,;.]+", text)
    return {signs.get(word, str(int(word)) if word.isdecimal() else word) for word in found}


def followed(codes: Iterable[str], merged: Mapping[str, str]) -> Codes:
    """Give codes with each merged theme as the one that it became in the end."""
    return frozenset(_end(code, merged) for code in codes)


def _end(code: str, merged: Mapping[str, str]) -> str:
    seen = set()
    while code in merged and code not in seen:
        seen.add(code)
        code = merged[code]
    return code


def outcome(given: Mapping[Turn, Codes], *, is_drawn: bool) -> Codes | None:
    """Give what a text comes to; None while somebody still has to read it or to settle it.

    Personal data that anybody saw are there, whoever settles.
    """
    saw = frozenset({PERSONAL}) if any(PERSONAL in codes for codes in given.values()) else frozenset()
    if Turn.THIRD in given:
        return given[Turn.THIRD] | saw
    first, second = given.get(Turn.FIRST), given.get(Turn.SECOND)
    if first is None or (is_drawn and (second is None or differ(first, second))):
        return None
    return first | saw


def differ(first: AbstractSet[str], second: AbstractSet[str]) -> bool:
    """Tell whether two people gave a text different themes; personal data either of them saw are no difference."""
    return first - {PERSONAL} != second - {PERSONAL}


# Personal data


def blacked(text: str, hidden: Iterable[str] = ()) -> str:
    """Give a text without what looks like personal data, and without the pieces that people named."""
    spans = [(mark.start, mark.end) for mark in marks(text)]
    for piece in filter(None, map(str.strip, hidden)):
        spans += [match.span() for match in re.finditer(re.escape(piece), text, re.IGNORECASE)]
    shown, position = "", 0
    for start, end in sorted(spans):
        if start >= position:
            shown += text[position:start] + BLACK
        position = max(position, end)
    return shown + text[position:]


def strangers(text: str, hidden: Iterable[str]) -> list[str]:
    """List the pieces to be blacked out that do not stand in the text."""
    return [piece for piece in hidden if piece.casefold() not in text.casefold()]


def is_quote_of(words: str, text: str) -> bool:
    """Tell whether words are a text or parts of it in their order, with […] where something was left out."""
    parts = [" ".join(part.split()) for part in _GAPS.split(words)]
    whole, position = " ".join(text.split()), 0
    for part in parts:
        found = whole.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return any(parts)


def may_be_quoted(read: Read, text: str) -> bool:
    """Tell whether a text may be quoted at all: nobody saw personal data in it, and nothing in it looks like them."""
    return not read.is_personal and not marks(text)


# Results


def counted(texts: Iterable[Read]) -> Counter[str]:
    """Count the texts of each code."""
    return Counter(code for text in texts for code in text.codes if code != PERSONAL)


def results(
    texts: Sequence[Read],
    themes: Sequence[Named],
    quotes: Sequence[Quoted],
    agreed: Agreement | None,
    audience: Audience,
) -> ThemeResult | None:
    """Give what an audience may see of a question's themes, the most frequent first; None where it is hidden.

    To everybody themes of fewer than ten people are only told together: so rare a name could be one person's. No
    audience reads quotes of so few.
    """
    counts = counted(texts)
    often = {theme.code for theme in themes if counts[theme.code] >= SURVEY_BASE}
    told = [theme for theme in themes if audience is Audience.STAFF or theme.code in often]
    rare = {theme.code for theme in themes} - {theme.code for theme in told}
    cells = {theme.code: counts[theme.code] for theme in told} | {code: counts[code] for code in APART}
    if rare:
        cells[OTHER] = sum(not rare.isdisjoint(text.codes) for text in texts)
    figures = survey_figures(audience, cells, Crowd({(): len(texts)}))
    if figures is None:
        return None
    chosen = [quote for quote in quotes if quote.theme in often]
    lines = [_line(figures, theme.code, theme.name, chosen) for theme in told]
    apart = [_line(figures, code, "", ()) for code in (OTHER, *APART) if figures.count(code)]
    order = sorted(lines, key=lambda line: (-line.count, int(line.code)))
    return ThemeResult(figures, tuple(order), tuple(apart), agreed)


def _line(figures: Figures, code: str, name: str, quotes: Iterable[Quoted]) -> Line:
    count = figures.count(code)
    words = tuple(quote.words for quote in quotes if quote.theme == code)
    return Line(code, name, count, figures.share(count), words)
