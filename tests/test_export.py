"""Exports as they are used: read slowly while others write, broken off, left in the middle; and from the terminal."""

import asyncio
import gzip
import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner

from app import cli, export, ingest
from app.cli import bars
from app.cli.export import run
from app.errors import Unusable
from app.formats import BY_NAME
from app.formats.listing import Listing
from app.models.articles import ArticleQuery
from app.models.documents import Article, ArticleDraft
from app.settings import Settings
from app.store import article_search
from app.store.database import Database
from tests.archives import query
from tests.conftest import Store
from tests.serving import PROJECT, serving

WAL_LIMIT = 64_000_000


@pytest.fixture
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.database  # type: ignore[attr-defined]
    return opened


def fill(database: Database, count: int, padding: int = 0) -> None:
    """So many articles, each as many characters longer as `padding` says: those are spaces, and in no index."""
    drafts = [ArticleDraft(text=f"Nothing is said here. {n}", published=f"20{n % 90 + 10}", extract=False) for n in range(count)]
    ingest.store_many(database, [(draft, None) for draft in drafts], "test/1")
    with database.transaction() as session:
        session.connection().execute(text("UPDATE article_revision SET text = text || :padding"), {"padding": " " * padding})


def ids_in(body: bytes) -> list[int]:
    return [json.loads(line)["id"] for line in body.splitlines()]


@pytest.mark.parametrize("sort", ["-published", "published", "-recorded"])
@pytest.mark.parametrize("detail", ["summary", "full"])
def test_what_stands_there_all_the_time_is_met_once_while_others_write(
    client: TestClient, database: Database, store: Store, sort: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is written and something deleted before every batch, wherever the walk may be."""
    fill(database, 100)
    read = export.Export._read  # noqa: SLF001
    gone: set[int] = set()

    def read_after_others(self: Any, query: Any) -> Any:
        store(f"New {len(gone)}", published=("2005", "2050", "2099")[len(gone) % 3])
        gone.add(len(gone) * 17 + 3)
        client.delete(f"/articles/{max(gone)}")
        return read(self, query)

    monkeypatch.setattr(export, "FIRST_ROWS", 10)
    monkeypatch.setattr(export, "FEW_BYTES", 0)  # so that batches stay short
    monkeypatch.setattr(export.Export, "_read", read_after_others)
    met = ids_in(client.get(f"/articles?format=jsonl&sort={sort}&detail={detail}").content)
    assert len(gone) > 5
    assert len(met) == len(set(met))
    assert set(range(1, 101)) - gone <= set(met)


def test_a_batch_with_much_in_it_is_followed_by_a_shorter_one(database: Database) -> None:
    fill(database, 80, padding=100_000)
    walk = export.Export(database, article_search.find, ArticleQuery(detail="full"), BY_NAME["jsonl"], Listing(Article, "", "", ()))
    sizes = [len(piece) for piece in walk.pieces()]
    assert sum(sizes) > 8_000_000
    assert max(sizes) < 2_500_000


def test_who_leaves_ends_the_work(client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database, 200)
    monkeypatch.setattr(export, "MOST_IDS", 20)
    sent: list[Any] = []
    has_left = asyncio.Event()

    async def receive() -> Any:
        await has_left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 3:
            has_left.set()
        await asyncio.sleep(0.01)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
    }
    scope |= {"path": "/articles", "raw_path": b"/articles", "query_string": b"format=jsonl", "headers": [], "root_path": ""}
    scope |= {"scheme": "http", "server": ("test", 80), "client": ("test", 1)}
    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]
    assert len(sent) < 6  # of 12


def test_what_fails_in_the_middle_does_not_look_whole(settings: Settings) -> None:
    database = Database(settings.database_url)
    fill(database, 100, padding=300_000)
    database.close()
    with (
        serving(settings.database_url) as (address, _),
        httpx.stream("GET", f"{address}/articles?format=jsonl&detail=full", trust_env=False) as answer,
    ):
        query(settings.database_url, "ALTER TABLE article_author RENAME TO lost")
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()


@pytest.mark.sqlite
@pytest.mark.long
def test_a_slow_reader_of_a_gigabyte_holds_neither_the_log_of_writes_nor_memory(settings: Settings) -> None:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    database = Database(settings.database_url, synchronous="NORMAL")
    fill(database, 1000, padding=1_050_000)
    database.close()
    wal, is_done, written, longest = path.with_name(f"{path.name}-wal"), threading.Event(), [0], [0]

    def write() -> None:
        with sqlite3.connect(path, timeout=30, isolation_level=None) as connection:
            while not is_done.is_set():
                connection.execute("UPDATE article_revision SET text = ? WHERE article_id = 1", [f"{written[0]}" + " " * 400_000])
                written[0] += 400_000
                longest[0] = max(longest[0], wal.stat().st_size)
                time.sleep(0.01)

    with serving(settings.database_url) as (address, process):
        before, most, taken = resident_mb(process.pid), 0.0, 0
        writer = threading.Thread(target=write)
        writer.start()
        with httpx.stream("GET", f"{address}/articles?format=jsonl&detail=full", trust_env=False, timeout=60) as answer:
            for piece in answer.iter_raw(1_000_000):
                taken += len(piece)
                most = max(most, resident_mb(process.pid))
                time.sleep(0.01)
        is_done.set()
        writer.join()
    assert taken > 1_000_000_000
    assert written[0] > 2 * WAL_LIMIT  # so much that an open read would have shown
    assert longest[0] < WAL_LIMIT
    assert most - before < 200  # what compares copies, 75 MB, is still loaded when the service answers; held, it were a thousand


def resident_mb(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


ASKED = [
    ("articles", [("detail", "full")], "jsonl"),
    ("articles", [("published_from", "2040"), ("sort", "published")], "csv"),
    ("articles", [("limit", "3")], "atom"),
    ("articles", [("source", "Wire"), ("source", "Post")], "jsonld"),
    ("changes", [("since", "20"), ("kind", "article")], "jsonl"),
]


@pytest.mark.parametrize(("what", "pairs", "form"), ASKED)
def test_the_terminal_writes_what_the_service_answers(
    client: TestClient, database: Database, tmp_path: Path, what: str, pairs: list[tuple[str, str]], form: str
) -> None:
    fill(database, 70)
    out = tmp_path / "out.gz"
    assert run(database, what, pairs, form, out, "http://testserver") == 0
    assert gzip.decompress(out.read_bytes()) == client.get(f"/{what}", params=[*pairs, ("format", form)]).content


@pytest.fixture
def dateline(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    monkeypatch.chdir(tmp_path)
    return lambda line: CliRunner().invoke(cli.app, shlex.split(line))


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("claims --filter speeker=Ann", "/claims?speeker=Ann"),
        ("articles 'published_from=soon&published_to=x'", "/articles?published_from=soon&published_to=x"),
        ("claims --filter q=a --filter q=b", "/claims?q=a&q=b"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_in_the_words_of_the_service(
    client: TestClient, dateline: Any, line: str, address: str
) -> None:
    assert str(dateline(f"export {line}").exception) == client.get(address).json()["detail"]


def test_an_export_that_fails_leaves_the_old_file_as_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, 300)
    out = tmp_path / "kept.jsonl"
    out.write_bytes(b"old")

    def fail(*_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "_next_size", fail)
    assert run(database, "articles", [], "jsonl", out, "") == bars.INTERRUPTED
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if "kept" in path.name} == {"kept.jsonl": b"old"}


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("articles --out .", 1, "is a folder"),
        ("articles --out nowhere/out.csv", 1, "cannot be written: No such file"),
        ("--everything all --format csv", 2, "leave the list and its options out"),
        ("--everything all --out all.gz", 2, "leave the list and its options out"),
    ],
)
def test_what_cannot_be_written_is_one_sentence_and_leaves_nothing(
    dateline: Any, tmp_path: Path, line: str, code: int, said: str
) -> None:
    before = set(tmp_path.iterdir())
    done = dateline(f"export {line}")
    told = " ".join(re.sub("[│╭╮╰╯─]", " ", done.output).split()) + str(done.exception)
    assert (done.exit_code, said in told) == (code, True), told
    assert set(tmp_path.iterdir()) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database, 30)
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=full, fileno=full.fileno))
        with pytest.raises(Unusable, match="cannot be written: No space left"):
            run(database, "articles", [], "jsonl", Path("-"), "")


def test_ctrl_c_is_130(settings: Settings, database: Database) -> None:
    fill(database, 300, padding=10_000)
    command = [sys.executable, "-m", "app", "export", "articles", "--detail", "full"]
    environment = {**os.environ, "DATELINE_DATABASE_URL": settings.database_url, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        process.stdout.read(1)  # from here on it waits until more is read
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(20) == 130


def test_what_the_docs_show_works(client: TestClient, database: Database, dateline: Any, tmp_path: Path) -> None:
    with database.transaction() as session:  # the log has come as far as they say
        row = "seq, kind, object_id, action, made_by, recorded_at"
        session.connection().execute(
            text(f"INSERT INTO change ({row}) VALUES (1200, 'entity', 1, 'created', 'client', '2024-01-01')")
        )
    told = (PROJECT / "docs" / "export.md").read_text("utf-8")
    for line in re.findall(r"^\$ (.*)$", told, re.MULTILINE):
        program, *arguments = shlex.split(line.partition(" > ")[0])
        if program == "dateline":
            result = dateline(shlex.join(arguments))
            assert result.exit_code == 0, result.output
        else:
            url = next(part for part in arguments if part.startswith("http"))
            headers = dict(part.split(": ", 1) for part in arguments if ": " in part)
            assert client.get(url.replace("http://127.0.0.1:8000", ""), headers=headers).status_code == 200
    assert {path.name for path in tmp_path.iterdir()} >= {"iraq.csv", "articles.jsonl.gz"}
