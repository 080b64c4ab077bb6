"""Official figures from a page: a file is held, shown as what it would change, and taken when its reader says yes.

The file waits on disk under the key of its form and the account that sent it, for a day. What is taken is named by a
digest of all that was shown, so that nothing else is written when the database says another thing by then.
"""

import json
from dataclasses import dataclass
from datetime import date

from consult.accounts.models import Account
from consult.attachments import operations as files
from consult.attachments import queries as held_files
from consult.db import apart
from consult.districts.official import FigureKind
from consult.police_records import operations
from consult.police_records.operations import Origin, Plan

SOURCE = "police_records.import_figures"


class Gone(Exception):
    """The file does not wait any more: its day is over, or it never came."""


class Changed(Exception):
    """What would be written now is not what was shown."""


@dataclass(frozen=True)
class Held:
    """A file that waits, with what its reader said of it."""

    kind: FigureKind
    origin: Origin
    content: bytes


def hold(
    author: Account, *, key: str, kind: str, content: bytes, name: str, source: str, updated_on: date | None
) -> None:
    """Let a file wait for its reader's word. Raises OSError when the disk refuses."""
    said = {"kind": kind, "name": name, "source": source, "updated_on": updated_on and updated_on.isoformat()}
    files.lay_aside(SOURCE, _owner(author, key), json.dumps(said).encode() + b"\n" + content)


def planned(author: Account, key: str) -> Plan:
    """Say all that the waiting file would change; raises Gone or FileRefused."""
    held = _held(author, key)
    return operations.plan(held.content, held.kind, held.origin)


def enter(author: Account, key: str, digest: str) -> Plan:
    """Take what was shown, wholly; the file is read before anybody else has to wait.

    Raises Gone, FileRefused, Changed.
    """
    held = _held(author, key)
    read = operations.begun(held.content, held.kind)
    figures = list(read.figures())
    with apart():
        plan = operations.enter(read, figures, held.origin)
        if plan.writes and plan.digest != digest:
            raise Changed
    return plan


def _held(author: Account, key: str) -> Held:
    waiting = held_files.laid_aside(SOURCE, _owner(author, key))
    if waiting is None:
        raise Gone
    line, _end, content = waiting.partition(b"\n")
    said = json.loads(line)
    day = date.fromisoformat(said["updated_on"]) if said["updated_on"] else None
    origin = Origin(said["name"], said["source"], day, author.id, author.scope)
    return Held(FigureKind(said["kind"]), origin, content)


def _owner(author: Account, key: str) -> str:
    return f"{author.id} {key}"
