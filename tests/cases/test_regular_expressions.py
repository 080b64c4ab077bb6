"""No text of 50 kB keeps a regular expression of the product busy (S47).

What is measured is the time of the processor that this test alone takes, with a bound far above what a right expression
needs (a few thousandths) and far below what one takes that tries every way to divide a text.
"""

import re
import signal
from contextlib import contextmanager

import pytest

from tests.cases.expressions import Expression, hardest_texts, of_the_product

LENGTH = 50_000
MOST_S = 1.5
ENOUGH_S = 0.3
"""Enough to see that a planted expression does not end."""

SHORTER = {
    "consult.personal_data:168": (20, "asked of the twenty letters before a name"),
    "consult.places.queries._POSITION": (20, "many blanks are written as one, so no more can be divided"),
    "debates.editions._NAMED": (4_000, "a list of those who were there has no more letters"),
    "debates.editions._PARTS": (4_000, "the same list"),
    "debates.editions._RANKED": (4_000, "the same list"),
    "surveys.expressions._CALL": (2_000, "a longer condition is refused unread"),
    "surveys.sheets:243": (8_000, "a longer cell is refused"),
    "surveys.spellings._LIST": (300, "a longer type is none"),
    "surveys.weighting._LINE": (300, "a longer line of a table is none"),
    "consult.places.inflection._INSERTED_VOWEL": (60, "longer words have no stems"),
}
"""Expressions that are never asked of a longer text, and why."""


class TookTooLong(Exception):
    """The time is over."""


@contextmanager
def bounded(seconds):
    """Break off what takes more of the processor's time."""

    def stop(*_arguments):
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def hardest_for(expression, seconds=MOST_S):
    """The texts that an expression cannot leave in time."""
    longest, _why = SHORTER.get(expression.place, (LENGTH, ""))
    for text in hardest_texts(expression.pattern, longest):
        try:
            with bounded(seconds):
                expression.try_on(text)
        except TookTooLong:
            yield text[:40]


def test_s47_no_text_keeps_an_expression_busy():
    expressions = of_the_product()
    assert len(expressions) > 150
    late = {one.place: next(hardest_for(one), None) for one in expressions}
    assert [f"{place}: {text!r}" for place, text in late.items() if text is not None] == []


def test_every_shorter_text_has_its_expression():
    assert set(SHORTER) <= {one.place for one in of_the_product()}


@pytest.mark.parametrize("written", [r"(a+)+b", r"(\w|\d)*!", r"\s*-\s*", r".*x.*y"])
def test_the_texts_would_find_an_expression_that_tries_too_much(written):
    assert next(hardest_for(Expression("", re.compile(written), begins=False), ENOUGH_S), None) is not None
