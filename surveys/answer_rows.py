"""Answers as rows of a table, for the coordinator's own computer: one row for each mixed submission.

Left out are places, questions whose answers are not to be published, and words that somebody has to read first. Neither
keys nor days are in it. A spreadsheet takes what begins with one of a few signs for a formula; here it is text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveys.questions import PLACES, Definition, Kind, Question

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ABOUT = ("kmzb_version", "kmzb_mode", "kmzb_district")
"""Columns about the submission itself."""


@dataclass(frozen=True)
class Column:
    """One column: a question and, inside a repeat, the round, counted from 0."""

    question: Question
    round: int = 0

    @property
    def name(self) -> str:
        """The question's name; of a repeat with the number of the round: place.2."""
        return f"{self.question.name}.{self.round + 1}" if self.question.repeat else self.question.name

    def answer(self, answers: Mapping[str, Any]) -> Any:
        """Give what somebody answered; None where nothing."""
        if self.question.repeat:
            rounds = answers.get(self.question.repeat) or []
            answers = rounds[self.round] if self.round < len(rounds) else {}
        return answers.get(self.question.name)


def columns(definitions: Sequence[Definition]) -> list[Column]:
    """List the columns that some versions of one survey have together, in the order of the form.

    A question speaks as its newest version does, and keeps the choices that an older one had besides.
    """
    found: dict[str, Column] = {}
    for definition in definitions:
        for column in _columns(definition):
            known = found.get(column.name)
            found[column.name] = column if known is None else replace(column, question=_with_older(column, known))
    return list(found.values())


def _with_older(newer: Column, older: Column) -> Question:
    has = {choice.name for choice in newer.question.choices}
    dropped = tuple(choice for choice in older.question.choices if choice.name not in has)
    missing = newer.question.missing | {choice.name for choice in dropped if choice.name in older.question.missing}
    return replace(newer.question, choices=newer.question.choices + dropped, missing=missing)


def _columns(definition: Definition) -> Iterator[Column]:
    most = {page.repeat.name: page.repeat.most for page in definition.pages if page.repeat}
    for question in definition.questions:
        if is_told(question, definition):
            yield from (Column(question, number) for number in range(most.get(question.repeat, 1)))


def is_told(question: Question, definition: Definition) -> bool:
    """Tell whether the answers to a question stand in the table; what is computed tells no more than its sources."""
    if question.kind is Kind.CALCULATE:
        return all(is_told(definition.question(name), definition) for name in question.depends_on)
    if question.kind in PLACES or question.kind is Kind.NOTE:
        return False
    return question.publish == "yes" or (question.publish == "moderated" and question.kind is not Kind.TEXT)


def header(wanted: Sequence[Column]) -> list[str]:
    """Name the columns."""
    return [*ABOUT, *(guarded(column.name) for column in wanted)]


def row(about: Sequence[str], answers: Mapping[str, Any], wanted: Sequence[Column]) -> list[str]:
    """Write a submission as cells: codes of choices, several with blanks between, numbers with a decimal comma."""
    return [*map(guarded, about), *(_cell(column, answers) for column in wanted)]


def _cell(column: Column, answers: Mapping[str, Any]) -> str:
    return _text(column.answer(answers))


def _text(answer: Any) -> str:
    if answer is None:
        return ""
    if isinstance(answer, list):
        return guarded(" ".join(str(part) for part in answer))
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return f"{answer:.15g}".replace(".", ",")
    return guarded(str(answer))


def guarded(text: str) -> str:
    """Keep a spreadsheet from computing a text."""
    return f"'{text}" if text.startswith(FORMULA) else text
