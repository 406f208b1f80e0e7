"""Feeds are followed: looked at when they are due, by one worker at a time; what is new becomes articles; all of it is visible."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from app import feeds, queues
from app.readers import Extractors
from app.settings import Settings
from app.store.database import Database
from app.web import Web, reading
from tests.conftest import Dateline
from tests.serving import PROJECT, serving
from tests.site import ReadHere, Site, atom, page, rss, serving_site

LEASE_S = 60


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "subprocess", ReadHere)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as serving_:
        for i in range(4):
            serving_.put(f"/news/{i}", page(i))
        yield serving_


@pytest.fixture
def settings(settings: Settings, site: Site) -> Settings:
    return settings.model_copy(update={"fetch_allow": (site.host_and_port,)})


@pytest.mark.parametrize("host", ["localhost", "a.localhost.", "127.1", "0", "2130706433", "0x7f.1", "[::1]", "169.254.169.254"])
def test_a_feed_that_no_look_could_reach_is_refused_at_once(client: TestClient, host: str) -> None:
    answer = client.post("/feeds", json={"url": f"http://{host}/rss"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
    assert client.get("/feeds").json()["items"] == []


@pytest.fixture
def worker(client: TestClient) -> "Worker":
    return Worker(client)


class Worker:
    """Does what a worker does, when it is told to."""

    def __init__(self, client: TestClient) -> None:
        state: Any = client.app.state  # type: ignore[attr-defined]
        self.client = client
        self.database: Database = state.database
        self.web: Web = state.web
        self.extractors: Extractors = state.extractors

    def look(self) -> bool:
        return feeds.look_once(self.database, self.web, LEASE_S)

    def read_all(self) -> int:
        return sum(iter(lambda: feeds.read_once(self.database, self.web, self.extractors, LEASE_S), False))

    def look_again(self) -> dict[str, Any]:
        feeds.look_now(self.database, 1)
        assert self.look()
        return self.feed()

    def feed(self) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get("/feeds/1").json()
        return told

    def entries(self, query: str = "") -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.client.get(f"/feeds/1/entries{query}").json()["items"]
        return told


def follow(client: TestClient, url: str, **more: Any) -> Any:
    return client.post("/feeds", json={"url": url, **more})


def test_a_feed_is_followed_what_is_new_is_stored_and_what_is_known_is_not_asked_for(
    client: TestClient, worker: Worker, site: Site
) -> None:
    client.post("/articles", json={"text": "Known.", "url": f"{site.base}/news/0?utm_source=x"})
    url = site.put("/feed", rss(site.base, range(2)), "application/rss+xml", ETag='"1"')
    assert (follow(client, url).status_code, worker.feed()["outcome"]) == (201, None)
    assert (worker.look(), worker.look(), worker.read_all()) == (True, False, 1)
    assert [(e["state"], e["article"]) for e in worker.entries()] == [("known", 1), ("stored", 2)]
    assert (worker.feed()["title"], worker.feed()["outcome"], worker.feed()["failures"]) == ("Harbor Wire", "changed", 0)
    assert worker.look_again()["outcome"] == "unchanged"
    site.put("/feed", atom(site.base, range(1, 3)), "application/atom+xml", ETag='"2"')
    assert (worker.look_again()["outcome"], worker.read_all()) == ("changed", 1)
    assert worker.feed()["entries"] == {"waiting": 0, "stored": 2, "known": 2, "failed": 0}
    assert [site.count(f"/news/{i}") for i in range(3)] == [0, 1, 1]
    assert client.get("/articles/3").json()["source"] == "Harbor Wire"


def test_the_outlet_that_a_feed_is_given_and_what_only_the_feed_says_stand_in_its_articles(
    client: TestClient, worker: Worker, site: Site
) -> None:
    bare = page(1).replace("2024-03-08T09:30:00+02:00", "").replace("Cy Orr", "")
    site.put("/news/1", bare)
    follow(client, site.put("/feed", atom(site.base, range(1, 2)), "application/atom+xml"), source="The Valley")
    worker.look()
    worker.read_all()
    told = client.get("/articles/1").json()
    assert (told["source"], told["authors"], told["published"]) == ("The Valley", ["Cy Orr"], "2024-03-08T07:30:00Z")


def test_an_entry_whose_page_fails_is_tried_again_a_few_times_and_then_says_why(
    client: TestClient, worker: Worker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PAUSES_S", (0, 0, 0))
    site.put("/news/0", "", status=503)
    site.put("/news/1", "", "application/pdf")
    odd = "<item><title>Odd</title><link>mailto:desk@harbor.example</link></item><item><title>None</title></item>"
    follow(client, site.put("/feed", rss(site.base, range(3), odd), "application/rss+xml"))
    site.redirect("/news/2", "http://169.254.169.254/")
    worker.look()
    assert worker.read_all() == 1 + 1 + 4
    failed = {e["url"].removeprefix(site.base): (e["attempts"], e["error"]) for e in worker.entries("?state=failed")}
    assert failed["/news/0"] == (4, f"{site.base}/news/0 answered 503")
    assert (failed["/news/1"][0], failed["/news/2"][0]) == (1, 1)
    assert failed["mailto:desk@harbor.example"] == (0, "its link is no address of the web")
    assert worker.feed()["entries"] == {"waiting": 0, "stored": 0, "known": 0, "failed": 4}


def test_a_feed_that_fails_is_asked_ever_more_seldom_as_it_wishes_and_no_more_when_it_is_gone(
    client: TestClient, worker: Worker, site: Site
) -> None:
    follow(client, site.put("/feed", "", status=500), every_s=600)

    def pauses(**answer: Any) -> float:
        site.put("/feed", "", **answer)
        told = worker.look_again()
        return (moment(told["due_at"]) - moment(told["looked_at"])) / timedelta(seconds=600)

    assert [pauses(status=500) for _ in range(3)] == [2, 4, 8]
    assert worker.feed()["failures"] == 3
    assert pauses(status=429, Retry_After="36000") == 60
    assert [pauses(status=503) for _ in range(4)][-1] == 144  # a day
    site.put("/feed", "", status=410)
    gone = worker.look_again()
    assert (gone["active"], gone["due_at"], gone["status"], worker.look()) == (False, None, 410, False)
    site.put("/feed", rss(site.base, []), "application/rss+xml")
    client.patch("/feeds/1", json={"active": True})
    assert (worker.look(), worker.feed()["outcome"], worker.feed()["failures"]) == (True, "changed", 0)


def test_of_a_long_feed_some_are_taken_at_each_look_and_none_is_missed(
    client: TestClient, worker: Worker, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_NEW", 3)
    follow(client, site.put("/feed", rss(site.base, range(8)), "application/rss+xml", ETag='"1"'))
    assert worker.look()
    assert [e["url"][-1] for e in worker.entries()] == ["0", "1", "2"]  # the first in the feed are its newest
    assert [worker.look_again()["entries"]["waiting"] for _ in range(3)] == [6, 8, 8]


def test_a_worker_that_is_ended_leaves_its_feed_and_its_entry_to_the_next_one(
    client: TestClient, worker: Worker, site: Site
) -> None:
    follow(client, site.put("/feed", rss(site.base, [1]), "application/rss+xml"))
    taken = feeds._take(worker.database, feeds.FeedRow, "looks", 0.0, queues.ANY.of(feeds.FeedRow))  # noqa: SLF001
    assert taken is not None
    assert worker.look()  # the lease of the other has run out
    with worker.database.transaction() as session:
        assert feeds._held(session, taken) is None  # noqa: SLF001
    for _ in range(feeds.MOST_ATTEMPTS):
        assert feeds._take(worker.database, feeds.FeedEntryRow, "attempts", 0.0, queues.ANY.of(feeds.FeedEntryRow))  # noqa: SLF001
    assert worker.read_all() == 1
    assert worker.entries()[0]["error"] == "4 workers were ended before they had read it"


def test_feeds_are_listed_changed_and_left_like_everything_else(client: TestClient, worker: Worker, site: Site) -> None:
    url = site.put("/feed", rss(site.base, []), "application/rss+xml")
    first = follow(client, url, every_s=3600)
    assert first.headers["location"] == "/feeds/1"
    assert (follow(client, url).status_code, follow(client, f"{url}/").status_code) == (200, 200)
    other = follow(client, url, every_s=60)
    assert (other.status_code, other.json()["existing"]) == (409, "/feeds/1")
    follow(client, f"{site.base}/other", source="B")
    listed = client.get("/feeds?limit=1").json()
    assert (listed["total"]["value"], [f["url"] for f in listed["items"]]) == (2, [url])
    assert [f["source"] for f in client.get(listed["next"]).json()["items"]] == ["B"]
    stale = client.patch("/feeds/1", json={"source": "A"}, headers={"If-Match": '"other"'})
    changed = client.patch("/feeds/1", json={"source": "A", "active": False}, headers={"If-Match": first.headers["etag"]})
    assert (stale.status_code, changed.json()["source"], changed.json()["due_at"]) == (412, "A", None)
    worker.look()
    assert [client.delete("/feeds/1").status_code, client.get("/feeds/1").status_code] == [204, 404]
    assert client.get("/feeds/1/entries").status_code == 404


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"url": "http://192.168.0.1/feed"}, "/url"),
        ({"url": "http://news.example:81/feed"}, "/url"),
        ({"url": "news.example/feed"}, "/url"),
        ({"url": "http://news.example/feed", "every_s": 59}, "/every_s"),
        ({"url": "http://news.example/feed", "every": 60}, "/every"),
        ({}, "/url"),
    ],
)
def test_a_feed_that_could_not_be_followed_is_refused_with_what_is_accepted(
    client: TestClient, body: dict[str, Any], pointer: str
) -> None:
    answer = client.post("/feeds", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_in_the_terminal_feeds_are_followed_and_looked_at_once(dateline: Dateline, site: Site) -> None:
    url = site.put("/feed", rss(site.base, [1, 9]), "application/rss+xml")
    run = dateline("feed", url, "--every", "2h", "--once")
    told = [line.split() for line in run.stdout.splitlines()]
    assert run.exit_code == 1, run.stderr
    assert told[0] == ["followed", url, "/feeds/1,", "every", "7200", "s"]
    assert told[1] == ["changed", url, "1", "waiting,", "1", "stored"]
    assert told[2][:2] == ["waiting", f"{site.base}/news/9"]
    assert url in dateline("feeds").stdout
    assert "give 15m" in str(dateline("feed", url, "--every", "often").exception)


def test_workers_read_a_site_and_its_feed_and_each_page_is_asked_for_once(
    settings: Settings, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service with its own worker, and another one beside it."""
    monkeypatch.setenv("DATELINE_FETCH_ALLOW", f'["{site.host_and_port}"]')
    monkeypatch.setenv("DATELINE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATELINE_LOG_LEVEL", "error")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]))
    with serving(settings.database_url) as (address, _):
        other = subprocess.Popen([sys.executable, "-m", "app", "worker"], cwd=tmp_path)
        try:
            with httpx.Client(base_url=address, trust_env=False) as client:
                url = site.put("/feed", rss(site.base, range(4)), "application/rss+xml", ETag='"1"')
                assert client.post("/feeds", json={"url": url}).status_code == 201
                until = time.monotonic() + 150
                while client.get("/feeds/1").json()["entries"]["stored"] < 4 and time.monotonic() < until:
                    time.sleep(0.1)
                assert client.get("/feeds/1").json()["entries"] == {"waiting": 0, "stored": 4, "known": 0, "failed": 0}
                assert client.get("/claims?speaker=Ann Lee&total=exact").json()["total"]["value"] >= 4
        finally:
            other.send_signal(signal.SIGTERM)
            assert other.wait(30) == 0
    assert [site.count(path) for path in ("/feed", *(f"/news/{i}" for i in range(4)))] == [1, 1, 1, 1, 1]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
