"""stages of meetings, versions of statements, and threats that wait for their category while minutes are written

Revision: 0023, after 0022.
"""

from alembic import op
import sqlalchemy as sa

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

STAGES = "'planned', 'drafting', 'correcting', 'approved'"
CATEGORY = ('ck_statement_a_threat_has_a_category', "kind <> 'threat' OR category_code IS NOT NULL")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE meeting ADD COLUMN stage VARCHAR(40) DEFAULT 'drafting' NOT NULL "
        f"CONSTRAINT ck_meeting_meetingstage CHECK (stage IN ({STAGES}))"
    )
    op.add_column('statement', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    if op.get_bind().dialect.name == 'sqlite':
        rewrite(f"CONSTRAINT {CATEGORY[0]} CHECK ({CATEGORY[1]})", "CHECK (true)")
    else:
        op.drop_constraint(op.f(CATEGORY[0]), 'statement', type_='check')


def downgrade() -> None:
    """A threat without a category becomes information, which may do without; planned meetings stay as they are."""
    op.execute(sa.text("UPDATE statement SET kind = 'information' WHERE kind = 'threat' AND category_code IS NULL"))
    if op.get_bind().dialect.name == 'sqlite':
        rewrite("CHECK (true)", f"CONSTRAINT {CATEGORY[0]} CHECK ({CATEGORY[1]})")
    else:
        op.create_check_constraint(op.f(CATEGORY[0]), 'statement', CATEGORY[1])
    op.drop_column('statement', 'version')
    op.drop_column('meeting', 'stage')


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
