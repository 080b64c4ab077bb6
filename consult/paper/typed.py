"""Reading what was typed in from sheets: one sheet, the next one to type, and how far two people agree."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from consult.db import db
from consult.observations import queries as observations
from consult.paper import agreement
from consult.paper.agreement import Agreement, Mark, Pair
from consult.paper.models import PaperEntry, PaperForm, PaperMark, PaperSheet, SheetState

SOURCE = "paper.mark"
"""The page that leads from an observation to the sheet it was marked on."""


def form_of_sheets(form_id: int) -> PaperForm:
    """Give a form of sheets, or raise NoResultFound."""
    return db.session.execute(select(PaperForm).where(PaperForm.id == form_id)).scalar_one()


def sheet(form: PaperForm, number: int) -> PaperSheet | None:
    """Give the sheet of a number, None as long as nobody has typed it in."""
    chosen = _with_marks().where(PaperSheet.form_id == form.id, PaperSheet.number == number)
    return db.session.scalar(chosen)


def sheets_of(form: PaperForm) -> Sequence[PaperSheet]:
    """List the sheets that were typed in, by their numbers."""
    chosen = _with_marks().where(PaperSheet.form_id == form.id).order_by(PaperSheet.number)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).all()


def _with_marks() -> Select[PaperSheet]:
    return select(PaperSheet).options(selectinload(PaperSheet.entries).selectinload(PaperEntry.marks))


def next_untyped(form: PaperForm, sheets: Sequence[PaperSheet], after: int = 0) -> int | None:
    """Give the next number that nobody has typed in, after one or from the beginning; None when all are."""
    known = {one.number for one in sheets}
    waiting = [number for number in range(1, form.copies + 1) if number not in known]
    return next((number for number in waiting if number > after), next(iter(waiting), None))


def to_check(sheets: Sequence[PaperSheet], account_id: int) -> list[PaperSheet]:
    """List the sheets of the sample that wait for a second person, who is not the one that typed them first."""
    return [one for one in sheets if one.state is SheetState.AWAITED and one.first.author_id != account_id]


def waiting_for_others(sheets: Sequence[PaperSheet], account_id: int) -> int:
    """Count the sheets of the sample that somebody typed first, so that somebody else has to be the second person."""
    return sum(one.state is SheetState.AWAITED and one.first.author_id == account_id for one in sheets)


def has_untyped(form: PaperForm) -> bool:
    """Tell whether there are numbers that nobody has typed in."""
    known = select(func.count()).select_from(PaperSheet).where(PaperSheet.form_id == form.id)
    return db.session.scalars(known).one() < form.copies


def mark_of(mark: PaperMark, form: PaperForm) -> Mark:
    """Give a stored mark as it is compared."""
    column, row = form.grid.position(mark.cell)
    return Mark(mark.position, mark.cell, column, row, mark.category_code, mark.weekdays, mark.times_of_day, mark.words)


def pairs_of(sheet: PaperSheet) -> list[Pair]:
    """Pair what two people typed from a sheet."""
    second = sheet.second
    assert second is not None, "nobody has typed it in a second time"
    first = [mark_of(mark, sheet.form) for mark in sheet.first.marks]
    return agreement.pair(first, [mark_of(mark, sheet.form) for mark in second.marks])


def compared_fairly(sheets: Sequence[PaperSheet]) -> list[PaperSheet]:
    """List the compared sheets that say how well all are typed in: those that were drawn, or all if all were compared.

    Sheets that somebody chose to type in again say nothing of the others.
    """
    standing = [one for one in sheets if not one.is_withdrawn]
    compared = [one for one in standing if one.is_compared]
    return compared if len(compared) == len(standing) else [one for one in compared if one.is_sampled]


def agreement_of(sheets: Sequence[PaperSheet]) -> Agreement:
    """Tell how far two people agree about the sheets that say how well all are typed in."""
    return agreement.compare(pairs_of(one) for one in compared_fairly(sheets))


def uncategorised(sheets: Sequence[PaperSheet]) -> int:
    """Count the marks that stand and have no category: no map shows them."""
    standing = [mark for one in sheets if not one.is_withdrawn for mark in one.standing.marks]
    return sum(mark.category_code is None for mark in standing)


def natural_key(entry: PaperEntry, position: int) -> str:
    """Name a voice: its form and sheet, the reading, the line."""
    return f"{entry.sheet.form_id}.{entry.sheet.number}.{entry.key}.{position}"


def sheet_of_voice(key: str) -> tuple[int, int] | None:
    """Tell the form and the number of the sheet on which a voice was marked; None where there is no such voice."""
    known = observations.by_source(SOURCE, key)
    if known is None:
        return None
    form_id, number, *_rest = known.source_key.split(".")
    return int(form_id), int(number)
