"""routing: duties of units, who works on a threat, notes for colleagues

Revision: 0013, after 0012.
"""

from alembic import op
import sqlalchemy as sa

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('unit_duty',
    sa.Column('unit_id', BIG, nullable=False),
    sa.Column('group_code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['group_code'], ['category_group.code'], name=op.f('fk_unit_duty_group_code')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_duty_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'group_code', name=op.f('pk_unit_duty'))
    )
    op.create_table('threat_assignment',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('threat_id', BIG, nullable=False),
    sa.Column('account_id', BIG, nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_threat_assignment_account_id')),
    sa.ForeignKeyConstraint(['threat_id'], ['threat.id'], name=op.f('fk_threat_assignment_threat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threat_assignment'))
    )
    op.create_index(op.f('ix_threat_assignment_account_id_ended_at'), 'threat_assignment', ['account_id', 'ended_at'])
    op.create_index('uq_threat_assignment_threat_id_open', 'threat_assignment', ['threat_id'], unique=True,
        sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('threat_note',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('threat_id', BIG, nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['threat_id'], ['threat.id'], name=op.f('fk_threat_note_threat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threat_note')),
    sa.UniqueConstraint('key', name=op.f('uq_threat_note_key'))
    )
    op.create_index(op.f('ix_threat_note_threat_id'), 'threat_note', ['threat_id'])


def downgrade() -> None:
    op.drop_table('threat_note')
    op.drop_table('threat_assignment')
    op.drop_table('unit_duty')
