"""Which sheets are typed in a second time: a sample that nobody who types can foresee, and that anyone can draw again.

Each sheet has a rank that comes out of the installation's secret, the form's key and the number of the sheet. Of the
sheets that are typed in, those with the lowest ranks are the sample: one in ten, at least five, all when there are
fewer. It is drawn anew with every sheet that comes in, so it never depends on who types, when, or what stands there;
a sheet that somebody has typed in a second time stays in it.
"""

import hashlib
import hmac
from collections.abc import Collection

ONE_IN = 10
AT_LEAST = 5


def size(count: int) -> int:
    """Tell how many of so many sheets are typed in a second time."""
    return min(count, max(AT_LEAST, -(-count // ONE_IN)))


def drawn(numbers: Collection[int], form_key: str, secret: str) -> frozenset[int]:
    """Draw the sample of the sheets with these numbers."""
    ranked = sorted(numbers, key=lambda number: (rank(number, form_key, secret), number))
    return frozenset(ranked[: size(len(ranked))])


def rank(number: int, form_key: str, secret: str) -> str:
    """Give the rank of a sheet, which stays the same whichever sheets come in beside it."""
    return hmac.new(secret.encode(), f"paper sample {form_key} {number}".encode(), hashlib.sha256).hexdigest()
