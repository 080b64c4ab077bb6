"""what staff ask to be done in the background, part by part

Revision: 0045, after 0044.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import consult.db

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
MOMENT = consult.db.Moment(timezone=True)
STATES = ('queued', 'running', 'done', 'failed', 'cancelled')
PARTS = ('waiting', 'done', 'refused')


def upgrade() -> None:
    op.create_table(
        'task',
        sa.Column('id', KEY, sa.Identity(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('details', JSON, nullable=False),
        sa.Column('asked_by_id', KEY, nullable=False),
        sa.Column('unit_path', sa.String(length=200), nullable=False),
        sa.Column(
            'state', sa.Enum(*STATES, name='taskstate', native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('deaths', sa.Integer(), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('cancel_asked_at', MOMENT, nullable=True),
        sa.CheckConstraint('attempt >= 0 AND deaths >= 0', name=op.f('ck_task_counts')),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('queued', 'running'))", name=op.f('ck_task_open_until_it_ends')
        ),
        sa.ForeignKeyConstraint(['asked_by_id'], ['account.id'], name=op.f('fk_task_asked_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_task')),
    )
    for column in ('asked_by_id', 'state', 'unit_path'):
        op.create_index(op.f(f'ix_task_{column}'), 'task', [column], unique=False)
    op.create_table(
        'task_part',
        sa.Column('id', KEY, sa.Identity(), nullable=False),
        sa.Column('task_id', KEY, nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('label', sa.String(length=200), nullable=False),
        sa.Column(
            'state', sa.Enum(*PARTS, name='partstate', native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('told', sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_part_task_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_task_part')),
        sa.UniqueConstraint('task_id', 'name', name=op.f('uq_task_part_task_id_name')),
    )


def downgrade() -> None:
    """What was done stays done; only who asked for it, and how far it is, is forgotten."""
    op.drop_table('task_part')
    for column in ('unit_path', 'state', 'asked_by_id'):
        op.drop_index(op.f(f'ix_task_{column}'), table_name='task')
    op.drop_table('task')
