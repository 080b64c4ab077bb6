"""The chain of the trail: each entry carries a digest of what it says and of the entry before it.

Whoever changes, removes or inserts an entry has to make every later one anew; heads that were noted elsewhere (anchors)
tell on whoever does.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

START = "0" * 64
"""What the first entry follows."""

SHOWN = 8
"""So many digits of a digest stand where people read it, and so many at least make an anchor."""

_PLAIN_ANCHOR = re.compile(rf"(\d{{1,18}})(?:\s*[:,]\s+|\s+)([0-9a-f]{{{SHOWN},64}})…?", re.ASCII)


class Entry(Protocol):
    """What an entry says."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> int: ...
    @property
    def act(self) -> str: ...
    @property
    def object_kind(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def detail(self) -> dict[str, Any]: ...


class Chained(Entry, Protocol):
    """An entry with its place in the chain."""

    @property
    def id(self) -> int: ...
    @property
    def prev(self) -> str: ...
    @property
    def hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Head:
    """Where the trail stands: the number of its last entry, and that entry's digest or the beginning of it."""

    number: int
    digest: str

    @property
    def short(self) -> str:
        """The beginning of the digest, for people."""
        return self.digest[:SHOWN]

    @property
    def record(self) -> dict[str, Any]:
        """The head as plain JSON."""
        return {"entry": self.number, "digest": self.digest}


BEGINNING = Head(0, START)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at the chain came to: up to where it is whole, and the first entry that is not as it was written."""

    checked: int
    head: Head
    broken_at: int | None = None
    sure_until: int = 0
    """The last entry known to be as it was written; where only an anchor differs, the first touched one comes later."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return self.broken_at is None


def plain(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Write details as both databases give them back: plain JSON with names as text."""
    made: dict[str, Any] = json.loads(json.dumps(detail, allow_nan=False))
    return made


def digest_of(number: int, entry: Entry, prev: str) -> str:
    """Give the SHA-256 of an entry and of what it follows, as canonical JSON: keys in order, no spaces, UTF-8."""
    facts = {
        "id": number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": entry.actor_id,
        "act": entry.act,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "unit_path": entry.unit_path,
        "detail": _whole(entry.detail),
        "prev": prev,
    }
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _whole(value: Any) -> Any:
    """Write 2.0 and 1e16 as whole numbers: PostgreSQL keeps the digits that were written and not their form."""
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value


def verify(entries: Iterable[Chained], anchors: Iterable[Head] = (), since: Head = BEGINNING) -> Verdict:
    """Follow the chain from a head on, entry by entry, past anchors."""
    waiting = sorted((anchor for anchor in anchors if anchor.number > since.number), key=lambda one: -one.number)
    last, checked, sure = since, 0, since.number
    for entry in entries:
        broken_at = _broken_at(entry, last)
        if broken_at is not None:
            return Verdict(checked, last, broken_at, last.number)
        last, checked = Head(entry.id, entry.hash), checked + 1
        while waiting and waiting[-1].number <= last.number:
            anchor = waiting.pop()
            if anchor.number != last.number or not last.digest.startswith(anchor.digest):
                return Verdict(checked, last, anchor.number, sure)
            sure = anchor.number
    if waiting:
        return Verdict(checked, last, last.number + 1, last.number)
    return Verdict(checked, last, sure_until=last.number)


def _broken_at(entry: Chained, last: Head) -> int | None:
    """Name the entry that is not as it was written: this one, or the first that is missing before it."""
    is_itself = digest_of(entry.id, entry, entry.prev) == entry.hash
    if entry.prev == last.digest:
        return None if is_itself else entry.id
    return last.number + 1 if is_itself and entry.id > last.number + 1 else entry.id


class AnchorRefused(ValueError):
    """A line of a file with anchors is none; the text is its number."""


def anchor_line(head: Head, at: datetime) -> str:
    """Write a head as a line to be kept elsewhere."""
    return json.dumps({"at": at.astimezone(UTC).isoformat(timespec="seconds"), **head.record})


def anchors_in(lines: Iterable[str]) -> list[Head]:
    """Read lines with anchors: as they were printed, or an entry's number and the beginning of its digest.

    Empty lines and those that begin with # say nothing. Raises AnchorRefused.
    """
    told = ((number, line.strip()) for number, line in enumerate(lines, 1))
    return [_anchor(number, line) for number, line in told if line and not line.startswith("#")]


def _anchor(number: int, line: str) -> Head:
    if match := _PLAIN_ANCHOR.fullmatch(line.lower()):
        return Head(int(match[1]), match[2])
    try:
        record = json.loads(line)
        return _anchor(number, f"{record['entry']} {record['digest']}")
    except (ValueError, KeyError, TypeError) as problem:
        raise AnchorRefused(str(number)) from problem
