"""The rows of a questionnaire in their groups and repeats, before anything is known of their rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from surveys import spellings
from surveys.expressions import Expression
from surveys.faults import Fault, FaultKind
from surveys.questions import CHOOSING, PLACES, Choice, Kind
from surveys.sheets import Row, Sheets, numbered

LONGEST_NAME = 40
OTHER = "other"
RESERVED = frozenset({"meta", "instanceID", "csrf_token"})
APPEARANCES: Mapping[str, frozenset[str]] = {
    "begin_group": frozenset({"field-list", "table-list"}),
    "begin_repeat": frozenset({"field-list"}),
    Kind.SELECT_ONE: frozenset({"likert", "horizontal", "minimal"}),
    Kind.SELECT_MULTIPLE: frozenset({"horizontal", "minimal"}),
    Kind.TEXT: frozenset({"multiline"}),
    **dict.fromkeys(PLACES, frozenset({"placement-map", "maps"})),
}
"""The looks that each kind of row can have."""

ANSWERED = frozenset(Kind) - {Kind.NOTE, Kind.CALCULATE}
ONLY_FOR: Mapping[str, frozenset[str]] = {
    "required": ANSWERED,
    "required_message": ANSWERED,
    "constraint": ANSWERED,
    "constraint_message": ANSWERED,
    "default": ANSWERED - PLACES,
    "calculation": frozenset({Kind.CALCULATE}),
    "choice_filter": CHOOSING,
    "parameters": frozenset({Kind.RANGE, Kind.TEXT}),
    "kmzb::role": ANSWERED,
    "kmzb::publish": ANSWERED,
    "kmzb::missing": frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE}),
    "kmzb::reverse": frozenset({Kind.SELECT_ONE, Kind.RANGE}),
    "kmzb::max": frozenset({"begin_repeat"}),
}
"""Columns that say something only about some kinds of rows."""

_OPENING = {"begin_group": "end_group", "begin_repeat": "end_repeat"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER_QUESTIONS = {"pl": "Jaka?", "en": "Which one?", "uk": "Яка саме?"}


@dataclass(frozen=True)
class Group:
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
class Placed:
    """A row that asks, tells or computes, and the groups around it, the outermost first."""

    number: int
    row: Row
    groups: tuple[Group, ...]
    name: str
    kind: Kind
    list_name: str = ""
    has_other: bool = False

    @property
    def repeat(self) -> str:
        return next((group.name for group in self.groups if group.is_repeat), "")


@dataclass
class Form:
    """What is known of a questionnaire while it is read, and what was found wrong with it."""

    languages: tuple[str, ...]
    may_repeat: bool = False
    faults: list[Fault] = field(default_factory=list)
    lists: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    unasked: set[str] = field(default_factory=set)
    rules: dict[tuple[str, str], Expression | None] = field(default_factory=dict)

    def fault(self, kind: FaultKind, number: int, column: str, value: str = "", detail: str = "") -> None:
        self.faults.append(Fault(kind, "survey", number, column, value, detail))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each question stands; of two with one name the first."""
        return {one.name: place for place, one in reversed(list(enumerate(self.placed)))}

    @cached_property
    def known(self) -> dict[str, Placed]:
        return {name: self.placed[place] for name, place in self.places.items()}


def place_rows(sheets: Sheets, form: Form) -> None:
    """Walk the rows, opening and closing groups."""
    open_groups: list[Group] = []
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


def _open(number: int, row: Row, open_groups: list[Group], form: Form) -> None:
    group = Group(row.get("name", ""), row["type"], number, len(form.placed), row)
    if group.is_repeat and any(around.is_repeat for around in open_groups):
        form.fault(FaultKind.NESTED_REPEAT, number, "type", group.name)
    if any(around.is_battery for around in open_groups):
        form.fault(FaultKind.BATTERY, number, "type", group.type)
    _check_cells(number, row, group.type, form)
    open_groups.append(group)
    form.groups.append(group)


def _close(number: int, kind: str, open_groups: list[Group], form: Form) -> None:
    if not open_groups:
        form.fault(FaultKind.NOT_OPEN, number, "type", kind)
        return
    group = open_groups.pop()
    if _OPENING[group.type] != kind:
        form.fault(FaultKind.WRONG_END, number, "type", kind, f"{group.type} {group.name}".strip())


def _put(number: int, row: Row, groups: tuple[Group, ...], form: Form) -> None:
    """Take a row that asks, tells or computes; with `or_other` a question for the words follows it."""
    word, _, rest = row.get("type", "").partition(" ")
    list_name, _, other = rest.partition(" ")
    if word not in set(Kind) or bool(rest) != (word in CHOOSING) or (other and word == Kind.RANK):
        form.fault(FaultKind.TYPE if word else FaultKind.EMPTY, number, "type", row.get("type", ""))
        form.unasked.add(row.get("name", ""))
        return
    one = Placed(number, row, groups, row.get("name", ""), Kind(word), list_name, bool(other))
    _check_cells(number, row, one.kind, form)
    form.placed.append(one)
    if other:
        form.placed.append(_words_of_other(one, form.languages))


def _words_of_other(one: Placed, languages: Iterable[str]) -> Placed:
    labels = {f"label::{spellings.LANGUAGE_NAMES[language]}": _OTHER_QUESTIONS[language] for language in languages}
    row = {"relevant": f"selected(${{{one.name}}}, '{OTHER}')", **labels}
    if publish := one.row.get("kmzb::publish"):
        row["kmzb::publish"] = publish
    return Placed(one.number, row, one.groups, f"{one.name}_{OTHER}", Kind.TEXT)


def _check_cells(number: int, row: Row, kind: str, form: Form) -> None:
    """Check what stands in a row against what a row of its kind can say."""
    for column, allowed in ONLY_FOR.items():
        if kind not in allowed and any(row[name] for name in row if spellings.base_of(name) == column):
            form.fault(FaultKind.NOT_HERE, number, column, kind)
    for word in row.get("appearance", "").split():
        if word not in APPEARANCES.get(kind, ()):
            allowed_words = " ".join(sorted(APPEARANCES.get(kind, ())))
            form.fault(FaultKind.APPEARANCE, number, "appearance", word, allowed_words)


def check_names(form: Form) -> None:
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
