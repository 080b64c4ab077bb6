"""erasures: what people took back or had erased, by keys alone, so that a restored backup does not bring it back

Revision: 0048, after 0047.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'erasure',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('erased_at', consult.db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure')),
    )
    op.create_index(op.f('ix_erasure_erased_at'), 'erasure', ['erased_at'], unique=False)


def downgrade() -> None:
    """What was erased stays erased; a backup from before, restored by the earlier version, brings it back."""
    op.drop_index(op.f('ix_erasure_erased_at'), table_name='erasure')
    op.drop_table('erasure')
