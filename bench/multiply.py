"""Makes an archive of many times its articles, without storing each: `python3 run.py bench multiply sqlite:///FILE.db --times 100`.

The archive is changed in place; copy the file, or the database, before. Of each article and claim there are then so many: the first
stands where it stood, each other copy of the archive is folded into its own share of the same years, so that no two copies of one
text stand near each other. Entities, words and outlets stay the same ones, named so many times as often.

What searches read is multiplied: articles, texts, claims, mentions, dates, links, full text, and the counters. The log of changes
and what recognizes copies are left as they are. So are the days of saying and those spoken about, which do not move with the
article, in its rows as in its tags; and the tag by which the claims of one article are found.
"""

import argparse
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.main import open_archive
from app.settings import Settings
from app.store import standing

_OF_ARTICLE = ("article_revision", "mention", "article_author", "article_date")
_OF_CLAIM = ("claim_party", "claim_date", "claim_hedge", "claim_part")
_GROUPS: tuple[tuple[str, ...], ...] = (  # what one connection each does
    ("article", *_OF_ARTICLE, "article_link", "article_fts", "claim_link"),
    ("claim", *_OF_CLAIM, "claim_fts"),
)
_DAY = 86_400
_UNDATED = -(2**36)  # seconds; what is lower has no date, see app/store/time_keys.py
_APART = 2**23  # numbers within a second, of copies: above those of what was stored
_BATCH = 2_000


class Connection(Protocol):
    def execute(self, statement: str) -> Any: ...


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", metavar="URL", help="sqlite:///FILE.db or postgresql+psycopg://…, as for DATELINE_DATABASE_URL")
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    if asked.times < 2:
        sys.exit("--times is at least 2")
    url = make_url(asked.archive)
    began = time.monotonic()
    if url.get_backend_name() == "sqlite":
        _in_sqlite(asked.archive, str(url.database), asked.times)
    else:
        _in_postgresql(url.set(drivername="postgresql").render_as_string(hide_password=False), asked.times)
    _tell(f"{time.monotonic() - began:,.0f} s")


def _in_postgresql(address: str, times: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'"):
            connection.execute(f"SET {setting}")
        tables = [table for group in _GROUPS for table in group]
        _place(connection, times)
        made = _definitions(connection, tables)
        _alter(connection, [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _, _ in made if name])
        _alter(connection, [f"DROP INDEX IF EXISTS {index}" for _, name, index, _ in made if not name])
        _at_once([lambda group=group: _fill(address, group, times) for group in _GROUPS])
        again = sorted((told for *_, told in made), key=lambda told: "FOREIGN KEY" in told)
        of_claims = [told for told in again if "FOREIGN KEY" not in told and " claim" in told and "claim_link" not in told]
        others = [told for told in again if "FOREIGN KEY" not in told and told not in of_claims]
        _at_once([lambda some=some: _index(address, some) for some in (of_claims, others)])
        _alter(connection, [f"{told} NOT VALID" for told in again if "FOREIGN KEY" in told])
        _count(connection, times)
        _alter(
            connection,
            [f"UPDATE given_number SET last = (SELECT max(id) FROM {t}) WHERE name = '{t}'" for t in ("article", "claim")],
        )
        _alter(connection, [f"UPDATE fts_word SET times = times * {times}, claims = claims * {times}"])
        _alter(connection, [f"UPDATE fts_total SET entries = entries * {times}, length = length * {times}"])
        _alter(connection, ["DROP TABLE placed_article", "DROP TABLE placed_claim", "VACUUM ANALYZE"])


def _definitions(connection: Connection, tables: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Of each constraint and index: table, name of the constraint or nothing, name of the index, what makes it again."""
    listed = ", ".join(f"'{table}'::regclass" for table in tables)
    constraints = connection.execute(
        "SELECT conrelid::regclass::text, conname, '', format('ALTER TABLE %s ADD CONSTRAINT %s %s', conrelid::regclass, conname,"
        f" replace(pg_get_constraintdef(oid), ' NOT VALID', '')) FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND"
        f" (conrelid IN ({listed}) OR confrelid IN ({listed})) ORDER BY contype"  # foreign keys go first
    ).fetchall()
    indexes = connection.execute(
        "SELECT indrelid::regclass::text, '', indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE indrelid IN ({listed}) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
    ).fetchall()
    return [*constraints, *indexes]


def _alter(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        _tell(statement)
        connection.execute(statement)


def _index(address: str, statements: Sequence[str]) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        _alter(connection, statements)


def _fill(address: str, tables: Sequence[str], times: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        for table in tables:
            columns = [column.name for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
            source = _source(connection, table)
            _copies(connection, table, columns, source, times)
            connection.execute(f"DROP TABLE {source}")


def _place(connection: Connection, times: int) -> None:
    """`placed_article` and `placed_claim`: where each stands, `folded` into the first share; a share is so many seconds long."""
    ((first, last),) = connection.execute(
        f"SELECT min(time_key) / 16777216, max(time_key) / 16777216 FROM article WHERE time_key / 16777216 > {_UNDATED}"
    ).fetchall()
    first -= first % _DAY
    share = max((last - first) // (times - 1) // _DAY, 1) * _DAY
    for noun in ("article", "claim"):
        second = "(time_key >> 24)"
        connection.execute(f"DROP TABLE IF EXISTS placed_{noun}")
        connection.execute(
            f"CREATE TABLE placed_{noun} AS SELECT time_key AS placed_key, id + {_APART} AS number, {second} AS second,"
            f" CASE WHEN {second} > {_UNDATED} THEN {first} + ({second} - {first}) % {share} ELSE {second} END AS folded,"
            f" CASE WHEN {second} > {_UNDATED} THEN {share} ELSE 1 END AS share FROM {noun} WHERE time_key IS NOT NULL"
        )


def _source(connection: Connection, table: str) -> str:
    """A table of the rows that are copied, in the order in which they are to stand, with their places."""
    name = f"source_{table}"
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    noun, _, kind = table.partition("_")
    order = "id" if table in ("article", "claim") else {"link": "entity_id", "fts": "folded"}.get(kind)
    if order:
        connection.execute(
            f"CREATE TABLE {name} AS SELECT t.*, number, second, folded, share FROM {table} t"
            f" JOIN placed_{noun} ON placed_key = time_key ORDER BY {order}"
        )
    else:
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {table}")
    return name


def _copies(connection: Connection, table: str, columns: Sequence[str], source: str, times: int) -> None:
    highest = {
        f"{noun}_id": connection.execute(f"SELECT max(number) - {_APART} FROM placed_{noun}").fetchone()[0]
        for noun in ("article", "claim")
    }
    began = time.monotonic()
    for copy in range(1, times):
        moved = f"(CASE WHEN share > 1 THEN (folded + {copy - 1} * share - second) * 1000000 ELSE 0 END)"
        told = {
            **{name: f"{name} + {copy} * {most}" for name, most in highest.items()},
            "id": f"id + {copy} * {highest.get(f'{table}_id')}",
            "time_key": f"(folded + (CASE WHEN share > 1 THEN {copy - 1} ELSE {copy} END) * share) * 16777216 + number",
            **({name: f"{name} + {moved}" for name in ("earliest", "latest")} if table == "article" else {}),
        }
        listed = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(told.get(name, f'"{name}"') for name in columns)
        connection.execute(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {source}")
    _tell(f"{table}: {time.monotonic() - began:,.0f} s")


def _count(connection: Connection, times: int) -> None:
    counters = ", ".join(f"{name} = {name} * {times}" for name in ("mentions", "articles", "claims", "claims_made", "claims_about"))
    connection.execute(f"UPDATE entity SET {counters}")


def _in_sqlite(archive: str, path: str, times: int) -> None:
    """The index of words keeps no text, so the entries are made once and put in again under other keys."""
    own = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
        own.execute(f"PRAGMA {pragma}")
    _place(own, times)
    made = own.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('article', 'claim')"
    ).fetchall()
    _alter(own, [f"DROP INDEX {name}" for name, _ in made])
    for table in (table for group in _GROUPS for table in group if not table.endswith("_fts")):
        columns = [row[1] for row in own.execute(f"PRAGMA table_info({table})")]
        source = _source(own, table)
        own.execute("BEGIN")
        _copies(own, table, columns, source, times)
        own.execute("COMMIT")
        own.execute(f"DROP TABLE {source}")
    _alter(own, [told for _, told in made])
    _count(own, times)
    own.execute(f"UPDATE fts_word SET times = times * {times}")
    _words_in_sqlite(archive, own, times)
    _alter(own, ["DROP TABLE placed_article", "DROP TABLE placed_claim", "ANALYZE", "PRAGMA journal_mode = WAL"])


def _words_in_sqlite(archive: str, own: sqlite3.Connection, times: int) -> None:
    database = open_archive(Settings(database_url=archive, _env_file=None), new=False)
    (most,) = own.execute(f"SELECT max(number) - {_APART} FROM placed_article").fetchone()
    entries: dict[str, dict[int, Any]] = {"article": {}, "claim": {}}
    with database.reading() as session:
        for at in range(1, most + 1, _BATCH):
            for article in standing.read(session, range(at, min(at + _BATCH, most + 1))):
                one, of_claims = article.entries()
                entries["article"][one.key] = (*one.fields, one.tags)
                entries["claim"].update((entry.key, (*entry.fields, entry.tags)) for entry in of_claims)
    database.close()
    fields = {"article": "text, title, tags", "claim": "quote, tags"}
    for noun, of_noun in entries.items():
        places = own.execute(f"SELECT placed_key, number, folded, share FROM placed_{noun} ORDER BY folded, number").fetchall()
        marks = ", ".join("?" * (fields[noun].count(",") + 2))
        for copy in range(1, times):
            own.execute("BEGIN")
            own.executemany(
                f"INSERT INTO {noun}_fts (rowid, {fields[noun]}) VALUES ({marks})",
                (
                    (((folded + (copy - 1 if share > 1 else copy) * share) << 24) + number, *of_noun[key])
                    for key, number, folded, share in places
                ),
            )
            own.execute("COMMIT")
            _tell(f"{noun}_fts: {copy} of {times - 1}")


def _at_once(tasks: Sequence[Any]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _tell(doing: str) -> None:
    print(doing, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
