"""The answers to choose from, in their lists."""

import re
from collections.abc import Iterator, Sequence

from surveys import spellings
from surveys.columns import texts
from surveys.faults import Fault, FaultKind
from surveys.outline import Form
from surveys.questions import Choice
from surveys.rules import YES
from surveys.sheets import Row, Sheets, numbered

_CHOICE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def lists(sheets: Sheets, form: Form) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, list[tuple[int, Choice]]] = {}
    for number, row in numbered(sheets.get("choices", [])):
        if not row.get("list_name"):
            form.faults.append(Fault(FaultKind.EMPTY, "choices", number, "list_name"))
        elif choice := _choice(number, row, form):
            lists.setdefault(row["list_name"], []).append((number, choice))
    for listed in lists.values():
        form.faults += _twice(listed, may_repeat=form.may_repeat)
    return {name: tuple(choice for _, choice in listed) for name, listed in lists.items()}


def may_repeat(sheets: Sheets) -> bool:
    row = next((row for _, row in numbered(sheets.get("settings", []))), {})
    return row.get("allow_choice_duplicates", "").lower() in YES


def _choice(number: int, row: Row, form: Form) -> Choice | None:
    name, labels = row.get("name", ""), texts(row, "label")
    if not _CHOICE_NAME.fullmatch(name):
        kind = FaultKind.CHOICE_NAME if name else FaultKind.EMPTY
        form.faults.append(Fault(kind, "choices", number, "name", name))
    if not labels:
        form.faults.append(Fault(FaultKind.EMPTY, "choices", number, "label", name))
    columns = {column: text for column, text in row.items() if spellings.base_of(column) not in spellings.CHOICES}
    return Choice(name, labels, columns) if name else None


def _twice(listed: Sequence[tuple[int, Choice]], *, may_repeat: bool) -> Iterator[Fault]:
    """Refuse a name that a list has twice, unless it is one answer under two parents that a filter tells apart."""
    first: dict[str, tuple[int, Choice]] = {}
    for number, choice in listed:
        before, other = first.setdefault(choice.name, (number, choice))
        is_one = may_repeat and other.labels == choice.labels and other.columns != choice.columns
        if before != number and not is_one:
            yield Fault(FaultKind.CHOICE_TWICE, "choices", number, "name", choice.name, str(before))
