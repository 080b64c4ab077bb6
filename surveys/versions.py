"""What distinguishes two versions of a questionnaire, and whether answers to both may stand in one column.

A question is known by its name. Under one name, one thing is asked in one way for as long as the survey lives: where
that would break, the question needs a new name. Whether new words mean the same no machine can tell, so every changed
text is shown, before and after, to the person who publishes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from surveys.expressions import Expression
from surveys.questions import LANGUAGES, Definition, Kind, Question, Repeat, Role, Texts


class ChangeKind(StrEnum):
    """What a change does to answers.

    Harmless: nothing but texts, order and looks. Additive: more or others answer, or a question begins or ends, while
    every figure keeps its meaning. Breaking: old and new answers under one name would mean different things.
    """

    HARMLESS = "harmless"
    ADDITIVE = "additive"
    BREAKING = "breaking"


class Changed(StrEnum):
    """What was changed."""

    TEXT = "text"
    LANGUAGE_ADDED = "language_added"
    LANGUAGE_REMOVED = "language_removed"
    ORDER = "order"
    LOOKS = "looks"
    DEFAULT = "default"
    ADDED = "added"
    REMOVED = "removed"
    RELEVANT = "relevant"
    CHOICE_FILTER = "choice_filter"
    CHOICE_ADDED = "choice_added"
    CHOICE_REMOVED = "choice_removed"
    CHOICE_ORDER = "choice_order"
    TYPE = "type"
    REPEAT = "repeat"
    MOST = "most"
    MISSING = "missing"
    REVERSED = "reversed"
    ROLE = "role"
    PUBLISH = "publish"
    CALCULATION = "calculation"
    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    CONSTRAINT = "constraint"
    NO_CONSTRAINT = "no_constraint"
    RANGE = "range"
    LIMIT = "limit"


@dataclass(frozen=True)
class Change:
    """One difference. `question` is its name, empty for the whole form; `detail` a choice, column or language."""

    kind: ChangeKind
    what: Changed
    question: str = ""
    detail: str = ""
    before: str = ""
    after: str = ""

    @property
    def record(self) -> dict[str, str]:
        """Give the change as it is kept with the version."""
        return {
            "kind": self.kind.value,
            "what": self.what.value,
            "question": self.question,
            "detail": self.detail,
            "before": self.before,
            "after": self.after,
        }

    @classmethod
    def of(cls, record: Mapping[str, str]) -> "Change":
        """Read a change back that was kept with a version."""
        texts = {name: str(record.get(name, "")) for name in ("question", "detail", "before", "after")}
        return cls(ChangeKind(record["kind"]), Changed(record["what"]), **texts)


Thing = TypeVar("Thing")

HARMLESS, ADDITIVE, BREAKING = ChangeKind
_PUBLICITY = ("no", "moderated", "yes")
_SCORED = frozenset({Role.SUS, Role.SATISFACTION})


def changes(before: Definition, after: Definition) -> list[Change]:
    """List what changes from one version to the next, the gravest first."""
    found = [*_of_form(before, after), *_of_repeats(before, after)]
    old, new = _named(before), _named(after)
    for name in [*old, *(name for name in new if name not in old)]:
        found += _of_name(name, old.get(name), new.get(name), _shared_languages(before, after))
    return sorted(found, key=lambda change: list(ChangeKind).index(change.kind), reverse=True)


def breaking(found: Iterable[Change]) -> list[Change]:
    """Pick the changes that need a question of a new name."""
    return [change for change in found if change.kind is BREAKING]


def _named(definition: Definition) -> dict[str, Question]:
    return {question.name: question for question in definition.questions}


def _shared_languages(before: Definition, after: Definition) -> list[str]:
    return [language for language in LANGUAGES if language in before.languages and language in after.languages]


# The form as a whole


def _of_form(before: Definition, after: Definition) -> Iterator[Change]:
    for language in LANGUAGES:
        if language in after.languages and language not in before.languages:
            yield Change(HARMLESS, Changed.LANGUAGE_ADDED, detail=language)
        elif language in before.languages and language not in after.languages:
            yield Change(ADDITIVE, Changed.LANGUAGE_REMOVED, detail=language)
    languages = _shared_languages(before, after)
    for what in ("title", "intro", "thanks", "closed"):
        yield from _texts("", what, getattr(before, what), getattr(after, what), languages)
    yield from _headings(before, after, languages)
    yield from _order(before, after)


def _headings(before: Definition, after: Definition, languages: Sequence[str]) -> Iterator[Change]:
    """Compare headings where a page or battery is known by what it begins with or is called."""
    for name, batteries in _pairs(before.batteries, after.batteries):
        yield from _texts(name, "label", batteries[0].labels, batteries[1].labels, languages)
        yield from _texts(name, "hint", batteries[0].hints, batteries[1].hints, languages)
    old = {page.questions[0].name: page.labels for page in before.pages}
    new = {page.questions[0].name: page.labels for page in after.pages}
    seen: list[Texts] = []
    for _, (labels, other) in _pairs(old, new):
        if labels not in seen:
            seen.append(labels)
            yield from _texts("", "page", labels, other, languages)


def _pairs(before: Mapping[str, Thing], after: Mapping[str, Thing]) -> Iterator[tuple[str, tuple[Thing, Thing]]]:
    return ((name, (before[name], after[name])) for name in before if name in after)


def _order(before: Definition, after: Definition) -> Iterator[Change]:
    old, new = _named(before), _named(after)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Change(HARMLESS, Changed.ORDER)


def _of_repeats(before: Definition, after: Definition) -> Iterator[Change]:
    for name, (old, new) in _pairs(_repeats(before), _repeats(after)):
        if old.most != new.most:
            kind = BREAKING if new.most < old.most else ADDITIVE
            yield Change(kind, Changed.MOST, name, before=str(old.most), after=str(new.most))


def _repeats(definition: Definition) -> dict[str, Repeat]:
    return {page.repeat.name: page.repeat for page in definition.pages if page.repeat}


# One question


def _of_name(name: str, before: Question | None, after: Question | None, languages: Sequence[str]) -> Iterator[Change]:
    if before is not None and after is not None:
        yield from (change for compare in _COMPARISONS for change in compare(before, after))
        yield from _of_texts(before, after, languages)
    elif after is not None:
        yield Change(HARMLESS if after.kind is Kind.NOTE else ADDITIVE, Changed.ADDED, name, after=_told(after.labels))
    elif before is not None:
        kind = HARMLESS if before.kind is Kind.NOTE else ADDITIVE
        yield Change(kind, Changed.REMOVED, name, before=_told(before.labels))


def _told(labels: Texts) -> str:
    return next(iter(labels.values()), "")


def _type(before: Question, after: Question) -> Iterator[Change]:
    if before.kind is not after.kind:
        yield Change(BREAKING, Changed.TYPE, after.name, before=before.kind, after=after.kind)
    if before.repeat != after.repeat:
        yield Change(BREAKING, Changed.REPEAT, after.name, before=before.repeat, after=after.repeat)


def _choices(before: Question, after: Question) -> Iterator[Change]:
    """Where a mark goes by the place of an answer, another answer shifts the marks; elsewhere it is one more."""
    old = {choice.name: choice for choice in before.choices}
    new = {choice.name: choice for choice in after.choices}
    if before.kind is not after.kind:
        return
    for name, choice in old.items():
        if name not in new:
            yield Change(BREAKING, Changed.CHOICE_REMOVED, after.name, name, before=_told(choice.labels))
    for name, choice in new.items():
        if name not in old:
            kind = BREAKING if _counts_places(after) and name not in after.missing else ADDITIVE
            yield Change(kind, Changed.CHOICE_ADDED, after.name, name, after=_told(choice.labels))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Change(BREAKING if _counts_places(after) else HARMLESS, Changed.CHOICE_ORDER, after.name)


def _counts_places(question: Question) -> bool:
    if question.kind is Kind.RANK:
        return True
    is_scale = "likert" in question.appearance or bool(question.battery) or question.is_reversed
    return question.kind is Kind.SELECT_ONE and (is_scale or question.role in _SCORED)


def _counted(before: Question, after: Question) -> Iterator[Change]:
    """Compare what decides how an answer is counted."""
    both = {choice.name for choice in before.choices} & {choice.name for choice in after.choices}
    old, new = (" ".join(sorted(question.missing & both)) for question in (before, after))
    if old != new:
        yield Change(BREAKING, Changed.MISSING, after.name, before=old, after=new)
    if before.is_reversed != after.is_reversed:
        yield Change(BREAKING, Changed.REVERSED, after.name)
    if before.role is not after.role:
        yield Change(BREAKING, Changed.ROLE, after.name, before=before.role or "", after=after.role or "")
    if _source(before.calculation) != _source(after.calculation):
        texts = _source(before.calculation), _source(after.calculation)
        yield Change(BREAKING, Changed.CALCULATION, after.name, before=texts[0], after=texts[1])


def _publicity(before: Question, after: Question) -> Iterator[Change]:
    """What people were told would stay unpublished stays so."""
    if before.publish != after.publish:
        is_wider = _PUBLICITY.index(after.publish) > _PUBLICITY.index(before.publish)
        kind = BREAKING if is_wider else HARMLESS
        yield Change(kind, Changed.PUBLISH, after.name, before=before.publish, after=after.publish)


def _strictness(before: Question, after: Question) -> Iterator[Change]:
    """A rule that came or changed would have refused answers that were taken; one that went refuses nothing."""
    for column, came, went in (
        ("required", Changed.REQUIRED, Changed.NOT_REQUIRED),
        ("constraint", Changed.CONSTRAINT, Changed.NO_CONSTRAINT),
    ):
        old, new = _source(getattr(before, column)), _source(getattr(after, column))
        if new and new != old:
            yield Change(BREAKING, came, after.name, before=old, after=new)
        elif old and not new:
            yield Change(HARMLESS, went, after.name, before=old)


def _bounds(before: Question, after: Question) -> Iterator[Change]:
    old, new = ((question.low, question.high, question.step) for question in (before, after))
    if before.kind is after.kind is Kind.RANGE and old != new:
        yield Change(BREAKING, Changed.RANGE, after.name, before=_range(old), after=_range(new))
    if before.limit != after.limit:
        kind = BREAKING if after.limit < before.limit else HARMLESS
        yield Change(kind, Changed.LIMIT, after.name, before=str(before.limit), after=str(after.limit))


def _range(ends: tuple[float, float, float]) -> str:
    return "{:g}–{:g} ({:g})".format(*ends)


def _conditions(before: Question, after: Question) -> Iterator[Change]:
    """Whom a question is asked changes its base, which every figure names; what it means stays."""
    old, new = (" and ".join(rule.source for rule in question.relevant) for question in (before, after))
    if old != new:
        yield Change(ADDITIVE, Changed.RELEVANT, after.name, before=old, after=new)
    old, new = _source(before.choice_filter), _source(after.choice_filter)
    if old != new:
        yield Change(ADDITIVE, Changed.CHOICE_FILTER, after.name, before=old, after=new)


def _looks(before: Question, after: Question) -> Iterator[Change]:
    old, new = (" ".join(sorted(question.appearance)) for question in (before, after))
    if (old, before.battery) != (new, after.battery):
        yield Change(HARMLESS, Changed.LOOKS, after.name, before=old, after=new)
    if before.default != after.default:
        yield Change(HARMLESS, Changed.DEFAULT, after.name, before=before.default, after=after.default)


def _source(rule: Expression | None) -> str:
    return rule.source if rule else ""


_COMPARISONS: Sequence[Callable[[Question, Question], Iterator[Change]]] = (
    _type, _choices, _counted, _publicity, _strictness, _bounds, _conditions, _looks,
)  # fmt: skip


# Texts


def _of_texts(before: Question, after: Question, languages: Sequence[str]) -> Iterator[Change]:
    for column in ("labels", "hints", "required_messages", "constraint_messages"):
        yield from _texts(after.name, column[:-1], getattr(before, column), getattr(after, column), languages)
    old = {choice.name: choice.labels for choice in before.choices}
    new = {choice.name: choice.labels for choice in after.choices}
    for choice, (labels, other) in _pairs(old, new):
        yield from _texts(after.name, f"choice {choice}", labels, other, languages)


def _texts(question: str, column: str, before: Texts, after: Texts, languages: Sequence[str]) -> Iterator[Change]:
    for language in languages:
        old, new = before.get(language, ""), after.get(language, "")
        if old != new:
            yield Change(HARMLESS, Changed.TEXT, question, f"{column} {language}", old, new)
