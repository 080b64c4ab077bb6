"""The description that travels with answers: what each column means, which values it has, and how SPSS stores them.

A statistics program wants numbers with labels. A choice gets its own number where all choices are whole numbers (the
usual scales), else its place in the form from 1 on; choices that are no answer ("don't know") come after all others
and are declared missing. A question with several answers becomes a variable for each choice: 1 chosen, 0 not; a ranking
one for each choice with its position. Names follow the rules of SPSS (letters, digits, dots; at most 64 bytes).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from surveys.answer_rows import Column
from surveys.questions import CHOOSING, NUMBERS, Choice, Kind, text_in

NAME_BYTES, LABEL_BYTES, VALUE_BYTES = 64, 255, 120
"""What SPSS has room for: the name of a variable, its label, the label of a value."""

TEXT_BYTES = 32_000
RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
FIRST_MISSING = 900


class Scale(StrEnum):
    """How a variable measures, in the words of SPSS."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


@dataclass(frozen=True)
class Value:
    """A value with its label: its code in the questionnaire, its number in SPSS, whether it is no answer."""

    code: str
    number: int
    label: str
    is_missing: bool = False


@dataclass(frozen=True)
class Variable:
    """A column of a file for statistics programs; `choice` is the one that a flag or a position is about."""

    name: str
    label: str
    column: Column
    options: tuple[Value, ...] = ()
    choice: str = ""

    @property
    def scale(self) -> Scale:
        """How it measures."""
        kind = self.column.question.kind
        if kind in NUMBERS or kind is Kind.DATE or (self.choice and kind is Kind.RANK):
            return Scale.SCALE
        return Scale.ORDINAL if self.options and _are_numbers(self.column.question.choices) else Scale.NOMINAL

    def cell(self, answers: Mapping[str, Any]) -> Any:
        """Give what SPSS stores of somebody's answers: a number, a day, a text, or None."""
        answer = self.column.answer(answers)
        kind = self.column.question.kind
        if answer is None or answer in ("", []):
            return "" if kind in {Kind.TEXT, Kind.CALCULATE} else None
        if self.choice:
            return _position(answer, self.choice) if kind is Kind.RANK else int(self.choice in answer)
        if self.options:
            return next((value.number for value in self.options if value.code == str(answer)), None)
        if kind in NUMBERS:
            return float(answer)
        if kind is Kind.DATE:
            return date.fromisoformat(str(answer))
        return clipped(str(answer), TEXT_BYTES)


def _position(ranking: Sequence[str], choice: str) -> int | None:
    return ranking.index(choice) + 1 if choice in ranking else None


def variables(columns: Sequence[Column], language: str) -> list[Variable]:
    """List the variables that columns become, each with a name of its own."""
    taken: set[str] = set()
    return [made for column in columns for made in _variables(column, language, taken)]


def _variables(column: Column, language: str, taken: set[str]) -> Iterator[Variable]:
    question, label = column.question, _label(column, language)
    if question.kind in {Kind.SELECT_MULTIPLE, Kind.RANK}:
        for choice in question.choices:
            about = f"{text_in(choice.labels, language)} ({label})"
            name = spss_name(f"{column.name}.{choice.name}", taken)
            yield Variable(name, clipped(about, LABEL_BYTES), column, choice=choice.name)
        return
    values = _values(question.choices, question.missing, language) if question.kind in CHOOSING else ()
    yield Variable(spss_name(column.name, taken), clipped(label, LABEL_BYTES), column, values)


def _label(column: Column, language: str) -> str:
    text = " ".join(text_in(column.question.labels, language).split()) or column.name
    return f"{text} [{column.round + 1}]" if column.question.repeat else text


def _values(choices: Sequence[Choice], missing: frozenset[str], language: str) -> tuple[Value, ...]:
    real = [choice for choice in choices if choice.name not in missing]
    numbers = [int(choice.name) for choice in real] if _are_numbers(real) else list(range(1, len(real) + 1))
    first = max([FIRST_MISSING, *(number + 1 for number in numbers)])
    apart = [choice for choice in choices if choice.name in missing]
    told = [(choice, number, False) for choice, number in zip(real, numbers, strict=True)]
    told += [(choice, first + k, True) for k, choice in enumerate(apart)]
    return tuple(
        Value(choice.name, number, clipped(text_in(choice.labels, language) or choice.name, VALUE_BYTES), is_missing)
        for choice, number, is_missing in told
    )


def _are_numbers(choices: Sequence[Choice]) -> bool:
    return bool(choices) and all(re.fullmatch(r"-?(0|[1-9]\d{0,5})", choice.name, re.ASCII) for choice in choices)


def spss_name(text: str, taken: set[str]) -> str:
    """Make a name that SPSS takes and that no other variable has; add it to those taken."""
    plain = re.sub(r"[^A-Za-z0-9_.]", "_", text).rstrip("._") or "v"
    plain = plain if plain[0].isalpha() else f"v{plain}"
    plain = f"{plain}_" if plain.upper() in RESERVED else plain[:NAME_BYTES]
    name, number = plain, 1
    while name.upper() in taken:
        number += 1
        name = f"{plain[: NAME_BYTES - len(str(number)) - 1]}_{number}"
    taken.add(name.upper())
    return name


def clipped(text: str, most: int) -> str:
    """Cut a text so that it has at most so many bytes in UTF-8, at the edge of a character."""
    data = text.encode()
    return text if len(data) <= most else data[:most].decode(errors="ignore").rstrip()


HEADER = ("variable", "question", "text", "kind", "asked_when", "code", "number", "value", "is_missing")


def rows(wanted: Sequence[Variable]) -> Iterator[tuple[str, ...]]:
    """Write the codebook as rows: one for each variable, one more for each of its values."""
    for one in wanted:
        question = one.column.question
        asked = " and ".join(f"({condition.source})" for condition in question.relevant)
        yield one.name, one.column.name, one.label, question.kind.value, asked, one.choice, "", "", ""
        for value in one.options:
            yield one.name, one.column.name, "", "", "", value.code, str(value.number), value.label, _yes(value)


def _yes(value: Value) -> str:
    return "yes" if value.is_missing else ""
