"""checks

Revision: 0007, after 0006.
"""

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


ARRIVED = """UPDATE threat SET arrived_at = coalesce((
    SELECT max(status_change.changed_at) FROM status_change WHERE status_change.threat_id = threat.id
    AND status_change."before" IN ('eliminated', 'not_confirmed', 'joke')), threat.created_at)"""


def upgrade() -> None:
    op.create_table('threat_check',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('threat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finding', sa.Enum('seen', 'not_seen', 'not_checked', name='finding', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['threat_id'], ['threat.id'], name=op.f('fk_threat_check_threat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threat_check')),
    sa.UniqueConstraint('key', name=op.f('uq_threat_check_key'))
    )
    op.create_index(op.f('ix_threat_check_threat_id'), 'threat_check', ['threat_id'])
    # SQLite adds a column that is never empty only with a default, and writing the table anew would break its links.
    op.add_column('threat', sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False, server_default='2016-07-01 00:00:00'))
    op.execute(ARRIVED)
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('threat', 'arrived_at', server_default=None)
    op.create_index(op.f('ix_threat_status_arrived_at'), 'threat', ['status', 'arrived_at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_threat_status_arrived_at'), 'threat')
    op.execute('ALTER TABLE threat DROP COLUMN arrived_at')
    op.drop_index(op.f('ix_threat_check_threat_id'), 'threat_check')
    op.drop_table('threat_check')
