"""How a summary becomes a document and its data file, and what both are made of."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from consult.audit.chain import Head
from consult.config import ROOT
from consult.districts import queries as districts
from consult.documents.rendering import Attachment, Document
from consult.period import midnight
from consult.summaries import wording
from consult.summaries.comparing import Difference
from consult.summaries.drawing import Drawing, words_of_map
from consult.summaries.figures import Summary
from consult.summaries.material import Named
from consult.threats.wording import PLANE_LABELS, STATUS_LABELS, STATUS_MARKS
from debates import wording as debates
from debates.models import AddresseeKind, MeetingKind
from debates.outcomes import Outcome, ProposalStatus, outcome_of, tallied

STYLE = Path(__file__).with_name("summary.css")
MOST_ROWS = 200
MADE_BY = (
    "consult/summaries/*.py",
    "consult/summaries/*.css",
    "consult/documents/*.py",
    "consult/documents/*.css",
    "consult/threats/wording.py",
    "consult/hot_spots/wording.py",
    "consult/police_records/wording.py",
    "debates/wording.py",
    "templates/summaries/*.html",
)
"""The files whose words and rules a summary is made by."""

PACKAGES = ("weasyprint", "font-source-sans-pro", "pydyf", "shapely", "flask-babel")


@dataclass(frozen=True, slots=True)
class Replaced:
    """The version that a corrected one replaces: the day on which it was released, and the digest of its figures."""

    number: int
    released_on: date
    digest: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Which version of a public summary this is, what was wrong with the one before, and what differs from it."""

    number: int
    replaces: Replaced | None = None
    because: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def record(self) -> dict[str, Any]:
        """The version as plain JSON."""
        before = self.replaces
        record: dict[str, Any] = {
            "number": self.number,
            "because": self.because,
            "replaces": before
            and {"number": before.number, "released_on": before.released_on.isoformat(), "digest": before.digest},
        }
        if self.differences:  # data files from before these were told have none, and keep their digest
            record["differences"] = [asdict(one) for one in self.differences]
        return record

    @property
    def words(self) -> str:
        """Say what this version replaces; nothing for a first one."""
        if self.replaces is None:
            return ""
        return _(
            "Corrected: version %(number)s replaces version %(earlier)s of %(day)s.",
            number=self.number,
            earlier=self.replaces.number,
            day=format_date(self.replaces.released_on, "long"),
        )


def issue_in(record: Mapping[str, Any]) -> Issue | None:
    """Read from a data file which version it belongs to; None for staff, and from before versions were kept."""
    found = record.get("version")
    if found is None:
        return None
    before = found["replaces"]
    replaced = before and Replaced(before["number"], date.fromisoformat(before["released_on"]), before["digest"])
    differences = tuple(Difference(**one) for one in found.get("differences", ()))
    return Issue(found["number"], replaced, found["because"], differences)


@dataclass(frozen=True, slots=True)
class Sheets:
    """A summary ready to be printed: the document, its data file and the digests of both."""

    document: Document
    data: bytes
    digest: str

    def archival(self, name: str, data: bytes) -> Document:
        """Give the same document for an archive: PDF/A with its data file inside."""
        return replace(self.document, attachment=Attachment(name, "application/json", data))


def digest_of(record: dict[str, Any]) -> str:
    """Give the SHA-256 of the figures as canonical JSON: keys in order, no spaces, UTF-8."""
    canonical = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def made_of(figures: str, issue: Issue | None, language: str, places: Iterable[Named]) -> str:
    """Name all that the documents are made of in one word: it changes when they would.

    Beside the figures these are the version, boundaries and places of the map, the program, its words and its fonts.
    """
    parts = [figures, issue.record if issue else None, districts.digest(), press_digest(language)]
    named = [[place.name, place.x, place.y, place.weight] for place in places]
    return hashlib.sha256(json.dumps([*parts, named]).encode()).hexdigest()


@lru_cache
def press_digest(language: str) -> str:
    """Name the program, templates, styles, fonts and words by which summaries are printed in one word."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in MADE_BY for path in ROOT.glob(pattern)}):
        found.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    words = ROOT / "consult" / "translations" / language / "LC_MESSAGES" / "messages.mo"
    found.update(words.read_bytes() if words.is_file() else b"")
    found.update(" ".join(f"{name} {metadata.version(name)}" for name in PACKAGES).encode())
    return found.hexdigest()


def trail_in(record: Mapping[str, Any]) -> Head | None:
    """Read from a data file where the audit trail stood; None from before it was a chain."""
    found = record.get("trail")
    return Head(found["entry"], found["digest"]) if found else None


def sheets(summary: Summary, drawing: Drawing, issue: Issue | None, trail: Head | None) -> Sheets:
    """Make the document and the data file of a summary, in the language that it is in."""
    trail = trail if trail and trail.number else None
    with force_locale(summary.head.language):
        record = {**summary.record, "map": drawing.numbers}
        record |= {"version": issue.record} if issue else {}
        record |= {"trail": trail.record} if trail else {}
        digest = digest_of(record)
        document = Document(
            html=_html(summary, digest, issue, trail),
            assets={"map.svg": drawing.svg.encode(), "summary.css": STYLE.read_bytes()},
            lang=summary.head.language,
            title=_title(summary),
            moment=midnight(summary.head.frozen_on),
        )
    data = json.dumps({**record, "digest": digest}, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
    return Sheets(document, data, digest)


def _title(summary: Summary) -> str:
    return f"{summary.head.district}, {wording.period_label(summary.head.period)}"


def _html(summary: Summary, digest: str, issue: Issue | None, trail: Head | None) -> str:
    # Not render_template: what pages are given (menus, who is signed in) has no place in a document.
    template = current_app.jinja_env.get_template("summaries/summary.html")
    return template.render(
        summary=summary,
        digest=digest,
        issue=issue,
        trail=trail,
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
