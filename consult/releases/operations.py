"""Writing releases: once, with a digest, and never again."""

import zlib
from collections.abc import Mapping
from datetime import date

from consult.audit import operations as audit
from consult.audit import queries as audit_trail
from consult.clock import now
from consult.db import db, take_turn
from consult.releases import queries
from consult.releases.models import Release, ReleaseKind
from consult.releases.sealing import Record, digest_of, written

RELEASING = zlib.crc32(b"releases")
"""Who writes a release waits for whoever writes another one: so neither reads what the other is about to publish."""


class AlreadyReleased(Exception):
    """The figures of this subject and day are published; they stay as they are."""


def take_the_turn() -> None:
    """Wait until nobody else is releasing, before the last release is read."""
    take_turn(RELEASING)


def write(
    kind: ReleaseKind,
    subject: str,
    cutoff_on: date,
    record: Record,
    *,
    titles: Mapping[str, str] | None = None,
    bases: Mapping[str, int] | None = None,
    actor_id: int = audit.MACHINE,
) -> Release:
    """Publish figures that everybody may see. Raises AlreadyReleased."""
    take_the_turn()
    last = queries.latest(kind, subject)
    if last is not None and last.cutoff_on >= cutoff_on:
        raise AlreadyReleased(f"{subject}: {last.cutoff_on}")
    text, trail = written(record), audit_trail.head()
    made = Release(
        kind=kind,
        subject=subject,
        cutoff_on=cutoff_on,
        created_at=now(),
        digest=digest_of(text),
        titles=dict(titles or {}),
        figures=text,
        bases=dict(bases or {}),
        trail_entry=trail.number if trail else None,
        trail_digest=trail.digest if trail else None,
    )
    db.session.add(made)
    db.session.flush()
    audit.note(actor_id, "write_release", "release", made.id, kind=kind.value, subject=subject, digest=made.digest)
    return made
