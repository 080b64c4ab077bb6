"""Which questions share a page: those of one group, but never one with another that it depends on.

A page is answered as a whole before anything on the next is decided, so a browser without scripts sees each question
exactly when it is to be asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from surveys.expressions import Expression
from surveys.questions import Kind, Page, Question, Repeat, Texts


@dataclass(frozen=True)
class Block:
    """A question and where it stands: the top group and repeat by `key`, and the headings right before it."""

    key: tuple[str, str]
    labels: Texts
    question: Question
    repeat: Repeat | None = None
    headings: tuple[Question, ...] = ()


def pages(blocks: Iterable[Block]) -> tuple[Page, ...]:
    """Divide a form into pages, numbered from p1. What is only computed makes no page."""
    listed = list(blocks)
    reach = _reach(block.question for block in listed)
    stretches = [list(together) for _, together in groupby(listed, lambda block: block.key)]
    found = [page for stretch in stretches for page in _divided(stretch, reach)]
    return tuple(replace(page, key=f"p{number}") for number, page in enumerate(found, 1))


def _divided(blocks: Sequence[Block], reach: Mapping[str, frozenset[str]]) -> Iterator[Page]:
    """Divide what stands together wherever a question depends on one before it."""
    parts = [part for part in _parts(blocks, reach) if any(_is_seen(question) for question in part)]
    repeat = blocks[0].repeat
    for number, part in enumerate(parts, 1):
        yield Page(
            key="",
            labels=blocks[0].labels,
            questions=tuple(part),
            repeat=repeat,
            is_first_of_repeat=repeat is not None and number == 1,
            is_last_of_repeat=repeat is not None and number == len(parts),
        )


def _parts(blocks: Sequence[Block], reach: Mapping[str, frozenset[str]]) -> Iterator[list[Question]]:
    part: list[Question] = []
    for block in blocks:
        if reach[block.question.name] & {question.name for question in part}:
            yield part
            part = []
        part += [*block.headings, block.question]
    yield part


def _is_seen(question: Question) -> bool:
    return question.kind is not Kind.CALCULATE


def _reach(questions: Iterable[Question]) -> dict[str, frozenset[str]]:
    """Name what decides about each question, followed through what is computed; a constraint decides nothing."""
    found: dict[str, frozenset[str]] = {}
    computed: dict[str, frozenset[str]] = {}
    for question in questions:
        named = {name for rule in _deciding(question) for name in rule.names}
        found[question.name] = frozenset(named.union(*(computed.get(name, frozenset()) for name in named)))
        if question.kind is Kind.CALCULATE:
            computed[question.name] = found[question.name]
    return found


def _deciding(question: Question) -> Iterator[Expression]:
    rules = (*question.relevant, question.required, question.choice_filter, question.calculation)
    return (rule for rule in rules if rule is not None)
