"""screening of reports

Revision: 0006, after 0005.
"""

from alembic import op
import sqlalchemy as sa
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

WAITING = sa.text("screened_at IS NULL AND withdrawn_at IS NULL AND channel = 'page'")
UNCONFIRMED = sa.text("decision = 'personal_data' AND confirmed_at IS NULL AND undone_at IS NULL")


def upgrade() -> None:
    op.add_column('observation', sa.Column('is_withheld', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('online_report', sa.Column('screened_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('online_report', sa.Column('passed_to', sa.String(length=4), nullable=True))
    op.create_index('ix_online_report_waiting', 'online_report', ['sent_at'], unique=False, sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table('screening',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('decision', sa.Enum('fit', 'joke', 'personal_data', 'outside', 'urgent', name='decision', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('passed_to', sa.String(length=4), nullable=True),
    sa.Column('closed_threat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("confirmed_by_id IS NULL OR decision = 'personal_data'", name=op.f('ck_screening_only_withholding_is_confirmed')),
    sa.CheckConstraint('confirmed_by_id IS NULL OR confirmed_by_id <> actor_id', name=op.f('ck_screening_four_eyes')),
    sa.CheckConstraint("(passed_to IS NOT NULL) = (decision = 'outside')", name=op.f('ck_screening_what_is_outside_goes_somewhere')),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by_id IS NULL)', name=op.f('ck_screening_somebody_takes_it_back')),
    sa.ForeignKeyConstraint(['closed_threat_id'], ['threat.id'], name=op.f('fk_screening_closed_threat_id')),
    sa.ForeignKeyConstraint(['report_id'], ['online_report.id'], name=op.f('fk_screening_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening'))
    )
    op.create_index(op.f('ix_screening_report_id'), 'screening', ['report_id'], unique=False)
    op.create_index(op.f('ix_screening_decided_at'), 'screening', ['decided_at'], unique=False)
    op.create_index('ix_screening_unconfirmed', 'screening', ['decided_at'], unique=False, sqlite_where=UNCONFIRMED, postgresql_where=UNCONFIRMED)


def downgrade() -> None:
    op.drop_table('screening')
    op.drop_index('ix_online_report_waiting', table_name='online_report')
    op.drop_column('online_report', 'passed_to')
    op.drop_column('online_report', 'screened_at')
    op.drop_column('observation', 'is_withheld')
