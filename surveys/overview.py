"""A whole questionnaire at a glance: every question in every language side by side, with its rules in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from surveys.conditions import Teller
from surveys.expressions import Expression
from surveys.questions import Choice, Definition, Kind, Question, Texts, text_in

SHOWN_CHOICES = 25


@dataclass(frozen=True)
class Rule:
    """One rule of a question in words; `source` is how it is written, where words say too little."""

    words: str
    source: str = ""


@dataclass(frozen=True)
class Entry:
    """A question as the coordinator looks it over."""

    question: Question
    heading: Texts
    rules: Sequence[Rule]
    conditions: Sequence[Rule]

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
    conditions = [_asked(rule, question, teller) for rule in question.relevant]
    rules = [*_required(question, teller), *conditions, *_checks(question, teller), *_limits(question, teller.language)]
    return Entry(question, battery.labels if battery else {}, rules, conditions)


def _required(question: Question, teller: Teller) -> Iterator[Rule]:
    rule = question.required
    if rule is None:
        return
    told = teller.told(rule, question)
    if teller.always(rule):
        yield Rule(_("Must be answered"))
    elif told:
        yield Rule(_("Must be answered if %(condition)s", condition=told))
    else:
        yield Rule(_("Must be answered by the rule"), rule.source)


def _asked(rule: Expression, question: Question, teller: Teller) -> Rule:
    told = teller.told(rule, question)
    return Rule(_("Asked if %(condition)s", condition=told)) if told else Rule(_("Asked by the rule"), rule.source)


def _checks(question: Question, teller: Teller) -> Iterator[Rule]:
    if question.constraint is not None:
        told = teller.told(question.constraint, question)
        words = _("Accepted if %(condition)s", condition=told) if told else _("Accepted by the rule")
        yield Rule(words, "" if told else question.constraint.source)
    if question.calculation is not None:
        yield Rule(_("Computed"), question.calculation.source)
    if question.choice_filter is not None:
        yield Rule(_("Choices offered by the rule"), question.choice_filter.source)


def _limits(question: Question, language: str) -> Iterator[Rule]:
    if question.kind is Kind.RANGE:
        yield Rule(_("From %(low)s to %(high)s", low=f"{question.low:g}", high=f"{question.high:g}"))
    if question.kind is Kind.TEXT:
        yield Rule(ngettext("At most %(num)d character", "At most %(num)d characters", question.limit))
    if question.missing:
        apart = [choice.labels for choice in question.choices if choice.name in question.missing]
        names = ", ".join(text_in(labels, language) for labels in apart)
        yield Rule(_("Counted apart: %(answers)s", answers=names))
