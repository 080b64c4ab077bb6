"""One at a time: whoever joins voices or changes a threat waits until whoever came first is done."""

import zlib

from consult.db import take_turn


def alone(group_code: str) -> None:
    """Let nobody else change threats of a group until this transaction ends; SQLite has one writer anyway.

    Two voices at once would each count without the other, or begin two threats at one spot; two clicks at once would
    each write a check.
    """
    take_turn(zlib.crc32(f"joining {group_code}".encode()))
