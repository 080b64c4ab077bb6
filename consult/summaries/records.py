"""A summary read back from its .json: the same object that was printed, so that a page shows what was published.

Editions written before a figure was added lack it: what has a default is then that. Anything else that is missing or of
another kind is refused, since a figure that is guessed is worse than none.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from consult.summaries.figures import KEY_FIGURES, CategoryRow, Summary
from consult.threats.workflow import Status


class RecordRefused(ValueError):
    """The data file holds no summary as it is written today; the text names the first place that differs."""


def summary_of(record: Any) -> Summary:
    """Make a summary from its plain JSON (`Summary.record`). Raises RecordRefused."""
    found = _read(Summary, record, "summary")
    assert isinstance(found, Summary)
    return _in_order(found)


def _in_order(summary: Summary) -> Summary:
    """Put what is known by names in the order in which it is counted: the data file has names in alphabetical order."""
    order = {key: place for place, key in enumerate(KEY_FIGURES)}
    figures = sorted(summary.key_figures.items(), key=lambda entry: order.get(entry[0], len(order)))
    waiting = (
        replace(row, done=dict(sorted(row.done.items(), key=lambda entry: int(entry[0])))) for row in summary.waiting
    )
    categories = (_with_states_in_order(row) for row in summary.categories)
    total = _with_states_in_order(summary.total)
    return replace(
        summary, key_figures=dict(figures), waiting=tuple(waiting), categories=tuple(categories), total=total
    )


def _with_states_in_order(row: CategoryRow) -> CategoryRow:
    known = {str(status): row.statuses[status] for status in Status if status in row.statuses}
    return replace(row, statuses={**known, **row.statuses})


def _read(kind: Any, value: Any, where: str) -> Any:
    """Read a value as a kind of the figures: a dataclass, a tuple, a mapping, one that may be None, or a plain one."""
    if is_dataclass(kind):
        return _dataclass(kind, value, where)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        (inner,) = (part for part in get_args(kind) if part is not types.NoneType)
        return None if value is None else _read(inner, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(get_args(kind)[0], entry, f"{where}[{place}]") for place, entry in enumerate(value))
    if origin is dict and isinstance(value, Mapping):
        return {key: _read(get_args(kind)[1], entry, f"{where}.{key}") for key, entry in value.items()}
    return _plain(kind, value, where)


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise RecordRefused(where)
    hints = _hints(kind)
    known = [field for field in fields(kind) if field.name in value]
    missing = [field.name for field in fields(kind) if field.name not in value and not _has_default(field)]
    if missing:
        raise RecordRefused(f"{where}.{missing[0]}")
    return kind(**{one.name: _read(hints[one.name], value[one.name], f"{where}.{one.name}") for one in known})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _plain(kind: Any, value: Any, where: str) -> Any:
    """Read a day, a code, a number or a text; yes and no are no numbers."""
    try:
        if kind is date:
            return date.fromisoformat(value)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind(value)
    except (TypeError, ValueError) as error:
        raise RecordRefused(where) from error
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise RecordRefused(where)
    return value
