"""What comes out of the database as rows leaves as what the contract says, and nobody waits for a slow read."""

import asyncio
import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlmodel import Session

from app.api import reads
from app.models.articles import ArticlePage, Revision, RevisionPage
from app.models.changes import ChangePage
from app.models.claims import Claim, ClaimPage
from app.models.copies import Copy, CopyPage
from app.models.differences import Difference
from app.models.documents import Article
from app.models.entities import Entity, EntityPage, Suggestions
from app.models.facets import Facets, RelatedEntities
from app.models.feeds import Feed, FeedEntryPage, FeedEntryRow, FeedPage
from app.models.rereading import Rereading
from app.models.timelines import Timeline
from app.store.database import Database
from tests.conftest import Store

SAID = "BAGHDAD, 13 Feb (Wire) – Prime Minister Ann Lee said that “the dam may be safe,” adding that “the gates held in 2017.”"
CLAIM = {
    "quote": {"exact": "the dam", "continued": [{"exact": "safe", "start": SAID.index("safe"), "end": SAID.index("safe") + 4}]},
    "speakers": [{"entity": "Ann Lee"}, {"kind": "unnamed", "text": "Wire", "start": 17, "end": 21}],
    "subjects": [{"entity": "Daesh", "type": "organization"}],
    "cue": {"exact": "said", "start": SAID.index("said"), "end": SAID.index("said") + 4},
    "hedges": [{"exact": "may", "start": SAID.index("may"), "end": SAID.index("may") + 3}],
    "dates": [{"edtf": "2017-12"}, {"edtf": "../2015"}, {"edtf": "2014", "start": 9, "end": 11}],
    "said": "2024-02-12",
    "confidence": 1,
    "negated": True,
}
ANSWERS: list[tuple[str, type[Any]]] = [
    *((f"/articles/{i}", Article) for i in (1, 2, 3)),
    *((f"/claims/{i}", Claim) for i in (1, 2)),
    *((path, ArticlePage) for path in ("/articles", "/articles?q=dam&total=none", "/articles?entity=Ann Lee&total=exact&limit=1")),
    *((path, ClaimPage) for path in ("/claims", "/claims?q=dam", "/claims?speaker=1&published_from=2024", "/articles/1/claims")),
    *((f"/{noun}/timeline?interval=year", Timeline) for noun in ("articles", "claims")),
    *((f"/{noun}/timeline?interval=year&date=about", Timeline) for noun in ("articles", "claims")),
    ("/claims/timeline?interval=day&date=said", Timeline),
    ("/articles/facets?facet=source&facet=author&facet=language&facet=entity", Facets),
    ("/claims/facets?facet=source&facet=speaker&facet=subject&facet=entity&facet=kind&facet=status", Facets),
    *((f"/entities/1/related?together={noun}", RelatedEntities) for noun in ("article", "claim")),
    *((f"/articles/1/diff{asked}", Difference) for asked in ("", "?from=2&to=1", "?from=1&to=1")),
    ("/articles/1/revisions", RevisionPage),
    ("/articles/1/revisions/1", Revision),
    ("/entities", EntityPage),
    ("/entities/1", Entity),
    ("/entities/suggest?q=ann", Suggestions),
    ("/articles/4/copies", CopyPage),
    ("/feeds", FeedPage),
    ("/feeds/1", Feed),
    ("/feeds/1/entries", FeedEntryPage),
    ("/changes?limit=200", ChangePage),
]


def test_every_answer_has_the_fields_of_its_shape_and_no_others_written_as_the_shape_writes_them(
    client: TestClient, store: Store
) -> None:
    store(
        SAID,
        extract=True,
        title="Dam",
        url="https://a.example/1",
        source="Wire",
        published="2024-02-13T09:00:00Z",
        authors=["A", "B"],
        claims=[CLAIM],
    )
    store("Nothing.", published="2023")
    store("No date.", claims=[{"quote": {"exact": "No date"}}])
    store(SAID, source="Other", url="https://b.example/2", claims=[CLAIM])
    client.patch("/claims/2", json={"status": "confirmed"})
    client.patch("/entities/1", json={"aliases": ["Lee"], "description": "A person.", "wikidata_id": "Q1"})
    client.patch("/articles/1", json={"text": SAID + " Late."})
    assert has_shape(client.post("/articles/4/copies", json={"article": 1}).content, Copy)
    merged = client.post("/entities", json={"name": "A. Lee", "type": "person"}).json()["id"]
    assert has_shape(client.post(f"/entities/{merged}/merge", json={"into": 1}).content, Entity)
    client.post("/feeds", json={"url": "https://a.example/rss"})
    with client.app.state.database.transaction() as session:  # type: ignore[attr-defined]
        told = {"feed_id": 1, "key": "k", "url": "https://a.example/1", "state": "stored", "article_id": 1}
        session.add(FeedEntryRow(**told, recorded_at=datetime.now(UTC)))
    for path, shape in ANSWERS:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert has_shape(answer.content, shape), path
    assert has_shape(client.post("/articles/1/extract?extractor=rules:narrated").content, Rereading)


def has_shape(body: bytes, shape: type[Any]) -> bool:
    """Written again by the shape it is the same, so no field is missing, superfluous or written in another way."""
    adapter = TypeAdapter(shape)
    again = adapter.dump_json(adapter.validate_json(body, strict=True, extra="forbid"))
    return bool(json.loads(again) == json.loads(body))


@pytest.fixture
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.database  # type: ignore[attr-defined]
    return opened


SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"


class Asked:
    """Stands for a request to the application of a client."""

    def __init__(self, client: TestClient) -> None:
        self.app = client.app
        self.scope: dict[str, Any] = {}


def test_a_read_that_takes_long_is_done_in_a_thread_and_answers_the_whole(client: TestClient, engine: str) -> None:
    """On SQLite after the loop has tried; to ask a server is to wait for it, which the loop never does."""
    threads: list[int] = []

    def ask(session: Session) -> int:
        threads.append(threading.get_ident())
        return int(session.connection().execute(text(SLOW)).scalar_one())

    assert asyncio.run(reads.read(Asked(client), ask)) == 1_000_000  # type: ignore[arg-type]
    assert [thread == threading.get_ident() for thread in threads] == [True, False][engine != "sqlite" :]


def test_the_loop_answers_others_while_a_slow_read_is_under_way(client: TestClient) -> None:
    """The slow one is held in its thread until the other has been answered."""
    answered = threading.Event()

    async def both() -> tuple[bool, int]:
        slow = asyncio.create_task(reads.read(Asked(client), lambda _: answered.wait(10), is_heavy=True))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        quick = await reads.read(Asked(client), lambda session: session.connection().execute(text("SELECT 7")).scalar_one())  # type: ignore[arg-type]
        answered.set()
        return await slow, quick

    assert asyncio.run(both()) == (True, 7)


def test_a_read_sees_one_moment_of_the_archive_and_the_next_one_a_newer(database: Database, store: Store) -> None:
    assert seen(database.reading, store) == [0, 0, 1]


@pytest.mark.sqlite
def test_so_does_a_short_read(database: Database, store: Store) -> None:
    assert seen(database.reading_shortly, store) == [0, 0, 1]


def seen(reading: Callable[[], AbstractContextManager[Session]], store: Store) -> list[int]:
    """How many articles a read sees, and after another one was stored, and how many the next read sees."""
    count = text("SELECT count(*) FROM article")
    with reading() as session:
        found = [session.connection().execute(count).scalar_one()]
        store("Written meanwhile.")
        found.append(session.connection().execute(count).scalar_one())
    with reading() as session:
        return [*found, session.connection().execute(count).scalar_one()]
