"""what became of proposals as rows of history, and addressees from the registers of units and partners

Revision: 0024, after 0023.
"""

from alembic import op
import sqlalchemy as sa

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATUSES = ('open', 'accepted', 'in_progress', 'done', 'partly_done', 'refused', 'handed_over', 'no_answer')


def upgrade() -> None:
    integer = 'INTEGER' if op.get_bind().dialect.name == 'sqlite' else 'BIGINT'
    for column, table in (('addressee_unit_id', 'unit'), ('partner_id', 'partner')):
        op.execute(
            f'ALTER TABLE proposal ADD COLUMN {column} {integer} '
            f'CONSTRAINT fk_proposal_{column} REFERENCES {table} (id)'
        )
        op.create_index(op.f(f'ix_proposal_{column}'), 'proposal', [column])
    op.add_column('proposal', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.create_table('proposal_change',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('body_digest', sa.String(length=64), nullable=False),
        sa.Column('proposal_id', BIG, nullable=False),
        sa.Column('before', sa.Enum(*STATUSES, name='status_before', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('after', sa.Enum(*STATUSES, name='status_after', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('answered_by', sa.String(length=200), nullable=False),
        sa.Column('passed_to', sa.String(length=200), nullable=False),
        sa.Column('legal_basis', sa.String(length=300), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=False),
        sa.Column('evidence_url', sa.String(length=500), nullable=False),
        sa.Column('evidence_is_public', sa.Boolean(), nullable=False),
        sa.Column('meeting_id', BIG, nullable=True),
        sa.Column('reported_on', sa.Date(), nullable=True),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("after IN ('open', 'no_answer') OR length(answer) > 0", name=op.f('ck_proposal_change_a_result_has_an_answer')),
        sa.CheckConstraint('NOT evidence_is_public OR length(evidence) + length(evidence_url) > 0', name=op.f('ck_proposal_change_public_evidence_is')),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_proposal_change_meeting_id')),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_change_proposal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_change')),
        sa.UniqueConstraint('key', name=op.f('uq_proposal_change_key')),
    )
    op.create_index(op.f('ix_proposal_change_meeting_id'), 'proposal_change', ['meeting_id'])
    op.create_index(op.f('ix_proposal_change_proposal_id'), 'proposal_change', ['proposal_id'])
    # What was answered so far is the first row of each history; when it was written down is known to the trail alone.
    op.execute(
        "INSERT INTO proposal_change (key, body_digest, proposal_id, before, after, answer, answered_on, answered_by, "
        "passed_to, legal_basis, evidence, evidence_url, evidence_is_public, actor_id, changed_at) "
        "SELECT key, body_digest, id, 'open', status, answer, answered_on, '', '', '', '', '', false, author_id, created_at "
        "FROM proposal WHERE status <> 'open'"
    )


def downgrade() -> None:
    """The newest state and answer stand in the proposal itself; what was before it is lost."""
    op.drop_table('proposal_change')
    for column in ('addressee_unit_id', 'partner_id'):
        op.drop_index(op.f(f'ix_proposal_{column}'), table_name='proposal')
    for column in ('version', 'partner_id', 'addressee_unit_id'):
        op.execute(f'ALTER TABLE proposal DROP COLUMN {column}')
