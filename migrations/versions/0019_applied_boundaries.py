"""applied boundaries: by which set all places were read last; after this step the job reads them once more

Revision: 0019, after 0018.
"""

from alembic import op
import sqlalchemy as sa

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('boundary_set', sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('boundary_set', 'applied_at')
