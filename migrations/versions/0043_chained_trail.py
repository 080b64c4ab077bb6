"""the audit trail as a chain: each entry carries the digest of the one before it, and the database refuses to change one

Revision: 0043, after 0042.
"""

import hashlib
import json
from datetime import UTC
from decimal import Decimal

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import consult.db

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
TABLES = ('audit_entry', 'audit_check')
PART = 5_000
SQLITE = (
    """CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END""",
    """CREATE TRIGGER {table}_never_goes BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END""",
)
GROWS = """CREATE TRIGGER audit_entry_grows_at_its_end BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id >= NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END"""
"""On SQLite "INSERT OR REPLACE" deletes without asking the triggers above."""

POSTGRESQL = (
    """CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_trail_stays()""",
    """CREATE TRIGGER {table}_never_goes BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_stays()""",
)
STAYS = """CREATE FUNCTION audit_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'the trail is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$"""

ENTRY = sa.table('audit_entry',
    sa.column('id', BIG),
    sa.column('at', consult.db.Moment(timezone=True)),
    sa.column('actor_id', sa.Integer()),
    sa.column('act', sa.String()),
    sa.column('object_kind', sa.String()),
    sa.column('object_id', sa.String()),
    sa.column('unit_path', sa.String()),
    sa.column('detail', JSON),
    sa.column('prev', sa.String()),
    sa.column('hash', sa.String()),
)


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'


def upgrade() -> None:
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prev', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('hash', sa.String(length=64), nullable=True))
    chain_what_is_there()
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.alter_column('prev', existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column('hash', existing_type=sa.String(length=64), nullable=False)
    op.create_table('audit_check',
        sa.Column('id', BIG, sa.Identity(always=False), nullable=False),
        sa.Column('at', consult.db.Moment(timezone=True), nullable=False),
        sa.Column('since_id', sa.BigInteger(), nullable=False),
        sa.Column('entry_id', sa.BigInteger(), nullable=False),
        sa.Column('entry_hash', sa.String(length=64), nullable=False),
        sa.Column('broken_at', sa.BigInteger(), nullable=True),
        sa.CheckConstraint('length(entry_hash) = 64', name=op.f('ck_audit_check_hash_is_sha256')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_check')),
    )
    for statement in (GROWS,) if is_sqlite() else (STAYS,):
        op.execute(sa.text(statement))
    for statement in SQLITE if is_sqlite() else POSTGRESQL:
        for table in TABLES:
            op.execute(sa.text(statement.format(table=table)))


def chain_what_is_there() -> None:
    """Chain the entries in the order of their numbers, in parts."""
    connection, last, prev = op.get_bind(), 0, '0' * 64
    change = ENTRY.update().where(ENTRY.c.id == sa.bindparam('number')).values(
        prev=sa.bindparam('before'), hash=sa.bindparam('digest')
    )
    while True:
        part = connection.execute(ENTRY.select().where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(PART)).all()
        if not part:
            return
        rows = []
        for entry in part:
            digest = digest_of(entry, prev)
            rows.append({'number': entry.id, 'before': prev, 'digest': digest})
            prev = digest
        connection.execute(change, rows)
        last = part[-1].id


def digest_of(entry, prev: str) -> str:
    facts = {
        'id': entry.id,
        'at': entry.at.astimezone(UTC).isoformat(timespec='microseconds'),
        'actor_id': entry.actor_id,
        'act': entry.act,
        'object_kind': entry.object_kind,
        'object_id': entry.object_id,
        'unit_path': entry.unit_path,
        'detail': whole(entry.detail),
        'prev': prev,
    }
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(',', ':'), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    return [whole(part) for part in value] if isinstance(value, list) else value


def downgrade() -> None:
    """The entries stay; their digests and what looking at them came to are lost."""
    if is_sqlite():
        op.execute('DROP TRIGGER audit_entry_grows_at_its_end')
        for name in ('never_changes', 'never_goes'):
            for table in TABLES:
                op.execute(f'DROP TRIGGER {table}_{name}')
    else:
        for name in ('never_changes', 'never_goes'):
            for table in TABLES:
                op.execute(f'DROP TRIGGER {table}_{name} ON {table}')
        op.execute('DROP FUNCTION audit_trail_stays()')
        # The version before lets the database number the entries: it goes on where the chain ended.
        op.execute(
            "SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), coalesce(max(id), 0) + 1, false) FROM audit_entry"
        )
    op.drop_table('audit_check')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_column('hash')
        batch_op.drop_column('prev')
