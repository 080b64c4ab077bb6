"""Coverage in words: what was asked differently, and what each place would reach."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from consult.allocation.coverage import Answer, Chosen, Question, Tried, Variation

VARIATIONS = {
    Variation.AS_ASKED: _l("As asked"),
    Variation.NEARER: _l("Reach shorter by 20%"),
    Variation.FARTHER: _l("Reach longer by 20%"),
    Variation.FEWER: _l("One post fewer"),
    Variation.MORE: _l("One post more"),
}


def letter(place: int) -> str:
    """Name a candidate on the map by a letter."""
    return chr(ord("A") + place)


def kilometres(metres: float) -> str:
    """Write a distance."""
    return f"{format_decimal(round(metres / 1000, 1))}\u00a0km"


class ToldPlace(NamedTuple):
    """What one candidate would do alone, and in how many of the questions it is chosen."""

    letter: str
    name: str
    covered: str
    mean: str
    by_covering: str
    by_median: str


class ToldTry(NamedTuple):
    """A question with what each way of choosing would choose."""

    question: str
    covering: str
    covered: str
    median: str
    mean: str
    is_other: bool


def share(part: int, whole: int) -> str:
    """Write a part of voices, with its share."""
    return _("%(part)s of %(whole)s", part=format_decimal(part), whole=format_decimal(whole)) + (
        f" ({round(100 * part / whole)}\u00a0%)" if whole else ""
    )


def told_places(question: Question, found: Answer) -> list[ToldPlace]:
    """Write the candidates."""
    tried = len(found.tried)
    return [
        ToldPlace(
            letter(place),
            candidate.name,
            share(found.alone[place].covered, question.voices),
            kilometres(found.alone[place].mean_m),
            _("%(part)s of %(whole)s", part=found.covering_of[place], whole=tried),
            _("%(part)s of %(whole)s", part=found.median_of[place], whole=tried),
        )
        for place, candidate in enumerate(question.candidates)
    ]


def told_tries(found: Answer, categories: Mapping[str, str]) -> list[ToldTry]:
    """Write what each question would choose."""
    return [_told(one, found.tried[0], categories) for one in found.tried]


def _told(one: Tried, first: Tried, categories: Mapping[str, str]) -> ToldTry:
    if one.variation is Variation.WITHOUT:
        words = _("Without: %(category)s", category=categories.get(one.category, one.category))
    else:
        words = str(VARIATIONS[one.variation])
    return ToldTry(
        words,
        _names(one.question, one.covering),
        share(one.covering.covered, one.question.voices),
        _names(one.question, one.median),
        kilometres(one.median.mean_m),
        is_other=(one.covering.places, one.median.places) != (first.covering.places, first.median.places)
        and one.question.posts == first.question.posts,
    )


def _names(question: Question, chosen: Chosen) -> str:
    return ", ".join(question.candidates[place].name for place in chosen.places)


def left_out(names: Sequence[str]) -> str:
    """Name the lines that are no place."""
    return _("No place of this name was found here: %(names)s.", names="; ".join(names))
