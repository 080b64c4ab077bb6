"""Writing summaries: figures, map and words become a PDF and a .json beside it.

What is for everybody is written as a draft, which nobody is shown until it is released (`releasing`); what is for staff
stands at once. What would come out the same is not printed again.
"""

import hashlib
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from flask_babel import force_locale

from consult.audit import operations as audit
from consult.audit import queries as audit_trail
from consult.audit.chain import BEGINNING, Head
from consult.clock import now
from consult.db import db, read_only, take_turn, transaction
from consult.documents.rendering import Document, DocumentRefused, Renderer
from consult.period import Period, day_of
from consult.summaries import printing, published, queries, shelf, versions, wording
from consult.summaries.comparing import Difference, differences
from consult.summaries.drawing import drawing_of
from consult.summaries.figures import Edition, Summary
from consult.summaries.models import SummaryVersion
from consult.summaries.printing import Issue, Replaced, Sheets, digest_of
from consult.summaries.shelf import Files, Slot

WRITING = zlib.crc32(b"versions of summaries")
"""The turn of whoever writes down a version or releases one."""


class VersionLost(Exception):
    """The version that everybody should read cannot be read; the text is the period's folder and the file's name."""


@dataclass(frozen=True)
class Written:
    """The files of a summary: `is_draft` when it waits for its release."""

    code: str
    pdf: Path
    json: Path
    is_draft: bool = False


@dataclass(frozen=True)
class Unchanged:
    """A summary that would come out as it is."""

    code: str
    is_released: bool


@dataclass(frozen=True)
class NotWritten:
    """A summary that could not be written, and why."""

    code: str
    reason: str


Outcome = Written | Unchanged | NotWritten


@dataclass(frozen=True)
class Prepared:
    """A summary ready to be printed, with the place it goes to."""

    slot: Slot
    stem: str
    issue: Issue | None
    sheets: Sheets
    figures: str
    made_of: str
    trail: Head | None

    @property
    def document(self) -> Document:
        """What is printed."""
        return self.sheets.document

    @property
    def files(self) -> Files:
        """Where it goes to."""
        return files_waiting(self.slot, self.stem)


def shelf_folder() -> Path:
    """Give the folder of all summaries."""
    folder: Path = current_app.config["REPORTS_OUT"]
    return folder


def files_waiting(slot: Slot, stem: str) -> Files:
    """Say where the files of a draft lie, or those of the edition for staff."""
    is_draft = slot.edition is Edition.PUBLIC
    return Files(slot.folder(shelf.drafts(shelf_folder()) if is_draft else shelf_folder()), stem)


def files_released(slot: Slot, stem: str) -> Files:
    """Say where the files of a released version lie."""
    return Files(slot.folder(shelf_folder()), stem)


def write(
    code: str,
    period: Period,
    edition: Edition = Edition.PUBLIC,
    language: str = "pl",
    renderer: Renderer | None = None,
    actor_id: int = audit.MACHINE,
    because: str = "",
) -> Written | Unchanged:
    """Write a district's summary of a period.

    Raises DistrictUnknown (NoBoundaries where there are none at all), VersionLost when the version that everybody
    should read cannot be read, and DocumentRefused.
    """
    prepared = prepare(code, period, edition, language, because, audit_trail.head() or BEGINNING)
    db.session.commit()  # nothing was written yet: this only gives the one write lock back while the press works
    if isinstance(prepared, Unchanged):
        return prepared
    if renderer is None:
        with Renderer() as own:
            printed = own.print(prepared.document)
    else:
        printed = renderer.print(prepared.document)
    return keep(prepared, printed, actor_id)


def write_each(
    codes: Sequence[str], period: Period, edition: Edition, language: str, renderer: Renderer, because: str = ""
) -> Iterator[Outcome]:
    """Write the summaries of many districts one after another; one that fails is named and stops no other.

    Each is whole and written down when it is told of, so whoever is killed goes on with the others next time.
    """
    waiting: deque[Prepared] = deque()
    settled: deque[Outcome] = deque()
    read_only(True)  # noqa: FBT003 - counting takes no write lock; each is written down in a transaction of its own
    trail = audit_trail.head() or BEGINNING  # one for all, whatever order they come in

    def documents() -> Iterator[Document]:
        for code in codes:
            prepared = _attempt(code, period, edition, language, because, trail)
            if isinstance(prepared, Prepared):
                waiting.append(prepared)
                yield prepared.document
            else:
                settled.append(prepared)

    try:
        for printed in renderer.print_each(documents()):
            yield from _drained(settled)
            yield _kept(waiting.popleft(), printed)
        yield from _drained(settled)
    finally:
        read_only(False)  # noqa: FBT003


def _attempt(
    code: str, period: Period, edition: Edition, language: str, because: str, trail: Head | None
) -> Prepared | Unchanged | NotWritten:
    try:
        prepared = prepare(code, period, edition, language, because, trail)
    except VersionLost as problem:
        return NotWritten(code, wording.lost(str(problem)))
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with one district is told with its code
        return NotWritten(code, f"{type(problem).__name__}: {problem}")
    finally:
        db.session.commit()  # nothing was written: no reading lasts as long as the whole country takes
    return prepared


def _drained(settled: deque[Outcome]) -> Iterator[Outcome]:
    while settled:
        yield settled.popleft()


def _kept(prepared: Prepared, printed: bytes | DocumentRefused) -> Outcome:
    if isinstance(printed, DocumentRefused):
        return NotWritten(prepared.slot.code, str(printed))
    db.session.commit()  # what was read is let go: a transaction that began by reading finds no way to write
    read_only(False)  # noqa: FBT003
    try:
        with transaction():
            return keep(prepared, printed)
    except OSError as problem:
        return NotWritten(prepared.slot.code, str(problem))
    finally:
        read_only(True)  # noqa: FBT003


def keep(prepared: Prepared, pdf: bytes, actor_id: int = audit.MACHINE) -> Written:
    """Put a printed summary on the shelf and write down that it is there. Raises OSError when the disk refuses."""
    take_turn(WRITING)
    slot, issue, files, trail = prepared.slot, prepared.issue, prepared.files, prepared.trail
    found = versions.waiting(slot)
    if found is None:
        found = SummaryVersion(
            district_code=slot.code, period=slot.period, edition=slot.edition, language=slot.language
        )
        db.session.add(found)
    elif found.stem != prepared.stem:
        files_waiting(slot, found.stem).remove()
    found.number, found.because = (issue.number, issue.because) if issue else (0, "")
    found.stem, found.digest, found.figures = prepared.stem, prepared.sheets.digest, prepared.figures
    found.trail_entry, found.trail_digest = (trail.number, trail.digest) if trail else (None, "")
    found.made_of, found.pdf_digest = prepared.made_of, hashlib.sha256(pdf).hexdigest()
    found.written_at, found.written_by_id = now(), actor_id or None
    found.looked_at = found.looked_by_id = None
    paths = shelf.put(files.folder, files.stem, pdf, prepared.sheets.data)
    db.session.flush()
    detail = {"period": slot.period, "edition": slot.edition.value, "language": slot.language}
    audit.note(actor_id, "write", "summary", slot.code, "", **detail, version=found.number)
    return Written(slot.code, *paths, is_draft=issue is not None)


def prepare(
    code: str, period: Period, edition: Edition, language: str, because: str = "", trail: Head | None = None
) -> Prepared | Unchanged:
    """Count, draw and word a summary, ready to be printed, unless it would come out as it is.

    `trail` is where the audit trail stands: it is kept with figures that are new, while others keep what they have.
    """
    slot = Slot(code, period.code, edition, language)
    is_public = edition is Edition.PUBLIC
    summary, places = queries.counted(code, period, edition, language)
    figures = digest_of(summary.record)
    last = last_version(slot) if is_public else None
    if last is not None and last.figures == figures:
        return Unchanged(code, is_released=True)
    issue = issue_of(slot, last, summary, because) if is_public else None
    made_of = printing.made_of(figures, issue, language, places)
    stem = slot.stem(summary.head.district)
    if _stands(slot, stem, made_of):
        return Unchanged(code, is_released=False)
    trail = _trail_of(slot, figures) or trail
    return Prepared(slot, stem, issue, sheets_of(summary, issue, trail), figures, made_of, trail)


def _trail_of(slot: Slot, figures: str) -> Head | None:
    """Tell where the audit trail stood when these figures were first written down, if they were."""
    found = versions.waiting(slot)
    return found.trail if found is not None and found.figures == figures else None


def sheets_of(summary: Summary, issue: Issue | None, trail: Head | None = None) -> Sheets:
    """Draw and word a summary."""
    with force_locale(summary.head.language):
        return printing.sheets(summary, drawing_of(summary, queries.ground(summary.head.code)), issue, trail)


def _stands(slot: Slot, stem: str, made_of: str) -> bool:
    """Tell whether what would be written stands there already, whole and as it was written."""
    found = versions.waiting(slot)
    if found is None or found.stem != stem or found.made_of != made_of:
        return False
    files = files_waiting(slot, stem)
    return files.are_whole and hashlib.sha256(files.pdf.read_bytes()).hexdigest() == found.pdf_digest


def issue_of(slot: Slot, last: "Last | None", summary: Summary, because: str = "") -> Issue:
    """Say which version comes after the one that everybody reads, and what differs between them."""
    if last is None:
        return Issue(1)
    replaced = Replaced(last.number, day_of(last.released_at), last.digest)
    return Issue(last.number + 1, replaced, because, differences_from_last(slot, summary))


def differences_from_last(slot: Slot, summary: Summary) -> tuple[Difference, ...]:
    """Compare figures with those that everybody reads; nothing where these cannot be read any more."""
    path, found = slot.find(shelf_folder()), versions.last_released(slot)
    data = path.with_suffix(".json") if path else found and files_waiting(slot, found.stem).data
    earlier = published.figures(data)[0] if data else None
    if earlier is None:
        return ()
    with force_locale(slot.language):
        return differences(earlier, summary)


@dataclass(frozen=True)
class Last:
    """The version that everybody reads."""

    number: int
    released_at: datetime
    digest: str
    figures: str


def last_version(slot: Slot) -> Last | None:
    """Find the version that everybody reads; one from before versions were kept is number one.

    Raises VersionLost when its files are gone, or when the figures of such an old one cannot be read.
    """
    found, path = versions.last_released(slot), slot.find(shelf_folder())
    if found is not None:
        assert found.released_at is not None
        if path is None and not files_waiting(slot, found.stem).are_whole:
            raise VersionLost(f"{slot.period}/{found.stem}.json")
        return Last(found.number, found.released_at, found.digest, found.figures)
    if path is None:
        return None
    summary, digest = published.figures(path.with_suffix(".json"))
    if summary is None:
        raise VersionLost(f"{path.parent.name}/{path.name}")
    released_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Last(1, released_at, digest, digest_of(summary.record))
