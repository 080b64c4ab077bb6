"""What staff can ask to be done in the background: a kind of task says how a part is done and how it is told."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """What a task was asked with, and by whom."""

    number: int
    details: Mapping[str, Any]
    asked_by_id: int
    unit_path: str


@dataclass(frozen=True)
class Result:
    """What became of a part: a code that the kind has words for, and whether the part could not be done."""

    told: str
    is_refused: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of task.

    `begin` holds what all parts need, and gives what does the part of a name. That is repeated when a process died in
    the middle: what it writes to the database is committed together with the part's mark, and what it writes
    elsewhere, or commits itself, has to be found again. It asks anew what the asker may do, for rights end. A part
    takes a quarter of an hour at most (`working.MOST_SIGNS`), and on SQLite holds the one write lock for seconds only.

    `title` words a task by its details, `words` what became of parts, `leads_to` gives label and address of where the
    results are.
    """

    name: str
    begin: Callable[[Asked], AbstractContextManager[Callable[[str], Result]]]
    title: Callable[[Mapping[str, Any]], str]
    words: Mapping[str, Any]
    leads_to: Callable[[Mapping[str, Any]], tuple[str, str]]
