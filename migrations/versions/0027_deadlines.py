"""reminders of deadlines, and what requests hear of their threats

Revision: 0027, after 0026.
"""

from alembic import op
import sqlalchemy as sa

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('deadline_reminder',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('proposal_id', BIG, nullable=True),
        sa.Column('commitment_id', BIG, nullable=True),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('reminder', sa.Enum('soon', 'passed', 'again', name='reminder', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(proposal_id IS NULL) <> (commitment_id IS NULL)', name=op.f('ck_deadline_reminder_of_one_thing')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_deadline_reminder_account_id')),
        sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_deadline_reminder_commitment_id')),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_deadline_reminder_proposal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline_reminder')),
        sa.UniqueConstraint('account_id', 'commitment_id', 'due_on', 'reminder', name=op.f('uq_deadline_reminder_account_id_commitment_id_due_on_reminder')),
        sa.UniqueConstraint('account_id', 'proposal_id', 'due_on', 'reminder', name=op.f('uq_deadline_reminder_account_id_proposal_id_due_on_reminder')),
    )
    op.create_index(op.f('ix_deadline_reminder_commitment_id'), 'deadline_reminder', ['commitment_id'])
    op.create_index(op.f('ix_deadline_reminder_proposal_id'), 'deadline_reminder', ['proposal_id'])
    op.create_table('threat_hint',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('proposal_id', BIG, nullable=False),
        sa.Column('change_id', BIG, nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['change_id'], ['status_change.id'], name=op.f('fk_threat_hint_change_id')),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_threat_hint_proposal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_threat_hint')),
        sa.UniqueConstraint('proposal_id', 'change_id', name=op.f('uq_threat_hint_proposal_id_change_id')),
    )
    op.create_index(op.f('ix_threat_hint_change_id'), 'threat_hint', ['change_id'])
    op.create_table('debates_threats_read',
        sa.Column('reader', sa.String(length=40), nullable=False),
        sa.Column('change_id', BIG, nullable=False),
        sa.PrimaryKeyConstraint('reader', name=op.f('pk_debates_threats_read')),
    )


def downgrade() -> None:
    for table in ('debates_threats_read', 'threat_hint', 'deadline_reminder'):
        op.drop_table(table)
