"""keys of Open311 and the reports that came by them

Revision: 0004, after 0003.
"""

from alembic import op
import sqlalchemy as sa
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('jurisdiction', sa.String(length=4), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(jurisdiction) IN (2, 4)', name=op.f('ck_api_key_jurisdiction_is_a_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_key')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_key_key_hash')),
    sa.UniqueConstraint('name', name=op.f('uq_api_key_name'))
    )
    op.create_table('service_request',
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('api_key_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['api_key_id'], ['api_key.id'], name=op.f('fk_service_request_api_key_id')),
    sa.ForeignKeyConstraint(['report_id'], ['online_report.id'], name=op.f('fk_service_request_report_id')),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_service_request'))
    )
    with op.batch_alter_table('service_request') as batch:
        batch.create_index(batch.f('ix_service_request_api_key_id'), ['api_key_id'])


def downgrade() -> None:
    op.drop_table('service_request')
    op.drop_table('api_key')
