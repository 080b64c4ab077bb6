"""sheets for a proposed change of posts or patrols, with every version of them

Revision: 0035, after 0034.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
KIND = sa.Enum(
    'open', 'move', 'close', 'patrols', name='allocation_kind', native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.create_table(
        'allocation_sheet',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('unit_id', BIG, nullable=False),
        sa.Column('area_code', sa.String(length=7), nullable=False),
        sa.Column('kind', KIND, nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_allocation_sheet_unit_id_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_sheet')),
    )
    op.create_index(op.f('ix_allocation_sheet_unit_id'), 'allocation_sheet', ['unit_id'])
    op.create_table(
        'allocation_version',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('sheet_id', BIG, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('section', sa.String(length=20), nullable=False),
        sa.Column('content', JSON, nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_allocation_version_numbered_from_one')),
        sa.ForeignKeyConstraint(
            ['sheet_id'], ['allocation_sheet.id'], name=op.f('fk_allocation_version_sheet_id_allocation_sheet')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_version')),
        sa.UniqueConstraint('sheet_id', 'number', name=op.f('uq_allocation_version_sheet_id_number')),
    )


def downgrade() -> None:
    op.drop_table('allocation_version')
    op.drop_table('allocation_sheet')
