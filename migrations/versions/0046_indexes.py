"""indexes where a query or a look from a row to those that name it read a whole table

Revision: 0046, after 0045.
"""

from alembic import op
import sqlalchemy as sa

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None

WHOLE = {
    'account': ['successor_id'],
    'audit_entry': ['act', 'id'],
    'feedback': ['received_on', 'id'],
    'meeting': ['stage', 'held_on'],
    'summary_letter': ['state'],
    'summary_version': ['edition', 'released_at'],
    'threat_assignment': ['threat_id'],
}
PARTIAL = {
    'ix_commitment_open': ('commitment', 'due_on', 'kept_on IS NULL'),
    'ix_link_ended': ('link', 'observation_id', 'ended_at IS NOT NULL'),
}


def name_of(table: str, columns: list[str]) -> str:
    return op.f(f'ix_{table}_{"_".join(columns)}')


def upgrade() -> None:
    for table, columns in WHOLE.items():
        op.create_index(name_of(table, columns), table, columns)
    for name, (table, column, condition) in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, (table, _column, _condition) in PARTIAL.items():
        op.drop_index(name, table_name=table)
    for table, columns in WHOLE.items():
        op.drop_index(name_of(table, columns), table_name=table)
