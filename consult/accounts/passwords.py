"""Passwords: which ones are good enough, and how they are kept.

Length counts, and that a guesser does not try it first; there are no rules about digits or signs. Hashes are
Argon2id at 19 MiB, so that checking costs some twenty milliseconds, and a process computes two at once at most: the
sign-in page cannot be used to stop the service. Whoever is unknown costs the same as whoever is known.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from consult.words import folded

SHORTEST, LONGEST = 12, 128
OWN_LETTERS = 6
"""How many characters have to remain when everything guessable is taken out."""
FEWEST_DIFFERENT = 5

AT_ONCE = 2
"""So many hashes a process computes at the same time; others wait for theirs, and nobody else waits."""

_turns = BoundedSemaphore(AT_ONCE)

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Weakness(StrEnum):
    """Why a password is not good enough."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    GUESSABLE = "guessable"


def weakness(password: str, about: Iterable[str] = ()) -> Weakness | None:
    """Tell what is wrong with a password, if anything; `about` are words that belong to its owner."""
    password = _composed(password)
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    return Weakness.GUESSABLE if _is_guessable(password, about) else None


def hashed(password: str) -> str:
    """Give what is kept instead of the password."""
    with _turns:
        return HASHER.hash(_composed(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the kept one; where none is kept, take as long to say no."""
    against, tried = kept or _decoy(), _composed(password[: LONGEST + 1])
    try:
        with _turns:
            HASHER.verify(against, tried)
    except VerifyMismatchError:
        return False
    return kept is not None


def _composed(password: str) -> str:
    """One way of writing the same letters, whichever keyboard they came from."""
    return unicodedata.normalize("NFKC", password)


def _is_guessable(password: str, about: Iterable[str]) -> bool:
    text = folded(password)
    if len(set(text)) < FEWEST_DIFFERENT:
        return True
    own = {part for word in about for part in re.split(r"[^a-z0-9]+", folded(word)) if len(part) >= 3}
    for word in sorted(own | _common(), key=len, reverse=True):
        text = text.replace(word, " ")
    return len(_without_runs(text)) < OWN_LETTERS


def _without_runs(text: str) -> str:
    """Leave out what repeats or continues the character before it, as in 3333 and 4567, and the signs between."""
    pairs = zip(" " + text, text, strict=False)
    kept = (character for last, character in pairs if abs(ord(character) - ord(last)) > 1)
    return re.sub(r"[\W_]+", "", "".join(kept))


@cache
def _common() -> frozenset[str]:
    """Words that guessers try first, common passwords and words of the service, folded."""
    return frozenset(Path(__file__).with_name("guessable.txt").read_text(encoding="utf-8").split())


@cache
def _decoy() -> str:
    return HASHER.hash("the password of nobody")
