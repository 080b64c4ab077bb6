"""pairs that people judge, thresholds of joining put into force, and the district of a joining

Revision: 0032, after 0031.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
LIKENESS = sa.Enum(
    'same', 'different', 'unclear', name='likeness', native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    op.create_table(
        'joining_thresholds',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('link', sa.Double(), nullable=False),
        sa.Column('suggest', sa.Double(), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            'suggest > 0 AND suggest <= link AND link <= 1', name=op.f('ck_joining_thresholds_in_order')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_joining_thresholds')),
        sa.UniqueConstraint('key', name=op.f('uq_joining_thresholds_key')),
    )
    op.create_table(
        'judged_sample',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('scope', sa.String(length=200), nullable=False),
        sa.Column('areas', JSON, nullable=False),
        sa.Column('strata', JSON, nullable=False),
        sa.Column('rule_digest', sa.String(length=64), nullable=False),
        sa.Column('seed', BIG, nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_judged_sample')),
        sa.UniqueConstraint('key', name=op.f('uq_judged_sample_key')),
    )
    op.create_index(op.f('ix_judged_sample_scope'), 'judged_sample', ['scope'], unique=False)
    op.create_table(
        'judged_pair',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('sample_id', BIG, nullable=False),
        sa.Column('first_id', BIG, nullable=False),
        sa.Column('second_id', BIG, nullable=False),
        sa.Column('stratum', sa.Integer(), nullable=False),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.Column('score', sa.Double(), nullable=True),
        sa.Column('likeness', LIKENESS, nullable=True),
        sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('judged_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint(
            '(likeness IS NULL) = (judged_at IS NULL)', name=op.f('ck_judged_pair_judged_with_its_moment')
        ),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_judged_pair_pair_in_order')),
        sa.ForeignKeyConstraint(['first_id'], ['observation.id'], name=op.f('fk_judged_pair_first_id')),
        sa.ForeignKeyConstraint(['sample_id'], ['judged_sample.id'], name=op.f('fk_judged_pair_sample_id')),
        sa.ForeignKeyConstraint(['second_id'], ['observation.id'], name=op.f('fk_judged_pair_second_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_judged_pair')),
        sa.UniqueConstraint(
            'sample_id', 'first_id', 'second_id', name=op.f('uq_judged_pair_sample_id_first_id_second_id')
        ),
    )
    op.create_index(op.f('ix_judged_pair_first_id'), 'judged_pair', ['first_id'], unique=False)
    op.create_index(op.f('ix_judged_pair_second_id'), 'judged_pair', ['second_id'], unique=False)
    op.add_column('join_run', sa.Column('district_code', sa.String(length=7), nullable=True))


def downgrade() -> None:
    op.drop_column('join_run', 'district_code')
    op.drop_table('judged_pair')
    op.drop_table('judged_sample')
    op.drop_table('joining_thresholds')
