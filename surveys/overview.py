"""A whole questionnaire at a glance: every question in every language side by side, with its rules in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from surveys.conditions import Teller
from surveys.questions import CHOOSING, Choice, Definition, Kind, Question, Texts, text_in

SHOWN_CHOICES = 25


@dataclass(frozen=True)
class Rule:
    """One rule of a question: what it is about, and what it says in words; without words, as it is written."""

    about: str
    words: str
    source: str = ""


@dataclass(frozen=True)
class Entry:
    """A question as the coordinator looks it over."""

    question: Question
    heading: Texts
    rules: Sequence[Rule]

    @property
    def choices(self) -> Sequence[Choice]:
        """The choices worth showing."""
        return self.question.choices[:SHOWN_CHOICES]

    @property
    def further_choices(self) -> int:
        """How many more there are."""
        return max(0, len(self.question.choices) - SHOWN_CHOICES)


@dataclass(frozen=True)
class Section:
    """A page of the questionnaire, in its order."""

    number: int
    labels: Texts
    repeated: int
    entries: Sequence[Entry]


def sections(definition: Definition, language: str) -> list[Section]:
    """List the pages of a questionnaire; what is only computed stands after the page that it follows."""
    teller = Teller(definition, language)
    shown = {question.name for page in definition.pages for question in page.questions}
    unseen = [question for question in definition.questions if question.name not in shown]
    found = [
        Section(
            number,
            page.labels,
            page.repeat.most if page.repeat else 0,
            [_entry(question, definition, teller) for question in page.questions],
        )
        for number, page in enumerate(definition.pages, 1)
    ]
    if unseen:
        found.append(Section(0, {}, 0, [_entry(question, definition, teller) for question in unseen]))
    return found


def _entry(question: Question, definition: Definition, teller: Teller) -> Entry:
    battery = definition.batteries.get(question.battery)
    return Entry(question, battery.labels if battery else {}, list(_rules(question, teller)))


def _rules(question: Question, teller: Teller) -> Iterator[Rule]:
    if question.required is not None:
        always = teller.always(question.required)
        words = _("always") if always else _when(teller.told(question.required, question))
        yield Rule(_("Must be answered"), words, "" if always else question.required.source)
    for rule in question.relevant:
        yield Rule(_("Asked"), _when(teller.told(rule, question)), rule.source)
    if question.constraint is not None:
        yield Rule(_("Accepted"), _when(teller.told(question.constraint, question)), question.constraint.source)
    if question.calculation is not None:
        yield Rule(_("Computed"), "", question.calculation.source)
    if question.choice_filter is not None:
        yield Rule(_("Choices offered"), "", question.choice_filter.source)
    yield from _limits(question, teller.language)


def _when(words: str) -> str:
    return _("if %(condition)s", condition=words) if words else ""


def _limits(question: Question, language: str) -> Iterator[Rule]:
    if question.kind is Kind.RANGE:
        steps = _("from %(low)s to %(high)s", low=f"{question.low:g}", high=f"{question.high:g}")
        yield Rule(_("Numbers"), steps)
    if question.kind is Kind.TEXT:
        yield Rule(_("Length"), ngettext("at most %(num)d character", "at most %(num)d characters", question.limit))
    if question.missing and question.kind in CHOOSING:
        names = [choice.labels for choice in question.choices if choice.name in question.missing]
        yield Rule(_("Counted apart"), ", ".join(text_in(labels, language) for labels in names))
