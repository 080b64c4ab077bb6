"""fitted rules: what joining learnt from the voices, with what shows how far to trust it

Revision: 0016, after 0015.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table('fitted_rule',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('fitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('weights', JSON, nullable=False),
    sa.Column('accuracies', JSON, nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('voices', BIG, nullable=False),
    sa.Column('pairs', BIG, nullable=False),
    sa.Column('controls', BIG, nullable=False),
    sa.Column('calibration', JSON, nullable=False),
    sa.Column('kept', JSON, nullable=False),
    sa.CheckConstraint('share > 0 AND share < 1', name=op.f('ck_fitted_rule_share_is_a_share')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fitted_rule'))
    )


def downgrade() -> None:
    op.drop_table('fitted_rule')
