"""voices: a report may say "I see it too" of a threat

Revision: 0005, after 0004.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One statement that both databases know: SQLite's own way with a foreign key would copy the whole table.
    integer = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(
        f"ALTER TABLE online_report ADD COLUMN joined_threat_id {integer} "
        "CONSTRAINT fk_online_report_joined_threat_id REFERENCES threat (id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("online_report", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("joined_threat_id")
