"""file screening: each file of a report is shown or withheld by itself

Revision: 0017, after 0016.
"""

from alembic import op
import sqlalchemy as sa

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('file_screening',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('report_id', BIG, nullable=False),
    sa.Column('file_name', sa.String(length=32), nullable=False),
    sa.Column('decision', sa.Enum('shown', 'withheld', name='filedecision', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("confirmed_by_id IS NULL OR decision = 'withheld'", name=op.f('ck_file_screening_only_withholding_is_confirmed')),
    sa.CheckConstraint('confirmed_by_id IS NULL OR confirmed_by_id <> actor_id', name=op.f('ck_file_screening_four_eyes')),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by_id IS NULL)', name=op.f('ck_file_screening_somebody_takes_it_back')),
    sa.ForeignKeyConstraint(['report_id'], ['online_report.id'], name=op.f('fk_file_screening_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_screening'))
    )
    op.create_index('uq_file_screening_standing', 'file_screening', ['file_name'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
    op.create_index(op.f('ix_file_screening_report_id'), 'file_screening', ['report_id'])


def downgrade() -> None:
    op.drop_table('file_screening')
