"""Reading the trail."""

from collections.abc import Sequence

from sqlalchemy import func, select

from consult.audit.models import AuditEntry
from consult.db import db


def of_object(object_kind: str, object_id: object) -> Sequence[AuditEntry]:
    """List what was done to one object, oldest first."""
    chosen = (AuditEntry.object_kind == object_kind, AuditEntry.object_id == str(object_id))
    return db.session.scalars(select(AuditEntry).where(*chosen).order_by(AuditEntry.id)).all()


def head() -> dict[str, int]:
    """Tell where the trail ends: the number of its last entry and how many there are."""
    last, number = db.session.execute(select(func.max(AuditEntry.id), func.count())).one()
    return {"last": last or 0, "entries": number}
