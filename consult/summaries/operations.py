"""Writing summaries: figures, map and words become a PDF and a .json beside it."""

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale

from consult.audit import operations as audit
from consult.db import db
from consult.documents.rendering import Document, DocumentRefused, Renderer
from consult.period import Period, midnight
from consult.summaries import queries, shelf, wording
from consult.summaries.drawing import drawing_of, words_of_map
from consult.summaries.figures import Edition, Summary
from consult.summaries.shelf import Slot
from consult.threats.wording import PLANE_LABELS, STATUS_LABELS, STATUS_MARKS
from debates import wording as debates
from debates.models import AddresseeKind, MeetingKind
from debates.outcomes import Outcome, ProposalStatus, outcome_of, tallied

STYLE = Path(__file__).with_name("summary.css")
MOST_ROWS = 200


@dataclass(frozen=True)
class Written:
    """The two files of a summary."""

    code: str
    pdf: Path
    json: Path


@dataclass(frozen=True)
class NotWritten:
    """A summary that could not be written, and why."""

    code: str
    reason: str


@dataclass(frozen=True)
class Prepared:
    """A summary ready to be printed, with the place it goes to."""

    slot: Slot
    stem: str
    document: Document
    data: bytes

    def keep(self, pdf: bytes) -> Written:
        """Put the printed summary on the shelf."""
        paths = shelf.put(self.slot.folder(current_app.config["REPORTS_OUT"]), self.stem, pdf, self.data)
        return Written(self.slot.code, *paths)


def write(
    code: str,
    period: Period,
    edition: Edition = Edition.PUBLIC,
    language: str = "pl",
    renderer: Renderer | None = None,
    actor_id: int = audit.MACHINE,
) -> Written:
    """Write a district's summary of a period.

    Raises DistrictUnknown (NoBoundaries where there are none at all) and DocumentRefused.
    """
    prepared = prepare(code, period, edition, language)
    db.session.commit()  # nothing was written yet: this only gives the one write lock back while the press works
    if renderer is None:
        with Renderer() as own:
            written = prepared.keep(own.print(prepared.document))
    else:
        written = prepared.keep(renderer.print(prepared.document))
    audit.note(actor_id, "write", "summary", code, period=period.code, edition=edition.value, language=language)
    return written


def write_each(
    codes: Sequence[str], period: Period, edition: Edition, language: str, renderer: Renderer
) -> Iterator[Written | NotWritten]:
    """Write the summaries of many districts one after another; one that fails is named and stops no other."""
    waiting: deque[Prepared] = deque()
    failed: deque[NotWritten] = deque()

    def documents() -> Iterator[Document]:
        for code in codes:
            try:
                prepared = prepare(code, period, edition, language)
            except Exception as problem:  # noqa: BLE001 - whatever is wrong with one district is told with its code
                failed.append(NotWritten(code, f"{type(problem).__name__}: {problem}"))
                continue
            waiting.append(prepared)
            yield prepared.document

    for printed in renderer.print_each(documents()):
        yield from _drained(failed)
        yield _kept(waiting.popleft(), printed)
    yield from _drained(failed)


def _drained(failed: deque[NotWritten]) -> Iterator[NotWritten]:
    while failed:
        yield failed.popleft()


def _kept(prepared: Prepared, printed: bytes | DocumentRefused) -> Written | NotWritten:
    if isinstance(printed, DocumentRefused):
        return NotWritten(prepared.slot.code, str(printed))
    try:
        return prepared.keep(printed)
    except OSError as problem:
        return NotWritten(prepared.slot.code, str(problem))


def prepare(code: str, period: Period, edition: Edition, language: str) -> Prepared:
    """Count, draw and word a summary, ready to be printed."""
    summary = queries.current(code, period, edition, language)
    with force_locale(language):
        drawing = drawing_of(summary, queries.ground(code))
        record = {**summary.record, "map": drawing.numbers}
        digest = digest_of(record)
        document = Document(
            html=_html(summary, digest),
            assets={"map.svg": drawing.svg.encode(), "summary.css": STYLE.read_bytes()},
            lang=language,
            title=_title(summary),
            moment=midnight(summary.head.frozen_on),
        )
    data = json.dumps({**record, "digest": digest}, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
    slot = Slot(code, period.code, edition, language)
    return Prepared(slot, slot.stem(summary.head.district), document, data)


def digest_of(record: dict[str, Any]) -> str:
    """Give the SHA-256 of the figures as canonical JSON: keys in order, no spaces, UTF-8."""
    canonical = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _title(summary: Summary) -> str:
    return f"{summary.head.district}, {wording.period_label(summary.head.period)}"


def _html(summary: Summary, digest: str) -> str:
    # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
    template = current_app.jinja_env.get_template("summaries/summary.html")
    return template.render(
        summary=summary,
        digest=digest,
        title=_title(summary),
        map_words=words_of_map(summary),
        most_rows=MOST_ROWS,
        plane_labels=PLANE_LABELS,
        status_labels=STATUS_LABELS,
        **wording.everything(),
        outcomes=tallied(
            outcome_of(ProposalStatus(row.status), is_overdue=row.is_overdue) for row in summary.proposals
        ),
        **_words_of_debates(),
    )


def _words_of_debates() -> dict[str, Any]:
    return {
        "kind_words": lambda code: debates.in_words(MeetingKind(code)),
        "addressee_words": lambda code: debates.in_words(AddresseeKind(code)),
        "proposal_words": lambda code: debates.in_words(ProposalStatus(code)),
        "outcome_words": lambda code: debates.in_words(Outcome(code)),
        "proposal_mark": lambda code: STATUS_MARKS[debates.mark(ProposalStatus(code))],  # type: ignore[index]
        "held_words": debates.held,
    }
