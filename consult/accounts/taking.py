"""What staff take along as a file: a large one only with a reason, and the trail keeps how much and which bytes."""

import hashlib
import re
from collections.abc import Iterable
from typing import IO, Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.audit import operations as audit

MOST_UNASKED = 1_000
"""Rows from which on somebody has to say what a file is for."""

CASE = re.compile(r"[\w./ -]{1,40}")
REASONS = {
    "area_analysis": _l("Analysis of an area or period"),
    "debate": _l("Preparation of a debate or meeting"),
    "answer_to_office": _l("Answer to an office, court or prosecutor"),
    "inspection": _l("Inspection or audit"),
    "research": _l("Research under an agreement"),
}
"""What a file may be for: codes, since words could name a person."""

REVEALED_FOR = {
    "person_asks": _l("Request or complaint of the person it is about"),
    "answer_to_office": REASONS["answer_to_office"],
    "inspection": REASONS["inspection"],
    "decision_in_doubt": _l("The decision is in doubt"),
}
"""What something that two people withheld may be opened for."""


def asked_why(rows: int) -> ResponseReturnValue | None:
    """Ask what a large file is for; None when that is said, or when it is not large."""
    if rows <= MOST_UNASKED or _reason():
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"reason", "case"}]
    page = render_template(
        "accounts/reason.html",
        kept=kept,
        rows=rows,
        most=MOST_UNASKED,
        reasons=REASONS,
        case=request.args.get("case", ""),
    )
    return page, 422


def _reason() -> dict[str, str]:
    """Read the reason and the number of a case; nothing when it is none of the known ones."""
    reason, case = request.args.get("reason", ""), request.args.get("case", "").strip()
    if reason not in REASONS or (case and not CASE.fullmatch(case)):
        return {}
    return {"reason": reason, **({"case": case} if case else {})}


def whole(parts: bytes | Iterable[str]) -> bytes:
    """Write a file to its end before its first byte leaves: only then are its bytes known."""
    return parts if isinstance(parts, bytes) else "".join(parts).encode()


def note_taking(
    content: bytes | IO[bytes], object_kind: str, object_id: object, unit_path: str, *, rows: int, **detail: Any
) -> None:
    """Note who takes a file along: of what, how many rows, which bytes, and what for when it is large."""
    reason = _reason() if rows > MOST_UNASKED else {}
    told = {**detail, "rows": rows, "sha256": _digest(content), **reason}
    audit.note_reading(current_user.id, "download", object_kind, object_id, unit_path, **told)


def _digest(content: bytes | IO[bytes]) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    found = hashlib.sha256()
    content.seek(0)
    while part := content.read(1 << 20):
        found.update(part)
    content.seek(0)
    return found.hexdigest()
