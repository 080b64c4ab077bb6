"""Phrases that stand out in what people wrote to one question, as a first idea of its themes: no outside model.

A phrase is one to three stems in a row, with no stop word or punctuation between them. Each is counted once a text. It
stands out when more of these texts have it than of the survey's other texts; how much is Dunning's log-likelihood ratio
(1993). Where the survey has no other texts, frequent and long phrases lead. The same texts always give the same list.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from consult.words import stems

LONGEST = 3
FEWEST = 3
"""A phrase of fewer texts could be somebody's own, and makes no theme."""

MOST = 40
MOSTLY = 0.8
"""A shorter phrase goes when so many of its texts have a longer one that holds it."""

_SEGMENT = re.compile(r"[^\w\s'’ʼ-]+|\n+|\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+")

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase: its stems, how it is mostly written, in how many texts it stands, here and elsewhere, and its score."""

    stems: Gram
    words: str
    texts: int
    elsewhere: int
    score: float


def proposals(texts: Sequence[str], others: Sequence[str] = (), most: int = MOST) -> list[Phrase]:
    """List the phrases that stand out in some texts beside other ones, the strongest first."""
    counts, written = _counted(texts)
    elsewhere, _others_written = _counted(others)
    found = []
    for gram, count in counts.items():
        score = _score(gram, count, len(texts), elsewhere[gram], len(others))
        if count >= FEWEST and score > 0:
            found.append(Phrase(gram, _as_written(written[gram]), count, elsewhere[gram], score))
    found.sort(key=lambda phrase: (-phrase.score, -len(phrase.stems), phrase.stems))
    return [phrase for phrase in found if not any(_swallows(longer, phrase) for longer in found)][:most]


def likelihood_ratio(here: int, of_here: int, there: int, of_there: int) -> float:
    """Give Dunning's G² of two shares: how unlikely it is that both come from one."""
    cells = ((here, of_here), (of_here - here, of_here), (there, of_there), (of_there - there, of_there))
    whole = of_here + of_there
    having, lacking = here + there, whole - here - there
    expected = (having * of_here, lacking * of_here, having * of_there, lacking * of_there)
    told = (count * log(count * whole / wanted) for (count, _of), wanted in zip(cells, expected, strict=True) if count)
    return max(2 * sum(told), 0.0)


def _score(gram: Gram, here: int, of_here: int, there: int, of_there: int) -> float:
    """Score a phrase; nought where other texts have it as often."""
    if not of_there:
        return here * sqrt(len(gram))
    if here * of_there <= there * of_here:
        return 0.0
    return likelihood_ratio(here, of_here, there, of_there)


def _counted(texts: Iterable[str]) -> tuple[Counter[Gram], dict[Gram, Counter[str]]]:
    """Count in how many texts each phrase stands, and how it is written there."""
    counts: Counter[Gram] = Counter()
    written: dict[Gram, Counter[str]] = defaultdict(Counter)
    for text in texts:
        known = dict(_grams(text))
        counts.update(known.keys())
        for gram, words in known.items():
            written[gram][words] += 1
    return counts, written


def _grams(text: str) -> Iterator[tuple[Gram, str]]:
    for segment in _SEGMENT.split(text):
        for run in _runs(segment):
            for start in range(len(run)):
                for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
                    part = run[start:end]
                    yield tuple(stem for stem, _word in part), " ".join(word for _stem, word in part)


def _runs(segment: str) -> Iterator[list[tuple[str, str]]]:
    """Cut a piece of text where a word says nothing."""
    run: list[tuple[str, str]] = []
    for word in _WORD.findall(segment):
        stem = _stem_of(word)
        if stem:
            run.append((stem, word.lower()))
        elif run:
            yield run
            run = []
    if run:
        yield run


@lru_cache(maxsize=1 << 15)
def _stem_of(word: str) -> str:
    """Give a word's stem; nothing for numbers, short words and words of every letter."""
    return next(iter(stems(word)), "")


def _as_written(written: Counter[str]) -> str:
    return min(written, key=lambda words: (-written[words], words))


def _swallows(longer: Phrase, phrase: Phrase) -> bool:
    if len(longer.stems) <= len(phrase.stems) or longer.texts < MOSTLY * phrase.texts:
        return False
    size = len(phrase.stems)
    return any(longer.stems[at : at + size] == phrase.stems for at in range(len(longer.stems) - size + 1))
