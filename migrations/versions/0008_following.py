"""following

Revision: 0008, after 0007.
"""

from alembic import op
import sqlalchemy as sa

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('report_news_read',
    sa.Column('reader', sa.String(length=40), nullable=False),
    sa.Column('change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('reader', name=op.f('pk_report_news_read'))
    )
    op.create_table('report_subscription',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('report_key', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmation_hash', sa.String(length=64), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(confirmation_hash IS NULL) = (confirmed_at IS NOT NULL)', name=op.f('ck_report_subscription_waits_or_is_confirmed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_subscription')),
    sa.UniqueConstraint('confirmation_hash', name=op.f('uq_report_subscription_confirmation_hash')),
    sa.UniqueConstraint('report_key', name=op.f('uq_report_subscription_report_key'))
    )
    with op.batch_alter_table('report_subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_subscription_ends_at'), ['ends_at'], unique=False)

    op.create_table('report_question',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=500), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_report_question_an_answer_has_its_moment')),
    sa.CheckConstraint('length(answer) <= 500', name=op.f('ck_report_question_answer_is_short')),
    sa.CheckConstraint('length(text) <= 500', name=op.f('ck_report_question_text_is_short')),
    sa.ForeignKeyConstraint(['report_id'], ['online_report.id'], name=op.f('fk_report_question_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_question'))
    )
    with op.batch_alter_table('report_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_question_report_id'), ['report_id'], unique=False)
        batch_op.create_index('uq_report_question_waiting', ['report_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.create_table('report_outcome',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('change_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('says', sa.Enum('gone', 'still_there', 'unknown', name='says', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('review', sa.String(length=500), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reviewed_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("reviewed_at IS NULL OR says = 'still_there'", name=op.f('ck_report_outcome_only_what_is_there_is_reviewed')),
    sa.CheckConstraint('(reviewed_at IS NULL) = (review IS NULL)', name=op.f('ck_report_outcome_a_review_says_something')),
    sa.CheckConstraint('length(words) <= 500', name=op.f('ck_report_outcome_words_are_short')),
    sa.ForeignKeyConstraint(['change_id'], ['status_change.id'], name=op.f('fk_report_outcome_change_id')),
    sa.ForeignKeyConstraint(['report_id'], ['online_report.id'], name=op.f('fk_report_outcome_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_outcome')),
    sa.UniqueConstraint('report_id', 'change_id', name=op.f('uq_report_outcome_report_id_change_id'))
    )
    with op.batch_alter_table('report_outcome', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_outcome_change_id'), ['change_id'], unique=False)
        batch_op.create_index('ix_report_outcome_waiting', ['said_at'], unique=False, sqlite_where=sa.text("says = 'still_there' AND reviewed_at IS NULL"), postgresql_where=sa.text("says = 'still_there' AND reviewed_at IS NULL"))



def downgrade() -> None:
    with op.batch_alter_table('report_outcome', schema=None) as batch_op:
        batch_op.drop_index('ix_report_outcome_waiting', sqlite_where=sa.text("says = 'still_there' AND reviewed_at IS NULL"), postgresql_where=sa.text("says = 'still_there' AND reviewed_at IS NULL"))
        batch_op.drop_index(batch_op.f('ix_report_outcome_change_id'))

    op.drop_table('report_outcome')
    with op.batch_alter_table('report_question', schema=None) as batch_op:
        batch_op.drop_index('uq_report_question_waiting', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_report_question_report_id'))

    op.drop_table('report_question')
    with op.batch_alter_table('report_subscription', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_subscription_ends_at'))

    op.drop_table('report_subscription')
    op.drop_table('report_news_read')
