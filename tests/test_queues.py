"""procrastinate's jobs beside our rows: together or not at all, made when missing, refused when they are another version's."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app import ingest, queues, worker
from app.errors import StorageUnavailable
from app.main import create_app, open_archive
from app.models.documents import ArticleDraft
from app.models.feeds import FeedDraft, FeedPatch
from app.queues import awake, table
from app.queues.procrastinate import Procrastinate
from app.readers import Extractors
from app.settings import Settings
from app.store import feeds
from app.store.database import Database
from app.web import Web
from app.web.addresses import Allowed
from tests.archives import Archives, query
from tests.scripted import Scripted, installed

on_postgresql = pytest.mark.postgresql
TEXT = "Ann Lee said the dam is safe."


@pytest.fixture
def settings(archives: Archives, tmp_path: Path) -> Iterator[Settings]:
    """Of a database that nothing was ever stored in."""
    with archives.bare(tmp_path / "test.db") as url:
        yield Settings(database_url=url, log_level="error", worker=False, _env_file=None)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_archive(settings)
    yield opened
    opened.close()


@pytest.fixture
def extractors() -> Extractors:
    return installed(Scripted("slow/1", DEFERRED=True), Scripted("quick/1"))


def store(database: Database, extractors: Extractors, **fields: Any) -> int:
    stored = ingest.store_article(database, ArticleDraft(text=TEXT, **fields), extractors, "client")
    return int(stored.article["id"])


def jobs(settings: Settings) -> list[Any]:
    """Table, row and time of each job; the time is null where it has come."""
    asked = (
        "SELECT queue_name, (args->>'row_id')::int, CASE WHEN scheduled_at > now() THEN scheduled_at END"
        " FROM procrastinate.procrastinate_jobs WHERE queue_name <> 'look' ORDER BY id"
    )
    return query(settings.database_url, asked)


@on_postgresql
def test_an_article_that_is_to_be_read_has_a_job_and_one_that_was_read_has_none(
    database: Database, settings: Settings, extractors: Extractors
) -> None:
    store(database, extractors)
    store(database, extractors, extract="quick", url="https://paper.example/2")
    assert jobs(settings) == [("extraction_run", 1, None)]


@on_postgresql
def test_of_an_article_that_is_not_kept_there_is_no_job(
    database: Database, settings: Settings, extractors: Extractors, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def fail(session: Session, *_: Any) -> None:
        seen.append(session.connection().exec_driver_sql("SELECT count(*) FROM procrastinate.procrastinate_jobs").scalar())
        raise ZeroDivisionError

    monkeypatch.setattr(ingest.article_reading, "get", fail)
    with pytest.raises(ZeroDivisionError):
        store(database, extractors)
    assert (seen, jobs(settings), query(settings.database_url, "SELECT id FROM article")) == ([1], [], [])


@on_postgresql
def test_an_article_for_which_no_job_can_be_made_is_not_kept(
    database: Database, settings: Settings, extractors: Extractors
) -> None:
    query(settings.database_url, "DROP SCHEMA procrastinate CASCADE")
    with pytest.raises(StorageUnavailable, match="procrastinate's tables are gone"):
        store(database, extractors)
    assert query(settings.database_url, "SELECT id FROM article") == []


@on_postgresql
def test_a_feed_has_a_job_for_its_next_look(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        feed_id, _ = feeds.add(session, FeedDraft(url="https://paper.example/feed"))
        feeds.change(session, feed_id, FeedPatch(every_s=60))
        row = feeds.row(session, feed_id)
        row.due_at = due_at = datetime.now(UTC) + timedelta(hours=1)
        queues.tell(session, type(row), type(row).id == feed_id)  # type: ignore[arg-type]
    assert jobs(settings) == [("feed", feed_id, due_at)]


def working(database: Database, extractors: Extractors, lease_s: float) -> "tuple[threading.Thread, threading.Event]":
    stop = threading.Event()
    given = (database, extractors, lease_s, stop, Web("tests", Allowed.read(())))
    thread = threading.Thread(target=worker.work, args=given)
    thread.start()
    return thread, stop


def wait_for_jobs_to_be_done(settings: Settings) -> None:
    pause = threading.Event()
    for _ in range(400):
        if not query(settings.database_url, "SELECT id FROM extraction_run WHERE state <> 'done'"):
            return
        pause.wait(0.05)
    raise TimeoutError


@on_postgresql
def test_what_waits_without_a_job_is_found(settings: Settings, extractors: Extractors) -> None:
    with_table = open_archive(settings.model_copy(update={"queue": "table"}))
    store(with_table, extractors)
    with_table.close()
    database = open_archive(settings)
    assert jobs(settings) == []
    thread, stop = working(database, extractors, lease_s=1)
    wait_for_jobs_to_be_done(settings)
    stop.set()
    thread.join()
    database.close()


@on_postgresql
def test_what_was_done_leaves_no_job_behind(database: Database, settings: Settings, extractors: Extractors) -> None:
    store(database, extractors)
    thread, stop = working(database, extractors, lease_s=60)
    wait_for_jobs_to_be_done(settings)
    stop.set()
    thread.join()
    assert jobs(settings) == []
    assert query(settings.database_url, "SELECT id FROM procrastinate.procrastinate_workers") == []


@on_postgresql
def test_processes_that_start_together_find_or_make_its_tables(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: open_archive(settings), range(4)))
    assert [type(queues.of(database)) for database in opened] == [Procrastinate] * 4
    for database in opened:
        database.close()


@on_postgresql
def test_tables_of_another_version_are_told_with_what_to_do_and_the_archive_works_without_them(settings: Settings) -> None:
    open_archive(settings).close()
    query(settings.database_url, "DROP FUNCTION procrastinate.procrastinate_fetch_job_v2")
    with pytest.raises(StorageUnavailable, match="DROP SCHEMA procrastinate CASCADE"):
        open_archive(settings.model_copy(update={"queue": "procrastinate"}))
    database = open_archive(settings)
    assert queues.of(database) is table.QUEUE
    database.close()
    query(settings.database_url, "DROP SCHEMA procrastinate CASCADE")
    database = open_archive(settings)
    assert isinstance(queues.of(database), Procrastinate)
    database.close()


@on_postgresql
def test_a_user_who_may_not_make_its_tables_is_told_so(settings: Settings) -> None:
    open_archive(settings.model_copy(update={"queue": "table"})).close()
    # Whoever owns a database may make schemas in it, until that is taken from them.
    name = query(settings.database_url, "SELECT current_database()")[0][0]
    query(settings.database_url, f'REVOKE CREATE ON DATABASE "{name}" FROM current_user')
    with pytest.raises(StorageUnavailable, match="GRANT CREATE ON DATABASE"):
        open_archive(settings.model_copy(update={"queue": "procrastinate"}))


@pytest.mark.sqlite
def test_on_sqlite_it_is_refused_in_a_sentence(settings: Settings) -> None:
    with pytest.raises(StorageUnavailable, match="procrastinate works on PostgreSQL only"):
        open_archive(settings.model_copy(update={"queue": "procrastinate"}))


@on_postgresql
def test_a_worker_waits_for_a_database_that_is_away(
    settings: Settings, extractors: Extractors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awake, "AFTER_ERROR_S", 0)
    with TestClient(create_app(settings)) as client:
        client.app.state.extractors = extractors  # type: ignore[attr-defined]
        database = client.app.state.database  # type: ignore[attr-defined]
        query(settings.database_url, "ALTER SCHEMA procrastinate RENAME TO away")
        thread, stop = working(database, extractors, lease_s=1)
        stop.wait(1)
        query(settings.database_url, "ALTER SCHEMA away RENAME TO procrastinate")
        assert client.post("/articles", json={"text": TEXT}).status_code == 201
        wait_for_jobs_to_be_done(settings)
        stop.set()
        thread.join()
