"""What stands in an archive, past the program, told in the same words for every kind of database."""

from typing import Any

from sqlalchemy import Connection, inspect

from tests.archives import plain, query, rows


def tables(connection: Connection) -> list[str]:
    """All but those of the full text, and those that a database keeps for itself."""
    return sorted(name for name in inspect(connection).get_table_names() if "fts" not in name.split("_"))


def full_text(connection: Connection, kind: str) -> list[tuple[str, int, str, int | None]]:
    """Every word in the index of `article` or `claim`: (word, row, field, place in the field); of tags there is no place."""
    if connection.dialect.name == "sqlite":
        rows(connection, f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_of_{kind} USING fts5vocab(main, {kind}_fts, instance)")
        found = rows(connection, f"SELECT term, doc, col, offset FROM temp.words_of_{kind}")
        return sorted(((word, row, field, None if field == "tags" else place) for word, row, field, place in found), key=repr)
    own = "text" if kind == "article" else "quote"
    lexemes = rows(connection, f"SELECT lexeme, time_key, positions, weights FROM {kind}_fts, unnest(words)")
    tags: list[tuple[str, int, str, int | None]] = [(word, row, "tags", None) for word, row, places, _ in lexemes if not places]
    placed = [
        (word, row, "title" if weight == "A" else own, place)
        for word, row, places, weights in lexemes
        for place, weight in zip(places or (), weights or (), strict=True)
    ]
    first: dict[Any, int] = {}
    for _, row, field, place in placed:
        first[row, field] = min(place, first.get((row, field), place))
    return sorted([*tags, *((word, row, field, place - first[row, field]) for word, row, field, place in placed)], key=repr)


def given_numbers(connection: Connection) -> dict[str, int]:
    """The last number that each table has given."""
    book = "sqlite_sequence" if connection.dialect.name == "sqlite" else "given_number"
    found = rows(connection, f"SELECT * FROM {book}")
    return {name: last for name, last in sorted(found) if last}


def is_bare(url: str) -> bool:
    with plain(url) as connection:
        return not inspect(connection).get_table_names()


def structure(url: str) -> list[Any]:
    """Every table and index as the database describes it, but for Alembic's own."""
    with plain(url) as connection:
        if connection.dialect.name == "sqlite":
            return rows(connection, "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' ORDER BY 1, 2")
        columns = (
            "SELECT 'column', relname, attname, format_type(atttypid, atttypmod), attcollation::regcollation::text, attnotnull,"
            " pg_get_expr(adbin, adrelid) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
            " WHERE attnum > 0 AND NOT attisdropped"
        )
        others = (
            "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace UNION ALL"
            " SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        found = [*rows(connection, columns), *rows(connection, others)]
        return sorted((row for row in found if row[1] != "alembic_version"), key=repr)


def set_given(url: str, table: str, last: int) -> None:
    """As if rows up to this number had been there."""
    book, column = ("sqlite_sequence", "seq") if url.startswith("sqlite") else ("given_number", "last")
    query(url, f"UPDATE {book} SET {column} = :last WHERE name = :table", last=last, table=table)


def assert_undamaged(url: str) -> None:
    """A server looks after its files itself."""
    if url.startswith("sqlite"):
        assert query(url, "PRAGMA integrity_check") == [("ok",)]
