"""What is answered is stored, and what is stored holds together: under threads, faults and kills."""

import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, inspect

from app.main import create_app
from app.settings import Settings
from app.store.database import Database
from tests.archives import plain, query, rows
from tests.contents import assert_undamaged
from tests.serving import PROJECT, serving

CLAIMS = [{"quote": {"exact": word}, "speakers": [{"entity": "Ada"}]} for word in ("Rain", "Snow", "Hail")]


def article(number: int, **fields: Any) -> dict[str, Any]:
    """A body with three claims and an address of its own."""
    text = f"Rain, Snow, Hail: number {number}."
    return {"text": text, "url": f"https://news.example/{number}", "extract": False, "claims": CLAIMS, **fields}


@pytest.fixture
def url(settings: Settings) -> str:
    return settings.database_url


@pytest.fixture
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.database  # type: ignore[attr-defined]
    return opened


def counts(url: str) -> dict[str, int]:
    """How many rows each table has, those that the search keeps for itself included."""
    with plain(url) as connection:
        names = inspect(connection).get_table_names()
        return {name: rows(connection, f'SELECT count(*) FROM "{name}"')[0][0] for name in names}


def live_urls(url: str) -> set[str]:
    return {url for (url,) in query(url, "SELECT url FROM article WHERE withdrawn_at IS NULL")}


@contextmanager
def held_by_another_process(url: str) -> Iterator[None]:
    """Another process is in the middle of writing."""
    program = (
        "import sys; from app.store.database import Database\n"
        "with Database(sys.argv[1]).transaction() as session:\n"
        "    session.connection().exec_driver_sql(\"UPDATE article SET title = 'not yet'\"); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()


# An answer means that it is on disk


WRITES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/articles", article(1)),
    ("POST", "/articles?on_conflict=revise", article(1, text="Rain, Snow, Hail: corrected.")),
    ("PATCH", "/articles/1", {"title": "Weather"}),
    ("POST", "/articles/1/claims", {"quote": {"exact": "corrected"}}),
    ("PATCH", "/claims/1", {"status": "confirmed"}),
    ("DELETE", "/claims/1", None),
    ("POST", "/entities", {"name": "Grace", "type": "person"}),
    ("PATCH", "/entities/1", {"description": "A forecaster."}),
    ("DELETE", "/articles/1", None),
]


def test_every_answered_write_is_on_disk_before_the_answer_leaves(settings: Settings, url: str) -> None:
    app = create_app(settings)
    on_disk: list[int] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def seen(message: Any) -> None:
            if message["type"] == "http.response.start":
                on_disk.append(query(url, "SELECT coalesce(max(seq), 0) FROM change")[0][0])
            await send(message)

        await app(scope, receive, seen)

    with TestClient(watched) as client:
        answers = [client.request(method, path, json=body).status_code for method, path, body in WRITES]
    assert answers == [201, 200, 200, 201, 200, 204, 201, 200, 204]
    assert sorted(set(on_disk)) == on_disk
    assert on_disk[0] > 0


@pytest.mark.sqlite
def test_every_connection_writes_ahead_syncs_fully_keeps_foreign_keys_and_waits(database: Database) -> None:
    promised = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 2000}
    opened = [database.engine.connect() for _ in range(6)]
    found = [{pragma: c.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in promised} for c in opened]
    for connection in opened:
        connection.close()
    assert found == [promised] * 6


@pytest.mark.postgresql
def test_every_connection_waits_for_the_disk_whatever_the_server_is_set_to(database: Database) -> None:
    with database.transaction() as session:  # tests/postgresql.py has set it to off
        assert session.connection().exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


# Together, or not at all


@pytest.mark.parametrize(
    "faulty",
    [
        {"quote": {"exact": "these words are not there"}},
        {"quote": {"exact": "Rain"}, "speakers": [{"entity": 77}]},
        {"quote": {"exact": "Rain"}, "speakers": [{"entity": "Bea"}], "hedges": [{"exact": "x", "start": 0, "end": 1}]},
    ],
)
def test_a_fault_in_the_last_claim_leaves_no_row_in_any_table(client: TestClient, url: str, faulty: dict[str, Any]) -> None:
    before = counts(url)
    answer = client.post("/articles", json=article(1, source="Wire", authors=["Eve"], claims=[*CLAIMS, faulty]))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"][:9]) == (422, "/claims/3")
    assert counts(url) == before


def test_a_claim_that_is_refused_leaves_no_entity_behind(client: TestClient, url: str) -> None:
    client.post("/articles", json=article(1))
    before = counts(url)
    faulty = {"quote": {"exact": "these words are not there"}, "speakers": [{"entity": "Bea"}]}
    assert client.post("/articles/1/claims", json=faulty).status_code == 422
    assert counts(url) == before


# Many at once; two applications on one archive are two processes to the database


@pytest.fixture
def post_from_16_threads(settings: Settings) -> Iterator[Callable[[list[Any]], list[int]]]:
    """Posts 16 bodies at once, through two applications that share the archive, and gives the statuses."""
    settings = settings.model_copy(update={"busy_timeout_s": 60})  # the last of them waits for 15
    with TestClient(create_app(settings)) as one, TestClient(create_app(settings)) as other, ThreadPoolExecutor(16) as threads:
        start = threading.Barrier(16)

        def post(place: int, body: dict[str, Any]) -> int:
            start.wait()
            return (one, other)[place % 2].post("/articles", json=body).status_code

        yield lambda bodies: list(threads.map(post, range(16), bodies))


def test_one_address_posted_16_times_at_once_is_one_article(post_from_16_threads: Any, url: str) -> None:
    assert Counter(post_from_16_threads([article(1)] * 16)) == {201: 1, 200: 15}
    assert counts(url)["article"] == 1


def test_one_address_posted_with_16_texts_at_once_is_one_article_and_conflicts(post_from_16_threads: Any, url: str) -> None:
    bodies = [article(n, url="https://news.example/same") for n in range(16)]
    assert Counter(post_from_16_threads(bodies)) == {201: 1, 409: 15}
    assert (counts(url)["article"], counts(url)["claim"]) == (1, 3)


def test_16_articles_posted_at_once_are_all_stored_and_share_their_speaker(post_from_16_threads: Any, url: str) -> None:
    assert Counter(post_from_16_threads([article(n) for n in range(16)])) == {201: 16}
    assert (counts(url)["article"], counts(url)["claim"], counts(url)["entity"]) == (16, 48, 1)


# Faults of the storage


def test_a_writer_in_another_process_does_not_keep_a_reader_waiting(client: TestClient, url: str) -> None:
    client.post("/articles", json=article(1, title="Weather"))
    with held_by_another_process(url):
        assert client.get("/articles/1").json()["title"] == "Weather"


def test_a_writer_in_this_process_does_not_keep_a_reader_waiting(client: TestClient, database: Database) -> None:
    client.post("/articles", json=article(1))
    with database.transaction():
        assert client.get("/claims").json()["total"]["value"] == 3


@pytest.mark.sqlite
def test_a_new_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)) as maker:
        maker.execute("BEGIN IMMEDIATE")
        maker.execute("CREATE TABLE made (id INTEGER)")
        release = threading.Timer(0.2, maker.execute, ["COMMIT"])
        release.start()
        with Database(f"sqlite:///{tmp_path / 'new.db'}").reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM made").scalar() == 0
        release.join()


@pytest.fixture
def impatient(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings.model_copy(update={"busy_timeout_s": 0.2}))) as opened:
        yield opened


def test_a_database_locked_by_another_process_is_a_503_that_says_when_to_come_back(impatient: TestClient, url: str) -> None:
    before = counts(url)
    with held_by_another_process(url):
        answer = impatient.post("/articles", json=article(1))
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert counts(url) == before
    assert impatient.post("/articles", json=article(1)).status_code == 201


def test_a_writer_that_holds_this_process_up_is_a_503_that_says_when_to_come_back(impatient: TestClient) -> None:
    with impatient.app.state.database.transaction():  # type: ignore[attr-defined]
        answer = impatient.post("/articles", json=article(1))
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/busy")
    assert int(answer.headers["Retry-After"]) > 0


@contextmanager
def every_connection_has(database: Database, pragma: str, meanwhile: int, after: int) -> Iterator[None]:
    value = [meanwhile]

    def checked_out(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA {pragma} = {value[0]}")

    event.listen(database.engine, "checkout", checked_out)
    yield
    value[0] = after


@pytest.mark.sqlite
def test_a_full_disk_is_a_507_keeps_what_was_answered_goes_on_reading_and_recovers(
    client: TestClient, database: Database, url: str
) -> None:
    pages = query(url, "PRAGMA page_count")[0][0]
    with every_connection_has(database, "max_page_count", pages + 10, after=2**30):
        answers = [client.post("/articles", json=article(n, title="Weather " * 100)) for n in range(30)]
        stored = {a.json()["url"] for a in answers if a.status_code == 201}
        assert {(a.status_code, a.headers["content-type"]) for a in answers} == {
            (201, "application/json"),
            (507, "application/problem+json"),
        }
        assert live_urls(url) == stored
        assert counts(url)["claim"] == 3 * len(stored)
        assert client.get("/articles").json()["total"]["value"] == len(stored)
    assert client.post("/articles", json=article(60)).status_code == 201
    assert_undamaged(url)


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """As a file on a disk that is mounted so, or a standby."""
    if database.engine.dialect.name == "sqlite":
        with every_connection_has(database, "query_only", 1, after=0):
            yield
        return

    take_turn = database.kind.take_turn

    def taken(connection: Connection, busy_timeout_s: float) -> None:
        take_turn(connection, busy_timeout_s)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql("SELECT FROM given_number FOR UPDATE")  # as a turn is taken

    with patch.object(database.kind, "take_turn", taken):
        yield


def test_an_archive_that_may_not_be_written_is_a_503_and_goes_on_being_read(
    client: TestClient, database: Database, url: str
) -> None:
    client.post("/articles", json=article(1))
    before = counts(url)
    with read_only(database):
        answers = [client.request(method, path, json=body) for method, path, body in WRITES[1:]]
        # A server that takes no writes may be one that another has taken over from.
        kind = "/problems/storage-unavailable" if url.startswith("sqlite") else "/problems/unreachable"
        assert {(a.status_code, a.headers["content-type"], a.json()["type"]) for a in answers} == {
            (503, "application/problem+json", kind)
        }
        assert "read-only" in answers[0].json()["detail"]
        assert client.get("/articles/1").json()["revision"] == 1
    assert counts(url) == before


# Killed


def post_until_killed(address: str, first: int, answered: list[int], enough: threading.Event) -> None:
    """Post articles numbered from `first`, noting those that are answered with 201; after 30, by all writers, it is `enough`."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client, suppress(httpx.TransportError):
        for number in range(first, first + 10_000):
            if client.post("/articles", json=article(number)).status_code == 201:
                answered.append(number)
            if len(answered) >= 30:
                enough.set()
    enough.set()


@pytest.mark.long
def test_what_was_answered_survives_kill_9_under_8_writers_with_all_its_claims(url: str) -> None:
    answered: list[int] = []
    for round_ in range(2):
        now, enough = list[int](), threading.Event()
        with serving(url) as (address, process), ThreadPoolExecutor(8) as writers:
            before = httpx.get(f"{address}/articles", params={"total": "exact"}, trust_env=False).json()["total"]["value"]
            assert before >= len(answered)
            for writer in range(8):
                writers.submit(post_until_killed, address, (round_ * 8 + writer) * 10_000, now, enough)
            enough.wait()
            process.kill()
        assert len(now) >= 30
        answered += now
    claims = "SELECT url, count(claim.id) FROM article LEFT JOIN claim ON article_id = article.id GROUP BY article.id"
    stored = dict(query(url, claims))
    assert {article(n)["url"] for n in answered} - stored.keys() == set()
    assert set(stored.values()) == {3}
    assert_undamaged(url)
