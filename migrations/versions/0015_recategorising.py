"""recategorising: the category that a person chose for a threat, and the acts that chose it

Revision: 0015, after 0014.
"""

from alembic import op
import sqlalchemy as sa

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
UNDOINGS = ('restored', 'renamed', 'answered', 'voices', 'outside')


def upgrade() -> None:
    # Said in SQL so that SQLite writes no new table of a million threats: a column without a value costs nothing.
    op.execute('ALTER TABLE threat ADD COLUMN chosen_category_code VARCHAR(40) '
        'CONSTRAINT fk_threat_chosen_category_code REFERENCES category (code)')
    op.create_table('recategorisation',
    sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('unit_path', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('category_code', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['category_code'], ['category.code'], name=op.f('fk_recategorisation_category_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recategorisation')),
    sa.UniqueConstraint('key', name=op.f('uq_recategorisation_key'))
    )
    op.create_table('recategorised',
    sa.Column('recategorisation_id', BIG, nullable=False),
    sa.Column('threat_id', BIG, nullable=False),
    sa.Column('category_before', sa.String(length=40), nullable=False),
    sa.Column('chosen_before', sa.String(length=40), nullable=True),
    sa.Column('group_before', sa.String(length=60), nullable=False),
    sa.Column('was_settled', sa.Boolean(), nullable=False),
    sa.Column('undoing', sa.Enum(*UNDOINGS, name='undoing', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.ForeignKeyConstraint(['category_before'], ['category.code'], name=op.f('fk_recategorised_category_before')),
    sa.ForeignKeyConstraint(['chosen_before'], ['category.code'], name=op.f('fk_recategorised_chosen_before')),
    sa.ForeignKeyConstraint(['recategorisation_id'], ['recategorisation.id'], name=op.f('fk_recategorised_recategorisation_id')),
    sa.ForeignKeyConstraint(['threat_id'], ['threat.id'], name=op.f('fk_recategorised_threat_id')),
    sa.PrimaryKeyConstraint('recategorisation_id', 'threat_id', name=op.f('pk_recategorised'))
    )
    op.create_index(op.f('ix_recategorised_threat_id'), 'recategorised', ['threat_id'])


PROTECTED_BY_CHOICE = sa.text("""
SELECT count(*) FROM threat JOIN category AS chosen ON chosen.code = threat.chosen_category_code
WHERE chosen.precision <> 'exact' AND EXISTS (
    SELECT 1 FROM link JOIN observation ON observation.id = link.observation_id
    JOIN category AS said ON said.code = observation.category_code
    WHERE link.threat_id = threat.id AND said.precision = 'exact')
""")


def downgrade() -> None:
    # The step before counts the category anew from what people said, and would show what a person has protected.
    if protected := op.get_bind().execute(PROTECTED_BY_CHOICE).scalar_one():
        raise RuntimeError(
            f'Threats that only a category chosen by a person protects ({protected}) would be shown to everyone: the '
            'earlier version does not know such a choice. Nothing was changed. Take these changes of category back '
            'first, at /threats/recategorisations, or stay with this version.'
        )
    op.drop_table('recategorised')
    op.drop_table('recategorisation')
    op.execute('ALTER TABLE threat DROP COLUMN chosen_category_code')
