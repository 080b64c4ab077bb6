"""Writing of the front rooms: warnings above public pages, and the note that somebody searched."""

from datetime import date

from sqlalchemy import select

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.desk import banners
from consult.desk.models import Banner
from consult.web.errors import Conflict


def note_search(actor_id: int, unit_path: str, count: int) -> None:
    """Note in the trail that somebody searched reports and how many threats were shown, never for what."""
    audit.note(actor_id, "search_reports", "search", 0, unit_path, count=count)


def announce(
    author_id: int,
    unit_path: str,
    banner: Banner | None,
    *,
    area_code: str,
    text_pl: str,
    text_en: str,
    text_uk: str,
    first_on: date,
    last_on: date,
    key: str | None = None,
) -> Banner:
    """Put a warning above the public pages of an area, once for its key, or correct one that is there.

    Raises Conflict when the key came with another warning.
    """
    said = (area_code, text_pl, text_en, text_uk, first_on, last_on)
    if banner is None and (known := _by_key(key)) is not None:
        if (known.area_code, known.text_pl, known.text_en, known.text_uk, known.first_on, known.last_on) != said:
            raise Conflict
        return known
    written = banner or Banner(author_id=author_id, key=key)
    written.area_code, written.text_pl, written.text_en, written.text_uk = area_code, text_pl, text_en, text_uk
    written.first_on, written.last_on, written.written_at = first_on, last_on, now()
    db.session.add(written)
    db.session.flush()  # the trail needs its id
    audit.note(author_id, "correct_banner" if banner else "announce", "banner", written.id, unit_path, code=area_code)
    banners.forget()
    return written


def _by_key(key: str | None) -> Banner | None:
    return db.session.scalar(select(Banner).where(Banner.key == key)) if key else None


def take_down(actor_id: int, unit_path: str, banner: Banner) -> None:
    """Take a warning down before its last day; it stays in the list."""
    if banner.ended_at is None:
        banner.ended_at = now()
        audit.note(actor_id, "take_down", "banner", banner.id, unit_path, code=banner.area_code)
    banners.forget()
