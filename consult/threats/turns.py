"""One at a time, and once: whoever joins voices or changes a threat waits until whoever came first is done."""

import zlib
from typing import TypeVar

from consult.db import take_turn
from consult.web.errors import Conflict


class KeyOfAnother(Conflict):
    """What was written with this key of a form is about something else, or of somebody else."""


Written = TypeVar("Written")


def of_this(written: Written | None, **facts: object) -> Written | None:
    """Give what was written with a form's key before, so that two clicks are one.

    Raises KeyOfAnother when it is not of these facts: nobody is told that something was done which was not.
    """
    if written is not None and any(getattr(written, name) != value for name, value in facts.items()):
        raise KeyOfAnother
    return written


def alone(group_code: str) -> None:
    """Let nobody else change threats of a group until this transaction ends; SQLite has one writer anyway.

    Two voices at once would each count without the other, or begin two threats at one spot; two clicks at once would
    each write a check.
    """
    take_turn(zlib.crc32(f"joining {group_code}".encode()))
