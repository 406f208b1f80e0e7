"""An archive of an older program, opened by this one: what was stored is found again, whatever stops it and whoever else starts."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session
from structlog.testing import CapturingLogger

from app import reindex
from app.errors import Busy
from app.main import create_app, open_archive
from app.settings import Settings
from app.store import indexing, schema
from app.store.database import Database
from tests import old_archive
from tests.archives import Archives

PROJECT = Path(__file__).parent.parent


@pytest.fixture
def old(archives: Archives, tmp_path: Path) -> Iterator[Settings]:
    """Nine articles in schema 0002."""
    with archives.bare(tmp_path / "old.db") as url:
        old_archive.make(url, 9).close()
        yield Settings(database_url=url, log_level="info", worker=False, _env_file=None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    logger = CapturingLogger()
    monkeypatch.setattr(reindex, "log", logger)
    return logger


def missing(database: Database) -> int:
    with database.reading() as session:
        found = session.connection().exec_driver_sql("SELECT count(*) FROM article WHERE time_key IS NULL AND withdrawn_at IS NULL")
        return int(found.scalar_one())


@pytest.mark.parametrize("list_", ["/articles", "/claims"])
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "rain fall"}, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ({"entity": "Ada Lovelace"}, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ({"published_from": "2025-01-03", "published_to": "2025-01-04"}, [4, 3]),
        ({"q": "rain", "entity": "Ada Lovelace", "published_to": "2025-01-02"}, [2, 1]),
        ({"source": "Wire", "author": "Mary Shelley", "about_from": "2025", "published_from": "2025-01-08"}, [9, 8]),
        ({"entity": "Ada Lovelace", "about_from": "2026"}, []),
    ],
)
def test_what_an_older_program_stored_is_found(old: Settings, list_: str, asked: dict[str, Any], found: list[int]) -> None:
    with TestClient(create_app(old)) as client:
        answer = client.get(list_, params={**asked, "sort": "-published"})
    assert answer.status_code == 200, answer.text
    assert [item["id"] for item in answer.json()["items"]] == found


def test_it_says_how_many_it_puts_in_and_the_next_start_has_nothing_to_do(old: Settings, told: CapturingLogger) -> None:
    for _ in range(2):
        open_archive(old).close()
    assert [(*line.args, line.kwargs["articles"]) for line in told.calls] == [("indexing", 9), ("indexed", 9)]


def test_a_start_that_has_nothing_to_put_in_does_not_wait_for_a_writer(old: Settings) -> None:
    database = open_archive(old)
    with database.transaction():
        open_archive(old.model_copy(update={"busy_timeout_s": 0.1})).close()


def test_what_was_stopped_half_way_goes_on_from_there(old: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in, taken = indexing.put_in, []

    def until_stopped(session: Session, ids: list[int]) -> None:
        put_in(session, ids)
        taken.append(ids)
        if len(taken) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(reindex, "AT_ONCE", 2)
    monkeypatch.setattr(indexing, "put_in", until_stopped)
    database = Database(old.database_url)
    schema.upgrade(database)
    with pytest.raises(KeyboardInterrupt):
        reindex.put_in_missing(database)
    assert (taken, missing(database)) == ([[1, 2], [3, 4], [5, 6]], 5)
    reindex.put_in_missing(database)
    assert (taken[3:], missing(database)) == ([[5, 6], [7, 8], [9]], 0)


def test_it_waits_for_another_who_puts_in_as_long_as_that_one_gets_on(old: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    database, left, transaction = Database(old.database_url), [1, 2, 3], Database.transaction
    schema.upgrade(database)

    @contextmanager
    def held_by_another(database: Database) -> Iterator[Session]:
        with transaction(database) as session:
            indexing.put_in(session, [left.pop(0)] if left else [])
        raise Busy("another process is writing; try again in a moment")
        yield session

    monkeypatch.setattr(Database, "transaction", held_by_another)
    monkeypatch.setattr(reindex, "PATIENCE_S", 0)
    with pytest.raises(Busy):
        reindex.put_in_missing(database)
    assert (left, missing(database)) == ([], 6)


def test_what_was_deleted_is_left_out(old: Settings, told: CapturingLogger) -> None:
    database = Database(old.database_url)
    schema.upgrade(database)
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE article SET withdrawn_at = '2026-01-02 00:00:00' WHERE id = 9")
    reindex.put_in_missing(database)
    assert told.calls[0].kwargs["articles"] == 8
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT id FROM article WHERE time_key IS NULL").scalars().all() == [9]


RACE = """
import multiprocessing, sys
from app import reindex
from app.main import open_archive
from app.settings import Settings

reindex.AT_ONCE = 1

def run(start):
    start.wait(30)
    open_archive(Settings(database_url=sys.argv[1], _env_file=None)).close()

fork = multiprocessing.get_context("fork")
start = fork.Barrier(4)
racers = [fork.Process(target=run, args=(start,)) for _ in range(4)]
for racer in racers: racer.start()
for racer in racers: racer.join()
sys.exit(any(racer.exitcode for racer in racers))
"""


def test_four_processes_that_start_together_put_everything_in_once(old: Settings) -> None:
    race = subprocess.run([sys.executable, "-c", RACE, old.database_url], cwd=PROJECT, capture_output=True, text=True)
    assert race.returncode == 0, race.stderr
    database = Database(old.database_url)
    assert missing(database) == 0
    with database.reading() as session:
        words = session.connection().exec_driver_sql("SELECT times FROM fts_word WHERE word = 'rain'").scalars().all()
    assert words == [9]
