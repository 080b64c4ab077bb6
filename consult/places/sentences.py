"""A sentence as somebody typed it: its words, what parts them, and what a capital letter tells."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from consult.words import folded

LONGEST_TEXT = 2_000
MOST_WORDS = 250

_WORD = re.compile(r"[^\W_]+")
_ENDS_SENTENCE = re.compile(r"[.!?…\n]")
_LESS_THAN_A_WORD = 2

# fmt: off
ABBREVIATIONS = frozenset((
    "al", "bl", "bp", "dr", "gen", "gm", "im", "inz", "itd", "itp", "kard", "kier", "kpt", "ks", "m", "marsz", "mjr",
    "msc",
    "np", "nr", "o", "ok", "os", "p", "pl", "plk", "por", "pow", "prof", "przy", "pw", "r", "rtm", "sp", "sw", "tj",
    "tzw",
    "ul", "woj", "wsi",
))
"""Words that a full stop follows without ending a sentence."""

PREPOSITIONS = frozenset((
    "w", "we", "do", "z", "ze", "od", "przez", "kolo", "obok", "pod", "za", "przed", "miedzy", "pomiedzy", "nad",
    "przy", "ku",
    "na", "po", "okolice", "okolicach", "okolicy", "poza", "wokol", "naprzeciw", "naprzeciwko", "kierunku", "strone",
))
"""Words before the name of a place, folded."""

INTRODUCERS = frozenset((
    "m", "msc", "miejscowosc", "miejscowosci", "miejscowoscia", "miejscowosciach", "wies", "wsi", "wsia", "miasto",
    "miasta",
    "miescie", "miasteczko", "miasteczku", "solectwo", "solectwie", "solectwa", "osada", "osadzie", "osady",
    "przysiolek",
    "przysiolku",
))
"""Words that say: what follows is a village or a town."""
# fmt: on


@dataclass(frozen=True)
class Word:
    """A word: as typed, folded, where it stands, what stands between it and the word before."""

    text: str
    folded: str
    start: int
    end: int
    gap: str
    opens: bool
    """Whether a sentence begins with it, so that its capital says nothing."""

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()

    @property
    def is_number(self) -> bool:
        """Whether it begins with a digit: "3", "12a"."""
        return self.text[0].isdecimal()

    @property
    def follows(self) -> bool:
        """Whether only a space or a hyphen parts it from the word before."""
        return self.gap == "-" or (self.gap != "" and not self.gap.strip(" \u00a0\t"))


@dataclass(frozen=True)
class Sentence:
    """A text in words. `is_plain` tells that capitals say nothing in it: there are none, or there is nothing else."""

    text: str
    words: tuple[Word, ...]
    is_plain: bool

    def before(self, at: int, steps: int = 1) -> str:
        """Give the folded word so many places before one, or nothing."""
        return self.words[at - steps].folded if at >= steps else ""

    def run(self, at: int, most: int) -> list[Word]:
        """List the words from one on that nothing but spaces and hyphens part, at most so many."""
        if not 0 <= at < len(self.words):
            return []
        more = takewhile(lambda word: word.follows, self.words[at + 1 : at + most])
        return [self.words[at], *more]

    def first(self, at: int, is_one: Callable[[Word], bool]) -> int | None:
        """Find the first word from one on that is one of those looked for."""
        return next((index for index in range(at, len(self.words)) if is_one(self.words[index])), None)


def sentence(text: str) -> Sentence:
    """Read a text; beyond its first 2,000 characters and 250 words nothing is read."""
    text = text[:LONGEST_TEXT]
    words = tuple(_words(text))
    capitals = sum(word.is_capital for word in words if not word.opens)
    is_loud = sum(word.text.isupper() for word in words if len(word.text) > _LESS_THAN_A_WORD) * 2 > len(words)
    return Sentence(text, words, is_plain=not capitals or is_loud)


def _words(text: str) -> Iterator[Word]:
    end, before = 0, ""
    for count, match in enumerate(_WORD.finditer(text)):
        if count == MOST_WORDS:
            return
        gap, plain = text[end : match.start()], folded(match.group())
        yield Word(match.group(), plain, match.start(), match.end(), gap, _opens(gap, before, is_first=not count))
        end, before = match.end(), plain


def _opens(gap: str, before: str, *, is_first: bool) -> bool:
    """Tell whether a sentence begins after this gap: "ul. Lipowa" and "J. Kowalski" are one sentence."""
    if is_first:
        return True
    if not _ENDS_SENTENCE.search(gap):
        return False
    return not (gap.startswith(".") and (before in ABBREVIATIONS or len(before) < _LESS_THAN_A_WORD))
