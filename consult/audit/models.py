"""The trail of what staff did. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from consult.db import Key, Model


class AuditEntry(Model):
    """One act: who (a plain account id, 0 for the machine), what, on what, when. Never the words of a resident."""

    __tablename__ = "audit_entry"

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(60))
    unit_path: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]]
