"""One place in time for each article and claim, by which links and full text know it; rows of the hanging tables in their keys

Links and full text are made from the other rows by the program, which fills them when it opens the archive: what has no `time_key`
is in no search yet. Back in 0002 they are empty, for only a program of that time could fill them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HANGING = {  # tables and their keys
    "claim_part": "claim_id, position",
    "claim_party": "claim_id, role, position",
    "claim_hedge": "claim_id, position",
    "claim_date": "claim_id, role, position",
    "article_date": "article_id, revision, position",
    "article_author": "article_id, position",
}
_DROPPED = {  # indexes that no search reads any more
    "ix_article_published": ("article", ["earliest", "id"]),
    "ix_article_source": ("article", ["source_id", "earliest", "id"]),
    "ix_article_author_key": ("article_author", ["key", "article_id"]),
    "ix_article_date_about": ("article_date", ["earliest", "latest", "article_id"]),
    "ix_claim_published": ("claim", ["published", "id"]),
    "ix_claim_date_about": ("claim_date", ["role", "earliest", "latest", "claim_id"]),
    "ix_claim_party_entity_id": ("claim_party", ["entity_id"]),
}


def upgrade() -> None:
    for index, (table, _) in _DROPPED.items():
        op.drop_index(index, table_name=table)
    op.drop_table("claim_link")
    op.drop_table("article_link")
    for column in ("published_latest", "published"):
        op.drop_column("claim", column)
    for table in ("article", "claim"):
        op.add_column(table, sa.Column("time_key", BIG, nullable=True))
        op.create_index(f"ix_{table}_time_key", table, ["time_key"], unique=True)
    op.create_table(
        "article_link",
        sa.Column("entity_id", BIG, nullable=False),
        sa.Column("time_key", BIG, nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "time_key", name=op.f("pk_article_link")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim_link",
        sa.Column("entity_id", BIG, nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("time_key", BIG, nullable=False),
        sa.PrimaryKeyConstraint("entity_id", "role", "time_key", name=op.f("pk_claim_link")),
        sqlite_with_rowid=False,
    )
    if op.get_context().dialect.name == "sqlite":
        _make_anew(") WITHOUT ROWID")
        _drop_full_text()
        op.execute("CREATE VIRTUAL TABLE article_fts USING fts5(text, title, tags, content='', tokenize='ascii')")
        op.execute("CREATE VIRTUAL TABLE claim_fts USING fts5(quote, tags, content='', tokenize='ascii')")
        op.execute("CREATE TABLE fts_word (word TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID")


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE fts_word")
        _drop_full_text()
        op.execute("CREATE VIRTUAL TABLE article_fts USING fts5(title, text, content='', tokenize='ascii')")
        op.execute("CREATE VIRTUAL TABLE claim_fts USING fts5(quote, content='', tokenize='ascii')")
        _make_anew(")")
    op.drop_table("claim_link")
    op.drop_table("article_link")
    for table in ("claim", "article"):
        op.drop_index(f"ix_{table}_time_key", table_name=table)
        op.drop_column(table, "time_key")
    for column, end in (("published", "earliest"), ("published_latest", "latest")):
        op.add_column("claim", sa.Column(column, BIG, nullable=False, server_default="0"))
        op.execute(f"UPDATE claim SET {column} = (SELECT {end} FROM article WHERE article.id = claim.article_id)")
    _create_old_links()
    for index, (table, columns) in _DROPPED.items():
        op.create_index(index, table, columns, unique=False)


def _make_anew(end: str) -> None:
    """The hanging tables with another end of their statement: SQLite cannot change where a table keeps its rows."""
    for table, key in _HANGING.items():
        made = op.get_bind().scalar(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), {"table": table}
        )
        op.rename_table(table, f"{table}_before")
        op.execute(made[: made.rindex(")")] + end)
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before ORDER BY {key}")
        op.drop_table(f"{table}_before")


def _drop_full_text() -> None:
    op.execute("DROP TABLE claim_fts")
    op.execute("DROP TABLE article_fts")


def _create_old_links() -> None:
    for kind, role in (("article", []), ("claim", [sa.Column("role", sa.String(), nullable=False)])):
        op.create_table(
            f"{kind}_link",
            sa.Column("entity_id", BIG, nullable=False),
            *role,
            sa.Column("published", BIG, nullable=False),
            sa.Column(f"{kind}_id", BIG, nullable=False),
            sa.ForeignKeyConstraint([f"{kind}_id"], [f"{kind}.id"], name=op.f(f"fk_{kind}_link_{kind}_id")),
            sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f(f"fk_{kind}_link_entity_id")),
            sa.PrimaryKeyConstraint(
                "entity_id", *(column.name for column in role), "published", f"{kind}_id", name=op.f(f"pk_{kind}_link")
            ),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{kind}_link_{kind}", f"{kind}_link", [f"{kind}_id"], unique=False)
