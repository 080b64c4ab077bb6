"""A questionnaire on paper: numbered questions, boxes with entry codes, and where to go on.

Whoever types a sheet in types what is printed beside the boxes: the place of a choice in its list (1, 2, 3 …), and 97,
98 or 99 for choices that are no answer. `surveys.transcription` reads the same codes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from surveys.expressions import Expression
from surveys.questions import (
    CHOOSING,
    NUMBERS,
    PLACES,
    Battery,
    Choice,
    Definition,
    Kind,
    Page,
    Question,
    Repeat,
    Texts,
)

MOST_ROUNDS = 3
"""So many rounds of a repeat have room on a sheet."""

MOST_BOXES = 40
"""A longer list is not printed: the answer is written in words."""

MOST_POINTS = 12
"""A scale with more points is a line to write a number on."""

MOST_COLUMNS = 7
"""Choices that fit beside the rows of a table."""

MISSING_CODES = ("97", "98", "99")
_FREE_MISSING_CODES = ("99", "98", "97", *map(str, range(96, 89, -1)))


class Shape(StrEnum):
    """How a question stands on paper."""

    ONE = "one"
    SEVERAL = "several"
    ORDER = "order"
    SCALE = "scale"
    NUMBER = "number"
    DATE = "date"
    LINE = "line"
    TEXT = "text"
    PLACE = "place"


@dataclass(frozen=True)
class Box:
    """A box to mark, with the code that stands beside it."""

    code: str
    choice: Choice

    @property
    def labels(self) -> Texts:
        """The words beside it."""
        return self.choice.labels


@dataclass(frozen=True)
class Only:
    """Questions from one number to another are asked only if a rule holds, which speaks of the questions `of`."""

    first: int
    last: int
    rule: Expression
    question: Question
    of: tuple[int, ...]


@dataclass(frozen=True)
class Item:
    """One question with its number."""

    number: int
    question: Question
    shape: Shape
    boxes: tuple[Box, ...] = ()
    points: tuple[str, ...] = ()
    only: tuple[Only, ...] = ()


@dataclass(frozen=True)
class Table:
    """Questions with one set of answers, as rows."""

    battery: Battery
    items: tuple[Item, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The answers of every row."""
        return self.items[0].boxes


@dataclass(frozen=True)
class Note:
    """Words between questions."""

    question: Question


Part = Item | Table | Note


@dataclass(frozen=True)
class Section:
    """What stands under one heading; of a repeat once for each of `rounds`."""

    labels: Texts
    parts: tuple[Part, ...]
    repeat: Repeat | None = None

    @property
    def rounds(self) -> int:
        """How many times it is printed."""
        return rounds_of(self.repeat) if self.repeat else 1


def rounds_of(repeat: Repeat) -> int:
    """Tell how many rounds of a repeat a sheet has room for."""
    return min(repeat.most, MOST_ROUNDS)


def numbers(definition: Definition) -> dict[str, int]:
    """Number the questions that somebody answers."""
    asked = (question.name for question in definition.questions if question.is_asked)
    return {name: number for number, name in enumerate(asked, 1)}


def boxes(question: Question) -> tuple[Box, ...]:
    """Give the choices their entry codes; what is no answer keeps 97, 98 or 99 where its name is one of them."""
    answers = [choice for choice in question.choices if choice.name not in question.missing]
    position = {choice.name: str(number) for number, choice in enumerate(answers, 1)}
    others = [choice.name for choice in question.choices if choice.name in question.missing]
    taken = [name for name in others if name in MISSING_CODES]
    free = iter(code for code in _FREE_MISSING_CODES if code not in taken)
    position |= {name: name if name in taken else next(free, name) for name in others}
    return tuple(Box(position[choice.name], choice) for choice in question.choices)


def points(question: Question) -> tuple[str, ...]:
    """List the points of a scale."""
    count = round((question.high - question.low) / question.step) + 1
    return tuple(f"{question.low + place * question.step:g}" for place in range(count))


def shape(question: Question) -> Shape:
    """Tell how a question stands on paper."""
    if question.kind in PLACES:
        return Shape.PLACE
    if question.kind in CHOOSING:
        return _shape_of_choice(question)
    if question.kind is Kind.RANGE and len(points(question)) <= MOST_POINTS:
        return Shape.SCALE
    if question.kind in NUMBERS:
        return Shape.NUMBER
    if question.kind is Kind.DATE:
        return Shape.DATE
    return Shape.TEXT if "multiline" in question.appearance else Shape.LINE


def _shape_of_choice(question: Question) -> Shape:
    if not 0 < len(question.choices) <= MOST_BOXES:
        return Shape.LINE
    return {Kind.SELECT_ONE: Shape.ONE, Kind.SELECT_MULTIPLE: Shape.SEVERAL, Kind.RANK: Shape.ORDER}[question.kind]


def sections(definition: Definition) -> list[Section]:
    """Lay a questionnaire out; pages of one group are one section again."""
    conditions = _conditions(definition)
    found = []
    for _key, together in groupby(definition.pages, key=lambda page: (page.labels, page.repeat)):
        pages = list(together)
        parts = tuple(_parts(definition, _questions(pages), conditions))
        if parts:
            found.append(Section(pages[0].labels, parts, pages[0].repeat))
    return found


def _questions(pages: Sequence[Page]) -> list[Question]:
    """List what stands on pages, a heading that every one of them repeats only once."""
    return list({question.name: question for page in pages for question in page.questions}.values())


def _parts(
    definition: Definition, questions: Sequence[Question], conditions: dict[str, tuple[Only, ...]]
) -> Iterator[Part]:
    number = numbers(definition)
    for name, together in groupby(questions, key=lambda question: question.battery):
        shown = [question for question in together if _is_printed(question, questions)]
        items = [
            Note(one) if one.kind is Kind.NOTE else _item(one, number[one.name], conditions.get(one.name, ()))
            for one in shown
        ]
        rows = tuple(item for item in items if isinstance(item, Item))
        if name in definition.batteries and len(rows) == len(items) > 0 and _fits_table(rows):
            yield Table(definition.batteries[name], rows)
        else:
            yield from items


def _is_printed(question: Question, around: Sequence[Question]) -> bool:
    """Leave out what is computed, and words that only some answers bring up: paper cannot react."""
    if question.kind is Kind.CALCULATE:
        return False
    depth = len(question.relevant)
    return question.is_asked or any(one.is_asked and one.relevant[:depth] == question.relevant for one in around)


def _fits_table(rows: Sequence[Item]) -> bool:
    alike = {tuple(box.code for box in row.boxes) for row in rows}
    return len(alike) == 1 and 0 < len(rows[0].boxes) <= MOST_COLUMNS and rows[0].shape is Shape.ONE


def _item(question: Question, number: int, only: tuple[Only, ...]) -> Item:
    drawn = shape(question)
    return Item(
        number,
        question,
        drawn,
        boxes(question) if drawn in {Shape.ONE, Shape.SEVERAL, Shape.ORDER} else (),
        points(question) if drawn is Shape.SCALE else (),
        only,
    )


def _conditions(definition: Definition) -> dict[str, tuple[Only, ...]]:
    """Find where each condition begins to hold, and up to which question it does.

    `relevant` lists the conditions of the groups around first, so a condition goes on as long as it and those before it
    stay the same.
    """
    asked = [question for question in definition.questions if question.is_asked]
    found = {}
    for place, question in enumerate(asked):
        before = asked[place - 1].relevant if place else ()
        started = [
            level for level in range(len(question.relevant)) if before[: level + 1] != question.relevant[: level + 1]
        ]
        found[question.name] = tuple(_only(definition, asked, place, level) for level in started)
    return found


def _only(definition: Definition, asked: Sequence[Question], place: int, level: int) -> Only:
    question = asked[place]
    rules = question.relevant[: level + 1]
    last = place
    while last + 1 < len(asked) and asked[last + 1].relevant[: level + 1] == rules:
        last += 1
    return Only(place + 1, last + 1, rules[level], question, _spoken_of(definition, rules[level]))


def _spoken_of(definition: Definition, rule: Expression) -> tuple[int, ...]:
    """List the numbers of the questions that a rule speaks of, through what is computed from them too."""
    number, by_name = numbers(definition), {question.name: question for question in definition.questions}
    waiting, seen = list(rule.names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in by_name:
            continue
        seen.add(name)
        calculation = by_name[name].calculation
        waiting += calculation.names if calculation else ()
    return tuple(sorted(number[name] for name in seen if name in number))
