"""Inviting: codes are drawn, handed out once and forgotten; only their HMACs stay.

Letters are printed before their codes are admitted, so that nothing is locked while thousands are printed, and a
printing that fails leaves no code that anybody could use.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from consult.audit import operations as audit
from consult.db import apart, db
from surveys import codes
from surveys.models import Invitation, PrintedLetters, Survey
from surveys.operations.managing import Author
from surveys.queries import invitations as queries

AT_ONCE = 1_000
"""Rows a statement: SQLite takes only so many values."""


class NotByInvitation(Exception):
    """The survey takes no invitations: anybody may answer it, nothing of it is published, or it is over."""


class PrintedBefore(Exception):
    """The letters of this form were printed: who presses again would send codes to nobody."""


def draw(n: int) -> list[str]:
    """Draw codes. They are worth nothing until they are admitted."""
    drawn: dict[str, None] = {}
    while len(drawn) < n:
        drawn[codes.new_code()] = None
    return list(drawn)


def admit(author: Author, survey: Survey, area_of: Mapping[str, str]) -> None:
    """Let each of these codes answer once; `area_of` gives the area of a code, or nothing.

    Rows are written in the order of their HMACs, which is as good as any order drawn by lot: it says nothing of the
    list that the codes were printed from.
    """
    check(survey)
    rows = [
        {"survey_id": survey.id, "code_hmac": queries.kept(code), "area_code": area} for code, area in area_of.items()
    ]
    rows.sort(key=lambda row: str(row["code_hmac"]))
    for start in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(Invitation), rows[start : start + AT_ONCE])
    audit.note(author.id, "invite", "survey", survey.id, survey.unit_path, count=len(rows))


def admit_printed(author: Author, survey: Survey, area_of: Mapping[str, str], key: str) -> None:
    """Let the codes of letters that a form had printed answer, once for its key. Raises PrintedBefore.

    In a transaction of its own: on SQLite nobody who writes waits while letters are printed.
    """
    survey_id = survey.id
    with apart():
        try:
            db.session.execute(insert(PrintedLetters), {"key": key, "survey_id": survey_id})
        except IntegrityError as error:  # of two clicks at once the second
            raise PrintedBefore from error
        admit(author, survey, area_of)


def refuse_printed(key: str) -> None:
    """Raise PrintedBefore when the letters of a form were printed."""
    if db.session.get(PrintedLetters, key) is not None:
        raise PrintedBefore


def issue(author: Author, survey: Survey, n: int, area_code: str = "") -> list[str]:
    """Draw codes and admit them at once. This is the only time that anybody sees them."""
    drawn = draw(n)
    admit(author, survey, dict.fromkeys(drawn, area_code))
    return drawn


def check(survey: Survey) -> None:
    """Raise NotByInvitation when letters for this survey would lead nowhere."""
    if not queries.takes_invitations(survey):
        raise NotByInvitation


def revoke(author: Author, survey: Survey, drawn: Sequence[str]) -> int:
    """Take back codes that reached nobody, and tell how many; one that somebody answered with stays."""
    gone = 0
    for start in range(0, len(drawn), AT_ONCE):
        kept = [queries.kept(code) for code in drawn[start : start + AT_ONCE]]
        gone += _delete(survey, Invitation.code_hmac.in_(kept))
    if gone:
        audit.note(author.id, "revoke_invitations", "survey", survey.id, survey.unit_path, count=gone)
    return gone


def revoke_unused(author: Author, survey: Survey) -> int:
    """Take back every code that nobody has answered with, and tell how many there were."""
    gone = _delete(survey)
    audit.note(author.id, "revoke_invitations", "survey", survey.id, survey.unit_path, count=gone)
    return gone


def _delete(survey: Survey, *which: object) -> int:
    """Delete unused codes; mixing, which writes all of them anew, holds the survey's row as we do."""
    db.session.execute(select(Survey.id).where(Survey.id == survey.id).with_for_update())
    chosen = delete(Invitation).where(Invitation.survey_id == survey.id, Invitation.is_used.is_(False), *which)  # type: ignore[arg-type]
    return db.session.execute(chosen).rowcount  # type: ignore[attr-defined]  # a DELETE always counts its rows
