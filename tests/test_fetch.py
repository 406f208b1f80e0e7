"""An address becomes an article: by the service and in the terminal, known again by every address that leads to it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from app.web import reading
from tests.conftest import Dateline
from tests.site import PARAGRAPHS, ReadHere, Site, page, serving_site


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "subprocess", ReadHere)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as serving:
        yield serving


@pytest.fixture
def settings(settings: Settings, site: Site) -> Settings:
    return settings.model_copy(update={"fetch_allow": (site.host_and_port,)})


def fetch(client: TestClient, url: str, **more: Any) -> Any:
    return client.post("/articles/fetch", json={"url": url, **more})


def test_a_page_becomes_an_article_with_its_claims_and_is_known_by_every_address_that_led_to_it(
    client: TestClient, site: Site
) -> None:
    site.redirect("/short", "/2024/dam?from=short")
    site.put("/2024/dam?from=short", page(head='<link rel="canonical" href="/2024/dam">'))
    first = fetch(client, f"{site.base}/short")
    told = first.json()
    assert (first.status_code, first.headers["location"], told["url"]) == (201, "/articles/1", f"{site.base}/2024/dam")
    assert (told["title"], told["source"], told["authors"]) == ("Dam Is Safe, Says Engineer", "Harbor Wire", ["Cy Orr"])
    assert (told["published"], told["language"]) == ("2024-03-08T07:30:00Z", "en-GB")
    assert told["text"].startswith(PARAGRAPHS[0])
    assert any(claim["quote"]["exact"].startswith("the dam above the town has been safe") for claim in told["claims"])
    again = fetch(client, f"{site.base}/short")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, told, first.headers["etag"])
    for url in ("/short", "/2024/dam?from=short", "/2024/dam"):
        assert client.get("/articles/lookup", params={"url": site.base + url}).json()["id"] == 1


def test_another_text_at_the_same_address_is_refused_or_the_next_revision(client: TestClient, site: Site) -> None:
    url = site.put("/a", page(1))
    assert fetch(client, url, source="The Valley", extract=False).json()["source"] == "The Valley"
    site.put("/a", page(2))
    refused = fetch(client, url)
    assert (refused.status_code, refused.json()["existing"]) == (409, "/articles/1")
    revised = client.post("/articles/fetch?on_conflict=revise", json={"url": url}).json()
    assert (revised["revision"], "number 2" in revised["text"]) == (2, True)


@pytest.mark.parametrize(
    "url, status, kind, said",
    [
        ("{site}/none", 422, "nothing-to-read", "answered 404"),
        ("{site}/out-of-order", 502, "site-failed", "answered 500"),
        ("http://no-such-host.invalid/", 502, "site-failed", "no such host"),
        ("http://127.0.0.1/", 422, "invalid", "no host of the public web"),
        ("http://news.example:8080/", 422, "invalid", "port 8080"),
        ("ftp://news.example/", 422, "invalid", "begins with http"),
    ],
)
def test_what_cannot_be_fetched_is_a_problem_with_its_reason_and_nothing_is_stored(
    client: TestClient, site: Site, url: str, status: int, kind: str, said: str
) -> None:
    site.put("/out-of-order", "", status=500)
    answer = fetch(client, url.format(site=site.base))
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert said in answer.json()["detail"]
    assert status != 422 or answer.json()["errors"][0]["pointer"] == "/url"
    assert client.get("/articles").json()["total"]["value"] == 0


def test_nobody_waits_to_write_or_to_read_while_slow_sites_are_waited_for(client: TestClient, site: Site) -> None:
    """More fetches than there are places for them, all of a site that drips."""
    state: Any = client.app.state  # type: ignore[attr-defined]
    state.web = replace(state.web, total_s=5.0)
    with ThreadPoolExecutor(6) as pool:
        slow = [pool.submit(fetch, client, f"{site.base}/drip") for _ in range(6)]
        while site.count("/drip") < 4:
            time.sleep(0.01)
        assert client.post("/articles", json={"text": "Meanwhile."}).status_code == 201
        assert client.get("/articles?q=meanwhile").json()["total"]["value"] == 1
        assert sum(one.done() for one in slow) == 0
        assert {one.result().status_code for one in slow[:1]} == {504}


def test_in_the_terminal_each_address_has_its_line_and_the_exit_code_tells_of_failures(dateline: Dateline, site: Site) -> None:
    good, bad = site.put("/a", page()), f"{site.base}/none"
    run = dateline("fetch", good, good, bad, "http://10.0.0.1/", "--no-extract")
    assert run.exit_code == 1, run.stderr
    assert [line.split()[:2] for line in run.stdout.splitlines()] == [
        ["created", good],
        ["unchanged", good],
        ["failed", bad],
        ["failed", "http://10.0.0.1/"],
    ]


def test_a_list_of_what_may_be_reached_that_cannot_be_used_is_one_sentence(
    dateline: Dateline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_FETCH_ALLOW", '["nowhere"]')
    assert str(dateline("fetch", "http://news.example/").exception).startswith("'nowhere' is neither host:port")
