"""every second zoom of the pyramid with all categories together, and a way to what has no place on a map

Revision: 0021, after 0020.
"""

from alembic import op
import sqlalchemy as sa

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

BETWEEN = (13, 11, 9, 7)
"""Zooms that are put together when asked for."""

FAR = 9
"""Up to this zoom all categories were counted together before."""


def upgrade() -> None:
    placeless = sa.text('cell IS NULL AND withdrawn_at IS NULL')
    op.create_index(
        'ix_observation_placeless', 'observation', ['district_code'],
        sqlite_where=placeless, postgresql_where=placeless,
    )
    connection = op.get_bind()
    connection.execute(sa.text('DELETE FROM pyramid_cell WHERE zoom IN (7, 9, 11, 13)'))
    connection.execute(TOGETHER, {'above': FAR, 'to': 14})
    op.execute('ALTER TABLE pyramid_cell RENAME COLUMN voices TO observations')


def downgrade() -> None:
    op.execute('ALTER TABLE pyramid_cell RENAME COLUMN observations TO voices')
    connection = op.get_bind()
    connection.execute(sa.text("DELETE FROM pyramid_cell WHERE category_code = '' AND zoom > :far"), {'far': FAR})
    for zoom in BETWEEN:
        connection.execute(COARSER, {'finer': zoom + 1})
    op.drop_index('ix_observation_placeless', table_name='observation')
    connection.execute(TOGETHER, {'above': 8, 'to': 9})


TOGETHER = sa.text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, voices, east, south)
SELECT zoom, '', cell, area_code, sum(voices), sum(east), sum(south)
FROM pyramid_cell WHERE zoom > :above AND zoom <= :to GROUP BY zoom, cell, area_code
""")
COARSER = sa.text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, voices, east, south)
SELECT zoom - 1, category_code, cell >> 2, area_code, sum(voices),
    sum(east + voices * (cell & 1) * (CAST(1 AS BIGINT) << (21 - zoom))),
    sum(south + voices * ((cell >> 1) & 1) * (CAST(1 AS BIGINT) << (21 - zoom)))
FROM pyramid_cell WHERE zoom = :finer GROUP BY zoom, category_code, cell >> 2, area_code
""")
