"""releases: figures that are published once; the database itself refuses to change or delete one

Revision: 0033, after 0032.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import consult.db

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER figure_release_never_changes BEFORE UPDATE ON figure_release
    BEGIN SELECT RAISE(ABORT, 'a release never changes'); END""",
    """CREATE TRIGGER figure_release_never_goes BEFORE DELETE ON figure_release
    BEGIN SELECT RAISE(ABORT, 'a release never changes'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION figure_release_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'a release never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER figure_release_never_changes BEFORE UPDATE OR DELETE ON figure_release
    FOR EACH ROW EXECUTE FUNCTION figure_release_stays()""",
    """CREATE TRIGGER figure_release_never_goes BEFORE TRUNCATE ON figure_release
    FOR EACH STATEMENT EXECUTE FUNCTION figure_release_stays()""",
)

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql')


def upgrade() -> None:
    op.create_table('figure_release',
        sa.Column('id', consult.db.BigKey, sa.Identity(always=False), nullable=False),
        sa.Column('kind', sa.Enum('threats', 'survey', name='releasekind', native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column('subject', sa.String(length=80), nullable=False),
        sa.Column('cutoff_on', sa.Date(), nullable=False),
        sa.Column('created_at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('titles', JSON, nullable=False),
        sa.Column('figures', sa.Text(), nullable=False),
        sa.Column('bases', JSON, nullable=False),
        sa.CheckConstraint('length(digest) = 64', name=op.f('ck_figure_release_digest_is_sha256')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_release')),
        sa.UniqueConstraint('kind', 'subject', 'cutoff_on', name=op.f('uq_figure_release_kind_subject_cutoff_on')),
    )
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TRIGGER figure_release_never_changes')
        op.execute('DROP TRIGGER figure_release_never_goes')
    else:
        op.execute('DROP TRIGGER figure_release_never_changes ON figure_release')
        op.execute('DROP TRIGGER figure_release_never_goes ON figure_release')
        op.execute('DROP FUNCTION figure_release_stays()')
    op.drop_table('figure_release')
