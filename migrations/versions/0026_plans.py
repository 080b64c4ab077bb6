"""plans of meetings: what is announced before a meeting is held

Revision: 0026, after 0025.
"""

from alembic import op
import sqlalchemy as sa

import consult.db

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'meeting_plan',
        sa.Column('meeting_id', consult.db.BigKey, nullable=False),
        sa.Column('is_open', sa.Boolean(), nullable=False),
        sa.Column('invited', sa.Text(), nullable=False),
        sa.Column('features', sa.Integer(), nullable=False),
        sa.Column('access_note', sa.String(length=300), nullable=False),
        sa.Column('directions', sa.String(length=500), nullable=False),
        sa.Column('agenda', sa.Text(), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('changed_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('called_off_at', consult.db.Moment(timezone=True), nullable=True),
        sa.Column('called_off_because', sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(called_off_at IS NULL) = (called_off_because = '')", name=op.f('ck_meeting_plan_calling_off_has_a_reason')
        ),
        sa.CheckConstraint('features >= 0 AND features < 64', name=op.f('ck_meeting_plan_features_are_six_bits')),
        sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_plan_meeting_id')),
        sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_meeting_plan')),
    )


def downgrade() -> None:
    """Without their plans, planned meetings are nothing that the earlier form of the table could tell of: they go."""
    planned = "SELECT id FROM meeting WHERE stage = 'planned'"
    op.drop_table('meeting_plan')
    op.execute(sa.text(f"UPDATE meeting SET previous_id = NULL WHERE previous_id IN ({planned})"))
    op.execute(sa.text(f"DELETE FROM meeting_district WHERE meeting_id IN ({planned})"))
    op.execute(sa.text("DELETE FROM meeting WHERE stage = 'planned'"))
