"""readers of summaries: the offices that are told of a release, and the letters that went to them

Revision: 0039, after 0038.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import consult.db

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
STATE = sa.Enum(
    'sending', 'sent', 'waiting', 'refused', 'given_up',
    name='letterstate', native_enum=False, create_constraint=True, length=40,
)


def upgrade() -> None:
    op.create_table('summary_reader',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('district_code', sa.String(length=4), nullable=False),
        sa.Column('function', sa.String(length=120), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('languages', JSON, nullable=False),
        sa.Column('entered_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('entered_by_id', sa.Integer(), nullable=False),
        sa.Column('ended_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('stopped_hash', sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            '(email IS NULL) = (ended_at IS NOT NULL)', name=op.f('ck_summary_reader_address_until_the_end')
        ),
        sa.CheckConstraint(
            'stopped_hash IS NULL OR ended_at IS NOT NULL', name=op.f('ck_summary_reader_stopped_ones_have_ended')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_reader')),
        sa.UniqueConstraint('key', name=op.f('uq_summary_reader_key')),
        sa.UniqueConstraint('district_code', 'email', name=op.f('uq_summary_reader_district_code_email')),
    )
    op.create_index(op.f('ix_summary_reader_stopped_hash'), 'summary_reader', ['stopped_hash'])
    op.create_table('summary_letter',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('version_id', BIG, nullable=False),
        sa.Column('reader_id', BIG, nullable=False),
        sa.Column('state', STATE, nullable=False),
        sa.Column('tried_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('stop_hash', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['version_id'], ['summary_version.id'], name=op.f('fk_summary_letter_version_id_summary_version')
        ),
        sa.ForeignKeyConstraint(
            ['reader_id'], ['summary_reader.id'], name=op.f('fk_summary_letter_reader_id_summary_reader')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_letter')),
        sa.UniqueConstraint('version_id', 'reader_id', name=op.f('uq_summary_letter_version_id_reader_id')),
        sa.UniqueConstraint('stop_hash', name=op.f('uq_summary_letter_stop_hash')),
    )
    op.create_index(op.f('ix_summary_letter_reader_id'), 'summary_letter', ['reader_id'])


def downgrade() -> None:
    """Readers and what was sent to them are lost; links that stop letters lead nowhere."""
    op.drop_index(op.f('ix_summary_letter_reader_id'), table_name='summary_letter')
    op.drop_table('summary_letter')
    op.drop_index(op.f('ix_summary_reader_stopped_hash'), table_name='summary_reader')
    op.drop_table('summary_reader')
