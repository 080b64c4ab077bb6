"""what is sent twice is kept once: warnings, sheets of proposed changes, printed letters, answers

Revision: 0042, after 0041.
"""

from alembic import op
import sqlalchemy as sa

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    """What is there came with no key, and of answers that were taken any repeat is one."""
    for table in ('banner', 'allocation_sheet'):
        op.add_column(table, sa.Column('key', sa.String(length=32), nullable=True))
        op.create_index(op.f(f'ix_{table}_key'), table, ['key'], unique=True)
    op.add_column('survey_receipt', sa.Column('body_hmac', sa.String(length=64), nullable=True))
    op.create_table('survey_letters',
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('survey_id', KEY, nullable=False),
        sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_letters_survey_id')),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_survey_letters')),
    )
    op.create_index(op.f('ix_survey_letters_survey_id'), 'survey_letters', ['survey_id'])


def downgrade() -> None:
    """Keys are lost: a form that was open all the time could be sent once more."""
    op.drop_index(op.f('ix_survey_letters_survey_id'), table_name='survey_letters')
    op.drop_table('survey_letters')
    op.drop_column('survey_receipt', 'body_hmac')
    for table in ('allocation_sheet', 'banner'):
        op.drop_index(op.f(f'ix_{table}_key'), table_name=table)
        op.drop_column(table, 'key')
