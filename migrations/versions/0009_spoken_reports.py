"""reports that the police enter for somebody: by phone, letter or visit

Revision: 0009, after 0008.
"""

from alembic import op
import sqlalchemy as sa
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

CHANNELS = "channel IN ('page', 'import')"
MORE_CHANNELS = "channel IN ('page', 'phone', 'letter', 'visit', 'import')"
RECEIPT = ('ck_online_report_a_page_gives_a_receipt', "(channel = 'page') = (receipt_hash IS NOT NULL)")
ANY_RECEIPT = ('ck_online_report_a_person_gets_a_receipt', "(channel = 'import') = (receipt_hash IS NULL)")


def upgrade() -> None:
    change(CHANNELS, MORE_CHANNELS, RECEIPT, ANY_RECEIPT)


def downgrade() -> None:
    """Spoken reports become reports of the page: they have a receipt, and nothing of them is lost but the channel."""
    op.execute(sa.text("UPDATE online_report SET channel = 'page' WHERE channel IN ('phone', 'letter', 'visit')"))
    change(MORE_CHANNELS, CHANNELS, ANY_RECEIPT, RECEIPT)


def change(listed: str, listed_now: str, receipt: tuple[str, str], receipt_now: tuple[str, str]) -> None:
    """Put other checks in the place of two."""
    if op.get_bind().dialect.name == 'sqlite':
        rewrite({listed: listed_now, receipt[0]: receipt_now[0], receipt[1]: receipt_now[1]})
        return
    op.drop_constraint(op.f('ck_online_report_channel'), 'online_report', type_='check')
    op.create_check_constraint(op.f('ck_online_report_channel'), 'online_report', listed_now)
    op.drop_constraint(op.f(receipt[0]), 'online_report', type_='check')
    op.create_check_constraint(op.f(receipt_now[0]), 'online_report', receipt_now[1])


def rewrite(texts: dict[str, str]) -> None:
    """Change checks in SQLite's schema, as its manual describes (ALTER TABLE, section 7): no row is copied, so neither
    the size of the table nor the tables that refer to it matter."""
    bind = op.get_bind()
    table = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'online_report'"
    written = bind.execute(sa.text(table)).scalar_one()
    for before, after in texts.items():
        assert before in written, f"the table has no check {before!r}"
        written = written.replace(before, after)
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :written WHERE type = 'table' AND name = 'online_report'"), {"written": written}
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1:d}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
