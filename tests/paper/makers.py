"""Forms of sheets and what is typed in from them, for tests."""

import uuid

from consult.clock import now
from consult.db import db
from consult.geo import to_metres
from consult.paper import transcribing, typed
from consult.paper.agreement import Mark
from consult.paper.grid import Grid
from consult.paper.models import PaperForm
from tests.factories import LASK

CATEGORIES = ["parkowanie", "predkosc", "alkohol"]


def form(author, meeting=None, copies=60, cell_m=200, columns=8, rows=10, middle=LASK, **facts) -> PaperForm:
    """A form of sheets around the middle of the small world."""
    grid = Grid.around(*to_metres(*middle), cell_m, columns, rows)
    made = PaperForm(
        key=uuid.uuid4().hex,
        body_digest="d" * 64,
        meeting=meeting,
        unit_id=author.unit_id,
        title="Debata w Łasku",
        x_min=grid.x_min,
        y_min=grid.y_min,
        x_max=grid.x_max,
        y_max=grid.y_max,
        columns=columns,
        rows=rows,
        categories=CATEGORIES,
        copies=copies,
        author_id=author.id,
        created_at=now(),
        **facts,
    )
    db.session.add(made)
    db.session.commit()
    return made


def mark(position, cell, category="parkowanie", weekdays=0, times=0, words=""):
    """A line of a sheet."""
    return Mark(position, cell, ord(cell[0]) - ord("A") + 1, int(cell[1:]), category, weekdays, times, words)


def marks(*cells):
    """Lines of a sheet: "C7" under the first category, ("C7", "predkosc") under another."""
    return [mark(n, *([one] if isinstance(one, str) else one)) for n, one in enumerate(cells, 1)]


def type_in(author, form, number, *cells, **facts):
    made = transcribing.type_in(author, form, number, key=uuid.uuid4().hex, marks=marks(*cells), **facts)
    db.session.commit()
    return made


def type_in_again(author, sheet, *cells):
    made = transcribing.type_in_again(author, sheet, key=uuid.uuid4().hex, marks=marks(*cells))
    db.session.commit()
    return made


def sheet(form, number):
    db.session.expire_all()
    return typed.sheet(form, number)
