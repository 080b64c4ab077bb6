"""One at a time: whoever joins voices or changes a threat waits until whoever came first is done."""

import zlib

from sqlalchemy import func, select

from consult.db import db, is_sqlite


def alone(group_code: str) -> None:
    """Let nobody else change threats of a group until this transaction ends; SQLite has one writer anyway.

    Two voices at once would each count without the other, or begin two threats at one spot; two clicks at once would
    each write a check.
    """
    if not is_sqlite():
        key = zlib.crc32(f"joining {group_code}".encode())
        db.session.execute(select(func.pg_advisory_xact_lock(key)))
