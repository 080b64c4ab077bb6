"""Names of places in any case: "w Zagórowie", "do Kiszkowa", "pod Starą Wsią" lead to Zagórów, Kiszkowo, Stara Wieś.

No dictionary is needed, since the register holds every name once in its nominative. From a name one stem is made; from
a word that somebody wrote several, one for each ending it may carry. A stem leaves out what Polish changes between
cases: the ending, the last vowel (Damasławek, Damasławku), and how the last consonant softens (Ruda, Rudzie).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product

from consult.words import folded

LONGEST_NAME = 5
"""Names have no more words than this."""

MOST_TERMS = 60
MOST_STEMS = (14, 6, 3, 2, 2)
"""So many stems of each word are tried, by how many words stand together."""

SHORT_QUERY = 4
MOST_WORDS = 40
LONGEST_WORD = 60
"""Letters: no name in Poland has so long a word, and the stems of an endless one would take endless time."""

_WORD = re.compile(r"[^\W_]+")
_NAME_ENDINGS = ("ie", "ia", "io", "a", "e", "i", "o", "y")
_ENDINGS = (
    "iego", "iemu", "iami", "iach", "iowi", "owi", "ego", "emu", "iej", "iem", "iom", "ami", "ach", "ich", "ych", "imi",
    "ymi", "iow", "ej", "em", "om", "im", "ym", "ow", "ie", "ia", "io", "iu", "a", "e", "i", "o", "u", "y", "",
)  # fmt: skip
_SOFTENED = (("dz", "g"), ("d", "g"), ("cz", "k"), ("c", "k"), ("t", "k"), ("rz", "r"))
_ADJECTIVE = re.compile(r"(.{2,}?)(sk|ck|zk)(?:i|iego|iemu|im|ie|a|iej)")
_POSTCODE = re.compile(r"\b\d{2}-\d{3}\b")
_INSERTED_VOWEL = re.compile(r"(.*[aeiouy].*[^aeiouy])e([^aeiouy])")
"""Kośmider, from Kośmidry: cases without an ending get a vowel."""

_LAST_VOWEL = re.compile(r"(?<=.)[aeiouy]+(?=[^aeiouy]*$)")
_LEFT_OUT = frozenset(
    ("w", "we", "na", "do", "z", "ze", "od", "u", "i", "a", "o", "pod", "nad", "przy", "kolo", "obok", "okolice",
     "okolicy", "za", "przed", "miedzy", "m", "msc", "miejscowosc", "miejscowosci",
     "gm", "gmina", "gminy", "gminie", "pow",
     "powiat", "powiatu", "powiecie", "woj", "polska")
)  # fmt: skip
_STREETS = frozenset(
    ("ul", "ulica", "ulicy", "ulice", "ulic", "al", "aleja", "alei", "aleje", "pl", "plac", "placu", "os", "osiedle",
     "osiedlu", "osiedla", "rondo", "rondzie", "skwer", "skwerze")
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """Some words in a row that may be a place's name: as written (folded), and the stems they may have."""

    words: str
    stems: frozenset[str]


def stem_of_name(name: str) -> str:
    """Give the one stem of a name in the nominative, word by word."""
    return " ".join(_without_last_vowel(_hard(_without_ending(word))) for word in _WORD.findall(folded(name)))


def plain(name: str) -> str:
    """Write a name in small letters without accents, words parted by one space."""
    return " ".join(_WORD.findall(folded(name)))


def terms(text: str) -> list[Term]:
    """List what in a text may be a place's name, the most words first; streets' names are passed over.

    In a few words everything may be; in a longer text only what begins with a capital, if anything does.
    """
    words = _words(text)
    found = [words[start : start + size] for size in range(LONGEST_NAME, 0, -1) for start in _starts(words, size)]
    if len(words) > SHORT_QUERY and any(window[0].is_capital for window in found):
        found = [window for window in found if window[0].is_capital]
    made = [term([word.folded for word in window]) for window in found[:MOST_TERMS]]
    return list(dict.fromkeys(made))


def term_of_adjective(word: str) -> Term:
    """Give the names that a folded adjective may come from: "powidzkiego" from Powidz, "slupeckim" from Słupca."""
    match = _ADJECTIVE.fullmatch(word)
    bases = {f"{match[1]}{match[2][:-1]}", match[1], f"{match[1]}c"} if match else set()
    stems = {stem for base in bases for stem in _stems(base)}
    return Term(word, frozenset(stems | {_without_last_vowel(stem) for stem in stems}))


def rest(text: str, place: str) -> str:
    """Give the words of an address, as typed, that do not stand in a place's words in any case: its street and house.

    What follows a word for streets is a street even when it is called as the place is; postcodes are passed over.
    """
    named = plain(place).split()
    stems = {stem_of_name(word) for word in named}
    runs: list[tuple[int, int]] = []
    is_street, goes_on = False, False
    for match in _WORD.finditer(_POSTCODE.sub(lambda code: " " * len(code[0]), text)):
        word = folded(match[0])
        is_known = not is_street and _is_of(word, named, stems)
        if not is_known:
            runs = [*runs[:-1], (runs[-1][0], match.end())] if goes_on else [*runs, match.span()]
        is_street, goes_on = word in _STREETS, not is_known
    return ", ".join(text[start:end] for start, end in runs)


def _is_of(word: str, named: Sequence[str], stems: set[str]) -> bool:
    """Tell whether a folded word stands in a place's words: begun, in another case, or as a word that says nothing."""
    is_begun = any(each.startswith(word) for each in named)
    return not word or word in _LEFT_OUT or is_begun or not stems.isdisjoint(_stems(word))


def likeness(written: str, name: str) -> float:
    """Tell how much of two folded texts agrees, from 0 to 1."""
    return SequenceMatcher(None, written, name, autojunk=False).ratio()


@dataclass(frozen=True)
class _Word:
    """A word of a text and its place in it: a gap before it (a word left out) parts names."""

    folded: str
    is_capital: bool
    run: int


def _words(text: str) -> list[_Word]:
    """Cut a text into words that may belong to names."""
    kept: list[_Word] = []
    run, after_street = 0, False
    for raw in _WORD.findall(text)[:MOST_WORDS]:
        word = folded(raw)
        if word in _STREETS:
            run, after_street = run + 1, True
        elif not word or word in _LEFT_OUT or after_street:
            run, after_street = run + 1, False
        else:
            kept.append(_Word(word, raw[0].isupper(), run))
    return kept


def _starts(words: list[_Word], size: int) -> Iterator[int]:
    """List where so many words stand together."""
    for start in range(len(words) - size + 1):
        if words[start].run == words[start + size - 1].run:
            yield start


def term(words: Sequence[str]) -> Term:
    """Give some folded words as what may be a name, with all the stems they may have."""
    most = MOST_STEMS[min(len(words), len(MOST_STEMS)) - 1]
    choices = [_stems(word)[:most] for word in words]
    return Term(" ".join(words), frozenset(" ".join(choice) for choice in product(*choices)))


def _stems(word: str) -> list[str]:
    """List the stems of a word in an unknown case, the longest ending first; the last vowel may be gone already."""
    if len(word) > LONGEST_WORD:
        return [word]
    hard = [_hard(word[: len(word) - len(ending)]) for ending in _ENDINGS if _may_end(word, ending)] or [word]
    bare = [_without_last_vowel(_hard(f"{match[1]}{match[2]}"))] if (match := _INSERTED_VOWEL.fullmatch(word)) else []
    return list(dict.fromkeys([*bare, *(stem for each in hard for stem in (_without_last_vowel(each), each))]))


def _may_end(word: str, ending: str) -> bool:
    return word.endswith(ending) and len(word) - len(ending) >= 2


def _without_ending(word: str) -> str:
    ending = next((ending for ending in _NAME_ENDINGS if _may_end(word, ending)), "")
    return word[: len(word) - len(ending)]


def _hard(stem: str) -> str:
    """Undo the softening of the last consonant."""
    stem = stem.rstrip("i") if len(stem) > 2 else stem
    for soft, hard in _SOFTENED:
        if stem.endswith(soft) and len(stem) > len(soft):
            return stem[: -len(soft)] + hard
    return stem


def _without_last_vowel(stem: str) -> str:
    return _LAST_VOWEL.sub("", stem, count=1)
