"""From the sheets of an XLSForm to a questionnaire, or every fault that stands between.

The accepted part of XLSForm is what this application can ask without a device: see `Kind`. A question may only speak of
earlier ones, so a questionnaire read once from its beginning to its end is answered, and nothing can go in circles.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property

from surveys import paging, spellings
from surveys.expressions import Expression, ExpressionRefused, Reason, compiled
from surveys.faults import DefinitionRefused, Fault, FaultKind
from surveys.questions import (
    CHOOSING,
    LANGUAGES,
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
    Texts,
)
from surveys.sheets import COMMUNES, Row, Sheets, numbered

__all__ = ["DefinitionRefused", "Fault", "FaultKind", "Gap", "definition", "gaps"]

LONGEST_NAME = 40
MOST_POINTS = 101
"""Points of a range: each is an answer to choose."""

OTHER = "other"
PUBLISH = ("yes", "no", "moderated")
YES = frozenset({"yes", "true", "true()"})
NO = frozenset({"no", "false", "false()", ""})
RESERVED = frozenset({"meta", "instanceID", "csrf_token"})
APPEARANCES: Mapping[str, frozenset[str]] = {
    "begin_group": frozenset({"field-list", "table-list"}),
    "begin_repeat": frozenset({"field-list"}),
    Kind.SELECT_ONE: frozenset({"likert", "horizontal", "minimal"}),
    Kind.SELECT_MULTIPLE: frozenset({"horizontal", "minimal"}),
    Kind.TEXT: frozenset({"multiline"}),
    **dict.fromkeys(PLACES, frozenset({"placement-map", "maps"})),
}
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

_ANSWERED = frozenset(Kind) - {Kind.NOTE, Kind.CALCULATE}
_ONLY_FOR: Mapping[str, frozenset[str]] = {
    "required": _ANSWERED,
    "required_message": _ANSWERED,
    "constraint": _ANSWERED,
    "constraint_message": _ANSWERED,
    "default": _ANSWERED - PLACES,
    "calculation": frozenset({Kind.CALCULATE}),
    "choice_filter": CHOOSING,
    "parameters": frozenset({Kind.RANGE, Kind.TEXT}),
    "kmzb::role": _ANSWERED,
    "kmzb::publish": _ANSWERED,
    "kmzb::missing": frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}),
    "kmzb::reverse": frozenset({Kind.SELECT_ONE, Kind.RANGE}),
    "kmzb::max": frozenset({"begin_repeat"}),
}
"""Columns that say something only about some kinds of rows."""

_OPENING = {"begin_group": "end_group", "begin_repeat": "end_repeat"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHOICE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_FREE_COLUMN = re.compile(r"[A-Za-z_][\w.-]*")
_MEDIA = frozenset({"image", "big-image", "audio", "video", "media"})
_PARAMETER = re.compile(r"([\w-]+)\s*=\s*([^\s,;=]+)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OTHER_LABELS = {"pl": "inna odpowiedź", "en": "another answer", "uk": "інша відповідь"}
_OTHER_QUESTIONS = {"pl": "Jaka?", "en": "Which one?", "uk": "Яка саме?"}
_TITLES = {"pl": "Ankieta", "en": "Survey", "uk": "Опитування"}
_REASONS = {
    Reason.FUNCTION: FaultKind.FUNCTION,
    Reason.PATTERN: FaultKind.PATTERN,
    Reason.TOO_LONG: FaultKind.TOO_LONG,
}


@dataclass(frozen=True)
class _Group:
    """A group or repeat that is open; `at` is how many questions stand before it."""

    name: str
    type: str
    number: int
    at: int
    row: Row

    @property
    def is_repeat(self) -> bool:
        return self.type == "begin_repeat"

    @property
    def is_battery(self) -> bool:
        return "table-list" in self.row.get("appearance", "").split()


@dataclass(frozen=True)
class _Placed:
    """A row that asks, tells or computes, and the groups around it, the outermost first."""

    number: int
    row: Row
    groups: tuple[_Group, ...]
    name: str
    kind: Kind
    list_name: str = ""
    has_other: bool = False

    @property
    def repeat(self) -> str:
        return next((group.name for group in self.groups if group.is_repeat), "")


@dataclass
class _Form:
    """What is known of a questionnaire while it is read, and what was found wrong with it."""

    languages: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)
    lists: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    placed: list[_Placed] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    rules: dict[tuple[str, str], Expression | None] = field(default_factory=dict)

    def fault(self, kind: FaultKind, number: int, column: str, value: str = "", detail: str = "") -> None:
        self.faults.append(Fault(kind, "survey", number, column, value, detail))

    @cached_property
    def dates(self) -> frozenset[str]:
        return frozenset(one.name for one in self.placed if one.kind is Kind.DATE)

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each question stands; of two with one name the first."""
        return {one.name: place for place, one in reversed(list(enumerate(self.placed)))}

    @cached_property
    def known(self) -> dict[str, _Placed]:
        return {name: self.placed[place] for name, place in self.places.items()}


def definition(sheets: Sheets) -> Definition:
    """Read the sheets, or raise DefinitionRefused with every fault found."""
    form = _Form(_languages(sheets))
    form.faults += _faults_of_columns(sheets)
    form.lists = _lists(sheets, form)
    _place(sheets, form)
    _check_names(form)
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


# Columns and languages


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row if row[name]))


def _translated(sheet: str) -> tuple[str, ...]:
    return spellings.TRANSLATED_SETTINGS if sheet == "settings" else spellings.TRANSLATED


def _languages(sheets: Sheets) -> tuple[str, ...]:
    """List the languages of the form, its default first."""
    used = {
        spellings.language_of(column)
        for sheet in spellings.COLUMNS
        for column in _columns(sheets.get(sheet, []))
        if spellings.base_of(column) in _translated(sheet)
    }
    default = _default_language(sheets)
    known = [language for language in LANGUAGES if language in used] or ["pl"]
    return tuple(sorted(known, key=lambda language: language != default))


def _default_language(sheets: Sheets) -> str:
    row = next((row for _, row in numbered(sheets.get("settings", []))), {})
    return spellings.language_code(row.get("default_language", ""))


def _faults_of_columns(sheets: Sheets) -> Iterator[Fault]:
    for sheet, known in spellings.COLUMNS.items():
        for column in _columns(sheets.get(sheet, [])):
            base = spellings.base_of(column)
            if not _is_known(sheet, column, base, known):
                yield Fault(FaultKind.COLUMN, sheet, 1, column)
            elif base in _translated(sheet) and (language := spellings.language_of(column)) not in LANGUAGES:
                yield Fault(FaultKind.LANGUAGE, sheet, 1, column, language)


def _is_known(sheet: str, column: str, base: str, known: Sequence[str]) -> bool:
    if base in known:
        return True
    return sheet == "choices" and _FREE_COLUMN.fullmatch(column) is not None and column.lower() not in _MEDIA


def _texts(row: Row, base: str) -> Texts:
    """Gather a text in all languages that a row has it in."""
    found = {spellings.language_of(column): text for column, text in row.items() if spellings.base_of(column) == base}
    return {language: found[language] for language in LANGUAGES if found.get(language)}


# Choices


def _lists(sheets: Sheets, form: _Form) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[tuple[int, Choice]]] = {}
    for number, row in numbered(sheets.get("choices", [])):
        if not row.get("list_name"):
            form.faults.append(Fault(FaultKind.EMPTY, "choices", number, "list_name"))
        elif choice := _choice(number, row, form):
            lists.setdefault(row["list_name"], []).append((number, choice))
    for listed in lists.values():
        form.faults += _twice(listed, may_repeat=_may_repeat(sheets))
    return {name: tuple(choice for _, choice in listed) for name, listed in lists.items()}


def _choice(number: int, row: Row, form: _Form) -> Choice | None:
    name, labels = row.get("name", ""), _texts(row, "label")
    if not _CHOICE_NAME.fullmatch(name):
        kind = FaultKind.CHOICE_NAME if name else FaultKind.EMPTY
        form.faults.append(Fault(kind, "choices", number, "name", name))
    if not labels:
        form.faults.append(Fault(FaultKind.EMPTY, "choices", number, "label", name))
    columns = {column: text for column, text in row.items() if spellings.base_of(column) not in spellings.CHOICES}
    return Choice(name, labels, columns) if name else None


def _may_repeat(sheets: Sheets) -> bool:
    row = next((row for _, row in numbered(sheets.get("settings", []))), {})
    return row.get("allow_choice_duplicates", "").lower() in YES


def _twice(listed: Sequence[tuple[int, Choice]], *, may_repeat: bool) -> Iterator[Fault]:
    """Refuse a name that a list has twice, unless it is one answer under two parents that a filter tells apart."""
    first: dict[str, tuple[int, Choice]] = {}
    for number, choice in listed:
        before, other = first.setdefault(choice.name, (number, choice))
        is_one = may_repeat and other.labels == choice.labels and other.columns != choice.columns
        if before != number and not is_one:
            yield Fault(FaultKind.CHOICE_TWICE, "choices", number, "name", choice.name, str(before))


def _separating(choices: Sequence[Choice]) -> frozenset[str]:
    """Name the columns in which choices of one name differ."""
    by_name: dict[str, Choice] = {}
    found: set[str] = set()
    for choice in choices:
        first = by_name.setdefault(choice.name, choice)
        found |= {key for key, _ in set(first.columns.items()) ^ set(choice.columns.items())}
    return frozenset(found)


# Rows


def _place(sheets: Sheets, form: _Form) -> None:
    """Walk the rows, opening and closing groups."""
    open_groups: list[_Group] = []
    for number, row in numbered(sheets.get("survey", [])):
        kind = row.get("type", "")
        if kind in _OPENING:
            _open(number, row, open_groups, form)
        elif kind in _OPENING.values():
            _close(number, kind, open_groups, form)
        else:
            _put(number, row, tuple(open_groups), form)
    for group in open_groups:
        form.fault(FaultKind.NOT_CLOSED, group.number, "type", group.name)


def _open(number: int, row: Row, open_groups: list[_Group], form: _Form) -> None:
    group = _Group(row.get("name", ""), row["type"], number, len(form.placed), row)
    if group.is_repeat and any(around.is_repeat for around in open_groups):
        form.fault(FaultKind.NESTED_REPEAT, number, "type", group.name)
    if any(around.is_battery for around in open_groups):
        form.fault(FaultKind.BATTERY, number, "type", group.type)
    _check_cells(number, row, group.type, form)
    open_groups.append(group)
    form.groups.append(group)


def _close(number: int, kind: str, open_groups: list[_Group], form: _Form) -> None:
    if not open_groups:
        form.fault(FaultKind.NOT_OPEN, number, "type", kind)
        return
    group = open_groups.pop()
    if _OPENING[group.type] != kind:
        form.fault(FaultKind.WRONG_END, number, "type", kind, f"{group.type} {group.name}".strip())


def _put(number: int, row: Row, groups: tuple[_Group, ...], form: _Form) -> None:
    """Take a row that asks, tells or computes; with `or_other` a question for the words follows it."""
    word, _, rest = row.get("type", "").partition(" ")
    list_name, _, other = rest.partition(" ")
    if word not in set(Kind) or bool(rest) != (word in CHOOSING) or (other and word == Kind.RANK):
        form.fault(FaultKind.TYPE if word else FaultKind.EMPTY, number, "type", row.get("type", ""))
        return
    one = _Placed(number, row, groups, row.get("name", ""), Kind(word), list_name, bool(other))
    _check_cells(number, row, one.kind, form)
    form.placed.append(one)
    if other:
        form.placed.append(_words_of_other(one, form.languages))


def _words_of_other(one: _Placed, languages: Iterable[str]) -> _Placed:
    labels = {f"label::{spellings.LANGUAGE_NAMES[language]}": _OTHER_QUESTIONS[language] for language in languages}
    row = {"relevant": f"selected(${{{one.name}}}, '{OTHER}')", **labels}
    if publish := one.row.get("kmzb::publish"):
        row["kmzb::publish"] = publish
    return _Placed(one.number, row, one.groups, f"{one.name}_{OTHER}", Kind.TEXT)


def _check_cells(number: int, row: Row, kind: str, form: _Form) -> None:
    """Check what stands in a row against what a row of its kind can say."""
    for column, allowed in _ONLY_FOR.items():
        if kind not in allowed and any(row[name] for name in row if spellings.base_of(name) == column):
            form.fault(FaultKind.NOT_HERE, number, column, kind)
    for word in row.get("appearance", "").split():
        if word not in APPEARANCES.get(kind, ()):
            allowed_words = " ".join(sorted(APPEARANCES.get(kind, ())))
            form.fault(FaultKind.APPEARANCE, number, "appearance", word, allowed_words)


def _check_names(form: _Form) -> None:
    """Names of questions and groups are one space: an answer, a page and a rule go by them."""
    named = [(one.number, one.name) for one in form.placed] + [(group.number, group.name) for group in form.groups]
    first: dict[str, int] = {}
    for number, name in sorted(named):
        if not name:
            form.fault(FaultKind.EMPTY, number, "name")
        elif len(name) > LONGEST_NAME or not _NAME.fullmatch(name) or name in RESERVED:
            form.fault(FaultKind.NAME, number, "name", name, str(LONGEST_NAME))
        elif name in first:
            form.fault(FaultKind.NAME_TWICE, number, "name", name, str(first[name]))
        first.setdefault(name, number)


def _check_templates(sheets: Sheets, form: _Form) -> None:
    """Refuse answers quoted in texts: we show texts as they are written."""
    for sheet in spellings.COLUMNS:
        for number, row in numbered(sheets.get(sheet, [])):
            for column, text in row.items():
                if "${" in text and spellings.base_of(column) in {*_translated(sheet), "form_title"}:
                    form.faults.append(Fault(FaultKind.TEMPLATE, sheet, number, column, text))


def _check_something_is_asked(form: _Form) -> None:
    if not any(one.kind in _ANSWERED for one in form.placed):
        form.fault(FaultKind.NOTHING_ASKED, 0, "")
    for group in form.groups:
        inside = [one for one in form.placed if group in one.groups]
        if group.is_repeat and not any(one.kind in _ANSWERED for one in inside):
            form.fault(FaultKind.NOTHING_ASKED, group.number, "type", group.name)


# Settings


def _settings(sheets: Sheets, form: _Form) -> dict[str, Texts]:
    rows = list(numbered(sheets.get("settings", [])))
    for number, _ in rows[1:]:
        form.faults.append(Fault(FaultKind.ONE_ROW, "settings", number))
    number, row = rows[0] if rows else (2, Row())
    default = row.get("default_language", "")
    if default and spellings.language_code(default) not in form.languages:
        known = ", ".join(form.languages)
        form.faults.append(Fault(FaultKind.LANGUAGE, "settings", number, "default_language", default, known))
    return {
        "title": _titles(row, form.languages),
        "intro": _texts(row, "kmzb::intro"),
        "thanks": _texts(row, "kmzb::thanks"),
        "closed": _texts(row, "kmzb::closed"),
    }


def _titles(row: Row, languages: Sequence[str]) -> Texts:
    """Give the title in each language; a form without any is called a survey."""
    titles = dict(_texts(row, "kmzb::title"))
    if title := row.get("form_title"):
        titles.setdefault(languages[0], title)
    return titles or {language: _TITLES[language] for language in languages}


# Questions


def _question(one: _Placed, place: int, form: _Form) -> Question:
    """Make a question of a row; what is wrong with it is noted, and a harmless value takes its place."""
    row = one.row
    question = Question(
        name=one.name,
        kind=one.kind,
        row=one.number,
        labels=_labels(one, form),
        hints=_texts(row, "hint"),
        required_messages=_texts(row, "required_message"),
        constraint_messages=_texts(row, "constraint_message"),
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
    return _with_rules(one, question, place, form)


def _labels(one: _Placed, form: _Form) -> Texts:
    labels = _texts(one.row, "label")
    if not labels and one.kind is not Kind.CALCULATE:
        form.fault(FaultKind.EMPTY, one.number, "label", one.name)
    return labels


def _choices(one: _Placed, form: _Form) -> tuple[Choice, ...]:
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


def _role(one: _Placed, form: _Form) -> Role | None:
    word = one.row.get("kmzb::role", "")
    if not word:
        return None
    if word not in set(Role):
        form.fault(FaultKind.ROLE, one.number, "kmzb::role", word, " ".join(Role))
        return None
    return Role(word)


def _check_role(one: _Placed, question: Question, form: _Form) -> None:
    if question.role is None:
        return
    if question.kind not in ROLES[question.role]:
        form.fault(FaultKind.ROLE, one.number, "kmzb::role", question.role, " ".join(sorted(ROLES[question.role])))
    elif question.role is Role.NPS and (question.low, question.high, question.step) != (0, 10, 1):
        form.fault(FaultKind.ROLE, one.number, "parameters", question.role, "start=0 end=10 step=1")


def _yes(one: _Placed, column: str, form: _Form) -> bool:
    word = one.row.get(column, "").lower()
    if word not in YES | NO:
        form.fault(FaultKind.VALUE, one.number, column, word, "yes no")
    return word in YES


def _publish(one: _Placed, form: _Form) -> str:
    """Say whether answers may be published; free words wait for a person unless the form says otherwise."""
    word = one.row.get("kmzb::publish", "").lower() or ("moderated" if one.kind is Kind.TEXT else "yes")
    if word not in PUBLISH:
        form.fault(FaultKind.VALUE, one.number, "kmzb::publish", word, " ".join(PUBLISH))
    return word


def _missing(one: _Placed, question: Question, form: _Form) -> frozenset[str]:
    codes = one.row.get("kmzb::missing", "").split()
    for code in codes:
        if question.choices and question.choice(code) is None:
            form.fault(FaultKind.MISSING, one.number, "kmzb::missing", code, one.list_name)
    return frozenset(codes)


def _check_default(one: _Placed, question: Question, form: _Form) -> None:
    """A default is an answer that stands there already, so it must be one."""
    if question.default and not _is_answer(question, question.default):
        form.fault(FaultKind.DEFAULT, one.number, "default", question.default)


def _is_answer(question: Question, text: str) -> bool:
    if question.kind in CHOOSING:
        words = text.split() if question.kind is not Kind.SELECT_ONE else [text]
        return all(question.choice(word) for word in words)
    if question.kind is Kind.DATE:
        return _DAY.fullmatch(text) is not None
    if question.kind is Kind.TEXT:
        return "${" not in text and len(text) <= question.limit
    return _NUMBER.fullmatch(text) is not None and (question.kind is not Kind.INTEGER or "." not in text)


def _check_battery(one: _Placed, form: _Form) -> None:
    """A battery has one set of answers: that of its first question."""
    group = next((group for group in one.groups if group.is_battery), None)
    if group is None:
        return
    first = next(other for other in form.placed if group in other.groups)
    if one.kind not in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE} or one.has_other or first.list_name != one.list_name:
        form.fault(FaultKind.BATTERY, one.number, "type", one.row.get("type", one.kind), first.row.get("type", ""))


# Parameters


def _with_parameters(one: _Placed, question: Question, form: _Form) -> Question:
    given = _given(one, form)
    if one.kind is Kind.RANGE:
        low, high, step = _range(one, given, form)
        return replace(question, low=low, high=high, step=step)
    return replace(question, limit=_limit(one, given, form)) if one.kind is Kind.TEXT else question


def _given(one: _Placed, form: _Form) -> dict[str, str]:
    """Read `start=0 end=10`; commas and semicolons may stand between."""
    text = one.row.get("parameters", "")
    given = {name.lower(): value for name, value in _PARAMETER.findall(text)}
    if _PARAMETER.sub("", text).strip(" ,;"):
        form.fault(FaultKind.PARAMETER, one.number, "parameters", text)
    allowed = {Kind.RANGE: ("start", "end", "step"), Kind.TEXT: ("max-length",)}.get(one.kind, ())
    for name in sorted(set(given) - set(allowed)):
        if allowed:
            form.fault(FaultKind.PARAMETER, one.number, "parameters", name, " ".join(allowed))
    return given


def _range(one: _Placed, given: Mapping[str, str], form: _Form) -> tuple[float, float, float]:
    """Read the ends of a range, by default 1 and 10 as in XLSForm."""
    texts = [given.get(name, default) for name, default in (("start", "1"), ("end", "10"), ("step", "1"))]
    low, high, step = (float(text) if _NUMBER.fullmatch(text) else 0.0 for text in texts)
    points = (high - low) / step + 1 if step > 0 else 0
    if not 2 <= points <= MOST_POINTS or abs(points - round(points)) > 1e-9:
        form.fault(FaultKind.RANGE, one.number, "parameters", one.row.get("parameters", ""), str(MOST_POINTS))
    return _whole(low), _whole(high), _whole(step)


def _whole(number: float) -> float:
    """Write 5.0 as 5, as it will stand beside an answer."""
    return int(number) if number.is_integer() else number


def _limit(one: _Placed, given: Mapping[str, str], form: _Form) -> int:
    text = given.get("max-length", str(TEXT_LIMIT))
    if not text.isdecimal() or not 1 <= int(text) <= TEXT_LIMIT:
        form.fault(FaultKind.PARAMETER, one.number, "parameters", text, f"max-length=1…{TEXT_LIMIT}")
        return TEXT_LIMIT
    return int(text)


# Rules


def _with_rules(one: _Placed, question: Question, place: int, form: _Form) -> Question:
    """Compile what a question is shown, required, checked, computed and filtered by."""
    relevant = [_group_rule(group, form) for group in one.groups] + [_rule(one, "relevant", place, form)]
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


def _required(one: _Placed, place: int, form: _Form) -> Expression | None:
    word = one.row.get("required", "").lower()
    if word in NO:
        return None
    return compiled("true()") if word in YES else _rule(one, "required", place, form)


def _group_rule(group: _Group, form: _Form) -> Expression | None:
    """Compile the condition of a group once, however many questions stand in it."""
    key = (f"{group.number}", "relevant")
    if key not in form.rules:
        form.rules[key] = _compiled(group.row, "relevant", group.number, form)
        _check_names_used(form.rules[key], group.number, "relevant", "", group.at, form)
    return form.rules[key]


def _rule(one: _Placed, column: str, place: int, form: _Form) -> Expression | None:
    if column not in one.row or one.kind not in _ONLY_FOR.get(column, {one.kind}):
        return None
    rule = _compiled(one.row, column, one.number, form)
    _check_names_used(rule, one.number, column, one.name, place, form)
    if rule is not None and rule.words and column != "choice_filter":
        form.fault(FaultKind.SYNTAX, one.number, column, rule.source, min(rule.words))
    return rule


def _compiled(row: Row, column: str, number: int, form: _Form) -> Expression | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        return compiled(text, form.dates)
    except ExpressionRefused as error:
        kind = _REASONS.get(error.reason, FaultKind.SYNTAX)
        form.fault(kind, number, column, text, error.detail)
        return None


def _check_names_used(rule: Expression | None, number: int, column: str, own: str, place: int, form: _Form) -> None:
    """A rule may speak of earlier questions only; a constraint also of its own."""
    for name in sorted(rule.names if rule else ()):
        if name == own:
            if column != "constraint":
                form.fault(FaultKind.ITSELF, number, column, name)
        elif (fault := _fault_of_name(name, place, form)) is not None:
            form.fault(fault[0], number, column, name, fault[1])


def _fault_of_name(name: str, place: int, form: _Form) -> tuple[FaultKind, str] | None:
    other = form.known.get(name)
    if other is None or other.kind is Kind.NOTE:
        return FaultKind.UNKNOWN_NAME, "".join(get_close_matches(name, form.known, 1))
    if form.places[name] >= place:
        return FaultKind.LATER, str(other.number)
    here = form.placed[place].repeat if place < len(form.placed) else ""
    return (FaultKind.IN_REPEAT, other.repeat) if other.repeat and other.repeat != here else None


def _check_filter(one: _Placed, question: Question, rule: Expression | None, form: _Form) -> None:
    """A filter compares columns of the list; choices of one name need one that tells them apart."""
    if rule is not None:
        _check_filter_columns(one, question, rule, form)
    repeated = [name for name, count in Counter(choice.name for choice in question.choices).items() if count > 1]
    if repeated and (rule is None or not rule.words & _separating(question.choices)):
        form.fault(FaultKind.CHOICE_TWICE, one.number, "choice_filter", repeated[0], one.list_name)


def _check_filter_columns(one: _Placed, question: Question, rule: Expression, form: _Form) -> None:
    columns = {"name"}.union(*(choice.columns for choice in question.choices))
    for word in sorted(rule.words - columns):
        form.fault(FaultKind.UNKNOWN_COLUMN, one.number, "choice_filter", word, one.list_name)
    if one.has_other:
        form.fault(FaultKind.NOT_HERE, one.number, "choice_filter", "or_other")


# Groups


def _repeat(group: _Group, form: _Form) -> Repeat:
    text = group.row.get("kmzb::max", "")
    most = int(text) if text.isdecimal() else 0
    if not 1 <= most <= MOST_REPEATS:
        form.fault(FaultKind.MOST if text else FaultKind.EMPTY, group.number, "kmzb::max", text, str(MOST_REPEATS))
    around = next((one.groups for one in form.placed if group in one.groups), ())
    rules = [_group_rule(other, form) for other in around[: around.index(group) + 1]] if around else []
    return Repeat(group.name, _texts(group.row, "label"), most, tuple(rule for rule in rules if rule is not None))


def _battery(group: _Group) -> Battery:
    return Battery(group.name, _texts(group.row, "label"), _texts(group.row, "hint"))


def _blocks(questions: Sequence[Question], form: _Form, repeats: Mapping[str, Repeat]) -> Iterator[paging.Block]:
    """Cut the form where a top group or a repeat begins or ends."""
    for place, (question, one) in enumerate(zip(questions, form.placed, strict=True)):
        top = one.groups[0] if one.groups else None
        repeat = next((group for group in one.groups if group.is_repeat), None)
        labels = _texts(repeat.row, "label") if repeat else {}
        labels = labels or (_texts(top.row, "label") if top else {})
        key = (top.name if top else "", repeat.name if repeat else "")
        yield paging.Block(key, labels, question, repeats.get(one.repeat), _headings(one, place, form))


def _headings(one: _Placed, place: int, form: _Form) -> tuple[Question, ...]:
    """Give the headings of groups inside a group that begin with this question, as notes."""
    inner = [group for group in one.groups[1:] if not group.is_battery and not group.is_repeat and group.at == place]
    return tuple(_heading(group, one, form) for group in inner if _texts(group.row, "label"))


def _heading(group: _Group, one: _Placed, form: _Form) -> Question:
    around = one.groups[: one.groups.index(group) + 1]
    rules = tuple(rule for rule in (_group_rule(other, form) for other in around) if rule is not None)
    return Question(
        name=group.name,
        kind=Kind.NOTE,
        row=group.number,
        labels=_texts(group.row, "label"),
        hints=_texts(group.row, "hint"),
        relevant=rules,
        repeat=one.repeat,
        depends_on=frozenset(name for rule in rules for name in rule.names),
    )


# What is not translated yet


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
