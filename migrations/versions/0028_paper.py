"""sheets with a map: forms, their numbered sheets, and what was typed in from them

Revision: 0028, after 0027.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import consult.db

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table('paper_form',
        sa.Column('id', consult.db.BigKey, sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('body_digest', sa.String(length=64), nullable=False),
        sa.Column('meeting_id', consult.db.BigKey, nullable=True),
        sa.Column('survey_version_id', consult.db.BigKey, nullable=True),
        sa.Column('unit_id', consult.db.BigKey, nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('place_name', sa.String(length=200), nullable=False),
        sa.Column('x_min', sa.Double(), nullable=False),
        sa.Column('y_min', sa.Double(), nullable=False),
        sa.Column('x_max', sa.Double(), nullable=False),
        sa.Column('y_max', sa.Double(), nullable=False),
        sa.Column('columns', sa.Integer(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('categories', JSON, nullable=False),
        sa.Column('copies', sa.Integer(), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('created_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('closed_at', consult.db.Moment(timezone=True), nullable=True),
        sa.CheckConstraint('columns BETWEEN 1 AND 24', name=op.f('ck_paper_form_columns_have_letters')),
        sa.CheckConstraint('rows BETWEEN 1 AND 99', name=op.f('ck_paper_form_rows_have_numbers')),
        sa.CheckConstraint('x_max > x_min AND y_max > y_min', name=op.f('ck_paper_form_the_frame_is_no_line')),
        sa.CheckConstraint('copies >= 0', name=op.f('ck_paper_form_copies_counted')),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_paper_form_meeting_id')),
        sa.ForeignKeyConstraint(['survey_version_id'], ['survey_version.id'], name=op.f('fk_paper_form_survey_version_id')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_paper_form_unit_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_form')),
        sa.UniqueConstraint('key', name=op.f('uq_paper_form_key')),
    )
    op.create_index(op.f('ix_paper_form_meeting_id'), 'paper_form', ['meeting_id'])
    op.create_index(op.f('ix_paper_form_survey_version_id'), 'paper_form', ['survey_version_id'])
    op.create_index(op.f('ix_paper_form_unit_id_created_at'), 'paper_form', ['unit_id', 'created_at'])
    op.create_table('paper_sheet',
        sa.Column('id', consult.db.BigKey, sa.Identity(always=False), nullable=False),
        sa.Column('form_id', consult.db.BigKey, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('is_sampled', sa.Boolean(), nullable=False),
        sa.Column('has_questionnaire', sa.Boolean(), nullable=False),
        sa.Column('settled_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('settled_by_id', sa.Integer(), nullable=True),
        sa.Column('withdrawn_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('withdrawn_because', sa.String(length=500), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_paper_sheet_numbered_from_one')),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", name=op.f('ck_paper_sheet_a_withdrawal_has_a_reason')),
        sa.CheckConstraint('(settled_at IS NULL) = (settled_by_id IS NULL)', name=op.f('ck_paper_sheet_settling_has_a_person')),
        sa.ForeignKeyConstraint(['form_id'], ['paper_form.id'], name=op.f('fk_paper_sheet_form_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_sheet')),
        sa.UniqueConstraint('form_id', 'number', name=op.f('uq_paper_sheet_form_id_number')),
    )
    op.create_table('paper_entry',
        sa.Column('id', consult.db.BigKey, sa.Identity(always=False), nullable=False),
        sa.Column('sheet_id', consult.db.BigKey, nullable=False),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.Column('body_digest', sa.String(length=64), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('made_at', consult.db.Moment(timezone=True), nullable=False),
        sa.CheckConstraint('turn IN (1, 2)', name=op.f('ck_paper_entry_one_of_two_turns')),
        sa.ForeignKeyConstraint(['sheet_id'], ['paper_sheet.id'], name=op.f('fk_paper_entry_sheet_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_entry')),
        sa.UniqueConstraint('key', name=op.f('uq_paper_entry_key')),
        sa.UniqueConstraint('sheet_id', 'turn', name=op.f('uq_paper_entry_sheet_id_turn')),
    )
    op.create_table('paper_mark',
        sa.Column('id', consult.db.BigKey, sa.Identity(always=False), nullable=False),
        sa.Column('entry_id', consult.db.BigKey, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('cell', sa.String(length=4), nullable=False),
        sa.Column('category_code', sa.String(length=40), nullable=True),
        sa.Column('weekdays', sa.Integer(), nullable=False),
        sa.Column('times_of_day', sa.Integer(), nullable=False),
        sa.Column('words', sa.String(length=300), nullable=False),
        sa.Column('observation_id', consult.db.BigKey, nullable=True),
        sa.CheckConstraint('position >= 1', name=op.f('ck_paper_mark_counted_from_one')),
        sa.CheckConstraint('weekdays >= 0 AND weekdays < 128', name=op.f('ck_paper_mark_weekdays_are_seven_bits')),
        sa.CheckConstraint('times_of_day >= 0 AND times_of_day < 16', name=op.f('ck_paper_mark_times_of_day_are_four_bits')),
        sa.ForeignKeyConstraint(['category_code'], ['category.code'], name=op.f('fk_paper_mark_category_code')),
        sa.ForeignKeyConstraint(['entry_id'], ['paper_entry.id'], name=op.f('fk_paper_mark_entry_id')),
        sa.ForeignKeyConstraint(['observation_id'], ['observation.id'], name=op.f('fk_paper_mark_observation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_mark')),
        sa.UniqueConstraint('entry_id', 'position', name=op.f('uq_paper_mark_entry_id_position')),
    )
    op.create_index(op.f('ix_paper_mark_observation_id'), 'paper_mark', ['observation_id'])


def downgrade() -> None:
    for table in ('paper_mark', 'paper_entry', 'paper_sheet', 'paper_form'):
        op.drop_table(table)
