"""The table of attachments: what stands in the folder, and whose it is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from consult.attachments.sifting import Kind
from consult.db import Key, Model


class Attachment(Model):
    """A file that somebody added. Its owner is named as an observation's door is: `source` and `source_key`.

    `name` is drawn at random and is the file's only name; what the sender called it is never kept. `digest` is the
    SHA-256 of what is kept. From `gone_at` on nobody sees the file; a job takes it off the disk and then this row.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index(
            "uq_attachment_standing",
            "source",
            "source_key",
            "digest",
            unique=True,
            sqlite_where=text("gone_at IS NULL"),
            postgresql_where=text("gone_at IS NULL"),
        ),
        CheckConstraint("size_bytes > 0", "not_empty"),
        Index(
            "ix_attachment_gone",
            "gone_at",
            sqlite_where=text("gone_at IS NOT NULL"),
            postgresql_where=text("gone_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(32), unique=True)
    source: Mapped[str] = mapped_column(String(60))
    source_key: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    kind: Mapped[Kind]
    digest: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
