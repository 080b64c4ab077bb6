"""What leaves an answer when it is mixed: places marked for the map, and words about the application.

A place could recognise who marked it, and words who wrote them; beside age, sex and everything else that the same
person answered they would. So they are taken out, and go on alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consult.geo import Place
from surveys.questions import PLACES, Definition, Kind, Question, Role

FOR_THE_DESK = frozenset({Role.FEEDBACK, Role.WISH, Role.MISSING_CATEGORY})
"""Texts that speak of the application, whatever the survey is about."""


@dataclass(frozen=True)
class Marked:
    """A place as it was marked, and the code of its category; empty where none was told."""

    place: Place
    category: str


@dataclass(frozen=True)
class Said:
    """Words about the application, and what was asked."""

    words: str
    role: Role


@dataclass(frozen=True)
class Loosened:
    """What stays of an answer, and what has left it."""

    answers: dict[str, Any]
    places: tuple[Marked, ...]
    words: tuple[Said, ...]


def leaving(definition: Definition) -> frozenset[str]:
    """Name the questions and repeats whose answers may hold something that leaves them."""
    leave = [question for question in definition.questions if _is_marked(question) or _is_for_the_desk(question)]
    return frozenset(question.repeat or question.name for question in leave)


def loosened(definition: Definition, answers: Mapping[str, Any]) -> Loosened:
    """Take a submission's places and words out of its answers.

    The category leaves together with the place that it names: one that only few have named would lead back. It stays
    in the counters.
    """
    kept = {name: _copied(answer) for name, answer in answers.items()}
    places: list[Marked] = []
    words: list[Said] = []
    for repeat, round_ in _rounds(definition, kept):
        questions = [question for question in definition.questions if question.repeat == repeat]
        words += _said(questions, round_)
        places += _marked(questions, round_, _category(definition, repeat, kept, round_))
    if places:
        _forget_categories(definition, kept)
    return Loosened(kept, tuple(places), tuple(words))


def _copied(answer: Any) -> Any:
    """Copy an answer as deep as it is changed below: the rounds of a repeat."""
    if isinstance(answer, list):
        return [dict(item) if isinstance(item, Mapping) else item for item in answer]
    return answer


def _rounds(definition: Definition, answers: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through the answers outside all repeats, then through each round of each repeat."""
    yield "", answers
    for repeat in sorted({question.repeat for question in definition.questions if question.repeat}):
        for round_ in answers.get(repeat) or ():
            yield repeat, round_


def _is_marked(question: Question) -> bool:
    return question.role is Role.THREAT and question.kind in PLACES


def _is_for_the_desk(question: Question) -> bool:
    return question.role in FOR_THE_DESK and question.kind is Kind.TEXT


def _said(questions: list[Question], round_: dict[str, Any]) -> Iterator[Said]:
    for question in filter(_is_for_the_desk, questions):
        words = str(round_.pop(question.name, None) or "").strip()
        if words:
            assert question.role is not None
            yield Said(words, question.role)


def _marked(questions: list[Question], round_: dict[str, Any], category: str) -> Iterator[Marked]:
    for question in filter(_is_marked, questions):
        record = round_.pop(question.name, None)
        if record:
            yield Marked(Place.from_record(record), category)


def _category(definition: Definition, repeat: str, answers: Mapping[str, Any], round_: Mapping[str, Any]) -> str:
    """Tell the category of the places of a round: told in the same repeat, else once for all of them."""
    asking = definition.with_role(Role.CATEGORY)
    own = next((question for question in asking if question.repeat == repeat), None)
    if own is not None:
        return _code(round_.get(own.name))
    outside = next((question for question in asking if not question.repeat), None)
    return _code(answers.get(outside.name)) if outside else ""


def _code(answer: Any) -> str:
    """Give the one category that was chosen; of several, nobody can tell which one the place is about."""
    chosen = answer if isinstance(answer, list) else [answer]
    return str(chosen[0] or "") if len(chosen) == 1 else ""


def _forget_categories(definition: Definition, answers: dict[str, Any]) -> None:
    for repeat, round_ in _rounds(definition, answers):
        for question in definition.with_role(Role.CATEGORY):
            if question.repeat == repeat:
                round_.pop(question.name, None)
