"""Reading the trail."""

from collections.abc import Sequence

from sqlalchemy import select

from consult.audit.models import AuditEntry
from consult.db import db


def of_object(object_kind: str, object_id: object) -> Sequence[AuditEntry]:
    """List what was done to one object, oldest first."""
    chosen = (AuditEntry.object_kind == object_kind, AuditEntry.object_id == str(object_id))
    return db.session.scalars(select(AuditEntry).where(*chosen).order_by(AuditEntry.id)).all()
