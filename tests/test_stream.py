"""The log of changes as a stream: a real server and real listeners, and the feed by itself where time would matter."""

import asyncio
import json
import signal
from collections.abc import Iterator
from contextlib import aclosing, closing
from typing import Any

import httpx
import pytest

from app.api import following
from app.api.following import Feed
from app.ingest import store_many
from app.models.changes import ChangeQuery, ChangeStreamQuery
from app.models.documents import ArticleDraft
from app.settings import Settings
from app.shorten import forget_old_changes
from app.store import changes
from app.store.database import Database
from tests.serving import serving

EVERYTHING = ChangeStreamQuery()


@pytest.fixture(scope="module")
def service(shared_settings: Settings) -> Iterator[httpx.Client]:
    with (
        serving(shared_settings.database_url) as (address, _),
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
    ):
        yield client


def post(client: httpx.Client, text: str) -> int:
    answer = client.post("/articles", json={"text": text, "extract": False, "claims": [{"quote": {"exact": text}}]})
    return int(answer.raise_for_status().json()["id"])


def events(answer: httpx.Response) -> Iterator[dict[str, str]]:
    """Blocks of the stream: the fields of each, a comment as the field named by nothing."""
    block: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(":")
            block[name] = value.strip()
        elif block:
            yield block
            block = {}


def told(blocks: Iterator[dict[str, str]], count: int) -> list[dict[str, Any]]:
    """The data of the next events, each with its id and kind where they belong."""
    found = []
    while len(found) < count:
        block = next(blocks)
        if "data" in block:
            found.append(json.loads(block["data"]))
            assert (block["id"], block["event"]) == (str(found[-1]["seq"]), found[-1]["kind"])
    return found


def test_a_stream_begins_now_and_tells_what_the_list_tells(service: httpx.Client) -> None:
    post(service, "Before anybody listens.")
    latest = service.get("/changes").json()["latest"]
    with service.stream("GET", "/changes/stream", headers={"Accept": "text/event-stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = events(answer)
        assert next(blocks) == {"id": str(latest), "retry": "2000"}
        article = post(service, "While somebody listens.")
        service.delete(f"/articles/{article}").raise_for_status()
        seen = told(blocks, 4)
    assert seen == service.get("/changes", params={"since": latest}).json()["items"]


def test_a_stream_goes_on_behind_the_last_event_also_where_the_address_says_otherwise(service: httpx.Client) -> None:
    for number in range(3):
        post(service, f"Number {number}.")
    every = service.get("/changes?limit=200").json()["items"]
    claims = [change for change in every if (change["kind"], change["action"]) == ("claim", "created")]
    for path, headers, expected in (
        ("/changes/stream?since=0", {}, every),
        ("/changes/stream?since=0", {"Last-Event-ID": str(every[2]["seq"])}, every[3:]),
        ("/changes/stream?since=0&kind=claim&action=created", {}, claims),
    ):
        with service.stream("GET", path, headers=headers) as answer:
            assert told(events(answer), len(expected)) == expected


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/changes/stream?since=1000000", {}, 410),
        ("/changes/stream", {"Last-Event-ID": "1000000"}, 410),
        ("/changes/stream", {"Last-Event-ID": "soon"}, 422),
        ("/changes/stream?kinds=claim", {}, 422),
        ("/changes/stream", {"Accept": "application/json"}, 406),
    ],
)
def test_what_cannot_be_streamed_is_a_problem(service: httpx.Client, path: str, headers: dict[str, str], status: int) -> None:
    answer = service.get(path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_head_of_a_stream_is_answered_and_ends(service: httpx.Client) -> None:
    answer = service.head("/changes/stream")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_server_that_is_told_to_stop_ends_its_streams_as_they_should_end(settings: Settings) -> None:
    """One that was cut off would raise here: the end of a chunked answer is missing."""
    with serving(settings.database_url) as (address, process), httpx.Client(trust_env=False, timeout=20) as client:
        with client.stream("GET", f"{address}/changes/stream") as one, client.stream("GET", f"{address}/changes/stream") as other:
            blocks = [events(one), events(other)]
            assert [next(some) for some in blocks] == [{"id": "0", "retry": "2000"}] * 2
            process.send_signal(signal.SIGTERM)
            assert [list(some) for some in blocks] == [[], []]
        assert process.wait(timeout=9) in (0, -signal.SIGTERM)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(Database(settings.database_url)) as opened:
        yield opened


def store(database: Database, *texts: str) -> None:
    store_many(database, [(ArticleDraft(text=text), None) for text in texts], "test")


async def take(feed: Feed, count: int, query: ChangeStreamQuery = EVERYTHING, since: int = 0) -> list[int]:
    """Numbers of the next changes."""
    seen: list[int] = []
    async with aclosing(feed.follow(query, since)) as stream:  # type: ignore[type-var]
        async for block in stream:
            if b"data:" in block:
                seen.append(int(block.rpartition(b"id: ")[2]))
            if len(seen) == count:
                break
    return seen


def test_what_is_new_is_read_once_for_all_who_listen(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_S", 0.01)
    asked: list[int] = []
    real = changes.following

    def counting(session: Any, query: Any, since: int, most: int) -> Any:
        asked.append(since)
        return real(session, query, since, most)

    async def listen() -> list[list[int]]:
        feed = Feed(database)
        listeners = [asyncio.create_task(take(feed, 3)) for _ in range(50)]
        await asyncio.sleep(0.1)
        before = len(asked)
        await asyncio.to_thread(store, database, "One.", "Two.", "Three.")
        found = await asyncio.gather(*listeners)
        assert [since for since in asked[before:] if since == 0] != []
        assert len(asked) - before < 50
        return list(found)

    monkeypatch.setattr(changes, "following", counting)
    assert asyncio.run(listen()) == [[1, 2, 3]] * 50


def test_a_slow_listener_misses_nothing_and_nothing_is_kept_for_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_S", 0.01)
    monkeypatch.setattr(following, "MOST_RECENT", 5)
    monkeypatch.setattr(following, "PAGE", 7)

    async def listen() -> tuple[list[int], int]:
        feed = Feed(database)
        slow = feed.follow(EVERYTHING, 0)
        await anext(slow)
        for n in range(41):
            await asyncio.to_thread(store, database, f"Number {n}.")
        await take(feed, 41)
        most = len(feed._recent)  # noqa: SLF001
        seen = []
        while len(seen) < 41:
            seen.append(int((await anext(slow)).rpartition(b"id: ")[2]))
        await slow.aclose()  # type: ignore[attr-defined]
        return seen, most

    seen, most = asyncio.run(listen())
    assert seen == list(range(1, 42))
    assert most <= 5


def test_in_silence_the_stream_says_up_to_where_everything_was_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also past what the filter leaves out: whoever connects again need not read it."""
    monkeypatch.setattr(following, "LOOK_S", 0.01)
    monkeypatch.setattr(following, "PING_S", 0.05)
    store(database, "One.", "Two.")

    async def listen() -> list[bytes]:
        stream = Feed(database).follow(ChangeStreamQuery(kind=["claim"]), 0)
        return [await anext(stream) for _ in range(2)]

    assert asyncio.run(listen()) == [b"id: 0\nretry: 2000\n\n", b": ping\nid: 2\n\n"]


def test_a_stream_whose_place_was_forgotten_ends_so_that_its_listener_is_told_when_it_comes_again(database: Database) -> None:
    store(database, "One.", "Two.")
    forget_old_changes(database, 1e-9)
    store(database, "Three.")

    async def listen() -> list[bytes]:
        return [block async for block in Feed(database).follow(EVERYTHING, 1)]

    assert asyncio.run(listen()) == [b"id: 1\nretry: 2000\n\n"]
    with database.reading() as session:
        assert [c["seq"] for c in changes.find(session, ChangeQuery(since=2))[0]["items"]] == [3]
