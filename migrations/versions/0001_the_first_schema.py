"""The first schema"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("action IN ('created', 'changed', 'deleted')", name=op.f("ck_change_action")),
        sa.CheckConstraint("kind IN ('article', 'claim', 'entity')", name=op.f("ck_change_kind")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_object", "change", ["kind", "object_id"], unique=False)

    op.create_table(
        "entity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("wikidata_id", sa.String(), nullable=True),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("type IN ('person', 'organization', 'place', 'event', 'other')", name=op.f("ck_entity_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity")),
        sa.UniqueConstraint("wikidata_id", name=op.f("uq_entity_wikidata_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entity_mentions", "entity", ["mentions", "id"], unique=False)
    op.create_index("ix_entity_sorted", "entity", ["name_key", "id"], unique=False)

    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("key", name=op.f("uq_source_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.Column("earliest", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("latest", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("dateline", sa.String(), nullable=True),
        sa.Column("dateline_place", sa.String(), nullable=True),
        sa.Column("dateline_agency", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_article_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_article_published", "article", ["earliest", "id"], unique=False)
    op.create_index("ix_article_recorded", "article", ["recorded_at", "id"], unique=False)
    op.create_index("ix_article_source", "article", ["source_id", "earliest", "id"], unique=False)

    op.create_table(
        "entity_name",
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('preferred', 'alias', 'acronym', 'weak')", name=op.f("ck_entity_name_kind")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_entity_name_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "name", name=op.f("pk_entity_name")),
    )
    op.create_index("ix_entity_name_key", "entity_name", ["key", "entity_id", "kind"], unique=False)

    op.create_table(
        "entity_name_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_entity_name_word_entity_id")),
        sa.PrimaryKeyConstraint("word", "entity_id", name=op.f("pk_entity_name_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_name_word_entity", "entity_name_word", ["entity_id"], unique=False)

    op.create_table(
        "article_author",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_author_article_id")),
        sa.PrimaryKeyConstraint("article_id", "position", name=op.f("pk_article_author")),
    )
    op.create_index("ix_article_author_key", "article_author", ["key", "article_id"], unique=False)

    op.create_table(
        "article_date",
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("edtf", sa.String(), nullable=True),
        sa.Column("earliest", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Integer(), nullable=True),
        sa.Column("precision", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("modifier", sa.String(), nullable=True),
        sa.Column("anchor", sa.String(), nullable=True),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_date_article_id")),
        sa.PrimaryKeyConstraint("article_id", "revision", "position", name=op.f("pk_article_date")),
    )
    op.create_index("ix_article_date_about", "article_date", ["earliest", "latest", "article_id"], unique=False)

    op.create_table(
        "article_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_key_article_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_article_key")),
    )
    op.create_index(op.f("ix_article_key_article_id"), "article_key", ["article_id"], unique=False)

    op.create_table(
        "article_link",
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_link_article_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_article_link_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "published", "article_id", name=op.f("pk_article_link")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_link_article", "article_link", ["article_id"], unique=False)

    op.create_table(
        "article_revision",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_revision_article_id")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_revision")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cue_start", sa.Integer(), nullable=True),
        sa.Column("cue_end", sa.Integer(), nullable=True),
        sa.Column("cue_exact", sa.Text(), nullable=True),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("published", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_latest", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("said_latest", sa.Integer(), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("anchor IN ('exact', 'moved', 'orphaned')", name=op.f("ck_claim_anchor")),
        sa.CheckConstraint("kind IN ('direct', 'indirect', 'mixed', 'narrated')", name=op.f("ck_claim_kind")),
        sa.CheckConstraint("status IN ('extracted', 'confirmed', 'rejected')", name=op.f("ck_claim_status")),
        sa.CheckConstraint('"start" >= 0 AND "start" < "end"', name=op.f("ck_claim_span")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_claim_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_claim_about", "claim", ["about", "id"], unique=False)
    op.create_index("ix_claim_article", "claim", ["article_id", "start", "id"], unique=False)
    op.create_index("ix_claim_published", "claim", ["published", "id"], unique=False)
    op.create_index("ix_claim_recorded", "claim", ["recorded_at", "id"], unique=False)
    op.create_index("ix_claim_said", "claim", ["said", "id"], unique=False)

    op.create_table(
        "extraction_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_extraction_run_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extraction_run")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_extraction_run_article", "extraction_run", ["article_id", "revision"], unique=False)

    op.create_table(
        "mention",
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint('"start" >= 0 AND "start" < "end"', name=op.f("ck_mention_span")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_mention_article_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_mention_entity_id")),
        sa.PrimaryKeyConstraint("article_id", "revision", "start", "end", "entity_id", name=op.f("pk_mention")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim_date",
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("edtf", sa.String(), nullable=True),
        sa.Column("earliest", sa.Integer(), nullable=True),
        sa.Column("latest", sa.Integer(), nullable=True),
        sa.Column("precision", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("modifier", sa.String(), nullable=True),
        sa.Column("anchor", sa.String(), nullable=True),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('about', 'said')", name=op.f("ck_claim_date_role")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_date_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "role", "position", name=op.f("pk_claim_date")),
    )
    op.create_index("ix_claim_date_about", "claim_date", ["role", "earliest", "latest", "claim_id"], unique=False)

    op.create_table(
        "claim_hedge",
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_hedge_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "position", name=op.f("pk_claim_hedge")),
    )
    op.create_table(
        "claim_link",
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("published", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_link_claim_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_claim_link_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "role", "published", "claim_id", name=op.f("pk_claim_link")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_link_claim", "claim_link", ["claim_id"], unique=False)

    op.create_table(
        "claim_party",
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('named', 'unnamed', 'collective', 'author')", name=op.f("ck_claim_party_kind")),
        sa.CheckConstraint("role IN ('speaker', 'subject')", name=op.f("ck_claim_party_role")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_party_claim_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_claim_party_entity_id")),
        sa.PrimaryKeyConstraint("claim_id", "role", "position", name=op.f("pk_claim_party")),
    )
    op.create_index(op.f("ix_claim_party_entity_id"), "claim_party", ["entity_id"], unique=False)
    _create_full_text()


def downgrade() -> None:
    _drop_full_text()
    op.drop_index(op.f("ix_claim_party_entity_id"), table_name="claim_party")

    op.drop_table("claim_party")
    op.drop_index("ix_claim_link_claim", table_name="claim_link")

    op.drop_table("claim_link")
    op.drop_table("claim_hedge")
    op.drop_index("ix_claim_date_about", table_name="claim_date")

    op.drop_table("claim_date")
    op.drop_table("mention")
    op.drop_index("ix_extraction_run_article", table_name="extraction_run")

    op.drop_table("extraction_run")
    op.drop_index("ix_claim_said", table_name="claim")
    op.drop_index("ix_claim_recorded", table_name="claim")
    op.drop_index("ix_claim_published", table_name="claim")
    op.drop_index("ix_claim_article", table_name="claim")
    op.drop_index("ix_claim_about", table_name="claim")

    op.drop_table("claim")
    op.drop_table("article_revision")
    op.drop_index("ix_article_link_article", table_name="article_link")

    op.drop_table("article_link")
    op.drop_index(op.f("ix_article_key_article_id"), table_name="article_key")

    op.drop_table("article_key")
    op.drop_index("ix_article_date_about", table_name="article_date")

    op.drop_table("article_date")
    op.drop_index("ix_article_author_key", table_name="article_author")

    op.drop_table("article_author")
    op.drop_index("ix_entity_name_word_entity", table_name="entity_name_word")

    op.drop_table("entity_name_word")
    op.drop_index("ix_entity_name_key", table_name="entity_name")

    op.drop_table("entity_name")
    op.drop_index("ix_article_source", table_name="article")
    op.drop_index("ix_article_recorded", table_name="article")
    op.drop_index("ix_article_published", table_name="article")

    op.drop_table("article")
    op.drop_table("source")
    op.drop_index("ix_entity_sorted", table_name="entity")
    op.drop_index("ix_entity_mentions", table_name="entity")

    op.drop_table("entity")
    op.drop_index("ix_change_object", table_name="change")

    op.drop_table("change")


def _create_full_text() -> None:
    """Filled by the program, word by word: the tokenizer only splits at spaces. No copy of the text is kept."""
    if op.get_context().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_fts USING fts5(title, text, content='', tokenize='ascii')")
        op.execute("CREATE VIRTUAL TABLE claim_fts USING fts5(quote, content='', tokenize='ascii')")


def _drop_full_text() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE claim_fts")
        op.execute("DROP TABLE article_fts")
