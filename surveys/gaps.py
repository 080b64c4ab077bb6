"""The texts of a questionnaire that one of its languages lacks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surveys.questions import Definition, Question, Texts


@dataclass(frozen=True)
class Gap:
    """A text that a language lacks.

    `what` is the column, `name` the question or choice, `text` what another language says.
    """

    sheet: str
    row: int
    what: str
    name: str
    language: str
    text: str


def gaps(read: Definition) -> list[Gap]:
    """List the texts that some language of the form lacks."""
    found = (gap for text in _all_texts(read) for gap in _lacking(*text, read.languages))
    return list(dict.fromkeys(found))


def _lacking(texts: Texts, sheet: str, row: int, what: str, name: str, languages: Iterable[str]) -> Iterator[Gap]:
    for language in languages:
        if texts and not texts.get(language):
            yield Gap(sheet, row, what, name, language, next(iter(texts.values())))


def _all_texts(read: Definition) -> Iterator[tuple[Texts, str, int, str, str]]:
    for what in ("title", "intro", "thanks", "closed"):
        yield getattr(read, what), "settings", 2, what, ""
    for page in read.pages:
        yield page.labels, "survey", page.questions[0].row, "page", ""
    for battery in read.batteries.values():
        yield battery.labels, "survey", 0, "label", battery.name
        yield battery.hints, "survey", 0, "hint", battery.name
    for question in read.questions:
        yield from _texts_of(question)


def _texts_of(question: Question) -> Iterator[tuple[Texts, str, int, str, str]]:
    yield question.labels, "survey", question.row, "label", question.name
    yield question.hints, "survey", question.row, "hint", question.name
    yield question.required_messages, "survey", question.row, "required_message", question.name
    yield question.constraint_messages, "survey", question.row, "constraint_message", question.name
    for choice in question.choices:
        yield choice.labels, "choices", 0, "label", choice.name
