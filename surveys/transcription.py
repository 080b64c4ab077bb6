"""Typing sheets in: what stands on paper becomes answers, and what is wrong with them.

A field takes what is printed beside the box: "2", "1 4 5", a number, a day, words. Of an order it takes what was
written into the boxes from top to bottom, "2 1 - 3". Nothing here knows of pages or databases, so whatever sheet holds
questions of a definition can be typed in this way.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consult.words import folded
from surveys import paper
from surveys.paper import Box
from surveys.questionnaire import Answers, Fault, Questionnaire, Refused, Wrong, value_of
from surveys.questions import CHOOSING, PLACES, Definition, Kind, Question

EMPTY = frozenset({"", "-", "–", "0"})
"""What is typed for a box that was left empty in an order."""

Entries = Mapping[str, str]
"""What was typed, by the key of the field."""

Places = Mapping[str, Any]
"""Records of places, by the key of the field."""


@dataclass(frozen=True)
class Field:
    """One question of a sheet to type in; of a repeat one for each round that the sheet has room for."""

    question: Question
    number: int
    round: int = 0
    boxes: tuple[Box, ...] = ()

    @property
    def key(self) -> str:
        """The field's name in a form: safe, spot_kind.1 for the second round."""
        return f"{self.question.name}.{self.round}" if self.question.repeat else self.question.name

    @property
    def is_place(self) -> bool:
        """Whether a place is asked for."""
        return self.question.kind in PLACES


@dataclass(frozen=True)
class Typed:
    """What was read of a sheet. `places` tells where in the document each answered field stands."""

    answers: Answers
    faults: Mapping[str, Fault]
    answered: tuple[Field, ...]


@dataclass(frozen=True)
class Checked:
    """A sheet checked by the rules of its questionnaire.

    `faults` are by the key of the field; `needless` are fields that were answered on paper although their question was
    to be left out; `answers` is what remains without those. `blank` are fields that needed an answer and have none:
    paper holds nobody up, so whoever types it in says that it is so.
    """

    answers: Answers
    faults: Mapping[str, Fault] = field(default_factory=dict)
    needless: tuple[Field, ...] = ()
    blank: tuple[Field, ...] = ()


def fields(definition: Definition) -> list[Field]:
    """List the fields of a sheet in the order of the paper: a repeat round by round."""
    number = paper.numbers(definition)
    rounds = {page.repeat.name: paper.rounds_of(page.repeat) for page in definition.pages if page.repeat}
    found = [
        Field(question, number[question.name], at, paper.boxes(question))
        for question in definition.questions
        if question.is_asked
        for at in range(rounds.get(question.repeat, 1))
    ]
    return sorted(found, key=lambda one: _order(definition, one))


def _order(definition: Definition, one: Field) -> tuple[int, int, int]:
    """Keep the rounds of a repeat together: where it begins, the round, the question."""
    number = paper.numbers(definition)
    repeat = one.question.repeat
    first = min(number[q.name] for q in definition.questions if q.is_asked and q.repeat == repeat) if repeat else 0
    return (first or one.number, one.round, one.number)


def read(definition: Definition, entries: Entries, places: Places) -> Typed:
    """Read what was typed; what cannot be read is a fault and no answer."""
    answers: Answers = {}
    rounds: dict[tuple[str, int], Answers] = {}
    faults, answered = dict[str, Fault](), list[Field]()
    for one in fields(definition):
        try:
            value = _value(one, entries.get(one.key, ""), places)
        except Refused as refused:
            faults[one.key] = Fault(one.question, refused.wrong, one.round, refused.detail)
            continue
        if value is not None:
            answered.append(one)
            into = rounds.setdefault((one.question.repeat, one.round), {}) if one.question.repeat else answers
            into[one.question.name] = value
    for repeat, at in sorted(rounds):
        answers.setdefault(repeat, []).append(rounds[repeat, at])
    return Typed(answers, faults, tuple(answered))


def check(asking: Questionnaire, typed: Typed) -> Checked:
    """Hold a sheet against the rules of its questionnaire, each round of a repeat by itself."""
    faults = dict(typed.faults)
    needless: list[Field] = []
    for at, document in _documents(typed):
        kept, asked, wrong = asking.settled(document)
        faults = {**_by_key(wrong, at), **faults}
        for one in typed.answered:
            if _belongs(one, at) and one.question.name not in _part(kept, one):
                if one.question.name in asked:  # a filter does not let the choice through
                    faults.setdefault(one.key, Fault(one.question, Wrong.UNLISTED, one.round))
                else:
                    needless.append(one)
    listed = fields(asking.definition)
    missing = {key for key, fault in faults.items() if fault.wrong is Wrong.REQUIRED}
    sorted_faults = {one.key: faults[one.key] for one in listed if one.key in faults.keys() - missing}
    unasked = {one.key for one in needless}
    return Checked(
        asking.pruned(typed.answers),
        sorted_faults,
        tuple(one for one in listed if one.key in unasked),
        tuple(one for one in listed if one.key in missing),
    )


At = tuple[str, int] | None
"""A round of a repeat, or everything outside of repeats."""


def _documents(typed: Typed) -> Iterator[tuple[At, Answers]]:
    """Give everything outside of repeats, then each round of a repeat together with that."""
    outside = {name: value for name, value in typed.answers.items() if not _is_rounds(value)}
    yield None, outside
    places = sorted({(one.question.repeat, one.round) for one in typed.answered if one.question.repeat})
    for repeat, at in places:
        position = [where for where in places if where[0] == repeat].index((repeat, at))
        yield (repeat, at), {**outside, repeat: [typed.answers[repeat][position]]}


def _is_rounds(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _belongs(one: Field, at: At) -> bool:
    return (one.question.repeat, one.round) == at if at else not one.question.repeat


def _part(kept: Answers, one: Field) -> Mapping[str, Any]:
    """Give the part of a kept document that a field stands in; a round that says nothing is gone."""
    if not one.question.repeat:
        return kept
    rounds: Sequence[Mapping[str, Any]] = kept.get(one.question.repeat, ())
    return rounds[0] if rounds else {}


def _by_key(wrong: Sequence[Fault], at: At) -> dict[str, Fault]:
    """Sort faults under their fields; those of a repeat count when its own round was looked at."""
    found = {}
    for fault in wrong:
        repeat = fault.question.repeat
        if (at is None) == (not repeat) and (at is None or repeat == at[0]):
            there = replace(fault, round=at[1] if at else 0)
            found[Field(fault.question, 0, there.round).key] = there
    return found


# One field


def _value(one: Field, text: str, places: Places) -> Any:
    question = one.question
    if one.is_place:
        return places.get(one.key)
    if question.kind not in CHOOSING:
        return value_of(question, question.choices, {question.name: [text]}, {})
    sent = _READERS[question.kind](one, " ".join(text.split()))
    return value_of(question, question.choices, sent, {})


def _one(one: Field, text: str) -> dict[str, list[str]]:
    return {one.question.name: [_name(one, text)] if text else []}


def _several(one: Field, text: str) -> dict[str, list[str]]:
    codes = [code for code in re.split(r"[\s,;.+/]+", text) if code]
    return {one.question.name: [_name(one, code) for code in codes]}


def _ordered(one: Field, text: str) -> dict[str, list[str]]:
    """Put choices in the order that was written into their boxes; two of one place are no order."""
    written = re.split(r"[\s,;]+", text) if text else []
    if len(written) > len(one.boxes):
        raise Refused(Wrong.UNLISTED, written[len(one.boxes)][:60])
    places: dict[int, str] = {}
    for box, place in zip(one.boxes, written, strict=False):
        if place in EMPTY:
            continue
        if not re.fullmatch(r"\d{1,2}", place, re.ASCII) or int(place) > len(one.boxes):
            raise Refused(Wrong.UNLISTED, place[:60])
        if int(place) in places:
            raise Refused(Wrong.TWICE, box.choice.name)
        places[int(place)] = box.choice.name
    return {f"{one.question.name}-{at}": [places[place]] for at, place in enumerate(sorted(places), 1)}


_READERS: Mapping[Kind, Callable[[Field, str], dict[str, list[str]]]] = {
    Kind.SELECT_ONE: _one,
    Kind.SELECT_MULTIPLE: _several,
    Kind.RANK: _ordered,
}


def _name(one: Field, text: str) -> str:
    """Know a choice by its entry code, else by its words: long lists are answered in words on paper."""
    code = text.lstrip("0") or text
    for box in one.boxes:
        if box.code == code:
            return box.choice.name
    wanted = folded(text)
    named = {box.choice.name for box in one.boxes if wanted in {folded(label) for label in box.labels.values()}}
    if len(named) != 1:
        raise Refused(Wrong.UNLISTED, text[:60])
    return named.pop()
