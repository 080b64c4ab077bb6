"""photos: a category says whether a report of it may bring any

Revision: 0010, after 0009.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One statement that both databases know: SQLite's own way would copy the table that all others lean on.
    op.execute("ALTER TABLE category ADD COLUMN allows_photo BOOLEAN DEFAULT TRUE NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE category DROP COLUMN allows_photo")
