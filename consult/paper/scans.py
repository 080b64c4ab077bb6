"""Scans and photos of sheets: the files that belong to a sheet, by its form and number."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from consult.attachments import operations as attachments
from consult.attachments import queries as attachment_queries
from consult.attachments.models import Attachment
from consult.audit import operations as audit
from consult.db import db
from consult.paper.models import PaperForm, PaperSheet
from consult.paper.operations import Author

SOURCE = "paper.scan"
"""The page that shows a file of a sheet."""

ERASED = "scan"
"""What a restored backup is told of scans that were removed (`audit.note_erasure`)."""

MOST_OF_A_SHEET = 12
"""So many files of a sheet stand at once."""


def waiting_key(author: Author, key: str) -> str:
    """Name what waits for a form: nobody finds the files that somebody else chose."""
    return f"{author.id} {key}"


def of(form: PaperForm, number: int) -> Sequence[Attachment]:
    """List the files of a sheet in the order in which they came."""
    return attachment_queries.of(SOURCE, _owner(form, number))


def numbers_with(form: PaperForm) -> set[int]:
    """Tell which sheets of a form have files."""
    own = Attachment.source_key.startswith(f"{form.id}.", autoescape=True)
    chosen = select(Attachment.source_key).where(Attachment.source == SOURCE, own, Attachment.gone_at.is_(None))
    return {_sheet(key)[1] for key in db.session.scalars(chosen)}


def sheet_of(attachment: Attachment) -> tuple[int, int] | None:
    """Tell the form and the number of the sheet that a file belongs to; None for another door's file."""
    return _sheet(attachment.source_key) if attachment.source == SOURCE else None


def add(author: Author, form: PaperForm, number: int, *, key: str) -> None:
    """Give a sheet the files that wait for a form; what it has already is not added again.

    Raises TooManyFiles before anything is added.
    """
    db.session.execute(select(PaperForm.id).where(PaperForm.id == form.id).with_for_update())
    last = max((one.position for one in of(form, number)), default=0)
    waiting, owner = waiting_key(author, key), _owner(form, number)
    if attachments.bind(SOURCE, waiting, owner_key=owner, most=MOST_OF_A_SHEET, first=last + 1):
        audit.note(author.id, "add_scans", "paper_form", form.id, form.unit_path, number=number)


def remove(author: Author, attachment: Attachment, form: PaperForm, number: int) -> None:
    """Erase a file of a sheet: nobody sees it from now on, and the disk forgets it within minutes."""
    erase(attachment.name)
    audit.note(author.id, "remove_scan", "paper_form", form.id, form.unit_path, number=number)


def erase(name: str) -> None:
    """Erase a file by its name; one that a restored backup does not hold is none."""
    attachments.erase_file(name)
    audit.note_erasure(ERASED, name)


def _owner(form: PaperForm, number: int) -> str:
    return f"{form.id}.{number}"


def _sheet(key: str) -> tuple[int, int]:
    form_id, number = key.split(".")
    return int(form_id), int(number)


def erase_old(at: datetime, days: int) -> int:
    """Erase the files of forms that were closed, and of sheets that were withdrawn, so many days ago; count them."""
    before = at - timedelta(days=days)
    kept = select(Attachment.id, Attachment.source_key).where(Attachment.source == SOURCE, Attachment.gone_at.is_(None))
    closed = set(db.session.scalars(select(PaperForm.id).where(PaperForm.closed_at < before)))
    chosen = select(PaperSheet.form_id, PaperSheet.number).where(PaperSheet.withdrawn_at < before)
    withdrawn = {(row.form_id, row.number) for row in db.session.execute(chosen)}
    owners = [(row.id, *_sheet(row.source_key)) for row in db.session.execute(kept)]
    old = [key for key, form_id, number in owners if form_id in closed or (form_id, number) in withdrawn]
    if old:
        db.session.execute(update(Attachment).where(Attachment.id.in_(old)).values(gone_at=at))
    return len(old)
