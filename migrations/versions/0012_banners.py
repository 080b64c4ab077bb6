"""warnings above public pages

Revision: 0012, after 0011.
"""

from alembic import op
import sqlalchemy as sa
revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('banner',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('area_code', sa.String(length=4), nullable=False),
    sa.Column('text_pl', sa.String(length=300), nullable=False),
    sa.Column('text_en', sa.String(length=300), nullable=False),
    sa.Column('text_uk', sa.String(length=300), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('last_on >= first_on', name=op.f('ck_banner_days_in_order')),
    sa.CheckConstraint('length(text_pl) > 0', name=op.f('ck_banner_it_says_something')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_banner'))
    )
    op.create_index(op.f('ix_banner_last_on'), 'banner', ['last_on'], unique=False)


def downgrade() -> None:
    op.drop_table('banner')
