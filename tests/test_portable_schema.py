"""The schema on PostgreSQL has nothing that CockroachDB, YugabyteDB or Citus lack, as the database itself describes it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url

from app.settings import Settings
from tests.archives import rows

pytestmark = pytest.mark.postgresql
UNIQUE = {  # beside the primary keys; what Citus would have to distribute by
    "ix_article_time_key",  # its place in the order of publication, by which the search index knows it
    "ix_claim_time_key",
    "uq_entity_wikidata_id",  # no two entities are one of Wikidata's
    "uq_feed_key",  # an address is followed once
    "ix_feed_entry_key",  # an entry of a feed is read once
    "uq_source_key",  # an outlet has one name
}
_OURS = "'public'::regnamespace"
LACKED = {  # and the statement that finds all of it by name
    "trigger": (
        f"SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid AND relnamespace = {_OURS} WHERE NOT tgisinternal"
    ),
    "function": f"SELECT proname FROM pg_proc WHERE pronamespace = {_OURS}",
    "rule": f"SELECT rulename FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class AND relnamespace = {_OURS}",
    "type of its own": f"SELECT typname FROM pg_type WHERE typnamespace = {_OURS} AND typtype NOT IN ('c', 'b')",
    "sequence": f"SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = {_OURS}",
    "default that counts": (
        "SELECT relname || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        f" LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE relnamespace = {_OURS}"
        " AND (attidentity <> '' OR pg_get_expr(adbin, adrelid) LIKE '%nextval%')"
    ),
    "generated column": (
        "SELECT relname || '.' || attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
        f" WHERE relnamespace = {_OURS} AND attgenerated <> ''"
    ),
    "index of another kind": (
        "SELECT c.relname FROM pg_class c JOIN pg_am m ON m.oid = c.relam"
        f" WHERE relkind = 'i' AND relnamespace = {_OURS} AND amname NOT IN ('btree', 'gin')"
    ),
    "GIN over several columns": (
        "SELECT c.relname FROM pg_class c JOIN pg_am m ON m.oid = c.relam AND amname = 'gin'"
        f" JOIN pg_index ON indexrelid = c.oid WHERE relnamespace = {_OURS} AND indnatts > 1"
    ),
    "constraint that excludes or waits": (
        f"SELECT conname FROM pg_constraint WHERE connamespace = {_OURS} AND (contype IN ('x', 't') OR condeferrable)"
    ),
    "extension": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    "unique index that is no key": (
        "SELECT c.relname FROM pg_class c JOIN pg_index ON indexrelid = c.oid"
        f" WHERE relnamespace = {_OURS} AND indisunique AND NOT indisprimary"
    ),
    "inheritance or partition": f"SELECT relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid AND relnamespace = {_OURS}",
    "table without a key": (
        f"SELECT relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = {_OURS}"
        " AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = c.oid AND indisprimary)"
    ),
    "view or foreign table": (
        f"SELECT relname FROM pg_class WHERE relkind NOT IN ('r', 'i', 't', 'S', 'c') AND relnamespace = {_OURS}"
    ),
}
MADE = {  # one of each
    "trigger": "CREATE TRIGGER stray BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "function": "CREATE FUNCTION stray() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "rule": "CREATE RULE stray AS ON DELETE TO article DO INSTEAD NOTHING",
    "type of its own": "CREATE TYPE stray AS ENUM ('a')",
    "sequence": "CREATE SEQUENCE stray",
    "default that counts": "ALTER TABLE article ADD COLUMN stray integer GENERATED ALWAYS AS IDENTITY",
    "generated column": "ALTER TABLE article ADD COLUMN stray text GENERATED ALWAYS AS (title || '!') STORED",
    "index of another kind": "CREATE INDEX stray ON article_fts USING gist (words)",
    "GIN over several columns": "CREATE INDEX stray ON article_fts USING gin (words, words)",
    "constraint that excludes or waits": "ALTER TABLE article ADD CONSTRAINT stray EXCLUDE USING btree (title WITH =)",
    "extension": "CREATE EXTENSION pg_trgm",
    "unique index that is no key": "CREATE UNIQUE INDEX stray ON article (title)",
    "inheritance or partition": "CREATE TABLE stray (PRIMARY KEY (id)) INHERITS (source)",
    "table without a key": "CREATE TABLE stray (id integer)",
    "view or foreign table": "CREATE VIEW stray AS SELECT 1",
}


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection]:
    """What is made on it is forgotten."""
    engine = create_engine(make_url(settings.database_url).set(username="postgres"))
    with engine.connect() as connected:
        yield connected
    engine.dispose()


def found(connection: Connection) -> dict[str, list[str]]:
    return {what: sorted(name for (name,) in rows(connection, statement)) for what, statement in LACKED.items()}


def test_the_schema_has_nothing_that_others_of_the_same_protocol_lack(connection: Connection) -> None:
    assert found(connection) == {what: sorted(UNIQUE) if what == "unique index that is no key" else [] for what in LACKED}


@pytest.mark.parametrize("what", LACKED)
def test_each_of_these_is_found_where_it_is_made(connection: Connection, what: str) -> None:
    before = found(connection)[what]
    connection.exec_driver_sql(MADE[what])
    assert len(found(connection)[what]) == len(before) + 1
