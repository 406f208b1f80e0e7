"""The log of changes: whoever follows it has exactly the archive, also while many write; and it says what it cannot tell."""

import json
import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import ingest, jobs, shorten, worker
from app.errors import ExtractorUnavailable
from app.models.documents import ArticleDraft
from app.models.extraction import Extraction
from app.settings import Settings
from app.store import changes
from tests.conftest import Store
from tests.scripted import Scripted, installed
from tests.serving import PROJECT, serving

GUIDE = (PROJECT / "docs" / "changes.md").read_text("utf-8")
GUIDED: dict[str, Any] = {}
exec("\n".join(re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)), GUIDED)
WRITERS = 4
# What belongs to each kind itself; the rest repeats what others say.
OWN = {
    "article": ("id", "title", "text", "revision", "changed_at"),
    "claim": ("id", "quote", "revision", "anchor", "status", "changed_at"),
    "entity": ("id", "name", "aliases", "merged", "changed_at"),
}


def database_of(client: TestClient) -> Any:
    return client.app.state.database  # type: ignore[attr-defined]


def told(client: TestClient, since: int) -> list[tuple[Any, ...]]:
    items = client.get("/changes", params={"since": since, "limit": 200}).raise_for_status().json()["items"]
    return [(c["kind"], c["id"], c["action"], c["revision"]) for c in items]


def latest(client: TestClient) -> int:
    return int(client.get("/changes?limit=1").json()["latest"])


class Writer:
    """Creates, changes, revises, judges, merges and deletes, on things of its own and of others."""

    def __init__(self, address: str, seed: int, steps: int) -> None:
        self.client = httpx.Client(base_url=address, trust_env=False, timeout=120)
        self.random = random.Random(seed)
        self.seed, self.steps = seed, steps

    def work(self) -> None:
        for step in range(self.steps):
            body = f"Writer {self.seed} says that step {step} is done."
            names = [{"entity": f"Person {self.random.randrange(6)}"} for _ in range(2)]
            claim = {"quote": {"exact": f"step {step} is done"}, "speakers": names[:1], "subjects": names[1:]}
            made = self.client.post("/articles", json={"text": body, "extract": False, "claims": [claim]})
            assert made.status_code in (201, 503), made.text
            for _ in range(2):
                which, other = self.random.randrange(1, 2 * self.steps), self.random.randrange(1, 7)
                method, path, sent = self.random.choice(
                    [
                        ("PATCH", f"/articles/{which}", {"title": f"Title {step}"}),
                        ("PATCH", f"/articles/{which}", {"text": f"Before. {body}", "extract": False}),
                        ("PATCH", f"/claims/{which}", {"status": self.random.choice(["confirmed", "rejected"])}),
                        ("DELETE", f"/articles/{which}", None),
                        ("DELETE", f"/claims/{which}", None),
                        ("POST", f"/entities/{other}/merge", {"into": self.random.randrange(1, 7)}),
                        ("DELETE", f"/entities/{other}/merge", None),
                    ]
                )
                assert self.client.request(method, path, json=sent).status_code in range(200, 504)


@pytest.fixture(scope="module")
def services(shared_settings: Settings) -> Iterator[tuple[str, str]]:
    """Two processes over one archive."""
    url = shared_settings.database_url
    with serving(url) as (first, _), serving(url) as (second, _):
        yield first, second


@pytest.mark.parametrize("steps", [6, pytest.param(40, marks=pytest.mark.long)])
def test_who_follows_from_the_beginning_while_many_write_has_exactly_the_archive(services: tuple[str, str], steps: int) -> None:
    """Two writers at each process; the follower reads small pages, as the guide says."""
    seen: list[int] = []

    def note(answer: httpx.Response) -> None:
        if answer.url.path == "/changes":
            seen.extend(change["seq"] for change in json.loads(answer.read())["items"])

    with ExitStack() as opened:
        first, second = services
        follower = httpx.Client(base_url=second, trust_env=False, timeout=120, event_hooks={"response": [note]})
        client = opened.enter_context(follower)
        pool = opened.enter_context(ThreadPoolExecutor(WRITERS))
        writing = [pool.submit(Writer(first if seed % 2 else second, seed, steps).work) for seed in range(WRITERS)]
        copy: dict[Any, Any] = {}
        done, since = False, 0
        while not done:
            done = all(one.done() for one in writing)  # what they wrote is in the log before this is asked
            since = GUIDED["catch_up"](client, copy, since, limit=7)
        for one in writing:
            one.result()
        assert seen == list(range(1, since + 1))  # each once, in order, and none was left out to come later
        anew: dict[Any, Any] = {}
        assert GUIDED["begin_again"](client, anew) == since
        assert {key: _own(key, value) for key, value in copy.items()} == {key: _own(key, value) for key, value in anew.items()}
        assert {kind for kind, _ in copy} == {"article", "claim", "entity"}


def _own(key: tuple[str, int], whole: dict[str, Any]) -> dict[str, Any]:
    return {name: whole[name] for name in OWN[key[0]]}


def test_the_guides_listener_hears_what_happens(services: tuple[str, str]) -> None:
    with httpx.Client(base_url=services[0], trust_env=False, timeout=120) as client:
        client.post("/articles", json={"text": "Nothing is said here.", "extract": False}).raise_for_status()
        heard = GUIDED["listen"](client, 0)
        assert next(heard) == client.get("/changes").json()["items"][0]
        heard.close()


def test_another_text_and_other_metadata_are_told_apart(client: TestClient, store: Store) -> None:
    article = store("The dam is safe.", url="https://a.example/1", title="Dam", claims=[{"quote": {"exact": "The dam is safe"}}])
    since = latest(client)
    client.patch("/articles/1", json={"title": "The dam"})
    client.patch("/articles/1", json={"title": "The dam"})
    client.patch("/articles/1", json={"text": "Late: The dam is safe.", "extract": False})
    again = {"url": article["url"], "extract": False, "title": "The dam"}
    client.post("/articles?on_conflict=revise", json={**again, "text": "Late. The dam is safe."})
    client.post("/articles?on_conflict=revise", json={**again, "text": "All is well.", "title": "Well"})
    assert [entry for entry in told(client, since) if entry[0] == "article"] == [
        ("article", 1, "changed", None),
        ("article", 1, "revised", 2),
        ("article", 1, "revised", 3),
        ("article", 1, "changed", None),
        ("article", 1, "revised", 4),
    ]
    assert [c["action"] for c in client.get("/changes?kind=article&action=revised&action=created").json()["items"]] == [
        "created",
        *["revised"] * 3,
    ]


@dataclass
class Watched(Scripted):
    look: Callable[[], None] = lambda: None

    def extract(self, text: str, published: date | None) -> Extraction:
        self.look()
        return super().extract(text, published)


def test_whatever_becomes_of_a_reading_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queued, taken up, failed, taken up again, done: each stands in the article's answer, so each has an entry."""
    monkeypatch.setattr(jobs, "PAUSES_S", (0, 0))
    states: list[tuple[str, bool]] = []
    seen = {"etag": "", "seq": 0}

    def look() -> None:
        answer, entries = client.get("/articles/1"), told(client, seen["seq"])
        assert (answer.headers["etag"] != seen["etag"]) == any(entry[:2] == ("article", 1) for entry in entries)
        states.append((answer.json()["extraction"]["state"], answer.json()["extraction"]["error"] is not None))
        seen.update(etag=answer.headers["etag"], seq=latest(client))

    slow = Watched("slow/1", {"it rained": "Ann Lee"}, DEFERRED=True, errors=[ExtractorUnavailable("away")], look=look)
    extractors = installed(slow)
    ingest.store_article(database_of(client), ArticleDraft(text="Ann Lee said that it rained."), extractors, "test")
    look()
    for _ in range(2):
        worker.work_once(database_of(client), extractors, 60)
        look()
    assert states == [("queued", False), ("running", False), ("queued", True), ("running", True), ("done", False)]


@pytest.mark.parametrize("since", [0, 1, 2])
def test_a_shortened_log_says_what_it_cannot_tell(client: TestClient, store: Store, since: int) -> None:
    for number in range(3):
        store(f"Text {number}.")
    with database_of(client).transaction() as session:
        long_ago = (datetime.now(UTC) - timedelta(days=40)).replace(tzinfo=None).isoformat(" ")
        session.connection().execute(text("UPDATE change SET recorded_at = :then WHERE seq < 3"), {"then": long_ago})
    assert shorten.forget_old_changes(database_of(client), 41) == 0
    assert shorten.forget_old_changes(database_of(client), 39) == 2
    answer = client.get(f"/changes?since={since}")
    assert answer.status_code == (200 if since == 2 else 410)
    whole = client.get("/changes").json()
    assert ([c["seq"] for c in whole["items"]], whole["latest"]) == ([3], 3)
    assert whole["applied"]["notes"] == ["the log begins at 3; what changed before is no longer known"]


def test_a_log_of_which_all_was_forgotten_still_knows_its_numbers(client: TestClient, store: Store) -> None:
    assert client.get("/changes?since=0").json()["latest"] == 0
    for number in range(3):
        store(f"Text {number}.")
    assert shorten.forget_old_changes(database_of(client), 1e-9) == 3
    assert [client.get(f"/changes?since={since}").status_code for since in (0, 2, 3, 4)] == [410, 410, 200, 410]
    assert client.get("/changes").json()["latest"] == 3
    store("Text 4.")
    assert [entry["seq"] for entry in client.get("/changes?since=3").json()["items"]] == [4]


def test_only_the_beginning_is_forgotten_whatever_the_clock_said(client: TestClient, store: Store) -> None:
    for number in range(4):
        store(f"Text {number}.")
    with database_of(client).transaction() as session:
        session.connection().execute(text("UPDATE change SET recorded_at = '2001-01-01 00:00:00.000000' WHERE seq IN (1, 3)"))
    assert shorten.forget_old_changes(database_of(client), 1) == 1
    with database_of(client).reading() as session:
        assert changes.latest(session) == 4
    assert [c["seq"] for c in client.get("/changes?since=1").json()["items"]] == [2, 3, 4]


def test_a_number_that_was_never_given_is_of_another_archive(client: TestClient, store: Store) -> None:
    store("One.")
    answer = client.get("/changes?since=2")
    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/log-too-short")
    assert "the log ends at 1; 2 is of another archive" in answer.json()["detail"]


def test_what_is_counted_of_others_changes_no_etag_and_has_no_entry(client: TestClient, store: Store) -> None:
    text = "Ann Lee said that the river dam near the old mill is safe after the long winter and its many storms, said the county."
    store(text, source="Wire", published="2024-02-13", extract=True)
    paths = ("/articles/1", "/claims/1", "/entities/1")
    before, seq = [client.get(path) for path in paths], latest(client)
    store(text, source="Times", published="2024-02-14", extract=True)
    after = [client.get(path) for path in paths]
    assert [answer.json().get("copies", answer.json().get("mentions")) for answer in after] == [1, 1, 2]
    assert [answer.headers["etag"] for answer in after] == [answer.headers["etag"] for answer in before]
    told = client.get(f"/changes?since={seq}").json()["items"]
    assert {(change["kind"], change["id"]) for change in told} >= {("article", 2)}
    assert not {(change["kind"], change["id"]) for change in told} & {("article", 1), ("claim", 1), ("entity", 1)}
    title = client.patch("/articles/1", json={"title": "Dam"}, headers={"If-Match": before[0].headers["etag"]})
    assert (title.status_code, title.headers["etag"] != before[0].headers["etag"]) == (200, True)
    assert client.get("/articles/1", headers={"If-None-Match": before[0].headers["etag"]}).status_code == 200
