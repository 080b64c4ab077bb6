"""versions of summaries: drafts, who looked at and released them

Revision: 0037, after 0036.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
EDITION = sa.Enum('public', 'internal', name='edition', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('summary_version',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('district_code', sa.String(length=4), nullable=False),
        sa.Column('period', sa.String(length=7), nullable=False),
        sa.Column('edition', EDITION, nullable=False),
        sa.Column('language', sa.String(length=2), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('stem', sa.String(length=120), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('figures', sa.String(length=64), nullable=False),
        sa.Column('made_of', sa.String(length=64), nullable=False),
        sa.Column('pdf_digest', sa.String(length=64), nullable=False),
        sa.Column('because', sa.String(length=1000), nullable=False),
        sa.Column('written_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('written_by_id', sa.Integer(), nullable=True),
        sa.Column('looked_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('looked_by_id', sa.Integer(), nullable=True),
        sa.Column('released_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('released_by_id', sa.Integer(), nullable=True),
        sa.Column('released_by', sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(edition = 'public') = (number >= 1) AND number >= 0",
            name=op.f('ck_summary_version_public_ones_are_numbered'),
        ),
        sa.CheckConstraint(
            'released_at IS NULL OR looked_at IS NOT NULL', name=op.f('ck_summary_version_looked_at_before_released')
        ),
        sa.CheckConstraint(
            "released_at IS NULL OR edition = 'public'", name=op.f('ck_summary_version_only_public_ones_are_released')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_summary_version')),
        sa.UniqueConstraint(
            'district_code', 'period', 'edition', 'language', 'number',
            name=op.f('uq_summary_version_district_code_period_edition_language_number'),
        ),
    )
    op.create_index(op.f('ix_summary_version_period'), 'summary_version', ['period'])


def downgrade() -> None:
    """Released documents stay on the shelf; who released them is lost, and drafts are found by nobody."""
    op.drop_index(op.f('ix_summary_version_period'), table_name='summary_version')
    op.drop_table('summary_version')
