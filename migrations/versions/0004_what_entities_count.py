"""What an entity counts of its links, so that the total of a search for it alone need not be counted"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COUNTED = {
    "articles": "SELECT count(*) FROM article_link WHERE entity_id = entity.id",
    "claims": "SELECT count(*) FROM claim_link WHERE entity_id = entity.id AND role = 0",
    "claims_made": "SELECT count(*) FROM claim_link WHERE entity_id = entity.id AND role = 1",
    "claims_about": "SELECT count(*) FROM claim_link WHERE entity_id = entity.id AND role = 2",
}


def upgrade() -> None:
    for column in _COUNTED:
        op.add_column("entity", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    op.execute(f"UPDATE entity SET {', '.join(f'{column} = ({counted})' for column, counted in _COUNTED.items())}")


def downgrade() -> None:
    for column in reversed(_COUNTED):
        op.drop_column("entity", column)
