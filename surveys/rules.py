"""The rules of a questionnaire: when a question is shown, required and accepted, and which answers it offers.

They speak of earlier questions only. Since none looks ahead, a questionnaire read once from its beginning to its end
is decided, and nothing goes in circles.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from surveys.expressions import Expression, ExpressionRefused, Reason, compiled
from surveys.faults import FaultKind
from surveys.outline import ONLY_FOR, Form, Group, Placed
from surveys.questions import Choice, Kind, Question
from surveys.sheets import Row

YES = frozenset({"yes", "true", "true()"})
ALWAYS = compiled("true()")
NO = frozenset({"no", "false", "false()", ""})
_REASONS = {
    Reason.FUNCTION: FaultKind.FUNCTION,
    Reason.PATTERN: FaultKind.PATTERN,
    Reason.TOO_LONG: FaultKind.TOO_LONG,
}


def with_rules(one: Placed, question: Question, place: int, form: Form) -> Question:
    """Compile what a question is shown, required, checked, computed and filtered by."""
    relevant = [group_rule(group, form) for group in one.groups] + [_rule(one, "relevant", place, form)]
    required = _required(one, place, form)
    constraint = _rule(one, "constraint", place, form)
    calculation = _rule(one, "calculation", place, form)
    choice_filter = _rule(one, "choice_filter", place, form)
    if one.kind is Kind.CALCULATE and not one.row.get("calculation"):
        form.fault(FaultKind.EMPTY, one.number, "calculation", one.name)
    _check_filter(one, question, choice_filter, form)
    used = [rule for rule in (*relevant, required, constraint, calculation, choice_filter) if rule is not None]
    return replace(
        question,
        relevant=tuple(rule for rule in relevant if rule is not None),
        required=required,
        constraint=constraint,
        calculation=calculation,
        choice_filter=choice_filter,
        depends_on=frozenset(name for rule in used for name in rule.names) - {one.name},
    )


def group_rule(group: Group, form: Form) -> Expression | None:
    """Compile the condition of a group once, however many questions stand in it."""
    key = (f"{group.number}", "relevant")
    if key not in form.rules:
        form.rules[key] = _compiled(group.row, "relevant", group.number, form)
        _check_names_used(form.rules[key], group.number, "relevant", "", group.at, form)
    return form.rules[key]


def _required(one: Placed, place: int, form: Form) -> Expression | None:
    word = one.row.get("required", "").lower()
    if word in NO:
        return None
    return ALWAYS if word in YES else _rule(one, "required", place, form)


def _rule(one: Placed, column: str, place: int, form: Form) -> Expression | None:
    if column not in one.row or one.kind not in ONLY_FOR.get(column, {one.kind}):
        return None
    rule = _compiled(one.row, column, one.number, form)
    _check_names_used(rule, one.number, column, one.name, place, form)
    return rule


def _compiled(row: Row, column: str, number: int, form: Form) -> Expression | None:
    """Compile a rule; bare words are columns of a list, which only a filter can compare."""
    text = row.get(column, "")
    if not text:
        return None
    try:
        rule = compiled(text)
    except ExpressionRefused as error:
        kind = _REASONS.get(error.reason, FaultKind.SYNTAX)
        form.fault(kind, number, column, text, error.detail)
        return None
    if rule.words and column != "choice_filter":
        form.fault(FaultKind.WORD, number, column, text, min(rule.words))
    return rule


def _check_names_used(rule: Expression | None, number: int, column: str, own: str, place: int, form: Form) -> None:
    """A rule may speak of earlier questions only; a constraint also of its own."""
    for name in sorted(rule.names if rule else ()):
        if name == own:
            if column != "constraint":
                form.fault(FaultKind.ITSELF, number, column, name)
        elif (fault := _fault_of_name(name, place, form)) is not None:
            form.fault(fault[0], number, column, name, fault[1])


def _fault_of_name(name: str, place: int, form: Form) -> tuple[FaultKind, str] | None:
    other = form.known.get(name)
    if other is None and name in form.unasked:
        return None  # its type was refused already; that it cannot be asked about is no fault of this rule
    if other is None or other.kind is Kind.NOTE:
        return FaultKind.UNKNOWN_NAME, "".join(get_close_matches(name, form.known, 1))
    if form.places[name] >= place:
        return FaultKind.LATER, str(other.number)
    here = form.placed[place].repeat if place < len(form.placed) else ""
    return (FaultKind.IN_REPEAT, other.repeat) if other.repeat and other.repeat != here else None


def _check_filter(one: Placed, question: Question, rule: Expression | None, form: Form) -> None:
    """A filter compares columns of the list; choices of one name need one that tells them apart."""
    if rule is not None:
        _check_filter_columns(one, question, rule, form)
    repeated = [name for name, count in Counter(choice.name for choice in question.choices).items() if count > 1]
    if form.may_repeat and repeated and (rule is None or not rule.words & _separating(question.choices)):
        form.fault(FaultKind.NOT_SEPARATED, one.number, "choice_filter", repeated[0], one.list_name)


def _check_filter_columns(one: Placed, question: Question, rule: Expression, form: Form) -> None:
    columns = {"name"}.union(*(choice.columns for choice in question.choices))
    for word in sorted(rule.words - columns):
        form.fault(FaultKind.UNKNOWN_COLUMN, one.number, "choice_filter", word, one.list_name)
    if one.has_other:
        form.fault(FaultKind.NOT_HERE, one.number, "choice_filter", "or_other")


def _separating(choices: Sequence[Choice]) -> frozenset[str]:
    """Name the columns in which choices of one name differ."""
    by_name: dict[str, Choice] = {}
    found: set[str] = set()
    for choice in choices:
        first = by_name.setdefault(choice.name, choice)
        found |= {key for key, _ in set(first.columns.items()) ^ set(choice.columns.items())}
    return frozenset(found)
