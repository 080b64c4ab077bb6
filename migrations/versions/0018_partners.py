"""partners: offices, threats handed over to them with a letter, and their answers

Revision: 0018, after 0017.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KINDS = ('commune', 'road', 'railway', 'housing', 'nature', 'other')
OUTCOMES = ('done', 'will_be_done', 'refused', 'passed_on', 'not_theirs')


def upgrade() -> None:
    op.create_table('partner',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='partnerkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint("email <> '' OR address <> ''", name=op.f('ck_partner_can_be_written_to')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_partner_validity_in_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner')),
    sa.UniqueConstraint('key', name=op.f('uq_partner_key'))
    )
    op.create_table('partner_area',
    sa.Column('partner_id', BIG, nullable=False),
    sa.Column('area_code', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_partner_area_partner_id')),
    sa.PrimaryKeyConstraint('partner_id', 'area_code', name=op.f('pk_partner_area'))
    )
    op.create_index(op.f('ix_partner_area_area_code'), 'partner_area', ['area_code'])
    op.create_table('partner_group',
    sa.Column('partner_id', BIG, nullable=False),
    sa.Column('group_code', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['group_code'], ['category_group.code'], name=op.f('fk_partner_group_group_code')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_partner_group_partner_id')),
    sa.PrimaryKeyConstraint('partner_id', 'group_code', name=op.f('pk_partner_group'))
    )
    op.create_table('hand_over',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('threat_id', BIG, nullable=False),
    sa.Column('change_id', BIG, nullable=False),
    sa.Column('partner_id', BIG, nullable=True),
    sa.Column('addressee', sa.String(length=160), nullable=False),
    sa.Column('address', sa.String(length=600), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('quoted', sa.Text(), nullable=False),
    sa.Column('expected_on', sa.Date(), nullable=False),
    sa.Column('awaited_on', sa.Date(), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('letter_number', sa.String(length=60), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('map_svg', sa.Text(), nullable=False),
    sa.CheckConstraint("addressee <> ''", name=op.f('ck_hand_over_has_an_addressee')),
    sa.ForeignKeyConstraint(['change_id'], ['status_change.id'], name=op.f('fk_hand_over_change_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], name=op.f('fk_hand_over_partner_id')),
    sa.ForeignKeyConstraint(['threat_id'], ['threat.id'], name=op.f('fk_hand_over_threat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_over')),
    sa.UniqueConstraint('change_id', name=op.f('uq_hand_over_change_id')),
    sa.UniqueConstraint('key', name=op.f('uq_hand_over_key'))
    )
    op.create_index(op.f('ix_hand_over_awaited_on'), 'hand_over', ['awaited_on'])
    op.create_index(op.f('ix_hand_over_partner_id'), 'hand_over', ['partner_id'])
    op.create_index(op.f('ix_hand_over_threat_id'), 'hand_over', ['threat_id'])
    op.create_table('partner_answer',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('hand_over_id', BIG, nullable=False),
    sa.Column('outcome', sa.Enum(*OUTCOMES, name='partneroutcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=False),
    sa.Column('done_by', sa.Date(), nullable=True),
    sa.Column('passed_to', sa.String(length=160), nullable=False),
    sa.Column('public_words', sa.Text(), nullable=False),
    sa.Column('internal_words', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("outcome <> 'passed_on' OR passed_to <> ''", name=op.f('ck_partner_answer_passed_on_to_somebody')),
    sa.CheckConstraint("outcome <> 'will_be_done' OR done_by IS NOT NULL", name=op.f('ck_partner_answer_a_promise_has_its_day')),
    sa.ForeignKeyConstraint(['hand_over_id'], ['hand_over.id'], name=op.f('fk_partner_answer_hand_over_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_answer')),
    sa.UniqueConstraint('key', name=op.f('uq_partner_answer_key'))
    )
    op.create_index(op.f('ix_partner_answer_hand_over_id'), 'partner_answer', ['hand_over_id'])


def downgrade() -> None:
    op.drop_table('partner_answer')
    op.drop_table('hand_over')
    op.drop_table('partner_group')
    op.drop_table('partner_area')
    op.drop_table('partner')
