"""The schema: what the migrations make is what the models say, on every database, whoever starts first and whatever fails."""

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from fastapi.testclient import TestClient
from sqlalchemy import Column, Enum, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import app.main  # noqa: F401  (fills SQLModel.metadata)
from app.errors import StorageUnavailable
from app.store import schema
from app.store.database import Database
from tests import old_archive
from tests.archives import Archives, given_numbers, plain, query, rows, structure

PROJECT = Path(__file__).parent.parent
TABLES = SQLModel.metadata.sorted_tables
NAMES = [table.name for table in TABLES]
POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
COLUMNS = [column for table in TABLES for column in table.columns]


@pytest.fixture
def url(archives: Archives, tmp_path: Path) -> Iterator[str]:
    """Where nothing is yet."""
    with archives.bare(tmp_path / "archive.db") as made:
        yield made


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    with closing(Database(url)) as opened:
        yield opened


@pytest.fixture
def database(empty: Database) -> Database:
    schema.upgrade(empty)
    return empty


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    schema.check(database)


@pytest.mark.parametrize(
    "difference",
    [
        "ALTER TABLE article ADD COLUMN stray TEXT",
        "CREATE TABLE stray (id INTEGER)",
        "DROP TABLE claim_hedge",
        "DROP INDEX ix_claim_time_key",
    ],
)
def test_a_table_that_differs_from_the_models_is_noticed(database: Database, url: str, difference: str) -> None:
    query(url, difference)
    with pytest.raises(CommandError):
        schema.check(database)


@pytest.mark.usefixtures("database")
def test_the_comparison_leaves_out_the_tables_of_the_full_text_and_no_other(url: str) -> None:
    with plain(url) as connection:
        there = set(inspect(connection).get_table_names())
    assert {name for name in there if schema.is_ours(name, "table")} - {"alembic_version"} == set(NAMES)
    assert {"article_fts", "claim_fts", "fts_word"} < there - set(NAMES)


def test_up_down_and_up_again_leaves_the_same_schema(database: Database, url: str) -> None:
    first = structure(url)
    schema.downgrade(database)
    assert [part for part in structure(url) if "sqlite_sequence" not in part] == []
    schema.upgrade(database)
    assert structure(url) == first


RACE = """
import multiprocessing, sys
from app.store import schema
from app.store.database import Database
from tests import old_archive

def run(start, urls):
    for url in urls:
        start.wait(30)
        try:
            schema.upgrade(Database(url))
        except BaseException:
            start.abort()
            raise

fork = multiprocessing.get_context("fork")
start = fork.Barrier(4)
racers = [fork.Process(target=run, args=(start, sys.argv[1:])) for _ in range(4)]
for racer in racers: racer.start()
for racer in racers: racer.join()
sys.exit(any(racer.exitcode for racer in racers))
"""


def test_four_processes_that_migrate_one_new_archive_at_once_all_succeed(archives: Archives, tmp_path: Path) -> None:
    with ExitStack() as made:
        urls = [made.enter_context(archives.bare(tmp_path / f"{number}.db")) for number in range(3)]
        race = subprocess.run([sys.executable, "-c", RACE, *urls], cwd=PROJECT, capture_output=True, text=True)
        assert race.returncode == 0, race.stderr
        assert {tuple(structure(url)) for url in urls} == {tuple(structure(urls[0]))}
        assert [query(url, "SELECT version_num FROM alembic_version") for url in urls] == [[(schema.newest(),)]] * len(urls)


@pytest.fixture
def _stored_source(database: Database, url: str) -> None:
    """An article and the source it points to."""
    database.close()
    query(url, "INSERT INTO source (id, name, key, recorded_at) VALUES (1, 'Wire', 'wire', '2026-01-01')")
    columns = "id, source_id, earliest, latest, revision, recorded_at, changed_at"
    query(url, f"INSERT INTO article ({columns}) VALUES (1, 1, 0, 0, 1, '2026-01-01', '2026-01-01')")


NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None

def upgrade():
    op.create_table("stray", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("article", sa.Column("stray", sa.Text()))
    op.drop_table("claim_hedge")
    op.execute("UPDATE source SET name = 'changed'")
    {end}
"""


@pytest.fixture
def next_migration(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file for one more migration, in a copy of them all."""
    head = schema.current(database)
    copy = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy)
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    written = copy / "versions" / "next.py"
    written.write_text(NEXT.format(head=head, end='raise RuntimeError("half-way")'))
    return written


@pytest.mark.usefixtures("next_migration")
def test_a_migration_that_fails_half_way_leaves_nothing_behind(database: Database, url: str) -> None:
    query(url, "INSERT INTO source (id, name, key, recorded_at) VALUES (1, 'Kept', 'kept', '2026-01-01')")
    before, revision = structure(url), schema.current(database)
    with pytest.raises(RuntimeError, match="half-way"):
        schema.upgrade(database)
    assert (structure(url), schema.current(database)) == (before, revision)
    assert query(url, "SELECT name FROM source") == [("Kept",)]


def test_a_migration_that_failed_can_be_run_again_once_it_is_right(database: Database, url: str, next_migration: Path) -> None:
    with pytest.raises(RuntimeError):
        schema.upgrade(database)
    next_migration.write_text(next_migration.read_text().replace('raise RuntimeError("half-way")', "pass"))
    schema.upgrade(database)
    assert schema.current(database) == "next"
    assert query(url, "SELECT * FROM stray") == []


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None

def upgrade():
    with op.batch_alter_table("source", recreate="always") as source:
        source.add_column(sa.Column("country", sa.Text()))
    {end}
"""


@pytest.mark.sqlite
@pytest.mark.usefixtures("_stored_source")
def test_a_table_that_others_point_to_can_be_made_anew_with_all_its_rows(
    database: Database, url: str, next_migration: Path
) -> None:
    next_migration.write_text(REBUILD.format(head=schema.current(database), end="pass"))
    schema.upgrade(database)
    assert query(url, "SELECT source.name, country FROM source JOIN article ON source_id = source.id") == [("Wire", None)]
    with database.transaction() as session, pytest.raises(IntegrityError):
        session.connection().exec_driver_sql("UPDATE article SET source_id = 99")


@pytest.mark.sqlite
@pytest.mark.usefixtures("_stored_source")
def test_a_migration_that_would_leave_rows_pointing_to_nothing_changes_nothing(
    database: Database, url: str, next_migration: Path
) -> None:
    next_migration.write_text(REBUILD.format(head=schema.current(database), end='op.execute("DELETE FROM source")'))
    with pytest.raises(StorageUnavailable, match="1 rows would point to nothing"):
        schema.upgrade(database)
    assert query(url, "SELECT name FROM source") == [("Wire",)]


def test_a_start_that_has_nothing_to_migrate_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction(), closing(Database(database.url, busy_timeout_s=0.1)) as other:
        schema.upgrade(other)


def on_postgresql() -> str:
    """Every statement that the migrations say to PostgreSQL."""
    told = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": told})
    with Operations.context(context):
        for script in reversed(list(ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions())):
            script.module.upgrade()
    return told.getvalue()


@pytest.mark.parametrize("feature", ["TRIGGER", "CREATE TYPE", "ENUM", "GENERATED", "DEFERRABLE", "SERIAL,", "SERIAL "])
def test_the_migrations_use_nothing_that_some_databases_lack(feature: str) -> None:
    source = "".join(file.read_text() for file in (schema.MIGRATIONS / "versions").glob("*.py")).upper()
    told = re.sub("BIGSERIAL", "", on_postgresql().upper())
    assert "CREATE TABLE ARTICLE (" in told
    assert feature not in told + source


def test_the_models_use_nothing_that_some_databases_lack() -> None:
    assert [str(c) for c in COLUMNS if isinstance(c.type, Enum) or c.computed is not None or c.identity is not None] == []
    assert [str(key.parent) for column in COLUMNS for key in column.foreign_keys if key.deferrable or key.initially] == []


def test_every_constraint_and_index_has_a_name_that_begins_with_its_kind_and_table() -> None:
    kinds = {
        "PrimaryKeyConstraint": "pk",
        "ForeignKeyConstraint": "fk",
        "UniqueConstraint": "uq",
        "CheckConstraint": "ck",
        "Index": "ix",
    }
    parts: list[Any] = [part for table in TABLES for part in (*table.constraints, *table.indexes)]
    misnamed = [p.name for p in parts if not re.match(rf"{kinds[type(p).__name__]}_{p.table.name}(_|$)", str(p.name))]
    assert misnamed == []


def test_ids_have_64_bits_wherever_integers_have_32() -> None:
    ids = [c for c in COLUMNS if c.name in ("id", "seq", "object_id") or any(k.column.name == "id" for k in c.foreign_keys)]
    assert len(ids) > len(TABLES) - 1
    assert {column.type.compile(POSTGRESQL) for column in ids} == {"BIGINT"}
    told = on_postgresql()
    narrow = [f"{c.table.name}.{c.name}" for c in ids if not re.search(rf"^ +{c.name} BIG(INT|SERIAL)", _made(told, c), re.M)]
    assert narrow == []


def _made(told: str, column: Column[Any]) -> str:
    """The statement that makes the column's table."""
    return told.split(f"CREATE TABLE {column.table.name} (")[1].split(";")[0]


@pytest.mark.parametrize("table", ["article", "claim", "entity", "change"])
def test_an_id_is_not_used_again_after_the_newest_row_is_gone(client: TestClient, table: str) -> None:
    key = "seq" if table == "change" else "id"
    body = {
        "text": "Rain, said Ada.",
        "extract": False,
        "claims": [{"quote": {"exact": "Rain"}, "speakers": [{"entity": "Ada"}]}],
    }
    assert client.post("/articles", json=body).status_code == 201
    url = client.app.state.database.url  # type: ignore[attr-defined]
    newest = query(url, f"SELECT max({key}) FROM {table}")[0][0]
    with plain(url) as purging:  # only the row goes
        indexed = ("article_fts", "claim_fts") if purging.dialect.name == "postgresql" else ()
        for gone in (
            "entity_name",
            "entity_name_word",
            "article_key",
            "claim_party",
            "claim_link",
            "article_link",
            *indexed,
            table,
        ):
            rows(purging, f"DELETE FROM {gone}")
    assert client.post("/articles", json={**body, "text": "Rain again, said Ada.", "title": table}).status_code == 201
    assert query(url, f"SELECT min({key}) FROM {table}")[0][0] > newest


def test_an_archive_of_the_first_schema_keeps_its_rows_and_what_people_did_is_theirs(empty: Database, url: str) -> None:
    schema.upgrade(empty, "0001")
    empty.close()
    with plain(url) as connection:
        then = "'2026-01-01'"
        rows(
            connection,
            f"INSERT INTO article (earliest, latest, revision, recorded_at, changed_at) VALUES (0, 0, 1, {then}, {then})",
        )
        run = "article_id, revision, extractor, text_hash, claims, recorded_at"
        rows(connection, f"INSERT INTO extraction_run ({run}) VALUES (1, 1, 'rules/1', 'x', 3, {then})")
        claim = (
            'article_id, revision, "start", "end", exact, prefix, suffix, kind, negated, status, anchor, made_by, rule,'
            " published, published_latest, said, said_latest, about, recorded_at, changed_at"
        )
        for made_by, rule in (("rules/1", "'cue'"), ("rules/1", "'cue'"), ("client", "NULL")):
            told = f"'direct', false, 'extracted', 'exact', '{made_by}', {rule}"
            values = f"1, 1, 0, 1, 'x', '', '', {told}, 0, 0, 0, 0, 0, {then}, {then}"
            rows(connection, f"INSERT INTO claim ({claim}) VALUES ({values})")
        rows(
            connection,
            "INSERT INTO entity (type, name, name_key, mentions, recorded_at, changed_at)"
            f" VALUES ('place', 'Iraq', 'iraq', 0, {then}, {then})",
        )
        rows(connection, "INSERT INTO entity_name (entity_id, name, key, kind) VALUES (1, 'Iraq', 'iraq', 'preferred')")
        log = [("claim", 1, "created", "rules/1"), ("claim", 2, "created", "rules/1"), ("claim", 2, "changed", "client")]
        log += [("claim", 3, "created", "client"), ("entity", 1, "created", "rules/1")]
        for row in log:
            rows(
                connection,
                f"INSERT INTO change (kind, object_id, action, made_by, recorded_at) VALUES (:kind, :of, :action, :by, {then})",
                **dict(zip(("kind", "of", "action", "by"), row, strict=True)),
            )
    schema.upgrade(empty)
    assert query(url, "SELECT id, reviewed_by FROM claim ORDER BY id") == [(1, None), (2, "client"), (3, "client")]
    assert query(url, "SELECT added_by FROM entity_name") == [("rules/1",)]
    assert query(url, "SELECT id, state, claims, warnings, due_at FROM extraction_run") == [(1, "done", 3, "[]", None)]
    schema.check(empty)
    schema.downgrade(empty, "0001")
    assert query(url, "SELECT id, claims FROM extraction_run") == [(1, 3)]
    assert query(url, "SELECT count(*) FROM claim") == [(3,)]


def test_an_archive_of_the_second_schema_keeps_its_rows_there_and_back(url: str) -> None:
    database = old_archive.make(url, 3)
    with plain(url) as connection:
        old = set(inspect(connection).get_table_names())
    kept = [name for name in old & set(NAMES) if not name.endswith("_link")]  # links are made anew

    def rows(*left_out: str) -> dict[str, list[dict[str, Any]]]:
        with database.reading() as session:
            told = {table: session.connection().exec_driver_sql(f'SELECT * FROM "{table}"').mappings().all() for table in kept}
        return {table: [{c: row[c] for c in row if c not in left_out} for row in of_it] for table, of_it in told.items()}

    moved = ("time_key", "published", "published_latest", "articles", "claims", "claims_made", "claims_about", "merged_into")
    before, but_for_moved = rows(), rows(*moved)
    assert {table for table in kept if not before[table]} == {"article_key", "change", "extraction_run"}
    schema.upgrade(database)
    schema.check(database)
    assert rows(*moved) == but_for_moved
    with plain(url) as connection:
        given = given_numbers(connection)
    assert (given["article"], given["claim"]) == (3, 3)
    schema.downgrade(database, "0002")
    assert rows() == before
