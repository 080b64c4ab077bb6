"""Proposing categories for what an officer types: at most three, the likeliest first."""

from collections.abc import Sequence
from datetime import date

from consult.catalogue import lexicon, queries

MOST_PROPOSED = 3


def proposed_categories(text: str, day: date) -> list[str]:
    """Propose the codes of categories in force on a day that a text speaks of; of nothing known, none."""
    return proposed_for_each([text], day)[0]


def proposed_for_each(texts: Sequence[str], day: date) -> list[list[str]]:
    """Propose for several texts, in their order, asking the database once."""
    valid = [category.code for category in queries.valid_on(day)]
    return [_likeliest(lexicon.weights(text), valid) for text in texts]


def _likeliest(weights: dict[str, int], valid: Sequence[str]) -> list[str]:
    known = [code for code in valid if code in weights]
    return sorted(known, key=lambda code: -weights[code])[:MOST_PROPOSED]
