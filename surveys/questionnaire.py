"""Asking: which page comes next, what an answer is worth, and what has to go when an earlier answer changes.

Answers are one document, {"question": value}: the name of a choice, a list of names (several, or in order), a number, a
day as YYYY-MM-DD, a text, the record of a place; a repeat holds a list of such documents, one for each round. Questions
speak only of earlier ones, so one pass in the order of the form removes whatever is not asked any more, and a second
pass changes nothing.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Any

from surveys.expressions import Document
from surveys.questions import CHOOSING, NUMBERS, PLACES, Choice, Definition, Kind, Page, Question

Answers = dict[str, Any]
Sent = Mapping[str, Sequence[str]]
"""What a form sent: texts by the name of their field."""

LARGEST_NUMBER = 1e12
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)


class Wrong(StrEnum):
    """What is wrong with an answer."""

    REQUIRED = "required"
    UNLISTED = "unlisted"
    NOT_ASKED = "not_asked"
    EXCLUSIVE = "exclusive"
    TWICE = "twice"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DATE = "not_a_date"
    TOO_LONG = "too_long"
    CONTROL = "control"
    CONSTRAINT = "constraint"
    PLACE = "place"


@dataclass(frozen=True)
class Fault:
    """An answer that cannot be taken. `round` is the round of its repeat, `detail` what a message may need."""

    question: Question
    wrong: Wrong
    round: int = 0
    detail: str = ""


class Refused(ValueError):
    """One answer is wrong; used between reading a text and collecting the faults of a page."""

    def __init__(self, wrong: Wrong, detail: str = "") -> None:
        super().__init__(wrong)
        self.wrong, self.detail = wrong, detail


@dataclass(frozen=True)
class Step:
    """A page, and of a repeat's page the round that is asked: what a person sees at once."""

    page: Page
    round: int = 0

    @property
    def key(self) -> str:
        """The step's name in the form: p3, or p3.1 for the second round."""
        return f"{self.page.key}.{self.round}" if self.page.repeat else self.page.key


@dataclass(frozen=True)
class Reading:
    """What was read of a page: the answers with the page's own taken in, and what is wrong."""

    answers: Answers
    faults: tuple[Fault, ...]


class Questionnaire:
    """A definition, ready to ask. It holds no answers, so one serves everybody."""

    def __init__(self, definition: Definition, digest: str = "") -> None:
        self.definition, self.digest = definition, digest
        self._dates = frozenset(q.name for q in definition.questions if q.kind is Kind.DATE)
        self._names = tuple(question.name for question in definition.questions)
        self._by_name = {question.name: question for question in definition.questions}
        self._blocks = [(name, tuple(block)) for name, block in groupby(definition.questions, lambda q: q.repeat)]
        self._most = {page.repeat.name: page.repeat.most for page in definition.pages if page.repeat}
        self._pages = {page.key: page for page in definition.pages}

    # Where to go

    @cached_property
    def first(self) -> Step:
        """The step that everybody begins with."""
        return next(iter(self.steps({})))

    def step(self, key: str, answers: Answers) -> Step | None:
        """Find a step by its key, if it can be asked with these answers; one more round than there is may be asked."""
        name, _, number = key.partition(".")
        page = self._pages.get(name)
        if page is None or not re.fullmatch(r"\d{0,2}", number):
            return None
        at = Step(page, int(number or 0))
        if page.repeat is None:
            return at if at.round == 0 else None
        return at if at.round <= len(answers.get(page.repeat.name, ())) and at.round < page.repeat.most else None

    def steps(self, answers: Answers, at: Step | None = None) -> list[Step]:
        """List the steps that have something to show; of a repeat its rounds, and the new one somebody is at."""
        document = self._document()
        self._fill(document, answers)
        found: list[Step] = []
        for repeat, pages in groupby(self.definition.pages, lambda page: page.repeat):
            if repeat is None:
                found += [Step(page) for page in pages if self._shows(page, document)]
                continue
            rounds = answers.get(repeat.name) or [{}]
            extra = at is not None and at.page.repeat == repeat and at.round == len(rounds) < repeat.most
            block = tuple(pages)
            for number, answered in enumerate([*rounds, {}] if extra else rounds):
                self._fill(document, answered)
                found += [Step(page, number) for page in block if self._shows(page, document)]
                self._clear(document, repeat.name)
        return found

    def _shows(self, page: Page, document: Document) -> bool:
        return any(_is_relevant(question, document) for question in page.questions)

    def after(self, step: Step, answers: Answers) -> Step | None:
        """Give the step that follows, None when only the check is left."""
        return self._beside(step, answers, 1)

    def before(self, step: Step, answers: Answers) -> Step | None:
        """Give the step before, None at the first."""
        return self._beside(step, answers, -1)

    def _beside(self, step: Step, answers: Answers, way: int) -> Step | None:
        steps = self.steps(answers, step)
        if step not in steps:  # an earlier answer took the page away: begin anew, nothing is lost
            return steps[0] if steps else None
        at = steps.index(step) + way
        return steps[at] if 0 <= at < len(steps) else None

    def shown(self, step: Step, answers: Answers) -> dict[str, tuple[Choice, ...]]:
        """Name the questions and notes that a step shows, each with the choices that its filter lets through."""
        document = self._document()
        self._fill(document, answers)
        self._fill(document, self._round(step, answers))
        return {
            question.name: _admitted(question, document)
            for question in step.page.questions
            if _is_relevant(question, document)
        }

    # What is asked and answered

    def pruned(self, answers: Mapping[str, Any]) -> Answers:
        """Keep what is asked and can be an answer, and compute what is calculated; nothing else survives."""
        return self._walked(answers)[0]

    def asked(self, answers: Mapping[str, Any]) -> frozenset[str]:
        """Name the questions that somebody with these answers is asked, those of a repeat in any round."""
        return self._walked(answers)[1]

    def first_wrong(self, answers: Answers) -> tuple[Step, tuple[Fault, ...]] | None:
        """Find the first step whose answers cannot be sent, with its faults."""
        faults = self._walked(answers)[2]
        for step in self.steps(answers):
            here = tuple(f for f in faults if f.question in step.page.questions and f.round == step.round)
            if here:
                return step, here
        return None

    def settled(self, answers: Mapping[str, Any]) -> tuple[Answers, frozenset[str], tuple[Fault, ...]]:
        """Give what is kept of a whole document, what was asked, and every fault of what was answered.

        The one function through which every submission passes, from whichever page or paper it comes.
        """
        return self._walked(answers)

    def _walked(self, answers: Mapping[str, Any]) -> tuple[Answers, frozenset[str], tuple[Fault, ...]]:
        document, asked, faults = self._document(), set[str](), list[Fault]()
        kept: Answers = {}
        for repeat, block in self._blocks:
            if not repeat:
                kept |= self._block(block, answers, document, asked, faults, 0)
                continue
            rounds = []
            given = answers.get(repeat)
            for number, answered in enumerate(_documents(given)[: self._most[repeat]] or [{}]):
                found = self._block(block, answered, document, asked, faults, number)
                self._clear(document, repeat)
                if self._says_something(found):
                    rounds.append(found)
            if rounds:
                kept[repeat] = rounds
        return kept, frozenset(asked), tuple(faults)

    def _block(
        self,
        block: Sequence[Question],
        answers: Mapping[str, Any],
        document: Document,
        asked: set[str],
        faults: list[Fault],
        number: int,
    ) -> Answers:
        """Take questions in their order; a constraint may speak of later ones of its page, so constraints come last."""
        kept: Answers = {}
        present: list[Question] = []
        for question in block:
            if question.kind is Kind.NOTE or not _is_relevant(question, document):
                continue
            if question.kind is Kind.CALCULATE:
                value = _calculated(question, document)
            else:
                value = _kept(question, answers.get(question.name), document)
                asked.add(question.name)
                present.append(question)
            if value is not None:
                kept[question.name] = value
                document.put(question.name, value)
        if not block[0].repeat or self._says_something(kept):
            faults += [fault for question in present if (fault := _fault(question, kept, document, number))]
        return kept

    def _says_something(self, answers: Answers) -> bool:
        """Tell whether somebody answered anything: a round of a repeat without a word is no round."""
        return any(self._by_name[name].is_asked for name in answers if name in self._by_name)

    # What a page sent

    def read(self, step: Step, answers: Answers, sent: Sent, places: Mapping[str, Any] | None = None) -> Reading:
        """Read a page's fields into the answers.

        `places` are the records of place questions, read by the page's own fields. Whatever the form names beyond what
        the step shows is a fault, not an answer.
        """
        shown = self.shown(step, answers)
        values: Answers = {}
        faults = [Fault(self._by_name[name], Wrong.NOT_ASKED, step.round) for name in self._stray(step, shown, sent)]
        for name, choices in shown.items():
            question = self._by_name[name]
            if not question.is_asked:
                continue
            try:
                values[name] = value_of(question, choices, sent, places or {})
            except Refused as refused:
                faults.append(Fault(question, refused.wrong, step.round, refused.detail))
        taken = self._taken(step, answers, shown, values)
        faults += self._page_faults(step, taken, shown, {fault.question.name for fault in faults})
        order = {question.name: number for number, question in enumerate(step.page.questions)}
        faults.sort(key=lambda fault: order.get(fault.question.name, -1))
        return Reading(taken, tuple(faults))

    def _stray(self, step: Step, shown: Mapping[str, Any], sent: Sent) -> Iterator[str]:
        """Name the questions that a form answers without being asked; only a forged form does."""
        for name in sent:
            question = self._by_name.get(name.partition("-")[0])
            if question is None or not any(sent[name]):
                continue
            is_here = question.name in shown and question.is_asked and question in step.page.questions
            if not is_here:
                yield question.name

    def _taken(self, step: Step, answers: Answers, shown: Mapping[str, Any], values: Answers) -> Answers:
        """Put the page's values in place of what the page said before."""
        here = self._round(step, answers)
        merged = {name: value for name, value in here.items() if name not in shown}
        merged |= {name: value for name, value in values.items() if value is not None}
        if step.page.repeat is None:
            return merged
        rounds = [dict(one) for one in answers.get(step.page.repeat.name, ())]
        rounds[step.round : step.round + 1] = [merged]
        return {**answers, step.page.repeat.name: rounds}

    def _page_faults(self, step: Step, answers: Answers, shown: Mapping[str, Any], known: set[str]) -> list[Fault]:
        document = self._document()
        self._fill(document, answers)
        here = self._round(step, answers)
        self._fill(document, here)
        if step.page.repeat is not None and not self._says_something(here):
            return []
        asked = [self._by_name[name] for name in shown if name not in known and self._by_name[name].is_asked]
        return [fault for question in asked if (fault := _fault(question, here, document, step.round))]

    def without_round(self, step: Step, answers: Answers) -> Answers:
        """Take a round of a repeat out."""
        assert step.page.repeat is not None
        rounds = list(answers.get(step.page.repeat.name, ()))
        del rounds[step.round : step.round + 1]
        return {**answers, step.page.repeat.name: rounds}

    def here(self, step: Step, answers: Answers) -> Answers:
        """Give the answers that a step's own questions stand among: those of its round, or all."""
        return self._round(step, answers)

    def _round(self, step: Step, answers: Answers) -> Answers:
        if step.page.repeat is None:
            return answers
        rounds = answers.get(step.page.repeat.name, ())
        return rounds[step.round] if step.round < len(rounds) else {}

    # The document that rules see

    def _document(self) -> Document:
        return Document(self._names, self._dates)

    def _fill(self, document: Document, answers: Mapping[str, Any]) -> None:
        for name, value in answers.items():
            if name in self._by_name:
                document.put(name, value)

    def _clear(self, document: Document, repeat: str) -> None:
        for question in self.definition.questions:
            if question.repeat == repeat:
                document.put(question.name, None)


def _documents(given: Any) -> list[Mapping[str, Any]]:
    return [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []


def _is_relevant(question: Question, document: Document) -> bool:
    return all(rule.holds(document, question.name) for rule in question.relevant)


def _admitted(question: Question, document: Document) -> tuple[Choice, ...]:
    """Give the choices that the question's filter lets through."""
    rule = question.choice_filter
    if rule is None:
        return question.choices
    return tuple(one for one in question.choices if rule.admits(document, {**one.columns, "name": one.name}))


def _calculated(question: Question, document: Document) -> Any:
    if question.calculation is None:
        return None
    value = question.calculation.value(document, question.name)
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else value
    return value[: question.limit] or None


def _fault(question: Question, here: Mapping[str, Any], document: Document, number: int) -> Fault | None:
    """Find what is wrong with an answer that can be read: it is missing, or its constraint does not hold."""
    if question.name not in here:
        is_needed = question.required is not None and question.required.holds(document, question.name)
        return Fault(question, Wrong.REQUIRED, number) if is_needed else None
    if question.constraint is not None and not question.constraint.holds(document, question.name):
        return Fault(question, Wrong.CONSTRAINT, number)
    return None


def _kept(question: Question, value: Any, document: Document) -> Any:
    """Give an answer back if it can be one, else nothing: what this returns is all that is ever stored."""
    if value is None:
        return None
    if question.kind in CHOOSING:
        return _kept_choice(question, value, {choice.name for choice in _admitted(question, document)})
    if question.kind in PLACES:
        return value if isinstance(value, Mapping) else None
    try:
        return _typed(question, value if isinstance(value, str) else _written(value))
    except Refused:
        return None


def _written(value: Any) -> str:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _typed(question: Question, text: str) -> Any:
    """Read an answer that is written down: a number, a day or words."""
    if question.kind in NUMBERS:
        return _number(question, text)
    return _day(text) if question.kind is Kind.DATE else _text(question, text)


def _kept_choice(question: Question, value: Any, names: set[str]) -> Any:
    if question.kind is Kind.SELECT_ONE:
        return value if isinstance(value, str) and value in names else None
    if not isinstance(value, list):
        return None
    listed = [name for name in dict.fromkeys(one for one in value if isinstance(one, str)) if name in names]
    if question.kind is Kind.RANK:
        return listed or None
    if question.missing & set(listed) and len(listed) > 1:
        return None
    order = [choice.name for choice in question.choices]
    return sorted(listed, key=order.index) or None


def value_of(question: Question, choices: Sequence[Choice], sent: Sent, places: Mapping[str, Any]) -> Any:
    """Read one answer from the fields of a form; None is no answer. Raises Refused."""
    if question.kind in PLACES:
        return places.get(question.name)
    texts = [text for text in sent.get(question.name, ()) if text.strip()]
    if question.kind is Kind.RANK:
        return _ranked(question, choices, sent)
    if question.kind in CHOOSING:
        return _chosen(question, choices, texts)
    return _typed(question, texts[0] if texts else "")


def _chosen(question: Question, choices: Sequence[Choice], texts: Sequence[str]) -> Any:
    names = {choice.name for choice in choices}
    if unlisted := [text for text in texts if text not in names]:
        raise Refused(Wrong.UNLISTED, unlisted[0][:60])
    if question.kind is Kind.SELECT_ONE:
        if len(set(texts)) > 1:
            raise Refused(Wrong.UNLISTED)
        return texts[0] if texts else None
    if len(texts) > 1 and (alone := question.missing.intersection(texts)):
        raise Refused(Wrong.EXCLUSIVE, min(alone))
    return [choice.name for choice in choices if choice.name in texts] or None


def _ranked(question: Question, choices: Sequence[Choice], sent: Sent) -> list[str] | None:
    """Read the places of a ranking, `name-1` the first; a gap closes up."""
    fields = [f"{question.name}-{place}" for place in range(1, len(question.choices) + 1)]
    texts = [text for field in fields for text in sent.get(field, ()) if text.strip()]
    names = {choice.name for choice in choices}
    if unlisted := [text for text in texts if text not in names]:
        raise Refused(Wrong.UNLISTED, unlisted[0][:60])
    if len(set(texts)) < len(texts):
        raise Refused(Wrong.TWICE, next(text for text in texts if texts.count(text) > 1))
    return texts or None


def _number(question: Question, text: str) -> int | float | None:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", ".").replace("\u2212", "-")
    if not plain:
        return None
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{0,9})?([eE][-+]?\d{1,2})?", plain, re.ASCII):
        raise Refused(Wrong.NOT_A_NUMBER)
    value = float(plain)
    if abs(value) > LARGEST_NUMBER:
        raise Refused(Wrong.NOT_A_NUMBER)
    if question.kind is Kind.RANGE:
        _check_range(question, value)
    elif question.kind is Kind.INTEGER and not value.is_integer():
        raise Refused(Wrong.NOT_WHOLE)
    return int(value) if value.is_integer() else value


def _check_range(question: Question, value: float) -> None:
    steps = (value - question.low) / question.step
    if not question.low <= value <= question.high or abs(steps - round(steps)) > 1e-9:
        raise Refused(Wrong.OUT_OF_RANGE, f"{question.low:g}–{question.high:g}")


def _day(text: str) -> str | None:
    """Read a day as the browser sends it or as people write it: 2026-05-31, 31.05.2026."""
    plain = text.strip()
    if not plain:
        return None
    if polish := re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", plain, re.ASCII):
        plain = f"{polish[3]}-{int(polish[2]):02}-{int(polish[1]):02}"
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain, re.ASCII):
        raise Refused(Wrong.NOT_A_DATE)
    try:
        day = date.fromisoformat(plain)
    except ValueError as error:
        raise Refused(Wrong.NOT_A_DATE) from error
    if not EARLIEST <= day <= LATEST:
        raise Refused(Wrong.NOT_A_DATE)
    return day.isoformat()


def _text(question: Question, text: str) -> str | None:
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Cn"} and letter not in "\n\t" for letter in plain):
        raise Refused(Wrong.CONTROL)
    if len(plain) > question.limit:
        raise Refused(Wrong.TOO_LONG, str(question.limit))
    return plain or None
