"""Archival copies of summaries: PDF/A-3a of the same pages, still PDF/UA-1, with the data file inside.

They are made of the data files and never of figures counted anew, so a copy says what the document beside it says.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from consult.db import db, read_only
from consult.documents.rendering import Document, DocumentRefused, Renderer
from consult.period import Period
from consult.summaries import shelf, versions
from consult.summaries.figures import Edition
from consult.summaries.operations import (
    NotWritten,
    Outcome,
    Unchanged,
    Written,
    files_waiting,
    sheets_of,
    shelf_folder,
)
from consult.summaries.printing import issue_in, trail_in
from consult.summaries.records import summary_of
from consult.summaries.shelf import Files, Slot


class MapChanged(Exception):
    """Boundaries or places are others by now: the copy would show another map than the document."""


def archive_each(
    codes: Sequence[str], period: Period, edition: Edition, language: str, renderer: Renderer
) -> Iterator[Outcome]:
    """Put an archival copy beside each document that has none yet: released ones, drafts and those for staff."""
    waiting: deque[Files] = deque()
    settled: deque[Outcome] = deque()

    def documents() -> Iterator[Document]:
        for code in codes:
            for files in _files(Slot(code, period.code, edition, language)):
                if files.archival.is_file():
                    settled.append(Unchanged(code, is_released=False))
                    continue
                try:
                    document = _document(files)
                except Exception as problem:  # noqa: BLE001 - whatever is wrong with one district is told with its code
                    settled.append(NotWritten(code, f"{type(problem).__name__}: {problem}"))
                    continue
                finally:
                    db.session.commit()  # nothing was written: no reading lasts as long as the whole country takes
                waiting.append(files)
                yield document

    read_only(True)  # noqa: FBT003 - nothing but files is written
    try:
        for printed in renderer.print_each(documents()):
            yield from _drained(settled)
            yield _kept(waiting.popleft(), printed)
        yield from _drained(settled)
    finally:
        read_only(False)  # noqa: FBT003


def _drained(settled: deque[Outcome]) -> Iterator[Outcome]:
    while settled:
        yield settled.popleft()


def _files(slot: Slot) -> list[Files]:
    """List what is there of a summary: the document that is read, and the draft of the next."""
    found: list[Path | None] = [slot.find(shelf_folder())]
    if slot.edition is Edition.PUBLIC:
        draft = versions.waiting(slot)
        found.append(files_waiting(slot, draft.stem).pdf if draft else None)
    return [files for path in found if path for files in [Files(path.parent, path.stem)] if files.are_whole]


def _document(files: Files) -> Document:
    data = files.data.read_bytes()
    record = json.loads(data)
    sheets = sheets_of(summary_of(record), issue_in(record), trail_in(record))
    if sheets.digest != record["digest"]:
        raise MapChanged
    return sheets.archival(files.data.name, data)


def _kept(files: Files, printed: bytes | DocumentRefused) -> Outcome:
    code = files.stem[:4]
    if isinstance(printed, DocumentRefused):
        return NotWritten(code, str(printed))
    try:
        return Written(code, shelf.add_archival(files.folder, files.stem, printed), files.data)
    except OSError as problem:
        return NotWritten(code, str(problem))
