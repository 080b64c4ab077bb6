"""Writing sheets: each change is a version of its own, in the trail, and nobody overwrites what somebody else wrote."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.accounts.models import Unit
from consult.allocation.models import AllocationSheet, AllocationVersion
from consult.allocation.sheet import Content, Kind, Rows, Section, without, written
from consult.audit.operations import note
from consult.clock import now
from consult.db import db
from consult.web.errors import Conflict


class SheetChanged(RuntimeError):
    """Somebody else wrote on the sheet since the form was opened."""


def propose(
    actor_id: int, unit: Unit, *, area_code: str, kind: Kind, title: str, proposal: str, key: str | None = None
) -> AllocationSheet:
    """Begin a sheet with its first version, once for its key. Raises Conflict when the key came with another one."""
    if (known := _by_key(key)) is not None:
        began = known.versions[0].read
        if (known.area_code, known.kind, began.title, began.proposal) != (area_code, kind, title, proposal):
            raise Conflict
        return known
    sheet = AllocationSheet(unit=unit, area_code=area_code, kind=kind, key=key, created_at=now(), actor_id=actor_id)
    sheet.versions = []
    db.session.add(sheet)
    content = Content(title=title, proposal=proposal)
    _add(sheet, Section.BASICS, content, actor_id)
    note(actor_id, "propose_allocation", "allocation_sheet", sheet.id, unit.path, kind=kind.value, area=area_code)
    return sheet


def _by_key(key: str | None) -> AllocationSheet | None:
    return db.session.scalar(select(AllocationSheet).where(AllocationSheet.key == key)) if key else None


def write(actor_id: int, sheet: AllocationSheet, version: int, section: Section, values: dict[str, Any]) -> None:
    """Write a section over the version that was read. Raises SheetChanged and SheetRefused."""
    _keep(actor_id, sheet, version, section.value, written(sheet.content, section, values))


def take_out(actor_id: int, sheet: AllocationSheet, version: int, rows: Rows, number: int) -> None:
    """Take a row out of a list. Raises SheetChanged and SheetRefused."""
    _keep(actor_id, sheet, version, rows.value, without(sheet.content, rows, number))


def _keep(actor_id: int, sheet: AllocationSheet, version: int, section: str, content: Content) -> None:
    if sheet.latest.number != version:
        raise SheetChanged(sheet.id)
    try:
        with db.session.begin_nested():
            _add(sheet, section, content, actor_id)
    except IntegrityError as error:
        raise SheetChanged(sheet.id) from error
    note(
        actor_id,
        "write_allocation",
        "allocation_sheet",
        sheet.id,
        sheet.unit_path,
        section=section,
        version=version + 1,
    )


def _add(sheet: AllocationSheet, section: str, content: Content, actor_id: int) -> None:
    sheet.versions.append(
        AllocationVersion(
            number=len(sheet.versions) + 1,
            section=str(section),
            content=content.record,
            actor_id=actor_id,
            saved_at=now(),
        )
    )
    db.session.flush()
