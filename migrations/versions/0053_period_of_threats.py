"""an index that tells by itself which threats were spoken of in a period, in place of one that knew only its first day

Revision: 0053, after 0052.
"""

from alembic import op

revision = '0053'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_threat_period', 'threat', ['last_at', 'first_at'])
    op.drop_index('ix_threat_last_at', table_name='threat')


def downgrade() -> None:
    op.create_index('ix_threat_last_at', 'threat', ['last_at'])
    op.drop_index('ix_threat_period', table_name='threat')
