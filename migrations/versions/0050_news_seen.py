"""news_seen: the newest piece of news that somebody of the police has seen

Revision: 0050, after 0049.
"""

from alembic import op
import sqlalchemy as sa

revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('account_use', sa.Column('news_seen', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Who comes back to this version reads the news once more."""
    op.drop_column('account_use', 'news_seen')
