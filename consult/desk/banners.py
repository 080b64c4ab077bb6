"""Warnings above public pages: which of them an area shows today, without asking the database for every page."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import ColumnElement, and_, select

from consult.clock import today
from consult.db import db
from consult.desk.models import Banner

KEPT_S = 30.0
"""How long a process remembers the warnings; a new one is seen everywhere within this time."""

MOST = 500

_kept: tuple[float, Sequence["Warned"]] | None = None


@dataclass(frozen=True)
class Warned:
    """A warning as pages show it."""

    area_code: str
    texts: dict[str, str]
    first_on: date
    last_on: date

    def says(self, language: str) -> tuple[str, str]:
        """Give the text for a reader and the language that it is in: Polish where the reader's own is missing."""
        text = self.texts.get(language)
        return (text, language) if text else (self.texts["pl"], "pl")


def shown(district: str | None, language: str) -> list[tuple[str, str]]:
    """List the texts, each with its language, that the pages of a district show today; without one, the country's."""
    day = today()
    found = [one for one in _current() if one.first_on <= day <= one.last_on]
    return [one.says(language) for one in found if not one.area_code or one.area_code == district]


def _current() -> Sequence[Warned]:
    """Remember the warnings for a while; tests, whose database changes under the process, ask each time."""
    global _kept  # noqa: PLW0603  # one memory for the process, as the cached sheets of boundaries
    if _kept is not None and _kept[0] > time.monotonic() and not current_app.testing:
        return _kept[1]
    found = _read()
    _kept = (time.monotonic() + KEPT_S, found)
    return found


def forget() -> None:
    """Let the next page ask anew: somebody has changed a warning."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read() -> list[Warned]:
    ordered = (
        select(Banner)
        .where(is_coming_or_shown())
        .order_by(Banner.area_code, Banner.first_on.desc(), Banner.id.desc())
        .limit(MOST)
    )
    return [
        Warned(one.area_code, {"pl": one.text_pl, "en": one.text_en, "uk": one.text_uk}, one.first_on, one.last_on)
        for one in db.session.scalars(ordered)
    ]


def is_coming_or_shown() -> ColumnElement[bool]:
    """Match warnings that are not over."""
    return and_(Banner.ended_at.is_(None), Banner.last_on >= today())


def banner(banner_id: int) -> Banner:
    """Give a warning, or raise NoResultFound."""
    return db.session.execute(select(Banner).where(Banner.id == banner_id)).scalar_one()


def listed(areas: Sequence[str] | None) -> Sequence[Banner]:
    """List the warnings of some districts, the latest first; None lists those of the whole country too."""
    chosen = select(Banner).order_by(Banner.last_on.desc(), Banner.id.desc()).limit(MOST)
    return db.session.scalars(chosen if areas is None else chosen.where(Banner.area_code.in_(areas))).all()
