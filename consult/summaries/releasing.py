"""Releasing summaries: somebody looks at a draft, the head of the unit releases it, then everybody reads it.

That it is released is written down and committed before the files move to where everybody reads them, so that nothing
is public of which nobody could say who released it. Whatever comes between leaves files that `settle` moves later.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from consult.accounts.models import Account
from consult.audit import operations as audit
from consult.clock import now
from consult.db import db, take_turn
from consult.documents.rendering import Renderer
from consult.summaries import published, shelf, versions
from consult.summaries.figures import Summary
from consult.summaries.models import SummaryVersion
from consult.summaries.operations import (
    WRITING,
    files_released,
    files_waiting,
    issue_of,
    last_version,
    sheets_of,
    shelf_folder,
)
from consult.summaries.printing import Sheets
from consult.summaries.records import summary_of
from consult.summaries.shelf import Files, Slot

REASON_LENGTH = 300


class NotReleasable(Exception):
    """The draft cannot be released; subclasses say why."""


class AlreadyReleased(NotReleasable):
    """Somebody has released it."""


class NotLookedAt(NotReleasable):
    """Nobody has looked at it."""


class NoReason(NotReleasable):
    """It replaces a version that everybody has read, and nobody says what was wrong with that one."""


class ChangedSinceSeen(NotReleasable):
    """It was written again since the page was shown, or its files are not those that were written."""


class Outdated(NotReleasable):
    """Another version was released meanwhile, or the map is another by now: it has to be written again."""


def look(account: Account, version: SummaryVersion, seen: str) -> None:
    """Note that somebody has looked at a draft. Raises AlreadyReleased and ChangedSinceSeen."""
    _hold(version, seen)
    if version.looked_at is None:
        _note_look(account, version)


def release(
    head: Account,
    version: SummaryVersion,
    *,
    seen: str,
    because: str = "",
    looked: bool = False,
    by_command: bool = False,
) -> None:
    """Release a draft so that everybody reads it; commits. Raises NotReleasable.

    `seen` is the digest of the document that was shown. Who has `looked` at it says so with the same press.
    """
    because = because or version.because
    if version.is_correction and not because:
        raise NoReason
    again = _printed_again(version, because) if because != version.because else None
    _hold(version, seen)
    if looked and version.looked_at is None:
        _note_look(head, version)
    if version.looked_at is None:
        raise NotLookedAt
    _check(version)
    if again is not None:
        _put_again(version, again)
    _adopt(versions.slot_of(version))
    version.released_at, version.released_by_id, version.released_by = now(), head.id, head.function
    detail = {"period": version.period, "language": version.language, "version": version.number}
    actor_id = audit.MACHINE if by_command else head.id
    decided = {"decided_by": head.id} if by_command else {}
    audit.note(actor_id, "release", "summary", version.district_code, head.scope, **detail, **decided)
    db.session.commit()  # nothing is public of which nobody could say who released it
    settle(version)


def settle(version: SummaryVersion) -> bool:
    """Move the files of a released version to where everybody reads them; False when they are there already."""
    slot = versions.slot_of(version)
    waiting, public = files_waiting(slot, version.stem), files_released(slot, version.stem)
    if not waiting.are_whole or _digest(waiting) != version.pdf_digest:
        return False
    _keep_earlier(slot, version)
    archival = waiting.archival.read_bytes() if waiting.archival.is_file() else None
    shelf.put(public.folder, public.stem, waiting.pdf.read_bytes(), waiting.data.read_bytes(), archival)
    waiting.remove()
    return True


def unsettled(found: Iterable[SummaryVersion]) -> list[SummaryVersion]:
    """List released versions whose files still wait: a process died between its release and their move."""
    return [
        version
        for version in found
        if version.is_released and files_waiting(versions.slot_of(version), version.stem).are_whole
    ]


def _keep_earlier(slot: Slot, version: SummaryVersion) -> None:
    """Keep what everybody has read so far under its number."""
    path = slot.find(shelf_folder())
    if path is None or not version.is_correction:
        return
    before = Files(path.parent, path.stem)
    if _digest(before) != version.pdf_digest:
        before.copy(path.parent / shelf.EARLIER, f"{before.stem}.{version.number - 1}")
    if before.stem != version.stem:
        before.remove()


def _hold(version: SummaryVersion, seen: str) -> None:
    """Let nobody else write or release meanwhile, and see that the draft is the one that was shown."""
    take_turn(WRITING)
    db.session.flush()
    db.session.refresh(version)
    if version.is_released:
        raise AlreadyReleased
    files = files_waiting(versions.slot_of(version), version.stem)
    if seen != version.pdf_digest or not files.are_whole or _digest(files) != seen:
        raise ChangedSinceSeen


def _digest(files: Files) -> str:
    return hashlib.sha256(files.pdf.read_bytes()).hexdigest()


def _note_look(account: Account, version: SummaryVersion) -> None:
    version.looked_at, version.looked_by_id = now(), account.id
    detail = {"period": version.period, "language": version.language, "version": version.number}
    audit.note(account.id, "look_at_draft", "summary", version.district_code, account.scope, **detail)


def _check(version: SummaryVersion) -> None:
    """See that the draft follows the version that everybody reads, and that its figures can be read."""
    slot = versions.slot_of(version)
    last = last_version(slot)
    if version.number != (last.number + 1 if last else 1):
        raise Outdated
    if figures_of(version) is None:
        raise Outdated


def figures_of(version: SummaryVersion) -> Summary | None:
    """Read the figures of a version that waits."""
    return published.figures(files_waiting(versions.slot_of(version), version.stem).data)[0]


@dataclass(frozen=True)
class _Again:
    """A draft printed again with what was wrong with the version before."""

    because: str
    sheets: Sheets
    pdf: bytes
    archival: bytes | None


def _printed_again(version: SummaryVersion, because: str) -> _Again:
    """Print the same figures with what was wrong before. Raises Outdated when the map would be another one."""
    slot = versions.slot_of(version)
    files = files_waiting(slot, version.stem)
    if not files.are_whole:
        raise ChangedSinceSeen
    record = json.loads(files.data.read_bytes())
    summary = summary_of(record)
    sheets = sheets_of(summary, issue_of(slot, last_version(slot), summary, because), version.trail)
    if json.loads(sheets.data)["map"] != record["map"]:
        raise Outdated
    is_archival = files.archival.is_file()
    db.session.commit()  # nothing was written yet: this only gives the one write lock back while the press works
    with Renderer() as renderer:
        archival = renderer.print(sheets.archival(files.data.name, sheets.data)) if is_archival else None
        return _Again(because, sheets, renderer.print(sheets.document), archival)


def _put_again(version: SummaryVersion, again: _Again) -> None:
    files = files_waiting(versions.slot_of(version), version.stem)
    shelf.put(files.folder, files.stem, again.pdf, again.sheets.data, again.archival)
    version.because, version.digest = again.because, again.sheets.digest
    version.pdf_digest = hashlib.sha256(again.pdf).hexdigest()


def _adopt(slot: Slot) -> None:
    """Write down a version from before versions were kept, which a corrected one now replaces."""
    path, last = slot.find(shelf_folder()), last_version(slot)
    if path is None or last is None or versions.last_released(slot) is not None:
        return
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    db.session.add(
        SummaryVersion(
            district_code=slot.code,
            period=slot.period,
            edition=slot.edition,
            language=slot.language,
            number=1,
            stem=path.stem,
            digest=last.digest,
            figures=last.figures,
            made_of="",
            pdf_digest=hashlib.sha256(path.read_bytes()).hexdigest(),
            because="",
            written_at=at,
            looked_at=at,
            released_at=at,
        )
    )
