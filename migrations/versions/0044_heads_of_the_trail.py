"""summaries and releases keep where the audit trail stood when their figures were written down

Revision: 0044, after 0043.
"""

from alembic import op
import sqlalchemy as sa

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('summary_version', sa.Column('trail_entry', sa.BigInteger(), nullable=True))
    op.add_column(
        'summary_version', sa.Column('trail_digest', sa.String(length=64), nullable=False, server_default='')
    )
    with op.batch_alter_table('summary_version', schema=None) as batch_op:
        batch_op.alter_column('trail_digest', existing_type=sa.String(length=64), server_default=None)
    # Never in a batch: that makes the table anew, without the triggers that keep releases from being changed.
    op.add_column('figure_release', sa.Column('trail_entry', sa.BigInteger(), nullable=True))
    op.add_column('figure_release', sa.Column('trail_digest', sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Documents that were printed keep what stands in them."""
    op.drop_column('figure_release', 'trail_digest')
    op.drop_column('figure_release', 'trail_entry')
    with op.batch_alter_table('summary_version', schema=None) as batch_op:
        batch_op.drop_column('trail_digest')
        batch_op.drop_column('trail_entry')
