"""From the sheets of an XLSForm to a questionnaire, or every fault that stands between.

The accepted part of XLSForm is what this application can ask without a device: see `Kind`. A question may only speak of
earlier ones, so a questionnaire read once from its beginning to its end is answered, and nothing can go in circles.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from surveys import paging, spellings
from surveys.columns import columns_lacking, faults_of_columns, languages, texts, translated
from surveys.faults import DefinitionRefused, Fault, FaultKind
from surveys.gaps import Gap, gaps
from surveys.lists import lists, may_repeat
from surveys.outline import ANSWERED, OTHER, Form, Group, Placed, check_names, place_rows
from surveys.questions import (
    CHOOSING,
    MOST_REPEATS,
    PLACES,
    TEXT_LIMIT,
    Battery,
    Choice,
    Definition,
    Kind,
    Question,
    Repeat,
    Role,
    SampleKind,
    Texts,
)
from surveys.rules import NO, YES, group_rule, with_rules
from surveys.sheets import COMMUNES, Row, Sheets, numbered

__all__ = ["DefinitionRefused", "Fault", "FaultKind", "Gap", "definition", "gaps"]

MOST_POINTS = 101
"""Points of a range: each is an answer to choose."""

PUBLISH = ("yes", "no", "moderated")
ROLES: Mapping[Role, frozenset[Kind]] = {
    Role.AGE: frozenset({Kind.INTEGER, Kind.SELECT_ONE, Kind.RANGE}),
    Role.SEX: frozenset({Kind.SELECT_ONE}),
    Role.UNIT: frozenset({Kind.SELECT_ONE}),
    Role.SATISFACTION: frozenset({Kind.SELECT_ONE, Kind.RANGE}),
    Role.THREAT: PLACES,
    Role.CATEGORY: frozenset({Kind.SELECT_ONE}),
    Role.NPS: frozenset({Kind.RANGE}),
    Role.SUS: frozenset({Kind.SELECT_ONE, Kind.RANGE}),
    Role.FEEDBACK: frozenset({Kind.TEXT}),
    Role.WISH: frozenset({Kind.TEXT}),
    Role.MISSING_CATEGORY: frozenset({Kind.TEXT}),
}
"""What kinds of question can have a role."""

_PARAMETERS: Mapping[Kind, tuple[str, ...]] = {Kind.RANGE: ("start", "end", "step"), Kind.TEXT: ("max-length",)}
_PARAMETER = re.compile(r"(?<![\w-])([\w-]+)\s*=\s*([^\s,;=]+)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_OTHER_LABELS = {"pl": "inna odpowiedź", "en": "another answer", "uk": "інша відповідь"}
_TITLES = {"pl": "Ankieta", "en": "Survey", "uk": "Опитування"}


def definition(sheets: Sheets) -> Definition:
    """Read the sheets, or raise DefinitionRefused with every fault found."""
    if lacking := columns_lacking(sheets):
        raise DefinitionRefused(lacking)
    form = Form(languages(sheets), may_repeat(sheets))
    form.faults += faults_of_columns(sheets)
    form.lists = lists(sheets, form)
    place_rows(sheets, form)
    check_names(form)
    settings = _settings(sheets, form)
    questions = tuple(_question(one, place, form) for place, one in enumerate(form.placed))
    repeats = {group.name: _repeat(group, form) for group in form.groups if group.is_repeat}
    _check_templates(sheets, form)
    _check_something_is_asked(form)
    if form.faults:
        raise DefinitionRefused(sorted(form.faults, key=_order))
    blocks = list(_blocks(questions, form, repeats))
    return Definition(
        **settings,
        languages=form.languages,
        questions=tuple(question for block in blocks for question in (*block.headings, block.question)),
        pages=paging.pages(blocks),
        batteries={group.name: _battery(group) for group in form.groups if group.is_battery},
    )


def _order(fault: Fault) -> tuple[int, int]:
    return ("survey", "choices", "settings").index(fault.sheet), fault.row


# The form


def _settings(sheets: Sheets, form: Form) -> dict[str, Texts]:
    rows = list(numbered(sheets.get("settings", [])))
    for number, _ in rows[1:]:
        form.faults.append(Fault(FaultKind.ONE_ROW, "settings", number))
    number, row = rows[0] if rows else (2, Row())
    default = row.get("default_language", "")
    if default and spellings.language_code(default) not in form.languages:
        known = ", ".join(form.languages)
        form.faults.append(Fault(FaultKind.LANGUAGE, "settings", number, "default_language", default, known))
    _check_sample(row, number, form)
    return {
        "title": _titles(row, form.languages),
        "intro": texts(row, "kmzb::intro"),
        "thanks": texts(row, "kmzb::thanks"),
        "closed": texts(row, "kmzb::closed"),
    }


def _check_sample(row: Row, number: int, form: Form) -> None:
    word = row.get("kmzb::sample", "")
    if word and word not in set(SampleKind):
        form.faults.append(Fault(FaultKind.VALUE, "settings", number, "kmzb::sample", word, " ".join(SampleKind)))


def sample_of(sheets: Sheets) -> SampleKind | None:
    """Give how people come to the survey, as the form itself says; None where it does not."""
    words = [row.get("kmzb::sample", "") for _, row in numbered(sheets.get("settings", []))]
    return SampleKind(words[0]) if words and words[0] in set(SampleKind) else None


def _titles(row: Row, languages: Sequence[str]) -> Texts:
    """Give the title in each language; a form without any is called a survey."""
    titles = dict(texts(row, "kmzb::title"))
    if title := row.get("form_title"):
        titles.setdefault(languages[0], title)
    return titles or {language: _TITLES[language] for language in languages}


def _check_templates(sheets: Sheets, form: Form) -> None:
    """Refuse answers quoted in texts: we show texts as they are written."""
    for sheet in spellings.COLUMNS:
        for number, row in numbered(sheets.get(sheet, [])):
            for column, text in row.items():
                if "${" in text and spellings.base_of(column) in {*translated(sheet), "form_title"}:
                    form.faults.append(Fault(FaultKind.TEMPLATE, sheet, number, column, text))


def _check_something_is_asked(form: Form) -> None:
    if not any(one.kind in ANSWERED for one in form.placed):
        form.fault(FaultKind.NOTHING_ASKED, 0, "")
    for group in form.groups:
        inside = [one for one in form.placed if group in one.groups]
        if group.is_repeat and not any(one.kind in ANSWERED for one in inside):
            form.fault(FaultKind.NOTHING_ASKED, group.number, "type", group.name)


# Questions


def _question(one: Placed, place: int, form: Form) -> Question:
    """Make a question of a row; what is wrong with it is noted, and a harmless value takes its place."""
    row = one.row
    question = Question(
        name=one.name,
        kind=one.kind,
        row=one.number,
        labels=_labels(one, form),
        hints=texts(row, "hint"),
        required_messages=texts(row, "required_message"),
        constraint_messages=texts(row, "constraint_message"),
        choices=_choices(one, form),
        appearance=frozenset(row.get("appearance", "").split()),
        default=row.get("default", ""),
        role=_role(one, form),
        is_reversed=_yes(one, "kmzb::reverse", form),
        publish=_publish(one, form),
        repeat=one.repeat,
        battery=next((group.name for group in one.groups if group.is_battery), ""),
    )
    question = replace(question, missing=_missing(one, question, form))
    question = _with_parameters(one, question, form)
    _check_default(one, question, form)
    _check_role(one, question, form)
    _check_battery(one, form)
    return with_rules(one, question, place, form)


def _labels(one: Placed, form: Form) -> Texts:
    labels = texts(one.row, "label")
    if not labels and one.kind is not Kind.CALCULATE:
        form.fault(FaultKind.EMPTY, one.number, "label", one.name)
    return labels


def _choices(one: Placed, form: Form) -> tuple[Choice, ...]:
    if one.kind not in CHOOSING:
        return ()
    choices = form.lists.get(one.list_name, ())
    if not choices and one.list_name != COMMUNES:
        close = get_close_matches(one.list_name, form.lists, 1)
        form.fault(FaultKind.LIST, one.number, "type", one.list_name, "".join(close))
    if one.has_other and all(choice.name != OTHER for choice in choices):
        labels = {language: _OTHER_LABELS[language] for language in form.languages}
        return (*choices, Choice(OTHER, labels))
    return choices


def _role(one: Placed, form: Form) -> Role | None:
    word = one.row.get("kmzb::role", "")
    if not word:
        return None
    if word not in set(Role):
        form.fault(FaultKind.VALUE, one.number, "kmzb::role", word, " ".join(Role))
        return None
    return Role(word)


def _check_role(one: Placed, question: Question, form: Form) -> None:
    if question.role is None:
        return
    if question.kind not in ROLES[question.role]:
        form.fault(FaultKind.ROLE, one.number, "kmzb::role", question.role, " ".join(sorted(ROLES[question.role])))
    elif question.role is Role.NPS and (question.low, question.high, question.step) != (0, 10, 1):
        form.fault(FaultKind.ROLE, one.number, "parameters", question.role, "start=0 end=10 step=1")


def _yes(one: Placed, column: str, form: Form) -> bool:
    word = one.row.get(column, "").lower()
    if word not in YES | NO:
        form.fault(FaultKind.VALUE, one.number, column, word, "yes no")
    return word in YES


def _publish(one: Placed, form: Form) -> str:
    """Say whether answers may be published; free words wait for a person unless the form says otherwise."""
    word = one.row.get("kmzb::publish", "").lower() or ("moderated" if one.kind is Kind.TEXT else "yes")
    if word not in PUBLISH:
        form.fault(FaultKind.VALUE, one.number, "kmzb::publish", word, " ".join(PUBLISH))
    return word


def _missing(one: Placed, question: Question, form: Form) -> frozenset[str]:
    codes = one.row.get("kmzb::missing", "").replace(",", " ").split()
    for code in codes:
        if question.choices and question.choice(code) is None:
            form.fault(FaultKind.MISSING, one.number, "kmzb::missing", code, one.list_name)
    return frozenset(codes)


def _check_default(one: Placed, question: Question, form: Form) -> None:
    """A default is an answer that stands there already, so it must be one."""
    if question.default and not _is_answer(question, question.default):
        form.fault(FaultKind.DEFAULT, one.number, "default", question.default)


def _is_answer(question: Question, text: str) -> bool:
    if question.kind in CHOOSING:
        words = text.split() if question.kind is not Kind.SELECT_ONE else [text]
        return all(question.choice(word) for word in words)
    if question.kind is Kind.DATE:
        return _is_day(text)
    if question.kind is Kind.TEXT:
        return "${" not in text and len(text) <= question.limit
    if not _NUMBER.fullmatch(text) or (question.kind is Kind.INTEGER and "." in text):
        return False
    return question.kind is not Kind.RANGE or _is_point(question, float(text))


def _is_point(question: Question, number: float) -> bool:
    if question.step <= 0:
        return True  # the range itself was refused already
    steps = (number - question.low) / question.step
    return question.low <= number <= question.high and abs(steps - round(steps)) < 1e-9


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_battery(one: Placed, form: Form) -> None:
    """A battery has one set of answers: that of its first question."""
    group = next((group for group in one.groups if group.is_battery), None)
    if group is None:
        return
    first = next(other for other in form.placed if group in other.groups)
    if one.kind not in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE} or one.has_other or first.list_name != one.list_name:
        form.fault(FaultKind.BATTERY, one.number, "type", one.row.get("type", one.kind), first.row.get("type", ""))


# Parameters


def _with_parameters(one: Placed, question: Question, form: Form) -> Question:
    given = _given(one, form)
    if one.kind is Kind.RANGE:
        low, high, step = _range(one, given, form)
        return replace(question, low=low, high=high, step=step)
    return replace(question, limit=_limit(one, given, form)) if one.kind is Kind.TEXT else question


def _given(one: Placed, form: Form) -> dict[str, str]:
    """Read `start=0 end=10`; commas and semicolons may stand between."""
    text = one.row.get("parameters", "")
    given = {name.lower(): value for name, value in _PARAMETER.findall(text)}
    allowed = _PARAMETERS.get(one.kind, ())
    unread = _PARAMETER.sub("", text).strip(" ,;")
    for wrong in [*sorted(set(given) - set(allowed)), *([unread] if unread else [])]:
        if allowed:
            form.fault(FaultKind.PARAMETER, one.number, "parameters", wrong, " ".join(f"{name}=" for name in allowed))
    return given


def _range(one: Placed, given: Mapping[str, str], form: Form) -> tuple[float, float, float]:
    """Read the ends of a range, by default 1 and 10 as in XLSForm."""
    texts = [given.get(name, default) for name, default in (("start", "1"), ("end", "10"), ("step", "1"))]
    is_known = all(_NUMBER.fullmatch(text) for text in texts)
    low, high, step = map(float, texts) if is_known else (0.0, 0.0, 0.0)
    points = (high - low) / step + 1 if step > 0 else 0
    if not 2 <= points <= MOST_POINTS or abs(points - round(points)) > 1e-9:
        form.fault(FaultKind.RANGE, one.number, "parameters", one.row.get("parameters", ""), str(MOST_POINTS))
    return _whole(low), _whole(high), _whole(step)


def _whole(number: float) -> float:
    """Write 5.0 as 5, as it will stand beside an answer."""
    return int(number) if number.is_integer() else number


def _limit(one: Placed, given: Mapping[str, str], form: Form) -> int:
    text = given.get("max-length", str(TEXT_LIMIT))
    if not text.isdecimal() or not 1 <= int(text) <= TEXT_LIMIT:
        form.fault(FaultKind.PARAMETER, one.number, "parameters", text, f"max-length=1…{TEXT_LIMIT}")
        return TEXT_LIMIT
    return int(text)


# Groups


def _repeat(group: Group, form: Form) -> Repeat:
    text = group.row.get("kmzb::max", "")
    most = int(text) if text.isdecimal() else 0
    if not 1 <= most <= MOST_REPEATS:
        form.fault(FaultKind.MOST if text else FaultKind.EMPTY, group.number, "kmzb::max", text, str(MOST_REPEATS))
    around = next((one.groups for one in form.placed if group in one.groups), ())
    rules = [group_rule(other, form) for other in around[: around.index(group) + 1]] if around else []
    return Repeat(group.name, texts(group.row, "label"), most, tuple(rule for rule in rules if rule is not None))


def _battery(group: Group) -> Battery:
    return Battery(group.name, texts(group.row, "label"), texts(group.row, "hint"))


def _blocks(questions: Sequence[Question], form: Form, repeats: Mapping[str, Repeat]) -> Iterator[paging.Block]:
    """Cut the form where a top group or a repeat begins or ends."""
    for place, (question, one) in enumerate(zip(questions, form.placed, strict=True)):
        top = one.groups[0] if one.groups else None
        repeat = next((group for group in one.groups if group.is_repeat), None)
        labels = texts(repeat.row, "label") if repeat else {}
        labels = labels or (texts(top.row, "label") if top else {})
        key = (top.name if top else "", repeat.name if repeat else "")
        yield paging.Block(key, labels, question, repeats.get(one.repeat), _headings(one, place, form))


def _headings(one: Placed, place: int, form: Form) -> tuple[Question, ...]:
    """Give the headings of groups inside a group that begin with this question, as notes."""
    inner = [group for group in one.groups[1:] if not group.is_battery and not group.is_repeat and group.at == place]
    return tuple(_heading(group, one, form) for group in inner if texts(group.row, "label"))


def _heading(group: Group, one: Placed, form: Form) -> Question:
    around = one.groups[: one.groups.index(group) + 1]
    rules = tuple(rule for rule in (group_rule(other, form) for other in around) if rule is not None)
    return Question(
        name=group.name,
        kind=Kind.NOTE,
        row=group.number,
        labels=texts(group.row, "label"),
        hints=texts(group.row, "hint"),
        relevant=rules,
        repeat=one.repeat,
        depends_on=frozenset(name for rule in rules for name in rule.names),
    )
