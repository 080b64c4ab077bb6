"""files of meetings, the history of promises, versions of plans and records, and meetings held after all

Revision: 0029, after 0028.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    moment = 'DATETIME' if op.get_bind().dialect.name == 'sqlite' else 'TIMESTAMP WITH TIME ZONE'
    op.execute(
        f'ALTER TABLE meeting_plan ADD COLUMN held_after_all_at {moment} '
        'CONSTRAINT ck_meeting_plan_held_or_called_off CHECK (held_after_all_at IS NULL OR called_off_at IS NULL)'
    )
    for table in ('meeting', 'commitment'):
        op.add_column(table, sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.create_table('commitment_change',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('body_digest', sa.String(length=64), nullable=False),
        sa.Column('commitment_id', BIG, nullable=False),
        sa.Column('kept_on', sa.Date(), nullable=True),
        sa.Column('outcome', sa.Text(), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('changed_at', consult.db.Moment(timezone=True), nullable=False),
        sa.CheckConstraint('length(outcome) > 0', name=op.f('ck_commitment_change_what_came_of_it_is_said')),
        sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_change_commitment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_change')),
        sa.UniqueConstraint('key', name=op.f('uq_commitment_change_key')),
    )
    op.create_index(op.f('ix_commitment_change_commitment_id'), 'commitment_change', ['commitment_id'])
    op.create_table('meeting_file',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('body_digest', sa.String(length=64), nullable=False),
        sa.Column('meeting_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=32), nullable=False),
        sa.Column('kind', sa.Enum('photo', 'pdf', name='kind', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('description', sa.String(length=300), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('added_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('withdrawn_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('withdrawn_because', sa.String(length=500), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_meeting_file_numbered_from_one')),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because = '')", name=op.f('ck_meeting_file_a_withdrawal_has_a_reason')
        ),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_file_meeting_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_file')),
        sa.UniqueConstraint('key', name=op.f('uq_meeting_file_key')),
        sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_meeting_file_meeting_id_number')),
        sa.UniqueConstraint('name', name=op.f('uq_meeting_file_name')),
    )
    # What came of a promise so far is the first row of its history; who wrote it and when is known to the trail alone.
    op.execute(
        'INSERT INTO commitment_change (key, body_digest, commitment_id, kept_on, outcome, actor_id, changed_at) '
        "SELECT key, body_digest, id, kept_on, outcome, author_id, created_at FROM commitment WHERE outcome <> ''"
    )


def downgrade() -> None:
    """What came of a promise last stands in the promise itself. Files of meetings have nobody then and are erased."""
    op.execute(
        "UPDATE attachment SET gone_at = CURRENT_TIMESTAMP WHERE source = 'debates.file' AND gone_at IS NULL"
    )
    op.drop_table('meeting_file')
    op.drop_table('commitment_change')
    for table in ('commitment', 'meeting'):
        op.execute(f'ALTER TABLE {table} DROP COLUMN version')
    op.execute('ALTER TABLE meeting_plan DROP COLUMN held_after_all_at')
