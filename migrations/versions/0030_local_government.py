"""who speaks for local government at a meeting: the wójt, the mayor, the starost

Revision: 0030, after 0029.
"""

from alembic import op
import sqlalchemy as sa

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

NAME = 'ck_statement_speakerrole'
BEFORE = "speaker IN ('resident', 'village_head', 'councillor', 'institution', 'police', 'other')"
AFTER = "speaker IN ('resident', 'village_head', 'councillor', 'local_government', 'institution', 'police', 'other')"


def upgrade() -> None:
    change(BEFORE, AFTER)


def downgrade() -> None:
    """Local government becomes an institution, as which it was written down before."""
    op.execute(sa.text("UPDATE statement SET speaker = 'institution' WHERE speaker = 'local_government'"))
    change(AFTER, BEFORE)


def change(before: str, after: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        rewrite(f"CHECK ({before})", f"CHECK ({after})")
    else:
        op.drop_constraint(op.f(NAME), 'statement', type_='check')
        op.create_check_constraint(op.f(NAME), 'statement', after)


def rewrite(before: str, after: str) -> None:
    """Change a check in SQLite's schema, as its manual describes (ALTER TABLE, section 7): no row is copied."""
    bind = op.get_bind()
    where = "FROM sqlite_schema WHERE type = 'table' AND name = 'statement'"
    written = bind.exec_driver_sql(f"SELECT sql {where}").scalar_one()
    assert before in written, f"the table has no check {before!r}"
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :written WHERE type = 'table' AND name = 'statement'"),
        {"written": written.replace(before, after)},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1:d}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
