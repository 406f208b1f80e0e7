"""What PostgreSQL has in the place of SQLite's own: ids that are given in order, texts compared by their code points, full text

On SQLite only keys are shortened that are too long for an index of PostgreSQL. There no archive is older: one of a former version
is on SQLite, and is copied.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBERED = {  # tables whose ids are given, and the columns of these
    "article": "id",
    "change": "seq",
    "claim": "id",
    "entity": "id",
    "extraction_run": "id",
    "feed": "id",
    "feed_entry": "id",
    "source": "id",
}
_TURN = "writer"  # the row that each writer locks
_KEYS = {  # columns that hold keys
    "article_key": "key",
    "entity": "name_key",
    "entity_name": "key",
    "entity_name_word": "word",
    "feed": "key",
    "source": "key",
}
_MOST_BYTES = 2_000


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _shorten_keys()
        return
    op.create_table(
        "given_number",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_given_number"),
    )
    op.execute(f"INSERT INTO given_number (name, last) VALUES ('{_TURN}', 0)")
    for table, column in _NUMBERED.items():
        op.execute(f"INSERT INTO given_number (name, last) SELECT '{table}', coalesce(max({column}), 0) FROM {table}")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
        op.execute(f"DROP SEQUENCE {table}_{column}_seq")
    _compare_by_code_points()
    _create_full_text()


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        return
    for table in ("fts_total", "fts_word", "claim_fts", "article_fts"):
        op.drop_table(table)
    for table, column in _NUMBERED.items():
        op.execute(f"CREATE SEQUENCE {table}_{column}_seq OWNED BY {table}.{column}")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{table}_{column}_seq')")
        op.execute(f"SELECT setval('{table}_{column}_seq', last + 1, false) FROM given_number WHERE name = '{table}'")
    op.drop_table("given_number")


def _shorten_keys() -> None:
    for table, column in _KEYS.items():
        long = f"SELECT DISTINCT {column} FROM {table} WHERE length(CAST({column} AS BLOB)) > {_MOST_BYTES}"
        for (key,) in op.get_bind().execute(sa.text(long)).all():
            told = {"before": key, "after": _shortened(key)}
            op.get_bind().execute(sa.text(f"UPDATE {table} SET {column} = :after WHERE {column} = :before"), told)


def _shortened(key: str) -> str:
    kind, rest = ("url ", key[4:]) if key.startswith("url ") else ("", key)
    return f"{kind}{rest[:400]} {hashlib.blake2b(rest.encode(), digest_size=16).hexdigest()}"


def _compare_by_code_points() -> None:
    """As SQLite does, whatever the language of the database: the order of names, and ranges such as all that begin with `al`."""
    found = sa.text(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type IN ('text', 'character varying') AND collation_name IS NULL AND table_name <> 'alembic_version'"
        " ORDER BY table_name, ordinal_position"
    )
    by_table: dict[str, list[str]] = {}
    for table, column, kind in op.get_bind().execute(found) or ():  # none where only the statements are wanted
        by_table.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, changes in by_table.items():
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")


def _create_full_text() -> None:
    for kind in ("article", "claim"):
        op.create_table(
            f"{kind}_fts",
            sa.Column("time_key", sa.BigInteger(), nullable=False, autoincrement=False),
            sa.Column("words", sa.dialects.postgresql.TSVECTOR(), nullable=False),
            sa.Column("length", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("time_key", name=f"pk_{kind}_fts"),
        )
        op.create_index(f"ix_{kind}_fts_words", f"{kind}_fts", ["words"], postgresql_using="gin")
    op.create_table(
        "fts_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("claims", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("word", name="pk_fts_word"),
    )
    op.create_table(
        "fts_total",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_fts_total"),
    )
    op.execute("INSERT INTO fts_total (kind, entries, length) VALUES ('article', 0, 0), ('claim', 0, 0)")
