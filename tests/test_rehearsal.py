"""What the rehearsal of bench/archive.py leans on: articles that the service takes, and a comparison that sees what differs."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from bench import drafts, same
from bench.corpus import Corpus


def test_every_line_is_an_article_whose_claims_stand_in_its_text(client: TestClient, tmp_path: Path) -> None:
    drafts.write(tmp_path / "articles.jsonl", 6)
    lines = [orjson.loads(line) for line in (tmp_path / "articles.jsonl").read_bytes().splitlines()]
    found = [Corpus(6).document(number)[1] for number in range(6)]
    for line, extraction in zip(lines, found, strict=True):
        answer = client.post("/articles", json=line)
        assert answer.status_code == 201, answer.text
        stored = {(c["quote"]["start"], c["quote"]["end"], c["kind"], c["negated"]) for c in answer.json()["claims"]}
        assert stored == {(c.start, c.end, c.kind, c.negated) for c in extraction.claims}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE source SET name = 'Other'", "source"),
        ("DELETE FROM article_key", "article_key"),
        ("UPDATE sqlite_sequence SET seq = seq + 1", "sqlite_sequence"),
        ("INSERT INTO claim_link VALUES (1, 2, 3)", "claim_link"),
        ("INSERT INTO article_fts (rowid, text) VALUES (1, 'more')", "article_fts_words"),
        ("CREATE TABLE more (id INTEGER)", "more"),
    ],
)
def test_one_row_that_differs_is_seen(client: TestClient, tmp_path: Path, change: str, table: str) -> None:
    client.post("/articles", json={"text": "Rain.", "source": "Wire", "extract": False})
    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "test.db", tmp_path / "other.db")
    assert {said for _, said in same.tables(tmp_path / "test.db", tmp_path / "other.db").values()} == {""}
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection, connection:
        connection.execute(change)
    assert [name for name, (_, said) in same.tables(tmp_path / "test.db", tmp_path / "other.db").items() if said] == [table]
