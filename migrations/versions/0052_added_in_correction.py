"""added_in_correction: what was added to minutes while they were being corrected

Revision: 0052, after 0051.
"""

from alembic import op
import sqlalchemy as sa

revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing tells when a statement that is there already was added, so none is marked."""
    op.add_column(
        'statement', sa.Column('added_in_correction', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """What was added in a correction stands as the rest does."""
    op.drop_column('statement', 'added_in_correction')
