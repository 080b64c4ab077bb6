"""an index by which the list of one category is read in its order, in place of one that only found its threats

Revision: 0049, after 0048.
"""

from alembic import op

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_threat_category_list', 'threat', ['category_code', 'independent', 'last_at', 'id'])
    op.drop_index('ix_threat_category_code', table_name='threat')


def downgrade() -> None:
    op.create_index('ix_threat_category_code', 'threat', ['category_code'])
    op.drop_index('ix_threat_category_list', table_name='threat')
