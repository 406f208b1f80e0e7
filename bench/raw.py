"""The rows of an archive as tuples, and the same rows written by `sqlite3` alone: what storing them costs without any program.

Every row of every table as it came to be, each written once: what the program reads, checks, counts up and updates is not there.
"""

import sqlite3
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

# Parents before those that point to them, with the column that tells which batch a row belongs to, and of what that is the number.
TABLES = {
    "source": ("id", "source"),
    "entity": ("id", "entity"),
    "entity_name": ("entity_id", "entity"),
    "entity_name_word": ("entity_id", "entity"),
    "article": ("id", "article"),
    "article_key": ("article_id", "article"),
    "article_author": ("article_id", "article"),
    "article_revision": ("article_id", "article"),
    "mention": ("article_id", "article"),
    "article_date": ("article_id", "article"),
    "claim": ("id", "claim"),
    "claim_part": ("claim_id", "claim"),
    "claim_party": ("claim_id", "claim"),
    "claim_hedge": ("claim_id", "claim"),
    "claim_date": ("claim_id", "claim"),
    "extraction_run": ("article_id", "article"),
    "article_signature": ("article_id", "article"),
    "copy_key": ("article_id", "article"),
    "article_story": ("article_id", "article"),
    "claim_reprint": ("claim_id", "claim"),
    "change": ("seq", "change"),
    "article_link": ("time_key", "article key"),
    "claim_link": ("time_key", "claim key"),
}
FULL_TEXT = {"article_fts": ("text", "title", "tags"), "claim_fts": ("quote", "tags")}
NUMBERED = {"source": "id", "entity": "id", "article": "id", "claim": "id", "change": "seq"}
Batch = list[tuple[str, list[Any]]]  # statements, each with the rows that it is put to the driver with


def numbers(archive: Path) -> dict[str, int]:
    """The highest number so far that a row of each numbered table was given."""
    with sqlite3.connect(archive) as connection:
        found = {name: connection.execute(f"SELECT max({key}) FROM {name}").fetchone()[0] or 0 for name, key in NUMBERED.items()}
    connection.close()
    return found


def read(archive: Path, ends: Sequence[dict[str, int]]) -> list[Batch]:
    """All rows of the archive, batch by batch; `ends` are the `numbers` behind each batch."""
    connection = sqlite3.connect(archive)
    own = _own(connection, ends)
    batches: list[Batch] = [[] for _ in ends]
    for name, (column, kind) in TABLES.items():
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        key = columns.index(column)
        written = f"INSERT INTO {name} ({_listed(columns)}) VALUES ({', '.join('?' * len(columns))})"
        _deal(
            batches,
            written,
            connection.execute(f"SELECT {_listed(columns)} FROM {name}"),
            lambda row, k=key, o=own[kind]: o[row[k]],
        )
    used: set[str] = set()
    for name, fields in FULL_TEXT.items():
        entries = _entries(connection, name, fields)
        keys = own["article key" if name == "article_fts" else "claim key"]
        written = f"INSERT INTO {name} (rowid, {_listed(fields)}) VALUES (?{', ?' * len(fields)})"
        _deal(batches, written, sorted(entries), lambda row, keys=keys: keys[row[0]])
    first: dict[str, int] = {}
    for i, batch in enumerate(batches):
        texts = next((rows for sql, rows in batch if sql.startswith("INSERT INTO article_fts")), [])
        for word in {word for _, text, title, _ in texts for word in (*text.split(), *title.split())} - used:
            first[word] = i
            used.add(word)
    words = connection.execute("SELECT word, times FROM fts_word ORDER BY word")
    _deal(batches, "INSERT INTO fts_word (word, times) VALUES (?, ?)", words, lambda row: first[row[0]])
    connection.close()
    return batches


def write(archive: Path, batches: Sequence[Batch]) -> float:
    """Seconds: each batch one transaction, on disk when it ends. The archive is empty but has its schema."""
    connection = sqlite3.connect(archive, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    began = time.perf_counter()
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        for written, rows in batch:
            connection.executemany(written, rows)
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def _own(connection: sqlite3.Connection, ends: Sequence[dict[str, int]]) -> dict[str, Any]:
    """For each kind of number the batch that it belongs to."""
    own: dict[str, Any] = {}
    for name, key in NUMBERED.items():
        last = [end[name] for end in ends]
        numbered = connection.execute(f"SELECT {key} FROM {name}")
        own[name] = {number: bisect_left(last, number) for (number,) in numbered}
    for name in ("article", "claim"):
        places = connection.execute(f"SELECT time_key, id FROM {name} WHERE time_key IS NOT NULL")
        own[f"{name} key"] = {key: own[name][number] for key, number in places}
    return own


def _deal(batches: list[Batch], written: str, rows: Any, batch_of: Any) -> None:
    dealt: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        dealt[batch_of(row)].append(row)
    for i, some in dealt.items():
        batches[i].append((written, some))


def _entries(connection: sqlite3.Connection, name: str, columns: Sequence[str]) -> list[Any]:
    """The full text keeps no copy of what went in: it is put together again, word by word, from the index itself."""
    connection.execute(f"CREATE VIRTUAL TABLE temp.words_of_{name} USING fts5vocab(main, {name}, instance)")
    found = connection.execute(f"SELECT doc, col, offset, term FROM words_of_{name}").fetchall()
    found.sort()
    fields: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for (doc, column), words in groupby(found, key=itemgetter(0, 1)):
        fields[doc][column] = " ".join(word for *_, word in words)
    return [(doc, *(own.get(column, "") for column in columns)) for doc, own in fields.items()]


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
