"""What one submission adds to the counters: every screen of results reads counters and never the answers.

A cell is a question and a value. Values that begin with # are no answers: who was asked, who gave no answer, who wrote
something that is not counted by its content. In a repeat (several places, several events) `#asked` counts people and
everything else rounds, whose number is `#rounds`; so a figure knows how many people stand behind it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from surveys.questions import NUMBERS, Choice, Definition, Kind, Question, Role

ALL, SUS = "#all", "#sus"
"""Questions that nobody asks: one for everybody who answered, one for the score of the usability scale."""

ASKED, MISSING, ANSWERED, ROUNDS = "#asked", "#missing", "#answered", "#rounds"

LONGEST = 64
"""Characters that a cell's question and value have room for."""

SUS_ITEMS, SUS_POINTS = 10, 5
EXACT_BELOW = 10_000
LARGEST = 10**15
"""No number that somebody types makes a cell beyond this."""

KEPT_PLANS = 64

Cell = tuple[str, str]
Answers = Mapping[str, Any]


class _Item(NamedTuple):
    """A question made ready for counting: its finished cells, and what an answer to it is counted as."""

    name: str
    cell: str
    asked: Cell
    missing: Cell
    values: Callable[[Any], Iterable[str]]
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """A definition made ready for counting, once."""

    definition: Definition
    items: tuple[_Item, ...]
    repeats: tuple[tuple[_Item, tuple[_Item, ...]], ...]
    usability: tuple[tuple[str, Mapping[str, int]], ...]
    homes: tuple[str, ...]


def cells(definition: Definition, answers: Answers, asked: Collection[str]) -> dict[Cell, int]:
    """Give what one person's pruned answers add to each cell; `asked` names the questions relevant to that person."""
    plan = _plan(definition)
    found: dict[Cell, int] = {(ALL, ASKED): 1}
    for item in plan.items:
        answer = answers.get(item.name)
        if _is_given(answer):
            found[item.asked] = 1
            for value in item.values(answer):
                found[item.cell, value] = 1
        elif item.name in asked:
            found[item.asked] = found[item.missing] = 1
    for repeat, items in plan.repeats:
        found.update(_rounds(repeat, items, answers.get(repeat.name) or (), asked))
    score = _usability(plan, answers)
    if score is not None:
        found[SUS, ASKED] = found[SUS, number_value(score)] = 1
    return found


def _rounds(
    repeat: _Item, items: Sequence[_Item], rounds: Sequence[Answers], asked: Collection[str]
) -> dict[Cell, int]:
    """Count a repeat: how many rounds there were, and in its questions each round."""
    if not rounds:
        return {repeat.asked: 1, repeat.missing: 1} if any(item.name in asked for item in items) else {}
    found: dict[Cell, int] = {repeat.asked: 1, (repeat.cell, ANSWERED): 1, (repeat.cell, str(len(rounds))): 1}
    for item in items:
        told: Counter[Cell] = Counter()
        for answers in rounds:
            told.update(_told(item, answers))
        if told:
            found |= told
            found[item.asked] = 1
    return found


def _told(item: _Item, answers: Answers) -> Iterable[Cell]:
    """List the cells of one round.

    A question that only some rounds ask counts as asked where it was answered: nothing else of a round is known here.
    """
    answer = answers.get(item.name)
    if _is_given(answer):
        return [(item.cell, ROUNDS), *((item.cell, value) for value in item.values(answer))]
    return [(item.cell, ROUNDS), item.missing] if item.is_certain else []


def _is_given(answer: Any) -> bool:
    """Tell an answer from none; the number nought is one."""
    return bool(answer) or (answer == 0 and answer is not False and answer is not None)


def district_of(definition: Definition, answers: Answers) -> str:
    """Give the district (four digits of TERYT) that somebody says to live in, or nothing."""
    for name in _plan(definition).homes:
        code = str(answers.get(name) or "")[:4]
        if len(code) == 4 and code.isascii() and code.isdecimal():
            return code
    return ""


def usability_score(positions: Sequence[int]) -> float:
    """Give the score of the System Usability Scale, 0 to 100, of ten answers as positions 1 to 5."""
    odd = sum(position - 1 for position in positions[0::2])
    even = sum(SUS_POINTS - position for position in positions[1::2])
    return 2.5 * (odd + even)


def _usability(plan: _Plan, answers: Answers) -> float | None:
    if not plan.usability:
        return None
    positions = [points.get(answers.get(name) or "", 0) for name, points in plan.usability]
    return usability_score(positions) if all(positions) else None


@lru_cache(maxsize=4096)
def cell_name(name: str, room: int = LONGEST) -> str:
    """Give a name as a cell holds it: itself where it fits, else its beginning and a digest that keeps it apart."""
    if len(name) <= room and not name.startswith("#"):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name.lstrip('#')[: room - 9]}~{digest}"


def rank_value(name: str, position: int) -> str:
    """Give the value of a choice put at a position, counted from 1."""
    return f"{cell_name(name, LONGEST - 4)}@{position}"


def number_value(number: float) -> str:
    """Give a number as a value: exact where people count, three figures where they measure, so that cells stay few."""
    number = max(-LARGEST, min(number, LARGEST))
    if abs(number) < EXACT_BELOW and number == int(number):
        return str(int(number))
    return f"{number:.3g}"


def scale_points(choices: Iterable[Choice], missing: Collection[str]) -> list[Choice]:
    """List the choices that stand on the scale: not "don't know", not "refuse"."""
    return [choice for choice in choices if choice.name not in missing]


def _plan(definition: Definition) -> _Plan:
    """Give the definition's plan; the definition is kept with it, so that its address in memory stays its own."""
    known = _kept.get(id(definition))
    if known is None:
        known = _made(definition)
        if len(_kept) >= KEPT_PLANS:
            _kept.pop(next(iter(_kept)), None)
        _kept[id(definition)] = known
    return known


def _made(definition: Definition) -> _Plan:
    asked = [question for question in definition.questions if question.is_asked]
    repeats = {page.repeat.name: page.repeat.relevant for page in definition.pages if page.repeat}
    return _Plan(
        definition,
        tuple(_item(question) for question in asked if not question.repeat),
        tuple(
            (
                _ready(name, _answered, is_certain=True),
                tuple(_item(question, relevant) for question in asked if question.repeat == name),
            )
            for name, relevant in repeats.items()
        ),
        _scale(definition),
        tuple(question.name for question in definition.with_role(Role.UNIT) if not question.repeat),
    )


def _scale(definition: Definition) -> tuple[tuple[str, Mapping[str, int]], ...]:
    """List the ten items of the usability scale with the place of each choice; nothing where they are not ten."""
    items = [question for question in definition.with_role(Role.SUS) if not question.repeat]
    points = [scale_points(question.choices, question.missing) for question in items]
    if len(items) != SUS_ITEMS or any(len(choices) != SUS_POINTS for choices in points):
        return ()
    return tuple(
        (question.name, {choice.name: place for place, choice in enumerate(choices, 1)})
        for question, choices in zip(items, points, strict=True)
    )


def _item(question: Question, around: tuple[Any, ...] = ()) -> _Item:
    """Make a question ready; it is certain to be asked in a round when it has no condition but those of the repeat."""
    return _ready(question.name, _values(question), is_certain=question.relevant == around)


def _ready(name: str, values: Callable[[Any], Iterable[str]], *, is_certain: bool) -> _Item:
    cell = cell_name(name)
    return _Item(name, cell, (cell, ASKED), (cell, MISSING), values, is_certain)


def _values(question: Question) -> Callable[[Any], Iterable[str]]:
    if question.kind is Kind.SELECT_ONE:
        return _chosen
    if question.kind is Kind.SELECT_MULTIPLE:
        return _ticked
    if question.kind is Kind.RANK:
        return _ranked
    if question.kind in NUMBERS:
        return _number
    return _month if question.kind is Kind.DATE else _answered


def _chosen(answer: str) -> Iterable[str]:
    return (cell_name(answer),)


def _ticked(answer: Sequence[str]) -> Iterable[str]:
    return [cell_name(name) for name in answer]


def _ranked(answer: Sequence[str]) -> Iterable[str]:
    return [rank_value(name, position) for position, name in enumerate(answer, 1)]


def _number(answer: float) -> Iterable[str]:
    return (number_value(answer),)


def _month(answer: str) -> Iterable[str]:
    """Count a day by its month: few cells, and no birthday among them."""
    return (answer[:7],)


def _answered(answer: Any) -> Iterable[str]:  # noqa: ARG001  # words and places are counted, never kept here
    return (ANSWERED,)


_kept: dict[int, _Plan] = {}
