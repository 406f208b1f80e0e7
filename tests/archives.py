"""Archives for tests, on each kind of database: new ones in a few milliseconds, and a way past the program to look into them.

On PostgreSQL a database is used again and again, emptied by DELETE after each test: 3 ms, where another CREATE DATABASE from a
template takes 105 to 180 ms, TRUNCATE of all tables 65 ms, and a schema for each test as long as the statements that make it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, inspect, make_url, text

from app.main import open_archive
from app.settings import Settings
from tests import postgresql

_USES_BEFORE_VACUUM = 20
_END_ALL = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_SHAPE = (
    "SELECT hashtext(string_agg(concat(relname, oid, relnatts, relchecks), ' ' ORDER BY oid)) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace"
)
_KEPT = {"alembic_version", "given_number", "fts_total"}  # tables in which rows stand from the beginning


Block = AbstractContextManager[str]


class Archives(Protocol):
    """Each for as long as its block lasts. `file` is where SQLite keeps it; PostgreSQL doesn't care. Gives the address."""

    def empty(self, file: Path) -> Block:
        """One with the newest schema and nothing in it."""

    def bare(self, file: Path) -> Block:
        """A database in which nothing was ever stored."""

    def copy(self, url: str, file: Path) -> Block:
        """The same again. Nobody may be connected to the first."""


class InFiles:
    def __init__(self, folder: Path) -> None:
        self._migrated = folder / "migrated.db"
        _migrate(f"sqlite:///{self._migrated}")

    @contextmanager
    def empty(self, file: Path) -> Iterator[str]:
        yield f"sqlite:///{shutil.copy(self._migrated, file)}"

    @contextmanager
    def bare(self, file: Path) -> Iterator[str]:
        yield f"sqlite:///{file}"

    @contextmanager
    def copy(self, url: str, file: Path) -> Iterator[str]:
        yield f"sqlite:///{shutil.copy(file_of(url), file)}"


class OnServer:
    def __init__(self) -> None:
        self._server = postgresql.server()
        self._names = map(f"of_{os.getpid()}_{{}}".format, count(1))
        self._all = psycopg.connect(**self._server.conninfo("postgres"))
        with self._server.once("migrated") as is_first:
            if is_first:
                self._all.execute("DROP DATABASE IF EXISTS migrated")
                self._all.execute("CREATE DATABASE migrated OWNER dateline")
                _migrate(self._server.url("migrated"))
        self._idle: list[_Emptied] = []

    @contextmanager
    def empty(self, file: Path) -> Iterator[str]:  # noqa: ARG002
        lent = self._idle.pop() if self._idle else _Emptied(self._server, self._new("TEMPLATE migrated"))
        try:
            yield self._server.url(lent.name)
        finally:
            if lent.empty():
                self._idle.append(lent)
            else:
                lent.close()
                self._drop(lent.name)

    @contextmanager
    def bare(self, file: Path) -> Iterator[str]:  # noqa: ARG002
        name = self._new("")
        try:
            yield self._server.url(name)
        finally:
            self._drop(name)

    @contextmanager
    def copy(self, url: str, file: Path) -> Iterator[str]:  # noqa: ARG002
        self._all.execute(_END_ALL, [make_url(url).database])
        name = self._new(f"TEMPLATE {make_url(url).database}")
        try:
            yield self._server.url(name)
        finally:
            self._drop(name)

    def _new(self, options: str) -> str:
        name = next(self._names)
        self._all.execute(f"CREATE DATABASE {name} OWNER dateline {options}")
        return name

    def _drop(self, name: str) -> None:
        self._all.execute(f"DROP DATABASE {name} WITH (FORCE)")


class _Emptied:
    """A database that is used again."""

    def __init__(self, server: postgresql.Server, name: str) -> None:
        self.name = name
        self._own = psycopg.connect(**server.conninfo(name))
        self._own.execute("SET session_replication_role = replica")  # no foreign keys: in whatever order
        self._uses = 0
        self._shape = self._look()
        tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        names = [table for (table,) in self._own.execute(tables) if table not in _KEPT]
        statements = [f'DELETE FROM "{table}"' for table in names]
        statements += ["UPDATE given_number SET last = 0 WHERE last <> 0"]
        statements += ["UPDATE fts_total SET entries = 0, length = 0 WHERE entries <> 0 OR length <> 0"]
        self._statements = "; ".join(["BEGIN", *statements, "COMMIT"])

    def _look(self) -> Any:
        return self._own.execute(_SHAPE).fetchone()

    def empty(self) -> bool:
        """Whether it can be used again: not if its schema has changed."""
        self._own.execute(_END_ALL, [self.name])
        if self._look() != self._shape:
            return False
        self._own.execute(self._statements)
        self._uses += 1
        if self._uses % _USES_BEFORE_VACUUM == 0:
            self._own.execute("VACUUM")
        return True

    def close(self) -> None:
        self._own.close()


@cache
def archives_of(engine: str, folder: Path) -> Archives:
    """Those of this process; `folder` is for what SQLite needs."""
    return InFiles(folder) if engine == "sqlite" else OnServer()


def _migrate(url: str) -> None:
    open_archive(Settings(database_url=url, _env_file=None)).close()


# Past the program


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@contextmanager
def plain(url: str) -> Iterator[Connection]:
    """A connection of its own, each of whose statements is kept at once, whatever foreign keys say."""
    address, options = make_url(url), {}
    if address.get_backend_name() == "postgresql":
        address, options = address.set(username="postgres"), {"options": "-c session_replication_role=replica"}
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options)
    with engine.connect() as connection:
        yield connection


def query(url: str, sql: str, **values: Any) -> list[Any]:
    """The rows that a statement gives, as tuples; `:name` stands for a value."""
    with plain(url) as connection:
        return rows(connection, sql, **values)


def rows(connection: Connection, sql: str, **values: Any) -> list[Any]:
    found = connection.execute(text(sql), values)
    return [tuple(row) for row in found] if found.returns_rows else []


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
