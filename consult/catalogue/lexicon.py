"""Words that speak of a category: "pędzą" of speeding, "auta" with "chodnik" of parking: beginnings of words.

A strong word, or words that stand in one text together ("park+chodnik"), says more than a weak one. The lexicon is data
beside the catalogue (`lexicon.csv`), folded, without endings, so that every grammatical case is met.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from consult.words import folded

LEXICON = Path(__file__).with_name("lexicon.csv")
LONGEST_TEXT = 2_000
STRONG, TOGETHER, WEAK = 4, 5, 1


@dataclass(frozen=True)
class Entry:
    """What speaks of one category: each clue is one or more beginnings of words that all have to be there."""

    code: str
    strong: tuple[tuple[str, ...], ...]
    weak: tuple[tuple[str, ...], ...]

    def weight(self, words: Iterable[str]) -> int:
        """Tell how much folded words speak of the category."""
        said = tuple(words)
        strong = sum(TOGETHER if len(clue) > 1 else STRONG for clue in self.strong if _is_said(clue, said))
        return strong + WEAK * sum(_is_said(clue, said) for clue in self.weak)


@cache
def lexicon() -> tuple[Entry, ...]:
    """Read the lexicon once."""
    with LEXICON.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return tuple(Entry(row["code"], _clues(row["strong"]), _clues(row["weak"])) for row in rows)


def without_words(codes: Iterable[str]) -> list[str]:
    """List the categories that no word speaks of: nobody is offered them for what was said."""
    spoken = {entry.code for entry in lexicon() if entry.strong or entry.weak}
    return [code for code in codes if code not in spoken]


def weights(text: str) -> dict[str, int]:
    """Weigh the categories that a text speaks of, by their codes; those it says nothing of are left out."""
    words = tuple(dict.fromkeys(_words(text)))
    found = {entry.code: entry.weight(words) for entry in lexicon()}
    return {code: weight for code, weight in found.items() if weight}


def _words(text: str) -> list[str]:
    plain = folded(text[:LONGEST_TEXT])
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def _clues(cell: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(filter(None, clue.split("+"))) for clue in cell.split("|") if clue)


def _is_said(clue: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return all(any(word.startswith(beginning) for word in words) for beginning in clue)
