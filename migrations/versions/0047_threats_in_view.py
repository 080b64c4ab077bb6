"""indexes by which a view of the map and threats without a place are found in a country of them

Revision: 0047, after 0046.
"""

from alembic import op
import sqlalchemy as sa

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_threat_view', 'threat', ['lat', 'lon'])
    op.create_index(
        'ix_threat_whole_area',
        'threat',
        ['district_code'],
        sqlite_where=sa.text('is_whole_area = 1'),
        postgresql_where=sa.text('is_whole_area'),
    )


def downgrade() -> None:
    op.drop_index('ix_threat_whole_area', table_name='threat')
    op.drop_index('ix_threat_view', table_name='threat')
