"""Keeping answers for whoever wants to come back: fourteen days, under a code of which only the HMAC is stored."""

from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from consult.clock import today
from consult.db import db
from surveys import codes
from surveys.models import Draft

KEPT_DAYS = 14


def keep(survey_id: int, state: dict[str, Any], code: str = "") -> tuple[str, date]:
    """Keep answers under way and give the code and the last day; a code from before holds the newer answers."""
    code = code or codes.new_draft_code()
    until = today() + timedelta(days=KEPT_DAYS)
    known = db.session.get(Draft, _hmac(code))
    if known is None:
        known = Draft(code_hmac=_hmac(code), survey_id=survey_id)
        db.session.add(known)
    known.state, known.expires_on = state, until
    db.session.flush()  # the code is shown only when its row is there
    return code, until


def kept(survey_id: int, code: str) -> dict[str, Any] | None:
    """Find what was kept under a code, if its time is not over."""
    chosen = (Draft.code_hmac == _hmac(code), Draft.survey_id == survey_id, Draft.expires_on >= today())
    return db.session.scalar(select(Draft.state).where(*chosen))


def delete_expired(day: date) -> int:
    """Delete what nobody came back for by its last day; give how many."""
    return db.session.execute(delete(Draft).where(Draft.expires_on < day)).rowcount  # type: ignore[attr-defined]


def delete_of(survey_id: int) -> int:
    """Delete all drafts of a survey that has closed; give how many."""
    return db.session.execute(delete(Draft).where(Draft.survey_id == survey_id)).rowcount  # type: ignore[attr-defined]


def _hmac(code: str) -> str:
    return codes.hmac_of(code, str(current_app.config["SECRET_KEY"]), codes.DRAFTS)
