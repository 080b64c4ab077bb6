"""second step: one-time codes and recovery codes of accounts, when an account was last used

Revision: 0040, after 0039.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('second_step',
        sa.Column('account_id', BIG, autoincrement=False, nullable=False),
        sa.Column('seed', sa.String(length=300), nullable=False),
        sa.Column('set_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('last_step', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_second_step_account_id_account')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_step')),
    )
    op.create_table('recovery_code',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('account_id', BIG, nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('used_at', consult.db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
        sa.UniqueConstraint('code_hash', name=op.f('uq_recovery_code_code_hash')),
    )
    op.create_index(op.f('ix_recovery_code_account_id'), 'recovery_code', ['account_id'])
    op.create_table('account_use',
        sa.Column('account_id', BIG, autoincrement=False, nullable=False),
        sa.Column('last_used_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('warned_at', consult.db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_use_account_id_account')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account_use')),
    )
    # The trail knows when somebody last signed in.
    op.execute(
        "INSERT INTO account_use (account_id, last_used_at) "
        "SELECT account.id, max(audit_entry.at) FROM account JOIN audit_entry ON audit_entry.actor_id = account.id "
        "WHERE audit_entry.act = 'sign_in' GROUP BY account.id"
    )


def downgrade() -> None:
    op.drop_table('account_use')
    op.drop_index(op.f('ix_recovery_code_account_id'), table_name='recovery_code')
    op.drop_table('recovery_code')
    op.drop_table('second_step')
