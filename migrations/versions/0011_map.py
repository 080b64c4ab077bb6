"""map: one index holds all that the map counts by

Revision: 0011, after 0010.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ["district_code", "category_code", "status", "status_at", "is_whole_area", "observations", "x", "y"]


def upgrade() -> None:
    op.create_index("ix_threat_map", "threat", COLUMNS)
    op.drop_index("ix_threat_district_code_status", "threat")


def downgrade() -> None:
    op.create_index("ix_threat_district_code_status", "threat", ["district_code", "status"])
    op.drop_index("ix_threat_map", "threat")
