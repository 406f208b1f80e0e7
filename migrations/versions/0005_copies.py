"""Copies: signatures of texts, stories, claims printed again, and what people say about them"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "article_signature",
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("earliest", BIG, nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_signature_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_signature")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "copy_key",
        sa.Column("key", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key", "article_id", name=op.f("pk_copy_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "article_story",
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("story_id", BIG, nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_story_article_id")),
        sa.ForeignKeyConstraint(["story_id"], ["article.id"], name=op.f("fk_article_story_story_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_story")),
    )
    op.create_index("ix_article_story_story_id", "article_story", ["story_id"], unique=False)
    op.create_table(
        "claim_reprint",
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_reprint_claim_id")),
        sa.ForeignKeyConstraint(["first_id"], ["claim.id"], name=op.f("fk_claim_reprint_first_id")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claim_reprint")),
    )
    op.create_index("ix_claim_reprint_first_id", "claim_reprint", ["first_id"], unique=False)
    op.create_table(
        "copy_judgement",
        sa.Column("article_a", BIG, nullable=False),
        sa.Column("article_b", BIG, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('same', 'different')", name=op.f("ck_copy_judgement_verdict")),
        sa.CheckConstraint("article_a < article_b", name=op.f("ck_copy_judgement_pair")),
        sa.ForeignKeyConstraint(["article_a"], ["article.id"], name=op.f("fk_copy_judgement_article_a")),
        sa.ForeignKeyConstraint(["article_b"], ["article.id"], name=op.f("fk_copy_judgement_article_b")),
        sa.PrimaryKeyConstraint("article_a", "article_b", name=op.f("pk_copy_judgement")),
    )
    op.create_index("ix_copy_judgement_article_b", "copy_judgement", ["article_b"], unique=False)
    op.create_table(
        "unsigned_article",
        sa.Column("article_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_unsigned_article_article_id")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_unsigned_article")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO unsigned_article (article_id) SELECT id FROM article WHERE withdrawn_at IS NULL")


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM article_story")):
        _empty_the_index()
    for table in ("unsigned_article", "copy_judgement", "claim_reprint", "article_story", "copy_key", "article_signature"):
        op.drop_table(table)


def _empty_the_index() -> None:
    """It says of copies what the older program would never take out again; that program makes it anew when it starts."""
    for table in ("article_link", "claim_link"):
        op.execute(f"DELETE FROM {table}")
    op.execute("UPDATE entity SET articles = 0, claims = 0, claims_made = 0, claims_about = 0")
    for table in ("article", "claim"):
        op.execute(f"UPDATE {table} SET time_key = NULL")
    if op.get_context().dialect.name == "sqlite":
        for table in ("article_fts", "claim_fts"):
            op.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        op.execute("DELETE FROM fts_word")
