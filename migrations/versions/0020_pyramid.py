"""the pyramid: voices counted by cells of the map, those that are here already too

Revision: 0020, after 0019.
"""

import math

from alembic import op
import sqlalchemy as sa

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

FINEST, LOWEST, TOGETHER_TO = 14, 4, 9
UNIT_BITS, WORLD_BITS = 7, 26
BATCH = 20_000

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    cells = op.create_table(
        'pyramid_cell',
        sa.Column('zoom', sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column('category_code', sa.String(length=40), nullable=False),
        sa.Column('cell', BIG, autoincrement=False, nullable=False),
        sa.Column('area_code', sa.String(length=7), nullable=False),
        sa.Column('voices', sa.Integer(), nullable=False),
        sa.Column('east', BIG, nullable=False),
        sa.Column('south', BIG, nullable=False),
        sa.PrimaryKeyConstraint('zoom', 'category_code', 'cell', 'area_code', name=op.f('pk_pyramid_cell')),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    rows = [
        {'zoom': FINEST, 'category_code': key[0], 'cell': key[1], 'area_code': key[2],
         'voices': sums[0], 'east': sums[1], 'south': sums[2]}
        for key, sums in sorted(counted(connection).items())
    ]
    for start in range(0, len(rows), BATCH):
        op.bulk_insert(cells, rows[start:start + BATCH])
    for zoom in range(FINEST - 1, LOWEST - 1, -1):
        connection.execute(COARSER, {'zoom': zoom, 'finer': zoom + 1, 'width': 1 << UNIT_BITS + FINEST - zoom - 1})
    connection.execute(TOGETHER, {'zoom': TOGETHER_TO})


def downgrade() -> None:
    op.drop_table('pyramid_cell')


def counted(connection):
    """Count the voices that stand by category, finest cell and area."""
    counts = {}
    inside = (1 << UNIT_BITS) - 1
    for category_code, lon, lat, district, commune in connection.execute(VOICES):
        rise = math.asinh(math.tan(math.radians(lat))) / math.pi
        east = int((lon + 180) / 360 * (1 << WORLD_BITS))
        south = int((1 - rise) / 2 * (1 << WORLD_BITS))
        cell = sum((column >> bit & 1) << 2 * bit + at
                   for at, column in enumerate((east >> UNIT_BITS, south >> UNIT_BITS)) for bit in range(WORLD_BITS))
        sums = counts.setdefault((category_code, cell, commune or district), [0, 0, 0])
        for at, number in enumerate((1, east & inside, south & inside)):
            sums[at] += number
    return counts


VOICES = sa.text("""
SELECT category_code, lon, lat, district_code, commune_code FROM observation
WHERE withdrawn_at IS NULL AND cell IS NOT NULL
""")
COARSER = sa.text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, voices, east, south)
SELECT :zoom, category_code, cell >> 2, area_code, sum(voices), sum(east + voices * (cell & 1) * :width),
    sum(south + voices * (cell >> 1 & 1) * :width)
FROM pyramid_cell WHERE zoom = :finer GROUP BY category_code, cell >> 2, area_code
""")
TOGETHER = sa.text("""
INSERT INTO pyramid_cell (zoom, category_code, cell, area_code, voices, east, south)
SELECT zoom, '', cell, area_code, sum(voices), sum(east), sum(south)
FROM pyramid_cell WHERE zoom <= :zoom GROUP BY zoom, cell, area_code
""")
