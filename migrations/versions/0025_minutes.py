"""minutes: signs of the case, editions as they were approved, links and suggestions of those invited, what is withheld

Revision: 0025, after 0024.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

RECORD = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def key() -> sa.Column:
    return sa.Column('id', BIG, sa.Identity(), nullable=False)


def upgrade() -> None:
    op.add_column('meeting', sa.Column('case_sign', sa.String(80), server_default='', nullable=False))
    op.add_column('meeting', sa.Column('jrwa_symbol', sa.String(20), server_default='', nullable=False))
    op.add_column('meeting', sa.Column('archival_category', sa.String(6), server_default='', nullable=False))
    op.add_column('meeting', sa.Column('retain_until', sa.Date(), nullable=True))
    op.add_column('meeting', sa.Column('opened_again_because', sa.String(1000), server_default='', nullable=False))
    op.add_column('statement', sa.Column('withheld_because', sa.String(500), server_default='', nullable=False))
    op.create_table(
        'minutes_edition',
        key(),
        sa.Column('meeting_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('approved_at', MOMENT, nullable=False),
        sa.Column('approved_by_id', sa.Integer(), nullable=False),
        sa.Column('approved_by', sa.String(120), nullable=False),
        sa.Column('because', sa.String(1000), nullable=False),
        sa.Column('full', RECORD, nullable=False),
        sa.Column('public', RECORD, nullable=False),
        sa.Column('full_digest', sa.String(64), nullable=False),
        sa.Column('public_digest', sa.String(64), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_minutes_edition_numbered_from_one')),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_minutes_edition_meeting_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_edition')),
        sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_minutes_edition_meeting_id_number')),
    )
    op.create_table(
        'correction_link',
        key(),
        sa.Column('meeting_id', BIG, nullable=False),
        sa.Column('key', sa.String(32), nullable=False),
        sa.Column('body_digest', sa.String(64), nullable=False),
        sa.Column('function', sa.String(200), nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ends_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_correction_link_meeting_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_link')),
        sa.UniqueConstraint('key', name=op.f('uq_correction_link_key')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_correction_link_token_hash')),
    )
    op.create_index(op.f('ix_correction_link_meeting_id'), 'correction_link', ['meeting_id'])
    op.create_table(
        'minutes_suggestion',
        key(),
        sa.Column('link_id', BIG, nullable=False),
        sa.Column('statement_id', BIG, nullable=True),
        sa.Column('key', sa.String(32), nullable=False),
        sa.Column('body_digest', sa.String(64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('made_at', MOMENT, nullable=False),
        sa.Column('state', sa.String(40), nullable=False),
        sa.Column('reason', sa.String(1000), nullable=False),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'declined')", name=op.f('ck_minutes_suggestion_suggestionstate')),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name=op.f('ck_minutes_suggestion_decided_at_a_moment')
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR length(reason) > 0", name=op.f('ck_minutes_suggestion_declined_with_a_reason')
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR decided_by_id IS NOT NULL", name=op.f('ck_minutes_suggestion_decided_by_somebody')
        ),
        sa.ForeignKeyConstraint(['link_id'], ['correction_link.id'], name=op.f('fk_minutes_suggestion_link_id')),
        sa.ForeignKeyConstraint(['statement_id'], ['statement.id'], name=op.f('fk_minutes_suggestion_statement_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_suggestion')),
        sa.UniqueConstraint('key', name=op.f('uq_minutes_suggestion_key')),
    )
    op.create_index(op.f('ix_minutes_suggestion_link_id'), 'minutes_suggestion', ['link_id'])
    op.create_index(op.f('ix_minutes_suggestion_statement_id'), 'minutes_suggestion', ['statement_id'])


def downgrade() -> None:
    """Refused while something is withheld, since nothing would keep it from the public any more."""
    withheld = op.get_bind().execute(sa.text("SELECT count(*) FROM statement WHERE withheld_because <> ''")).scalar()
    if withheld:
        raise RuntimeError(f"{withheld} statements are withheld from the public; publish or cross them out first")
    op.drop_table('minutes_suggestion')
    op.drop_table('correction_link')
    op.drop_table('minutes_edition')
    op.drop_column('statement', 'withheld_because')
    for name in ('opened_again_because', 'retain_until', 'archival_category', 'jrwa_symbol', 'case_sign'):
        op.drop_column('meeting', name)
