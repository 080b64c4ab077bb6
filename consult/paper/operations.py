"""Making forms of sheets, printing further copies, closing them. Nothing here commits."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import select

from consult.audit import operations as audit
from consult.clock import now
from consult.db import db
from consult.districts import queries as districts
from consult.geo import Place
from consult.paper.grid import Grid
from consult.paper.models import PaperForm
from consult.paper.scales import COLUMNS, ROWS, Scale
from consult.web.errors import Conflict
from debates.models import Meeting

MOST_COPIES = 500
"""Sheets of one run, and more than any hall holds."""


class Author(Protocol):
    """Whoever makes a form: a person of the police."""

    @property
    def id(self) -> int: ...


class FormClosed(Exception):
    """Nothing more is printed of this form, or typed in."""


class CopiesChanged(Exception):
    """Somebody else has numbered further sheets meanwhile."""


def make_form(
    author: Author,
    *,
    key: str,
    unit_id: int,
    meeting: Meeting | None,
    title: str,
    place_name: str,
    centre: Place,
    scale: Scale,
    categories: Sequence[str],
    survey_version_id: int | None,
    copies: int,
) -> PaperForm:
    """Make a form with its first copies, once for its key. Raises PlaceRefused, or Conflict."""
    grid = grid_of(centre, scale)
    said = {
        "unit_id": unit_id,
        "meeting_id": meeting.id if meeting else None,
        "title": title,
        "place_name": place_name,
        "categories": list(categories),
        "survey_version_id": survey_version_id,
        "copies": copies,
        "x_min": grid.x_min,
        "y_min": grid.y_min,
        "x_max": grid.x_max,
        "y_max": grid.y_max,
        "columns": grid.columns,
        "rows": grid.rows,
    }
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    known = db.session.scalar(select(PaperForm).where(PaperForm.key == key))
    if known is not None:
        if known.body_digest != digest:
            raise Conflict
        return known
    districts.containing(centre)
    return _written(author, PaperForm(key=key, body_digest=digest, author_id=author.id, created_at=now(), **said))


def grid_of(centre: Place, scale: Scale) -> Grid:
    """Lay the grid of a sheet around a place; its edges are whole metres."""
    x, y = (float(round(metre)) for metre in centre.x_y)
    return Grid.around(x, y, scale.cell_m, COLUMNS, ROWS)


def print_more(author: Author, form: PaperForm, *, known_copies: int, copies: int) -> tuple[int, int]:
    """Number further sheets, and give the first and the last of them. Raises FormClosed or CopiesChanged."""
    _hold(form)
    if form.is_closed:
        raise FormClosed
    if form.copies != known_copies:
        raise CopiesChanged
    form.copies += copies
    audit.note(author.id, "print_sheets", "paper_form", form.id, form.unit_path, count=copies)
    return known_copies + 1, form.copies


def close(author: Author, form: PaperForm) -> None:
    """Close a form: nothing more is printed or typed in. A second click changes nothing."""
    _hold(form)
    if not form.is_closed:
        form.closed_at = now()
        audit.note(author.id, "close_sheets", "paper_form", form.id, form.unit_path)


def open_again(author: Author, form: PaperForm) -> None:
    """Open a closed form again. A second click changes nothing."""
    _hold(form)
    if form.is_closed:
        form.closed_at = None
        audit.note(author.id, "open_sheets_again", "paper_form", form.id, form.unit_path)


def _hold(form: PaperForm) -> None:
    """Give the form to one writer at a time, as it is now."""
    db.session.execute(select(PaperForm.id).where(PaperForm.id == form.id).with_for_update())
    db.session.refresh(form, ["copies", "closed_at"])


def _written(author: Author, form: PaperForm) -> PaperForm:
    db.session.add(form)
    db.session.flush()  # the trail names the row by its id
    audit.note(author.id, "make_sheets", "paper_form", form.id, form.unit_path, **_counted(form))
    return form


def _counted(form: PaperForm) -> dict[str, Any]:
    return {"count": form.copies}
