"""how people come to a survey, what is stated of its method, and the margins that it is weighted to

Revision: 0036, after 0035.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
RECORD = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
WORDS = ('sponsor', 'population', 'recruitment', 'processing', 'limitations')


def upgrade() -> None:
    """Nobody was drawn for any survey so far, as their pages have always said."""
    op.execute(
        "ALTER TABLE survey ADD COLUMN sample VARCHAR(40) "
        "CONSTRAINT ck_survey_samplekind CHECK (sample IN ('opt-in', 'probability', 'census')) "
        "CONSTRAINT ck_survey_open_to_all_is_opt_in "
        "CHECK (access <> 'open' OR sample IS NULL OR sample = 'opt-in')"
    )
    op.execute("UPDATE survey SET sample = 'opt-in'")
    op.create_table('survey_method',
    sa.Column('survey_id', KEY, nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
    sa.Column('population_size', sa.Integer(), nullable=True),
    sa.Column('population_source', sa.String(length=200), nullable=False),
    sa.Column('strata', sa.String(length=64), nullable=False),
    sa.Column('stratum_sizes', RECORD, nullable=False),
    sa.Column('clusters', sa.String(length=64), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('population_size IS NULL OR population_size > 0', name=op.f('ck_survey_method_somebody_is_there')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_method_survey_id')),
    sa.PrimaryKeyConstraint('survey_id', name=op.f('pk_survey_method'))
    )
    op.create_table('survey_weighting',
    sa.Column('id', KEY, sa.Identity(always=False), nullable=False),
    sa.Column('survey_id', KEY, nullable=False),
    sa.Column('spec', RECORD, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('diagnostics', RECORD, nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_weighting_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_weighting'))
    )
    op.create_index(op.f('ix_survey_weighting_survey_id'), 'survey_weighting', ['survey_id'], unique=False)


def downgrade() -> None:
    op.drop_table('survey_weighting')
    op.drop_table('survey_method')
    if op.get_bind().dialect.name != 'sqlite':
        op.drop_constraint(op.f('ck_survey_open_to_all_is_opt_in'), 'survey', type_='check')
    op.drop_column('survey', 'sample')
