"""Runs as jobs, words of claims in several stretches, who reviewed a claim and who added a name"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Before this, nobody noted who had a hand in a claim: what the log says was changed is taken to be reviewed, rather too much than
# too little, and so is what no rule found.
_REVIEWED = """
UPDATE claim SET
  reviewed_by = (SELECT made_by FROM change WHERE kind = 'claim' AND object_id = claim.id ORDER BY seq DESC LIMIT 1),
  reviewed_at = changed_at
WHERE rule IS NULL OR id IN (SELECT object_id FROM change WHERE kind = 'claim' AND action <> 'created')
"""
_ADDED_BY = """
UPDATE entity_name SET added_by = coalesce(
  (SELECT made_by FROM change WHERE kind = 'entity' AND action = 'created' AND object_id = entity_name.entity_id), 'unknown')
"""


def upgrade() -> None:
    for table in ("article_date", "claim_date"):
        op.add_column(table, sa.Column("timex", sa.String(), nullable=True))
    op.add_column("article", sa.Column("dateline_date", sa.Integer(), nullable=True))
    op.add_column("claim", sa.Column("reviewed_by", sa.String(), nullable=True))
    op.add_column("claim", sa.Column("reviewed_at", UTCDateTime(), nullable=True))
    op.execute(_REVIEWED)
    op.add_column("entity_name", sa.Column("added_by", sa.String(), nullable=False, server_default="unknown"))
    op.execute(_ADDED_BY)
    op.create_table(
        "claim_part",
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.CheckConstraint('"start" >= 0 AND "start" < "end"', name=op.f("ck_claim_part_span")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_part_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "position", name=op.f("pk_claim_part")),
    )
    with op.batch_alter_table("extraction_run", table_kwargs={"sqlite_autoincrement": True}) as run:
        run.add_column(sa.Column("requested", sa.String(), nullable=True))
        run.add_column(sa.Column("state", sa.String(), nullable=False, server_default="done"))
        run.add_column(sa.Column("warnings", sa.Text(), nullable=False, server_default="[]"))
        run.add_column(sa.Column("error", sa.Text(), nullable=True))
        run.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        run.add_column(sa.Column("due_at", UTCDateTime(), nullable=True))
        run.add_column(sa.Column("started_at", UTCDateTime(), nullable=True))
        run.add_column(sa.Column("finished_at", UTCDateTime(), nullable=True))
        run.create_check_constraint(
            op.f("ck_extraction_run_state"), "state IN ('queued', 'running', 'done', 'failed', 'superseded')"
        )
    op.create_index("ix_extraction_run_due", "extraction_run", ["due_at", "id"], unique=False)
    op.execute("UPDATE extraction_run SET started_at = recorded_at, finished_at = recorded_at")


def downgrade() -> None:
    op.drop_index("ix_extraction_run_due", table_name="extraction_run")
    with op.batch_alter_table("extraction_run", table_kwargs={"sqlite_autoincrement": True}) as run:
        run.drop_constraint(op.f("ck_extraction_run_state"), type_="check")
        for column in ("requested", "state", "warnings", "error", "attempts", "due_at", "started_at", "finished_at"):
            run.drop_column(column)
    op.drop_table("claim_part")
    op.drop_column("entity_name", "added_by")
    for column in ("reviewed_at", "reviewed_by"):
        op.drop_column("claim", column)
    op.drop_column("article", "dateline_date")
    for table in ("claim_date", "article_date"):
        op.drop_column(table, "timex")
