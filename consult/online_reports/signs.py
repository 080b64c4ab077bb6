"""Signs in a report that whoever screens it should look at twice. They mark; a person decides."""

import re
from collections.abc import Callable
from enum import StrEnum

from consult.personal_data import marks
from consult.urgency import sounds_urgent
from consult.words import folded

SHORTEST_LETTERS = 4
"""Fewer letters than this describe nothing."""


class Sign(StrEnum):
    """What strikes about a report."""

    URGENT = "urgent"
    PERSONAL = "personal_data"
    JOKE = "joke"


_JOKING = re.compile(
    r"\b(?:tes(?:t|ty|towe|towy|tuje|tujemy)|proba|zarty?|zartuje\w*|prima aprilis|prank|hehe\w*|haha\w*"
    r"|lol|xd+|asdf?\w*|qwer\w*|lorem ipsum|ufo|kosmici|smok|zombie|bla bla\w*|just kidding|тест\w*|жарт\w*)\b"
)
_REPEATED = re.compile(r"(\w)\1{4,}|(\w{2,3} ?)\2{3,}")
_VOWELS = re.compile("[aeiouyаеєиіїоуюя]")
_LETTERS = re.compile(r"[^\W\d_]")


def signs_of(text: str) -> list[Sign]:
    """List what strikes about the words of a report, the most pressing first."""
    known: dict[Sign, Callable[[], bool]] = {
        Sign.URGENT: lambda: sounds_urgent(text),
        Sign.PERSONAL: lambda: bool(marks(text)),
        Sign.JOKE: lambda: reads_like_a_joke(text),
    }
    return [sign for sign, holds in known.items() if holds()]


def reads_like_a_joke(text: str) -> bool:
    """Tell whether words look like a test, laughter or keys pressed at random; no words at all are no joke."""
    plain = folded(text).strip()
    if not plain:
        return False
    letters = _LETTERS.findall(plain)
    is_noise = len(letters) < SHORTEST_LETTERS or _VOWELS.search(plain) is None or _REPEATED.search(plain) is not None
    return is_noise or _JOKING.search(plain) is not None
