"""Writing attachments: holding what was chosen until its form is sent, giving it to its owner, and erasing it.

Files and rows cannot be written in one transaction. So a file is on disk before its row is written, and is taken off
after its row says that it is gone; what a broken transaction leaves behind is found by `sweep_orphans`.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from errno import ENOSPC

from sqlalchemy import delete, select, update

from consult.attachments import queries
from consult.attachments.folder import Held
from consult.attachments.models import Attachment
from consult.attachments.sifting import MOST_FILES, Kind, Sifted
from consult.clock import now
from consult.db import db, transaction

HELD_FOR = timedelta(days=1)
"""How long a file waits for its form, and how long one without a row is left alone: its row may be under way."""

BATCH = 500


def hold(source: str, source_key: str, files: Iterable[Sifted]) -> None:
    """Let files wait for their form. Raises OSError when the disk refuses."""
    folder, owner = queries.folder(), queries.owner_of(source, source_key)
    for sifted in files:
        folder.hold(owner, sifted)


def lay_aside(source: str, source_key: str, content: bytes) -> None:
    """Keep a file that will only be read until its reader says yes, for a day. Raises OSError when the disk refuses."""
    folder = queries.folder()
    if not folder.has_room():
        raise OSError(ENOSPC, "the disk is nearly full")
    folder.lay_aside(queries.owner_of(source, source_key), content)


def drop(source: str, source_key: str, digests: Collection[str]) -> None:
    """Take back files that wait."""
    for one in queries.held(source, source_key):
        if one.digest in digests:
            one.path.unlink(missing_ok=True)


class TooManyFiles(Exception):
    """An owner has as many files as it may have; nothing was added."""


def bind(
    source: str, source_key: str, *, owner_key: str | None = None, most: int = MOST_FILES, first: int = 1
) -> list[Attachment]:
    """Give an owner what waited under a key, and tell what that was; the key is the owner's own if no other is named.

    An owner that files are added to more than once says how many it may have, and the position of the next one. What it
    has already is not added again; raises TooManyFiles before anything is. What waited stays where it was, in case the
    transaction fails, and is swept later.
    """
    owner = owner_key or source_key
    known = {one.digest for one in queries.of(source, owner)}
    new = [one for one in queries.held(source, source_key)[:MOST_FILES] if one.digest not in known]
    if len(known) + len(new) > most:
        raise TooManyFiles
    added = [_kept(one, source, owner, position) for position, one in enumerate(new, first)]
    db.session.add_all(added)
    return added


def _kept(one: Held, source: str, owner: str, position: int) -> Attachment:
    name = secrets.token_hex(16)
    queries.folder().keep(one.kind, name, one.path.read_bytes())
    facts = {"kind": one.kind, "digest": one.digest, "size_bytes": one.size_bytes, "added_at": now()}
    return Attachment(name=name, source=source, source_key=owner, position=position, **facts)


def erase(source: str, source_key: str) -> None:
    """Erase everything of an owner: nobody sees it from now on, and the disk forgets it within minutes."""
    own = (Attachment.source == source, Attachment.source_key == source_key, Attachment.gone_at.is_(None))
    db.session.execute(update(Attachment).where(*own).values(gone_at=now()))
    queries.folder().let_go(queries.owner_of(source, source_key))


def erase_file(name: str) -> None:
    """Erase one file: nobody sees it from now on, and the disk forgets it within minutes."""
    db.session.execute(update(Attachment).where(Attachment.name == name).values(gone_at=now()))


def sweep_gone(at: datetime) -> tuple[int, int]:
    """Take erased files off the disk, and what has waited too long; count both. Commits for each file."""
    folder = queries.folder()
    chosen = select(Attachment.id, Attachment.kind, Attachment.name).where(Attachment.gone_at.is_not(None))
    gone = db.session.execute(chosen.limit(BATCH)).all()
    for row in gone:
        folder.remove(row.kind, row.name)
        with transaction():
            db.session.execute(delete(Attachment).where(Attachment.id == row.id))
    return len(gone), folder.forget_held((at - HELD_FOR).timestamp())


def sweep_orphans(at: datetime) -> int:
    """Take files off the disk that no row speaks of: their transaction failed."""
    folder, swept = queries.folder(), 0
    for kind in Kind:
        names = list(folder.names(kind, (at - HELD_FOR).timestamp()))
        for start in range(0, len(names), BATCH):
            part = names[start : start + BATCH]
            known = set(db.session.scalars(select(Attachment.name).where(Attachment.name.in_(part))))
            for name in set(part) - known:
                folder.remove(kind, name)
                swept += 1
    db.session.rollback()
    return swept
