"""Feeds that are followed, and what became of their entries"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("key", name=op.f("uq_feed_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_due", "feed", ["due_at", "id"], unique=False)
    op.create_table(
        "feed_entry",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("feed_id", _BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("article_id", _BIG, nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'stored', 'known', 'failed')", name=op.f("ck_feed_entry_state")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_entry_feed_id")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_feed_entry_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_entry_key", "feed_entry", ["feed_id", "key"], unique=True)
    op.create_index("ix_feed_entry_state", "feed_entry", ["feed_id", "state", "id"], unique=False)
    op.create_index("ix_feed_entry_due", "feed_entry", ["due_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("feed_entry")
    op.drop_table("feed")
