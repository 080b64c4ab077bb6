"""readings of sheets: which one stands, a third one where both were wrong, and a version for two who decide at once

Revision: 0031, after 0030.
"""

from alembic import op
import sqlalchemy as sa

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

TWO = ('ck_paper_entry_one_of_two_turns', 'turn IN (1, 2)')
THREE = ('ck_paper_entry_one_of_three_turns', 'turn IN (1, 2, 3)')


def upgrade() -> None:
    op.execute(
        "ALTER TABLE paper_sheet ADD COLUMN standing_turn INTEGER DEFAULT 1 NOT NULL "
        "CONSTRAINT ck_paper_sheet_a_turn_stands CHECK (standing_turn IN (1, 2, 3))"
    )
    op.add_column('paper_sheet', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    change(TWO, THREE)


def downgrade() -> None:
    """What stands becomes the first reading, so that the map and the sheets say the same; what it replaces goes."""
    third = "SELECT id FROM paper_sheet WHERE standing_turn = 3"
    second = "SELECT id FROM paper_sheet WHERE standing_turn = 2"
    for gone in (f"turn = 1 AND sheet_id IN ({third})", f"turn = 3 AND sheet_id NOT IN ({third})"):
        op.execute(sa.text(f"DELETE FROM paper_mark WHERE entry_id IN (SELECT id FROM paper_entry WHERE {gone})"))
        op.execute(sa.text(f"DELETE FROM paper_entry WHERE {gone}"))
    op.execute(sa.text(f"UPDATE paper_entry SET turn = 1 WHERE turn = 3 AND sheet_id IN ({third})"))
    for before, after in ((1, 3), (2, 1), (3, 2)):
        op.execute(sa.text(f"UPDATE paper_entry SET turn = {after} WHERE turn = {before} AND sheet_id IN ({second})"))
    change(THREE, TWO)
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_paper_sheet_a_turn_stands'), 'paper_sheet', type_='check')
    op.drop_column('paper_sheet', 'version')
    op.drop_column('paper_sheet', 'standing_turn')


def change(before: tuple[str, str], after: tuple[str, str]) -> None:
    """Put another check in the place of one."""
    if op.get_bind().dialect.name == 'sqlite':
        rewrite(f"CONSTRAINT {before[0]} CHECK ({before[1]})", f"CONSTRAINT {after[0]} CHECK ({after[1]})")
        return
    op.drop_constraint(op.f(before[0]), 'paper_entry', type_='check')
    op.create_check_constraint(op.f(after[0]), 'paper_entry', after[1])


def rewrite(before: str, after: str) -> None:
    """Change a check in SQLite's schema, as its manual describes (ALTER TABLE, section 7): no row is copied."""
    bind = op.get_bind()
    where = "FROM sqlite_schema WHERE type = 'table' AND name = 'paper_entry'"
    written = bind.exec_driver_sql(f"SELECT sql {where}").scalar_one()
    assert before in written, f"the table has no check {before!r}"
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.execute(
        sa.text("UPDATE sqlite_schema SET sql = :written WHERE type = 'table' AND name = 'paper_entry'"),
        {"written": written.replace(before, after)},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1:d}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
