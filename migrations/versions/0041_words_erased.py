"""words erased: when the words of a report were erased by rule

Revision: 0041, after 0040.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('online_report', sa.Column('words_erased_at', consult.db.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('online_report', 'words_erased_at')
