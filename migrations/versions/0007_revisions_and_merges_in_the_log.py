"""Revisions and merges in the log of changes; which entities were merged into which"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BEFORE = "action IN ('created', 'changed', 'deleted')"
_NOW = "action IN ('created', 'changed', 'revised', 'deleted', 'merged', 'unmerged')"


def upgrade() -> None:
    with op.batch_alter_table("change", table_kwargs={"sqlite_autoincrement": True}) as change:
        change.add_column(sa.Column("revision", sa.Integer(), nullable=True))
        change.add_column(sa.Column("into_id", BIG, nullable=True))
        change.drop_constraint(op.f("ck_change_action"), type_="check")
        change.create_check_constraint(op.f("ck_change_action"), _NOW)
    op.create_table(
        "entity_merge",
        sa.Column("entity_id", BIG, nullable=False),
        sa.Column("into_id", BIG, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("entity_id <> into_id", name=op.f("ck_entity_merge_two")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_entity_merge_entity_id")),
        sa.ForeignKeyConstraint(["into_id"], ["entity.id"], name=op.f("fk_entity_merge_into_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_entity_merge")),
    )
    op.create_index("ix_entity_merge_into", "entity_merge", ["into_id"], unique=False)
    op.add_column("entity", sa.Column("merged_into", BIG, nullable=True))
    is_merged = sa.text("merged_into IS NOT NULL")
    op.create_index("ix_entity_merged_into", "entity", ["merged_into"], sqlite_where=is_merged, postgresql_where=is_merged)


def downgrade() -> None:
    """What was merged is two again; the log keeps what that version can say."""
    op.drop_index("ix_entity_merged_into", table_name="entity")
    op.drop_column("entity", "merged_into")
    op.drop_index("ix_entity_merge_into", table_name="entity_merge")
    op.drop_table("entity_merge")
    op.execute("UPDATE change SET action = 'changed' WHERE action IN ('revised', 'merged', 'unmerged')")
    with op.batch_alter_table("change", table_kwargs={"sqlite_autoincrement": True}) as change:
        change.drop_constraint(op.f("ck_change_action"), type_="check")
        change.create_check_constraint(op.f("ck_change_action"), _BEFORE)
        change.drop_column("into_id")
        change.drop_column("revision")
