"""the order of the list of threats, so that its first page is read and not sorted

Revision: 0022, after 0021.
"""

from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_threat_list', 'threat', ['independent', 'last_at', 'id'])


def downgrade() -> None:
    op.drop_index('ix_threat_list', table_name='threat')
